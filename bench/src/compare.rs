//! Rounds in which every contender has its turn, each round beginning with another one: what changes on
//! the machine from minute to minute meets all of them alike.

use std::io;
use std::time::Duration;

use serde::Serialize;

use crate::Error;
use crate::contender::Contender;
use crate::machine::Disturbance;
use crate::noise::{self, Noise};
use crate::sample::{Sample, measure};
use crate::spread::Spread;

/// How to compare.
#[derive(Clone, Debug)]
pub struct Rounds {
    /// The CPUs for everything: one, unless it is about two.
    pub cpus: Vec<usize>,
    /// Rounds that count.
    pub count: u32,
    /// How long each measurement takes.
    pub length: Duration,
    /// Whether a round counts in which others took the CPU.
    pub accept_noise: bool,
}

/// What was measured at one number of connections.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// Connections of the load.
    pub connections: u16,
    /// Rounds that did not count, since others took the CPU.
    pub dropped: u32,
    /// One for each contender, in their order.
    pub entries: Vec<Entry>,
}

/// What one contender did in all rounds.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// The names of the groups of its processes.
    pub groups: Vec<String>,
    /// Its measurement in each round.
    pub samples: Vec<Sample>,
}

impl Rounds {
    /// Compares `contenders` under `connections` connections. With a `pause`, each connection sends one request
    /// in that time, and the CPU is not used up.
    ///
    /// # Errors
    /// When a contender does not answer, or others take the CPU in too many rounds.
    pub fn compare(
        &self,
        what: &str,
        contenders: &[Contender],
        connections: u16,
        pause: Option<Duration>,
    ) -> Result<Comparison, Error> {
        let entries = contenders.iter().map(Entry::of).collect();
        self.compare_by(what, entries, connections, |place| {
            let contender = &contenders[place];
            measure(contender, &self.cpus, connections, self.length, pause)
        })
    }

    /// Compares what has these `entries`, such as one contender in more than one condition. `measured` is told whose
    /// turn it is by the place among them.
    ///
    /// # Errors
    /// When it fails, or others take the CPU in too many rounds.
    pub fn compare_by(
        &self,
        what: &str,
        mut entries: Vec<Entry>,
        connections: u16,
        mut measured: impl FnMut(usize) -> io::Result<Sample>,
    ) -> Result<Comparison, Error> {
        let mut dropped = 0;
        let mut worst = Disturbance::NONE;
        let mut round = 0;
        while round < self.count {
            eprintln!(
                "{what}, {connections} connections: round {} of {}",
                round + 1,
                self.count
            );
            let mut samples = vec![None; entries.len()];
            for place in rotated(entries.len(), round + dropped) {
                samples[place] = Some(measured(place)?);
            }
            let samples: Vec<Sample> = samples.into_iter().flatten().collect();
            let taken = samples.iter().map(|sample| sample.disturbance);
            let taken = taken.fold(Disturbance::NONE, Disturbance::or_worse);
            if self.accept_noise || taken.is_tolerable() {
                for (entry, sample) in entries.iter_mut().zip(samples) {
                    entry.samples.push(sample);
                }
                round += 1;
            } else {
                worst = worst.or_worse(taken);
                dropped += 1;
                if let Some(noise) = noise::too_busy(dropped, self.count, worst) {
                    return Err(Error::Noise(noise));
                }
            }
        }
        Ok(Comparison {
            connections,
            dropped,
            entries,
        })
    }

    /// Refuses a single measurement in which others took the CPU.
    ///
    /// # Errors
    /// When they did.
    pub fn check_quiet(&self, taken: Disturbance) -> Result<(), Error> {
        if self.accept_noise || taken.is_tolerable() {
            return Ok(());
        }
        Err(Error::Noise(Noise::Busy {
            dropped: 1,
            wanted: 1,
            worst: taken,
        }))
    }

    /// Refuses a comparison whose reference, the contender of that name, was never the same.
    ///
    /// # Errors
    /// When it was not.
    pub fn check(&self, comparison: &Comparison, reference: &str) -> Result<(), Error> {
        let spread = comparison
            .entry(reference)
            .and_then(|entry| Spread::of(entry.cpu_micros()));
        match spread.and_then(|spread| noise::too_unsteady(reference, spread)) {
            Some(noise) if !self.accept_noise => Err(Error::Noise(noise)),
            _ => Ok(()),
        }
    }
}

impl Comparison {
    /// What the contender of that name did.
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// The ratio of two contenders in one figure, round by round.
    pub fn ratio(&self, ours: &str, reference: &str, figure: fn(&Sample) -> f64) -> Option<Spread> {
        let of = |name| Some(self.entry(name)?.figure(figure));
        Spread::of_ratios(&of(ours)?, &of(reference)?)
    }

    /// The most that others took of the CPU while it counted.
    pub fn disturbance(&self) -> Disturbance {
        let samples = self.entries.iter().flat_map(|entry| &entry.samples);
        samples
            .map(|sample| sample.disturbance)
            .fold(Disturbance::NONE, Disturbance::or_worse)
    }
}

impl Entry {
    /// One without measurements yet, under the contender's name.
    pub fn of(contender: &Contender) -> Self {
        Self {
            name: contender.name.clone(),
            groups: contender
                .groups
                .iter()
                .map(|group| group.name.clone())
                .collect(),
            samples: Vec::new(),
        }
    }

    /// One figure of every round.
    pub fn figure(&self, figure: fn(&Sample) -> f64) -> Vec<f64> {
        self.samples.iter().map(figure).collect()
    }

    /// CPU per request of every round, in microseconds.
    pub fn cpu_micros(&self) -> Vec<f64> {
        self.figure(|sample| sample.cpu_micros)
    }

    /// The median of one figure.
    pub fn median(&self, figure: fn(&Sample) -> f64) -> f64 {
        Spread::of(self.figure(figure)).map_or(f64::NAN, |spread| spread.median)
    }
}

/// The places of a round, beginning with another one than the last round.
fn rotated(entries: usize, round: u32) -> impl Iterator<Item = usize> {
    (0..entries).map(move |place| (place + round as usize) % entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_begins_in_turn() {
        let order = |round| rotated(3, round).collect::<Vec<_>>();
        assert_eq!(order(0), [0, 1, 2]);
        assert_eq!(order(1), [1, 2, 0]);
        assert_eq!(order(5), [2, 0, 1]);
    }
}
