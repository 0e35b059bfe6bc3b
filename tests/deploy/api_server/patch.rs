//! Patches as kubectl sends them: merge patches, and strategic ones, which know by which field the items of a list
//! are told apart.

use serde_json::{Map, Value};

/// RFC 7396.
pub(crate) fn merge(target: &mut Value, patch: &Value) {
    let Some(patch) = patch.as_object() else {
        *target = patch.clone();
        return;
    };
    for (name, value) in patch {
        let fields = fields(target);
        if value.is_null() {
            fields.shift_remove(name);
        } else {
            merge(fields.entry(name).or_insert(Value::Null), value);
        }
    }
}

/// A merge patch in which lists of objects are merged item by item, with kubectl's directives.
pub(crate) fn strategic(target: &mut Value, patch: &Value) {
    let Some(patch) = patch.as_object() else {
        *target = patch.clone();
        return;
    };
    if patch.get("$patch").is_some_and(|what| what == "replace") {
        *target = Value::Object(
            patch
                .iter()
                .filter(|(name, _)| *name != "$patch")
                .map(own)
                .collect(),
        );
        return;
    }
    for (name, value) in patch {
        let fields = fields(target);
        if name == "$retainKeys" {
            let kept = value.as_array().expect("$retainKeys is a list");
            fields.retain(|name, _| kept.iter().any(|keep| keep == name));
        } else if let Some(list) = name.strip_prefix("$setElementOrder/") {
            order(fields.get_mut(list), list, value);
        } else if name.starts_with('$') {
            panic!("kubectl sent the directive {name}, which this server does not know");
        } else if value.is_null() {
            fields.shift_remove(name);
        } else if let (Some(key), Some(items)) = (merge_key(name), value.as_array()) {
            merge_list(
                fields.entry(name).or_insert(Value::Array(Vec::new())),
                key,
                items,
            );
        } else {
            strategic(fields.entry(name).or_insert(Value::Null), value);
        }
    }
    // The order is said before or after the items; after is when it can be followed.
    for (name, value) in patch {
        if let Some(list) = name.strip_prefix("$setElementOrder/") {
            order(fields(target).get_mut(list), list, value);
        }
    }
}

/// By which field Kubernetes' own types tell the items of a list apart; none if a patch replaces the whole list.
fn merge_key(list: &str) -> Option<&'static str> {
    match list {
        "containers" | "initContainers" | "env" | "volumes" | "imagePullSecrets" => Some("name"),
        "ports" => Some("containerPort"),
        "volumeMounts" => Some("mountPath"),
        "conditions" => Some("type"),
        _ => None,
    }
}

/// A Service's ports are told apart by `port`, a container's by `containerPort`.
fn key_of<'a>(item: &Value, key: &'a str) -> &'a str {
    if key == "containerPort" && item.get(key).is_none() {
        "port"
    } else {
        key
    }
}

fn merge_list(target: &mut Value, key: &str, items: &[Value]) {
    if !target.is_array() {
        *target = Value::Array(Vec::new());
    }
    let target = target.as_array_mut().expect("it was just made a list");
    for item in items {
        let key = key_of(item, key);
        let same = target.iter().position(|old| old.get(key) == item.get(key));
        if item.get("$patch").is_some_and(|what| what == "delete") {
            if let Some(same) = same {
                target.remove(same);
            }
        } else if let Some(same) = same {
            strategic(&mut target[same], item);
        } else {
            let mut new = Value::Object(Map::new());
            strategic(&mut new, item);
            target.push(new);
        }
    }
}

fn order(list: Option<&mut Value>, name: &str, order: &Value) {
    let Some(items) = list.and_then(Value::as_array_mut) else {
        return;
    };
    let key = merge_key(name).unwrap_or("name");
    let place = |item: &Value| {
        let key = key_of(item, key);
        order
            .as_array()
            .into_iter()
            .flatten()
            .position(|other| other.get(key) == item.get(key))
            .unwrap_or(usize::MAX)
    };
    items.sort_by_key(place);
}

fn fields(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    value.as_object_mut().expect("it was just made an object")
}

fn own((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}
