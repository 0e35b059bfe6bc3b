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
    /// The CPUs that it may use, or none for those of the benchmark.
    pub cpus: Vec<usize>,
    /// The folder for its log.
    pub folder: PathBuf,
}

/// A program that runs. Killed when dropped.
#[derive(Debug)]
pub struct Running {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Start {
    /// Starts it.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn start(&self) -> io::Result<Running> {
        let log = self.folder.join(format!("{}.log", self.name));
        let to_log = File::create(&log)?;
        let kept = ["PATH", "HOME", "TMPDIR"];
        let kept = kept
            .iter()
            .filter_map(|name| Some((name, env::var_os(name)?)));
        let mut command = Command::new(env::current_exe()?);
        command.arg("leash");
        if !self.cpus.is_empty() {
            let cpus: Vec<String> = self.cpus.iter().map(ToString::to_string).collect();
            command.arg("--cpus").arg(cpus.join(","));
        }
        let child = command
            .arg("--")
            .arg(&self.program)
            .args(&self.arguments)
            .env_clear()
            .envs(kept)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(to_log.try_clone()?)
            .stderr(to_log)
            .spawn()?;
        Ok(Running {
            name: self.name.clone(),
            child,
            log,
        })
    }
}

impl Running {
    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until `request` is answered with 200 at `address`.
    ///
    /// # Errors
    /// When the program ends before, or takes too long; with what it said.
    pub fn wait_for(&mut self, address: SocketAddr, request: &[u8]) -> io::Result<()> {
        let start = Instant::now();
        loop {
            if answers(address, request) {
                return Ok(());
            }
            let ended = self.child.try_wait()?;
            if ended.is_some() || start.elapsed() > PATIENCE {
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
