//! The requests that were recorded for the tests that need no Envoy.

use serde::Deserialize;

use crate::case::{Case, case};

#[derive(Deserialize)]
struct Recorded {
    case: String,
    client_sent: String,
}

/// What the hosts and the configuration did then has its own cases; this is what clients sent.
pub(crate) fn cases() -> Vec<Case> {
    let recorded: Vec<Recorded> =
        serde_json::from_str(include_str!("../../envoy/http_behaviour.json")).expect("recordings");
    let whole = recorded.into_iter().filter(|recorded| {
        recorded.client_sent.ends_with("\r\n\r\n") || recorded.client_sent.ends_with("hello")
    });
    whole
        .map(|recorded| case(format!("recorded: {}", recorded.case)).ask(recorded.client_sent))
        .collect()
}
