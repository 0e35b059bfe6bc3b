//! A decision that came out otherwise.

use std::fmt;

use ingress::outlier::{Action, Event, HostIndex};

use crate::trace::{Decision, Ms};

/// A decision that came out otherwise. Displays as a sentence with both sides.
#[derive(Clone, Debug, PartialEq)]
pub struct Mismatch {
    /// When, on the recording's clock.
    pub at: Ms,
    /// What.
    pub what: What,
}

/// What came out otherwise.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// Another host for this attempt of a request; `None` is nobody.
    Pick {
        /// The request's number.
        n: u64,
        /// The attempt, from 1.
        attempt: usize,
        /// Envoy's choice.
        envoy: Option<HostIndex>,
        /// Ours.
        ours: Option<HostIndex>,
        /// The hosts that the balancer knew to be healthy.
        healthy: Vec<HostIndex>,
    },
    /// Something that Envoy logged and we did not decide.
    Missing(Decision),
    /// Something that we decided and Envoy did not log.
    Extra(Event),
    /// Both, but not the same.
    Different(Decision, Event),
    /// Another multiplier after a healthy sweep.
    Multiplier {
        /// Whose.
        host: HostIndex,
        /// Envoy's.
        envoy: u32,
        /// Ours.
        ours: u32,
    },
    /// Another value of a counter at the end.
    Counter {
        /// Its name.
        name: String,
        /// Envoy's.
        envoy: u64,
        /// Ours.
        ours: u64,
    },
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {:.1} ms: {}", self.at, self.what)
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pick {
                n,
                attempt,
                envoy,
                ours,
                healthy,
            } => write!(
                f,
                "request {n}, attempt {attempt}: Envoy chose {}, ingress {} (healthy: {healthy:?})",
                Whom(*envoy),
                Whom(*ours)
            ),
            Self::Missing(decision) => {
                write!(f, "Envoy {}, ingress did nothing", Theirs(decision))
            }
            Self::Extra(event) => write!(f, "ingress {}, Envoy did nothing", Ours(event)),
            Self::Different(decision, event) => {
                write!(f, "Envoy {}, ingress {}", Theirs(decision), Ours(event))
            }
            Self::Multiplier { host, envoy, ours } => {
                write!(
                    f,
                    "host {host}'s multiplier is {envoy} in Envoy, {ours} in ingress"
                )
            }
            Self::Counter { name, envoy, ours } => {
                write!(f, "{name} is {envoy} in Envoy, {ours} in ingress")
            }
        }
    }
}

struct Whom(Option<HostIndex>);
struct Theirs<'a>(&'a Decision);
struct Ours<'a>(&'a Event);

impl fmt::Display for Whom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(host) => write!(f, "host {host}"),
            None => f.write_str("nobody"),
        }
    }
}

impl fmt::Display for Theirs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Decision {
            at,
            host,
            ejection,
            ejections,
        } = self.0;
        match ejection {
            None => write!(
                f,
                "brought host {host} back at {at:.1} ms (ejection {ejections})"
            ),
            Some(ejection) => {
                let (cause, enforced) = (ejection.cause.event_type(), ejection.enforced);
                write!(
                    f,
                    "ejected host {host} at {at:.1} ms ({cause}, ejection {ejections}, enforced: {enforced})"
                )
            }
        }
    }
}

impl fmt::Display for Ours<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Event {
            host,
            action,
            ejections,
            ..
        } = self.0;
        match action {
            Action::Uneject => write!(f, "brought host {host} back (ejection {ejections})"),
            Action::Eject { cause, enforced } => {
                let cause = cause.event_type();
                write!(
                    f,
                    "ejected host {host} ({cause}, ejection {ejections}, enforced: {enforced})"
                )
            }
        }
    }
}
