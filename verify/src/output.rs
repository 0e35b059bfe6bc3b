//! What people and machines read.

mod bar;
mod junit;
mod lines;
mod text;

use std::time::Duration;

use attack::Report;

use crate::claim::Claim;
use crate::run::Settings;

pub use bar::Bar;
pub use junit::junit;
pub use lines::Lines;
pub use text::summary;

/// Who is told how it goes.
pub trait Progress {
    /// The mesh was found: so many replicas, and so many requests per second.
    fn starts(&self, settings: &Settings, hosts: usize, rate: u32);
    /// A scenario begins.
    fn begins(&self, scenario: &str, number: usize, of: usize);
    /// Something is waited for, for this long at most.
    fn awaits(&self, what: &str, longest: Duration);
    /// So long it was waited for by now.
    fn waited(&self, time: Duration);
    /// A claim was judged.
    fn judged(&self, claim: &Claim);
    /// A scenario is over; what its load came to.
    fn played(&self, report: &Report);
    /// Nothing more will come.
    fn ends(&self);
}

/// So many of something, in the singular where it is one.
pub(crate) fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// Seconds with one digit after the point, none where it is 0.
pub(crate) fn seconds(time: Duration) -> String {
    let text = format!("{:.1}", time.as_secs_f64());
    format!("{} s", text.strip_suffix(".0").unwrap_or(&text))
}
