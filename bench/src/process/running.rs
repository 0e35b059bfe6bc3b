//! A program that runs for a measurement.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long a program may take to its first good answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often it is asked until then.
const BETWEEN: Duration = Duration::from_micros(200);

/// How to start a program.
#[derive(Clone, Debug)]
pub struct Start {
    /// What people call it; it names its log, too.
    pub name: String,
    /// Which program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Its variables, beside `PATH`, `HOME` and `TMPDIR`.
    pub variables: Vec<(String, String)>,
    /// The folder for its log.
    pub folder: PathBuf,
}

/// A program that runs. Killed when dropped.
#[derive(Debug)]
pub struct Running {
    name: String,
    child: Child,
    log: PathBuf,
    started: Instant,
}

impl Start {
    /// Starts it. It ends with this process.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn start(&self) -> io::Result<Running> {
        let mut command = Command::new(env::current_exe()?);
        command.args(["leash", "--"]).arg(&self.program);
        self.run(command)
    }

    /// Starts it just so, since becoming a program takes a millisecond more than starting it.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn start_at_once(&self) -> io::Result<Running> {
        self.run(Command::new(&self.program))
    }

    fn run(&self, mut command: Command) -> io::Result<Running> {
        let log = self.folder.join(format!("{}.log", self.name));
        let to_log = File::create(&log)?;
        let kept = ["PATH", "HOME", "TMPDIR"];
        let kept = kept
            .iter()
            .filter_map(|name| Some((name, env::var_os(name)?)));
        let command = command
            .args(&self.arguments)
            .env_clear()
            .envs(kept)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(to_log.try_clone()?)
            .stderr(to_log);
        let started = Instant::now();
        Ok(Running {
            name: self.name.clone(),
            child: command.spawn()?,
            log,
            started,
        })
    }
}

impl Running {
    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until `request` is answered with 200 at `address`; returns the time from its start to then.
    ///
    /// # Errors
    /// When the program ends before, or takes too long; with what it said.
    pub fn wait_for(&mut self, address: SocketAddr, request: &[u8]) -> io::Result<Duration> {
        loop {
            if answers(address, request) {
                return Ok(self.started.elapsed());
            }
            let ended = self.child.try_wait()?;
            if ended.is_some() || self.started.elapsed() > PATIENCE {
                let what = match ended {
                    Some(status) => format!("ended with {status}"),
                    None => format!("gave no good answer within {} s", PATIENCE.as_secs()),
                };
                return Err(io::Error::other(format!(
                    "{} {what}: {}",
                    self.name,
                    self.said()
                )));
            }
            thread::sleep(BETWEEN);
        }
    }

    /// The first line that `wanted` likes in what it said, once there is one.
    ///
    /// # Errors
    /// When there is none for too long.
    pub fn wait_for_line<T>(&self, wanted: impl Fn(&str) -> Option<T>) -> io::Result<T> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            let text = fs::read_to_string(&self.log)?;
            if let Some(found) = text.lines().find_map(&wanted) {
                return Ok(found);
            }
            thread::sleep(Duration::from_millis(5));
        }
        Err(io::Error::other(format!(
            "{} says nothing: {}",
            self.name,
            self.said()
        )))
    }

    /// The end of what it said.
    pub fn said(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let from = text.len().saturating_sub(2000);
        text.get(from..).unwrap_or(&text).trim().to_owned()
    }

    /// Asks it to end in order, and waits for that.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn end(mut self) -> io::Result<()> {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        self.child.wait().map(drop)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// An address on loopback that nobody listens on.
///
/// # Errors
/// When there is none left.
pub fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

fn answers(address: SocketAddr, request: &[u8]) -> bool {
    let ask = || -> io::Result<bool> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream.write_all(request)?;
        let mut status = [0; 12];
        stream.read_exact(&mut status)?;
        Ok(&status == b"HTTP/1.1 200")
    };
    ask().unwrap_or(false)
}

/// `name=value` arguments and the like, of different kinds of text.
pub fn arguments<T: AsRef<OsStr>>(all: impl IntoIterator<Item = T>) -> Vec<OsString> {
    all.into_iter().map(|one| one.as_ref().to_owned()).collect()
}
