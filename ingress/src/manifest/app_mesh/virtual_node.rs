//! VirtualNode.

use serde::Deserialize;

use super::{
    API_VERSION, Duration, NO_ARN, NO_TLS, NOT_SUPPORTED, ONLY_HTTP, PortMapping, READ_ONLY,
    VirtualServiceTarget,
};
use crate::manifest::bounds::{Int, MOST, Text, null_is_default};
use crate::manifest::object::Kind;
use crate::manifest::rules::Rules;
use crate::manifest::selector::LabelSelector;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct VirtualNodeSpec {
    pub(crate) aws_name: Option<String>,
    #[serde(default, deserialize_with = "null_is_default")]
    pub(crate) backends: Vec<Backend>,
    #[serde(default, deserialize_with = "null_is_default")]
    pub(crate) listeners: Vec<Listener>,
    pub(crate) pod_selector: Option<LabelSelector>,
    pub(crate) service_discovery: Option<ServiceDiscovery>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Backend {
    pub(crate) virtual_service: VirtualServiceTarget,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Listener {
    pub(crate) connection_pool: Option<ConnectionPool>,
    pub(crate) outlier_detection: Option<OutlierDetection>,
    pub(crate) port_mapping: PortMapping,
    pub(crate) timeout: Option<ListenerTimeout>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConnectionPool {
    pub(crate) http: Option<HttpConnectionPool>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct HttpConnectionPool {
    pub(crate) max_connections: Int<1, MOST>,
    pub(crate) max_pending_requests: Option<Int<1, MOST>>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct OutlierDetection {
    pub(crate) max_server_errors: Int<1, MOST>,
    pub(crate) interval: Duration,
    pub(crate) base_ejection_duration: Duration,
    pub(crate) max_ejection_percent: Int<0, 100>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListenerTimeout {
    pub(crate) http: Option<HttpTimeout>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct HttpTimeout {
    pub(crate) idle: Option<Duration>,
    pub(crate) per_request: Option<Duration>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct ServiceDiscovery {
    pub(crate) aws_cloud_map: Option<CloudMap>,
    pub(crate) dns: Option<Dns>,
}

/// Checked, and then not used: who the replicas are is known here without Cloud Map.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CloudMap {
    #[serde(rename = "namespaceName")]
    _namespace_name: Text<1, 1024>,
    #[serde(rename = "serviceName")]
    _service_name: Text<1, 1024>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Dns {
    pub(crate) hostname: String,
    pub(crate) response_type: Option<ResponseType>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum ResponseType {
    Endpoints,
    LoadBalancer,
}

impl Kind for VirtualNodeSpec {
    const KIND: &str = "VirtualNode";
    const API_VERSION: &str = API_VERSION;
    const RULES: Rules = Rules {
        passed_over: &[
            "spec.logging",
            "spec.serviceDiscovery.awsCloudMap.attributes",
        ],
        refused: &[
            ("spec.meshRef", READ_ONLY),
            ("spec.backendDefaults.clientPolicy.tls", NO_TLS),
            ("spec.backendDefaults", NOT_SUPPORTED),
            ("spec.backendGroups", NOT_SUPPORTED),
            ("spec.backends[].virtualService.clientPolicy.tls", NO_TLS),
            ("spec.backends[].virtualService.clientPolicy", NOT_SUPPORTED),
            ("spec.backends[].virtualService.virtualServiceARN", NO_ARN),
            ("spec.listeners[].tls", NO_TLS),
            (
                "spec.listeners[].healthCheck",
                "not supported here: active health checks would decide beside outlier detection",
            ),
            ("spec.listeners[].connectionPool.tcp", ONLY_HTTP),
            ("spec.listeners[].connectionPool.http2", ONLY_HTTP),
            ("spec.listeners[].connectionPool.grpc", ONLY_HTTP),
            ("spec.listeners[].timeout.tcp", ONLY_HTTP),
            ("spec.listeners[].timeout.http2", ONLY_HTTP),
            ("spec.listeners[].timeout.grpc", ONLY_HTTP),
        ],
    };
}
