//! The controls, locked and not locked, and what is never locked.

use axum::http::Method;

use crate::fakes::{Front, Replica, mesh};

const TOKEN: &str = "0123456789abcdef";

/// The paths that change something.
const CONTROLS: [&str; 5] = [
    "/fault",
    "/recover",
    "/reset_stats",
    "/color/fault",
    "/color/recover",
];

/// A `front` with one replica, directly and through the mesh.
async fn front(replica: &Replica, token: &str) -> Front {
    Front::new(&[
        ("COLOR_SERVICE_ENDPOINT", &mesh(&[]).await.to_string()),
        ("COLOR_CONTROL_ENDPOINT", &replica.control.to_string()),
        ("CONTROL_TOKEN", token),
    ])
}

#[tokio::test]
async fn a_locked_control_does_nothing_without_the_token_and_everything_with_it() {
    let replica = Replica::start("aaaa-1").await;
    let front = front(&replica, TOKEN).await;
    let wrong = [("authorization", "Bearer 0123456789abcdee")];
    for path in CONTROLS {
        for headers in [&[][..], &wrong] {
            let reply = front.get_with(headers, path).await;
            assert_eq!(reply.header("www-authenticate"), "Bearer", "{path}");
            reply.assert(
                401,
                "the controls are locked: send the header Authorization: Bearer, and the token of CONTROL_TOKEN\n",
            );
        }
        let post = front.open(Method::POST, path).await;
        assert_eq!(post.status(), 401, "{path}");
    }
    assert!(replica.changes().is_empty());
    let right = [("authorization", "Bearer 0123456789abcdef")];
    for path in CONTROLS {
        assert_eq!(front.get_with(&right, path).await.status, 200, "{path}");
    }
    assert_eq!(replica.changes(), ["/fault", "/recover"]);
}

/// Front takes a path as it is written, so what is spelled otherwise is no control at all.
#[tokio::test]
async fn no_spelling_of_a_control_goes_around_the_lock() {
    let replica = Replica::start("aaaa-1").await;
    let front = front(&replica, TOKEN).await;
    for path in CONTROLS {
        let name = &path[1..];
        let first = format!("%{:02x}", name.as_bytes()[0]);
        for target in [
            path.to_owned(),
            format!("{path}/"),
            format!("/{path}"),
            format!("/.{path}"),
            format!("/get/..{path}"),
            format!("/..;{path}"),
            format!("/%2e{path}"),
            format!("/%2f{name}"),
            format!("/{first}{}", &name[1..]),
            path.to_uppercase(),
            format!("{path};x"),
            format!("{path}%00"),
            format!("{path}%20"),
            format!("{path}?x=1"),
            format!("http://127.0.0.1:8081{path}"),
            format!("/ping{path}"),
            format!("/get?{path}"),
        ] {
            for method in [
                Method::GET,
                Method::POST,
                Method::HEAD,
                Method::OPTIONS,
                Method::PUT,
            ] {
                let headers = [
                    ("x-original-url", path),
                    ("x-rewrite-url", path),
                    ("x-http-method-override", "POST"),
                    ("x-forwarded-for", "127.0.0.1"),
                ];
                let answer = front.send(method.clone(), &headers, &target).await;
                let status = answer.status().as_u16();
                // `/get` itself is open to everybody.
                let is_kept_out = [401, 404, 405].contains(&status) || target.starts_with("/get?");
                assert!(is_kept_out, "{method} {target}: {status}");
            }
        }
    }
    assert!(replica.changes().is_empty());
}

#[tokio::test]
async fn an_empty_token_locks_nothing() {
    let replica = Replica::start("aaaa-1").await;
    let front = front(&replica, "").await;
    for path in CONTROLS {
        assert_eq!(front.get(path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn a_page_of_another_site_touches_no_control_locked_or_not() {
    let replica = Replica::start("aaaa-1").await;
    for token in ["", TOKEN] {
        let front = front(&replica, token).await;
        for path in CONTROLS {
            let headers = [
                ("sec-fetch-site", "cross-site"),
                ("authorization", "Bearer 0123456789abcdef"),
            ];
            let reply = front.get_with(&headers, path).await;
            reply.assert(403, "pages of other sites may not touch the controls\n");
        }
    }
    assert!(replica.changes().is_empty());
}

#[tokio::test]
async fn what_only_tells_is_open_to_everybody() {
    let replica = Replica::start("aaaa-1").await;
    let front = front(&replica, TOKEN).await;
    let headers = [("sec-fetch-site", "cross-site")];
    for path in ["/", "/stats", "/hosts", "/ping"] {
        assert_eq!(front.get_with(&headers, path).await.status, 200, "{path}");
    }
    for path in ["/metrics", "/ping", "/healthz"] {
        assert_eq!(front.control(path).await.status, 200, "{path}");
    }
}
