//! Bytes that have fooled others: each row says how hyper's reading of them is known to differ, if it does.

mod answers;
mod chunks;
mod first_lines;
mod lengths;
mod posts;
mod status_lines;

pub(crate) use answers::ANSWERS;
pub(crate) use chunks::CHUNKS;
pub(crate) use first_lines::FIRST_LINES;
pub(crate) use lengths::{LENGTHS, TO_HEAD};
pub(crate) use posts::POSTS;
pub(crate) use status_lines::STATUS_LINES;
