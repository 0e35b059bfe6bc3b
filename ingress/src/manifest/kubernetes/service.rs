//! Service.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::manifest::bounds::{Int, null_is_default};
use crate::manifest::object::Kind;
use crate::manifest::rules::Rules;

/// What a Service says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Labels of the pods behind it; without any it has none.
    #[serde(default, deserialize_with = "null_is_default")]
    pub selector: BTreeMap<String, String>,
    /// Its ports.
    #[serde(default, deserialize_with = "null_is_default")]
    pub ports: Vec<ServicePort>,
}

/// A port of a Service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ServicePort {
    /// Its name, if it has one.
    pub name: Option<String>,
    port: Int<1, 65535>,
    target_port: Option<WrittenTargetPort>,
}

/// The port of the pods that a Service's port leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetPort {
    /// By number.
    Number(u16),
    /// By the container port's name.
    Name(String),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "must be a port between 1 and 65535, or a container port's name"
)]
enum WrittenTargetPort {
    Number(Int<1, 65535>),
    Name(String),
}

impl ServicePort {
    /// Its number.
    pub fn number(&self) -> u16 {
        self.port.port()
    }

    /// Where it leads; to the same number where the manifest does not say.
    pub fn target(&self) -> TargetPort {
        match &self.target_port {
            None => TargetPort::Number(self.number()),
            Some(WrittenTargetPort::Number(number)) => TargetPort::Number(number.port()),
            Some(WrittenTargetPort::Name(name)) => TargetPort::Name(name.clone()),
        }
    }
}

impl Kind for Service {
    const KIND: &str = "Service";
    const API_VERSION: &str = "v1";
    const RULES: Rules = Rules {
        passed_over: &[
            "spec.allocateLoadBalancerNodePorts",
            "spec.clusterIP",
            "spec.clusterIPs",
            "spec.externalIPs",
            "spec.externalName",
            "spec.externalTrafficPolicy",
            "spec.healthCheckNodePort",
            "spec.internalTrafficPolicy",
            "spec.ipFamilies",
            "spec.ipFamilyPolicy",
            "spec.loadBalancerClass",
            "spec.loadBalancerIP",
            "spec.loadBalancerSourceRanges",
            "spec.publishNotReadyAddresses",
            "spec.sessionAffinity",
            "spec.sessionAffinityConfig",
            "spec.trafficDistribution",
            "spec.type",
            "spec.ports[].appProtocol",
            "spec.ports[].nodePort",
            "spec.ports[].protocol",
        ],
        refused: &[],
    };
}
