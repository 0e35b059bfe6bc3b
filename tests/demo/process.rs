//! Who runs, as `ps` tells it on Linux and macOS alike.

use std::process::Command;
use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process};

use crate::harness::PATIENCE;

/// The processes that `pid` started and that run.
pub(crate) fn children_of(pid: u32) -> Vec<u32> {
    let running = table().into_iter();
    running
        .filter(|process| process.parent == pid)
        .map(|process| process.pid)
        .collect()
}

/// Kills `pid` as `kill -9` does.
pub(crate) fn kill(pid: u32) {
    kill_process(Pid::from_raw(pid.cast_signed()).unwrap(), Signal::KILL).unwrap();
}

/// Whether `pid` runs. One that has ended and whose parent has not looked yet does not.
pub(crate) fn is_running(pid: u32) -> bool {
    table().iter().any(|process| process.pid == pid)
}

/// Returns once none of `pids` runs.
pub(crate) fn all_end(pids: &[u32]) {
    let start = Instant::now();
    while table().iter().any(|process| pids.contains(&process.pid)) {
        assert!(start.elapsed() < PATIENCE, "some of {pids:?} still run");
    }
}

struct Process {
    pid: u32,
    parent: u32,
}

fn table() -> Vec<Process> {
    let output = Command::new("ps")
        .args(["-A", "-o", "pid=,ppid=,stat="])
        .output()
        .expect("ps is there");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let (pid, parent, state) = (words.next()?, words.next()?, words.next()?);
            (!state.starts_with('Z')).then(|| Process {
                pid: pid.parse().unwrap(),
                parent: parent.parse().unwrap(),
            })
        })
        .collect()
}
