//! The same name, with the same answers, for a real Envoy and for the data plane here: who is there, who is
//! ejected, and what is counted, after each of a row of changes.

#![cfg(test)]

mod colors;
mod peers;

#[path = "../../../service/tests/lookup/name_server.rs"]
mod name_server;

#[path = "../http/client.rs"]
#[allow(dead_code, reason = "shared with the tests that need no Envoy")]
mod client;
#[path = "../http_side_by_side/envoy.rs"]
#[allow(dead_code, reason = "shared with the tests of HTTP")]
mod envoy;
#[path = "../http/proxy.rs"]
#[allow(dead_code, reason = "shared with the tests that need no Envoy")]
mod proxy;

use colors::Colors;
use name_server::{Code, Names};
use peers::{Peers, Seen};

/// Five errors eject, the others are long out of their turn by then.
const THRESHOLD: usize = 5;

/// FACTS 14: both are asked for the same, and must be in the same state at every step.
#[tokio::test]
async fn hosts_come_and_go_as_they_do_in_envoy() {
    let colors = Colors::start().await;
    let names = Names::start().await;
    let has = |hosts: &[u8]| names.has(hosts.iter().map(|&host| colors::address(host).into()));
    has(&[3, 1, 2]);
    let peers = Peers::start(&names, colors.port, THRESHOLD).await;
    let hosts = |seen: Seen| seen.hosts;

    let start = peers.agree("at the start").await;
    assert_eq!((start.total, start.change), (3, 1));
    has(&[1, 2, 3, 2]);
    let same = peers.agree("in another order, one twice").await;
    assert_eq!(same, start, "no change");

    colors.fail(2);
    peers.ask((THRESHOLD - 1) * 3).await;
    has(&[4, 1, 2, 3]);
    let more = peers.agree("one more, after four errors of another").await;
    assert_eq!((more.healthy, more.change), (4, 2));
    peers.ask(4).await;
    let ejected = peers.agree("after the fifth error").await;
    assert_eq!((ejected.active, ejected.healthy), (1, 3));
    assert_eq!(
        hosts(ejected),
        colors.list(&[(4, false), (1, false), (2, true), (3, false)])
    );

    has(&[5, 2, 4]);
    let stays = peers.agree("it stays and others go").await;
    assert_eq!((stays.active, stays.enforced), (1, 1));
    assert_eq!(
        hosts(stays),
        colors.list(&[(5, false), (2, true), (4, false)])
    );
    has(&[5, 4]);
    let gone = peers.agree("it goes").await;
    assert_eq!((gone.active, gone.enforced), (0, 1));
    has(&[5, 4, 2]);
    let again = peers.agree("it comes again").await;
    assert_eq!((again.active, again.healthy), (0, 3));
    peers.ask((THRESHOLD - 1) * 3).await;
    assert_eq!(peers.agree("four errors of the new one").await.active, 0);
    peers.ask(3).await;
    let second = peers.agree("the fifth of the new one").await;
    assert_eq!((second.active, second.enforced), (1, 2));

    for (code, name) in [
        (Code::ServerFailure, "server failure"),
        (Code::Refused, "refusal"),
    ] {
        names.fails(code);
        let kept = peers.agree(name).await;
        assert_eq!(kept.moved, ["update_failure"]);
        assert_eq!(kept.hosts, second.hosts, "{name}");
    }
    names.fails(Code::NoSuchName);
    let none = peers.agree("no such name").await;
    assert_eq!((none.total, none.active), (0, 0));
    assert_eq!(none.moved, ["update_no_rebuild", "update_success"]);
    assert_eq!(peers.ask(3).await, [503; 3]);
    let asked = peers.agree("three requests for nobody").await;
    assert_eq!((asked.panics, asked.none_healthy), (3, 3));
    has(&[1, 3]);
    assert_eq!(peers.agree("two are back").await.healthy, 2);
    assert_eq!(peers.ask(2).await, [200, 200]);

    let half = || Ok([1, 3].map(|host| colors::address(host).into()).to_vec());
    names.says(half(), Err(Code::ServerFailure));
    let kept = peers
        .agree("one kind of addresses, and no answer about the other")
        .await;
    assert_eq!(kept.moved, ["update_no_rebuild", "update_success"]);
    names.says(Err(Code::ServerFailure), Ok(vec![]));
    let kept = peers
        .agree("none of one kind, and no answer about the other")
        .await;
    assert_eq!((kept.total, kept.moved), (2, vec!["update_failure"]));
    let many: Vec<u8> = (1..=50).rev().collect();
    has(&many);
    let fifty = peers.agree("more than one datagram holds").await;
    assert_eq!(
        (fifty.total, fifty.hosts[0].0.ip()),
        (50, colors::address(50).into())
    );
    has(&[&many[25..], &many[..25]].concat());
    assert_eq!(peers.agree("the same, shuffled").await, {
        let moved = vec!["update_no_rebuild", "update_success"];
        Seen { moved, ..fifty }
    });
    has(&[]);
    assert_eq!(peers.agree("a name without addresses").await.total, 0);
    peers.end().await;
}
