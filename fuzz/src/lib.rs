//! What must hold of any bytes whatever, for each of the targets. `docs/fuzzing.md` says how they are run.
//!
//! The laws and the model of the detector are those of its property tests, and the query of `/fault` is read by the
//! code of `front`: the files are the same, not copies.

#![allow(dead_code, unused_imports, unreachable_pub)]

pub mod answers;
pub mod detector;
pub mod fault_options;
pub mod manifests;
pub mod requests;
pub mod traces;

mod passed_on;
mod sentence;
mod strict;

#[path = "../../front/src/fault_request.rs"]
mod fault_request;
#[path = "../../front/src/refusal.rs"]
mod refusal;
mod replicas;

#[path = "../../ingress/tests/properties/coming_and_going.rs"]
mod coming_and_going;
#[path = "../../ingress/tests/properties/life.rs"]
mod life;
#[path = "../../ingress/tests/properties/model.rs"]
mod model;
#[path = "../../ingress/tests/properties/play.rs"]
mod play;
#[path = "../../ingress/tests/properties/real.rs"]
mod real;
#[path = "../../ingress/tests/properties/same_as_model.rs"]
mod same_as_model;

/// What those files try their laws with in tests; here the bytes are the values.
mod check {
    pub(crate) fn check<V, L>(_values: &V, _law: L) {}
}
