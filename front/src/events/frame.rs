//! Events, as they are sent.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::history::Quantiles;
use crate::hosts::Hosts;
use crate::window::Codes;

/// One event, ready to be sent to any number of viewers.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) number: u64,
    pub(super) event: &'static str,
    pub(super) data: Arc<str>,
}

/// The event `digest`.
#[derive(Serialize)]
pub(super) struct Digest<'a> {
    pub(super) at: u64,
    pub(super) answers: Codes,
    pub(super) hosts: BTreeMap<&'a str, &'a Codes>,
    pub(super) mesh: &'a Codes,
    pub(super) front: &'a Codes,
    pub(super) latency_ms: Option<Quantiles>,
}

/// The event `hosts`.
#[derive(Serialize)]
pub(super) struct Present<'a> {
    pub(super) at: u64,
    #[serde(flatten)]
    pub(super) hosts: &'a Hosts,
}
