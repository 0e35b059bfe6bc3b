//! What the detector decides, as values that can be logged, counted, shown and tested.

use std::fmt;

use super::{Elapsed, HostIndex};

/// Why a host was found an outlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// `consecutive_5xx` errors in a row.
    Consecutive5xx,
    /// `consecutive_gateway_failure` gateway failures in a row.
    ConsecutiveGatewayFailure,
}

impl Cause {
    /// The name in Envoy's event log.
    pub fn event_type(self) -> &'static str {
        match self {
            Self::Consecutive5xx => "CONSECUTIVE_5XX",
            Self::ConsecutiveGatewayFailure => "CONSECUTIVE_GATEWAY_FAILURE",
        }
    }
}

/// A line of the event log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The host it is about.
    pub host: HostIndex,
    /// What happened.
    pub action: Action,
    /// When.
    pub at: Elapsed,
    /// How often the host was ejected in its life, this time included; never decays (FACTS 4.7).
    pub ejections: u32,
    /// Time since the opposite action, if there was one: for an ejection since the host last came back,
    /// for a return since it was ejected (FACTS 12.9).
    pub since_last_action: Option<Elapsed>,
}

/// What happened to a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It was found an outlier, and ejected if `enforced`.
    Eject {
        /// Why.
        cause: Cause,
        /// Whether it really is out; `false` is detection only (FACTS 3.10).
        enforced: bool,
    },
    /// It came back.
    Uneject,
}

/// An ejection that `max_ejection_percent` did not allow (FACTS 5.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// When it was refused.
    pub at: Elapsed,
    /// What the host had done.
    pub cause: Cause,
    /// Hosts that were out already.
    pub ejected: usize,
    /// Hosts in all.
    pub hosts: usize,
    /// The limit in percent.
    pub limit: u32,
}

impl fmt::Display for Refusal {
    /// The arithmetic in words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            ejected,
            hosts,
            limit,
            ..
        } = self;
        let wanted = ejected + 1;
        // Two decimals, where there are any, tell 33.33 % from a limit of 33 %.
        let percent = (10_000.0 * wanted as f64 / *hosts as f64).round() / 100.0;
        write!(
            f,
            "{wanted} of {hosts} hosts out would be {percent} %, over the limit of {limit} %"
        )
    }
}
