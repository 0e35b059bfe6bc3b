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
    let ended = async {
        while let Some(line) = lines.next_line().await.unwrap() {
            said.push_str(&line);
            said.push('\n');
            if line.contains(words) && !interrupted {
                interrupted = true;
                let group = Pid::from_raw(i32::try_from(child.id().unwrap()).unwrap()).unwrap();
                kill_process_group(group, Signal::INT).unwrap();
            }
        }
        child.wait().await.unwrap().code().unwrap_or(-1)
    };
    let code = timeout(PATIENCE, ended).await.unwrap_or_else(|_| {
        panic!("no end; what a script runs in the background hears no Ctrl-C, and this must")
    });
    (code, said)
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

/// Ctrl-C right after any step that leaves something, in the cluster or in AWS: cleanup finds all of it.
#[tokio::test]
async fn wherever_it_is_interrupted_cleanup_leaves_nothing() {
    for step in [
        "aws ecr get-login-password",
        "aws ecr create-repository",
        "docker buildx build",
        "aws servicediscovery create-private-dns-namespace",
    ] {
        let mut world = World::app_mesh().await;
        world.set("VPC_ID", "vpc-0123456789abcdef0");
        // It is made only later, and cleanup may come first.
        world.stub("slow", "");
        world.stub("interrupt", step);
        leaves_nothing(&world, step).await;
    }
}

#[tokio::test]
async fn interrupted_before_there_is_a_record_cleanup_leaves_nothing() {
    // The namespace, then the record.
    for number in [1, 2] {
        let mut world = World::app_mesh().await;
        world.wrap("kubectl", INTERRUPT_AT_APPLY);
        world.stub("applies", &number.to_string());
        leaves_nothing(&world, &format!("apply {number}")).await;
    }
}

/// Counts `kubectl apply -f -` down, and interrupts after the last one.
const INTERRUPT_AT_APPLY: &str = r#"
case "$*" in 'apply -f -')
    left=$(($(cat "$STUBS/applies") - 1))
    echo "$left" >"$STUBS/applies"
    if [ "$left" = 0 ]; then
        PATH=${PATH#*:} kubectl "$@"
        kill -INT 0
    fi
    ;;
esac"#;

async fn leaves_nothing(world: &World, step: &str) {
    let names = || world.stored().into_iter().map(|(key, _)| key);
    let before: Vec<_> = names().collect();
    let args = ["--mesh", "appmesh", "--ecr", "--tag", "v1"];
    let ran = world.run(&args).await;
    assert_eq!(ran.code, 130, "{step}: {}", ran.stderr);
    assert!(names().count() > before.len(), "{step}: {}", ran.stderr);
    let ran = world.run(&["cleanup", "--yes"]).await.ended(0);
    assert!(names().eq(before), "{step}: {}", ran.stderr);
    let repositories = std::fs::read_dir(world.path_of("stubs/ecr/outlier-demo"));
    assert_eq!(repositories.map_or(0, Iterator::count), 0, "{step}");
    for folder in ["cloud-map", "coming"] {
        let files = std::fs::read_dir(world.path_of("stubs").join(folder));
        assert_eq!(files.map_or(0, Iterator::count), 0, "{step}: {folder}");
    }
}
