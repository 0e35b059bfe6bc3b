use std::sync::Arc;

use serde_json::Value;

use super::*;
use crate::admin::tests::state;
use crate::mesh::{PathMatch, Pattern};

fn recorded() -> Value {
    let text = include_str!("../../../tests/envoy/config_dump_shape.json");
    serde_json::from_str::<Value>(text).unwrap()["configs"][0].take()
}

/// Every field that Envoy shows of its cluster is here with the same value, if it has a meaning here.
#[test]
fn a_cluster_has_envoys_fields() {
    let (ours, envoys) = (dump(&state()).unwrap(), recorded());
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
    let (ours, envoys) = (dump(&state()).unwrap(), recorded());
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

/// The generator of the bootstrap is the one that writes the page.
#[test]
fn a_listener_is_shown_with_its_routes() {
    let mut state = state();
    state.listeners[0].0 = GATEWAY_LISTENER.to_owned();
    let page = dump(&state).unwrap();
    let listener = &page["configs"][0]["bootstrap"]["static_resources"]["listeners"][0];
    let manager = &listener["filter_chains"][0]["filters"][0]["typed_config"];
    let route = &manager["route_config"]["virtual_hosts"][0]["routes"][0];
    assert_eq!(route["name"], "color/colorapp");
    assert_eq!(route["route"]["cluster"], "colorapp");
    assert_eq!(route["route"]["regex_rewrite"]["substitution"], "/");
}

/// A regular expression at both levels.
#[tokio::test]
async fn what_envoy_cannot_be_told_is_said_in_place_of_the_page() {
    let mut state = state();
    state.listeners[0].0 = GATEWAY_LISTENER.to_owned();
    let regex = |text| Some(PathMatch::Regex(Pattern::new(text).unwrap()));
    state.mesh.gateway.as_mut().unwrap().routes[0].when.path = regex("/a.*");
    state.mesh.services[0].routes[0].when.path = regex("/.*b");
    let answer = page(axum::extract::State(Arc::new(state))).await;
    assert_eq!(answer.status(), StatusCode::NOT_IMPLEMENTED);
}
