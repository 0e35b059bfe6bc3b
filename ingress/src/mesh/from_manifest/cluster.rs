//! From VirtualNodes to clusters.

use std::time::Duration;

use super::place::{At, PLAIN, aws_name, http_port, is_plain};
use crate::manifest::{
    Duration as WrittenDuration, Listener, ManifestError, Object, OutlierDetection, ResponseType,
    ServiceDiscovery, VirtualNodeSpec,
};
use crate::mesh::{Cluster, ClusterId, OutlierPolicy};

/// App Mesh's timeout for a request, on routes and listeners that set none.
pub(super) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(15);

/// App Mesh's limits where a VirtualNode sets none (FACTS 1.4).
const NO_LIMIT: u32 = 2_147_483_647;

/// The clusters, and which VirtualNode has which.
pub(super) struct Clusters {
    pub(super) all: Vec<Cluster>,
    /// By the VirtualNode's index; `None` for one without a listener.
    of_node: Vec<Option<ClusterId>>,
}

impl Clusters {
    pub(super) fn new(
        mesh: &str,
        nodes: &[Object<VirtualNodeSpec>],
    ) -> Result<Self, ManifestError> {
        let mut this = Self {
            all: Vec::new(),
            of_node: Vec::new(),
        };
        for (i, node) in nodes.iter().enumerate() {
            if let Some(other) = nodes[..i].iter().find(|other| other.name == node.name) {
                return Err(node.error(
                    "metadata.name",
                    format_args!("namespace {} has one of this name, too", other.namespace),
                ));
            }
            let cluster = cluster(mesh, node)?;
            if let Some(cluster) = &cluster
                && let Some(other) = this.all.iter().find(|other| other.name == cluster.name)
            {
                let what = format!("VirtualNode {} has the same", other.node);
                return Err(node.error("spec.awsName", what));
            }
            this.of_node.push(cluster.map(|cluster| {
                this.all.push(cluster);
                ClusterId(this.all.len() - 1)
            }));
        }
        Ok(this)
    }

    /// The cluster of the VirtualNode with this index.
    pub(super) fn of_node(&self, index: usize) -> Option<ClusterId> {
        self.of_node[index]
    }
}

fn cluster(mesh: &str, node: &Object<VirtualNodeSpec>) -> Result<Option<Cluster>, ManifestError> {
    let spec = &node.spec;
    let aws_name = aws_name(node, spec.aws_name.as_deref(), || {
        format!("{}_{}", node.name, node.namespace)
    })?;
    let listener = match &spec.listeners[..] {
        [] => return Ok(None),
        [listener] => listener,
        _ => {
            return Err(node.error("spec.listeners[1]", "only one listener is supported here"));
        }
    };
    let at = At::new(node, "spec.listeners[0]");
    let port = http_port(&at, &listener.port_mapping)?;
    let outlier = match &listener.outlier_detection {
        Some(written) => Some(outlier_policy(&at.field("outlierDetection"), written)?),
        None => None,
    };
    let hostname = hostname(node, spec.service_discovery.as_ref(), outlier.is_some())?;
    let (max_connections, max_pending) = limits(&at, listener)?;
    let http = listener.timeout.and_then(|timeout| timeout.http);
    let (per_request, idle) = http.map_or((None, None), |http| (http.per_request, http.idle));
    Ok(Some(Cluster {
        name: format!("cds_egress_{mesh}_{aws_name}_http_{port}"),
        node: node.name.clone(),
        hostname,
        port,
        outlier,
        max_connections,
        max_pending,
        timeout: timeout(per_request),
        idle_timeout: idle.map(WrittenDuration::get).and_then(limit),
    }))
}

/// A request's timeout: App Mesh's default where nothing is written.
pub(super) fn timeout(written: Option<WrittenDuration>) -> Option<Duration> {
    limit(written.map_or(DEFAULT_TIMEOUT, WrittenDuration::get))
}

/// App Mesh and Envoy write zero for a time without end.
pub(super) fn limit(written: Duration) -> Option<Duration> {
    (!written.is_zero()).then_some(written)
}

fn outlier_policy(
    at: &At<'_, VirtualNodeSpec>,
    written: &OutlierDetection,
) -> Result<OutlierPolicy, ManifestError> {
    // The definition allows zero, but Envoy does not (FACTS 4.8).
    let positive = |field: &str, duration: WrittenDuration| match duration.get() {
        Duration::ZERO => Err(at
            .field(field)
            .error("must be more than 0: Envoy rejects a sweep or an ejection of no length")),
        duration => Ok(duration),
    };
    let base_ejection_time = positive("baseEjectionDuration", written.base_ejection_duration)?;
    Ok(OutlierPolicy {
        consecutive_5xx: written.max_server_errors.get(),
        interval: positive("interval", written.interval)?,
        base_ejection_time,
        max_ejection_time: OutlierPolicy::DEFAULT_MAX_EJECTION_TIME.max(base_ejection_time),
        max_ejection_percent: written.max_ejection_percent.get(),
        always_eject_one_host: true,
        ..OutlierPolicy::default()
    })
}

/// The DNS name of the replicas, `None` with Cloud Map.
fn hostname(
    node: &Object<VirtualNodeSpec>,
    discovery: Option<&ServiceDiscovery>,
    detects_outliers: bool,
) -> Result<Option<String>, ManifestError> {
    let at = At::new(node, "spec.serviceDiscovery");
    let dns = match discovery {
        None => return Err(at.error("must be there, as there is a listener")),
        Some(ServiceDiscovery {
            dns: Some(dns),
            aws_cloud_map: None,
        }) => dns,
        Some(ServiceDiscovery {
            dns: None,
            aws_cloud_map: Some(_),
        }) => return Ok(None),
        Some(_) => return Err(at.error("must have exactly one of awsCloudMap and dns")),
    };
    if !is_plain(&dns.hostname) {
        return Err(at.field("dns.hostname").error(PLAIN));
    }
    if detects_outliers && dns.response_type != Some(ResponseType::Endpoints) {
        return Err(at.field("dns.responseType").error(
            "must be ENDPOINTS where outliers are detected: otherwise Envoy sees one address for all \
             replicas, and could eject only all of them",
        ));
    }
    Ok(Some(dns.hostname.to_ascii_lowercase()))
}

/// How many connections, and how many requests that wait for one.
fn limits(at: &At<'_, VirtualNodeSpec>, listener: &Listener) -> Result<(u32, u32), ManifestError> {
    let Some(pool) = listener.connection_pool else {
        return Ok((NO_LIMIT, NO_LIMIT));
    };
    let Some(http) = pool.http else {
        return Err(at.field("connectionPool").error("must have http"));
    };
    let max_pending = http
        .max_pending_requests
        .map_or(NO_LIMIT, |most| most.get());
    Ok((http.max_connections.get(), max_pending))
}
