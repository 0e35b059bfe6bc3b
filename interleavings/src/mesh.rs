//! What of `ingress::mesh` the shared parts name.

#[path = "../../ingress/src/mesh/policy.rs"]
mod policy;

pub(crate) use policy::OutlierPolicy;
