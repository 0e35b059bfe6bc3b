//! Another mesh in the same namespace: the way in changes hands, every pod is made anew, and of the first mesh nothing
//! stays.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::stubs::World;

const ADDRESS: &str = "http://ingress-outlier-demo.elb.eu-central-1.amazonaws.com";
const GATEWAYS: &str = "gateways.gateway.networking.k8s.io";

/// A cluster with every mesh.
async fn all_meshes() -> World {
    let world = World::linkerd().await;
    world.add_istio();
    world.add_ztunnel("istio-system", 3);
    world.add_app_mesh();
    world
}

/// The containers beside front and colorapp, in whichever of their pods.
fn proxies(world: &World) -> BTreeSet<String> {
    let name = |container: &Value| container["name"].as_str().unwrap().to_owned();
    let mut found = BTreeSet::new();
    for ((resource, namespace, _), pod) in world.stored() {
        if resource != "pods" || namespace != "outlier-demo" {
            continue;
        }
        let app = &pod["metadata"]["labels"]["app"];
        if *app == "front" || *app == "colorapp" {
            let containers = pod["spec"]["containers"].as_array().unwrap();
            found.extend(containers.iter().skip(1).map(name));
        }
    }
    found
}

/// Who made the Service and the Deployment ingress: Istio of a Gateway, or deploy.sh.
fn makers_of_the_way_in(world: &World) -> [Value; 2] {
    let cluster = world.cluster();
    ["services", "deployments.apps"].map(|resource| {
        cluster
            .find(resource, "outlier-demo", "ingress")
            .map_or(Value::Null, |object| {
                let metadata = &object["metadata"];
                match &metadata["ownerReferences"][0]["kind"] {
                    Value::Null => metadata["labels"]["app.kubernetes.io/managed-by"].clone(),
                    kind => kind.clone(),
                }
            })
    })
}

/// Deploys one after the other in the same namespace; each comes up as if it were the first.
async fn follow_each_other(world: &World, meshes: &[&str]) {
    for mesh in meshes {
        let ran = world.deploy(&["--mesh", mesh]).await;
        assert_eq!(ran.stdout, format!("GW_ENDPOINT={ADDRESS}\n"), "{mesh}");
        let expected: &[&str] = match *mesh {
            "istio" => &["istio-proxy"],
            "linkerd" => &["linkerd-proxy"],
            "appmesh" => &["envoy"],
            _ => &[],
        };
        assert!(
            proxies(world).iter().eq(expected),
            "{mesh}: {:?}",
            proxies(world)
        );
        let deploy = json!("outlier-demo-deploy");
        let makers = match *mesh {
            "istio" | "istio-ambient" => [json!("Gateway"), json!("Gateway")],
            "linkerd" => [deploy, Value::Null],
            _ => [deploy.clone(), deploy],
        };
        assert_eq!(makers_of_the_way_in(world), makers, "{mesh}");
        let before = world.stored();
        let ran = world.deploy(&["--mesh", mesh]).await;
        ran.said("nothing changed").said_nothing_of("removed");
        assert_eq!(world.stored(), before);
    }
}

#[tokio::test]
async fn envoy_istio_and_envoy_again() {
    let world = all_meshes().await;
    follow_each_other(&world, &["envoy", "istio", "envoy"]).await;
    assert!(
        world
            .stored()
            .iter()
            .all(|(key, _)| !key.0.contains(".istio.io") && !key.0.contains("gateway"))
    );
    let cluster = world.cluster();
    let namespace = cluster.find("namespaces", "", "outlier-demo").unwrap();
    assert_eq!(
        namespace["metadata"]["labels"]["istio-injection"],
        json!(null)
    );
}

#[tokio::test]
async fn linkerd_istio_and_linkerd_again() {
    follow_each_other(&all_meshes().await, &["linkerd", "istio", "linkerd"]).await;
}

#[tokio::test]
async fn app_mesh_istio_ambient_and_ingress() {
    let world = all_meshes().await;
    follow_each_other(&world, &["appmesh", "istio", "istio-ambient", "ingress"]).await;
    assert!(
        world
            .stored()
            .iter()
            .all(|(key, _)| !key.0.contains("appmesh") && !key.0.contains("gateway"))
    );
}

/// A load balancer holds its Service for a while, under the name that the next one wants.
#[tokio::test]
async fn the_old_way_in_is_waited_for() {
    let world = World::istio().await;
    world.add_load_balancer_controller(30);
    world.deploy(&["--mesh", "istio"]).await;
    world.deploy(&["--mesh", "envoy"]).await.said(
        "removed            gateway.gateway.networking.k8s.io/ingress, the way in of another mesh",
    );
    let deploy = json!("outlier-demo-deploy");
    assert_eq!(makers_of_the_way_in(&world), [deploy.clone(), deploy]);
    world.deploy(&["--mesh", "istio"]).await;
    assert_eq!(
        makers_of_the_way_in(&world),
        [json!("Gateway"), json!("Gateway")]
    );
}

#[tokio::test]
async fn a_way_in_that_does_not_go_is_told_and_waited_for_again() {
    let world = World::istio().await;
    world.add_load_balancer_controller(u32::MAX);
    world.deploy(&["--mesh", "istio"]).await;
    let envoy = ["--skip-images", "--mesh", "envoy", "--timeout", "1"];
    for _ in 0..2 {
        world
            .run(&envoy)
            .await
            .ended(1)
            .said("Of a Gateway there is still, after 1 s: Service/ingress");
    }
    world.cluster().let_go_after = 10;
    world.deploy(&["--mesh", "envoy"]).await;
    let deploy = json!("outlier-demo-deploy");
    assert_eq!(makers_of_the_way_in(&world), [deploy.clone(), deploy]);
}

/// What Istio made of it is not deploy's to replace.
#[tokio::test]
async fn the_way_in_of_somebody_else_stays() {
    let world = World::istio().await;
    world.deploy(&["--mesh", "istio"]).await;
    let key = (GATEWAYS.into(), "outlier-demo".into(), "ingress".into());
    let mut gateway = world.cluster().store.get(&key).cloned().unwrap();
    gateway["metadata"]["labels"] = json!({"team": "shop"});
    world.cluster().store.put(key, gateway);
    let before = world.stored();
    for mesh in ["envoy", "istio"] {
        let ran = world.run(&["--skip-images", "--mesh", mesh]).await.ended(1);
        ran.said("Service/ingress    exists, and deploy.sh did not make it.");
        assert_eq!(world.stored(), before);
    }
}

/// Istio would make it its own, whosever it is.
#[tokio::test]
async fn a_service_that_istio_would_take_is_found_before() {
    let world = World::istio().await;
    world.cluster().add_namespace("outlier-demo");
    let key = ("services".into(), "outlier-demo".into(), "ingress".into());
    let service = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"namespace": "outlier-demo", "name": "ingress"}, "spec": {}});
    world.cluster().store.put(key, service);
    world
        .run(&["--skip-images", "--mesh", "istio"])
        .await
        .ended(1)
        .said("Service/ingress    exists, and deploy.sh did not make it.");
}

/// Nobody is left to act on their finalizers.
#[tokio::test]
async fn objects_of_an_app_mesh_that_is_gone_go_too() {
    let world = all_meshes().await;
    world.deploy(&["--mesh", "appmesh"]).await;
    world.end_app_mesh();
    world
        .deploy(&["--mesh", "linkerd"])
        .await
        .said("App Mesh's finalizers cut")
        .said("removed            virtualnode.appmesh.k8s.aws/front, which is no longer wanted");
    let stored = world.stored();
    assert!(stored.iter().all(|(key, _)| !key.0.contains("appmesh")));
}

#[tokio::test]
async fn what_does_not_go_is_not_called_removed() {
    let world = all_meshes().await;
    world.deploy(&["--mesh", "appmesh"]).await;
    let key = (
        "virtualnodes.appmesh.k8s.aws".into(),
        "outlier-demo".into(),
        "front".into(),
    );
    let mut node = world.cluster().store.get(&key).cloned().unwrap();
    node["metadata"]["finalizers"] = json!(["backup.example/keep"]);
    world.cluster().store.put(key, node);
    world
        .run(&["--skip-images", "--mesh", "linkerd", "--timeout", "2"])
        .await
        .ended(1)
        .said("is not gone after 2 s: virtualnode.appmesh.k8s.aws/front")
        .said_nothing_of("no longer wanted");
}
