//! `/outliers`: which host is ejected, why, until when, and why not that one.
//!
//! A page of our own. Envoy shows the flag (`/clusters`), the sums (`/stats`) and the past (the event
//! log); nobody can read from them when a host returns or what a refused ejection ran into.

mod why;

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::durations::millis;
use super::{Shared, reply};
use crate::balance::View;
use crate::cluster::{Cluster, Host};
use crate::mesh::OutlierPolicy;
use crate::outlier::{Detector, Elapsed, HostIndex};

use why::Standing;

pub(super) async fn page(state: Shared) -> Response {
    let clusters = state.clusters.iter().map(|cluster| cluster_page(cluster));
    reply::pretty(&Page {
        clusters: clusters.collect(),
    })
}

pub(super) async fn events(state: Shared) -> Response {
    reply::text(StatusCode::OK, state.events.recent())
}

#[derive(Serialize)]
struct Page {
    clusters: Vec<ClusterPage>,
}

/// All `_ms` that lie in the future count from now.
#[derive(Serialize)]
struct ClusterPage {
    name: String,
    /// The VirtualNode.
    node: String,
    /// `null`: no outlier detection.
    policy: Option<Policy>,
    /// As the balancers see it.
    panic: bool,
    /// By the flags, of which the balancers may not have heard yet.
    healthy: usize,
    total: usize,
    next_sweep_ms: Option<u64>,
    /// When the balancers hear of what changed within the merge window.
    waiting_refresh_ms: Option<u64>,
    hosts: Vec<HostPage>,
}

#[derive(Serialize)]
struct Policy {
    consecutive_5xx: u32,
    interval_ms: u64,
    base_ejection_time_ms: u64,
    max_ejection_time_ms: u64,
    max_ejection_percent: u32,
    always_eject_one_host: bool,
    healthy_panic_threshold: u32,
    update_merge_window_ms: u64,
}

#[derive(Default, Serialize)]
struct HostPage {
    address: String,
    state: &'static str,
    why: String,
    consecutive_5xx: u32,
    cause: Option<&'static str>,
    ejected_at: Option<String>,
    ejected_for_ms: Option<u64>,
    earliest_return: Option<String>,
    returns_in_ms: Option<u64>,
    /// In the host's life.
    ejections: u32,
    /// How many of them still count.
    multiplier: u32,
    /// The least length of the next one.
    next_ejection_ms: Option<u64>,
    /// Whether the balancers give it requests.
    in_rotation: bool,
    /// Whether the balancers have heard of its state.
    balancer_knows: bool,
    refused: Option<Refused>,
}

#[derive(Serialize)]
struct Refused {
    at: String,
    cause: &'static str,
    why: String,
}

/// What all hosts of a cluster are looked at with.
struct Moment<'a> {
    cluster: &'a Cluster,
    now: Elapsed,
    view: &'a View,
    waiting: Option<Elapsed>,
}

fn cluster_page(cluster: &Cluster) -> ClusterPage {
    // The guard is held for all of it, so that the parts of the page agree.
    let membership = cluster.membership();
    let detector = membership.detector();
    let snapshot = cluster.snapshot();
    let (all, view) = (snapshot.hosts(), snapshot.view());
    let moment = Moment {
        cluster,
        now: cluster.now(),
        view,
        waiting: membership.waiting_refresh(),
    };
    let hosts: Vec<HostPage> = (0..)
        .zip(all.iter())
        .map(|(index, host)| match detector {
            Some(detector) => moment.watched(index, host, detector),
            None => Moment::unwatched(host),
        })
        .collect();
    let total = all.len();
    ClusterPage {
        name: cluster.spec().name.clone(),
        node: cluster.spec().node.clone(),
        policy: detector.map(|detector| detector.policy().into()),
        panic: view.panic(),
        healthy: total - detector.map_or(0, Detector::ejected),
        total,
        next_sweep_ms: detector.map(|detector| moment.until(detector.next_sweep())),
        waiting_refresh_ms: moment.waiting.map(|due| moment.until(due)),
        hosts,
    }
}

impl From<&OutlierPolicy> for Policy {
    fn from(policy: &OutlierPolicy) -> Self {
        Self {
            consecutive_5xx: policy.consecutive_5xx,
            interval_ms: millis(policy.interval),
            base_ejection_time_ms: millis(policy.base_ejection_time),
            max_ejection_time_ms: millis(policy.max_ejection_time),
            max_ejection_percent: policy.max_ejection_percent,
            always_eject_one_host: policy.always_eject_one_host,
            healthy_panic_threshold: policy.healthy_panic_threshold,
            update_merge_window_ms: millis(policy.update_merge_window),
        }
    }
}

impl Moment<'_> {
    fn watched(&self, index: HostIndex, host: &Host, detector: &Detector) -> HostPage {
        let report = detector.report(index);
        let listed = self.view.healthy().contains(&index);
        let standing = Standing {
            policy: detector.policy(),
            report: &report,
            panic: self.view.panic(),
            listed,
            refresh: self.waiting.map(|due| due.saturating_sub(self.now)),
        };
        let why = standing.to_string();
        let since = report.ejected.map(|(since, _)| since);
        HostPage {
            address: host.address().to_string(),
            state: if since.is_some() {
                "ejected"
            } else {
                "healthy"
            },
            why,
            consecutive_5xx: report.consecutive_5xx,
            cause: report.ejected.map(|(_, cause)| cause.event_type()),
            ejected_at: since.map(|at| self.clock(at)),
            ejected_for_ms: since.map(|at| millis(self.now.saturating_sub(at))),
            earliest_return: report.earliest_return.map(|at| self.clock(at)),
            returns_in_ms: report.earliest_return.map(|at| self.until(at)),
            ejections: report.ejections,
            multiplier: report.multiplier,
            next_ejection_ms: Some(millis(report.next_ejection)),
            in_rotation: self.view.panic() || listed,
            balancer_knows: listed == since.is_none(),
            refused: report.last_refusal.map(|refusal| Refused {
                at: self.clock(refusal.at),
                cause: refusal.cause.event_type(),
                why: refusal.to_string(),
            }),
        }
    }

    /// A host that nobody ever ejects.
    fn unwatched(host: &Host) -> HostPage {
        HostPage {
            address: host.address().to_string(),
            state: "healthy",
            why: "never ejected: the VirtualNode asks for no outlier detection".to_owned(),
            in_rotation: true,
            balancer_knows: true,
            ..HostPage::default()
        }
    }

    fn until(&self, at: Elapsed) -> u64 {
        millis(at.saturating_sub(self.now))
    }

    /// RFC 3339 in UTC with milliseconds.
    fn clock(&self, at: Elapsed) -> String {
        humantime::format_rfc3339_millis(self.cluster.wall_clock(at)).to_string()
    }
}

#[cfg(test)]
mod tests;
