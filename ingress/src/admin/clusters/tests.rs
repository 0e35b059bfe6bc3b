use super::*;
use crate::metrics::recorded::{
    after_uneject, all_healthy, five_ejected_panic, one_ejected, three_ejected_panic,
};

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

/// FACTS 12.2: a recorded page, text and JSON.
macro_rules! recorded {
    ($state:literal) => {
        (
            include_str!(concat!("../../../tests/envoy/", $state, "_clusters.txt")),
            include_str!(concat!("../../../tests/envoy/", $state, "_clusters.json")),
        )
    };
}

fn assert_is(cluster: &Cluster, (text, json): (&str, &str)) {
    assert_eq!(cluster_text(cluster), text_as_envoy(text));
    assert_eq!(pretty_json(cluster), json_as_envoy(json));
}

#[test]
fn the_page_of_a_healthy_cluster_is_envoys() {
    assert_is(&all_healthy(), recorded!("all_healthy"));
}

#[test]
fn the_page_with_one_host_ejected_is_envoys() {
    assert_is(&one_ejected(), recorded!("one_ejected"));
}

#[test]
fn the_page_in_panic_is_envoys() {
    assert_is(&three_ejected_panic(), recorded!("three_ejected_panic"));
    assert_is(&five_ejected_panic(), recorded!("five_ejected_panic"));
}

#[test]
fn the_page_after_the_return_is_envoys() {
    assert_is(&after_uneject(), recorded!("after_uneject"));
}
