//! The proof that `ingress` decides as Envoy does. Nothing of this is in the programs that ship.
//!
//! - [`trace`]: what a real Envoy did, request by request, as it was recorded.
//! - [`replay`]: the same through the deciding core of `ingress`, on the recording's own clock, and
//!   every difference.

pub mod replay;
pub mod trace;
