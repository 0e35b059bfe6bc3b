//! One measurement: one contender under one load, once.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::time::Duration;

use serde::Serialize;

use crate::contender::Contender;
use crate::load::Load;
use crate::machine::{Disturbance, Moment};
use crate::process::{Memory, cpu_time_by_thread, memory};

/// What was measured. Names carry the units.
#[derive(Clone, Debug, Serialize)]
pub struct Sample {
    /// Answers that counted.
    pub answers: u64,
    /// Those that were not 200.
    pub errors: u64,
    /// CPU of all processes of the contender, in microseconds per request.
    pub cpu_micros: f64,
    /// The same for each group of its processes.
    pub cpu_micros_by_group: Vec<f64>,
    /// CPU of the busiest thread of all, in microseconds per request. A thread uses one CPU at most, so this is
    /// what bounds the requests per second where there are CPUs enough.
    pub busiest_thread_micros: f64,
    /// Requests per second.
    pub rate: f64,
    /// The median latency, in microseconds.
    pub p50_micros: f64,
    /// The latency that one request of a hundred exceeds, in microseconds.
    pub p99_micros: f64,
    /// The memory of all its processes, when the load ended.
    pub memory: Memory,
    /// What others took of the CPU.
    pub disturbance: Disturbance,
}

/// Measures `contender`, where everything runs on `cpus`.
///
/// # Errors
/// When it does not answer, or a process of it has ended.
pub fn measure(
    contender: &Contender,
    cpus: &[usize],
    connections: u16,
    length: Duration,
    pause: Option<Duration>,
) -> io::Result<Sample> {
    let load = Load {
        address: contender.address,
        request: contender.request.clone(),
        connections: connections.into(),
        warm_up: (length / 5).max(Duration::from_millis(50)),
        length,
        pause,
    };
    let in_context = |error: io::Error| {
        let said = contender.running.said();
        io::Error::other(format!("{}: {error}; {said}", contender.name))
    };
    let mut memories = Vec::new();
    let probe = || {
        let used = Used::now(contender, cpus)?;
        memories.push(memory(&contender.pids())?);
        Ok(used)
    };
    let (before, after, outcome) = load.run(probe).map_err(in_context)?;
    if outcome.answers == 0 {
        let nothing = io::Error::other("there was no answer in the time of the measurement");
        return Err(in_context(nothing));
    }
    let micros = |used: Duration| used.as_secs_f64() * 1e6 / outcome.answers as f64;
    let by_group: Vec<Duration> = before.until(&after).collect();
    Ok(Sample {
        answers: outcome.answers,
        errors: outcome.errors,
        cpu_micros: micros(by_group.iter().sum()),
        cpu_micros_by_group: by_group.iter().copied().map(micros).collect(),
        busiest_thread_micros: micros(before.busiest_until(&after)),
        rate: outcome.answers as f64 / outcome.elapsed.as_secs_f64(),
        p50_micros: outcome.latency_micros(50.0),
        p99_micros: outcome.latency_micros(99.0),
        memory: memories.pop().unwrap_or_default(),
        disturbance: before.moment.until(&after.moment),
    })
}

/// What had been used at one moment.
struct Used {
    moment: Moment,
    /// For each group of processes, by thread.
    groups: Vec<BTreeMap<OsString, Duration>>,
}

impl Used {
    fn now(contender: &Contender, cpus: &[usize]) -> io::Result<Self> {
        let moment = Moment::now(cpus, &contender.pids())?;
        let groups = contender
            .groups
            .iter()
            .map(|group| cpu_time_by_thread(&group.pids));
        Ok(Self {
            moment,
            groups: groups.collect::<io::Result<_>>()?,
        })
    }

    /// What each group used from then until `later`. A thread that has ended takes its time with it.
    fn until(&self, later: &Self) -> impl Iterator<Item = Duration> {
        let groups = self.groups.iter().zip(&later.groups);
        groups.map(|(before, after)| {
            let sum = |group: &BTreeMap<_, Duration>| group.values().sum::<Duration>();
            sum(after).saturating_sub(sum(before))
        })
    }

    fn busiest_until(&self, later: &Self) -> Duration {
        let groups = self.groups.iter().zip(&later.groups);
        let threads = groups.flat_map(|(before, after)| {
            let used = |(thread, time): (&OsString, &Duration)| {
                time.saturating_sub(before.get(thread).copied().unwrap_or_default())
            };
            after.iter().map(used).collect::<Vec<_>>()
        });
        threads.max().unwrap_or_default()
    }
}
