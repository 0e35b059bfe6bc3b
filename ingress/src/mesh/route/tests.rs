use http1::Field;

use super::*;

/// Whether `rule` for `x-user` holds, and whether its inverse does, when these are the header's lines.
fn holds(rule: &HeaderRule, lines: &[&[u8]]) -> (bool, bool) {
    holds_for("x-user", rule, lines)
}

fn holds_for(name: &'static str, rule: &HeaderRule, lines: &[&[u8]]) -> (bool, bool) {
    let lines: Vec<_> = lines.iter().map(|value| Field { name, value }).collect();
    let with = |invert| {
        let rule = rule.clone();
        let name = HeaderName::from_static(name);
        HeaderMatch { name, invert, rule }.matches(Fields::new(&lines))
    };
    (with(false), with(true))
}

const YES: (bool, bool) = (true, false);
const NO: (bool, bool) = (false, true);

fn exact(value: &str) -> HeaderRule {
    HeaderRule::Exact(value.to_owned())
}

/// FACTS 16.1.
#[test]
fn values_are_bytes() {
    let (utf8, latin1) = ("Zo\u{eb}".as_bytes(), &b"Zo\xeb"[..]);
    for value in [utf8, latin1] {
        assert_eq!(holds(&HeaderRule::Present, &[value]), YES);
        assert_eq!(holds(&HeaderRule::Prefix("Zo".to_owned()), &[value]), YES);
        let range = HeaderRule::Range { start: 0, end: 9 };
        assert_eq!(holds(&range, &[value]), NO);
    }
    assert_eq!(holds(&exact("Zo\u{eb}"), &[utf8]), YES);
    assert_eq!(holds(&exact("Zo\u{eb}"), &[latin1]), NO);
    assert_eq!(
        holds(&HeaderRule::Suffix("\u{eb}".to_owned()), &[utf8]),
        YES
    );
    let two = HeaderRule::Regex(Pattern::new("Zo..").unwrap());
    assert_eq!(holds(&two, &[utf8]), YES);
    assert_eq!(holds(&two, &[latin1]), NO);
}

#[test]
fn a_header_that_is_not_there_fulfils_the_inverse_only() {
    for rule in [HeaderRule::Present, exact("a")] {
        assert_eq!(holds(&rule, &[]), NO);
    }
    assert_eq!(holds(&HeaderRule::Present, &[b""]), YES, "empty is there");
}

/// FACTS 16.2.
#[test]
fn one_of_several_lines_is_enough_and_for_an_inverse_one_is_too_many() {
    for lines in [[&b"a"[..], b"b"], [b"b", b"a"]] {
        assert_eq!(holds(&exact("a"), &lines), YES);
        assert_eq!(holds(&exact("b"), &lines), YES);
        assert_eq!(holds(&exact("a,b"), &lines), NO);
        assert_eq!(holds(&exact("c"), &lines), NO);
    }
}

/// FACTS 16.3.
#[test]
fn some_headers_are_one_line_with_commas() {
    for name in ["accept", "user-agent", "x-forwarded-for"] {
        let holds = |value| holds_for(name, &exact(value), &[b"a", b"b"]);
        assert_eq!(holds("a,b"), YES, "{name}");
        assert_eq!(holds("a"), NO, "{name}");
    }
}

/// FACTS 16.4.
#[test]
fn a_range_takes_whole_numbers() {
    let range = HeaderRule::Range { start: 1, end: 10 };
    for (value, expected) in [
        ("5", YES),
        ("+5", YES),
        ("05", YES),
        ("0", NO),
        ("10", NO),
        ("-5", NO),
        ("0x5", NO),
        ("5x", NO),
        ("99999999999999999999", NO),
    ] {
        assert_eq!(holds(&range, &[value.as_bytes()]), expected, "{value}");
    }
}
