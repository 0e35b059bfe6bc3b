//! Cleanup removes what deploy made, and leaves everything else alone.

use serde_json::{Value, json};

use crate::stubs::World;

fn add(world: &World, resource: &str, kind: &str, name: &str) {
    let key = (resource.into(), "outlier-demo".into(), name.into());
    let object = json!({"apiVersion": "v1", "kind": kind, "metadata": {"namespace": "outlier-demo", "name": name}});
    world.cluster().store.put(key, object);
}

/// All that is stored, without what tells versions apart.
fn content(world: &World) -> Vec<((String, String, String), Value)> {
    let mut stored = world.stored();
    for (_, object) in &mut stored {
        let metadata = object["metadata"].as_object_mut().unwrap();
        for changing in ["resourceVersion", "generation", "annotations", "labels"] {
            let empty = metadata
                .get(changing)
                .is_none_or(|value| !value.is_object() || value == &json!({}));
            if empty {
                metadata.shift_remove(changing);
            }
        }
    }
    stored
}

async fn leaves_nothing(world: &World, mesh: &str) {
    let before = content(world);
    world.deploy(&["--mesh", mesh]).await;
    assert_ne!(content(world), before);
    world.run(&["cleanup", "--yes"]).await.ended(0);
    assert_eq!(content(world), before);
    world
        .run(&["cleanup", "--yes"])
        .await
        .ended(0)
        .said("nothing to do");
}

#[tokio::test]
async fn of_app_mesh_nothing_is_left() {
    leaves_nothing(&World::app_mesh().await, "appmesh").await;
}

#[tokio::test]
async fn of_istio_ambient_nothing_is_left() {
    leaves_nothing(&World::ambient().await, "istio-ambient").await;
}

#[tokio::test]
async fn of_plain_envoy_nothing_is_left() {
    leaves_nothing(&World::bare().await, "envoy").await;
}

#[tokio::test]
async fn what_others_put_beside_it_stays_and_keeps_the_namespace() {
    let world = World::bare().await;
    world.deploy(&["--mesh", "envoy"]).await;
    add(&world, "configmaps", "ConfigMap", "notes");
    let ran = world.run(&["cleanup", "--yes"]).await.ended(0);
    ran.said("ConfigMap/notes")
        .said("stays, since these are not of deploy.sh");
    let left = world.cluster().names_in("outlier-demo");
    assert_eq!(
        left,
        [
            "configmaps/kube-root-ca.crt",
            "configmaps/notes",
            "serviceaccounts/default"
        ]
    );
}

#[tokio::test]
async fn a_demo_in_another_namespace_stays() {
    let world = World::app_mesh().await;
    world
        .deploy(&["--mesh", "appmesh", "--namespace", "stage"])
        .await;
    let before = content(&world);
    world.deploy(&["--mesh", "appmesh"]).await;
    world.run(&["cleanup", "--yes"]).await.ended(0);
    assert_eq!(content(&world), before);
}

/// The controller waits for AWS for ever, and the namespace would with it.
#[tokio::test]
async fn finalizers_of_an_app_mesh_that_is_gone_are_cut() {
    let world = World::app_mesh().await;
    let before = content(&world);
    world.deploy(&["--mesh", "appmesh"]).await;
    world.end_app_mesh();
    world
        .run(&["cleanup", "--yes"])
        .await
        .ended(0)
        .said("App Mesh's finalizers cut");
    assert_eq!(content(&world), before);
}

#[tokio::test]
async fn finalizers_of_others_are_not_cut() {
    let world = World::app_mesh().await;
    world.deploy(&["--mesh", "appmesh"]).await;
    world.end_app_mesh();
    let key = (
        "virtualnodes.appmesh.k8s.aws".into(),
        "outlier-demo".into(),
        "front".into(),
    );
    let mut node = world.cluster().store.get(&key).cloned().unwrap();
    node["metadata"]["finalizers"]
        .as_array_mut()
        .unwrap()
        .push(json!("backup.example/keep"));
    world.cluster().store.put(key.clone(), node);
    let ran = world
        .run(&["cleanup", "--yes", "--timeout", "1"])
        .await
        .ended(1);
    ran.said("is not gone after 1 s: virtualnode.appmesh.k8s.aws/front");
    assert_eq!(
        world.cluster().store.get(&key).unwrap()["metadata"]["finalizers"],
        json!(["backup.example/keep"])
    );
}

#[tokio::test]
async fn nothing_is_removed_without_a_yes() {
    let world = World::bare().await;
    world.deploy(&["--mesh", "envoy"]).await;
    let before = world.stored();
    world
        .run(&["cleanup"])
        .await
        .ended(1)
        .said("Remove all of this? [y/N]")
        .said("Nothing was removed.");
    assert_eq!(world.stored(), before);
}

/// The load balancer holds the Service that Istio made, and its controller's notes have no owner.
#[tokio::test]
async fn a_load_balancer_is_waited_for() {
    for mesh in ["istio", "envoy"] {
        let world = World::istio().await;
        world.add_load_balancer_controller(30);
        let before = content(&world);
        world.deploy(&["--mesh", mesh]).await;
        let bindings = world.cluster().names_in("outlier-demo");
        assert!(
            bindings.contains(&"targetgroupbindings.elbv2.k8s.aws/k8s-ingress".to_owned()),
            "{bindings:?}"
        );
        world.run(&["cleanup", "--yes"]).await.ended(0);
        assert_eq!(content(&world), before);
    }
}

#[tokio::test]
async fn the_load_balancer_of_somebody_else_stays() {
    let world = World::bare().await;
    world.add_load_balancer_controller(0);
    world.deploy(&["--mesh", "envoy"]).await;
    let key = ("services".into(), "outlier-demo".into(), "shop".into());
    let service = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"namespace": "outlier-demo", "name": "shop"}, "spec": {"type": "LoadBalancer"}});
    world.cluster().store.put(key, service);
    world.cluster().settle();
    let ran = world.run(&["cleanup", "--yes"]).await.ended(0);
    ran.said("TargetGroupBinding/k8s-shop")
        .said("stays, since these are not of deploy.sh");
}

/// What is on its way out is no reason to keep the namespace, but one to wait.
#[tokio::test]
async fn what_others_are_removing_is_waited_for() {
    let world = World::bare().await;
    world.deploy(&["--mesh", "envoy"]).await;
    add(&world, "configmaps", "ConfigMap", "notes");
    let key = ("configmaps".into(), "outlier-demo".into(), "notes".into());
    let mut notes = world.cluster().store.get(&key).cloned().unwrap();
    notes["metadata"]["finalizers"] = json!(["backup.example/keep"]);
    notes["metadata"]["deletionTimestamp"] = json!("2026-11-24T00:00:00Z");
    world.cluster().store.put(key.clone(), notes);
    let run = ["cleanup", "--yes", "--timeout", "1"];
    world
        .run(&run)
        .await
        .ended(1)
        .said("Something in outlier-demo is still going after 1 s: ConfigMap/notes");
    world.cluster().store.remove(&key);
    world.run(&run).await.ended(0);
    assert!(
        world
            .cluster()
            .find("namespaces", "", "outlier-demo")
            .is_none()
    );
}

/// So is what the load balancer's controller noted of a Service that is gone.
#[tokio::test]
async fn a_note_of_a_load_balancer_that_is_gone_is_waited_for() {
    let world = World::bare().await;
    world.add_load_balancer_controller(0);
    world.deploy(&["--mesh", "envoy"]).await;
    let key = (
        "targetgroupbindings.elbv2.k8s.aws".into(),
        "outlier-demo".into(),
        "k8s-before".into(),
    );
    let binding = json!({"apiVersion": "elbv2.k8s.aws/v1beta1", "kind": "TargetGroupBinding", "metadata": {"namespace": "outlier-demo", "name": "k8s-before"}, "spec": {"serviceRef": {"name": "before"}}});
    world.cluster().store.put(key, binding);
    world
        .run(&["cleanup", "--yes", "--timeout", "1"])
        .await
        .ended(1)
        .said("Something in outlier-demo is still going after 1 s: TargetGroupBinding/k8s-before");
}

/// A cluster that does not answer has not said that something is gone.
#[tokio::test]
async fn an_answer_that_does_not_come_is_no_end() {
    for (asked, words) in [
        ("*configmap/*", "Some of it is not gone after 1 s"),
        (
            "' namespace outlier-demo'",
            "Namespace outlier-demo is not gone after 1 s.",
        ),
    ] {
        let mut world = World::bare().await;
        world.deploy(&["--mesh", "envoy"]).await;
        let script =
            format!("case \"$*\" in get{asked}' --ignore-not-found -o name') exit 1 ;; esac");
        world.wrap("kubectl", &script);
        let ran = world.run(&["cleanup", "--yes", "--timeout", "1"]).await;
        ran.ended(1).said(words);
    }
}
