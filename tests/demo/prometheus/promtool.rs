//! What Prometheus' own tool says of rules, configuration and numbers.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::folder::PrivateFolder;
use crate::harness::{Demo, Mesh};

const INSTALL: &str = "promtool is not on PATH: apt-get install prometheus";

fn component(file: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("manifests/components/pod-monitors");
    serde_saphyr::from_str(&fs::read_to_string(folder.join(file)).unwrap()).unwrap()
}

fn promtool(args: &[&str], folder: &Path, input: &str) -> Output {
    let mut tool = Command::new("promtool")
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect(INSTALL);
    tool.stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    tool.wait_with_output().unwrap()
}

fn assert_fine(output: &Output) {
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn the_rules_pass_their_tests() {
    let folder = PrivateFolder::new("rules");
    let rules = component("prometheus-rule.yaml")["spec"].to_string();
    folder.file("rules.json", &rules);
    folder.file("tests.yml", include_str!("rules_test.yml"));
    let check = |rules: &str| {
        folder.file("rules.json", rules);
        promtool(&["test", "rules", "tests.yml"], folder.path(), "")
    };
    assert_fine(&promtool(
        &["check", "rules", "rules.json"],
        folder.path(),
        "",
    ));
    assert_fine(&check(&rules));
    // The tests would notice a rule that is wrong.
    for (right, wrong) in [
        ("ejections_active > 0", "ejections_active > 1"),
        ("[1m]", "[2m]"),
    ] {
        assert!(rules.contains(right));
        assert!(!check(&rules.replace(right, wrong)).status.success());
    }
}

/// Debian's build knows nothing of Kubernetes, so the pods are left out.
#[test]
fn the_configuration_for_a_cluster_is_one() {
    let folder = PrivateFolder::new("config");
    let mut config = component("prometheus.yml");
    let rules = config["rule_files"][0].as_str().unwrap().to_owned();
    folder.file(
        &rules,
        &component("prometheus-rule.yaml")["spec"].to_string(),
    );
    let job = config["scrape_configs"][0].as_object_mut().unwrap();
    assert!(job.remove("kubernetes_sd_configs").is_some());
    folder.file("prometheus.json", &config.to_string());
    assert_fine(&promtool(
        &["check", "config", "prometheus.json"],
        folder.path(),
        "",
    ));
}

/// Ours are without a complaint. Envoy's names break rules that are younger than they are, so of the data
/// plane promtool may complain, and it does so once it has understood everything (exit code 3).
#[tokio::test]
async fn the_numbers_are_in_order() {
    let demo = Mesh::Ingress.start(&[]);
    demo.burst(10, 150).await;
    let of = async |url: String| {
        let page = demo.http.get(url).send().await.unwrap();
        let page = page.text().await.unwrap();
        assert!(page.contains("_total{"), "{page}");
        promtool(&["check", "metrics"], Path::new("."), &page)
    };
    for url in controls(&demo) {
        assert_fine(&of(format!("http://{url}/metrics")).await);
    }
    let admin = demo.ready["admin"].as_str().unwrap();
    let output = of(format!("{admin}/stats/prometheus")).await;
    assert_eq!(output.status.code(), Some(3), "{output:?}");
}

/// Of front and every colorapp.
fn controls(demo: &Demo) -> Vec<String> {
    let replicas = demo.ready["replicas"].as_array().unwrap().iter();
    replicas
        .map(|replica| replica["control"].as_str().unwrap().to_owned())
        .collect()
}
