//! What the manifests mean, and what cannot be meant.

mod gateway;
mod nodes;
mod router;
mod router_refused;

use crate::manifest::{self, Source};
use crate::mesh::Mesh;

/// A mesh in which front calls colorapp, and a gateway leads to front. Each test changes a line of it.
const DEMO: &str = "
apiVersion: appmesh.k8s.aws/v1beta2
kind: Mesh
metadata: {name: m}
spec: {}
---
apiVersion: appmesh.k8s.aws/v1beta2
kind: VirtualGateway
metadata: {name: gw, namespace: demo}
spec:
  listeners: [{portMapping: {port: 8088, protocol: http}}]
---
apiVersion: appmesh.k8s.aws/v1beta2
kind: VirtualNode
metadata: {name: colorapp, namespace: demo}
spec:
  listeners:
    - portMapping: {port: 8080, protocol: http}
      outlierDetection:
        maxServerErrors: 5
        interval: {value: 10, unit: s}
        baseEjectionDuration: {value: 500, unit: ms}
        maxEjectionPercent: 40
  serviceDiscovery: {dns: {hostname: Colorapp.demo, responseType: ENDPOINTS}}
---
apiVersion: appmesh.k8s.aws/v1beta2
kind: VirtualNode
metadata: {name: front, namespace: demo}
spec:
  listeners: [{portMapping: {port: 8090, protocol: http}}]
  serviceDiscovery: {awsCloudMap: {namespaceName: demo.local, serviceName: front}}
  backends: [{virtualService: {virtualServiceRef: {name: colorapp}}}]
---
apiVersion: appmesh.k8s.aws/v1beta2
kind: VirtualService
metadata: {name: colorapp, namespace: demo}
spec:
  awsName: ColorApp.demo.svc.cluster.local
  provider: {virtualNode: {virtualNodeRef: {name: colorapp}}}
---
apiVersion: appmesh.k8s.aws/v1beta2
kind: VirtualService
metadata: {name: front, namespace: demo}
spec: {provider: {virtualNode: {virtualNodeRef: {name: front}}}}
---
apiVersion: appmesh.k8s.aws/v1beta2
kind: GatewayRoute
metadata: {name: all, namespace: demo}
spec:
  httpRoute:
    match: {prefix: /}
    action: {target: {virtualService: {virtualServiceRef: {name: front}}}}
";

/// The mesh of `text`, or the sentence with which it is refused, without the file's name.
fn mesh(text: &str, sidecar: Option<&str>) -> Result<Mesh, String> {
    let files = [("m.yaml".into(), text.to_owned())].into();
    let source = Source::Embedded {
        files,
        start: "m.yaml".into(),
    };
    manifest::load(&source)
        .and_then(|manifests| Mesh::from_manifests(&manifests, sidecar))
        .map_err(|error| error.to_string().replace("m.yaml: ", ""))
}

/// The demo with each of `changes`, which must change something.
fn changed(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(DEMO.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from:?} is not in the demo");
        text.replacen(from, to, 1)
    })
}

/// The sentence with which the demo is refused after this change.
fn refusal(from: &str, to: &str) -> String {
    mesh(&changed(&[(from, to)]), None).expect_err("this is to be refused")
}

/// The demo and one more object in its namespace.
fn with(kind: &str, name: &str, spec: &str) -> String {
    format!(
        "{DEMO}---\napiVersion: appmesh.k8s.aws/v1beta2\nkind: {kind}\n\
         metadata: {{name: {name}, namespace: demo}}\nspec: {spec}\n"
    )
}
