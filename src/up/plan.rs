//! From the manifests to the pods that they mean. Pure: nothing is started, no port is taken.
//!
//! - A pod is one process: its Deployment has one container, whose image's base name is a program of this
//!   executable. Command and arguments cannot be replaced.
//! - A Deployment that a VirtualGateway selects is no pod: `ingress` plays it, whatever its image.
//! - Every other Deployment belongs to a VirtualNode, for a pod outside of the mesh has no address here.
//! - A Deployment has 1 to [`MAX_REPLICAS`] replicas.

use std::collections::BTreeMap;

use ingress::manifest::{Container, Deployment, Manifests, Object};
use service::{ConfigError, Token};
use uuid::Uuid;

use super::pod_env;

/// The most replicas of one Deployment. Each is a process with two ports.
pub(super) const MAX_REPLICAS: u32 = 50;

/// A program that a pod can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Program {
    Colorapp,
    Front,
}

/// One pod, as Kubernetes would make it.
#[derive(Clone, Debug)]
pub(super) struct Pod {
    /// Its Deployment's name and its number, from 1.
    pub name: String,
    /// Its Deployment's namespace.
    pub namespace: String,
    /// The VirtualNode that it belongs to.
    pub node: String,
    pub program: Program,
    /// Its identity, kept over restarts.
    pub uid: Uuid,
    /// What its container's environment comes to.
    pub env: BTreeMap<String, String>,
}

/// The pods of `manifests`, in the order of the VirtualNodes. `replicas` replaces what the manifests say
/// of `colorapp`.
///
/// # Errors
/// When one of the rules above is broken; the sentence names the Deployment.
pub(super) fn pods(manifests: &Manifests, replicas: Option<u32>) -> Result<Vec<Pod>, ConfigError> {
    let workloads = manifests.workloads()?;
    if workloads.gateways.is_empty() {
        return Err(ConfigError::new(
            "there is no VirtualGateway among the manifests, so there is no way in",
        ));
    }
    let taken: Vec<&Object<Deployment>> = workloads
        .nodes
        .iter()
        .chain(&workloads.gateways)
        .flat_map(|(_, own)| own.iter().copied())
        .collect();
    for deployment in &manifests.deployments {
        if !taken.iter().any(|own| std::ptr::eq(*own, deployment)) {
            return Err(at(
                deployment,
                "no VirtualNode or VirtualGateway selects it",
            ));
        }
    }
    let mut pods = Vec::new();
    for (node, deployments) in &workloads.nodes {
        for deployment in deployments {
            pods.extend(pods_of(deployment, node, replicas)?);
        }
    }
    Ok(pods)
}

/// Locks the controls of every front with `token`, as the Secret does that its manifest asks for.
pub(super) fn lock(pods: &mut [Pod], token: &Token) {
    let (name, value) = token.variable();
    tell_fronts(pods, name, value);
}

/// Sets a variable of every front.
pub(super) fn tell_fronts(pods: &mut [Pod], name: &str, value: &str) {
    let fronts = pods.iter_mut().filter(|pod| pod.program == Program::Front);
    for front in fronts {
        front.env.insert(name.to_owned(), value.to_owned());
    }
}

fn pods_of(
    deployment: &Object<Deployment>,
    node: &str,
    replicas: Option<u32>,
) -> Result<Vec<Pod>, ConfigError> {
    let container = only_container(deployment)?;
    let program = program(deployment, container)?;
    let count = match (program, replicas) {
        (Program::Colorapp, Some(replicas)) => replicas,
        _ => deployment.spec.replicas(),
    };
    if !(1..=MAX_REPLICAS).contains(&count) {
        return Err(at(
            deployment,
            &format!("spec.replicas: must be 1 to {MAX_REPLICAS} on one machine, not {count}"),
        ));
    }
    (1..=count)
        .map(|number| {
            let name = format!("{}-{number}", deployment.name);
            let uid = Uuid::new_v4();
            let pod = pod_env::PodFields {
                name: &name,
                namespace: &deployment.namespace,
                uid,
            };
            let env = pod_env::resolve(&container.env, &pod)
                .map_err(|what| at(deployment, &format!("env: {what}")))?;
            Ok(Pod {
                name,
                namespace: deployment.namespace.clone(),
                node: node.to_owned(),
                program,
                uid,
                env,
            })
        })
        .collect()
}

fn only_container(deployment: &Object<Deployment>) -> Result<&Container, ConfigError> {
    let [container] = &deployment.spec.template.spec.containers[..] else {
        return Err(at(
            deployment,
            "spec.template.spec.containers: must be exactly one, for a pod is one process here",
        ));
    };
    if !container.command.is_empty() || !container.args.is_empty() {
        return Err(at(
            deployment,
            "spec.template.spec.containers[0]: command and args are not supported here",
        ));
    }
    Ok(container)
}

fn program(deployment: &Object<Deployment>, container: &Container) -> Result<Program, ConfigError> {
    let image = container.image.as_deref().unwrap_or_default();
    match base_name(image) {
        "colorapp" => Ok(Program::Colorapp),
        "front" => Ok(Program::Front),
        _ => Err(at(
            deployment,
            &format!(
                "spec.template.spec.containers[0].image: {image:?} is not colorapp or front, the two \
                 that run here"
            ),
        )),
    }
}

/// An image's name without registry, folders, tag and digest.
fn base_name(image: &str) -> &str {
    let name = image.rsplit('/').next().unwrap_or_default();
    name.split([':', '@']).next().unwrap_or_default()
}

fn at(deployment: &Object<Deployment>, what: &str) -> ConfigError {
    let Object {
        origin, kind, name, ..
    } = deployment;
    ConfigError::new(format!("{origin}: {kind} {name}: {what}"))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use ingress::manifest::{Source, load};

    use super::*;

    const MESH: &str = "
apiVersion: appmesh.k8s.aws/v1beta2
kind: VirtualNode
metadata: {name: red}
spec: {podSelector: {matchLabels: {app: red}}}
---
apiVersion: appmesh.k8s.aws/v1beta2
kind: VirtualGateway
metadata: {name: gw}
spec: {podSelector: {matchLabels: {app: gw}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: gw}
spec: {selector: {}, template: {metadata: {labels: {app: gw}}, spec: {containers: []}}}
---
";

    fn manifests(text: &str) -> Manifests {
        let start = PathBuf::from("m.yaml");
        let files = BTreeMap::from([(start.clone(), text.to_owned())]);
        load(&Source::Embedded { files, start }).unwrap()
    }

    fn deployment(replicas: u32, containers: &str) -> String {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: red}}\nspec: {{replicas: {replicas}, \
             selector: {{}}, template: {{metadata: {{labels: {{app: red}}}}, spec: {{containers: \
             [{containers}]}}}}}}\n"
        )
    }

    fn planned(deployment: &str, replicas: Option<u32>) -> Result<Vec<Pod>, ConfigError> {
        pods(&manifests(&format!("{MESH}{deployment}")), replicas)
    }

    #[test]
    fn each_replica_is_a_pod_with_a_uid_of_its_own() {
        let env = "{name: HOST_UID, valueFrom: {fieldRef: {fieldPath: metadata.uid}}}";
        let container = format!("{{name: a, image: 'r.io/x/colorapp:v1', env: [{env}]}}");
        let pods = planned(&deployment(2, &container), None).unwrap();
        let names: Vec<_> = pods.iter().map(|pod| pod.name.as_str()).collect();
        assert_eq!(names, ["red-1", "red-2"]);
        assert_ne!(pods[0].uid, pods[1].uid);
        for pod in &pods {
            assert_eq!(pod.program, Program::Colorapp);
            assert_eq!(pod.node, "red");
            assert_eq!(pod.env["HOST_UID"], pod.uid.to_string());
        }
    }

    #[test]
    fn the_flag_replaces_the_replicas_of_colorapp_only() {
        let of = |image: &str| {
            planned(
                &deployment(2, &format!("{{name: a, image: {image}}}")),
                Some(7),
            )
            .unwrap()
            .len()
        };
        assert_eq!((of("colorapp"), of("front")), (7, 2));
    }

    #[test]
    fn what_cannot_run_here_is_named() {
        let place = "m.yaml: document 4: Deployment red: ";
        let containers = "spec.template.spec.containers";
        for (text, what) in [
            (
                deployment(51, "{name: a, image: colorapp}"),
                "spec.replicas: must be 1 to 50 on one machine, not 51".to_owned(),
            ),
            (
                deployment(0, "{name: a, image: colorapp}"),
                "spec.replicas: must be 1 to 50 on one machine, not 0".to_owned(),
            ),
            (
                deployment(1, "{name: a, image: 'docker.io/nginx:1'}"),
                format!(
                    "{containers}[0].image: \"docker.io/nginx:1\" is not colorapp or front, the two that run here"
                ),
            ),
            (
                deployment(1, "{name: a, image: front}, {name: b, image: front}"),
                format!("{containers}: must be exactly one, for a pod is one process here"),
            ),
            (
                deployment(1, "{name: a, image: front, args: [x]}"),
                format!("{containers}[0]: command and args are not supported here"),
            ),
        ] {
            let error = planned(&text, None).unwrap_err().to_string();
            assert_eq!(error, format!("{place}{what}"));
        }
    }

    #[test]
    fn a_deployment_outside_of_the_mesh_is_refused() {
        let stray =
            deployment(1, "{name: a, image: front}").replace("{name: red}", "{name: stray}");
        let stray = stray.replace("app: red", "app: stray");
        let both = format!("{}---\n{stray}", deployment(1, "{name: a, image: front}"));
        assert_eq!(
            planned(&both, None).unwrap_err().to_string(),
            "m.yaml: document 5: Deployment stray: no VirtualNode or VirtualGateway selects it"
        );
    }

    #[test]
    fn an_image_is_known_by_its_base_name() {
        for image in [
            "colorapp",
            "colorapp:latest",
            "123.dkr.ecr.eu-west-1.amazonaws.com/demo/colorapp:v1",
            "localhost:5000/colorapp",
            "colorapp@sha256:0123",
        ] {
            assert_eq!(base_name(image), "colorapp", "{image}");
        }
    }
}
