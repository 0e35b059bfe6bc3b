//! One run of a program in callgrind.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use super::programs::Program;
use crate::client;
use crate::process::{Start, arguments, is_idle};

/// Where programs run.
#[derive(Debug)]
pub(super) struct Callgrind {
    pub(super) outlier_demo: PathBuf,
    /// Where what it writes is kept, for `callgrind_annotate`.
    pub(super) folder: PathBuf,
}

impl Callgrind {
    /// How many instructions `program` takes from start to end, with so many requests and the one that shows
    /// that it is ready.
    ///
    /// # Errors
    /// When there is no valgrind, or the program does not work.
    pub(super) fn count(&self, program: Program, requests: u32) -> io::Result<u64> {
        let output = self.folder.join(format!("{}.out", program.name()));
        let ready = program.ready(&self.outlier_demo, &self.folder)?;
        let mut line = arguments(["--tool=callgrind".to_owned()]);
        line.push(format!("--callgrind-out-file={}", output.display()).into());
        line.push(self.outlier_demo.clone().into());
        line.extend(ready.arguments);
        let start = Start {
            name: program.name().to_owned(),
            program: "valgrind".into(),
            arguments: line,
            variables: ready.variables,
            folder: self.folder.clone(),
        };
        let mut running = start.start()?;
        running
            .wait_for(ready.address, &ready.request)
            .map_err(|error| {
                io::Error::other(format!(
                    "{error}\nThis needs valgrind: apt-get install valgrind"
                ))
            })?;
        let pid = running.pid();
        client::ask(ready.address, &ready.request, requests, || rest(pid))?;
        running.end()?;
        total(&fs::read_to_string(&output)?)
            .ok_or_else(|| io::Error::other("callgrind has no total"))
    }
}

/// Waits until the program waits. Whether the next request is there already when it looks for one, or has to wake it,
/// takes a different number of instructions; this way it is always the latter.
fn rest(pid: u32) -> io::Result<()> {
    while !is_idle(pid)? {
        thread::sleep(Duration::from_micros(50));
    }
    Ok(())
}

/// The sum over all threads: `totals: N`.
fn total(output: &str) -> Option<u64> {
    let line = output
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("totals: "));
    line?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_at_the_end() {
        assert_eq!(
            total("events: Ir\nsummary: 12\nfn=(1)\n3 4\n\ntotals: 123456\n"),
            Some(123_456)
        );
        assert_eq!(total("events: Ir\n"), None);
    }
}
