//! Fields that a kind's type does not have, because they are not read.

use serde_json::Value;

/// Fields by their paths, `a.b[].c`. All other fields are either in a kind's type or unknown.
#[derive(Debug)]
pub(crate) struct Rules {
    /// Accepted, because they change nothing that is decided here; what they hold is not looked at.
    pub(crate) passed_over: &'static [&'static str],
    /// Refused, each with the rest of the sentence.
    pub(crate) refused: &'static [(&'static str, &'static str)],
}

/// The full path of the first field at `pattern` that is there; null is not there, as in Kubernetes.
pub(super) fn find(value: &Value, pattern: &str) -> Option<String> {
    let (step, rest) = split(pattern);
    let field = value.get(step.name).filter(|field| !field.is_null())?;
    let join = |here: &str, below: String| format!("{here}.{below}");
    match (step.each, rest) {
        (_, None) => Some(step.name.to_owned()),
        (false, Some(rest)) => find(field, rest).map(|below| join(step.name, below)),
        (true, Some(rest)) => field.as_array()?.iter().enumerate().find_map(|(i, item)| {
            find(item, rest).map(|below| join(&format!("{}[{i}]", step.name), below))
        }),
    }
}

/// Removes every field at `pattern`.
pub(super) fn remove(value: &mut Value, pattern: &str) {
    let Some(object) = value.as_object_mut() else {
        return;
    };
    let (step, rest) = split(pattern);
    match (rest, object.get_mut(step.name)) {
        (None, _) => {
            object.remove(step.name);
        }
        (Some(rest), Some(Value::Array(items))) if step.each => {
            items.iter_mut().for_each(|item| remove(item, rest));
        }
        (Some(rest), Some(field)) => remove(field, rest),
        (Some(_), None) => {}
    }
}

struct Step<'a> {
    name: &'a str,
    each: bool,
}

fn split(pattern: &str) -> (Step<'_>, Option<&str>) {
    let (first, rest) = match pattern.split_once('.') {
        Some((first, rest)) => (first, Some(rest)),
        None => (pattern, None),
    };
    let step = match first.strip_suffix("[]") {
        Some(name) => Step { name, each: true },
        None => Step {
            name: first,
            each: false,
        },
    };
    (step, rest)
}
