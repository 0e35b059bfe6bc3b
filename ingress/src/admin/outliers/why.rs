//! A host's standing in one sentence.

use std::fmt;
use std::time::Duration;

use crate::admin::durations::words;
use crate::mesh::OutlierPolicy;
use crate::outlier::{Cause, Report};

/// What there is to say of one host. Displays as the sentence.
pub(super) struct Standing<'a> {
    pub(super) policy: &'a OutlierPolicy,
    pub(super) report: &'a Report,
    /// Whether the balancers panic.
    pub(super) panic: bool,
    /// Whether the balancers have it in their list of healthy hosts.
    pub(super) listed: bool,
    /// Time until the balancers hear of what waits in the merge window.
    pub(super) refresh: Option<Duration>,
}

impl fmt::Display for Standing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.report.ejected {
            Some((_, cause)) => self.out(f, cause),
            None => self.healthy(f),
        }
    }
}

impl Standing<'_> {
    fn out(&self, f: &mut fmt::Formatter<'_>, cause: Cause) -> fmt::Result {
        let OutlierPolicy {
            base_ejection_time,
            max_ejection_time,
            ..
        } = self.policy;
        let length = base_ejection_time.saturating_mul(self.report.multiplier);
        let length = words(length.min(*max_ejection_time));
        let errors = self.in_a_row(cause);
        write!(
            f,
            "{errors}; out for at least {length}, back at the first sweep after that"
        )?;
        if self.panic {
            f.write_str("; panic: everyone gets traffic")
        } else if self.listed {
            self.late(f)
        } else {
            Ok(())
        }
    }

    fn healthy(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(refusal) = &self.report.last_refusal {
            let errors = self.in_a_row(refusal.cause);
            write!(f, "not ejected at {errors}: {refusal}")?;
        } else if self.report.consecutive_5xx > 0 {
            let (errors, threshold) = (self.report.consecutive_5xx, self.policy.consecutive_5xx);
            write!(f, "{errors} of {threshold} errors in a row")?;
        } else if self.report.ejections > 0 {
            let next = words(self.report.next_ejection);
            write!(f, "back; the next ejection would last at least {next}")?;
        } else {
            f.write_str("never ejected")?;
        }
        if !self.listed && !self.panic {
            return self.late(f);
        }
        Ok(())
    }

    /// FACTS 6: the balancers hear of it later.
    fn late(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("; the balancers do not know yet")?;
        match self.refresh {
            Some(refresh) => write!(f, ", they hear of it in {}", words(refresh)),
            None => Ok(()),
        }
    }

    fn in_a_row(&self, cause: Cause) -> String {
        match cause {
            Cause::Consecutive5xx => {
                format!("{} errors in a row", self.policy.consecutive_5xx)
            }
            Cause::ConsecutiveGatewayFailure => {
                let failures = self.policy.consecutive_gateway_failure;
                format!("{failures} gateway failures in a row")
            }
        }
    }
}
