//! What a claim that fails usually means, and where to look.

use serde::Serialize;

use crate::expected::Expected;
use crate::output::count;
use crate::recording::Recording;

/// Where the percentage is set, and seen.
const PERCENTAGE: &str = "maxEjectionPercent (max_ejection_percent, and always_eject_one_host); each refusal \
     counts in outlier_detection.ejections_overflow";

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
             its host name and namespace must match; in Envoy's /stats no cluster.*.outlier_detection means none; \
             with Linkerd the annotation balancer.linkerd.io/failure-accrual, which a ServiceProfile voids",
        )
    }

    /// Why not so many are out.
    pub(crate) fn percentage(expected: &Expected, sick: usize) -> Self {
        let hosts = expected.hosts;
        let need = (100 * sick).div_ceil(hosts);
        let percent = expected.policy.max_ejection_percent;
        let are = if sick == 1 { "is" } else { "are" };
        let arithmetic = format!(
            "{sick} of {hosts} hosts {are} {need} %, and the policy's maxEjectionPercent is {percent}"
        );
        let means = if expected.policy.allows(sick, hosts) {
            format!(
                "the mesh's percentage is lower than the {percent} % promised: {sick} of {hosts} hosts {are} {need} %, \
                 and Envoy's default of 10 % ejects nobody of fewer than 10 hosts"
            )
        } else if expected.ejected(sick) == sick {
            format!("the mesh refuses the one host that App Mesh always ejects: {arithmetic}")
        } else {
            format!("the percentage forbids it: {arithmetic}")
        };
        Self::new("percentage", means, PERCENTAGE)
    }

    /// Why as many as that are out.
    pub(crate) fn higher_percentage(expected: &Expected, out: usize) -> Self {
        let hosts = expected.hosts;
        let percent = expected.policy.max_ejection_percent;
        Self::new(
            "percentage",
            format!(
                "the mesh's percentage is higher than the {percent} % promised: it lets {out} of {hosts} hosts go"
            ),
            PERCENTAGE,
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
                "the mesh ejects after {} in a row, the policy promises {promised}",
                count(errors, "error")
            ),
            "maxServerErrors, consecutive5xxErrors or consecutive_5xx; also consecutive_gateway_failure, \
             which counts 502, 503 and 504",
        )
    }

    pub(crate) fn higher_threshold() -> Self {
        Self::new(
            "threshold",
            "the mesh wants more errors in a row than the policy promises, or does not count these as errors",
            "maxServerErrors, consecutive5xxErrors, consecutive_5xx or failure-accrual-consecutive-max-failures",
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

    /// `longer` or `shorter`.
    pub(crate) fn times(how: &'static str) -> Self {
        Self::new(
            "times",
            format!("the mesh keeps a host out for a {how} time than the policy promises"),
            "interval and baseEjectionDuration (baseEjectionTime, base_ejection_time; with Linkerd \
             failure-accrual-consecutive-min-penalty, and its jitter-ratio, which is 0.5 unless it is set), and --speed, \
             which must be that of the demo",
        )
    }

    pub(crate) fn no_probe() -> Self {
        Self::new(
            "no-probe",
            "all of its traffic comes back at once, where Linkerd sends one request that probes",
            "which proxy calls colorapp, and whether --profile names its mesh",
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
        let mut causes = vec![Cause::no_outlier_detection()];
        if expected.profile.has_percentage() {
            causes.push(Cause::percentage(expected, sick));
        }
        causes.push(Cause::higher_threshold());
        return causes;
    };
    let grown = |name| after.grown(before, name) > 0;
    if after.counters.is_empty() {
        vec![Cause::no_outlier_detection()]
    } else if grown("ejections_overflow") {
        vec![Cause::percentage(expected, sick)]
    } else if grown("ejections_enforced_total") {
        vec![Cause::panic(), Cause::several_views()]
    } else if grown("ejections_detected_consecutive_5xx") {
        vec![Cause::not_enforced()]
    } else {
        vec![Cause::higher_threshold()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::fixture::{EXPECTED, among, on, percent, play, told};
    use crate::profile::Profile;

    fn names(causes: &[Cause]) -> Vec<&'static str> {
        causes.iter().map(|cause| cause.cause).collect()
    }

    /// The only cause when the mesh counted this since the beginning.
    fn counted(counters: &[(&str, u64)]) -> Cause {
        let causes = not_ejected(&EXPECTED, &told(play(""), "", counters), 1);
        causes[0].clone()
    }

    #[test]
    fn a_mesh_that_does_not_tell_leaves_all_of_them_the_likeliest_first() {
        let mut silent = told(play(""), "", &[]);
        if let Some((_, after)) = &mut silent.mesh {
            after.answers = false;
        }
        for recording in [play(""), silent] {
            let causes = not_ejected(&EXPECTED, &recording, 1);
            let all = ["no-outlier-detection", "percentage", "threshold"];
            assert_eq!(names(&causes), all);
            // Linkerd knows no percentage.
            let causes = not_ejected(&on(Profile::Linkerd), &recording, 1);
            assert_eq!(names(&causes), ["no-outlier-detection", "threshold"]);
        }
    }

    #[test]
    fn what_the_mesh_counts_leaves_one() {
        assert_eq!(counted(&[]).cause, "no-outlier-detection");
        let detected = "ejections_detected_consecutive_5xx";
        // A refused ejection is detected, too (FACTS 5.3).
        for (counters, cause) in [
            (
                &[("ejections_overflow", 1), (detected, 1)][..],
                "percentage",
            ),
            (&[("ejections_enforced_total", 1), (detected, 1)], "panic"),
            (
                &[("ejections_enforced_total", 0), (detected, 1)],
                "not-enforced",
            ),
            (&[("ejections_overflow", 0), (detected, 0)], "threshold"),
        ] {
            assert_eq!(counted(counters).cause, cause, "{counters:?}");
        }
    }

    #[test]
    fn what_was_counted_before_does_not_count() {
        let mut recording = told(play(""), "", &[("ejections_overflow", 3)]);
        if let Some((before, after)) = &mut recording.mesh {
            *before = after.clone();
        }
        let causes = not_ejected(&EXPECTED, &recording, 1);
        assert_eq!(names(&causes), ["threshold"]);
    }

    #[test]
    fn a_policy_that_forbids_it_is_the_cause_whatever_the_mesh_says() {
        let envoy = percent(10, on(Profile::Envoy));
        let recording = told(play(""), "", &[]);
        let causes = not_ejected(&envoy, &recording, 1);
        assert_eq!(names(&causes), ["percentage"]);
        assert_eq!(
            causes[0].means,
            "the percentage forbids it: 1 of 5 hosts is 20 %, and the policy's maxEjectionPercent is 10"
        );
        let third = percent(33, among(3, on(Profile::Istio)));
        assert_eq!(
            not_ejected(&third, &recording, 2)[0].means,
            "the percentage forbids it: 2 of 3 hosts are 67 %, and the policy's maxEjectionPercent is 33"
        );
    }

    #[test]
    fn a_mesh_that_refuses_what_the_policy_allows_has_a_lower_percentage() {
        assert_eq!(
            counted(&[("ejections_overflow", 1)]).means,
            "the mesh's percentage is lower than the 100 % promised: 1 of 5 hosts is 20 %, \
             and Envoy's default of 10 % ejects nobody of fewer than 10 hosts"
        );
        // App Mesh ejects one in any case: what it does beyond its percentage is not promised by it.
        let app_mesh = Cause::percentage(&percent(10, EXPECTED), 1);
        assert_eq!(
            app_mesh.means,
            "the mesh refuses the one host that App Mesh always ejects: 1 of 5 hosts is 20 %, \
             and the policy's maxEjectionPercent is 10"
        );
    }
}
