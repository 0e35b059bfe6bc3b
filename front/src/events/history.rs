//! What a new viewer gets to hear of the past: ten minutes by the second, and the last marks.

use std::collections::VecDeque;
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use super::marks::Mark;
use crate::latencies::Latencies;
use crate::window::{Codes, add};

/// Ten minutes.
pub(super) const MOST_SECONDS: usize = 600;

/// As many as a timeline can show.
pub(super) const MOST_MARKS: usize = 200;

/// How often it is counted: often enough for an eye.
pub(super) const DIGEST: Duration = Duration::from_millis(250);

const SECOND: Duration = Duration::from_secs(1);

/// The past, bounded.
#[derive(Default)]
pub(super) struct History {
    seconds: VecDeque<Second>,
    marks: VecDeque<Mark>,
    /// The second that is not over, and since when it runs.
    running: Option<(Instant, Second)>,
    /// Windows that ended within the last second.
    recent: VecDeque<(Instant, Latencies)>,
}

/// What was answered within one second.
#[derive(Serialize)]
struct Second {
    /// The number of the last event that counted in it.
    #[serde(rename = "seq")]
    number: u64,
    at: u64,
    /// Its length.
    ms: u64,
    answers: Codes,
    latency_ms: Option<Quantiles>,
}

/// Of the latencies of the last second, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Quantiles {
    p50: f64,
    p99: f64,
}

/// The event `history`.
#[derive(Serialize)]
pub(super) struct Past<'a> {
    /// The server's time.
    at: u64,
    /// Whether this is all of it, or only what came after an event that the viewer has seen.
    complete: bool,
    seconds: Vec<&'a Second>,
    marks: Vec<&'a Mark>,
}

impl Second {
    /// One that begins now, which is `at` on the clock.
    fn begin(at: u64) -> Self {
        Self {
            number: 0,
            at,
            ms: 0,
            answers: Codes::new(),
            latency_ms: None,
        }
    }
}

impl History {
    /// Takes in the answers until `now`, which is `at` on the clock. Returns whether a second is over, which
    /// gets this number, and the quantiles of the last second.
    pub(super) fn count(
        &mut self,
        answers: &Codes,
        latencies: Latencies,
        number: u64,
        now: Instant,
        at: u64,
    ) -> (bool, Option<Quantiles>) {
        self.recent.push_back((now, latencies));
        while let Some((ended, _)) = self.recent.front()
            && now.duration_since(*ended) >= SECOND
        {
            self.recent.pop_front();
        }
        let latency_ms = self.quantiles();
        let (began, mut second) = self.running.take().unwrap_or((now, Second::begin(at)));
        let length = now.duration_since(began);
        second.number = number;
        second.ms = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
        second.latency_ms = latency_ms;
        add(&mut second.answers, answers);
        // Ticks are late now and then; the fourth is the second's last all the same.
        let is_over = length + DIGEST / 2 >= SECOND;
        if is_over {
            push(&mut self.seconds, second, MOST_SECONDS);
            self.running = Some((now, Second::begin(at)));
        } else {
            self.running = Some((began, second));
        }
        (is_over, latency_ms)
    }

    /// Nobody watches any more: what is counted next belongs to another second.
    pub(super) fn pause(&mut self) {
        self.running = None;
        self.recent.clear();
    }

    pub(super) fn mark(&mut self, mark: Mark) {
        push(&mut self.marks, mark, MOST_MARKS);
    }

    /// What came after the event `after`, the second that is not over included; all of it when there is none.
    pub(super) fn since(&self, after: Option<u64>, at: u64) -> Past<'_> {
        let later = |number| after.is_none_or(|after| number > after);
        let running = self.running.iter().map(|(_, second)| second);
        let seconds = self.seconds.iter().chain(running);
        let marks = self.marks.iter();
        Past {
            at,
            complete: after.is_none(),
            seconds: seconds.filter(|second| later(second.number)).collect(),
            marks: marks.filter(|mark| later(mark.number)).collect(),
        }
    }

    fn quantiles(&self) -> Option<Quantiles> {
        let mut all = Latencies::default();
        for (_, window) in &self.recent {
            all.add(window);
        }
        let [p50, p99] = all.quantiles_ms([0.5, 0.99])?;
        Some(Quantiles { p50, p99 })
    }
}

fn push<T>(queue: &mut VecDeque<T>, item: T, most: usize) {
    if queue.len() == most {
        queue.pop_front();
    }
    queue.push_back(item);
}
