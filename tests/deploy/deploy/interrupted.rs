//! Ctrl-C in the middle: what was done stays, and the same again goes on.

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::time::timeout;

use crate::api_server::Pods;
use crate::stubs::{PATIENCE, World};

/// Runs, interrupts once `words` were said, and returns the exit code and all that was said.
async fn interrupt_at(world: &World, args: &[&str], words: &str) -> (i32, String) {
    let mut child = world.command(args).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut said = String::new();
    let mut interrupted = false;
    while let Some(line) = timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap() {
        said = said + &line + "\n";
        if line.contains(words) && !interrupted {
            interrupted = true;
            let group = Pid::from_raw(i32::try_from(child.id().unwrap()).unwrap()).unwrap();
            kill_process_group(group, Signal::INT).unwrap();
        }
    }
    (child.wait().await.unwrap().code().unwrap_or(-1), said)
}

async fn goes_on_afterwards(world: &World, words: &str) {
    let args = ["--skip-images", "--mesh", "istio"];
    let (code, said) = interrupt_at(world, &args, words).await;
    assert_eq!(code, 130, "{said}");
    assert!(
        said.contains("Interrupted. What was done stays: run the same again to go on"),
        "{said}"
    );
    world.cluster().pods.clear();
    world.cluster().settle();
    world.cluster().webhook_failures = 0;
    world
        .deploy(&["--mesh", "istio"])
        .await
        .said("every replica is ready");
    world
        .deploy(&["--mesh", "istio"])
        .await
        .said("nothing changed");
}

#[tokio::test]
async fn an_interrupted_apply_goes_on_when_run_again() {
    let world = World::istio().await;
    world.cluster().webhook_failures = u32::MAX;
    goes_on_afterwards(&world, "does not answer yet").await;
}

#[tokio::test]
async fn an_interrupted_rollout_goes_on_when_run_again() {
    let world = World::istio().await;
    world
        .cluster()
        .pods
        .insert("colorapp".into(), Pods::Starting);
    goes_on_afterwards(&world, "colorapp 0/5").await;
}

#[tokio::test]
async fn an_interrupted_run_can_be_cleaned_up() {
    let world = World::istio().await;
    let names = |world: &World| {
        world
            .stored()
            .into_iter()
            .map(|(key, _)| key)
            .collect::<Vec<_>>()
    };
    let before = names(&world);
    world.cluster().webhook_failures = u32::MAX;
    let (code, said) = interrupt_at(
        &world,
        &["--skip-images", "--mesh", "istio"],
        "does not answer yet",
    )
    .await;
    assert_eq!(code, 130, "{said}");
    assert_ne!(names(&world), before);
    world.run(&["cleanup", "--yes"]).await.ended(0);
    assert_eq!(names(&world), before);
}
