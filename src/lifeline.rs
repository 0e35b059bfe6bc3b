//! How a child hears of the end of its parent, kill -9 included: the parent holds the other end of the
//! child's standard input, and the kernel closes it whatever way the parent ends. Unlike Linux'
//! `PR_SET_PDEATHSIG` this works on macOS too.

use std::io::{self, Read};
use std::process;
use std::thread;

/// Whether this process was started by another one, without which it must not go on.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Lifeline {
    /// End at once when the standard input ends
    #[arg(long, hide = true)]
    until_eof: bool,
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
                .spawn(end_with_stdin)?;
        }
        Ok(())
    }
}

fn end_with_stdin() {
    let mut stdin = io::stdin().lock();
    let mut ignored = [0; 64];
    loop {
        match stdin.read(&mut ignored) {
            Ok(0) => process::exit(1),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => process::exit(1),
        }
    }
}
