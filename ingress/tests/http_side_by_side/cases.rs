//! All cases.

mod answer_bodies;
mod answers;
mod bodies;
mod connections;
mod framing;
mod headers;
mod limits;
mod matching;
mod pipelining;
mod recorded;
mod requests;
mod retries;
mod targets;

use crate::case::Case;

pub(crate) fn all() -> Vec<Case> {
    [
        recorded::cases(),
        requests::cases(),
        targets::cases(),
        headers::cases(),
        framing::cases(),
        bodies::cases(),
        answers::cases(),
        answer_bodies::cases(),
        pipelining::cases(),
        connections::cases(),
        retries::cases(),
        limits::cases(),
        matching::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
