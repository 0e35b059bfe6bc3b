//! The rows of `docs/smuggling.md`.

use std::fmt::Write;

use crate::case::code;
use crate::origin::Captured;
use crate::reader::Reading;
use crate::through::{Answered, Heard};

const PAGE: &str = include_str!("../../../docs/smuggling.md");

/// The page's part that is made here begins and ends with these lines.
const BEGIN: &str =
    "<!-- cases: what cargo test -p ingress --features real-peers --test smuggling found -->";
const END: &str = "<!-- end of cases -->";

/// One case, and what came out.
pub(crate) struct Row {
    pub(crate) name: String,
    /// Its target or its host, if that is what is odd about it.
    pub(crate) odd: Option<String>,
    pub(crate) heard: Heard,
    /// Without the request behind it.
    pub(crate) forwarded: Vec<Captured>,
    /// Of each reader.
    pub(crate) readings: Vec<Vec<Reading>>,
    /// The same through Envoy.
    pub(crate) gateway: Heard,
}

/// The page says what was found, and counts it.
pub(crate) fn check(found: &[(&str, Vec<Row>)]) {
    let (_, rest) = PAGE
        .split_once(BEGIN)
        .expect("the page has a beginning of its cases");
    let (told, _) = rest
        .split_once(END)
        .expect("the page has an end of its cases");
    let cases = cases(found);
    assert!(
        told.trim() == cases.trim(),
        "docs/smuggling.md differs from what was found; this should stand there:\n\n{cases}\n"
    );
    let count = summary(found);
    assert!(
        PAGE.contains(&count),
        "docs/smuggling.md should say: {count}"
    );
}

/// How many there are of each kind.
fn summary(found: &[(&str, Vec<Row>)]) -> String {
    let rows: Vec<&Row> = found.iter().flat_map(|(_, rows)| rows).collect();
    let count = |of: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| of(row)).count();
    let cut = count(&|row| row.forwarded.iter().any(|captured| !captured.whole));
    let refused = count(&|row| forwarded(row).is_empty());
    let all = rows.len();
    let whole = all - cut - refused;
    format!(
        "{all} cases: `ingress` refuses {refused} at once, cuts {cut} off in their bodies, and forwards {whole}"
    )
}

fn cases(found: &[(&str, Vec<Row>)]) -> String {
    let mut text = String::new();
    for (title, rows) in found {
        writeln!(text, "\n### {title}\n").expect("a String takes everything");
        text += "| case | ingress | forwarded | front | nginx | HAProxy | Envoy | Envoy in place of ingress |\n";
        text += "| --- | --- | --- | --- | --- | --- | --- | --- |\n";
        for (names, cells) in alike(rows) {
            writeln!(text, "| {} | {cells} |", names.join("<br>"))
                .expect("a String takes everything");
        }
    }
    text
}

/// Cases of which the same became share a line, where the first of them stands.
fn alike(rows: &[Row]) -> Vec<(Vec<String>, String)> {
    let mut lines: Vec<(Vec<String>, String)> = Vec::new();
    for row in rows {
        let (name, cells) = (escaped(&row.name), cells(row));
        match lines.iter_mut().find(|(_, known)| *known == cells) {
            Some((names, _)) => names.push(name),
            None => lines.push((vec![name], cells)),
        }
    }
    lines
}

fn cells(row: &Row) -> String {
    let mut cells = vec![heard(&row.heard), forwarded(row)];
    // Where nothing was forwarded, they got no more than the request behind it.
    let nothing = cells[1].is_empty();
    let shown = row.readings.iter().map(|of_all| readings(of_all));
    cells.extend(shown.map(|cell| if nothing { String::new() } else { cell }));
    cells.push(heard(&row.gateway));
    let cells: Vec<String> = cells.iter().map(|cell| escaped(cell)).collect();
    cells.join(" | ")
}

/// For a cell of a table.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|")
}

/// What became of each request. A refusal is the end of its connection unless it is said that it goes on.
fn heard(heard: &Heard) -> String {
    let mut parts: Vec<String> = Vec::new();
    let passes = |it: &&Answered| **it == Answered::Forwarded;
    let passed = heard.answers.iter().filter(passes).count();
    match passed {
        0 => {}
        1 => parts.push("passes".to_owned()),
        n => parts.push(format!("{n} pass")),
    }
    for answer in &heard.answers {
        if let Answered::Refused(status) = answer {
            parts.push(status.to_string());
        }
    }
    let refuses = parts.len() > usize::from(passed > 0);
    match (refuses, heard.goes_on) {
        (true, true) => parts.push("goes on".to_owned()),
        (false, false) => parts.push("closes".to_owned()),
        _ => {}
    }
    parts.join(", ")
}

fn forwarded(row: &Row) -> String {
    let mut parts = Vec::new();
    for captured in &row.forwarded {
        for read in &captured.reads {
            let odd = row.odd.as_deref();
            let (is_odd, host) = (odd == Some(&read.target), read.host.as_slice());
            let target = if is_odd { "" } else { &read.target };
            let mut part = match target {
                "" => "as it stands".to_owned(),
                _ => code(&format!("{} {}", read.method, short(target))),
            };
            if odd.is_some_and(|odd| odd.as_bytes() == host) {
                part += ", host as it stands";
            } else if host != b"front" {
                part += &format!(" of {}", code(&String::from_utf8_lossy(host)));
            }
            if !read.body.is_empty() {
                part += &format!(", {} bytes", read.body.len());
            }
            parts.push(part);
        }
        if !captured.whole {
            parts.push("a part, then cut off".to_owned());
        }
    }
    parts.join("; ")
}

fn short(text: &str) -> String {
    if text.len() <= 30 {
        return text.to_owned();
    }
    let start: String = text.chars().take(24).collect();
    format!("{start}...")
}

fn readings(of_all: &[Reading]) -> String {
    let text = |reading: &Reading| match reading {
        Reading::Same => "same".to_owned(),
        Reading::Refused(status) => status.to_string(),
        Reading::GaveUp => "given up".to_owned(),
        Reading::Different(_) => "differs".to_owned(),
    };
    of_all.iter().map(text).collect::<Vec<_>>().join("; ")
}
