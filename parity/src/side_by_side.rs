//! The same script through a real Envoy and through `ingress`, and every difference.
//!
//! Envoy's round robin starts anywhere and cannot be told where (FACTS 8.2), and where it starts decides
//! who gets which request. So Envoy plays first; [`replay`](crate::replay) finds its start out, and says
//! whether the pure core agrees already; `ingress` then plays from the same start. Both play to the
//! clock of their own sweeps: the script is written in time since the creation of the cluster.

mod backend;
mod clock;
mod compare;
mod connection;
mod data_plane;
mod events;
mod pages;
mod play;
mod recording;
mod script;

pub use compare::Difference;
pub use data_plane::{Programs, version_of};

use std::fmt;
use std::io;

use self::recording::recording;
use self::script::Script;
use crate::replay::replay;

/// How often a script is played again because the machine was not on time.
const MAX_LATE: usize = 5;

/// What came of a script.
#[derive(Debug)]
pub enum Outcome {
    /// Both did the same, so many requests, decisions and lines of pages.
    Same {
        /// What was compared.
        compared: usize,
    },
    /// Envoy's coin of FACTS 4.4 fell as `ingress`'s never does, so the two may differ; the core followed
    /// Envoy's.
    Coin,
    /// They differ; the first difference says how.
    Different(Vec<Difference>),
    /// The machine was never on time, so nothing can be said; the last reason.
    Late(String),
}

/// Plays the script of `seed`.
///
/// # Errors
/// When a program cannot be started or does not answer as a data plane would.
pub async fn side_by_side(seed: u64, programs: &Programs) -> io::Result<Outcome> {
    let script = Script::new(seed);
    let mut why = String::new();
    for _ in 0..MAX_LATE {
        let envoy = play::play(&script, &programs.envoy()).await?;
        if let Some(late) = envoy.late {
            why = format!("Envoy, {late}");
            continue;
        }
        let verdict = replay(&recording(&script, &envoy)?);
        if let Some(mismatch) = verdict.mismatches.into_iter().next() {
            return Ok(Outcome::Different(vec![Difference::Core(mismatch)]));
        }
        if verdict.freedoms.coins > 0 {
            return Ok(Outcome::Coin);
        }
        let ours = play::play(&script, &programs.ingress(verdict.freedoms.start.0)).await?;
        if let Some(late) = ours.late {
            why = format!("ingress, {late}");
            continue;
        }
        let (compared, differences) = compare::compare(&envoy, &ours);
        return Ok(if differences.is_empty() {
            Outcome::Same { compared }
        } else {
            Outcome::Different(differences)
        });
    }
    Ok(Outcome::Late(why))
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Same { compared } => write!(f, "same ({compared} compared)"),
            Self::Coin => f.write_str("not compared: Envoy's coin (FACTS 4.4) fell the other way"),
            Self::Late(why) => write!(
                f,
                "not compared: this machine was too busy to be on time ({why})"
            ),
            Self::Different(all) => {
                write!(f, "{} differences", all.len())?;
                all.first()
                    .map_or(Ok(()), |first| write!(f, "; the first: {first}"))
            }
        }
    }
}
