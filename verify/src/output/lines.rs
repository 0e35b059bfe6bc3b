//! Progress where there is no terminal: lines, few of them.

use std::io::Write;
use std::sync::Mutex;
use std::time::Duration;

use attack::Report;

use super::{Progress, seconds, text};
use crate::claim::Claim;
use crate::run::Settings;

/// A wait that is shorter than this is not worth a line.
const WORTH_A_LINE: Duration = Duration::from_secs(15);

/// Claims to one place, everything else to another.
#[derive(Debug)]
pub struct Lines<C, P> {
    claims: Mutex<C>,
    progress: Mutex<P>,
    reports: bool,
}

impl<C: Write, P: Write> Lines<C, P> {
    /// Writes claims to the one, with each scenario's load before them if `reports`, and progress to the
    /// other. What cannot be written is left out.
    pub fn new(claims: C, progress: P, reports: bool) -> Self {
        Self {
            claims: Mutex::new(claims),
            progress: Mutex::new(progress),
            reports,
        }
    }

    fn claim(&self, text: &str) {
        if let Ok(mut claims) = self.claims.lock() {
            drop(write!(claims, "{text}").and_then(|()| claims.flush()));
        }
    }

    fn line(&self, text: &str) {
        if let Ok(mut progress) = self.progress.lock() {
            drop(writeln!(progress, "{text}"));
        }
    }
}

impl<C: Write, P: Write> Progress for Lines<C, P> {
    fn starts(&self, settings: &Settings, hosts: usize, rate: u32) {
        self.claim(&text::heading(settings, hosts, rate));
    }

    fn begins(&self, scenario: &str, number: usize, of: usize) {
        self.line(&format!("[{number}/{of}] {scenario}"));
    }

    fn awaits(&self, what: &str, longest: Duration) {
        if longest >= WORTH_A_LINE {
            self.line(&format!(
                "      waiting for {what}, {} at most",
                seconds(longest)
            ));
        }
    }

    fn waited(&self, _time: Duration) {}

    fn judged(&self, claim: &Claim) {
        self.claim(&text::claim(claim));
    }

    fn played(&self, report: &Report) {
        if self.reports {
            self.claim(&text::load(report));
        }
    }

    fn ends(&self) {}
}
