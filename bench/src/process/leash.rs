//! How programs of others end with the benchmark, whatever way it ends: it starts itself again, tells the kernel to
//! kill this process with its parent, and becomes the program.

use std::convert::Infallible;
use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Become a program that ends with the process that started it.
#[derive(Clone, Debug, clap::Args)]
pub struct Leash {
    /// The program and its arguments
    #[arg(last = true, required = true)]
    line: Vec<OsString>,
}

impl Leash {
    /// Becomes the program.
    ///
    /// # Errors
    /// When it cannot be run.
    pub fn hold(self) -> io::Result<Infallible> {
        #[cfg(target_os = "linux")]
        rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
        let (program, arguments) = self.line.split_first().expect("clap requires it");
        Err(Command::new(program).args(arguments).exec())
    }
}
