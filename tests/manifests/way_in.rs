//! The way in is called `ingress` and is on the internet, and front asks the admin pages that it can reach.

use serde_json::Value;

use crate::objects::{assert_found, assert_none, change, find, items, text, title};
use crate::render::with_components;
use crate::{COMPONENTS, OVERLAYS};

const LOAD_BALANCER: &str = "service.beta.kubernetes.io/aws-load-balancer";

/// Where front finds an admin interface, by overlay.
fn admin(overlay: &str) -> Option<&'static str> {
    match overlay {
        "appmesh" | "ingress" | "envoy" => Some("127.0.0.1:9901"),
        "istio" => Some("127.0.0.1:15000"),
        _ => None,
    }
}

fn problems(overlay: &str, objects: &[Value]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut expect = |what: &str, is: &Value, expected: Value| {
        if *is != expected {
            problems.push(format!("{what} is {is}, not {expected}"));
        }
    };
    let front = &find(objects, "Deployment", "front")["spec"]["template"]["spec"]["containers"][0];
    let variable = |name: &str| {
        let mut env = items(&front["env"]).iter();
        env.find(|of| of["name"] == name)
            .map_or(Value::Null, |of| of["value"].clone())
    };
    expect(
        "MESH_ADMIN_ENDPOINT",
        &variable("MESH_ADMIN_ENDPOINT"),
        admin(overlay).into(),
    );
    let proxy = matches!(overlay, "ingress" | "envoy").then_some("http://127.0.0.1:15001");
    expect("http_proxy", &variable("http_proxy"), proxy.into());

    let mut all = objects.iter();
    let Some(entry) = all.find(|object| ENTRIES.contains(&title(object).as_str())) else {
        return vec!["there is no way in".to_owned()];
    };
    let annotations = if entry["kind"] == "Gateway" {
        let name = "gateway.istio.io/name-override";
        expect(
            "the Service's name",
            &entry["metadata"]["annotations"][name],
            "ingress".into(),
        );
        expect(
            "the port",
            &entry["spec"]["listeners"][0]["port"],
            80.into(),
        );
        &entry["spec"]["infrastructure"]["annotations"]
    } else {
        expect("the type", &entry["spec"]["type"], "LoadBalancer".into());
        expect("the port", &entry["spec"]["ports"][0]["port"], 80.into());
        let to = if overlay == "linkerd" {
            "front"
        } else {
            "ingress"
        };
        expect("the selector", &entry["spec"]["selector"]["app"], to.into());
        &entry["metadata"]["annotations"]
    };
    for (key, value) in [
        ("type", "external"),
        ("nlb-target-type", "ip"),
        ("scheme", "internet-facing"),
    ] {
        let is = text(annotations, &format!("{LOAD_BALANCER}-{key}"));
        expect(key, &is.into(), value.into());
    }

    let traffic = &find(objects, "Deployment", "traffic")["spec"]["template"];
    let args = &traffic["spec"]["containers"][0]["args"];
    expect(
        "where traffic goes",
        &args[1],
        "http://ingress/color/get".into(),
    );
    let metadata = &traffic["metadata"];
    for (list, key, value) in [
        ("labels", "sidecar.istio.io/inject", "false"),
        ("labels", "istio.io/dataplane-mode", "none"),
        ("annotations", "linkerd.io/inject", "disabled"),
        (
            "annotations",
            "appmesh.k8s.aws/sidecarInjectorWebhook",
            "disabled",
        ),
    ] {
        expect(key, &metadata[list][key], value.into());
    }
    problems
}

const ENTRIES: [&str; 2] = ["Service ingress", "Gateway ingress"];

#[test]
fn every_overlay_has_the_same_way_in() {
    for name in OVERLAYS {
        assert_none(name, &problems(name, &with_components(name, &COMPONENTS)));
    }
}

#[test]
fn another_way_in_is_found() {
    for (name, kind, path, wrong, found) in [
        (
            "envoy",
            "Service",
            "/spec/type",
            "ClusterIP",
            "the type is \"ClusterIP\", not \"LoadBalancer\"",
        ),
        (
            "linkerd",
            "Service",
            "/spec/selector/app",
            "ingress",
            "the selector is \"ingress\", not \"front\"",
        ),
        (
            "istio",
            "Gateway",
            "/metadata/annotations/gateway.istio.io~1name-override",
            "gate",
            "the Service's name is \"gate\", not \"ingress\"",
        ),
        (
            "istio-ambient",
            "Gateway",
            "/spec/infrastructure/annotations/service.beta.kubernetes.io~1aws-load-balancer-scheme",
            "internal",
            "scheme is \"internal\", not \"internet-facing\"",
        ),
    ] {
        let mut objects = with_components(name, &COMPONENTS);
        change(&mut objects, kind, "ingress", |entry| {
            *entry.pointer_mut(path).unwrap() = wrong.into();
        });
        assert_found(&problems(name, &objects), found);
    }
}

#[test]
fn an_admin_that_front_cannot_reach_is_found() {
    let objects = with_components("istio", &COMPONENTS);
    assert_found(
        &problems("istio-ambient", &objects),
        "MESH_ADMIN_ENDPOINT is \"127.0.0.1:15000\", not null",
    );
}
