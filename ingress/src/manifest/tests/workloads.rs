//! Whose pods are whose.

use super::{app_mesh, object, read};

fn deployment(name: &str, app: &str) -> String {
    let spec = format!(
        "{{selector: {{}}, template: {{metadata: {{labels: {{app: {app}}}}}, spec: {{containers: []}}}}}}"
    );
    object("apps/v1", "Deployment", name, &spec)
}

fn node(name: &str, selector: &str) -> String {
    app_mesh("VirtualNode", name, &format!("{{podSelector: {selector}}}"))
}

#[test]
fn a_selector_finds_its_deployments() {
    let text = [
        deployment("blue", "colorapp"),
        deployment("green", "colorapp"),
        deployment("front", "front"),
        deployment("ingress", "ingress"),
        node("colorapp", "{matchLabels: {app: colorapp}}"),
        node(
            "front",
            "{matchExpressions: [{key: app, operator: In, values: [front, back]}]}",
        ),
        app_mesh(
            "VirtualGateway",
            "gw",
            "{podSelector: {matchLabels: {app: ingress}}}",
        ),
    ]
    .concat();
    let manifests = read(&text).unwrap();
    let workloads = manifests.workloads().unwrap();
    let found: Vec<_> = workloads
        .nodes
        .iter()
        .chain(&workloads.gateways)
        .map(|(name, own)| {
            (
                *name,
                own.iter().map(|own| own.name.as_str()).collect::<Vec<_>>(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("colorapp", vec!["blue", "green"]),
            ("front", vec!["front"]),
            ("gw", vec!["ingress"])
        ]
    );
}

#[test]
fn every_operator_of_a_selector_decides() {
    for (expression, selected) in [
        ("{key: app, operator: In, values: [a, b]}", true),
        ("{key: app, operator: In, values: [b]}", false),
        ("{key: app, operator: NotIn, values: [b]}", true),
        ("{key: app, operator: NotIn, values: [a]}", false),
        ("{key: app, operator: Exists}", true),
        ("{key: tier, operator: Exists}", false),
        ("{key: tier, operator: DoesNotExist}", true),
        ("{key: app, operator: DoesNotExist}", false),
    ] {
        let text =
            deployment("a", "a") + &node("red", &format!("{{matchExpressions: [{expression}]}}"));
        assert_eq!(
            read(&text).unwrap().workloads().is_ok(),
            selected,
            "{expression}"
        );
    }
}

#[test]
fn a_selector_without_its_own_deployments_is_refused() {
    let two = deployment("front", "front") + &deployment("blue", "colorapp");
    let at = |document| format!("m.yaml: document {document}: VirtualNode");
    for (text, expected) in [
        (
            two.clone() + &node("red", "{matchLabels: {app: nobody}}"),
            format!(
                "{} red: spec.podSelector: app=nobody matches no Deployment; in namespace default \
                 there is front (app=front), blue (app=colorapp)",
                at(3)
            ),
        ),
        (
            node("red", "{matchLabels: {app: nobody}}"),
            format!(
                "{} red: spec.podSelector: app=nobody matches no Deployment; in namespace default \
                 there is none",
                at(1)
            ),
        ),
        (
            two.clone() + &app_mesh("VirtualNode", "red", "{}"),
            format!(
                "{} red: spec.podSelector: must be there: without one it selects no Deployment",
                at(3)
            ),
        ),
        (
            two + &node("red", "{matchLabels: {app: front}}") + &node("pink", "{}"),
            format!(
                "{} pink: spec.podSelector: selects Deployment front, and so does VirtualNode red",
                at(4)
            ),
        ),
    ] {
        let error = read(&text).unwrap().workloads().unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}
