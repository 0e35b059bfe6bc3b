//! A small API server, as faithful as kubectl needs it: discovery, any kind in any group, selectors, watches, strict
//! validation of custom resources, dry runs, patches, finalizers, owners. The controllers behind it act at once.
//! On the same port it is the HTTP proxy through which the demo's address answers.

pub(crate) mod cluster;
mod controllers;
mod kinds;
mod patch;
mod refusal;
mod request;
mod review;
mod schema;
mod selector;
mod serve;
mod store;

pub(crate) use cluster::{AppMesh, Cluster, Pods};
pub(crate) use kinds::{custom_kinds, target_group_bindings};
pub(crate) use serve::serve;
