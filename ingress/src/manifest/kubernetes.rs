//! The Kubernetes kinds that a local run needs, as far as it needs them. Each list of passed over fields
//! is what Kubernetes 1.37 has besides, so that a misspelt name is still refused.

mod deployment;
mod service;

pub use deployment::{
    Container, ContainerPort, Deployment, EnvVar, FieldRef, KeyRef, PodMetadata, PodSpec,
    PodTemplate, ValueFrom,
};
pub use service::{Service, ServicePort, TargetPort};
