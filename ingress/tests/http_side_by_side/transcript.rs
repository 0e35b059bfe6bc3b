//! What was seen on both sides of a proxy, as lines, without what differs each time.

use crate::client::{Answer, Ending};
use crate::upstream::Seen;

/// Bodies up to this length are shown.
const SHOWN: usize = 120;

/// The route timeouts of all settings, in milliseconds, and how much less may be left at a retry.
const TIMEOUTS: [(u32, u32); 3] = [(200, 100), (300, 100), (15_000, 1_000)];

/// Whoever refuses a client that has sent more than this may not have read all of it when it closes. Then the end
/// is a reset, or not, as the bytes happened to arrive.
const MUCH: usize = 64 << 10;

#[derive(Default)]
pub(crate) struct Transcript {
    pub(crate) lines: Vec<String>,
    pub(crate) shows_server: bool,
    /// Whether the last answer announced the end of the connection.
    pub(crate) said_close: bool,
    /// How many bytes the client has sent.
    pub(crate) sent: usize,
}

impl Transcript {
    pub(crate) fn answer(&mut self, answer: &Answer) {
        self.said_close = answer.get("connection") == Some("close");
        self.say("<", &answer.line);
        for (name, value) in &answer.headers {
            let value = match name.as_str() {
                "date" | "x-envoy-upstream-service-time" => "*",
                "server" if !self.shows_server => "*",
                _ => value,
            };
            self.say("<", &format!("{name}: {value}"));
        }
        if !answer.body.is_empty() || !answer.whole {
            let how = if answer.whole { "" } else { " and no more" };
            self.say("<", &format!("= {}{how}", shown(&answer.body)));
        }
        for trailer in &answer.trailers {
            self.say("<", &format!("trailer {trailer}"));
        }
    }

    pub(crate) fn client_end(&mut self, ending: Option<Ending>, rest: &[u8]) {
        if !rest.is_empty() {
            self.say("<", &format!("part of a head {}", shown(rest)));
        }
        let ending = match ending {
            Some(Ending::End) => "closed",
            Some(Ending::Reset) if self.said_close && self.sent > MUCH => "closed",
            Some(Ending::Reset) => "reset",
            None => "open",
        };
        self.say("<", &format!("[{ending}]"));
    }

    pub(crate) fn request(&mut self, seen: &Seen) {
        self.say(">", &format!("[connection {}]", seen.connection));
        for line in seen.head.trim_end_matches("\r\n").split("\r\n") {
            match line.strip_prefix("x-request-id: ") {
                Some(id) if id.len() == 36 => self.say(">", "x-request-id: *"),
                _ => self.say(">", &without_what_is_left(line)),
            }
        }
        if !seen.body.is_empty() || !seen.whole {
            let how = if seen.whole { "" } else { " and no more" };
            self.say(">", &format!("= {}{how}", shown(&seen.body)));
        }
        for trailer in &seen.trailers {
            self.say(">", &format!("trailer {trailer}"));
        }
    }

    pub(crate) fn host_end(&mut self, connection: usize, ending: Option<Ending>) {
        let ending = match ending {
            Some(Ending::End) => "closed",
            Some(Ending::Reset) => "reset",
            None => "left",
        };
        self.say(">", &format!("[connection {connection} {ending}]"));
    }

    pub(crate) fn say(&mut self, side: &str, line: &str) {
        let line = if line.len() > 2 * SHOWN {
            shown(line.as_bytes())
        } else {
            line.chars().map(visible).collect()
        };
        self.lines.push(format!("{side} {line}"));
    }
}

/// A retry tells the host how much of the route's time is left: a little less than all of it.
fn without_what_is_left(line: &str) -> String {
    let name = "x-envoy-expected-rq-timeout-ms: ";
    let Some(ms) = line.strip_prefix(name).and_then(|ms| ms.parse().ok()) else {
        return line.to_owned();
    };
    let whole = TIMEOUTS
        .into_iter()
        .find(|&(whole, less)| (whole - less..=whole).contains(&ms));
    whole.map_or(line.to_owned(), |(whole, _)| {
        format!("{name}{whole} or a little less")
    })
}

fn visible(c: char) -> String {
    match c {
        ' '..='~' => c.to_string(),
        _ => format!("\\x{:02x}", u32::from(c)),
    }
}

fn shown(bytes: &[u8]) -> String {
    if bytes.len() <= SHOWN {
        return format!("\"{}\"", bytes.escape_ascii());
    }
    let fold = |sum: u32, &byte: &u8| sum.wrapping_mul(31).wrapping_add(byte.into());
    let sum = bytes.iter().fold(0, fold);
    let start = bytes[..16].escape_ascii();
    format!("\"{start}...\" {} bytes, sum {sum:08x}", bytes.len())
}
