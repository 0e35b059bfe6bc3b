//! A patch upon an object, as far as the overlays go: mappings are merged, lists of named items are merged
//! by name, everything else is replaced, and `$patch: delete` takes an item away.

use serde_json::Value;

pub(crate) fn merge(object: &mut Value, patch: &Value) {
    match (object, patch) {
        (Value::Object(fields), Value::Object(patches)) => {
            for (name, patch) in patches {
                match fields.get_mut(name) {
                    Some(field) => merge(field, patch),
                    None => {
                        fields.insert(name.clone(), patch.clone());
                    }
                }
            }
        }
        (Value::Array(items), Value::Array(patches)) if are_named(patches) => {
            for patch in patches {
                let index = items.iter().position(|item| item["name"] == patch["name"]);
                match (index, patch["$patch"] == "delete") {
                    (Some(index), true) => drop(items.remove(index)),
                    (Some(index), false) => merge(&mut items[index], patch),
                    (None, true) => panic!("{} is not there to be deleted", patch["name"]),
                    (None, false) => items.push(patch.clone()),
                }
            }
        }
        (object, patch) => *object = patch.clone(),
    }
}

/// Whether each item has a name.
pub(crate) fn are_named(items: &[Value]) -> bool {
    items.iter().all(|item| item["name"].is_string())
}
