//! The machine: what it is, and who else used its CPU during a measurement.

use std::fs;
use std::io;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::process::cpu_time;

/// What `/proc/stat` counts in: `USER_HZ`, which is 100 on every Linux.
const TICK: Duration = Duration::from_millis(10);

/// What a reader needs to know of the machine.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    /// The CPU's name.
    pub model: String,
    /// How many CPUs there are.
    pub cpus: usize,
    /// The kernel's name and release.
    pub kernel: String,
}

impl Machine {
    /// This one.
    ///
    /// # Errors
    /// When `/proc` does not tell.
    pub fn this(cpus: usize) -> io::Result<Self> {
        let cpuinfo = fs::read_to_string("/proc/cpuinfo")?;
        let model = cpuinfo
            .lines()
            .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
            .map_or("unknown CPU", |(_, model)| model);
        let release = fs::read_to_string("/proc/sys/kernel/osrelease")?;
        Ok(Self {
            model: model.trim().to_owned(),
            cpus,
            kernel: format!("Linux {}", release.trim()),
        })
    }
}

/// A moment on some CPUs.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    at: Instant,
    cpus: usize,
    idle: Duration,
    stolen: Duration,
    ours: Duration,
}

/// What of a stretch of time on some CPUs went to somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Disturbance {
    /// The share that the hypervisor gave to other machines, 0 to 1.
    pub stolen: f64,
    /// The share that other processes and the kernel itself took, 0 to 1.
    pub others: f64,
}

impl Moment {
    /// Now, on `cpus`, where `measured` and this process run.
    ///
    /// # Errors
    /// When `/proc` does not tell.
    pub fn now(cpus: &[usize], measured: &[u32]) -> io::Result<Self> {
        let stat = fs::read_to_string("/proc/stat")?;
        let (mut idle, mut stolen) = (Duration::ZERO, Duration::ZERO);
        for cpu in cpus {
            let of_it = idle_and_stolen(&stat, *cpu)
                .ok_or_else(|| io::Error::other(format!("/proc/stat has no cpu{cpu}")))?;
            idle += of_it.0;
            stolen += of_it.1;
        }
        let ours = cpu_time(&[std::process::id()])? + cpu_time(measured)?;
        Ok(Self {
            at: Instant::now(),
            cpus: cpus.len(),
            idle,
            stolen,
            ours,
        })
    }

    /// What was taken from then until `later`.
    pub fn until(&self, later: &Self) -> Disturbance {
        let wall = (later.at - self.at).as_secs_f64() * self.cpus as f64;
        let stolen = later.stolen.saturating_sub(self.stolen).as_secs_f64();
        let idle = later.idle.saturating_sub(self.idle).as_secs_f64();
        let ours = later.ours.saturating_sub(self.ours).as_secs_f64();
        // The kernel counts the first two in ticks, so the rest may come out below nothing.
        Disturbance {
            stolen: stolen / wall,
            others: (1.0 - (stolen + idle + ours) / wall).max(0.0),
        }
    }
}

/// The times that `cpu` was idle (waiting for a disk included), and not there at all.
fn idle_and_stolen(stat: &str, cpu: usize) -> Option<(Duration, Duration)> {
    let name = format!("cpu{cpu} ");
    let line = stat.lines().find_map(|line| line.strip_prefix(&name))?;
    let ticks: Vec<u32> = line
        .split(' ')
        .filter_map(|field| field.parse().ok())
        .collect();
    Some((
        TICK * (ticks.get(3)? + ticks.get(4)?),
        TICK * *ticks.get(7)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(at: Instant, idle: u64, stolen: u64, ours: u64) -> Moment {
        let millis = Duration::from_millis;
        Moment {
            at,
            cpus: 1,
            idle: millis(idle),
            stolen: millis(stolen),
            ours: millis(ours),
        }
    }

    #[test]
    fn what_nobody_accounts_for_was_somebody_elses() {
        let start = Instant::now();
        let before = moment(start, 1000, 1000, 1000);
        let after = moment(start + Duration::from_secs(1), 1100, 1050, 1800);
        let taken = before.until(&after);
        assert!((taken.stolen - 0.05).abs() < 1e-9, "{taken:?}");
        assert!((taken.others - 0.05).abs() < 1e-9, "{taken:?}");
    }

    #[test]
    fn ticks_that_are_counted_late_are_not_a_negative_disturbance() {
        let start = Instant::now();
        let after = moment(start + Duration::from_millis(100), 10, 0, 95);
        assert_eq!(moment(start, 0, 0, 0).until(&after).others, 0.0);
    }

    #[test]
    fn the_line_of_the_cpu_is_read() {
        let stat =
            "cpu  9 9 9 9 9 9 9 9 0 0\ncpu1 1 2 3 400 50 6 7 80 0 0\ncpu11 0 0 0 0 0 0 0 0 0 0\n";
        let expected = (Duration::from_millis(4500), Duration::from_millis(800));
        assert_eq!(idle_and_stolen(stat, 1), Some(expected));
        assert_eq!(idle_and_stolen(stat, 2), None);
    }
}
