//! From a request to a cluster.

use std::time::Duration;

use http::uri::{Parts, PathAndQuery};
use http::{HeaderMap, HeaderValue, Method, Uri};

use crate::mesh::{
    ClusterId, HostMatch, Mesh, PathMatch, RequestMatch, RetryPolicy, Rewrite, Route,
    VirtualService,
};

/// The routes of one listener.
#[derive(Clone, Debug)]
pub struct Router {
    entries: Vec<Entry>,
}

/// One way in: which requests take it, what is changed in them, and the virtual service it leads to.
#[derive(Clone, Debug)]
struct Entry {
    when: RequestMatch,
    rewrite: Rewrite,
    service: VirtualService,
}

/// Where a request goes.
#[derive(Clone, Copy, Debug)]
pub struct Routed<'a> {
    /// The cluster.
    pub cluster: ClusterId,
    /// The route's time limit.
    pub timeout: Option<Duration>,
    /// What is tried again.
    pub retry: &'a RetryPolicy,
    when: &'a RequestMatch,
    rewrite: &'a Rewrite,
}

impl Router {
    /// The routes of the mesh's gateway; none without one.
    pub fn gateway(mesh: &Mesh) -> Self {
        let routes = mesh.gateway.iter().flat_map(|gateway| &gateway.routes);
        let entries = routes.map(|route| Entry {
            when: route.when.clone(),
            rewrite: route.rewrite.clone(),
            service: mesh.services[route.target.0].clone(),
        });
        Self {
            entries: entries.collect(),
        }
    }

    /// The virtual services that the mesh's sidecar may call; none without one.
    pub fn egress(mesh: &Mesh) -> Self {
        let backends = mesh.sidecar.iter().flat_map(|sidecar| &sidecar.backends);
        let entries = backends.map(|(name, service)| Entry {
            when: RequestMatch {
                host: Some(HostMatch::Exact(name.clone())),
                ..RequestMatch::default()
            },
            rewrite: Rewrite::default(),
            service: mesh.services[service.0].clone(),
        });
        Self {
            entries: entries.collect(),
        }
    }

    /// Where a request with these parts goes; `None`: nowhere. `host` has no port.
    pub fn route(
        &self,
        method: &Method,
        uri: &Uri,
        host: &str,
        headers: &HeaderMap,
    ) -> Option<Routed<'_>> {
        let entry = self
            .entries
            .iter()
            .find(|entry| entry.when.matches(method, uri, host, headers))?;
        let route = entry
            .service
            .routes
            .iter()
            .find(|route| route.when.matches(method, uri, host, headers))?;
        Some(Routed {
            cluster: pick(route),
            timeout: route.timeout,
            retry: &route.retry,
            when: &entry.when,
            rewrite: &entry.rewrite,
        })
    }
}

impl Routed<'_> {
    /// The new `host`, if it is rewritten.
    pub fn host(&self) -> Option<&HeaderValue> {
        self.rewrite.host.as_ref()
    }

    /// The target for the host: in origin form, rewritten. A rewritten prefix never leaves two slashes
    /// where its end meets the rest.
    pub fn target(&self, uri: &Uri) -> Uri {
        let whole = uri.path_and_query().map_or("/", PathAndQuery::as_str);
        let rewritten = self.rewrite.path.as_deref().map(|replacement| {
            let matched = match &self.when.path {
                Some(PathMatch::Prefix(prefix)) => prefix.len(),
                _ => uri.path().len(),
            };
            let rest = &whole[matched..];
            let rest = if replacement.ends_with('/') {
                rest.trim_start_matches('/')
            } else {
                rest
            };
            format!("{replacement}{rest}")
        });
        let target = match rewritten {
            Some(target) => PathAndQuery::try_from(target).ok(),
            None => uri.path_and_query().cloned(),
        };
        let mut parts = Parts::default();
        parts.path_and_query = Some(target.unwrap_or_else(|| PathAndQuery::from_static("/")));
        Uri::from_parts(parts).expect("a path and query alone is a URI in origin form")
    }
}

/// A target of the route, by weight.
fn pick(route: &Route) -> ClusterId {
    if let [only] = route.targets.as_slice() {
        return only.cluster;
    }
    let total: u32 = route.targets.iter().map(|target| target.weight).sum();
    let drawn = fastrand::u32(..total);
    let mut reached = 0;
    let target = route.targets.iter().find(|target| {
        reached += target.weight;
        drawn < reached
    });
    target
        .expect("what is drawn lies below the sum of the weights")
        .cluster
}
