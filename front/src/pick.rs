//! Which replicas a request means. Pure: from what was found to whom to tell.

use crate::fault_request::Target;
use crate::refusal::Refusal;
use crate::replicas::{Found, Replica};

/// A shorter beginning of a uid is more likely a slip than a choice.
const SHORTEST_PREFIX: usize = 4;

/// The replicas in which a fault is to be set.
///
/// A host that is named is taken as it is. Otherwise only replicas without a fault come into question,
/// in order of uid, those last that are `ejected`: a fault in a host that gets no requests shows nothing.
pub(crate) fn to_fault<'a>(
    target: &Target,
    found: &'a Found,
    ejected: impl Fn(&Replica) -> bool,
) -> Result<Vec<&'a Replica>, Refusal> {
    if found.replicas.is_empty() {
        return Err(Refusal::NoReplica);
    }
    let wanted = match target {
        Target::Host(host) => return Ok(vec![by_uid(host, found)?]),
        Target::Any => 1,
        Target::Count(count) => in_range(count, found.replicas.len())?,
    };
    let mut healthy: Vec<_> = found
        .replicas
        .iter()
        .filter(|replica| replica.fault.is_none())
        .collect();
    if healthy.is_empty() {
        return Err(Refusal::AllFaulty);
    }
    if healthy.len() < wanted {
        return Err(Refusal::TooFewHealthy {
            healthy: healthy.len(),
            replicas: found.replicas.len(),
        });
    }
    // Stable, so the order of uid stays within each half.
    healthy.sort_by_key(|replica| ejected(replica));
    healthy.truncate(wanted);
    Ok(healthy)
}

/// The replica whose uid is `host`, or the only one whose uid begins with these four or more characters.
pub(crate) fn by_uid<'a>(host: &str, found: &'a Found) -> Result<&'a Replica, Refusal> {
    if found.replicas.is_empty() {
        return Err(Refusal::NoReplica);
    }
    if let Some(exact) = found.replicas.iter().find(|replica| replica.uid == host) {
        return Ok(exact);
    }
    let long_enough = host.chars().count() >= SHORTEST_PREFIX;
    let begin_so: Vec<_> = found
        .replicas
        .iter()
        .filter(|replica| long_enough && replica.uid.starts_with(host))
        .collect();
    match begin_so[..] {
        [only] => Ok(only),
        [] => Err(Refusal::UnknownHost {
            asked: host.to_owned(),
            known: uids(found.replicas.iter()),
            silent: found.silent.clone(),
        }),
        [..] => Err(Refusal::AmbiguousHost {
            asked: host.to_owned(),
            several: uids(begin_so.into_iter()),
        }),
    }
}

fn in_range(count: &str, replicas: usize) -> Result<usize, Refusal> {
    count
        .parse()
        .ok()
        .filter(|count| (1..=replicas).contains(count))
        .ok_or(Refusal::CountOutOfRange { replicas })
}

fn uids<'a>(replicas: impl Iterator<Item = &'a Replica>) -> Vec<String> {
    replicas.map(|replica| replica.uid.clone()).collect()
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use serde_json::json;

    use super::*;

    /// Replicas with these uids; a `!` after it means faulty.
    fn found(uids: &[&str]) -> Found {
        let address = SocketAddr::from(([127, 0, 0, 1], 1));
        let replica = |uid: &&str| Replica {
            uid: uid.trim_end_matches('!').to_owned(),
            control: address,
            address,
            fault: uid.ends_with('!').then(|| json!({"status": 500})),
        };
        Found {
            replicas: uids.iter().map(replica).collect(),
            silent: Vec::new(),
            lost: Vec::new(),
        }
    }

    /// The uids picked, or the sentence of the refusal.
    fn pick(target: &Target, found: &Found, ejected: &[&str]) -> Result<Vec<String>, String> {
        to_fault(target, found, |replica| ejected.contains(&&*replica.uid))
            .map(|picked| uids(picked.into_iter()))
            .map_err(|refusal| refusal.to_string())
    }

    fn count(count: &str) -> Target {
        Target::Count(count.to_owned())
    }

    fn host(host: &str) -> Target {
        Target::Host(host.to_owned())
    }

    fn picked(uids: &[&str]) -> Result<Vec<String>, String> {
        Ok(uids.iter().map(|uid| (*uid).to_owned()).collect())
    }

    #[test]
    fn the_first_healthy_replica_is_picked() {
        assert_eq!(
            pick(&Target::Any, &found(&["a!", "b", "c"]), &[]),
            picked(&["b"])
        );
    }

    #[test]
    fn an_ejected_replica_is_passed_over_while_there_are_others() {
        let found = found(&["a", "b", "c"]);
        assert_eq!(pick(&Target::Any, &found, &["a", "b"]), picked(&["c"]));
        assert_eq!(pick(&count("2"), &found, &["a"]), picked(&["b", "c"]));
        assert_eq!(pick(&count("3"), &found, &["a"]), picked(&["b", "c", "a"]));
    }

    #[test]
    fn an_ejected_replica_is_taken_when_no_other_is_healthy() {
        assert_eq!(
            pick(&Target::Any, &found(&["a!", "b"]), &["b"]),
            picked(&["b"])
        );
    }

    #[test]
    fn count_is_bounded_by_the_number_of_replicas() {
        for wrong in ["0", "4", "-1", "two", "", "99999999999999999999999"] {
            assert_eq!(
                pick(&count(wrong), &found(&["a", "b", "c"]), &[]),
                Err("count must be between 1 and 3, the number of replicas".to_owned()),
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn too_few_healthy_replicas_are_counted_in_the_refusal() {
        assert_eq!(
            pick(&count("3"), &found(&["a", "b!", "c"]), &[]),
            Err("only 2 of 3 replicas are healthy; nothing was changed".to_owned())
        );
    }

    #[test]
    fn when_all_are_faulty_there_is_nothing_to_pick() {
        for target in [Target::Any, count("1")] {
            assert_eq!(
                pick(&target, &found(&["a!", "b!"]), &[]),
                Err("every replica is faulty already".to_owned())
            );
        }
    }

    #[test]
    fn a_named_host_is_taken_faulty_or_not_ejected_or_not() {
        let found = found(&["aaaa-1!", "bbbb-2"]);
        assert_eq!(
            pick(&host("aaaa-1"), &found, &["aaaa-1"]),
            picked(&["aaaa-1"])
        );
    }

    #[test]
    fn four_characters_are_enough_if_they_fit_one_host() {
        let found = found(&["aaaa-1", "aaab-2", "aaab-3"]);
        assert_eq!(pick(&host("aaaa"), &found, &[]), picked(&["aaaa-1"]));
        assert_eq!(
            pick(&host("aaab"), &found, &[]),
            Err("host \"aaab\" could be any of aaab-2, aaab-3".to_owned())
        );
    }

    #[test]
    fn an_exact_uid_wins_over_longer_ones_and_may_be_short() {
        let found = found(&["a", "aaaa", "aaaab"]);
        assert_eq!(pick(&host("a"), &found, &[]), picked(&["a"]));
        assert_eq!(pick(&host("aaaa"), &found, &[]), picked(&["aaaa"]));
    }

    #[test]
    fn an_unknown_host_gets_to_hear_the_known_ones() {
        for asked in ["zzzz", "aaa", ""] {
            assert_eq!(
                pick(&host(asked), &found(&["aaaa-1", "bbbb-2"]), &[]),
                Err(format!("unknown host {asked:?}; known are aaaa-1, bbbb-2"))
            );
        }
    }

    #[test]
    fn a_host_that_may_just_be_silent_is_not_called_unknown_without_a_hint() {
        let mut found = found(&["aaaa-1"]);
        found.silent.push("127.0.0.1:9182".to_owned());
        assert_eq!(
            pick(&host("bbbb-2"), &found, &[]),
            Err(
                "unknown host \"bbbb-2\"; known are aaaa-1; no answer from 127.0.0.1:9182"
                    .to_owned()
            )
        );
    }

    #[test]
    fn without_any_replica_nothing_can_be_picked() {
        for target in [Target::Any, count("1"), host("aaaa")] {
            assert_eq!(
                pick(&target, &found(&[]), &[]),
                Err("no replica answers on its control port".to_owned())
            );
        }
    }
}
