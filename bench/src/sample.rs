//! One measurement: one contender under one load, once.

use std::io;
use std::time::Duration;

use serde::Serialize;

use crate::contender::Contender;
use crate::load::Load;
use crate::machine::{Disturbance, Moment};
use crate::process::{Memory, cpu_time, memory};

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

/// Measures `contender` on `cpu`.
///
/// # Errors
/// When it does not answer, or a process of it has ended.
pub fn measure(
    contender: &Contender,
    cpu: usize,
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
    let pids = contender.pids();
    let probe = || {
        let of_each = contender.groups.iter().map(|group| cpu_time(&group.pids));
        let of_each = of_each.collect::<io::Result<Vec<_>>>()?;
        Ok((of_each, Moment::now(cpu, &pids)?, memory(&pids)?))
    };
    let in_context = |error| {
        io::Error::other(format!(
            "{}: {error}; {}",
            contender.name,
            contender.running.said()
        ))
    };
    let ((cpu_before, before, _), (cpu_after, after, memory), outcome) =
        load.run(probe).map_err(in_context)?;
    if outcome.answers == 0 {
        return Err(in_context(io::Error::other(
            "there was no answer in the time of the measurement",
        )));
    }
    let used = cpu_after
        .iter()
        .zip(&cpu_before)
        .map(|(after, before)| *after - *before);
    let cpu_micros_by_group: Vec<f64> = used
        .map(|used| used.as_secs_f64() * 1e6 / outcome.answers as f64)
        .collect();
    Ok(Sample {
        answers: outcome.answers,
        errors: outcome.errors,
        cpu_micros: cpu_micros_by_group.iter().sum(),
        cpu_micros_by_group,
        rate: outcome.answers as f64 / outcome.elapsed.as_secs_f64(),
        p50_micros: outcome.latency_micros(50.0),
        p99_micros: outcome.latency_micros(99.0),
        memory,
        disturbance: before.until(&after),
    })
}
