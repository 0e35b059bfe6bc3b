//! Whether a mesh really ejects a sick host.
//!
//! People set outlier detection in a mesh and cannot see whether it works. [`run`] makes replicas of colorapp sick and
//! well through front's gateway, sends traffic, and holds what comes back against what the [`Policy`] promises on
//! that kind of mesh ([`Profile`]). It knows nothing but HTTP: each [`Case`] is judged by what a client saw.

mod case;
mod cause;
mod claim;
mod error;
mod expected;
mod front;
mod load;
mod mesh;
pub mod output;
mod policy;
mod profile;
mod recording;
mod run;
mod scenario;

pub use case::Case;
pub use cause::Cause;
pub use claim::{Claim, Verdict};
pub use error::NotMeasured;
pub use policy::Policy;
pub use profile::Profile;
pub use run::{MOST_PER_SECOND, Outcome, Settings, run};
