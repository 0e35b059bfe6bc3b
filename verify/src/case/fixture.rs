//! Recordings for tests, from a notation that is as short as what happens in them.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Case, Expected};
use crate::cause::Cause;
use crate::claim::{Claim, Verdict};
use crate::mesh::Mesh;
use crate::policy::Policy;
use crate::profile::{Profile, Sickness};
use crate::recording::{Answer, Change, Recording};

/// The demo's promise: 50 requests per second, so that 10 s are 500 answers and a silence is 60.
pub(crate) const EXPECTED: Expected = Expected {
    policy: Policy {
        max_server_errors: 5,
        interval: Duration::from_secs(10),
        base_ejection_duration: Duration::from_secs(10),
        max_ejection_time: Duration::from_secs(300),
        max_ejection_percent: 100,
    },
    profile: Profile::Appmesh,
    speed: 1.0,
    rate: 50,
    hosts: 5,
};

/// [`EXPECTED`] on another mesh.
pub(crate) fn on(profile: Profile) -> Expected {
    Expected {
        profile,
        ..EXPECTED
    }
}

/// With another maxEjectionPercent.
pub(crate) fn percent(percent: u32, mut expected: Expected) -> Expected {
    expected.policy.max_ejection_percent = percent;
    expected
}

/// With so many replicas.
pub(crate) fn among(hosts: usize, expected: Expected) -> Expected {
    Expected { hosts, ..expected }
}

pub(crate) fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// What happened, word by word:
/// - `abC-`: an answer every 20 ms, which takes 2 ms: `a` is a 200 of the first host, `C` a 500 of the third,
///   `-` a 503 that names nobody; with `*3` after it, three times;
/// - `fault:a`, `recover:a`: done just before the next answer;
/// - `watch:2`, `end`: from here to there two sick hosts were watched.
pub(crate) fn play(notation: &str) -> Recording {
    let mut recording = Recording {
        hosts: ('a'..='z').map(|name| name.to_string()).collect(),
        ..Recording::default()
    };
    for word in notation.split_whitespace() {
        let now = slot(&recording);
        match word.split_once(':') {
            Some(("fault", host)) => {
                let change = Change::Fault(host_of(host), Sickness::Error);
                recording.changes.push((now, change));
            }
            Some(("recover", host)) => {
                recording
                    .changes
                    .push((now, Change::Recover(host_of(host))));
            }
            Some(("watch", sick)) => recording.watched.push((sick.parse().unwrap(), now..now)),
            Some(_) => panic!("{word} is not known"),
            None if word == "end" => recording.watched.last_mut().unwrap().1.end = now,
            None => {
                let (order, times) = word.split_once('*').unwrap_or((word, "1"));
                for letter in order.repeat(times.parse().unwrap()).chars() {
                    answer(&mut recording, letter);
                }
            }
        }
    }
    let good = recording.answers.iter().filter(|of| !of.is_error()).count();
    recording.counted = good as u64;
    recording
}

/// An answer in the next place, of a host by its number.
pub(crate) fn answer_of(recording: &mut Recording, host: Option<usize>, status: u16) {
    let sent = slot(recording);
    recording.answers.push(Answer {
        sent,
        at: sent + ms(2),
        status,
        host,
    });
}

fn answer(recording: &mut Recording, letter: char) {
    match letter {
        '-' => answer_of(recording, None, 503),
        'A'..='Z' => answer_of(recording, Some(usize::from(letter as u8 - b'A')), 500),
        'a'..='z' => answer_of(recording, Some(usize::from(letter as u8 - b'a')), 200),
        _ => panic!("{letter} is nobody"),
    }
}

fn slot(recording: &Recording) -> Duration {
    ms(20 * recording.answers.len() as u64)
}

fn host_of(name: &str) -> usize {
    usize::from(name.as_bytes()[0] - b'a')
}

/// The life of one sick host as it should be: out for 15.3 s, out again for 28.3 s, well in the meantime, and
/// back for good.
pub(crate) fn life() -> Recording {
    play("abcde*2 fault:a Abcde*5 bcde*190 Abcde*5 bcde*20 recover:a bcde*332 abcde*24")
}

/// What a mesh says in the end: who is out, and what it counted since the beginning.
pub(crate) fn told(mut recording: Recording, out: &str, counters: &[(&str, u64)]) -> Recording {
    let counters = counters
        .iter()
        .map(|(name, value)| ((*name).to_owned(), *value));
    let after = Mesh {
        ejected: (b'a'..=b'e')
            .map(|name| Some(out.as_bytes().contains(&name)))
            .collect(),
        answers: true,
        counters: counters.collect::<BTreeMap<_, _>>(),
    };
    let before = Mesh {
        ejected: vec![Some(false); 5],
        answers: true,
        counters: after
            .counters
            .keys()
            .map(|name| (name.clone(), 0))
            .collect(),
    };
    recording.mesh = Some((before, after));
    recording
}

/// That it holds; what was measured.
pub(crate) fn holds(case: Case, expected: &Expected, recording: &Recording) -> String {
    let claim = case.judge(expected, recording);
    assert_eq!(claim.verdict, Verdict::Holds, "{claim:#?}");
    claim.measured
}

/// That it fails with these causes, the likeliest first; what was measured.
pub(crate) fn fails(
    case: Case,
    expected: &Expected,
    recording: &Recording,
    causes: &[&str],
) -> String {
    let claim = case.judge(expected, recording);
    assert_eq!(names(&claim), causes, "{claim:#?}");
    claim.measured
}

/// Why it was not measured.
pub(crate) fn not_measured(case: Case, expected: &Expected, recording: &Recording) -> String {
    let claim = case.judge(expected, recording);
    assert!(
        matches!(claim.verdict, Verdict::NotMeasured { .. }),
        "{claim:#?}"
    );
    let Verdict::NotMeasured { reason } = claim.verdict else {
        return String::new();
    };
    reason
}

/// What is expected.
pub(crate) fn promised(case: Case, expected: &Expected) -> String {
    case.judge(expected, &life()).expected
}

/// The causes' names; none unless it fails.
fn names(claim: &Claim) -> Vec<&'static str> {
    match &claim.verdict {
        Verdict::Fails { causes } => causes.iter().map(|Cause { cause, .. }| *cause).collect(),
        Verdict::Holds | Verdict::NotMeasured { .. } => Vec::new(),
    }
}

#[test]
fn every_case_takes_a_recording_of_nothing() {
    for case in Case::ALL {
        for profile in Profile::ALL {
            for hosts in [2, 5, 50] {
                let nothing = Recording::default();
                let reason = not_measured(case, &among(hosts, on(profile)), &nothing);
                assert!(!reason.is_empty(), "{case}");
            }
        }
    }
}
