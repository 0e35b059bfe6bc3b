//! What a real Envoy makes of the bootstrap.

#![cfg(test)]
#![cfg(feature = "real-peers")]

mod backend;
mod envoy;
mod requests;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use http1::{Field, Fields, Path as TargetPath, Target};
use ingress::manifest::{self, Source};
use ingress::mesh::{self, Mesh};
use ingress::proxy::Router;

use backend::Seen;
use envoy::Envoy;
use requests::{Asked, Client, all};

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[test]
fn envoy_accepts_the_projects_own_manifests() {
    envoy::validate(&envoy::bootstrap(&folder("../manifests/appmesh"), &[]));
}

#[test]
fn envoy_accepts_richer_manifests() {
    let own = ["--endpoints=blue=127.0.0.1:1,[::1]:2".to_owned()];
    envoy::validate(&envoy::bootstrap(&folder("tests/bootstrap/rich"), &own));
}

/// Without this the two above would prove nothing.
#[test]
fn envoy_refuses_what_is_no_bootstrap() {
    let (accepted, said) =
        envoy::is_valid(r#"{"static_resources": {"listeners": [{"nome": "x"}]}}"#);
    assert!(!accepted, "{said}");
}

/// Each request reaches the same replica, with the same host and path, that it would reach through the
/// data plane here; or nobody.
#[tokio::test]
async fn envoy_routes_as_the_data_plane_does() {
    let manifests = folder("tests/bootstrap/rich");
    let mut endpoints = Vec::new();
    for node in ["red", "blue", "patient"] {
        endpoints.push(format!("--endpoints={node}={}", backend::start(node).await));
    }
    let envoy = Envoy::start(&envoy::bootstrap(&manifests, &endpoints)).await;
    let manifests = manifest::load(&Source::Path(manifests)).unwrap();
    let mesh = Mesh::from_manifests(&manifests, None).unwrap();

    compare(&mesh, &Router::gateway(&mesh), envoy.gateway, &all("")).await;
    let backends = all("http://");
    compare(&mesh, &Router::egress(&mesh), envoy.egress, &backends).await;
}

async fn compare(mesh: &Mesh, router: &Router, at: SocketAddr, requests: &[Asked]) {
    let mut client = Client::connect(at).await;
    let mut answered = 0;
    for asked in requests {
        let expected = expected(mesh, router, asked);
        let (status, seen) = client.ask(asked).await;
        if expected.is_empty() {
            assert_eq!((status, seen), (404, None), "{asked:?}");
        } else {
            let seen = seen.unwrap_or_else(|| panic!("{status} for {asked:?}"));
            assert!(
                expected.contains(&seen),
                "{asked:?}: {seen:?}, not {expected:?}"
            );
            answered += 1;
        }
    }
    let nowhere = requests.len() - answered;
    assert!(answered > 100 && nowhere > 100, "{answered} and {nowhere}");
}

/// What a replica may see of the request; more than one where the weights decide, none for a 404.
fn expected(mesh: &Mesh, router: &Router, asked: &Asked) -> BTreeSet<Seen> {
    let Some(Target::Origin(path) | Target::Absolute { path, .. }) = Target::parse(&asked.target)
    else {
        panic!("{asked:?} asks for nothing");
    };
    let TargetPath { path, query } = path;
    let lines = asked.headers.iter().map(|(name, value)| Field {
        name,
        value: value.as_bytes(),
    });
    let lines: Vec<_> = lines.collect();
    let question = mesh::Asked {
        method: asked.method,
        path,
        host: asked.host.split(':').next().unwrap(),
        fields: Fields::new(&lines),
    };
    // Enough for both of two targets to be drawn, one of which is drawn once in ten times.
    let draws = 0..200;
    draws
        .filter_map(|_| {
            let routed = router.route(question)?;
            let rewritten = routed.host().map(|host| host.to_str().unwrap().to_owned());
            Some(Seen {
                node: mesh.clusters[routed.cluster.0].node.clone(),
                host: rewritten.unwrap_or_else(|| asked.host.clone()),
                target: routed.target(path, query).concat(),
            })
        })
        .collect()
}
