//! A demo comes up, once and again, behind each mesh, and in any namespace.

use crate::stubs::World;

const LOAD_BALANCER: &str = "http://ingress-outlier-demo.elb.eu-central-1.amazonaws.com";

/// Deploys twice: the first time comes up, and the second one changes nothing.
async fn comes_up_and_stays(world: &World, mesh: &str, address: &str) {
    let ran = world
        .deploy(&["--mesh", mesh])
        .await
        .said_nothing_of("nothing changed");
    assert_eq!(ran.stdout, format!("GW_ENDPOINT={address}\n"));
    let record = world
        .cluster()
        .find("configmaps", "outlier-demo", "outlier-demo-deploy")
        .cloned()
        .unwrap();
    assert_eq!(record["data"]["mesh"], mesh);
    let before = world.stored();
    let ran = world
        .deploy(&["--mesh", mesh])
        .await
        .said("nothing changed")
        .said_nothing_of("configured");
    assert_eq!(ran.stdout, format!("GW_ENDPOINT={address}\n"));
    assert_eq!(world.stored(), before);
}

#[tokio::test]
async fn app_mesh_comes_up_and_stays() {
    comes_up_and_stays(&World::app_mesh().await, "appmesh", LOAD_BALANCER).await;
}

#[tokio::test]
async fn istio_comes_up_and_stays() {
    comes_up_and_stays(&World::istio().await, "istio", LOAD_BALANCER).await;
}

#[tokio::test]
async fn istio_ambient_comes_up_and_stays() {
    comes_up_and_stays(&World::ambient().await, "istio-ambient", LOAD_BALANCER).await;
}

#[tokio::test]
async fn linkerd_comes_up_and_stays() {
    comes_up_and_stays(&World::linkerd().await, "linkerd", LOAD_BALANCER).await;
}

#[tokio::test]
async fn plain_envoy_comes_up_and_stays() {
    comes_up_and_stays(&World::bare().await, "envoy", LOAD_BALANCER).await;
}

#[tokio::test]
async fn ingress_comes_up_and_stays() {
    comes_up_and_stays(&World::bare().await, "ingress", LOAD_BALANCER).await;
}

#[tokio::test]
async fn it_waits_until_the_address_answers() {
    let world = World::linkerd().await;
    world.cluster().silence = 3;
    world.deploy(&["--mesh", "linkerd"]).await.said("answers");
    assert_eq!(world.cluster().silence, 0);
}

/// The server checks custom resources to the letter, and what it says is passed on.
#[tokio::test]
async fn a_mistake_in_a_manifest_is_told() {
    let world = World::istio().await;
    let file = world.path_of("manifests/base/istio/destination-rule.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("maxEjectionPercent:"));
    std::fs::write(
        &file,
        text.replace("maxEjectionPercent:", "maxEjectPercent:"),
    )
    .unwrap();
    let ran = world
        .run(&["--skip-images", "--mesh", "istio"])
        .await
        .ended(1);
    ran.said("unknown field \"spec.trafficPolicy.outlierDetection.maxEjectPercent\"")
        .said("kubectl could not apply everything.");
}

/// The name is in host names, in the mesh and in selectors, not in metadata only.
async fn lives_in_its_own_namespace(world: &World, mesh: &str) {
    world.deploy(&["--mesh", mesh]).await;
    let first = world.stored();
    world
        .deploy(&["--mesh", mesh, "--namespace", "stage"])
        .await;
    let marks = ["app.kubernetes.io/managed-by", "app.kubernetes.io/part-of"];
    for ((resource, namespace, name), mut object) in world.stored() {
        if let Some((_, before)) = first
            .iter()
            .find(|(key, _)| *key == (resource.clone(), namespace.clone(), name.clone()))
        {
            assert_eq!(*before, object, "the first demo is as it was");
            continue;
        }
        remove(&mut object, &marks);
        // Names that say what it is, not where.
        let text = object
            .to_string()
            .replace("outlier-demo-deploy", "")
            .replace("part-of: outlier-demo", "");
        assert!(
            !text.contains("outlier-demo"),
            "{resource}/{name} in {namespace}: {text}"
        );
    }
}

fn remove(value: &mut serde_json::Value, names: &[&str]) {
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|name, _| !names.contains(&name.as_str()) && name != "annotations");
        fields.values_mut().for_each(|value| remove(value, names));
    } else if let Some(items) = value.as_array_mut() {
        items.iter_mut().for_each(|value| remove(value, names));
    }
}

#[tokio::test]
async fn istio_lives_in_any_namespace() {
    lives_in_its_own_namespace(&World::istio().await, "istio").await;
}

#[tokio::test]
async fn app_mesh_lives_in_any_namespace() {
    lives_in_its_own_namespace(&World::app_mesh().await, "appmesh").await;
}

#[tokio::test]
async fn ingress_lives_in_any_namespace() {
    lives_in_its_own_namespace(&World::bare().await, "ingress").await;
}

#[tokio::test]
async fn envoy_lives_in_any_namespace() {
    lives_in_its_own_namespace(&World::bare().await, "envoy").await;
}

/// Each would be a number, a boolean or nothing at all, were it not quoted.
#[tokio::test]
async fn a_namespace_may_have_a_name_that_reads_as_something_else() {
    let world = World::bare().await;
    for name in ["123", "1e3", "on", "true", "null"] {
        let args = ["render", "--mesh", "appmesh", "--namespace", name];
        let ran = world.run(&args).await.ended(0);
        let objects: Vec<serde_json::Value> = serde_saphyr::from_multiple(&ran.stdout).unwrap();
        for object in objects {
            let metadata = &object["metadata"];
            let labels = &metadata["labels"];
            assert_eq!(labels["app.kubernetes.io/instance"], name, "{metadata}");
            match object["kind"].as_str().unwrap() {
                "Namespace" | "Mesh" => assert_eq!(metadata["name"], name),
                _ => assert_eq!(metadata["namespace"], name),
            }
        }
    }
    world
        .deploy(&["--mesh", "ingress", "--namespace", "123"])
        .await;
}
