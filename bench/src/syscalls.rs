//! System calls per request, counted by `perf` in a short measurement of its own, for the counting costs time.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::contender::Contender;
use crate::load::Load;

/// How to get what counts them.
pub const HINT: &str = "apt-get install linux-perf, as root or with `sysctl kernel.perf_event_paranoid=-1` and a readable tracefs";

const EVENT: &str = "raw_syscalls:sys_enter";

/// How long perf may take to do as it is told.
const PATIENCE: Duration = Duration::from_secs(10);

/// Linux' `O_NONBLOCK`, the same on every architecture that this runs on.
const O_NONBLOCK: i32 = 0o4000;

/// System calls per request, or `None` where perf is missing or may not count them.
///
/// # Errors
/// When the contender does not answer.
pub fn per_request(
    contender: &Contender,
    connections: u16,
    length: Duration,
    folder: &Path,
) -> io::Result<Option<f64>> {
    let Some(mut perf) = Perf::start(&contender.pids(), folder)? else {
        return Ok(None);
    };
    let load = Load {
        address: contender.address,
        request: contender.request.clone(),
        connections: connections.into(),
        warm_up: Duration::from_millis(50),
        length,
        pause: None,
    };
    // perf switches while nothing is under way, so what it counts belongs to what is answered.
    let mut commands = ["enable\n", "disable\n"].into_iter();
    let (_, _, outcome) = load.run(|| perf.tell(commands.next().unwrap_or_default()))?;
    let calls = perf.end()?;
    Ok(calls.map(|calls| calls as f64 / outcome.answers as f64))
}

struct Perf {
    child: Child,
    control: File,
    acknowledged: File,
    output: std::path::PathBuf,
}

impl Perf {
    /// Starts a perf that counts nothing yet, or `None` if there is none or it may not.
    fn start(pids: &[u32], folder: &Path) -> io::Result<Option<Self>> {
        let output = folder.join("perf.csv");
        let [control, acknowledged] =
            ["perf-control", "perf-acknowledged"].map(|name| folder.join(name));
        let control_file = fifo(&control)?;
        let acknowledged_file = fifo(&acknowledged)?;
        let pids: Vec<String> = pids.iter().map(ToString::to_string).collect();
        let child = Command::new("perf")
            .args([
                "stat",
                "--field-separator",
                ";",
                "--delay",
                "-1",
                "--event",
                EVENT,
                "--pid",
            ])
            .arg(pids.join(","))
            .arg("--output")
            .arg(&output)
            .arg("--control")
            .arg(format!(
                "fifo:{},{}",
                control.display(),
                acknowledged.display()
            ))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(child) = child else { return Ok(None) };
        let mut perf = Self {
            child,
            control: control_file,
            acknowledged: acknowledged_file,
            output,
        };
        // Once it answers it counts what it is told to.
        Ok(perf.tell("disable\n").is_ok().then_some(perf))
    }

    fn tell(&mut self, command: &str) -> io::Result<()> {
        self.control.write_all(command.as_bytes())?;
        let start = Instant::now();
        let mut answer = [0; 16];
        loop {
            match self.acknowledged.read(&mut answer) {
                Ok(1..) => return Ok(()),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
            if self.child.try_wait()?.is_some() || start.elapsed() > PATIENCE {
                return Err(io::Error::other("perf does not count"));
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    fn end(mut self) -> io::Result<Option<u64>> {
        // It writes what it counted when it is interrupted.
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::INT)?;
        self.child.wait()?;
        Ok(counted(&fs::read_to_string(&self.output)?))
    }
}

impl Drop for Perf {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A fifo that is open on both ends, so that opening does not wait for perf.
fn fifo(path: &Path) -> io::Result<File> {
    if path.exists() {
        fs::remove_file(path)?;
    }
    let made = Command::new("mkfifo").arg(path).status()?;
    if !made.success() {
        return Err(io::Error::other("mkfifo failed"));
    }
    OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(O_NONBLOCK)
        .open(path)
}

/// The number in perf's line: `1234;;raw_syscalls:sys_enter;...`.
fn counted(output: &str) -> Option<u64> {
    let line = output.lines().find(|line| line.contains(EVENT))?;
    line.split(';').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perf_says_how_many_or_that_it_did_not_count() {
        let output = "# started on Tue Nov 24\n\n80000;;raw_syscalls:sys_enter;12345;100.00;;\n";
        assert_eq!(counted(output), Some(80_000));
        assert_eq!(
            counted("<not counted>;;raw_syscalls:sys_enter;0;0.00;;\n"),
            None
        );
    }
}
