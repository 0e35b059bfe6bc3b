//! From the VirtualGateway and the GatewayRoutes to the way in.

use http::HeaderValue;
use http::uri::PathAndQuery;

use super::place::{At, http_port, only_one, resolve, same_port};
use super::request::{absolute, in_order, request_match};
use super::service::Services;
use crate::manifest::{
    GatewayRouteSpec, ManifestError, Manifests, Object, Rewrite as WrittenRewrite, Switch,
    VirtualGatewaySpec,
};
use crate::mesh::{Gateway, GatewayRoute, PathMatch, RequestMatch, Rewrite, VirtualServiceId};

/// The way in, if there is one.
pub(super) fn gateway(
    manifests: &Manifests,
    services: &Services,
) -> Result<Option<Gateway>, ManifestError> {
    let Some(gateway) = only_one(&manifests.virtual_gateways)? else {
        return match manifests.gateway_routes.first() {
            Some(route) => {
                Err(route.error("spec", "there is no VirtualGateway among the manifests"))
            }
            None => Ok(None),
        };
    };
    let port = match &gateway.spec.listeners[..] {
        [listener] => http_port(
            &At::new(gateway, "spec.listeners[0]"),
            &listener.port_mapping,
        )?,
        listeners => {
            let what = format!("must have exactly one entry, not {}", listeners.len());
            return Err(gateway.error("spec.listeners", what));
        }
    };
    let mut routes: Vec<(Option<u32>, GatewayRoute)> = Vec::new();
    for written in &manifests.gateway_routes {
        let route = route(written, gateway, port, manifests, services)?;
        if let Some((_, other)) = routes.iter().find(|(_, other)| other.when == route.when) {
            let what = format!("GatewayRoute {} matches exactly the same", other.name);
            return Err(written.error("spec.httpRoute.match", what));
        }
        routes.push((written.spec.priority.map(|priority| priority.get()), route));
    }
    Ok(Some(Gateway {
        name: gateway.name.clone(),
        port,
        routes: in_order(routes, |route| &route.when),
    }))
}

fn route(
    route: &Object<GatewayRouteSpec>,
    gateway: &Object<VirtualGatewaySpec>,
    port: u16,
    manifests: &Manifests,
    services: &Services,
) -> Result<GatewayRoute, ManifestError> {
    if let Some(selector) = &gateway.spec.gateway_route_selector
        && !selector.selects(&route.labels)
    {
        let what = format!("VirtualGateway {} selects only {selector}", gateway.name);
        return Err(route.error("metadata.labels", what));
    }
    let at = At::new(route, "spec.httpRoute");
    let Some(http) = &route.spec.http_route else {
        return Err(at.error("must be there"));
    };
    let when = request_match(&at.field("match"), &http.when)?;
    if when.path.is_none() && when.host.is_none() {
        return Err(at
            .field("match")
            .error("must have a prefix, a path or a hostname"));
    }
    same_port(
        &at.field("match.port"),
        http.when.port.map(|port| port.get()),
        Some(port),
    )?;
    let target = at.field("action.target");
    let reference = http
        .action
        .target
        .virtual_service
        .virtual_service_ref
        .as_ref();
    let index = resolve(
        &target.field("virtualService.virtualServiceRef"),
        reference,
        &manifests.virtual_services,
    )?;
    let target_port = http.action.target.port.map(|port| port.get());
    same_port(&target.field("port"), target_port, services.ports[index])?;
    let rewrite = rewrite(
        &at.field("action.rewrite"),
        http.action.rewrite.as_ref(),
        &when,
        &services.all[index].name,
    )?;
    Ok(GatewayRoute {
        name: route.name.clone(),
        when,
        rewrite,
        target: VirtualServiceId(index),
    })
}

/// What is changed: by default the host, and of a path matched by prefix that prefix.
fn rewrite(
    at: &At<'_, GatewayRouteSpec>,
    written: Option<&WrittenRewrite>,
    when: &RequestMatch,
    service: &str,
) -> Result<Rewrite, ManifestError> {
    let hostname = written.and_then(|written| written.hostname.as_ref());
    let keeps_host =
        hostname.and_then(|hostname| hostname.default_target_hostname) == Some(Switch::Disabled);
    let host = HeaderValue::from_str(service).expect("a virtual service's name is plain ASCII");
    let path = match written {
        Some(WrittenRewrite {
            hostname: None,
            path: None,
            prefix: None,
        }) => {
            return Err(at.error("must have a hostname, a path or a prefix"));
        }
        Some(written) => path_rewrite(at, written, when)?,
        None => default_path(when),
    };
    Ok(Rewrite {
        host: (!keeps_host).then_some(host),
        path,
    })
}

fn path_rewrite(
    at: &At<'_, GatewayRouteSpec>,
    written: &WrittenRewrite,
    when: &RequestMatch,
) -> Result<Option<String>, ManifestError> {
    let by_prefix = matches!(when.path, Some(PathMatch::Prefix(_)));
    match (&written.path, &written.prefix) {
        (Some(_), Some(_)) => Err(at.error("must have only one of path and prefix")),
        (None, None) => Ok(default_path(when)),
        (Some(path), None) => {
            let at = at.field("path");
            if by_prefix || when.path.is_none() {
                return Err(at.error("must not be there: the match has no path"));
            }
            match &path.exact {
                Some(exact) => new_path(&at.field("exact"), exact.as_str()).map(Some),
                None => Err(at.error("must have exact")),
            }
        }
        (None, Some(prefix)) => {
            let at = at.field("prefix");
            if !by_prefix {
                return Err(at.error("must not be there: the match has no prefix"));
            }
            match (prefix.default_prefix, &prefix.value) {
                (Some(_), Some(_)) => {
                    Err(at.error("must have only one of defaultPrefix and value"))
                }
                (Some(Switch::Disabled), None) => Ok(None),
                (_, None) => Ok(default_path(when)),
                (None, Some(value)) => {
                    let (at, value) = (at.field("value"), value.as_str());
                    if !value.ends_with('/') {
                        return Err(at.error("must end with /"));
                    }
                    new_path(&at, value).map(Some)
                }
            }
        }
    }
}

/// A matched prefix becomes `/`; `/` itself is that already, and no other match changes the path.
fn default_path(when: &RequestMatch) -> Option<String> {
    match &when.path {
        Some(PathMatch::Prefix(prefix)) if prefix != "/" => Some("/".to_owned()),
        _ => None,
    }
}

/// A path that can stand in a request.
fn new_path(at: &At<'_, GatewayRouteSpec>, path: &str) -> Result<String, ManifestError> {
    absolute(at, path)?;
    match path.parse::<PathAndQuery>() {
        Ok(parsed) if parsed.as_str() == path && parsed.query().is_none() => Ok(path.to_owned()),
        _ => Err(at.error("must be a path as it stands in a request, without a query")),
    }
}
