//! What processes used of CPU and memory, from `/proc`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::time::Duration;

use serde::Serialize;

/// The memory of one process or several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Memory {
    /// Resident, KiB: what `ps` shows. Pages that several processes share count in each.
    pub resident_kib: u64,
    /// Proportional, KiB: a page that N processes share counts 1/N in each, so that a sum makes sense.
    pub proportional_kib: u64,
}

/// The CPU time that all threads of `pids` have used, to the nanosecond, as the scheduler counts it:
/// in the program and in the kernel on its behalf. A thread that has ended is not counted.
///
/// # Errors
/// When one of them is gone.
pub fn cpu_time(pids: &[u32]) -> io::Result<Duration> {
    Ok(cpu_time_by_thread(pids)?.into_values().sum())
}

/// The CPU time of each thread of `pids`, as [`cpu_time`] counts it, in no order that means anything.
///
/// # Errors
/// When one of them is gone.
pub fn cpu_time_by_thread(pids: &[u32]) -> io::Result<BTreeMap<OsString, Duration>> {
    let mut by_thread = BTreeMap::new();
    for pid in pids {
        for task in fs::read_dir(format!("/proc/{pid}/task"))? {
            let task = task?;
            let text = fs::read_to_string(task.path().join("schedstat"))?;
            let nanos =
                first_number(&text).ok_or_else(|| io::Error::other("schedstat has no number"))?;
            by_thread.insert(task.file_name(), Duration::from_nanos(nanos));
        }
    }
    Ok(by_thread)
}

/// The memory of `pids` together.
///
/// # Errors
/// When one of them is gone.
pub fn memory(pids: &[u32]) -> io::Result<Memory> {
    let mut sum = Memory::default();
    for pid in pids {
        let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
        let field = |name| {
            field(&text, name)
                .ok_or_else(|| io::Error::other(format!("smaps_rollup has no {name}")))
        };
        sum.resident_kib += field("Rss:")?;
        sum.proportional_kib += field("Pss:")?;
    }
    Ok(sum)
}

fn first_number(text: &str) -> Option<u64> {
    text.split_whitespace().next()?.parse().ok()
}

fn field(text: &str, name: &str) -> Option<u64> {
    text.lines()
        .find_map(|line| first_number(line.strip_prefix(name)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_number_of_schedstat_is_the_time_on_the_cpu() {
        assert_eq!(first_number("222587112 34161743 1021\n"), Some(222_587_112));
        assert_eq!(first_number(""), None);
    }

    #[test]
    fn a_field_is_found_by_its_whole_name() {
        let text = "5581 - 7ffc [rollup]\nRss:     1234 kB\nPss:      567 kB\nPss_Dirty: 8 kB\n";
        assert_eq!(field(text, "Rss:"), Some(1234));
        assert_eq!(field(text, "Pss:"), Some(567));
        assert_eq!(field(text, "Swap:"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_uses_some_of_both() {
        let own = [std::process::id()];
        assert!(cpu_time(&own).unwrap() > Duration::ZERO);
        let memory = memory(&own).unwrap();
        assert!(memory.proportional_kib > 0);
        assert!(memory.resident_kib >= memory.proportional_kib);
    }
}
