//! Without `COLOR_CONTROL_ENDPOINT` everything goes through the mesh.

use serde_json::{Value, json};

use crate::fakes::{Front, mesh, nobody};

#[tokio::test]
async fn fault_and_recover_go_through_the_mesh() {
    let front = Front::of_color(mesh(&[]).await);
    for (path, seen) in [
        ("/fault", "GET /fault\n"),
        (
            "/fault?status=503&delay=1s",
            "GET /fault?status=503&delay=1s\n",
        ),
        ("/recover", "GET /recover\n"),
    ] {
        let reply = front.get(path).await;
        reply.assert(200, seen);
        assert_eq!(reply.header("hostuid"), "aaaa-1");
    }
    let front = Front::of_color(nobody().await);
    assert_eq!(front.get("/fault").await.status, 502);
}

#[tokio::test]
async fn which_replica_cannot_be_chosen() {
    let front = Front::of_color(mesh(&[]).await);
    for (path, name) in [
        ("/fault?host=aaaa-1", "host"),
        ("/fault?count=2", "count"),
        ("/recover?host=aaaa-1", "host"),
        ("/recover?count=2", "count"),
    ] {
        let sentence = format!("{name} needs COLOR_CONTROL_ENDPOINT, which is not set\n");
        front.get(path).await.assert(400, &sentence);
    }
}

#[tokio::test]
async fn hosts_are_those_that_have_answered() {
    let front = Front::of_color(mesh(&[(500, Some("bbbb")), (200, Some("aaaa"))]).await);
    assert_eq!(front.hosts().await["hosts"], json!([]));
    for _ in 0..2 {
        front.get("/get").await;
    }
    let host = |uid, ok, error| {
        json!({
            "uid": uid,
            "address": Value::Null,
            "control": Value::Null,
            "reachable": false,
            "fault": Value::Null,
            "counter": {"StatusOk": ok, "StatusError": error, "Total": 1},
            "mesh": {
                "state": "unknown",
                "ejected_since": Value::Null,
                "earliest_return": Value::Null,
                "reason": Value::Null,
                "detail": Value::Null,
            },
        })
    };
    let expected = json!([host("aaaa", 1, 0), host("bbbb", 0, 1)]);
    assert_eq!(front.hosts().await["hosts"], expected);
}
