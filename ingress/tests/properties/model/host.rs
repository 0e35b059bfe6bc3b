//! What the model remembers of one host, and what follows from it.

use std::time::Duration;

use ingress::mesh::OutlierPolicy;
use ingress::outlier::{Cause, Refusal};

#[derive(Default)]
pub(super) struct Host {
    /// All answers since each counter was last set to 0.
    pub(super) answers_5xx: Vec<u16>,
    pub(super) answers_gateway: Vec<u16>,
    pub(super) stays_out: Vec<StayOut>,
    /// What moved its multiplier.
    pub(super) past: Vec<Past>,
    pub(super) last_refusal: Option<Refusal>,
}

pub(super) struct StayOut {
    pub(super) from: Duration,
    pub(super) to: Option<Duration>,
    pub(super) cause: Cause,
}

pub(super) enum Past {
    Ejected,
    /// So many in a row.
    HealthySweeps(u32),
}

impl Host {
    pub(super) fn is_out(&self) -> bool {
        self.stays_out.last().is_some_and(|stay| stay.to.is_none())
    }

    pub(super) fn last_return(&self) -> Option<Duration> {
        self.stays_out.last().and_then(|stay| stay.to)
    }

    /// One more sweep that it was healthy in.
    pub(super) fn swept(&mut self) {
        match self.past.last_mut() {
            Some(Past::HealthySweeps(sweeps)) => *sweeps += 1,
            _ => self.past.push(Past::HealthySweeps(1)),
        }
    }

    /// 4.3, 4.4, from the beginning.
    pub(super) fn multiplier(&self, policy: &OutlierPolicy) -> u32 {
        let mut multiplier = 0;
        for past in &self.past {
            match past {
                Past::Ejected => multiplier = next_multiplier(policy, multiplier),
                Past::HealthySweeps(sweeps) => multiplier = multiplier.saturating_sub(*sweeps),
            }
        }
        multiplier
    }
}

/// 4.3: it stops at the first value with m x base >= max + base.
pub(super) fn next_multiplier(policy: &OutlierPolicy, multiplier: u32) -> u32 {
    let base = policy.base_ejection_time;
    if base * multiplier >= policy.max_ejection_time + base {
        multiplier
    } else {
        multiplier + 1
    }
}

/// 4.2
pub(super) fn length(policy: &OutlierPolicy, multiplier: u32) -> Duration {
    Ord::min(
        policy.base_ejection_time * multiplier,
        policy.max_ejection_time,
    )
}

/// How many of the last answers have such a status.
pub(super) fn in_a_row(answers: &[u16], is_such: impl Fn(u16) -> bool) -> u32 {
    let last = answers.iter().rev();
    last.take_while(|&&status| is_such(status)).count() as u32
}

/// 3.2
pub(super) fn is_5xx(status: u16) -> bool {
    status >= 500
}

/// 3.9
pub(super) fn is_gateway_failure(status: u16) -> bool {
    [502, 503, 504].contains(&status)
}
