//! Lives of a cluster, as the property tests live them.

mod bytes;

use std::fmt::Debug;
use std::time::Duration;

use ingress::mesh::OutlierPolicy;
use proptest::test_runner::TestCaseResult;

use crate::life::{Life, Step};
use crate::{coming_and_going, same_as_model};
use bytes::Bytes;

/// How many steps a life has at most: a model that tells everything from the beginning slows down with each.
const MOST_STEPS: usize = 30;

/// Panics where a law is broken. The first byte chooses it.
pub fn hold(bytes: &[u8]) {
    let mut bytes = Bytes::new(bytes);
    if bytes.flag() {
        let life = (policy(&mut bytes), changes(&mut bytes));
        holds(&life, |life| coming_and_going::law(life.clone()));
    } else {
        holds(&life(&mut bytes), same_as_model::law);
    }
}

fn holds<L: Debug>(life: &L, law: impl Fn(&L) -> TestCaseResult) {
    if let Err(broken) = law(life) {
        panic!("{broken}\nwith {life:#?}");
    }
}

/// On one of the grids of the property tests.
fn life(bytes: &mut Bytes<'_>) -> Life {
    let micros = [100_000, 1_000, 500, 1][bytes.below(4)];
    let most = if bytes.below(8) == 0 { 50 } else { 7 };
    let hosts = 1 + bytes.below(most);
    let life = Life {
        policy: policy(bytes),
        modes: (0..hosts).map(|_| status(bytes)).collect(),
        seed: u64::from(bytes.next()),
        retries: bytes.below(3),
        late: Duration::from_secs(bytes.below(8).saturating_sub(4) as u64),
        backwards: bytes.flag(),
        steps: steps(bytes, |bytes| match bytes.below(4) {
            0 => Step::Wait(ticks(bytes.below(61))),
            1 => Step::Requests {
                count: 1 + bytes.below(25) as u32,
                gap: ticks(bytes.below(6)),
            },
            2 => Step::Answers {
                host: bytes.below(hosts),
                status: status(bytes),
                count: 1 + bytes.below(12) as u32,
            },
            _ => Step::Mode {
                host: bytes.below(hosts),
                status: status(bytes),
            },
        }),
    };
    life.timed(|time| Duration::from_micros(micros) * time.as_secs() as u32)
}

/// Hosts that come and go; their times are seconds.
fn changes(bytes: &mut Bytes<'_>) -> Vec<coming_and_going::Step> {
    use coming_and_going::Step;
    steps(bytes, |bytes| match bytes.below(3) {
        0 => Step::Answers(bytes.below(8), status(bytes), 1 + bytes.below(6) as u32),
        1 => Step::Pass(Duration::from_millis(50 * u64::from(bytes.next()))),
        _ => {
            // Those that stay, each once, in any order.
            let mut left: Vec<usize> = (0..8).collect();
            let stay = (0..bytes.below(9)).map(|_| left.swap_remove(bytes.below(left.len())));
            let stay = stay.collect();
            Step::Replace(stay, bytes.below(4), bytes.flag())
        }
    })
}

fn steps<S>(bytes: &mut Bytes<'_>, mut step: impl FnMut(&mut Bytes<'_>) -> S) -> Vec<S> {
    let mut steps = Vec::new();
    while steps.len() < MOST_STEPS && !bytes.are_over() {
        steps.push(step(bytes));
    }
    steps
}

/// Every field within its bounds.
fn policy(bytes: &mut Bytes<'_>) -> OutlierPolicy {
    let base = 1 + bytes.below(30);
    OutlierPolicy {
        consecutive_5xx: bytes.below(8) as u32,
        enforcing_consecutive_5xx: if bytes.below(4) == 3 { 0 } else { 100 },
        consecutive_gateway_failure: bytes.below(8) as u32,
        enforcing_consecutive_gateway_failure: if bytes.flag() { 100 } else { 0 },
        interval: ticks(1 + bytes.below(30)),
        base_ejection_time: ticks(base),
        max_ejection_time: ticks(base + bytes.below(61)),
        max_ejection_percent: percent(bytes),
        always_eject_one_host: bytes.flag(),
        healthy_panic_threshold: percent(bytes),
        update_merge_window: ticks(bytes.below(31)),
    }
}

fn percent(bytes: &mut Bytes<'_>) -> u32 {
    (bytes.next() % 128).min(100).into()
}

/// Statuses of FACTS 3.2.
fn status(bytes: &mut Bytes<'_>) -> u16 {
    const ALL: [u16; 12] = [200, 500, 503, 502, 504, 200, 500, 501, 505, 599, 404, 499];
    ALL[bytes.below(ALL.len())]
}

fn ticks(ticks: usize) -> Duration {
    Duration::from_secs(ticks as u64)
}
