//! `content-length` that is said twice, or is no number.

use crate::case::{Case, Family, SMUGGLED, code, post};

pub(crate) fn family() -> Family {
    let length = SMUGGLED.len();
    let with = |line: &str| post(code(line), line, SMUGGLED);
    let mut cases: Vec<Case> = [
        format!("Content-Length: 0\r\nContent-Length: {length}"),
        format!("Content-Length: {length}\r\nContent-Length: 0"),
        format!("Content-Length: {length}\r\nContent-Length: {length}"),
        format!("Content-Length: {length}, {length}"),
        format!("Content-Length: 0, {length}"),
        format!("Content-Length: {length},"),
        format!("Content-Length: ,{length}"),
        format!("Content-Length: +{length}"),
        format!("Content-Length: -{length}"),
        "Content-Length: -0".to_owned(),
        format!("Content-Length: 0x{length:x}"),
        format!("Content-Length: 0o{length:o}"),
        format!("Content-Length: {length}.0"),
        format!("Content-Length: {length}e0"),
        format!("Content-Length: {length} 0"),
        format!("Content-Length: {length}\t"),
        format!("Content-Length:{length}"),
        format!("Content-Length: 000{length}"),
        format!("Content-Length: \x0b{length}"),
        format!("Content-Length: {length}\0"),
        format!("Content-Length: \"{length}\""),
        format!("Content-Length: {length};a=b"),
        format!("Content-Length: \u{ff13}{length}"),
        "Content-Length:".to_owned(),
        "Content-Length: 18446744073709551616".to_owned(),
        "Content-Length: 18446744073709551615".to_owned(),
        "Content-Length: 9223372036854775808".to_owned(),
        "Content-Length: 4294967296".to_owned(),
        format!("Content-Length: 340282366920938463463374607431768211456{length}"),
        format!("Content-Length : {length}"),
        format!("Content-Length\t: {length}"),
        format!("Content-Length\0: {length}"),
        format!("Content_Length: {length}"),
        format!("Content Length: {length}"),
        format!(" Content-Length: {length}"),
        format!("X-A: b\r\n Content-Length: {length}"),
        format!("Content-Length: 0\r\n Content-Length: {length}"),
        format!("Content-Length:\r\n {length}"),
        format!("X-Content-Length: {length}"),
    ]
    .iter()
    .map(|line| with(line))
    .collect();
    cases.push(post(
        "no length at all, and something behind",
        "X-A: b",
        SMUGGLED,
    ));
    Family {
        title: "Lengths",
        cases,
    }
}
