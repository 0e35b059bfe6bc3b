//! From a request to a cluster.

use std::time::Duration;

use http::HeaderValue;

use crate::mesh::{
    Asked, ClusterId, HostMatch, Mesh, PathMatch, RequestMatch, RetryPolicy, Rewrite, Route,
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

    /// Where a request goes that asks so; `None`: nowhere.
    pub fn route(&self, asked: Asked<'_>) -> Option<Routed<'_>> {
        let mut entries = self.entries.iter();
        let entry = entries.find(|entry| entry.when.matches(asked))?;
        let mut routes = entry.service.routes.iter();
        let route = routes.find(|route| route.when.matches(asked))?;
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

    /// The target for the host, in parts: in origin form, rewritten. A rewritten prefix never leaves two slashes
    /// where its end meets the rest.
    pub fn target<'t>(&'t self, path: &'t str, query: Option<&'t str>) -> [&'t str; 4] {
        let (start, rest) = match &self.rewrite.path {
            None => (path, ""),
            Some(replacement) => {
                let matched = match &self.when.path {
                    Some(PathMatch::Prefix(prefix)) => prefix.len(),
                    _ => path.len(),
                };
                let rest = &path[matched..];
                let is_joined = replacement.ends_with('/');
                let joined = rest.strip_prefix('/').filter(|_| is_joined);
                (replacement.as_str(), joined.unwrap_or(rest))
            }
        };
        let mark = if query.is_some() { "?" } else { "" };
        [start, rest, mark, query.unwrap_or_default()]
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

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(
        prefix: &str,
        replacement: Option<&str>,
        path: &str,
        query: Option<&str>,
    ) -> String {
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
        routed.target(path, query).concat()
    }

    #[test]
    fn a_target_is_passed_on_as_it_is_where_nothing_is_rewritten() {
        assert_eq!(rewritten("/", None, "/get", Some("x=1")), "/get?x=1");
        assert_eq!(rewritten("/", None, "/get", Some("")), "/get?");
        assert_eq!(rewritten("/", None, "/", None), "/");
    }

    #[test]
    fn a_matched_prefix_is_replaced_and_leaves_no_double_slash() {
        for (prefix, replacement, path, query, expected) in [
            ("/color", "/", "/color/get", Some("x=/y"), "/get?x=/y"),
            ("/color/", "/", "/color/get", None, "/get"),
            ("/color", "/", "/color", None, "/"),
            ("/color", "/paint", "/colors", None, "/paints"),
            ("/", "/a/", "/", Some("x=1"), "/a/?x=1"),
        ] {
            let target = rewritten(prefix, Some(replacement), path, query);
            assert_eq!(target, expected, "{path}");
        }
    }
}
