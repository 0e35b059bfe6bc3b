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
    /// where its end meets the rest. `None`: it would be longer than a target may be, 65,534 bytes.
    pub fn target(&self, uri: &Uri) -> Option<Uri> {
        if let (None, Some(as_it_is)) = (&self.rewrite.path, uri.path_and_query())
            && as_it_is.as_str().starts_with('/')
        {
            return Some(origin_form(as_it_is.clone()));
        }
        // An absolute target may have no path at all; `path` is `/` then, and the query is on its own.
        let path = match &self.rewrite.path {
            None => uri.path().to_owned(),
            Some(replacement) => {
                let matched = match &self.when.path {
                    Some(PathMatch::Prefix(prefix)) => prefix.len(),
                    _ => uri.path().len(),
                };
                let rest = &uri.path()[matched..];
                let joined = replacement.ends_with('/') && rest.starts_with('/');
                format!("{replacement}{}", if joined { &rest[1..] } else { rest })
            }
        };
        let target = match uri.query() {
            Some(query) => PathAndQuery::try_from(format!("{path}?{query}")),
            None => PathAndQuery::try_from(path),
        };
        target.ok().map(origin_form)
    }
}

fn origin_form(target: PathAndQuery) -> Uri {
    let mut parts = Parts::default();
    parts.path_and_query = Some(target);
    Uri::from_parts(parts).expect("a path and query alone is a URI in origin form")
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

#[cfg(test)]
mod tests {
    use super::*;

    fn target(prefix: &str, replacement: Option<&str>, uri: &str) -> Option<String> {
        let when = RequestMatch {
            path: Some(PathMatch::Prefix(prefix.to_owned())),
            ..RequestMatch::default()
        };
        let rewrite = Rewrite {
            host: None,
            path: replacement.map(str::to_owned),
        };
        let routed = Routed {
            cluster: ClusterId(0),
            timeout: None,
            retry: &RetryPolicy::app_mesh_default(),
            when: &when,
            rewrite: &rewrite,
        };
        routed
            .target(&uri.parse().unwrap())
            .map(|uri| uri.to_string())
    }

    fn rewritten(prefix: &str, replacement: Option<&str>, uri: &str) -> String {
        target(prefix, replacement, uri).unwrap()
    }

    #[test]
    fn a_target_that_gets_too_long_is_none() {
        let long = format!("/color/{}", "x".repeat(65_520));
        assert!(target("/color", Some("/paint"), &long).is_some());
        assert_eq!(target("/color", Some("/much/longer/paint"), &long), None);
    }

    #[test]
    fn a_target_is_passed_on_in_origin_form() {
        assert_eq!(rewritten("/", None, "/get?x=1"), "/get?x=1");
        assert_eq!(
            rewritten("/", None, "http://colorapp:8080/get?x=1"),
            "/get?x=1"
        );
        assert_eq!(rewritten("/", None, "http://colorapp?x=1"), "/?x=1");
        assert_eq!(rewritten("/", None, "http://colorapp"), "/");
    }

    #[test]
    fn a_matched_prefix_is_replaced_and_leaves_no_double_slash() {
        assert_eq!(
            rewritten("/color", Some("/"), "/color/get?x=/y"),
            "/get?x=/y"
        );
        assert_eq!(rewritten("/color/", Some("/"), "/color/get"), "/get");
        assert_eq!(rewritten("/color", Some("/"), "/color"), "/");
        assert_eq!(rewritten("/color", Some("/paint"), "/colors"), "/paints");
        assert_eq!(
            rewritten("/", Some("/a/"), "http://colorapp?x=1"),
            "/a/?x=1"
        );
    }
}
