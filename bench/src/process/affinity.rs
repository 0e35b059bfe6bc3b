//! Which CPUs a thread, and all that it starts from then on, may use.
//!
//! All that is measured is on one CPU, the load and the backends too. With the load on another CPU a
//! virtual machine halts and wakes the proxy's CPU for nearly every request, and what is measured is
//! the hypervisor.

use std::io;

/// The CPUs that this thread may use, in order.
///
/// # Errors
/// When the system does not tell.
#[cfg(target_os = "linux")]
pub fn allowed() -> io::Result<Vec<usize>> {
    use rustix::thread::{CpuSet, sched_getaffinity};

    let set = sched_getaffinity(None)?;
    Ok((0..CpuSet::MAX_CPU)
        .filter(|cpu| set.is_set(*cpu))
        .collect())
}

/// Keeps this thread, and what it starts, to `cpus`.
///
/// # Errors
/// When there is no such CPU.
#[cfg(target_os = "linux")]
pub fn pin(cpus: &[usize]) -> io::Result<()> {
    use rustix::thread::{CpuSet, sched_setaffinity};

    let mut set = CpuSet::new();
    for cpu in cpus {
        set.set(*cpu);
    }
    Ok(sched_setaffinity(None, &set)?)
}

/// Only Linux tells.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn allowed() -> io::Result<Vec<usize>> {
    Err(io::Error::other(
        "this needs Linux: its /proc, and one CPU for everything",
    ))
}

/// Only Linux can.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn pin(_cpus: &[usize]) -> io::Result<()> {
    allowed().map(drop)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_pinned_thread_has_one_cpu() {
        let last = *allowed().unwrap().last().unwrap();
        std::thread::spawn(move || {
            pin(&[last]).unwrap();
            assert_eq!(allowed().unwrap(), [last]);
        })
        .join()
        .unwrap();
    }
}
