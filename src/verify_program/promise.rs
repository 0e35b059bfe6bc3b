//! What the manifests and the flags promise of colorapp.

use std::time::Duration;

use ingress::manifest::{self, Source};
use ingress::mesh::{Mesh, OutlierPolicy};
use service::ConfigError;
use verify::Policy;

use super::Args;
use crate::embedded;

/// No time of a policy is longer on the clock of who waits for it.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// The policy of the manifests, with what the flags say in its place, on a clock so many times as fast.
///
/// # Errors
/// When the manifests cannot be used, name no policy or several, or its times are beyond all patience.
pub(super) fn policy(args: &Args) -> Result<Policy, ConfigError> {
    let source = args
        .policy
        .as_deref()
        .map_or_else(embedded::app_mesh, Source::from);
    let mesh = Mesh::from_manifests(&manifest::load(&source)?, None)?;
    let mut policy = of_manifests(&mesh)?;
    if let Some(errors) = args.max_server_errors {
        policy.consecutive_5xx = errors;
    }
    if let Some(interval) = args.interval {
        policy.interval = interval;
    }
    if let Some(base) = args.base_ejection_duration {
        policy.base_ejection_time = base;
        policy.max_ejection_time = base.max(OutlierPolicy::DEFAULT_MAX_EJECTION_TIME);
    }
    if let Some(percent) = args.max_ejection_percent {
        policy.max_ejection_percent = percent;
    }
    let policy = policy.sped_up(args.speed);
    for (name, time) in [
        ("interval", policy.interval),
        ("baseEjectionDuration", policy.base_ejection_time),
    ] {
        if time > LONGEST {
            return Err(ConfigError::new(format!(
                "{name} is more than 24h, longer than anyone can wait for"
            )));
        }
    }
    Ok(Policy {
        max_server_errors: policy.consecutive_5xx,
        interval: policy.interval,
        base_ejection_duration: policy.base_ejection_time,
        max_ejection_time: policy.max_ejection_time,
        max_ejection_percent: policy.max_ejection_percent,
    })
}

/// The policy of what front calls. Front itself may have another one, which says nothing of colorapp.
fn of_manifests(mesh: &Mesh) -> Result<OutlierPolicy, ConfigError> {
    let front = mesh.sidecar.as_ref().map(|sidecar| &sidecar.node);
    let mut called = mesh
        .clusters
        .iter()
        .filter(|of| Some(&of.node) != front)
        .filter_map(|of| Some((&of.node, of.outlier.as_ref()?)));
    let (node, policy) = called.next().ok_or_else(|| {
        ConfigError::new(
            "--policy: no VirtualNode that is called by front has an outlierDetection in the manifests",
        )
    })?;
    match called.find(|(_, other)| *other != policy) {
        None => Ok(policy.clone()),
        Some((other, _)) => Err(ConfigError::new(format!(
            "--policy: the VirtualNodes {node} and {other} differ in their outlierDetection, and only one can be promised"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The demo's mesh, in which each node has the policy that is named here, if any.
    fn mesh(policies: &[(&str, u32)]) -> Mesh {
        let manifests = manifest::load(&embedded::app_mesh()).unwrap();
        let mut mesh = Mesh::from_manifests(&manifests, None).unwrap();
        let colorapp = mesh.clusters.iter().find(|of| of.node == "colorapp");
        let other = colorapp.unwrap().clone();
        mesh.clusters.push(ingress::mesh::Cluster {
            node: "other".to_owned(),
            ..other
        });
        for cluster in &mut mesh.clusters {
            let policy = policies.iter().find(|(node, _)| *node == cluster.node);
            cluster.outlier = policy.map(|(_, errors)| OutlierPolicy {
                consecutive_5xx: *errors,
                ..OutlierPolicy::default()
            });
        }
        mesh
    }

    fn errors(policies: &[(&str, u32)]) -> Result<u32, String> {
        let policy = of_manifests(&mesh(policies));
        policy
            .map(|of| of.consecutive_5xx)
            .map_err(|of| of.to_string())
    }

    #[test]
    fn the_policy_is_that_of_what_front_calls() {
        assert_eq!(errors(&[("front", 3), ("colorapp", 7)]), Ok(7));
        assert_eq!(errors(&[("colorapp", 7), ("other", 7)]), Ok(7));
    }

    #[test]
    fn none_is_told_from_several() {
        let none = "--policy: no VirtualNode that is called by front has an outlierDetection in the manifests";
        assert_eq!(errors(&[]), Err(none.to_owned()));
        assert_eq!(errors(&[("front", 3)]), Err(none.to_owned()));
        let several = "--policy: the VirtualNodes colorapp and other differ in their outlierDetection, \
                       and only one can be promised";
        let differ = [("colorapp", 7), ("other", 5)];
        assert_eq!(errors(&differ), Err(several.to_owned()));
    }
}
