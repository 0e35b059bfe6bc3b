//! The mesh as it is used: what the manifests mean once checked. Everything in here is valid
//! together; the rest of the crate never re-checks.

mod from_manifest;
mod part;
mod pattern;
mod policy;
mod route;

pub use part::Part;
pub use pattern::Pattern;
pub use policy::{OutlierPolicy, RetryOn, RetryPolicy};
pub use route::{
    Asked, GatewayRoute, HeaderMatch, HeaderRule, HostMatch, PathMatch, RequestMatch, Rewrite,
    Route, VirtualService, WeightedTarget,
};

use std::time::Duration;

/// One App Mesh mesh, from the view of one gateway and one sidecar.
#[derive(Clone, Debug)]
pub struct Mesh {
    /// The mesh's AWS name; part of Envoy's cluster names.
    pub name: String,
    /// The way in, if the manifests have a VirtualGateway.
    pub gateway: Option<Gateway>,
    /// The sidecar beside the one VirtualNode that calls others, if there is one.
    pub sidecar: Option<Sidecar>,
    /// What routes lead to. A [`VirtualServiceId`] is an index here.
    pub services: Vec<VirtualService>,
    /// What requests end at. A [`ClusterId`] is an index here.
    pub clusters: Vec<Cluster>,
}

/// Index of a virtual service in [`Mesh::services`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VirtualServiceId(pub usize);

/// Index of a cluster in [`Mesh::clusters`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClusterId(pub usize);

/// A VirtualGateway and the GatewayRoutes that belong to it.
#[derive(Clone, Debug)]
pub struct Gateway {
    /// The VirtualGateway's Kubernetes name.
    pub name: String,
    /// The port of its listener in the manifest.
    pub port: u16,
    /// In the order in which they are tried: by priority, then the most specific first.
    pub routes: Vec<GatewayRoute>,
}

/// The egress of one VirtualNode: the virtual services it may call.
#[derive(Clone, Debug)]
pub struct Sidecar {
    /// The VirtualNode's Kubernetes name.
    pub node: String,
    /// Its backends: a virtual service's DNS name (lower case, no port) and where it leads.
    pub backends: Vec<(String, VirtualServiceId)>,
}

/// All replicas behind one VirtualNode listener, as seen by a caller.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// Envoy's name for it under App Mesh: `cds_egress_<mesh>_<VirtualNode awsName>_<protocol>_<port>`.
    pub name: String,
    /// The VirtualNode's Kubernetes name, unique within the mesh's manifests here.
    pub node: String,
    /// The DNS name under which the replicas are found, if the VirtualNode uses DNS.
    pub hostname: Option<String>,
    /// The listener's port.
    pub port: u16,
    /// Outlier detection, if the VirtualNode's listener asks for it.
    pub outlier: Option<OutlierPolicy>,
    /// Connections that may be open to it at once (`connectionPool.http.maxConnections`), but for the first one to
    /// each replica, which is always made (FACTS 15.1).
    pub max_connections: u32,
    /// Requests that may wait for a connection, also for one that is being made
    /// (`connectionPool.http.maxPendingRequests`, FACTS 15.2).
    pub max_pending: u32,
    /// How long a request to it may take, whatever a longer route timeout allows: on the receiving side App
    /// Mesh applies `listeners[].timeout.http.perRequest`, 15 s unless set; `None` is without end.
    pub timeout: Option<Duration>,
    /// How long a connection to it may be idle before it is closed (`listeners[].timeout.http.idle`, FACTS 15.9);
    /// `None` is without end.
    pub idle_timeout: Option<Duration>,
}
