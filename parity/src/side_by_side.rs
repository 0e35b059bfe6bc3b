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
mod mesh;
mod pages;
mod play;
mod recording;
mod script;

pub use compare::Difference;
pub use data_plane::{Programs, version_of};

use std::io;

use self::play::{Report, play};
use self::recording::recording;
use self::script::Script;
use crate::replay::{Freedoms, replay};

/// How often a script is played again because a millisecond decided.
const MAX_TRIES: usize = 6;

/// The one whose sweeps are never short of an interval.
const INGRESS: &str = "ingress";

/// What came of a script.
#[derive(Debug)]
pub enum Outcome {
    /// Both did the same.
    Same {
        /// How much was compared: answers, decisions, lines of pages.
        compared: usize,
    },
    /// They differ.
    Different(Vec<Difference>),
    /// Each time a millisecond decided, or the machine was not on time; the last reason.
    NotCompared(String),
}

/// Plays the script of `seed`.
///
/// # Errors
/// When a program cannot be started or does not answer as a data plane would.
pub async fn side_by_side(seed: u64, programs: &Programs) -> io::Result<Outcome> {
    let script = Script::new(seed);
    let mut why = String::new();
    for _ in 0..MAX_TRIES {
        match attempt(&script, programs).await? {
            Outcome::NotCompared(reason) => why = reason,
            outcome => return Ok(outcome),
        }
    }
    Ok(Outcome::NotCompared(why))
}

async fn attempt(script: &Script, programs: &Programs) -> io::Result<Outcome> {
    let envoy = play(script, &programs.envoy()).await?;
    let start = match follow(script, &envoy, "Envoy")? {
        Ok(start) => start,
        Err(outcome) => return Ok(outcome),
    };
    let ours = play(script, &programs.ingress(start)).await?;
    if let Err(outcome) = follow(script, &ours, INGRESS)? {
        return Ok(outcome);
    }
    let (compared, differences) = compare::compare(&envoy, &ours);
    Ok(if differences.is_empty() {
        Outcome::Same { compared }
    } else {
        Outcome::Different(differences)
    })
}

/// Follows what `who` did with the pure core, which must agree, and returns where its round robin started.
/// `Err`: there is nothing to compare, or a difference already.
fn follow(script: &Script, report: &Report, who: &'static str) -> io::Result<Result<u64, Outcome>> {
    if let Some(late) = &report.late {
        return Ok(Err(Outcome::NotCompared(format!("{who}, {late}"))));
    }
    let verdict = replay(&recording(script, report)?);
    let Freedoms {
        start,
        coins,
        skews,
        ..
    } = verdict.freedoms;
    Ok(match verdict.mismatches.into_iter().next() {
        Some(mismatch) => Err(Outcome::Different(vec![Difference::Core { who, mismatch }])),
        None if coins > 0 && who == INGRESS => Err(Outcome::Different(vec![Difference::Coin])),
        None if coins > 0 => Err(Outcome::NotCompared(format!(
            "{who}, the coin of FACTS 4.4 fell the other way"
        ))),
        None if skews > 0 => Err(Outcome::NotCompared(format!(
            "{who}, a pick came within a millisecond of a change"
        ))),
        None => Ok(start.0),
    })
}
