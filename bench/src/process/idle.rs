//! Whether a process has nothing to do.

use std::fs;
use std::io;

/// Whether no thread of `pid` runs or is about to: each waits for something.
///
/// # Errors
/// When the process is gone.
pub fn is_idle(pid: u32) -> io::Result<bool> {
    for task in fs::read_dir(format!("/proc/{pid}/task"))? {
        let stat = fs::read_to_string(task?.path().join("stat"))?;
        if state(&stat) != Some("S") {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The state in a line of `/proc/PID/task/TID/stat`, after the name in brackets.
fn state(stat: &str) -> Option<&str> {
    stat.rsplit_once(") ")?.1.split(' ').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_is_after_the_name() {
        assert_eq!(state("7 (a) R) S 42 7 7 0"), Some("S"));
        assert_eq!(state("7 (worker-0) R 42 7 7 0"), Some("R"));
        assert_eq!(state(""), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn whoever_asks_is_not_idle() {
        assert!(!is_idle(std::process::id()).unwrap());
    }
}
