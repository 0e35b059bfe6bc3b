//! Which host a retry takes.

use crate::outlier::HostIndex;

/// How often Envoy looks for a host that was not tried, its default
/// `host_selection_retry_max_attempts`. App Mesh's default retry policy has the predicate that asks
/// for it, `previous_hosts` (FACTS 1.4).
pub const DEFAULT_SELECTION_RETRIES: usize = 1;

/// The host for the next attempt, preferably one that `is_tried` does not know. `turn` takes a turn, and
/// each one taken counts even if its host is passed over; after `retries` of them the host is taken
/// whatever it is. `None`: nobody may serve.
#[inline]
pub fn select(
    is_tried: impl Fn(HostIndex) -> bool,
    retries: usize,
    mut turn: impl FnMut() -> Option<HostIndex>,
) -> Option<HostIndex> {
    let mut host = turn()?;
    for _ in 0..retries {
        if !is_tried(host) {
            break;
        }
        host = turn()?;
    }
    Some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selected(
        tried: &[HostIndex],
        retries: usize,
        turns: &[HostIndex],
    ) -> (Option<HostIndex>, usize) {
        let mut left = turns.iter().copied();
        let host = select(|host| tried.contains(&host), retries, || left.next());
        (host, turns.len() - left.len())
    }

    #[test]
    fn a_first_attempt_takes_one_turn() {
        assert_eq!(selected(&[], 1, &[3, 4]), (Some(3), 1));
    }

    #[test]
    fn a_tried_host_is_passed_over_as_often_as_allowed() {
        assert_eq!(selected(&[3], 1, &[3, 4, 0]), (Some(4), 2));
        assert_eq!(
            selected(&[3, 4], 1, &[3, 4, 0]),
            (Some(4), 2),
            "one more turn, no more"
        );
        assert_eq!(
            selected(&[3], 0, &[3, 4]),
            (Some(3), 1),
            "nobody asked for another"
        );
    }

    #[test]
    fn with_nobody_to_serve_there_is_nothing_to_select() {
        assert_eq!(selected(&[3], 1, &[]), (None, 0));
        assert_eq!(selected(&[3], 1, &[3]), (None, 1));
    }
}
