//! Label and field selectors, as lists and watches take them.

use serde_json::Value;

/// Whether an object has these labels: `a=b,c!=d,e`.
pub(crate) fn labels_match(selector: &str, object: &Value) -> bool {
    let labels = &object["metadata"]["labels"];
    terms(selector).all(|term| match term.split_once("!=") {
        Some((name, value)) => labels[name] != value,
        None => match term.split_once('=') {
            Some((name, value)) => labels[name] == value.trim_start_matches('='),
            None => labels[term].is_string(),
        },
    })
}

/// Whether an object has these fields: `type=Warning,involvedObject.kind=Mesh`.
pub(crate) fn fields_match(selector: &str, object: &Value) -> bool {
    terms(selector).all(|term| {
        let (path, value) = term.split_once('=').expect("a field selector compares");
        let pointer = format!("/{}", path.replace('.', "/"));
        object.pointer(&pointer).is_some_and(|found| found == value)
    })
}

fn terms(selector: &str) -> impl Iterator<Item = &str> {
    selector.split(',').filter(|term| !term.is_empty())
}
