//! What a claim that fails usually means, and where to look.

use serde::Serialize;

use crate::expected::Expected;
use crate::recording::Recording;

/// A likely cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// Its name, which does not change between versions.
    pub cause: &'static str,
    /// The cause in words.
    pub means: String,
    /// Where to look.
    pub look: &'static str,
}

impl Cause {
    fn new(cause: &'static str, means: impl Into<String>, look: &'static str) -> Self {
        Self {
            cause,
            means: means.into(),
            look,
        }
    }

    pub(crate) fn no_outlier_detection() -> Self {
        Self::new(
            "no-outlier-detection",
            "no outlier detection is configured for this service",
            "outlierDetection of the VirtualNode, DestinationRule or cluster that front's proxy calls colorapp by: \
             its host name and namespace must match; in Envoy's /stats no cluster.*.outlier_detection means none",
        )
    }

    /// `allowed` in percent, where it is known.
    pub(crate) fn percentage(expected: &Expected, sick: usize) -> Self {
        let hosts = expected.hosts;
        let need = (100 * sick).div_ceil(hosts);
        let percent = expected.policy.max_ejection_percent;
        let means = if expected.policy.allows(sick, hosts) {
            format!(
                "the mesh's percentage is lower than the {percent} % promised: {sick} of {hosts} hosts are {need} %, \
                 and Envoy's default of 10 % lets nobody of fewer than 10 hosts go"
            )
        } else {
            format!(
                "the percentage lets nobody more go: {sick} of {hosts} hosts are {need} %, \
                 and the policy's maxEjectionPercent is {percent}"
            )
        };
        Self::new(
            "percentage",
            means,
            "maxEjectionPercent (max_ejection_percent); each refusal counts in outlier_detection.ejections_overflow",
        )
    }

    pub(crate) fn not_enforced() -> Self {
        Self::new(
            "not-enforced",
            "the mesh detects the errors and does not act: enforcing_consecutive_5xx is below 100",
            "outlier_detection.ejections_detected_consecutive_5xx against ejections_enforced_consecutive_5xx",
        )
    }

    pub(crate) fn threshold(errors: usize, promised: u32) -> Self {
        Self::new(
            "threshold",
            format!(
                "the mesh ejects after {errors} errors in a row, the policy promises {promised}"
            ),
            "maxServerErrors, consecutive5xxErrors or consecutive_5xx; also consecutive_gateway_failure, \
             which counts 502, 503 and 504",
        )
    }

    pub(crate) fn higher_threshold() -> Self {
        Self::new(
            "threshold",
            "the mesh wants more errors in a row than the policy promises, or does not count these as errors",
            "maxServerErrors, consecutive5xxErrors or consecutive_5xx",
        )
    }

    pub(crate) fn retries() -> Self {
        Self::new(
            "retries",
            "retries hide the errors: a proxy asks another replica before the client sees them",
            "retryPolicy of the route, retries of the VirtualService, retry_on of the route: 5xx covers 500; \
             cluster.*.upstream_rq_retry counts them",
        )
    }

    pub(crate) fn no_retries() -> Self {
        Self::new(
            "no-retries",
            "nothing retries these errors, so the client sees them",
            "retryPolicy of the route, retry_on of the route at the gateway and at front's proxy",
        )
    }

    pub(crate) fn panic() -> Self {
        Self::new(
            "panic",
            "panic: too few hosts are healthy, so all get traffic, ejected or not",
            "healthy_panic_threshold; lb_healthy_panic counts the requests",
        )
    }

    pub(crate) fn no_panic() -> Self {
        Self::new(
            "no-panic",
            "panic is switched off in this mesh: what is ejected gets nothing however few are left",
            "healthy_panic_threshold (0 switches it off, as Istio does)",
        )
    }

    pub(crate) fn several_views() -> Self {
        Self::new(
            "several-views",
            "several proxies call colorapp with a view each: each one counts to the threshold for itself",
            "the replicas of front, and a waypoint or gateway that is called besides",
        )
    }

    pub(crate) fn not_round_robin() -> Self {
        Self::new(
            "not-round-robin",
            "the balancer is not round robin, or has several threads that take turns each for itself",
            "lb_policy, loadBalancer.simple: Istio's and Envoy Gateway's default is least request, Linkerd's is by latency",
        )
    }

    pub(crate) fn ejected_before() -> Self {
        Self::new(
            "ejected-before",
            "this replica had been ejected shortly before, and each ejection in a row is longer",
            "leave it well for a few intervals and verify again",
        )
    }

    pub(crate) fn times(which: &str) -> Self {
        Self::new(
            "times",
            format!("{which} of the mesh is not the policy's"),
            "interval and baseEjectionDuration (baseEjectionTime, base_ejection_time)",
        )
    }

    pub(crate) fn rates() -> Self {
        Self::new(
            "success-rate",
            "the mesh also ejects by success rate or failure percentage, which Envoy does by default from \
             5 hosts and 100 requests per interval and host",
            "enforcing_success_rate and enforcing_failure_percentage (set them to 0); \
             outlier_detection.ejections_enforced_success_rate counts them",
        )
    }

    pub(crate) fn other() -> Self {
        Self::new(
            "unknown",
            "something besides outlier detection answers with errors, or takes a replica out",
            "the logs of front and of its proxy, and the replicas' readiness",
        )
    }
}

/// Why a host that should be out still gets traffic.
pub(crate) fn not_ejected(expected: &Expected, recording: &Recording, sick: usize) -> Vec<Cause> {
    if expected.ejected(sick) < sick {
        return vec![Cause::percentage(expected, sick)];
    }
    let Some((before, after)) = recording.mesh.as_ref().filter(|(_, after)| after.answers) else {
        let percentage = Cause::percentage(expected, sick);
        return vec![
            Cause::no_outlier_detection(),
            percentage,
            Cause::higher_threshold(),
        ];
    };
    let grown = |name| after.grown(before, name) > 0;
    vec![if after.counters.is_empty() {
        Cause::no_outlier_detection()
    } else if grown("ejections_overflow") {
        Cause::percentage(expected, sick)
    } else if grown("ejections_enforced_total") {
        Cause::panic()
    } else if grown("ejections_detected_consecutive_5xx") {
        Cause::not_enforced()
    } else {
        Cause::higher_threshold()
    }]
}
