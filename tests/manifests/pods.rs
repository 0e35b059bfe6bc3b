//! Pods that a cluster with the `restricted` profile takes, with what the scheduler and the kubelet ask for.

use serde_json::{Value, json};

use crate::objects::{assert_found, assert_none, change, find, items, of_kind, title};
use crate::render::with_components;
use crate::{COMPONENTS, OVERLAYS};

/// App Mesh's webhook sets up this container, probes included, and its image does not start without
/// capabilities and a writable disk.
fn is_app_meshs(container: &Value) -> bool {
    let image = container["image"].as_str().unwrap_or_default();
    image.starts_with("public.ecr.aws/appmesh/")
}

fn problems(objects: &[Value]) -> Vec<String> {
    let mut problems = Vec::new();
    for deployment in of_kind(objects, "Deployment") {
        let pod = &deployment["spec"]["template"]["spec"];
        let mut expect = |place: &str, path: &str, is: &Value, expected: Value| {
            if *is != expected {
                problems.push(format!("{place}: {path} is {is}, not {expected}"));
            }
        };
        let place = title(deployment);
        let token = &pod["automountServiceAccountToken"];
        expect(&place, "automountServiceAccountToken", token, false.into());
        let profile = &pod["securityContext"]["seccompProfile"]["type"];
        expect(&place, "seccompProfile", profile, "RuntimeDefault".into());

        let (sidecars, main) = (items(&pod["initContainers"]), items(&pod["containers"]));
        for sidecar in sidecars {
            let policy = &sidecar["restartPolicy"];
            expect(
                &place,
                "restartPolicy of a sidecar",
                policy,
                "Always".into(),
            );
        }
        for container in sidecars.iter().chain(main) {
            let place = format!("{place}: {}", container["name"].as_str().unwrap_or("?"));
            let context = &container["securityContext"];
            for field in ["/runAsNonRoot", "/runAsUser", "/runAsGroup"] {
                let is = context.pointer(field).unwrap_or(&Value::Null);
                let bad = is.is_null() || *is == json!(false) || *is == json!(0);
                expect(&place, &field[1..], &bad.into(), false.into());
            }
            expect(
                &place,
                "allowPrivilegeEscalation",
                &context["allowPrivilegeEscalation"],
                false.into(),
            );
            let resources = &container["resources"];
            for path in ["/requests/cpu", "/requests/memory", "/limits/memory"] {
                let is = resources.pointer(path).is_some();
                expect(&place, &path[1..], &is.into(), true.into());
            }
            if is_app_meshs(container) {
                continue;
            }
            let read_only = &context["readOnlyRootFilesystem"];
            expect(&place, "readOnlyRootFilesystem", read_only, true.into());
            let dropped = &context["capabilities"]["drop"];
            expect(&place, "capabilities.drop", dropped, json!(["ALL"]));
            let policy = &container["imagePullPolicy"];
            expect(&place, "imagePullPolicy", policy, "IfNotPresent".into());

            // Who serves nobody has nothing to be asked.
            let ports = items(&container["ports"]);
            let mut probes = Vec::new();
            if !ports.is_empty() {
                probes.push("readinessProbe");
            }
            if sidecars.contains(container) {
                probes.push("startupProbe");
            }
            for probe in probes {
                let port = &container[probe]["httpGet"]["port"];
                let known = ports.iter().any(|of| of["name"] == *port);
                expect(
                    &place,
                    &format!("port of {probe}"),
                    &known.into(),
                    true.into(),
                );
            }
        }
    }
    problems
}

#[test]
fn every_pod_is_restricted_measured_and_probed() {
    for name in OVERLAYS {
        assert_none(name, &problems(&with_components(name, &COMPONENTS)));
    }
}

#[test]
fn a_container_with_more_rights_is_found() {
    for (name, deployment, list) in [
        ("istio", "front", "containers"),
        ("istio", "colorapp", "containers"),
        ("ingress", "front", "initContainers"),
        ("envoy", "front", "initContainers"),
        ("envoy", "ingress", "containers"),
        ("linkerd", "traffic", "containers"),
    ] {
        for (field, wrong, what) in [
            (
                "runAsNonRoot",
                json!(false),
                "runAsNonRoot is true, not false",
            ),
            ("runAsUser", json!(0), "runAsUser is true, not false"),
            ("runAsGroup", Value::Null, "runAsGroup is true, not false"),
            (
                "allowPrivilegeEscalation",
                json!(true),
                "allowPrivilegeEscalation is true, not false",
            ),
            (
                "readOnlyRootFilesystem",
                json!(false),
                "readOnlyRootFilesystem is false, not true",
            ),
            (
                "capabilities",
                json!({ "drop": ["NET_RAW"] }),
                "capabilities.drop is [\"NET_RAW\"], not [\"ALL\"]",
            ),
        ] {
            let mut objects = with_components(name, &COMPONENTS);
            change(&mut objects, "Deployment", deployment, |deployment| {
                deployment["spec"]["template"]["spec"][list][0]["securityContext"][field] = wrong;
            });
            let problems = problems(&objects);
            assert!(
                problems.len() == 1 && problems[0].ends_with(what),
                "{problems:?}"
            );
        }
    }
}

#[test]
fn what_is_missing_is_found() {
    for (path, what) in [
        ("resources", "requests/cpu is false, not true"),
        (
            "readinessProbe",
            "port of readinessProbe is false, not true",
        ),
        ("startupProbe", "port of startupProbe is false, not true"),
        (
            "imagePullPolicy",
            "imagePullPolicy is null, not \"IfNotPresent\"",
        ),
        (
            "restartPolicy",
            "restartPolicy of a sidecar is null, not \"Always\"",
        ),
    ] {
        let mut objects = with_components("envoy", &[]);
        change(&mut objects, "Deployment", "front", |front| {
            let sidecar = &mut front["spec"]["template"]["spec"]["initContainers"][0];
            sidecar.as_object_mut().unwrap().remove(path);
        });
        let problems = problems(&objects);
        assert!(
            !problems.is_empty() && problems[0].ends_with(what),
            "{problems:?}"
        );
    }
    let mut objects = with_components("istio", &[]);
    change(&mut objects, "Deployment", "front", |front| {
        front["spec"]["template"]["spec"]["securityContext"] = Value::Null;
    });
    let sentence = "Deployment front: seccompProfile is null, not \"RuntimeDefault\"";
    assert_found(&problems(&objects), sentence);
}

/// What the cluster is told to hold the namespace to: as much as the pods allow that a mesh adds to.
#[test]
fn the_namespace_asks_for_as_much_as_the_mesh_allows() {
    for (name, profile) in [
        ("appmesh", "privileged"),
        ("istio", "privileged"),
        ("istio-ambient", "baseline"),
        ("linkerd", "privileged"),
        ("ingress", "restricted"),
        ("envoy", "restricted"),
    ] {
        let objects = with_components(name, &[]);
        let labels = &find(&objects, "Namespace", "outlier-demo")["metadata"]["labels"];
        assert_eq!(
            labels["pod-security.kubernetes.io/enforce"], profile,
            "{name}"
        );
    }
}
