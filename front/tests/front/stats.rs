//! `/stats`, `/reset_stats` and `/metrics`: who answered how often.

use axum::http::Method;
use serde_json::json;

use crate::fakes::{Front, Replica, mesh, nobody};

async fn get(front: &Front, times: usize) {
    for _ in 0..times {
        front.get("/get").await;
    }
}

#[tokio::test]
async fn nothing_seen_is_an_empty_list() {
    let reply = Front::new(&[]).get("/stats").await;
    reply.assert(200, "[]\n");
    assert_eq!(reply.header("content-type"), "application/json");
}

#[tokio::test]
async fn hosts_are_counted_in_order_of_first_sight() {
    let answers = [
        (200, Some("cccc")),
        (500, Some("aaaa")),
        (499, Some("cccc")),
        (503, Some("aaaa")),
    ];
    let front = Front::of_color(mesh(&answers).await);
    get(&front, 4).await;
    let expected = concat!(
        r#"[{"HostUID":"cccc","Counter":{"StatusOk":2,"StatusError":0,"Total":2}},"#,
        r#"{"HostUID":"aaaa","Counter":{"StatusOk":0,"StatusError":2,"Total":2}}]"#,
        "\n"
    );
    front.get("/stats").await.assert(200, expected);
    front
        .request(Method::POST, "/stats")
        .await
        .assert(200, expected);
}

#[tokio::test]
async fn answers_of_the_mesh_are_no_hosts() {
    let answers = [
        (503, None),
        (200, Some("aaaa")),
        (504, None),
        (503, Some("")),
        (503, None),
    ];
    let front = Front::of_color(mesh(&answers).await);
    get(&front, 5).await;
    let only_host = r#"[{"HostUID":"aaaa","Counter":{"StatusOk":1,"StatusError":0,"Total":1}}]"#;
    front
        .get("/stats")
        .await
        .assert(200, &format!("{only_host}\n"));
    let expected = json!({"503": 3, "504": 1});
    assert_eq!(front.hosts().await["mesh_answers"], expected);
}

#[tokio::test]
async fn what_is_not_get_is_not_counted() {
    let front = Front::of_color(mesh(&[]).await);
    for path in ["/color/fault", "/color/recover", "/fault", "/recover"] {
        front.get(path).await;
    }
    front.get("/stats").await.assert(200, "[]\n");
}

#[tokio::test]
async fn a_reset_forgets_the_counts_and_the_order() {
    let answers = [
        (200, Some("aaaa")),
        (503, None),
        (200, Some("bbbb")),
        (200, Some("aaaa")),
    ];
    let front = Front::of_color(mesh(&answers).await);
    get(&front, 2).await;
    front
        .get("/reset_stats")
        .await
        .assert(200, "stats cleared.");
    front.get("/stats").await.assert(200, "[]\n");
    assert_eq!(front.hosts().await["mesh_answers"], json!({}));
    get(&front, 2).await;
    assert!(
        front
            .get("/stats")
            .await
            .text
            .starts_with(r#"[{"HostUID":"bbbb""#)
    );
}

#[tokio::test]
async fn metrics_tell_hosts_the_mesh_and_failures_apart() {
    let front = Front::of_color(mesh(&[(200, Some("a\"b")), (500, Some("c")), (503, None)]).await);
    get(&front, 3).await;
    let reply = front.control("/metrics").await;
    assert_eq!(
        reply.header("content-type"),
        "text/plain; version=0.0.4; charset=utf-8"
    );
    for line in [
        r#"front_requests_total{host="a\"b",code="200"} 1"#,
        r#"front_requests_total{host="c",code="500"} 1"#,
        r#"front_mesh_answers_total{code="503"} 1"#,
        "front_request_duration_seconds_count 3",
    ] {
        assert!(
            reply.text.lines().any(|found| found == line),
            "{line} not in:\n{}",
            reply.text
        );
    }

    let front = Front::of_color(nobody().await);
    get(&front, 1).await;
    let text = front.control("/metrics").await.text;
    assert!(
        text.contains("front_failures_total{code=\"502\"} 1\n"),
        "got:\n{text}"
    );
}

#[tokio::test]
async fn metrics_count_the_replicas_that_took_a_fault_or_its_end() {
    let replicas = Replica::three().await;
    let front = Front::of(&replicas.each_ref());
    for path in [
        "/fault?count=2",
        "/fault?percent=0",
        "/fault?host=nobody",
        "/recover?host=aaaa-1",
        "/recover",
    ] {
        front.get(path).await;
    }
    let recoveries = replicas
        .iter()
        .flat_map(Replica::changes)
        .filter(|change| change == "/recover")
        .count();
    let text = front.control("/metrics").await.text;
    assert!(text.contains("front_faults_total 2\n"), "got:\n{text}");
    let expected = format!("front_recoveries_total {recoveries}\n");
    assert!(text.contains(&expected), "{expected} not in:\n{text}");

    let front = Front::of_color(mesh(&[]).await);
    for path in ["/color/fault", "/color/recover", "/recover"] {
        front.get(path).await;
    }
    let text = front.control("/metrics").await.text;
    assert!(text.contains("front_faults_total 1\n"), "got:\n{text}");
    assert!(text.contains("front_recoveries_total 2\n"), "got:\n{text}");
}
