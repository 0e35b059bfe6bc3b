//! Routes that ask for a header.

use crate::case::{Case, Matching, Rule, Setting, case};

/// The lines of a header.
type Lines = &'static [&'static [u8]];

/// What clients send of it.
const SENT: [Lines; 14] = [
    &[],
    &[b""],
    &[b"a"],
    &[b"b"],
    &["Zo\u{eb}".as_bytes()],
    &[b"Zo\xeb"],
    &[b"a", b"b"],
    &[b"b", b"a"],
    &[b"", b"a"],
    &[b"a,b"],
    &[b"5"],
    &[b"05"],
    &[b"0x5"],
    &[b"5", b"six"],
];

pub(crate) fn cases() -> Vec<Case> {
    let rules = [
        ("present", Rule::Present),
        ("exact", Rule::Exact("a")),
        ("exact with a comma", Rule::Exact("a,b")),
        ("exact and not ASCII", Rule::Exact("Zo\u{eb}")),
        ("prefix", Rule::Prefix("a")),
        ("suffix", Rule::Suffix("b")),
        ("suffix and not ASCII", Rule::Suffix("\u{eb}")),
        ("any text", Rule::Regex(".*")),
        ("one character at the end", Rule::Regex("Zo.")),
        ("two characters at the end", Rule::Regex("Zo..")),
        ("a class that is not ASCII", Rule::Regex("Zo[\u{eb}]+")),
        ("all but a", Rule::Regex("[^a]+")),
        ("range", Rule::Range(1, 10)),
    ];
    let mut cases = Vec::new();
    for (name, rule) in rules {
        for (invert, how) in [(false, ""), (true, "not ")] {
            // An empty text and no header at all are the same for Envoy there, and that cannot be told otherwise.
            if invert && rule == Rule::Regex(".*") {
                continue;
            }
            cases.push(matching(&format!("{how}{name}"), "x-user", rule, invert));
        }
    }
    for header in ["accept", "x-forwarded-for", "user-agent"] {
        let case = case(format!("matching: one of two lines of {header}"));
        let rule = Rule::Exact("a");
        let invert = false;
        let setting = Setting::Matching(Matching {
            header,
            rule,
            invert,
        });
        cases.push(case.with(setting).ask(get(header, &[b"a", b"b"])));
    }
    cases
}

fn matching(name: &str, header: &'static str, rule: Rule, invert: bool) -> Case {
    let setting = Setting::Matching(Matching {
        header,
        rule,
        invert,
    });
    let case = case(format!("matching: {name}")).with(setting);
    SENT.iter()
        .fold(case, |case, lines| case.ask(get(header, lines)))
}

fn get(header: &str, lines: &[&[u8]]) -> Vec<u8> {
    let mut request = b"GET /get HTTP/1.1\r\nHost: colorapp:8080\r\n".to_vec();
    for line in lines {
        request.extend(header.as_bytes());
        request.extend(b": ");
        request.extend(*line);
        request.extend(b"\r\n");
    }
    request.extend(b"\r\n");
    request
}
