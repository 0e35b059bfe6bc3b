//! What became of a request, by name.

use attack::{Answer, Failure};

/// The name of an answer: its status, and who made it.
pub(crate) fn of_answer(answer: &Answer<'_>) -> String {
    let status = answer.status.as_u16();
    if status == 200 {
        return "200".to_owned();
    }
    let said = String::from_utf8_lossy(answer.body);
    let said = said.trim_end();
    match answer.host_uid {
        Some(_) => format!("{status} of a replica"),
        // The address in a sentence differs from one run to the next.
        None => format!("{status} {}", without_address(said)),
    }
}

/// The name of a failure.
pub(crate) fn of_failure(failure: Failure) -> String {
    failure.to_string()
}

fn without_address(said: &str) -> String {
    let words = said
        .split(' ')
        .filter(|word| !word.starts_with("(colorapp"));
    words.collect::<Vec<_>>().join(" ")
}
