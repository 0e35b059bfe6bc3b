//! The proof that `ingress` decides as Envoy does. Nothing of this is in the programs that ship.
//!
//! - [`trace`]: what a real Envoy did, request by request, as it was recorded.
//! - [`replay`]: the same through the deciding core of `ingress`, on the recording's own clock, and
//!   every difference.
//! - [`side_by_side`]: random scripts through a real Envoy and through `ingress`.

pub mod replay;
pub mod side_by_side;
pub mod trace;
