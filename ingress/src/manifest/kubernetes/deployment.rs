//! Deployment.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::manifest::bounds::{Int, MOST, null_is_default};
use crate::manifest::object::Kind;
use crate::manifest::rules::Rules;
use crate::manifest::selector::LabelSelector;

/// What a Deployment says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deployment {
    replicas: Option<Int<0, MOST>>,
    /// Which pods are its own.
    pub selector: LabelSelector,
    /// What each of its pods is like.
    pub template: PodTemplate,
}

/// What a pod is like.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PodTemplate {
    /// Its labels.
    #[serde(default, deserialize_with = "null_is_default")]
    pub metadata: PodMetadata,
    /// What runs in it.
    pub spec: PodSpec,
}

/// A pod's metadata.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PodMetadata {
    /// Its labels.
    #[serde(default, deserialize_with = "null_is_default")]
    pub labels: BTreeMap<String, String>,
}

/// What runs in a pod.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PodSpec {
    /// Its containers, without init containers.
    pub containers: Vec<Container>,
}

/// A container.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// Its image, if the manifest names one.
    pub image: Option<String>,
    /// What replaces the image's entry point.
    #[serde(default, deserialize_with = "null_is_default")]
    pub command: Vec<String>,
    /// The arguments.
    #[serde(default, deserialize_with = "null_is_default")]
    pub args: Vec<String>,
    /// Its environment.
    #[serde(default, deserialize_with = "null_is_default")]
    pub env: Vec<EnvVar>,
    /// Its ports.
    #[serde(default, deserialize_with = "null_is_default")]
    pub ports: Vec<ContainerPort>,
}

/// An environment variable: a value, where another one comes from, or neither (the empty string).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct EnvVar {
    /// Its name.
    pub name: String,
    /// Its value, if it is written down.
    pub value: Option<String>,
    /// Where its value comes from otherwise.
    pub value_from: Option<ValueFrom>,
}

/// Where a variable's value comes from.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ValueFrom {
    /// A field of the pod.
    FieldRef(FieldRef),
    /// A key of a ConfigMap.
    ConfigMapKeyRef(KeyRef),
    /// A file of a volume.
    FileKeyRef(IgnoredAny),
    /// A container's resources.
    ResourceFieldRef(IgnoredAny),
    /// A key of a Secret.
    SecretKeyRef(KeyRef),
}

/// A key of a ConfigMap or a Secret, neither of which is read.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct KeyRef {
    /// Whether the variable is simply not set where the key is not there.
    #[serde(default, deserialize_with = "null_is_default")]
    pub optional: bool,
}

/// A field of the pod.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct FieldRef {
    /// The version of the schema that the path belongs to; `v1` where it is not named.
    pub api_version: Option<String>,
    /// Which one, such as `metadata.uid`.
    pub field_path: String,
}

/// A port of a container.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ContainerPort {
    /// Its name, if it has one.
    pub name: Option<String>,
    container_port: Int<1, 65535>,
}

impl Deployment {
    /// How many pods there are to be; one where the manifest does not say.
    pub fn replicas(&self) -> u32 {
        self.replicas.map_or(1, Int::get)
    }
}

impl ContainerPort {
    /// Its number.
    pub fn number(&self) -> u16 {
        self.container_port.port()
    }
}

impl Kind for Deployment {
    const KIND: &str = "Deployment";
    const API_VERSION: &str = "apps/v1";
    const RULES: Rules = Rules {
        passed_over: &[
            "spec.minReadySeconds",
            "spec.paused",
            "spec.progressDeadlineSeconds",
            "spec.revisionHistoryLimit",
            "spec.strategy",
            "spec.template.metadata.annotations",
            "spec.template.metadata.creationTimestamp",
            "spec.template.metadata.finalizers",
            "spec.template.metadata.name",
            "spec.template.metadata.namespace",
            "spec.template.spec.activeDeadlineSeconds",
            "spec.template.spec.affinity",
            "spec.template.spec.automountServiceAccountToken",
            "spec.template.spec.dnsConfig",
            "spec.template.spec.dnsPolicy",
            "spec.template.spec.enableServiceLinks",
            "spec.template.spec.ephemeralContainers",
            "spec.template.spec.evictionResponders",
            "spec.template.spec.hostAliases",
            "spec.template.spec.hostIPC",
            "spec.template.spec.hostNetwork",
            "spec.template.spec.hostPID",
            "spec.template.spec.hostUsers",
            "spec.template.spec.hostname",
            "spec.template.spec.hostnameOverride",
            "spec.template.spec.imagePullSecrets",
            "spec.template.spec.initContainers",
            "spec.template.spec.nodeName",
            "spec.template.spec.nodeSelector",
            "spec.template.spec.os",
            "spec.template.spec.overhead",
            "spec.template.spec.preemptionPolicy",
            "spec.template.spec.priority",
            "spec.template.spec.priorityClassName",
            "spec.template.spec.readinessGates",
            "spec.template.spec.resourceClaims",
            "spec.template.spec.resources",
            "spec.template.spec.restartPolicy",
            "spec.template.spec.runtimeClassName",
            "spec.template.spec.schedulerName",
            "spec.template.spec.schedulingGates",
            "spec.template.spec.schedulingGroup",
            "spec.template.spec.securityContext",
            "spec.template.spec.serviceAccount",
            "spec.template.spec.serviceAccountName",
            "spec.template.spec.setHostnameAsFQDN",
            "spec.template.spec.shareProcessNamespace",
            "spec.template.spec.subdomain",
            "spec.template.spec.terminationGracePeriodSeconds",
            "spec.template.spec.tolerations",
            "spec.template.spec.topologySpreadConstraints",
            "spec.template.spec.volumes",
            "spec.template.spec.containers[].imagePullPolicy",
            "spec.template.spec.containers[].lifecycle",
            "spec.template.spec.containers[].livenessProbe",
            "spec.template.spec.containers[].readinessProbe",
            "spec.template.spec.containers[].resizePolicy",
            "spec.template.spec.containers[].resources",
            "spec.template.spec.containers[].restartPolicy",
            "spec.template.spec.containers[].restartPolicyRules",
            "spec.template.spec.containers[].securityContext",
            "spec.template.spec.containers[].startupProbe",
            "spec.template.spec.containers[].stdin",
            "spec.template.spec.containers[].stdinOnce",
            "spec.template.spec.containers[].terminationMessagePath",
            "spec.template.spec.containers[].terminationMessagePolicy",
            "spec.template.spec.containers[].tty",
            "spec.template.spec.containers[].volumeDevices",
            "spec.template.spec.containers[].volumeMounts",
            "spec.template.spec.containers[].workingDir",
            "spec.template.spec.containers[].ports[].hostIP",
            "spec.template.spec.containers[].ports[].hostPort",
            "spec.template.spec.containers[].ports[].protocol",
        ],
        refused: &[(
            "spec.template.spec.containers[].envFrom",
            "not supported here: write the variables under env",
        )],
    };
}
