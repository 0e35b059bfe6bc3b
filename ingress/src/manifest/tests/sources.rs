//! Files, folders and kustomizations, on the disk and in memory.

use std::path::{Path, PathBuf};

use super::{embedded, object};
use crate::manifest::{ManifestError, Manifests, Source, load};

const KUSTOMIZATION: &str = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n";

/// The repository's own manifests.
fn repository(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../manifests")
        .join(folder)
}

fn service(name: &str) -> String {
    object("v1", "Service", name, "{}")
}

/// The names of the Services, in the order in which they were read.
fn names(manifests: &Manifests) -> Vec<&str> {
    manifests
        .services
        .iter()
        .map(|service| service.name.as_str())
        .collect()
}

fn refusal(result: Result<Manifests, ManifestError>) -> String {
    result.expect_err("this is to be refused").to_string()
}

#[test]
fn a_folder_is_its_yaml_files_by_name() {
    let (a, b, c) = (service("a"), service("b"), service("c"));
    let files = [
        ("d/b.yml", b.as_str()),
        ("d/a.yaml", a.as_str()),
        ("d/README.md", "# no manifest"),
        ("d/below/c.yaml", c.as_str()),
    ];
    assert_eq!(names(&embedded(&files, "d").unwrap()), ["a", "b"]);
    assert_eq!(
        names(&embedded(&files, "./d/below/..").unwrap()),
        ["a", "b"]
    );
    assert_eq!(
        refusal(embedded(&[("d/README.md", "")], "d")),
        "d: has no *.yaml or *.yml in it; folders in it are not looked into"
    );
}

#[test]
fn a_kustomization_is_its_resources_in_their_order() {
    let (a, b, c) = (service("a"), service("b"), service("c"));
    let top = format!(
        "{KUSTOMIZATION}sortOptions: {{order: fifo}}\nresources: [c.yaml, ../base, a.yaml]\n"
    );
    let base = format!("{KUSTOMIZATION}resources:\n  - b.yaml\n");
    let files = [
        ("o/kustomization.yaml", top.as_str()),
        ("o/a.yaml", a.as_str()),
        ("o/c.yaml", c.as_str()),
        ("o/not-listed.yaml", "kind: Nonsense"),
        ("base/kustomization.yml", base.as_str()),
        ("base/b.yaml", b.as_str()),
    ];
    for start in ["o", "o/kustomization.yaml"] {
        assert_eq!(
            names(&embedded(&files, start).unwrap()),
            ["c", "b", "a"],
            "from {start}"
        );
    }
    let manifests = embedded(&files, "o").unwrap();
    assert_eq!(
        manifests.services[1].origin.to_string(),
        "base/b.yaml: document 1"
    );
}

#[test]
fn what_only_kustomize_can_do_is_refused() {
    for key in [
        "patches",
        "images",
        "components",
        "replacements",
        "replicas",
        "configMapGenerator",
        "namePrefix",
        "commonLabels",
        "labels",
        "helmCharts",
    ] {
        let text = format!("{KUSTOMIZATION}{key}: []\n");
        assert_eq!(
            refusal(embedded(&[("o/kustomization.yaml", &text)], "o")),
            format!(
                "o/kustomization.yaml: {key}: is not supported here; pipe in what \
                 `kubectl kustomize o` prints, with - as the source"
            )
        );
    }
}

#[test]
fn a_kustomization_that_cannot_be_followed_is_refused() {
    let hint = "pipe in what `kubectl kustomize o` prints, with - as the source";
    for (text, expected) in [
        (
            "resources: [https://example.com/x.yaml]",
            format!("o/kustomization.yaml: resources[0]: is not on this machine; {hint}"),
        ),
        (
            "resources: x",
            "o/kustomization.yaml: resources: must be a list".to_owned(),
        ),
        (
            "resources: [3]",
            "o/kustomization.yaml: resources[0]: must be a string".to_owned(),
        ),
        (
            "namespace: 3",
            "o/kustomization.yaml: namespace: must be a string".to_owned(),
        ),
        (
            "kind: Component",
            "o/kustomization.yaml: kind: must be Kustomization, not Component".to_owned(),
        ),
        (
            "- x",
            "o/kustomization.yaml: must be one YAML document, a mapping".to_owned(),
        ),
        (
            "",
            "o/kustomization.yaml: must be one YAML document, a mapping".to_owned(),
        ),
        (
            "a: b\n---\nc: d",
            "o/kustomization.yaml: must be one YAML document, a mapping".to_owned(),
        ),
        (
            "a: [",
            "o/kustomization.yaml: line 1, column 4: ".to_owned(),
        ),
        (
            "resources: [a.yaml, a.yaml]",
            "o/a.yaml: is listed twice".to_owned(),
        ),
        (
            "resources: [../o]",
            "o/kustomization.yaml: is listed twice".to_owned(),
        ),
        (
            "resources: [.]",
            "o/kustomization.yaml: is listed twice".to_owned(),
        ),
        (
            "resources: [b.yaml]",
            "o/b.yaml: cannot be read: entity not found".to_owned(),
        ),
        (
            "resources: [a.yaml, below]",
            "o/kustomization.yaml: resources[1]: o/below has no kustomization.yaml in it"
                .to_owned(),
        ),
    ] {
        let a = service("a");
        let files = [
            ("o/kustomization.yaml", text),
            ("o/a.yaml", a.as_str()),
            ("o/below/x.yaml", ""),
        ];
        let sentence = refusal(embedded(&files, "o"));
        assert!(
            sentence.starts_with(&expected),
            "expected: {expected}\ngot: {sentence}"
        );
    }
}

/// kustomize would write it on every object; where it is there already, that changes nothing.
#[test]
fn a_namespace_is_accepted_where_it_changes_nothing() {
    let kustomization = format!("{KUSTOMIZATION}namespace: demo\nresources: [a.yaml]\n");
    let mesh = super::app_mesh("Mesh", "m", "{}");
    let there = service("a").replace("name: a", "name: a, namespace: demo") + &mesh;
    let files = |text| {
        [
            ("kustomization.yaml", kustomization.as_str()),
            ("a.yaml", text),
        ]
    };
    assert!(embedded(&files(&there), ".").is_ok());
    assert_eq!(
        refusal(embedded(&files(&service("a")), ".")),
        "a.yaml: document 1: Service a: metadata.namespace: is not demo, to which \
         kustomization.yaml would change it; pipe in what `kubectl kustomize .` prints, with - as \
         the source"
    );
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let sentence = refusal(load(&Source::Path("no/such.yaml".into())));
    assert!(
        sentence.starts_with("no/such.yaml: cannot be read: "),
        "got: {sentence}"
    );
}

/// The disk and the memory are read alike, kustomization included.
#[test]
fn the_repositorys_own_manifests_are_read_from_the_disk() {
    let manifests = load(&Source::Path(repository("appmesh"))).unwrap();
    assert_eq!(
        names(&manifests),
        [
            "colorapp-endpoints",
            "ingress",
            "front",
            "colorapp",
            "colorapp-control"
        ]
    );
    let replicas: Vec<_> = manifests
        .deployments
        .iter()
        .map(|deployment| (deployment.name.as_str(), deployment.spec.replicas()))
        .collect();
    assert_eq!(replicas, [("ingress", 1), ("front", 1), ("colorapp", 5)]);
    let origin = &manifests.services[2].origin;
    assert!(
        origin.file.ends_with("manifests/base/workloads/front.yaml"),
        "got: {origin}"
    );
    assert_eq!(origin.document, 1);
    let base = load(&Source::Path(repository("base/workloads"))).unwrap();
    assert_eq!(names(&base), ["front", "colorapp", "colorapp-control"]);
    let file = load(&Source::Path(repository("base/entry/service.yaml"))).unwrap();
    assert_eq!(names(&file), ["ingress"]);
}
