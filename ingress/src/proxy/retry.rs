//! Whether and when to try again, as Envoy decides it.

use std::time::Duration;

use http::StatusCode;

use super::failure::Failure;
use crate::mesh::{RetryOn, RetryPolicy};

/// The first pause before a retry is shorter than this, the next shorter than twice this, and so on:
/// Envoy's default `retry_back_off.base_interval`.
const BASE_PAUSE: Duration = Duration::from_millis(25);

/// The cap on the pauses: Envoy's default, ten times the base.
const MAX_PAUSE: Duration = Duration::from_millis(250);

/// Whether `policy` wants another attempt after this one.
pub(super) fn wanted(policy: &RetryPolicy, outcome: Result<StatusCode, Failure>) -> bool {
    let on = &policy.on;
    match outcome {
        Ok(status) => by_status(on, status),
        Err(failure) if !failure.is_of_host() => false,
        Err(failure) => {
            on.server_error
                || on.gateway_error
                || (on.connect_failure && failure.is_connect_failure())
                || (on.reset && !failure.is_connect_failure())
        }
    }
}

fn by_status(on: &RetryOn, status: StatusCode) -> bool {
    (on.server_error && status.is_server_error())
        || (on.gateway_error && matches!(status.as_u16(), 502..=504))
        || (on.conflict && status == StatusCode::CONFLICT)
        || on.statuses.contains(&status.as_u16())
}

/// How long the answer to an attempt is waited for where so much is `left` of the route's time.
pub(super) fn expected(policy: &RetryPolicy, left: Option<Duration>) -> Option<Duration> {
    [policy.per_try_timeout, left].into_iter().flatten().min()
}

/// The pause before retry number `retry`, counted from 0: random, below a bound that doubles.
pub(super) fn pause(retry: u32) -> Duration {
    let bound = BASE_PAUSE.saturating_mul(1 << retry.min(8)).min(MAX_PAUSE);
    Duration::from_millis(fastrand::u64(..bound.as_millis() as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn default_wants(outcome: Result<u16, Failure>) -> bool {
        let outcome = outcome.map(|status| StatusCode::from_u16(status).unwrap());
        wanted(&RetryPolicy::app_mesh_default(), outcome)
    }

    /// FACTS 9.1.
    #[test]
    fn app_meshs_default_retries_503_and_refused_connections_only() {
        assert!(default_wants(Ok(503)));
        assert!(default_wants(Err(Failure::Unreachable)));
        for status in [200, 404, 500, 502, 504] {
            assert!(!default_wants(Ok(status)), "{status}");
        }
        for failure in [
            Failure::Termination,
            Failure::Protocol,
            Failure::Timeout,
            Failure::NoHealthyUpstream,
        ] {
            assert!(!default_wants(Err(failure)), "{failure:?}");
        }
    }

    #[test]
    fn server_error_means_every_5xx_and_every_missing_answer() {
        let on = RetryOn {
            server_error: true,
            ..RetryOn::default()
        };
        let policy = RetryPolicy {
            on,
            ..RetryPolicy::app_mesh_default()
        };
        assert!(wanted(&policy, Ok(StatusCode::INTERNAL_SERVER_ERROR)));
        assert!(wanted(&policy, Err(Failure::Termination)));
        assert!(wanted(&policy, Err(Failure::PerTryTimeout)));
        assert!(
            !wanted(&policy, Err(Failure::Timeout)),
            "the route's time is over for good"
        );
    }

    #[test]
    fn pauses_stay_below_their_bounds() {
        for _ in 0..1_000 {
            assert!(pause(0) < BASE_PAUSE);
            assert!(pause(u32::MAX) < MAX_PAUSE);
        }
    }
}
