//! Virtual hosts as `route_config.virtual_hosts` has them: which requests go where.

use serde_json::{Value, json};
use service::ConfigError;

use super::request_match::all_of;
use super::rewrite::rewrite;
use super::route::action;
use super::values::field;
use crate::mesh::{GatewayRoute, Mesh, PathMatch, RequestMatch, Route, VirtualService};

/// One virtual host for all that comes in.
///
/// # Errors
/// When Envoy cannot be told what a route says.
pub(super) fn gateway(mesh: &Mesh) -> Result<Vec<Value>, ConfigError> {
    let Some(gateway) = &mesh.gateway else {
        return Ok(Vec::new());
    };
    let mut routes = Vec::new();
    for (index, way_in) in gateway.routes.iter().enumerate() {
        let last = index + 1 == gateway.routes.len();
        routes.extend(gateway_routes(mesh, way_in, last)?);
    }
    let all = json!({ "name": gateway.name, "domains": ["*"], "routes": routes });
    Ok(vec![all])
}

/// One virtual host per backend, whatever the port. A sidecar knows its backends only.
///
/// # Errors
/// When Envoy cannot be told what a route says.
pub(super) fn egress(mesh: &Mesh) -> Result<Vec<Value>, ConfigError> {
    let backends = mesh.sidecar.iter().flat_map(|sidecar| &sidecar.backends);
    backends
        .map(|(name, service)| {
            let service = &mesh.services[service.0];
            let routes = service.routes.iter().map(|route| {
                let refused = |what: String| refusal(&of_service(service, route), &what);
                let when = all_of(&[&route.when]).map_err(refused)?;
                let to = action(mesh, route).map_err(refused)?;
                Ok(when.map(|when| json!({ "name": route.name, "match": when, "route": to })))
            });
            let routes = routes
                .filter_map(Result::transpose)
                .collect::<Result<Vec<Value>, ConfigError>>()?;
            let domains = [name.clone(), format!("{name}:*")];
            Ok(json!({ "name": name, "domains": domains, "routes": routes }))
        })
        .collect()
}

/// One route for each route of the service that `way_in` leads to, and an end to what it takes.
fn gateway_routes(
    mesh: &Mesh,
    way_in: &GatewayRoute,
    last: bool,
) -> Result<Vec<Value>, ConfigError> {
    let name = &way_in.name;
    let service = &mesh.services[way_in.target.0];
    let mut routes = Vec::new();
    for route in &service.routes {
        let refused = |what: String| {
            let both = format!("GatewayRoute {name} and {}", of_service(service, route));
            refusal(&both, &what)
        };
        let when = all_of(&[&way_in.when, &route.when]).map_err(refused)?;
        let mut to = action(mesh, route).map_err(refused)?;
        to.extend(rewrite(way_in));
        if let Some(when) = when {
            let name = format!("{name}/{}", route.name);
            routes.push(json!({ "name": name, "match": when, "route": to }));
        }
    }
    // A request that takes a gateway route goes nowhere if no route of the service is for it; Envoy
    // would try the next gateway route.
    let complete = service.routes.iter().any(|route| is_for_all(&route.when));
    if !last && !complete {
        let refused = |what: String| refusal(&format!("GatewayRoute {name}"), &what);
        if let Some(when) = all_of(&[&way_in.when]).map_err(refused)? {
            let nowhere = field("status", 404);
            routes.push(json!({ "name": name, "match": when, "direct_response": nowhere }));
        }
    }
    Ok(routes)
}

fn is_for_all(when: &RequestMatch) -> bool {
    let RequestMatch {
        host,
        path,
        method,
        headers,
    } = when;
    let every_path = match path {
        Some(PathMatch::Prefix(prefix)) => prefix == "/",
        Some(_) => false,
        None => true,
    };
    every_path && host.is_none() && method.is_none() && headers.is_empty()
}

fn of_service(service: &VirtualService, route: &Route) -> String {
    format!("route {} of VirtualService {}", route.name, service.name)
}

fn refusal(what: &str, why: &str) -> ConfigError {
    ConfigError::new(format!("{what}: Envoy cannot be told {why}"))
}
