//! What a look at the replicas and at the mesh makes of the feed: news, marks, and whether all is calm.

use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::FutureExt;
use serde_json::{Value, json};

use super::{answer, front};
use crate::events::marks::{Kind, Known};
use crate::hosts::Hosts;
use crate::look::Look;
use crate::mesh_view::MeshReport;
use crate::replicas::{Found, Replica};
use crate::stats::Counts;

/// A look at one replica.
fn look(fault: Option<Value>, mesh: Option<Value>) -> Look {
    let address = SocketAddr::from(([127, 0, 0, 1], 9080));
    let replica = Replica {
        uid: "a".to_owned(),
        control: address,
        address,
        fault,
    };
    let mesh = mesh.map_or_else(MeshReport::default, |host| {
        let body = json!({"clusters": [{"name": "c", "hosts": [host]}]});
        MeshReport::of_outliers(body.to_string().as_bytes())
    });
    Look {
        found: Some(Found {
            replicas: vec![replica],
            silent: Vec::new(),
            lost: Vec::new(),
        }),
        mesh,
    }
}

fn ejected(since: &str) -> Option<Value> {
    Some(json!({
        "address": "127.0.0.1:9080", "state": "ejected", "why": "5 errors in a row", "ejected_at": since,
    }))
}

fn healthy() -> Option<Value> {
    Some(json!({"address": "127.0.0.1:9080", "state": "healthy", "why": "back"}))
}

/// A countdown alone is no news.
#[test]
fn what_counts_from_now_is_not_told_anew() {
    let at = |remaining: u64| {
        let fault = json!({"status": 500, "remaining_ms": remaining});
        let mut host = ejected("1970-01-01T00:00:01Z").unwrap();
        host["returns_in_ms"] = json!(remaining);
        host["ejected_for_ms"] = json!(9000 - remaining);
        Hosts::new(&look(Some(fault), Some(host)), &Counts::default())
    };
    assert!(at(3000) != at(2500));
    assert!(at(3000).still() == at(2500).still());
    let well = Hosts::new(&look(None, healthy()), &Counts::default());
    assert!(at(3000).still() != well.still());
}

fn kinds(known: &mut Known, look: &Look, first: bool) -> Vec<(Kind, u64, Option<String>)> {
    let marks = known.look(look, first, true, 7);
    let of = marks.into_iter();
    of.map(|mark| (mark.kind, mark.at, mark.cause)).collect()
}

#[test]
fn an_ejection_is_marked_once_with_its_own_time_and_reason_and_the_return_when_it_is_seen() {
    let mut known = Known::default();
    let reason = |text: &str| Some(text.to_owned());
    let first = look(None, ejected("1970-01-01T00:00:01.500Z"));
    // Also in a first look: the mesh tells when it was.
    assert_eq!(
        kinds(&mut known, &first, true),
        [(Kind::Ejection, 1500, reason("5 errors in a row"))]
    );
    assert_eq!(kinds(&mut known, &first, false), []);
    // A mesh that does not answer is no return.
    assert_eq!(kinds(&mut known, &look(None, None), false), []);
    assert_eq!(
        kinds(&mut known, &look(None, healthy()), false),
        [(Kind::Return, 7, reason("back"))]
    );
    let again = look(None, ejected("1970-01-01T00:00:02Z"));
    assert_eq!(kinds(&mut known, &again, false)[0].1, 2000);
    // Somebody looked away, and does not know when it came back.
    assert_eq!(kinds(&mut known, &look(None, healthy()), true), []);
}

#[test]
fn a_fault_that_somebody_else_set_or_that_ended_by_itself_is_marked_when_it_is_seen() {
    let mut known = Known::default();
    let faulty = look(Some(json!({"status": 500})), None);
    let well = look(None, None);
    assert_eq!(kinds(&mut known, &well, true), []);
    assert_eq!(
        kinds(&mut known, &faulty, false),
        [(Kind::Fault, 7, Some(r#"{"status":500}"#.to_owned()))]
    );
    assert_eq!(kinds(&mut known, &well, false), [(Kind::Recover, 7, None)]);
    known.changed("a", true);
    assert_eq!(kinds(&mut known, &faulty, false), [], "it is known");
    // A look that began before the change has nothing to say of faults.
    assert_eq!(known.look(&well, false, false, 7), []);
}

/// Nobody is out without an error, and who is out is not known before somebody looks.
#[tokio::test]
async fn the_first_error_ends_the_calm_and_asks_for_a_look() {
    let front = front();
    front.stats.watch();
    let asked = |status| {
        answer(&front, "a", status);
        front.feed.digest();
        front.feed.news.notified().now_or_never().is_some()
    };
    assert!(!asked(200), "a good answer is no reason to look");
    assert!(asked(500));
    assert!(!asked(500), "looks come often by now");
    assert!(!front.feed.is_calm());
    assert!(!asked(200));
    assert!(front.feed.is_calm());
}

#[tokio::test(start_paused = true)]
async fn a_fault_or_an_ejection_is_no_calm() {
    let front = front();
    for (seen, calm) in [
        (look(None, healthy()), true),
        (look(Some(json!({"status": 500})), healthy()), false),
        (look(None, ejected("1970-01-01T00:00:01.500Z")), false),
        (look(None, None), true),
    ] {
        front.feed.saw(Arc::new(seen), front.feed.changes());
        assert_eq!(front.feed.is_calm(), calm);
    }
}
