//! `/fault` refused: whose mistake it was, one sentence, and nothing changed.

use crate::fakes::{Front, Replica, nobody, raw};

async fn assert_refused(query: &str, faulty: &[&str], status: u16, sentence: &str) {
    let replicas = Replica::three().await;
    for replica in &replicas {
        if faulty.contains(&replica.uid) {
            replica.set_faulty();
        }
    }
    let front = Front::of(&replicas.each_ref());
    let reply = front.get(&format!("/fault?{query}")).await;
    reply.assert(status, &format!("{sentence}\n"));
    for replica in replicas {
        assert!(
            replica.changes().is_empty(),
            "{query}: {} changed",
            replica.uid
        );
    }
}

#[tokio::test]
async fn an_unknown_host_gets_to_hear_the_known_ones() {
    for (asked, shown) in [
        ("zzzz", "zzzz"),
        ("aaa", "aaa"),
        ("", ""),
        ("a%22b", r#"a\"b"#),
    ] {
        let sentence = format!("unknown host \"{shown}\"; known are aaaa-1, bbbb-2, cccc-3");
        assert_refused(&format!("host={asked}"), &[], 404, &sentence).await;
    }
}

#[tokio::test]
async fn host_and_count_contradict_each_other() {
    let sentence = "host and count cannot be given together";
    assert_refused("host=aaaa-1&count=1", &[], 400, sentence).await;
}

#[tokio::test]
async fn a_parameter_of_fronts_own_is_given_once() {
    assert_refused(
        "host=aaaa&host=bbbb",
        &[],
        400,
        "host may be given only once",
    )
    .await;
    assert_refused("count=1&count=1", &[], 400, "count may be given only once").await;
}

#[tokio::test]
async fn count_is_bounded_by_the_number_of_replicas() {
    for count in ["0", "4", "-1", "many", ""] {
        let sentence = "count must be between 1 and 3, the number of replicas";
        assert_refused(&format!("count={count}"), &[], 400, sentence).await;
    }
}

#[tokio::test]
async fn too_few_healthy_replicas_are_a_conflict() {
    let sentence = "only 1 of 3 replicas are healthy; nothing was changed";
    assert_refused("count=2", &["aaaa-1", "cccc-3"], 409, sentence).await;
}

#[tokio::test]
async fn when_every_replica_is_faulty_it_is_a_conflict() {
    let all = ["aaaa-1", "bbbb-2", "cccc-3"];
    for query in ["", "count=1", "count=3"] {
        assert_refused(query, &all, 409, "every replica is faulty already").await;
    }
}

/// The options are the same for all, so the first one's refusal is everybody's.
#[tokio::test]
async fn what_colorapp_refuses_is_passed_on_before_another_replica_is_told() {
    let [c, a, b] = Replica::three().await;
    let front = Front::of(&[&c, &a, &b]);
    for query in ["percent=0", "count=3&percent=0", "host=aaaa&percent=0"] {
        let reply = front.get(&format!("/fault?{query}")).await;
        reply.assert(400, "percent must be a whole number from 1 to 100\n");
    }
    assert!(!a.is_faulty());
    assert!(b.changes().is_empty() && c.changes().is_empty());
}

#[tokio::test]
async fn without_any_replica_it_is_a_bad_gateway() {
    let silent = nobody().await.to_string();
    let front = Front::new(&[("COLOR_CONTROL_ENDPOINT", &silent)]);
    for query in ["", "count=1", "host=aaaa"] {
        let reply = front.get(&format!("/fault?{query}")).await;
        reply.assert(502, "no replica answers on its control port\n");
    }
}

/// It answers, but it is no replica.
#[tokio::test]
async fn a_control_port_that_talks_nonsense_is_no_replica() {
    let nonsense = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".as_slice(),
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        b"what?\r\n\r\n",
    ];
    for answer in nonsense {
        let control = raw(answer).await.to_string();
        let front = Front::new(&[("COLOR_CONTROL_ENDPOINT", &control)]);
        let reply = front.get("/fault").await;
        reply.assert(502, "no replica answers on its control port\n");
    }
}
