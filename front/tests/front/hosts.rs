//! `/hosts`: what the replicas, the counters and the mesh say, side by side.

use std::net::SocketAddr;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::fakes::{Front, Replica, admin, admin_of, color, control_of, nobody, outliers, raw};

/// A `front` with these replicas and this admin interface of the mesh.
fn front(replicas: &[&Replica], admin: SocketAddr) -> Front {
    Front::new(&[
        ("COLOR_CONTROL_ENDPOINT", &control_of(replicas)),
        ("MESH_ADMIN_ENDPOINT", &admin.to_string()),
    ])
}

/// What the mesh says of each host, by uid.
async fn states(front: &Front) -> Vec<(String, String)> {
    let hosts = front.hosts().await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let hosts = hosts["hosts"].as_array().unwrap().iter();
    hosts
        .map(|host| (text(&host["uid"]), text(&host["mesh"]["state"])))
        .collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(a, b): &(&str, &str)| ((*a).to_owned(), (*b).to_owned());
    expected.iter().map(owned).collect()
}

#[tokio::test]
async fn all_that_is_known_is_shown_in_order_of_uid() {
    let [c, a, b] = Replica::three().await;
    a.set_faulty();
    let silent = nobody().await;
    let ejected = json!({"address": a.address(), "state": "ejected", "multiplier": 1,
        "ejected_at": "2026-11-24T00:00:00.000Z", "earliest_return": "2026-11-24T00:00:10.000Z",
        "why": "5 errors in a row"});
    let healthy = json!({"address": b.address(), "state": "healthy"});
    let front = Front::new(&[
        (
            "COLOR_SERVICE_ENDPOINT",
            &color(500, "aaaa-1", "").await.to_string(),
        ),
        (
            "COLOR_CONTROL_ENDPOINT",
            &format!("{},{silent}", control_of(&[&c, &a, &b])),
        ),
        (
            "MESH_ADMIN_ENDPOINT",
            &outliers(json!([ejected.clone(), healthy.clone()]))
                .await
                .to_string(),
        ),
    ]);
    front.get("/get").await;
    let host = |replica: &Replica, fault: Value, errors: u64, mesh: Value| {
        json!({
            "uid": replica.uid,
            "address": replica.address(),
            "control": replica.control,
            "reachable": true,
            "fault": fault,
            "counter": {"StatusOk": 0, "StatusError": errors, "Total": errors},
            "mesh": mesh,
        })
    };
    let view = |state, detail: Value| {
        json!({
            "state": state,
            "ejected_since": detail["ejected_at"],
            "earliest_return": detail["earliest_return"],
            "reason": detail["why"],
            "detail": detail,
        })
    };
    let unknown = view("unknown", Value::Null);
    let expected = json!({
        "hosts": [
            host(&a, json!({"status": 500}), 1, view("ejected", ejected)),
            host(&b, Value::Null, 0, view("healthy", healthy)),
            host(&c, Value::Null, 0, unknown.clone()),
            {
                "uid": null,
                "address": null,
                "control": silent,
                "reachable": false,
                "fault": null,
                "counter": {"StatusOk": 0, "StatusError": 0, "Total": 0},
                "mesh": unknown,
            },
        ],
        "mesh_answers": {},
        "clusters": [{
            "name": "colorapp",
            "policy": {"interval": "10s"},
            "panic": false,
            "outlier_detection": null,
        }],
    });
    let reply = front.get("/hosts").await;
    assert_eq!(reply.header("content-type"), "application/json");
    assert!(reply.text.ends_with("}\n"));
    assert_eq!(
        serde_json::from_str::<Value>(&reply.text).unwrap(),
        expected
    );
}

#[tokio::test]
async fn envoy_is_asked_in_its_own_words() {
    let [c, a, b] = Replica::three().await;
    let host = |replica: &Replica, health: Value| {
        let address = replica.address();
        json!({
            "address": {"socket_address": {"address": address.ip(), "port_value": address.port()}},
            "health_status": health,
        })
    };
    let clusters = json!({"cluster_statuses": [{"name": "colorapp", "host_statuses": [
        host(&a, json!({"eds_health_status": "HEALTHY"})),
        host(&b, json!({"failed_outlier_check": true, "eds_health_status": "HEALTHY"})),
    ]}]});
    let front = front(
        &[&c, &a, &b],
        admin("/clusters?format=json", clusters).await,
    );
    let expected = [
        ("aaaa-1", "healthy"),
        ("bbbb-2", "ejected"),
        ("cccc-3", "unknown"),
    ];
    assert_eq!(states(&front).await, pairs(&expected));
    let hosts = front.hosts().await;
    assert_eq!(hosts["hosts"][1]["mesh"]["detail"], Value::Null);
    let expected =
        json!([{"name": "colorapp", "policy": null, "panic": null, "outlier_detection": null}]);
    assert_eq!(hosts["clusters"], expected);
}

#[tokio::test]
async fn a_cluster_comes_with_its_statistics_of_outlier_detection() {
    let admin = admin_of(&[
        (
            "/outliers",
            r#"{"clusters": [{"name": "colorapp", "hosts": []}, {"name": "front", "hosts": []}]}"#,
        ),
        (
            "/stats?filter=outlier_detection",
            "cluster.colorapp.outlier_detection.ejections_overflow: 7\n",
        ),
    ]);
    let front = front(&[], admin.await);
    let clusters = &front.hosts().await["clusters"];
    assert_eq!(
        clusters[0]["outlier_detection"],
        json!({"ejections_overflow": 7})
    );
    assert_eq!(clusters[1]["outlier_detection"], json!({}));
}

/// Anybody may ask, and each look costs every replica and the mesh.
#[tokio::test]
async fn those_who_ask_at_once_share_a_look() {
    let replica = Replica::start("aaaa-1").await;
    let front = Front::of(&[&replica]);
    let all = join_all((0..50).map(|_| front.hosts())).await;
    assert!(all.iter().all(|hosts| hosts["hosts"][0]["uid"] == "aaaa-1"));
    // Those who came when the first look was under way share the one after it.
    assert_eq!(replica.looks(), 2);
}

/// Through `front` or around it.
#[tokio::test]
async fn what_was_changed_before_is_shown() {
    let replica = Replica::start("aaaa-1").await;
    let front = Front::of(&[&replica]);
    let is_faulty = async || !front.hosts().await["hosts"][0]["fault"].is_null();
    for _ in 0..3 {
        front.get("/fault").await;
        assert!(is_faulty().await);
        front.get("/recover").await;
        assert!(!is_faulty().await);
    }
    replica.set_faulty();
    assert!(is_faulty().await);
}

#[tokio::test]
async fn nobody_to_ask_means_unknown() {
    let replica = Replica::start("aaaa-1").await;
    let front = Front::of(&[&replica]);
    assert_eq!(states(&front).await, pairs(&[("aaaa-1", "unknown")]));
}

#[tokio::test]
async fn an_admin_that_cannot_be_asked_means_unknown_and_no_error() {
    let replica = Replica::start("aaaa-1").await;
    for admin in [
        nobody().await,
        raw(b"").await,
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nnot JSON.").await,
        raw(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n").await,
        raw(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").await,
    ] {
        let front = front(&[&replica], admin);
        assert_eq!(states(&front).await, pairs(&[("aaaa-1", "unknown")]));
        assert_eq!(front.get("/fault?host=aaaa-1").await.status, 200);
    }
}

#[tokio::test]
async fn a_name_that_leads_nowhere_is_shown_as_it_was_written() {
    let front = Front::new(&[("COLOR_CONTROL_ENDPOINT", "colorapp.invalid:8081")]);
    let host = &front.hosts().await["hosts"][0];
    assert_eq!(host["uid"], Value::Null);
    assert_eq!(host["control"], "colorapp.invalid:8081");
    assert_eq!(host["reachable"], false);
}

/// A replica that was killed is still the mesh's, which goes on ejecting it; only what it said itself is not known.
#[tokio::test]
async fn a_replica_that_no_longer_answers_keeps_its_name_and_what_the_mesh_says() {
    let replica = Replica::start("aaaa-1").await;
    let other = Replica::start("bbbb-2").await;
    let ejected = json!({"address": replica.address(), "state": "ejected"});
    let front = front(&[&replica, &other], outliers(json!([ejected])).await);
    front.hosts().await;
    replica.lose();
    let hosts = front.hosts().await;
    let lost = &hosts["hosts"][1];
    assert_eq!(lost["uid"], "aaaa-1", "whoever answers is first: {hosts:#}");
    assert_eq!(lost["address"], replica.address().to_string());
    assert_eq!(lost["mesh"]["state"], "ejected");
    assert_eq!(
        (&lost["reachable"], &lost["fault"]),
        (&json!(false), &Value::Null)
    );
}
