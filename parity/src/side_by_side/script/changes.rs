//! Who begins to answer how, and when.

use fastrand::Rng;

use super::{Behaviour, Change, pick};

/// Faults of some of the hosts, each with a beginning and perhaps an end.
pub(super) fn changes(rng: &mut Rng, hosts: usize, slots: usize, retries: bool) -> Vec<Change> {
    let mut order: Vec<usize> = (0..hosts).collect();
    rng.shuffle(&mut order);
    // Which of several hosts that refuse was tried first no page tells.
    let refusing = retries && rng.u8(..3) == 0;
    let together = rng.bool().then(|| rng.usize(..slots / 3));
    let faulty = if refusing { 1 } else { rng.usize(1..=hosts) };
    let mut changes = Vec::new();
    for &host in &order[..faulty] {
        let begin = together.unwrap_or_else(|| rng.usize(..slots * 2 / 3));
        let answers = match (retries, refusing) {
            (true, true) => vec![Behaviour::Refuse],
            (true, false) => vec![Behaviour::Status(pick(rng, &[500, 503, 503, 503]))],
            _ => answers(rng),
        };
        changes.push(Change {
            slot: begin,
            host,
            answers,
        });
        if rng.bool() {
            let end = rng.usize(begin + 1..slots);
            let healthy = vec![Behaviour::Status(200)];
            changes.push(Change {
                slot: end,
                host,
                answers: healthy,
            });
        }
    }
    changes.sort_by_key(|change| change.slot);
    changes
}

fn answers(rng: &mut Rng) -> Vec<Behaviour> {
    use Behaviour::{Close, Garbage, Hang, Refuse, Reset, Status, Truncate};
    const KINDS: [Behaviour; 10] = [
        Status(500),
        Status(500),
        Status(501),
        Status(502),
        Status(503),
        Status(504),
        Status(599),
        Reset,
        Close,
        Garbage,
    ];
    match rng.u8(..10) {
        // The same error every time.
        0..=3 => vec![pick(rng, &KINDS)],
        4 => vec![pick(rng, &[Refuse, Hang])],
        // Kinds in turn.
        5..=6 => (0..rng.usize(2..=5)).map(|_| pick(rng, &KINDS)).collect(),
        // Errors with a success in between.
        7..=8 => {
            let mut all: Vec<Behaviour> =
                (0..rng.usize(1..=6)).map(|_| pick(rng, &KINDS)).collect();
            all.push(Status(pick(rng, &[200, 301, 404, 429])));
            all
        }
        // A broken 200 among errors (FACTS 3.4).
        _ => {
            let mut all = vec![Status(500); rng.usize(0..=4)];
            all.push(Truncate);
            all
        }
    }
}
