//! What `manifests/` promises, over every overlay and component.
//!
//! Nothing here needs kubectl: the folders are put together by a small reading of kustomize, and a test
//! with the real one sees to it that both come to the same. Each promise is shown to be kept by a mistake
//! that breaks it.

#![cfg(test)]

mod machine;
mod merge;
mod objects;
mod render;

mod control_port;
mod dashboard;
mod envoy_files;
mod images;
#[cfg(feature = "real-peers")]
mod kubectl;
mod monitoring;
mod names;
mod order;
mod pods;
mod policy;
mod walk;
mod way_in;

/// Every way of running the demo, without those below `base` and `mesh` that only parts of it are made of.
const OVERLAYS: [&str; 6] = [
    "appmesh",
    "istio",
    "istio-ambient",
    "linkerd",
    "ingress",
    "envoy",
];

const COMPONENTS: [&str; 3] = ["traffic", "monitoring", "pod-monitors"];
