//! What each mesh does differently with the same numbers.

use std::time::Duration;

use serde::Serialize;

/// How often the balancer of Envoy and its kin hears of changes that come close together (FACTS 6.1).
const MERGE_WINDOW: Duration = Duration::from_secs(1);

/// A kind of mesh.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// AWS App Mesh, and what plays it on one machine: Envoy, and always one host may be ejected.
    #[default]
    Appmesh,
    /// Envoy as this project configures it: App Mesh's routes and retries, the percentage to the letter.
    Envoy,
    /// Istio, with sidecars or a waypoint: Envoy without panic, and no retry of a 503.
    Istio,
    /// Linkerd: no percentage, no panic, and one request that probes in place of a return.
    Linkerd,
}

/// How a host comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Return {
    /// In the first sweep that finds its time over, for all requests.
    Sweep,
    /// As soon as its time is over, for one request; another one only if that was answered well.
    Probe,
}

/// What is wrong with a replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sickness {
    /// It answers 500.
    Error,
    /// It answers 500 to every other request.
    EveryOther,
    /// It answers 503.
    Unavailable,
    /// It closes connections without an answer.
    Crash,
}

impl Sickness {
    /// As options of `/fault`.
    pub(crate) fn options(self) -> &'static str {
        match self {
            Self::Error => "status=500",
            Self::EveryOther => "status=500&percent=50",
            Self::Unavailable => "status=503",
            Self::Crash => "abort",
        }
    }
}

impl Profile {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Appmesh, Self::Envoy, Self::Istio, Self::Linkerd];

    /// As on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Appmesh => "appmesh",
            Self::Envoy => "envoy",
            Self::Istio => "istio",
            Self::Linkerd => "linkerd",
        }
    }

    /// Whether every replica is due in turn. Linkerd prefers those that answer faster.
    pub(crate) fn round_robin(self) -> bool {
        self != Self::Linkerd
    }

    /// Whether one host may be ejected whatever the percentage: App Mesh's promise (FACTS 1.2).
    pub(crate) fn always_ejects_one(self) -> bool {
        self == Self::Appmesh
    }

    /// Whether there is a percentage at all.
    pub(crate) fn has_percentage(self) -> bool {
        self != Self::Linkerd
    }

    /// The percentage of healthy hosts below which all hosts get traffic again, ejected or not.
    pub(crate) fn panic_threshold(self) -> Option<usize> {
        match self {
            Self::Appmesh | Self::Envoy => Some(50),
            Self::Istio | Self::Linkerd => None,
        }
    }

    pub(crate) fn returns(self) -> Return {
        match self {
            Self::Linkerd => Return::Probe,
            Self::Appmesh | Self::Envoy | Self::Istio => Return::Sweep,
        }
    }

    /// How long after a change the balancer may act on it, if another one came just before.
    pub(crate) fn merge_window(self) -> Duration {
        match self {
            Self::Linkerd => Duration::ZERO,
            Self::Appmesh | Self::Envoy | Self::Istio => MERGE_WINDOW,
        }
    }

    /// Whether a proxy on the way asks another replica before the client sees the error. App Mesh
    /// retries a 503 (FACTS 1.4); the 503 for a broken connection is retried at the gateway.
    pub(crate) fn hides(self, sickness: Sickness) -> bool {
        match (self, sickness) {
            (_, Sickness::Error | Sickness::EveryOther) => false,
            (Self::Appmesh | Self::Envoy, Sickness::Unavailable | Sickness::Crash) => true,
            (Self::Istio | Self::Linkerd, Sickness::Unavailable | Sickness::Crash) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_hide_a_503_on_app_mesh_and_envoy_and_a_500_nowhere() {
        for profile in Profile::ALL {
            let hides = matches!(profile, Profile::Appmesh | Profile::Envoy);
            for (sickness, hidden) in [
                (Sickness::Error, false),
                (Sickness::EveryOther, false),
                (Sickness::Unavailable, hides),
                (Sickness::Crash, hides),
            ] {
                assert_eq!(profile.hides(sickness), hidden, "{profile:?} {sickness:?}");
            }
        }
    }
}
