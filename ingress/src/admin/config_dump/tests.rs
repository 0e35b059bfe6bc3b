use serde_json::Value;

use super::*;
use crate::admin::tests::state;

fn recorded() -> Value {
    let text = include_str!("../../../tests/envoy/config_dump_shape.json");
    serde_json::from_str::<Value>(text).unwrap()["configs"][0].take()
}

/// Every field that Envoy shows of its cluster is here with the same value, if it has a meaning here.
#[test]
fn a_cluster_has_envoys_fields() {
    let (ours, envoys) = (dump(&state()), recorded());
    let ours = &ours["configs"][0]["bootstrap"]["static_resources"]["clusters"][0];
    let envoys = &envoys["bootstrap"]["static_resources"]["clusters"][0];
    for field in ["name", "type", "load_assignment"] {
        assert_eq!(ours[field], envoys[field], "{field}");
    }
    for (field, value) in envoys["outlier_detection"].as_object().unwrap() {
        assert_eq!(&ours["outlier_detection"][field], value, "{field}");
    }
}

/// Listener, address, stat prefix and the way to the cluster.
#[test]
fn a_listener_has_envoys_shape() {
    let (ours, envoys) = (dump(&state()), recorded());
    assert_eq!(ours["configs"][0]["@type"], envoys["@type"]);
    let listeners = "/bootstrap/static_resources/listeners/0";
    for path in [
        "/name",
        "/address",
        "/filter_chains/0/filters/0/name",
        "/filter_chains/0/filters/0/typed_config/@type",
        "/filter_chains/0/filters/0/typed_config/stat_prefix",
        "/filter_chains/0/filters/0/typed_config/route_config/name",
        "/filter_chains/0/filters/0/typed_config/route_config/virtual_hosts/0/name",
        "/filter_chains/0/filters/0/typed_config/route_config/virtual_hosts/0/routes/0/match",
        "/filter_chains/0/filters/0/typed_config/route_config/virtual_hosts/0/routes/0/route/cluster",
    ] {
        let path = format!("{listeners}{path}");
        let expected = envoys.pointer(&path);
        assert!(expected.is_some(), "{path}");
        assert_eq!(ours["configs"][0].pointer(&path), expected, "{path}");
    }
}

/// FACTS 1.4.
#[test]
fn a_route_shows_its_retry_policy() {
    let state = state();
    let hosts = route::sidecar(&state.mesh);
    assert_eq!(
        hosts[0]["routes"][0]["route"]["retry_policy"],
        json!({
            "retry_on": "connect-failure,retriable-status-codes",
            "num_retries": 2,
            "retriable_status_codes": [503],
        })
    );
}

#[test]
fn the_gateway_listener_has_the_gateways_routes() {
    let mut state = state();
    state.listeners[0].0 = GATEWAY_LISTENER.to_owned();
    let page = dump(&state).to_string();
    assert!(page.contains("virtual_service"), "{page}");
}

#[test]
fn the_gateway_shows_the_virtual_service_and_what_it_rewrites() {
    let state = state();
    let hosts = route::gateway(&state.mesh);
    assert_eq!(
        hosts[0]["routes"],
        json!([{
            "name": "color",
            "match": {
                "prefix": "/color/",
                "headers": [{ "name": "x-canary", "present_match": true, "invert_match": true }],
            },
            "route": { "virtual_service": "colorapp", "prefix_rewrite": "/" },
        }])
    );
}
