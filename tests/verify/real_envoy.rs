//! A real Envoy keeps every promise, and one that was set up wrongly on purpose breaks exactly those that
//! it must, with the explanation that fits.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use crate::harness::{Demo, Mesh, envoy, outlier_demo};
use crate::verifier::{CASES, FAST, alone, verified, verified_only};

/// What follows from no ejection at all.
const NOTHING_EJECTED: [&str; 5] = ["isolation", "return", "growth", "recovery", "majority"];

#[tokio::test]
async fn every_claim_holds() {
    let _alone = alone().await;
    verified(&Mesh::Envoy.start(&FAST), "envoy").assert(&[], &[]);
}

#[tokio::test]
async fn no_outlier_detection() {
    let cause = "no-outlier-detection";
    Wrong::new("none", r#"s/"outlier_detection":{[^}]*},//"#)
        .fails(
            &["ejection", "two-sick", "unavailable", "crash", "leak"].map(|case| (case, cause)),
            &NOTHING_EJECTED,
        )
        .await;
}

#[tokio::test]
async fn ten_percent_of_five_hosts() {
    let percent = r#"s/"max_ejection_percent":100/"max_ejection_percent":10/"#;
    let none = r#"s/"always_eject_one_host":true/"always_eject_one_host":false/"#;
    Wrong::new("percent", &format!("{percent};{none}"))
        .fails(
            &["ejection", "two-sick", "unavailable", "crash", "leak"]
                .map(|case| (case, "percentage")),
            &NOTHING_EJECTED,
        )
        .await;
}

#[tokio::test]
async fn retries_on_every_5xx() {
    Wrong::new("retries", r#"s/"retry_on":"[^"]*"/"retry_on":"5xx"/g"#)
        .fails(
            &[("ejection", "retries"), ("majority", "retries")],
            &[
                "isolation",
                "return",
                "growth",
                "recovery",
                "alternating",
                "leak",
            ],
        )
        .await;
}

#[tokio::test]
async fn random_balancing() {
    Wrong::new(
        "random",
        r#"s/"lb_policy":"ROUND_ROBIN"/"lb_policy":"RANDOM"/g"#,
    )
    .fails_beside(&["ejection"], "spread", "not-round-robin")
    .await;
}

#[tokio::test]
async fn no_panic() {
    Wrong::new(
        "panic",
        r#"s/"healthy_panic_threshold":{"value":50}/"healthy_panic_threshold":{"value":0}/g"#,
    )
    .fails_beside(&["spread", "two-sick"], "majority", "no-panic")
    .await;
}

#[tokio::test]
async fn a_threshold_of_three() {
    Wrong::new("threshold", r#"s/"consecutive_5xx":5/"consecutive_5xx":3/"#)
        .fails_beside(&["spread", "unavailable", "crash"], "ejection", "threshold")
        .await;
}

#[tokio::test]
async fn ejection_by_success_rate() {
    Wrong::new(
        "rate",
        r#"s/"enforcing_success_rate":0/"enforcing_success_rate":100/"#,
    )
    .fails_beside(&["spread", "two-sick"], "alternating", "success-rate")
    .await;
}

/// An Envoy whose bootstrap is edited on its way.
struct Wrong {
    program: PathBuf,
}

impl Wrong {
    /// `edit` is sed's; that it changes nothing is a failure.
    fn new(name: &str, edit: &str) -> Self {
        let program = std::env::temp_dir().join(format!("envoy-{name}-{}", std::process::id()));
        let envoy = envoy();
        let script = format!(
            r#"#!/bin/sh
for argument; do
    shift
    case $argument in
    *'"static_resources"'*)
        edited=$(printf '%s' "$argument" | sed '{edit}')
        [ "$edited" != "$argument" ] || {{ echo 'the edit changes nothing' >&2; exit 1; }}
        set -- "$@" "$edited" ;;
    *) set -- "$@" "$argument" ;;
    esac
done
exec '{}' "$@"
"#,
            envoy.display()
        );
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        Self { program }
    }

    /// Of all cases.
    async fn fails(self, fails: &[(&str, &str)], not_measured: &[&str]) {
        self.fails_of(&CASES, fails, not_measured).await;
    }

    /// Of this case and a few short ones, which hold. All are played on the Envoys that eject nobody or too late.
    async fn fails_beside(self, holding: &[&str], case: &str, cause: &str) {
        let cases = [holding, &[case]].concat();
        self.fails_of(&cases, &[(case, cause)], &[]).await;
    }

    async fn fails_of(self, cases: &[&str], fails: &[(&str, &str)], not_measured: &[&str]) {
        let _alone = alone().await;
        let flags = [&["--data-plane", "envoy"], &FAST[..]].concat();
        let demo = Demo::run(outlier_demo(&flags).env("ENVOY", &self.program));
        verified_only(&demo, "envoy", cases).assert_of(cases, fails, not_measured);
    }
}

impl Drop for Wrong {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.program));
    }
}
