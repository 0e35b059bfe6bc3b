//! Which images run: the four that are built here, and the two Envoys.

use serde_json::Value;

use crate::objects::{assert_found, assert_none, change, items, of_kind, title};
use crate::render::with_components;
use crate::{COMPONENTS, OVERLAYS};

const BUILT_HERE: [&str; 4] = [
    "colorapp:latest",
    "front:latest",
    "ingress:latest",
    "outlier-demo:latest",
];

/// The release that the facts were measured on, and App Mesh's last one.
const ENVOYS: [&str; 2] = [
    "docker.io/envoyproxy/envoy:distroless-v1.40.0",
    "public.ecr.aws/appmesh/aws-appmesh-envoy:v1.34.13.3-prod",
];

fn problems(objects: &[Value]) -> Vec<String> {
    let mut problems = Vec::new();
    for deployment in of_kind(objects, "Deployment") {
        let pod = &deployment["spec"]["template"]["spec"];
        for container in ["initContainers", "containers"]
            .iter()
            .flat_map(|list| items(&pod[list]))
        {
            let image = container["image"].as_str().unwrap_or_default();
            if !BUILT_HERE.contains(&image) && !ENVOYS.contains(&image) {
                problems.push(format!("{}: {image:?} is not known", title(deployment)));
            }
        }
    }
    problems
}

#[test]
fn no_other_image_runs() {
    for name in OVERLAYS {
        assert_none(name, &problems(&with_components(name, &COMPONENTS)));
    }
}

#[test]
fn another_image_is_found() {
    let mut objects = with_components("ingress", &[]);
    change(&mut objects, "Deployment", "front", |front| {
        front["spec"]["template"]["spec"]["initContainers"][0]["image"] = "envoy:dev".into();
    });
    assert_found(
        &problems(&objects),
        "Deployment front: \"envoy:dev\" is not known",
    );
}
