//! The command line: what it takes, and one sentence with exit code 64 for what it does not.

use crate::harness::run_bare;

#[track_caller]
fn refused(args: &[&str], sentence: &str) {
    let ran = run_bare(args).ended(64);
    assert_eq!(
        ran.stderr,
        format!("deploy.sh: {sentence}; see ./deploy.sh help\n")
    );
    assert_eq!(ran.stdout, "");
}

#[test]
fn help_names_every_command_and_flag() {
    let help = run_bare(&["help"]).ended(0).stdout;
    let commands = "deploy preflight images render status endpoint verify cleanup help";
    let flags = "--mesh --namespace --registry --ecr --tag --with --region --cluster --vpc-id --platform --skip-images \
                 --dry-run --timeout --yes --force";
    for word in commands.split(' ').chain(flags.split_whitespace()) {
        assert!(help.contains(&format!("\n  {word} ")), "{word}");
    }
    assert_eq!(run_bare(&["-h"]).ended(0).stdout, help);
    assert_eq!(run_bare(&["cleanup", "--help"]).ended(0).stdout, help);
}

#[test]
fn an_unknown_command_is_refused() {
    refused(&["destroy"], "there is no command destroy");
}

#[test]
fn a_second_command_is_refused() {
    refused(
        &["deploy", "cleanup"],
        "one command at a time, not deploy and cleanup",
    );
}

#[test]
fn an_unknown_flag_is_refused() {
    refused(&["--colour"], "there is no flag --colour");
    refused(
        &["--colour=red"],
        "--colour is not a flag that takes a value",
    );
}

#[test]
fn a_flag_without_its_value_is_refused() {
    refused(&["--mesh"], "--mesh needs a value");
    refused(&["--mesh", ""], "--mesh needs a value");
    refused(&["--tag="], "--tag needs a value");
}

#[test]
fn an_unknown_mesh_is_refused() {
    refused(
        &["--mesh", "consul"],
        "--mesh must be auto, appmesh, istio, istio-ambient, linkerd, envoy or ingress, not consul",
    );
}

#[test]
fn a_namespace_must_be_a_dns_label_and_nobody_elses() {
    refused(
        &["--namespace", "Demo"],
        "--namespace must be 1 to 63 of a-z, 0-9 and -, not Demo",
    );
    let long = "a".repeat(64);
    refused(
        &["--namespace", &long],
        &format!("--namespace must be 1 to 63 of a-z, 0-9 and -, not {long}"),
    );
    refused(
        &["--namespace=a.b"],
        "--namespace must be 1 to 63 of a-z, 0-9 and -, not a.b",
    );
    refused(
        &["--namespace", "default"],
        "--namespace must be one of its own, not default",
    );
    refused(
        &["--namespace", "kube-system"],
        "--namespace must be one of its own, not kube-system",
    );
}

#[test]
fn a_timeout_is_a_time() {
    let sentence = "--timeout must be a number of seconds or minutes, such as 90s or 5m, not ";
    for wrong in ["soon", "0", "5h", "1m30s", "-1"] {
        refused(&["--timeout", wrong], &format!("{sentence}{wrong}"));
    }
}

#[test]
fn a_tag_a_registry_a_vpc_and_a_platform_have_their_forms() {
    refused(
        &["--tag", "a b"],
        "--tag must be 1 to 128 of letters, digits, _, . and -, not a b",
    );
    refused(
        &["--registry", "https//x y"],
        "--registry must be a host and a path such as ghcr.io/me, not https//x y",
    );
    refused(
        &["--vpc-id", "mine"],
        "--vpc-id must look like vpc-0123456789abcdef0, not mine",
    );
    refused(
        &["--platform", "linux/arm64,windows/amd64"],
        "--platform must be linux/amd64, linux/arm64 or both with a comma, not linux/arm64,windows/amd64",
    );
}

#[test]
fn there_are_three_components() {
    for wrong in ["all", "traffic,", "traffic monitoring"] {
        refused(
            &["--with", wrong],
            &format!(
                "--with must be traffic, monitoring, pod-monitors or several of them with commas, not {wrong}"
            ),
        );
    }
    refused(&["--with"], "--with needs a value");
}

#[test]
fn there_is_one_registry() {
    refused(
        &["--ecr", "--registry", "ghcr.io/me"],
        "take --registry or --ecr, not both",
    );
}

#[test]
fn arguments_after_two_dashes_are_for_verify() {
    refused(
        &["status", "--", "--json"],
        "only verify takes arguments after --",
    );
}
