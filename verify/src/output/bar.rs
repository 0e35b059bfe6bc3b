//! Progress on a terminal: one line that says what is waited for, gone at the end.

use std::io::{self, Write};
use std::time::Duration;

use attack::Report;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Progress, seconds, text};
use crate::claim::Claim;
use crate::run::Settings;

/// How often the bar moves.
const TICK: Duration = Duration::from_millis(100);

/// A bar on standard error, claims on standard output.
#[derive(Debug)]
pub struct Bar {
    bar: ProgressBar,
    reports: bool,
}

impl Bar {
    /// A bar that waits for its first scenario; with each scenario's load before its claims if `reports`.
    pub fn new(reports: bool) -> Self {
        let bar = ProgressBar::new(1);
        let style = ProgressStyle::with_template("{prefix} [{bar:20}] {msg} ({elapsed})");
        let style = style.expect("the template is well formed");
        bar.set_style(style.progress_chars("=> "));
        bar.enable_steady_tick(TICK);
        Self { bar, reports }
    }
}

impl Bar {
    /// Writes to standard output, so that the text stays when the bar is gone.
    fn above(&self, text: &str) {
        self.bar.suspend(|| {
            let mut stdout = io::stdout().lock();
            drop(
                stdout
                    .write_all(text.as_bytes())
                    .and_then(|()| stdout.flush()),
            );
        });
    }
}

impl Progress for Bar {
    fn starts(&self, settings: &Settings, hosts: usize, rate: u32) {
        self.above(&text::heading(settings, hosts, rate));
    }

    fn begins(&self, scenario: &str, number: usize, of: usize) {
        self.bar.set_prefix(format!("[{number}/{of}] {scenario}:"));
    }

    fn awaits(&self, what: &str, longest: Duration) {
        self.bar.reset();
        self.bar.set_length(millis(longest));
        let longest = seconds(Duration::from_secs(longest.as_secs().max(1)));
        self.bar
            .set_message(format!("waiting for {what}, {longest} at most"));
    }

    fn waited(&self, time: Duration) {
        self.bar.set_position(millis(time));
    }

    fn judged(&self, claim: &Claim) {
        self.above(&text::claim(claim));
    }

    fn played(&self, report: &Report) {
        if self.reports {
            self.above(&text::load(report));
        }
    }

    fn ends(&self) {
        self.bar.finish_and_clear();
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
