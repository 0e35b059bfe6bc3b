//! A process of the suite. It ends with this one, whatever way this one ends.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child as Process, ChildStdin, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// How to start one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Launch {
    /// What its log is called.
    pub name: String,
    pub program: PathBuf,
    pub args: Vec<OsString>,
    pub env: Vec<(String, String)>,
    /// Limits as bash's `ulimit` takes them, such as `-n 256`.
    pub limits: Vec<String>,
}

/// A running one. Killed when dropped.
#[derive(Debug)]
pub(crate) struct Child {
    process: Process,
    /// Its program ends when this does.
    _lifeline: Option<ChildStdin>,
    log: PathBuf,
}

impl Launch {
    /// Starts it, with its log in `folder`.
    pub(crate) fn start(&self, folder: &Path) -> io::Result<Child> {
        let log = (1_u32..)
            .map(|life| folder.join(format!("{}-{life}.log", self.name)))
            .find(|path| !path.exists())
            .ok_or(io::ErrorKind::NotFound)?;
        let file = File::create_new(&log)?;
        let mut command = match self.limits.is_empty() {
            true => Command::new(&self.program),
            false => self.limited(),
        };
        let mut process = command
            .args(&self.args)
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()?;
        Ok(Child {
            _lifeline: process.stdin.take(),
            process,
            log,
        })
    }

    /// A shell that sets the limits and becomes the program.
    fn limited(&self) -> Command {
        let limits = self
            .limits
            .iter()
            .map(|limit| format!("ulimit {limit} && "));
        let script = format!("{}exec \"$0\" \"$@\"", limits.collect::<String>());
        let mut command = Command::new("bash");
        command.arg("-c").arg(script).arg(&self.program);
        command
    }
}

impl Child {
    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    pub(crate) fn signal(&self, signal: Signal) -> io::Result<()> {
        Ok(kill_process(Pid::from_child(&self.process), signal)?)
    }

    /// As `kill -9` does, and waits until it is gone.
    pub(crate) fn kill(mut self) -> io::Result<()> {
        self.process.kill()?;
        self.process.wait().map(drop)
    }

    /// Waits for its end; `None` when it takes longer than `patience`.
    pub(crate) fn ended(
        &mut self,
        patience: Duration,
    ) -> io::Result<Option<(ExitStatus, Duration)>> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.process.try_wait()? {
                return Ok(Some((status, start.elapsed())));
            }
            if start.elapsed() > patience {
                return Ok(None);
            }
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Asks it to end in order; the status, and how long it took.
    pub(crate) fn terminate(mut self) -> Result<(ExitStatus, Duration), String> {
        let sentence = |error: io::Error| error.to_string();
        self.signal(Signal::TERM).map_err(sentence)?;
        let ended = self.ended(Duration::from_secs(30)).map_err(sentence)?;
        ended.ok_or_else(|| format!("{} does not end", self.log.display()))
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Its resident memory in KiB.
    pub(crate) fn memory(&self) -> u64 {
        self.status("VmRSS:").unwrap_or_default()
    }

    /// The part of it that it has written itself, in KiB. The rest are pages of its program, which the system may take
    /// back; a program that is not optimized has more of them.
    pub(crate) fn own_memory(&self) -> u64 {
        self.status("RssAnon:").unwrap_or_default()
    }

    /// How many files it has open.
    pub(crate) fn files(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.pid())).map_or(0, Iterator::count)
    }

    /// How many threads it has.
    pub(crate) fn threads(&self) -> u64 {
        self.status("Threads:").unwrap_or_default()
    }

    fn status(&self, line: &str) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid())).ok()?;
        let line = status.lines().find_map(|it| it.strip_prefix(line))?;
        line.split_whitespace().next()?.parse().ok()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
