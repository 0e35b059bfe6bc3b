//! A namespace that was there before is somebody's: it gets what the mesh needs and lacks, and gives exactly that back.

use serde_json::{Value, json};

use crate::stubs::World;

/// What an administrator says of a namespace, beside its name.
fn owned_by_a_team() -> Value {
    json!({
        "labels": {"team": "shop", "cost-centre": "4711"},
        "annotations": {"scheduler.alpha.kubernetes.io/node-selector": "pool=shop"},
    })
}

/// Makes the namespace, by `kubectl apply` or by other means.
fn add(world: &World, mut metadata: Value, applied: bool) -> Value {
    metadata["name"] = json!("outlier-demo");
    if applied {
        let object = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata});
        metadata["annotations"]["kubectl.kubernetes.io/last-applied-configuration"] =
            json!(object.to_string() + "\n");
    }
    let object = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata});
    let mut cluster = world.cluster();
    cluster.store.put(
        ("namespaces".into(), String::new(), "outlier-demo".into()),
        object,
    );
    cluster.settle();
    drop(cluster);
    namespace(world)
}

/// Labels and annotations as they are.
fn namespace(world: &World) -> Value {
    let cluster = world.cluster();
    let metadata = &cluster.find("namespaces", "", "outlier-demo").unwrap()["metadata"];
    let of = |name: &str| match &metadata[name] {
        Value::Null => json!({}),
        some => some.clone(),
    };
    json!({"labels": of("labels"), "annotations": of("annotations")})
}

/// Everything that was there is there, with these beside it.
#[track_caller]
fn has_also(world: &World, before: &Value, labels: &Value) {
    let now = namespace(world);
    let mut expected = before["labels"].clone();
    for (name, value) in labels.as_object().unwrap() {
        expected[name] = value.clone();
    }
    assert_eq!(now["labels"], expected);
    for (name, value) in before["annotations"].as_object().unwrap() {
        assert_eq!(now["annotations"][name], *value, "{name}");
    }
}

async fn comes_back(world: &World, mesh: &str, before: &Value, labels: Value) {
    let content = world.stored().len();
    world
        .deploy(&["--mesh", mesh])
        .await
        .said("was there before: it is used, and cleanup will keep it");
    has_also(world, before, &labels);
    let deployed = world.stored();
    world
        .deploy(&["--mesh", mesh])
        .await
        .said("nothing changed");
    assert_eq!(world.stored(), deployed);
    world
        .run(&["cleanup", "--yes"])
        .await
        .ended(0)
        .said("was there before: it stays");
    assert_eq!(namespace(world), *before);
    assert_eq!(world.stored().len(), content);
    world
        .run(&["cleanup", "--yes"])
        .await
        .ended(0)
        .said("nothing to do");
}

#[tokio::test]
async fn labels_of_others_stay() {
    let world = World::istio().await;
    let before = add(&world, owned_by_a_team(), false);
    let added =
        json!({"istio-injection": "enabled", "pod-security.kubernetes.io/enforce": "privileged"});
    comes_back(&world, "istio", &before, added).await;
}

/// kubectl would take what its last apply named, and this one does not, for no longer wanted.
#[tokio::test]
async fn labels_that_were_applied_stay() {
    let world = World::app_mesh().await;
    let before = add(&world, owned_by_a_team(), true);
    let added = json!({
        "mesh": "outlier-demo", "gateway": "ingress", "appmesh.k8s.aws/sidecarInjectorWebhook": "enabled",
        "pod-security.kubernetes.io/enforce": "privileged",
    });
    comes_back(&world, "appmesh", &before, added).await;
}

#[tokio::test]
async fn a_namespace_without_labels_has_none_afterwards() {
    let world = World::ambient().await;
    let before = add(&world, json!({}), false);
    let added = json!({
        "istio.io/dataplane-mode": "ambient", "pod-security.kubernetes.io/enforce": "baseline",
    });
    comes_back(&world, "istio-ambient", &before, added).await;
}

#[tokio::test]
async fn annotations_are_added_as_labels_are() {
    let world = World::linkerd().await;
    let before = add(&world, owned_by_a_team(), true);
    world.deploy(&["--mesh", "linkerd"]).await;
    assert_eq!(
        namespace(&world)["annotations"]["linkerd.io/inject"],
        "enabled"
    );
    world.run(&["cleanup", "--yes"]).await.ended(0);
    assert_eq!(namespace(&world), before);
}

/// A namespace that has all is not touched; with plain Envoy any has.
#[tokio::test]
async fn what_is_there_already_is_neither_added_nor_removed() {
    let world = World::istio().await;
    let labels =
        json!({"istio-injection": "enabled", "pod-security.kubernetes.io/enforce": "privileged"});
    let before = add(&world, json!({"labels": labels}), true);
    for mesh in ["istio", "envoy"] {
        world.deploy(&["--mesh", mesh]).await;
        assert_eq!(namespace(&world), before);
    }
    world.run(&["cleanup", "--yes"]).await.ended(0);
    assert_eq!(namespace(&world), before);
}

/// With both labels Istio would go by the first, and another revision would inject.
#[tokio::test]
async fn a_revision_of_istio_is_injection_enough() {
    let world = World::istio().await;
    let labels =
        json!({"istio.io/rev": "canary", "pod-security.kubernetes.io/enforce": "privileged"});
    let before = add(&world, json!({"labels": labels}), false);
    world.deploy(&["--mesh", "istio"]).await;
    assert_eq!(namespace(&world), before);
}

#[tokio::test]
async fn another_mesh_leaves_nothing_of_the_first_ones_labels() {
    let world = World::ambient().await;
    let before = add(&world, owned_by_a_team(), true);
    world.deploy(&["--mesh", "istio"]).await;
    world
        .deploy(&["--mesh", "istio-ambient"])
        .await
        .said("namespace/outlier-demo: istio.io/dataplane-mode=ambient istio-injection-");
    let added = json!({
        "istio.io/dataplane-mode": "ambient", "pod-security.kubernetes.io/enforce": "privileged",
    });
    has_also(&world, &before, &added);
    world.deploy(&["--mesh", "envoy"]).await;
    assert_eq!(namespace(&world), before);
}

#[tokio::test]
async fn a_value_that_the_mesh_cannot_have_is_refused() {
    let world = World::istio().await;
    let labels =
        json!({"istio-injection": "disabled", "pod-security.kubernetes.io/enforce": "restricted"});
    add(&world, json!({"labels": labels}), true);
    let before = world.stored();
    let ran = world
        .run(&["--skip-images", "--mesh", "istio"])
        .await
        .ended(1);
    ran.said("outlier-demo has istio-injection=disabled, and istio needs enabled.")
        .said("outlier-demo has pod-security.kubernetes.io/enforce=restricted, and istio needs privileged.")
        .said("-> Take another --namespace, or let it be changed until cleanup with --force.")
        .said("2 checks failed");
    assert_eq!(world.stored(), before);
}

#[tokio::test]
async fn what_force_changed_is_put_back() {
    let world = World::istio().await;
    let labels = json!({"istio-injection": "disabled", "team": "shop", "pod-security.kubernetes.io/enforce": "privileged"});
    let before = add(&world, json!({"labels": labels}), true);
    world.deploy(&["--mesh", "istio", "--force"]).await;
    has_also(&world, &before, &json!({"istio-injection": "enabled"}));
    // It is known by whom.
    world
        .deploy(&["--mesh", "istio"])
        .await
        .said("nothing changed");
    world.run(&["cleanup", "--yes"]).await.ended(0);
    assert_eq!(namespace(&world), before);
}

#[tokio::test]
async fn what_somebody_changed_since_stays_changed() {
    let world = World::istio().await;
    add(&world, owned_by_a_team(), false);
    world.deploy(&["--mesh", "istio"]).await;
    let key = ("namespaces".into(), String::new(), "outlier-demo".into());
    let mut object = world.cluster().store.get(&key).cloned().unwrap();
    object["metadata"]["labels"]["istio-injection"] = json!("disabled");
    world.cluster().store.put(key, object);
    world.run(&["cleanup", "--yes"]).await.ended(0);
    assert_eq!(
        namespace(&world)["labels"],
        json!({"team": "shop", "cost-centre": "4711", "istio-injection": "disabled"})
    );
}

#[tokio::test]
async fn dry_runs_show_and_change_nothing() {
    let world = World::istio().await;
    add(&world, owned_by_a_team(), true);
    let before = world.stored();
    let dry_run = ["--skip-images", "--mesh", "istio", "--dry-run"];
    world.run(&dry_run).await.ended(0).said(
        "note  would change       namespace/outlier-demo: istio-injection=enabled pod-security.kubernetes.io/enforce=privileged",
    );
    assert_eq!(world.stored(), before);
    world.deploy(&["--mesh", "istio"]).await;
    world.run(&dry_run).await.ended(0).said("nothing to change");
    let before = world.stored();
    world.run(&["cleanup", "--dry-run"]).await.ended(0).said(
        "what it changed in namespace/outlier-demo: istio-injection- pod-security.kubernetes.io/enforce-",
    );
    assert_eq!(world.stored(), before);
}

/// As the role admin has it, which says nothing of the namespace itself.
fn admin_of_the_namespace(world: &World) {
    let verbs = ["create", "patch", "delete"];
    world.cluster().forbidden = verbs
        .map(|verb| (verb.into(), "namespaces".into()))
        .to_vec();
}

#[tokio::test]
async fn who_may_not_change_a_namespace_needs_not_where_nothing_is_missing() {
    let world = World::istio().await;
    // Where nobody has said how much pods may do, most clusters let them.
    let before = add(
        &world,
        json!({"labels": {"istio-injection": "enabled"}}),
        true,
    );
    admin_of_the_namespace(&world);
    for mesh in ["envoy", "istio"] {
        world.deploy(&["--mesh", mesh]).await;
        assert_eq!(namespace(&world), before);
    }
    world.run(&["cleanup", "--yes"]).await.ended(0);
    assert_eq!(namespace(&world), before);
}

#[tokio::test]
async fn who_may_not_change_a_namespace_is_told_what_it_lacks() {
    let world = World::linkerd().await;
    add(&world, owned_by_a_team(), true);
    admin_of_the_namespace(&world);
    let ran = world
        .run(&["--skip-images", "--mesh", "linkerd"])
        .await
        .ended(1);
    ran.said("you may not patch namespaces, and outlier-demo needs linkerd.io/inject=enabled pod-security.kubernetes.io/enforce=privileged.")
        .said("kubectl annotate --overwrite namespace outlier-demo linkerd.io/inject=enabled; kubectl label --overwrite namespace outlier-demo pod-security.kubernetes.io/enforce=privileged")
        .said("1 check failed");
}
