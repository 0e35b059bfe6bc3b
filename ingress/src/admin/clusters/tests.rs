use super::*;
use crate::metrics::recorded::{all_healthy, one_ejected};

/// The limits of Envoy's recording are Envoy's defaults, ours App Mesh's.
const ENVOYS_LIMITS: [(&str, &str); 2] = [
    ("max_requests::1024", "max_requests::2147483647"),
    ("max_retries::3", "max_retries::2147483647"),
];

fn text_as_envoy(recorded: &str) -> String {
    ENVOYS_LIMITS
        .iter()
        .fold(recorded.to_owned(), |page, (envoys, ours)| {
            page.replace(envoys, ours)
        })
}

fn json_as_envoy(recorded: &str) -> String {
    recorded
        .replace("\"max_requests\": 1024", "\"max_requests\": 2147483647")
        .replace("\"max_retries\": 3", "\"max_retries\": 2147483647")
}

fn pretty_json(cluster: &Cluster) -> String {
    let page = json!({ "cluster_statuses": [cluster_json(cluster)] });
    let mut bytes = Vec::new();
    let indent = serde_json::ser::PrettyFormatter::with_indent(b" ");
    let mut to = serde_json::Serializer::with_formatter(&mut bytes, indent);
    serde::Serialize::serialize(&page, &mut to).unwrap();
    String::from_utf8(bytes).unwrap() + "\n"
}

/// FACTS 12.2.
#[test]
fn the_text_of_a_healthy_cluster_is_envoys() {
    let envoys = include_str!("../../../tests/envoy/all_healthy_clusters.txt");
    assert_eq!(cluster_text(&all_healthy()), text_as_envoy(envoys));
}

/// FACTS 12.2.
#[test]
fn the_text_with_one_host_ejected_is_envoys() {
    let envoys = include_str!("../../../tests/envoy/one_ejected_clusters.txt");
    assert_eq!(cluster_text(&one_ejected()), text_as_envoy(envoys));
}

/// FACTS 12.2.
#[test]
fn the_json_of_a_healthy_cluster_is_envoys() {
    let envoys = include_str!("../../../tests/envoy/all_healthy_clusters.json");
    assert_eq!(pretty_json(&all_healthy()), json_as_envoy(envoys));
}

/// FACTS 12.2.
#[test]
fn the_json_with_one_host_ejected_is_envoys() {
    let envoys = include_str!("../../../tests/envoy/one_ejected_clusters.json");
    assert_eq!(pretty_json(&one_ejected()), json_as_envoy(envoys));
}
