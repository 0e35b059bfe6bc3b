//! `/hosts`, as far as it is of use here.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::NotMeasured;
use crate::mesh::Mesh;

/// Everything that front knows at one moment.
#[derive(Debug, Deserialize)]
pub(crate) struct Hosts {
    hosts: Vec<Host>,
    mesh_answers: BTreeMap<String, u64>,
    clusters: Vec<Cluster>,
}

/// A replica.
#[derive(Debug, Deserialize)]
struct Host {
    uid: Option<String>,
    control: Option<String>,
    fault: Option<serde_json::Value>,
    counter: Counter,
    mesh: HostInMesh,
}

#[derive(Debug, Deserialize)]
struct Counter {
    #[serde(rename = "StatusOk")]
    good: u64,
}

#[derive(Debug, Deserialize)]
struct HostInMesh {
    state: String,
    detail: Option<Detail>,
}

#[derive(Debug, Deserialize)]
struct Detail {
    #[serde(default)]
    multiplier: u32,
}

#[derive(Debug, Deserialize)]
struct Cluster {
    #[serde(default)]
    outlier_detection: BTreeMap<String, u64>,
}

impl Hosts {
    pub(super) fn parse(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }

    /// Who the replicas are, if they can be verified: two at least, all reachable, none of them faulty.
    pub(crate) fn well(&self) -> Result<Vec<String>, NotMeasured> {
        let mut uids = Vec::with_capacity(self.hosts.len());
        for host in &self.hosts {
            let (Some(uid), Some(control)) = (&host.uid, &host.control) else {
                return Err(NotMeasured::new(match &host.control {
                    Some(control) => format!("the replica at {control} does not answer"),
                    None => "front does not know where the replicas' control ports are: set COLOR_CONTROL_ENDPOINT"
                        .to_owned(),
                }));
            };
            if host.fault.is_some() {
                return Err(NotMeasured::new(format!(
                    "{uid} at {control} is faulty already: /recover makes it well"
                )));
            }
            uids.push(uid.clone());
        }
        match uids.len() {
            0 => Err(NotMeasured::new("front knows of no replica")),
            1 => Err(NotMeasured::new(
                "there is one replica: outlier detection needs another one",
            )),
            _ => Ok(uids),
        }
    }

    /// Looks whether of `uids` those are faulty, by place, that the verifier made so, and no other.
    pub(crate) fn are_faulty(
        &self,
        uids: &[String],
        known: impl Fn(usize) -> bool,
    ) -> Result<(), NotMeasured> {
        for (place, uid) in uids.iter().enumerate() {
            // One that does not answer on its control port is known by its counter alone.
            let Some(host) = self.of(uid).filter(|host| host.control.is_some()) else {
                return Err(NotMeasured::new(format!(
                    "{uid} does not answer any more: replicas come and go"
                )));
            };
            let what = match (known(place), host.fault.is_some()) {
                (true, false) => "well",
                (false, true) => "sick",
                _ => continue,
            };
            return Err(NotMeasured::new(format!(
                "someone else made {uid} {what} in the meantime"
            )));
        }
        Ok(())
    }

    /// Good answers that front has counted.
    pub(crate) fn good(&self) -> u64 {
        self.hosts.iter().map(|host| host.counter.good).sum()
    }

    /// Answers that front has counted and that the mesh made itself.
    pub(crate) fn mesh_answers(&self) -> u64 {
        self.mesh_answers.values().sum()
    }

    /// What the mesh says, with the hosts in the order of `uids`.
    pub(crate) fn mesh(&self, uids: &[String]) -> Mesh {
        let ejected = uids
            .iter()
            .map(|uid| match self.of(uid)?.mesh.state.as_str() {
                "ejected" => Some(true),
                "healthy" => Some(false),
                _ => None,
            });
        let ejected: Vec<_> = ejected.collect();
        let mut counters = BTreeMap::new();
        for (name, value) in self.clusters.iter().flat_map(|of| &of.outlier_detection) {
            *counters.entry(name.clone()).or_default() += value;
        }
        Mesh {
            answers: ejected.iter().any(Option::is_some),
            ejected,
            counters,
        }
    }

    /// How often this replica was ejected of late; 0 where the mesh does not tell.
    pub(crate) fn ejected_before(&self, uid: &str) -> u32 {
        let detail = self.of(uid).and_then(|host| host.mesh.detail.as_ref());
        detail.map_or(0, |detail| detail.multiplier)
    }

    fn of(&self, uid: &str) -> Option<&Host> {
        self.hosts
            .iter()
            .find(|host| host.uid.as_deref() == Some(uid))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_mesh_says_is_put_in_the_order_of_the_hosts() {
        let text = r#"{"hosts":[
            {"uid":"b","address":"127.0.0.1:1","control":"127.0.0.1:2","reachable":true,"fault":null,
             "counter":{"StatusOk":3,"StatusError":1,"Total":4},
             "mesh":{"state":"ejected","detail":{"address":"127.0.0.1:1","multiplier":2}}},
            {"uid":"a","address":null,"control":null,"reachable":true,"fault":{},
             "counter":{"StatusOk":0,"StatusError":0,"Total":0},"mesh":{"state":"unknown","detail":null}}],
            "mesh_answers":{"503":2},
            "clusters":[{"name":"c","policy":null,"panic":false,"outlier_detection":{"ejections_overflow":3}}]}"#;
        let hosts = Hosts::parse(text).unwrap();
        assert_eq!((hosts.good(), hosts.mesh_answers()), (3, 2));
        assert_eq!(
            (hosts.ejected_before("b"), hosts.ejected_before("a")),
            (2, 0)
        );
        let mesh = hosts.mesh(&["a".to_owned(), "b".to_owned(), "c".to_owned()]);
        assert_eq!(mesh.ejected, [None, Some(true), None]);
        assert!(mesh.answers);
        assert_eq!(mesh.counters["ejections_overflow"], 3);
    }

    /// Somebody who plays with the faults at the same time would make for wrong verdicts.
    #[test]
    fn faults_of_others_are_told() {
        let host = |uid: &str, fault: &str| {
            format!(
                r#"{{"uid":"{uid}","control":"127.0.0.1:2","fault":{fault},"counter":{{"StatusOk":0}},
                 "mesh":{{"state":"healthy"}}}}"#
            )
        };
        let text = format!(
            r#"{{"hosts":[{},{}],"mesh_answers":{{}},"clusters":[]}}"#,
            host("a", "{}"),
            host("b", "null")
        );
        let hosts = Hosts::parse(&text).unwrap();
        let uids = ["a", "b", "c"].map(str::to_owned);
        let told = |uids, sick: &[usize]| {
            let told = hosts.are_faulty(uids, |place| sick.contains(&place));
            told.map_err(|cause| cause.to_string())
        };
        assert_eq!(told(&uids[..2], &[0]), Ok(()));
        let others = |what| Err(format!("someone else made {what} in the meantime"));
        assert_eq!(told(&uids[..2], &[]), others("a sick"));
        assert_eq!(told(&uids[..2], &[0, 1]), others("b well"));
        let gone = Err("c does not answer any more: replicas come and go".to_owned());
        assert_eq!(told(&uids, &[0]), gone);
    }

    #[test]
    fn something_else_is_an_error() {
        for text in ["", "[]", "{}", r#"{"hosts":[{}]}"#] {
            assert!(Hosts::parse(text).is_err(), "{text}");
        }
    }
}
