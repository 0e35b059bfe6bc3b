//! From VirtualRouters to routes.

use super::cluster::{Clusters, limit, timeout};
use super::place::{At, http_port, resolve, same_port};
use super::request::{in_order, request_match};
use crate::manifest::{
    HttpRetryEvent, HttpRoute, Kind, ManifestError, Manifests, Object,
    RetryPolicy as WrittenRetryPolicy, RouterRoute, VirtualRouterSpec,
};
use crate::mesh::{ClusterId, RetryOn, RetryPolicy, Route, WeightedTarget};

/// A VirtualRouter's routes, and its listener's port.
pub(super) struct Router {
    pub(super) routes: Vec<Route>,
    pub(super) port: Option<u16>,
}

impl Router {
    pub(super) fn new(
        router: &Object<VirtualRouterSpec>,
        manifests: &Manifests,
        clusters: &Clusters,
    ) -> Result<Self, ManifestError> {
        let port = match &router.spec.listeners[..] {
            [] => None,
            [listener] => Some(http_port(
                &At::new(router, "spec.listeners[0]"),
                &listener.port_mapping,
            )?),
            _ => {
                return Err(
                    router.error("spec.listeners[1]", "only one listener is supported here")
                );
            }
        };
        let mut routes: Vec<(Option<u32>, Route)> = Vec::new();
        for (i, written) in router.spec.routes.iter().enumerate() {
            let at = At::new(router, format!("spec.routes[{i}]"));
            if routes.iter().any(|(_, other)| other.name == written.name) {
                let what = format!("another route is called {}, too", written.name);
                return Err(at.field("name").error(what));
            }
            let route = route(&at, written, port, manifests, clusters)?;
            routes.push((written.priority.map(|priority| priority.get()), route));
        }
        Ok(Self {
            routes: in_order(routes, |route| &route.when),
            port,
        })
    }
}

fn route(
    at: &At<'_, VirtualRouterSpec>,
    written: &RouterRoute,
    port: Option<u16>,
    manifests: &Manifests,
    clusters: &Clusters,
) -> Result<Route, ManifestError> {
    let at = at.field("httpRoute");
    let Some(http) = &written.http_route else {
        return Err(at.error("must be there"));
    };
    let when = request_match(&at.field("match"), &http.when)?;
    if when.path.is_none() {
        return Err(at.field("match").error("must have a prefix or a path"));
    }
    same_port(
        &at.field("match.port"),
        http.when.port.map(|port| port.get()),
        port,
    )?;
    Ok(Route {
        name: written.name.clone(),
        when,
        targets: targets(
            &at.field("action.weightedTargets"),
            http,
            manifests,
            clusters,
        )?,
        timeout: timeout(http.timeout.and_then(|timeout| timeout.per_request)),
        retry: match &http.retry_policy {
            Some(policy) => retry_policy(&at.field("retryPolicy"), policy)?,
            None => RetryPolicy::app_mesh_default(),
        },
    })
}

fn targets(
    at: &At<'_, VirtualRouterSpec>,
    route: &HttpRoute,
    manifests: &Manifests,
    clusters: &Clusters,
) -> Result<Vec<WeightedTarget>, ManifestError> {
    let mut targets = Vec::new();
    for (i, target) in route.action.weighted_targets.as_slice().iter().enumerate() {
        let item = at.item(i);
        let at = item.field("virtualNodeRef");
        let index = resolve(
            &at,
            target.virtual_node_ref.as_ref(),
            &manifests.virtual_nodes,
        )?;
        let name = &manifests.virtual_nodes[index].name;
        let cluster = listening(&at, name, clusters.of_node(index))?;
        let port = Some(clusters.all[cluster.0].port);
        same_port(
            &item.field("port"),
            target.port.map(|port| port.get()),
            port,
        )?;
        targets.push(WeightedTarget {
            cluster,
            weight: target.weight.get(),
        });
    }
    if targets.iter().all(|target| target.weight == 0) {
        return Err(at.error("the weights must add up to more than 0"));
    }
    Ok(targets)
}

/// The cluster of the VirtualNode `name`, which must have a listener.
pub(super) fn listening<S: Kind>(
    at: &At<'_, S>,
    name: &str,
    cluster: Option<ClusterId>,
) -> Result<ClusterId, ManifestError> {
    cluster.ok_or_else(|| at.error(format_args!("VirtualNode {name} has no listener")))
}

fn retry_policy(
    at: &At<'_, VirtualRouterSpec>,
    written: &WrittenRetryPolicy,
) -> Result<RetryPolicy, ManifestError> {
    let http = written
        .http_retry_events
        .as_ref()
        .map_or(&[][..], |events| events.as_slice());
    let tcp = written
        .tcp_retry_events
        .as_ref()
        .map_or(&[][..], |events| events.as_slice());
    if http.is_empty() && tcp.is_empty() {
        return Err(at.error("must have httpRetryEvents or tcpRetryEvents"));
    }
    Ok(RetryPolicy {
        max_retries: written.max_retries.get(),
        per_try_timeout: limit(written.per_retry_timeout.get()),
        on: RetryOn {
            // The one event there is.
            connect_failure: !tcp.is_empty(),
            server_error: http.contains(&HttpRetryEvent::Server),
            gateway_error: http.contains(&HttpRetryEvent::Gateway),
            conflict: http.contains(&HttpRetryEvent::Client),
            // `stream-error` is a refused stream: HTTP/2's business, which cannot happen here.
            ..RetryOn::default()
        },
    })
}
