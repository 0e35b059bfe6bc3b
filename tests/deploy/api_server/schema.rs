//! Whether a custom resource is as its definition says. As with `fieldValidation=Strict`, a field that the
//! definition does not know is an error. Rules in CEL are not looked at.

use regex::Regex;
use serde_json::Value;

/// What is wrong, with the path of the field.
pub(crate) fn problems(schema: &Value, object: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(schema, object, "", true, &mut found);
    found
}

fn check(schema: &Value, value: &Value, path: &str, root: bool, found: &mut Vec<String>) {
    if value.is_null() && schema["nullable"] == true {
        return;
    }
    check_type(schema, value, path, found);
    check_bounds(schema, value, path, found);
    check_combinations(schema, value, path, found);
    if let Some(items) = value.as_array() {
        for (index, item) in items.iter().enumerate() {
            check(
                &schema["items"],
                item,
                &format!("{path}[{index}]"),
                false,
                found,
            );
        }
    }
    let Some(fields) = value.as_object() else {
        return;
    };
    for name in schema["required"].as_array().into_iter().flatten() {
        if !fields.contains_key(name.as_str().unwrap()) {
            found.push(format!("{path}.{}: Required value", name.as_str().unwrap()));
        }
    }
    for (name, value) in fields {
        let path = format!("{path}.{name}");
        let known = &schema["properties"][name];
        // The API server itself knows these of every object.
        if root && ["apiVersion", "kind", "metadata"].contains(&name.as_str()) {
            continue;
        }
        if known.is_object() {
            check(known, value, &path, false, found);
        } else if schema["additionalProperties"].is_object() {
            check(&schema["additionalProperties"], value, &path, false, found);
        } else if schema["properties"].is_object()
            && schema["x-kubernetes-preserve-unknown-fields"] != true
        {
            found.push(format!(
                "unknown field \"{}\"",
                path.trim_start_matches('.')
            ));
        }
    }
}

fn check_type(schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    if schema["x-kubernetes-int-or-string"] == true {
        if !value.is_i64() && !value.is_u64() && !value.is_string() {
            found.push(format!(
                "{path}: Invalid value: must be an integer or a string"
            ));
        }
        return;
    }
    let right = match schema["type"].as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        _ => true,
    };
    if !right {
        found.push(format!(
            "{path}: Invalid value: must be of type {}",
            schema["type"]
        ));
    }
}

fn check_bounds(schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    let mut refuse = |rule: &str| {
        found.push(format!(
            "{path}: Invalid value: {value}: {rule} {}",
            schema[rule]
        ))
    };
    if schema["enum"]
        .as_array()
        .is_some_and(|allowed| !allowed.contains(value))
    {
        refuse("enum");
    }
    let bound = |rule: &str| schema[rule].as_f64();
    let sizes = [
        (value.as_f64(), "minimum", "maximum"),
        (
            value.as_str().map(|text| text.chars().count() as f64),
            "minLength",
            "maxLength",
        ),
        (
            value.as_array().map(|items| items.len() as f64),
            "minItems",
            "maxItems",
        ),
    ];
    for (size, least, most) in sizes {
        let Some(size) = size else { continue };
        if bound(least).is_some_and(|least| size < least) {
            refuse(least);
        }
        if bound(most).is_some_and(|most| size > most) {
            refuse(most);
        }
    }
    if let (Some(pattern), Some(text)) = (schema["pattern"].as_str(), value.as_str())
        && !Regex::new(pattern).unwrap().is_match(text)
    {
        refuse("pattern");
    }
}

fn check_combinations(schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    let fits = |schema: &Value| {
        let mut found = Vec::new();
        check(schema, value, path, false, &mut found);
        found.is_empty()
    };
    let all = |rule: &str| schema[rule].as_array();
    if all("allOf").is_some_and(|all| !all.iter().all(fits)) {
        found.push(format!("{path}: Invalid value: must be all of allOf"));
    }
    if all("anyOf").is_some_and(|any| !any.iter().any(fits)) {
        found.push(format!("{path}: Invalid value: must be one of anyOf"));
    }
    if all("oneOf").is_some_and(|one| one.iter().filter(|one| fits(one)).count() != 1) {
        found.push(format!(
            "{path}: Invalid value: must be exactly one of oneOf"
        ));
    }
    if schema["not"].is_object() && fits(&schema["not"]) {
        found.push(format!("{path}: Invalid value: must not be this"));
    }
}
