//! All cases.

mod chunks;
mod codings;
mod connection;
mod hosts;
mod lengths;
mod lines;
mod names;
mod pipelined;
mod targets;

use crate::case::Family;

pub(crate) fn all() -> Vec<Family> {
    let mut families = vec![codings::with_a_length(), codings::disguised()];
    families.extend([lengths::family(), chunks::chunks(), chunks::trailers()]);
    families.extend([lines::ends(), lines::request_lines(), names::family()]);
    families.extend([targets::family(), hosts::family(), connection::family()]);
    families.push(pipelined::family());
    families
}

#[test]
fn cases_have_names_of_their_own() {
    let mut names: Vec<String> = all()
        .into_iter()
        .flat_map(|family| family.cases)
        .map(|case| case.name)
        .collect();
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count);
}
