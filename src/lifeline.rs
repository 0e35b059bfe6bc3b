//! How a child hears of the end of its parent, kill -9 included: the parent holds the other end of the
//! child's standard input, and the kernel closes it whatever way the parent ends. Unlike Linux'
//! `PR_SET_PDEATHSIG` this works on macOS too.
//!
//! A program of others does not watch its standard input. A child that is about to become one leaves
//! that to a [`Guard`], a process of its own that ends it when the input ends.

use std::env;
use std::io::{self, Read};
use std::process::{self, Command, Stdio};
use std::thread;

use rustix::process::{Pid, Signal, getppid, kill_process};

/// Whether this process was started by another one, without which it must not go on.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Lifeline {
    /// End at once when the standard input ends
    #[arg(long, hide = true)]
    until_eof: bool,
}

/// The one that started this process, and ends with its standard input.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Guard {
    /// The process id of whoever started this process
    #[arg(long, value_name = "PID")]
    of: u32,
}

impl Lifeline {
    /// The flag that makes a child watch its parent.
    pub(crate) const FLAG: &str = "--until-eof";

    /// Begins to watch the standard input, if that was asked for.
    ///
    /// # Errors
    /// When no thread is to be had.
    pub(crate) fn watch(self) -> io::Result<()> {
        if self.until_eof {
            thread::Builder::new()
                .name("lifeline".to_owned())
                .spawn(|| {
                    wait_for_eof();
                    process::exit(1);
                })?;
        }
        Ok(())
    }

    /// Leaves the watch to a guard, if it was asked for: this process is about to become another program.
    ///
    /// # Errors
    /// When the system refuses another process.
    pub(crate) fn hand_over(self) -> io::Result<()> {
        if self.until_eof {
            Command::new(env::current_exe()?)
                .arg("guard")
                .arg(format!("--of={}", process::id()))
                .stdin(Stdio::inherit())
                .stdout(Stdio::null())
                .spawn()?;
        }
        Ok(())
    }
}

impl Guard {
    /// Waits for the end of the standard input and kills the process, unless that has ended before.
    ///
    /// # Errors
    /// When the system refuses to end it.
    pub(crate) fn keep(self) -> io::Result<()> {
        wait_for_eof();
        // Whose parent has ended has another one, so this is never a stranger with the same number.
        match getppid() {
            Some(parent) if is(parent, self.of) => Ok(kill_process(parent, Signal::KILL)?),
            _ => Ok(()),
        }
    }
}

fn is(process: Pid, number: u32) -> bool {
    process.as_raw_pid().cast_unsigned() == number
}

fn wait_for_eof() {
    let mut stdin = io::stdin().lock();
    let mut ignored = [0; 64];
    loop {
        match stdin.read(&mut ignored) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}
