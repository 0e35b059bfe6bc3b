//! The lines after the first: requests and events.

use ingress::outlier::{Action, Cause, Event, HostIndex};
use serde::Deserialize;
use serde_json::Value;

use super::{Ms, check_time};

/// One line.
#[derive(Clone, Debug)]
pub enum Line {
    /// A request and its answer.
    Request(Request),
    /// A host answers differently from now on.
    SetMode(SetMode),
    /// A line of Envoy's event log.
    Decision(Decision),
    /// A sweep.
    Sweep(Ms),
}

/// A request and its answer.
#[derive(Clone, Debug)]
pub struct Request {
    /// When it was sent.
    pub at: Ms,
    /// Its number, from 1.
    pub n: u64,
    /// How long its answer took.
    pub took: Ms,
    /// The status that the client saw; 0: no complete answer.
    pub status: u16,
    /// The hosts that Envoy chose, attempt by attempt; the last made the answer. Empty: there was nobody
    /// to choose.
    pub tried: Vec<HostIndex>,
    /// Envoy's response flags; empty where it had none to show.
    pub flags: String,
    /// Envoy's response code details; empty: those of an ordinary answer.
    pub details: String,
}

/// A host answers differently from now on.
#[derive(Clone, Debug)]
pub struct SetMode {
    /// Whose answers.
    pub host: HostIndex,
    /// How.
    pub mode: Mode,
    /// The first request that it holds for.
    pub before_n: u64,
}

/// How a host answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Always the same: this status, or the one that stands for its failure to answer (FACTS 3.3).
    Always(u16),
    /// These in turn, starting over.
    InTurn(Vec<u16>),
}

/// A line of Envoy's event log.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// When.
    pub at: Ms,
    /// About whom.
    pub host: HostIndex,
    /// `None`: it came back.
    pub ejection: Option<Ejection>,
    /// Ejections in its life.
    pub ejections: u32,
}

impl Decision {
    /// Whether it says the same as `event`, times apart.
    pub fn says(&self, event: &Event) -> bool {
        let action = self
            .ejection
            .map_or(Action::Uneject, |ejection| Action::Eject {
                cause: ejection.cause,
                enforced: ejection.enforced,
            });
        (self.host, action, self.ejections) == (event.host, event.action, event.ejections)
    }
}

/// How a host was ejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ejection {
    /// Why.
    pub cause: Cause,
    /// Whether it really went.
    pub enforced: bool,
}

#[derive(Deserialize)]
struct Logged {
    t_ms: Ms,
    event: String,
    host: Option<HostIndex>,
    mode: Option<Value>,
    before_n: Option<u64>,
    #[serde(rename = "type")]
    kind: Option<String>,
    num_ejections: Option<u32>,
    enforced: Option<bool>,
}

#[derive(Deserialize)]
struct Answer {
    t_ms: Ms,
    n: u64,
    dur_ms: Ms,
    status: u16,
    host: Option<HostIndex>,
    #[serde(default, deserialize_with = "present")]
    upstream: Option<Option<HostIndex>>,
    #[serde(default)]
    flags: String,
    #[serde(default)]
    details: String,
    tried: Option<Vec<HostIndex>>,
}

/// Tells `null` from an absent field.
fn present<'de, D: serde::Deserializer<'de>>(
    from: D,
) -> Result<Option<Option<HostIndex>>, D::Error> {
    Option::deserialize(from).map(Some)
}

impl Line {
    pub(super) fn parse(line: &str, hosts: usize) -> Result<Self, String> {
        let value: Value =
            serde_json::from_str(line).map_err(|cause| format!("broken line: {cause}"))?;
        let broken = |cause: serde_json::Error| format!("broken line: {cause}");
        if value.get("event").is_some() {
            Logged::deserialize(value).map_err(broken)?.read(hosts)
        } else {
            Answer::deserialize(value)
                .map_err(broken)?
                .read(hosts)
                .map(Self::Request)
        }
    }
}

impl Logged {
    fn read(self, hosts: usize) -> Result<Line, String> {
        let needed = |field: &str| format!("an event {:?} needs {field}", self.event);
        let host = || {
            let host = self.host.ok_or_else(|| needed("host"))?;
            known(host, hosts)
        };
        check_time("t_ms", self.t_ms)?;
        match self.event.as_str() {
            "sweep" => Ok(Line::Sweep(self.t_ms)),
            "set_mode" => Ok(Line::SetMode(SetMode {
                host: host()?,
                mode: Mode::parse(self.mode.as_ref().ok_or_else(|| needed("mode"))?)?,
                before_n: self.before_n.ok_or_else(|| needed("before_n"))?,
            })),
            "eject" | "uneject" => Ok(Line::Decision(Decision {
                at: self.t_ms,
                host: host()?,
                ejections: self.num_ejections.ok_or_else(|| needed("num_ejections"))?,
                ejection: if self.event == "uneject" {
                    None
                } else {
                    let kind = self.kind.as_deref().ok_or_else(|| needed("type"))?;
                    let enforced = self.enforced.ok_or_else(|| needed("enforced"))?;
                    Some(Ejection {
                        cause: cause(kind)?,
                        enforced,
                    })
                },
            })),
            unknown => Err(format!(
                "unknown event {unknown:?}; it must be set_mode, eject, uneject or sweep"
            )),
        }
    }
}

fn cause(kind: &str) -> Result<Cause, String> {
    [Cause::Consecutive5xx, Cause::ConsecutiveGatewayFailure]
        .into_iter()
        .find(|cause| cause.event_type() == kind)
        .ok_or_else(|| format!("type {kind:?} cannot be replayed"))
}

fn known(host: HostIndex, hosts: usize) -> Result<HostIndex, String> {
    if host < hosts {
        Ok(host)
    } else {
        Err(format!("host is {host}; there are {hosts}, counted from 0"))
    }
}

impl Answer {
    fn read(self, hosts: usize) -> Result<Request, String> {
        let last = self.upstream.unwrap_or(self.host);
        let tried = match (self.tried, last) {
            (Some(tried), _) => tried,
            (None, last) => last.into_iter().collect(),
        };
        for host in &tried {
            known(*host, hosts)?;
        }
        check_time("t_ms", self.t_ms)?;
        check_time("dur_ms", self.dur_ms)?;
        if self.dur_ms < 0.0 {
            return Err(format!("dur_ms is {}; it must be at least 0", self.dur_ms));
        }
        Ok(Request {
            at: self.t_ms,
            n: self.n,
            took: self.dur_ms,
            status: self.status,
            tried,
            flags: self.flags,
            details: self.details,
        })
    }
}

impl Mode {
    fn parse(written: &Value) -> Result<Self, String> {
        match written {
            Value::Array(all) if !all.is_empty() => {
                let all: Result<_, _> = all.iter().map(status).collect();
                Ok(Self::InTurn(all?))
            }
            one => Ok(Self::Always(status(one)?)),
        }
    }

    /// The status that counts for the `turn`-th request, from 0.
    pub fn status(&self, turn: usize) -> u16 {
        match self {
            Self::Always(status) => *status,
            Self::InTurn(all) => all[turn % all.len()],
        }
    }
}

/// A status, or the one that stands for a failure to answer (FACTS 3.3).
fn status(written: &Value) -> Result<u16, String> {
    match (written.as_u64(), written.as_str()) {
        (Some(status @ 100..=599), _) => Ok(u16::try_from(status).unwrap_or_default()),
        (_, Some("ok")) => Ok(200),
        (_, Some("reset" | "close" | "refuse")) => Ok(503),
        (_, Some("hang")) => Ok(504),
        _ => Err(format!(
            "unknown mode {written}; it must be \"ok\", a status, \"reset\", \"close\", \"refuse\", \"hang\" or a list of these"
        )),
    }
}
