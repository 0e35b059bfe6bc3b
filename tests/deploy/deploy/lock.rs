//! `CONTROL_TOKEN` locks the controls by a Secret, and the token is shown to nobody else.

use std::path::Path;

use serde_json::{Value, json};

use crate::harness::Ran;
use crate::stubs::World;

const TOKEN: &str = "stage-door.0123456789";
/// As a Secret has it.
const ENCODED: &str = "c3RhZ2UtZG9vci4wMTIzNDU2Nzg5";
const MESH: [&str; 2] = ["--mesh", "ingress"];

async fn locked() -> World {
    let mut world = World::bare().await;
    world.set("CONTROL_TOKEN", TOKEN);
    world
}

fn secret(world: &World) -> Option<Value> {
    let cluster = world.cluster();
    cluster
        .find("secrets", "outlier-demo", "control-token")
        .cloned()
}

/// Somebody else's Secret, in a namespace that somebody else made.
fn add_secret(world: &World, encoded: &str) {
    let mut cluster = world.cluster();
    cluster.add_namespace("outlier-demo");
    let key = (
        "secrets".into(),
        "outlier-demo".into(),
        "control-token".into(),
    );
    let object = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"namespace": "outlier-demo", "name": "control-token"},
        "data": {"token": encoded},
    });
    cluster.store.put(key, object);
}

fn restarted(world: &World) -> bool {
    let cluster = world.cluster();
    let front = cluster.find("deployments.apps", "outlier-demo", "front");
    let annotations = &front.unwrap()["spec"]["template"]["metadata"]["annotations"];
    annotations["kubectl.kubernetes.io/restartedAt"].is_string()
}

#[tokio::test]
async fn front_is_locked_from_its_first_moment_on() {
    let world = locked().await;
    world
        .deploy(&MESH)
        .await
        .said("ok    created            secret/control-token")
        .said_nothing_of("not locked");
    assert_eq!(secret(&world).unwrap()["data"], json!({"token": ENCODED}));
    let made = |path: &str| {
        let mut requests = world.cluster().requests.clone().into_iter();
        let request = format!("POST {path}?");
        requests
            .position(|made| made.starts_with(&request))
            .unwrap()
    };
    let secrets = made("/api/v1/namespaces/outlier-demo/secrets");
    assert!(secrets < made("/apis/apps/v1/namespaces/outlier-demo/deployments"));
    assert!(!restarted(&world), "it has started with the token");
}

#[tokio::test]
async fn the_lock_stays_with_the_token_and_without() {
    let mut world = locked().await;
    world.deploy(&MESH).await;
    let before = world.stored();
    for token in [TOKEN, ""] {
        world.set("CONTROL_TOKEN", token);
        let ran = world.deploy(&MESH).await;
        ran.said("locked by the Secret control-token that is there")
            .said("nothing changed");
        assert_eq!(world.stored(), before);
    }
}

#[tokio::test]
async fn another_token_takes_its_place_and_front_starts_anew() {
    let mut world = locked().await;
    world.deploy(&MESH).await;
    world.set("CONTROL_TOKEN", "another-token-of-the-kind");
    world
        .deploy(&MESH)
        .await
        .said("ok    configured         secret/control-token")
        .said("ok    restarted          deployment.apps/front");
    assert_ne!(secret(&world).unwrap()["data"], json!({"token": ENCODED}));
    assert!(restarted(&world));
}

#[tokio::test]
async fn a_demo_that_runs_unlocked_can_be_locked() {
    let mut world = World::bare().await;
    world
        .deploy(&MESH)
        .await
        .said("note  controls           not locked");
    world.set("CONTROL_TOKEN", TOKEN);
    world.deploy(&MESH).await;
    assert!(secret(&world).is_some());
    assert!(restarted(&world));
}

#[tokio::test]
async fn cleanup_removes_it() {
    let world = locked().await;
    world.deploy(&MESH).await;
    let ran = world.run(&["cleanup", "--yes"]).await.ended(0);
    ran.said("secret/control-token");
    assert_eq!(world.cluster().names_in("outlier-demo"), [""; 0]);
}

#[tokio::test]
async fn a_dry_run_makes_none() {
    let world = locked().await;
    let before = world.stored();
    let args = [&["--skip-images", "--dry-run"], &MESH[..]].concat();
    let ran = world.run(&args).await.ended(0);
    ran.said("secret/control-token would be made");
    assert_eq!(world.stored(), before);
}

#[tokio::test]
async fn it_is_in_the_namespace_of_the_demo() {
    let world = locked().await;
    world
        .deploy(&[&["--namespace", "stage"], &MESH[..]].concat())
        .await;
    let cluster = world.cluster();
    assert!(cluster.find("secrets", "stage", "control-token").is_some());
}

/// Commands can be seen by everybody on the machine, and words are in logs.
#[tokio::test]
async fn the_token_is_on_no_command_line_in_no_word_and_in_no_file() {
    let mut world = locked().await;
    world.wrap(
        "kubectl",
        "printf 'kubectl %s\\n' \"$*\" >>\"$STUBS/calls\"",
    );
    let dry_run = [&["--skip-images", "--dry-run"], &MESH[..]].concat();
    let mut said = vec![
        world.run(&dry_run).await,
        world.deploy(&MESH).await,
        world.run(&dry_run).await,
    ];
    add_secret(&world, "b3RoZXI=");
    let force = [&["--force"], &MESH[..]].concat();
    said.push(world.deploy(&force).await);
    said.push(world.run(&["render", "--mesh", "ingress"]).await);
    said.push(world.run(&["cleanup", "--yes"]).await);
    assert!(world.calls().contains("kubectl patch secret control-token"));
    let mut texts = vec![world.calls()];
    for Ran {
        code,
        stdout,
        stderr,
    } in said
    {
        assert_eq!(code, 0, "{stderr}");
        texts.extend([stdout, stderr]);
    }
    texts.extend(files(&world.path_of(".deploy")));
    assert!(texts.iter().any(|text| text.contains("kind: Deployment")));
    for text in texts {
        assert!(!text.contains(TOKEN) && !text.contains(ENCODED), "{text}");
    }
}

fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![std::fs::read_to_string(path).unwrap()]
            }
        })
        .collect()
}

#[tokio::test]
async fn a_secret_of_somebody_else_is_not_overwritten() {
    let world = locked().await;
    add_secret(&world, "b3RoZXI=");
    let before = world.stored();
    let args = [&["--skip-images"], &MESH[..]].concat();
    let ran = world.run(&args).await.ended(1);
    ran.said("the Secret control-token has another token, and deploy.sh did not make it.")
        .said("--force");
    assert_eq!(world.stored(), before);
}

#[tokio::test]
async fn a_secret_of_somebody_else_with_that_token_is_used_and_stays() {
    let world = locked().await;
    add_secret(&world, ENCODED);
    let before = secret(&world);
    world.deploy(&MESH).await;
    world.run(&["cleanup", "--yes"]).await.ended(0);
    assert_eq!(secret(&world), before);
}

#[tokio::test]
async fn who_may_not_make_secrets_is_told() {
    let mut world = locked().await;
    let args = [&["preflight", "--skip-images"], &MESH[..]].concat();
    for (verb, sentence) in [
        ("create", "you may not create secrets in outlier-demo."),
        ("get", "you may not get secrets in outlier-demo."),
    ] {
        world.cluster().forbidden = vec![(verb.into(), "secrets".into())];
        world.run(&args).await.ended(1).said(sentence);
    }
    world.set("CONTROL_TOKEN", "");
    let ran = world.run(&args).await.ended(0);
    ran.said("not known whether they are locked");
}

#[tokio::test]
async fn a_token_has_its_form_and_a_wrong_one_is_not_shown() {
    let mut world = World::bare().await;
    for wrong in ["short", "with a blank in its middle", &"long".repeat(129)] {
        world.set("CONTROL_TOKEN", wrong);
        let ran = world.run(&MESH).await.ended(64);
        assert_eq!(
            ran.stderr,
            "deploy.sh: CONTROL_TOKEN must be 16 to 512 letters, digits and -._~+/=; see ./deploy.sh help\n"
        );
    }
}
