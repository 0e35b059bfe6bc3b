//! Words for looking into objects, and for breaking them.

use serde_json::Value;

/// The object of this kind and name.
pub(crate) fn find<'a>(objects: &'a [Value], kind: &str, name: &str) -> &'a Value {
    let mut all = objects.iter();
    all.find(|object| object["kind"] == kind && object["metadata"]["name"] == name)
        .unwrap_or_else(|| panic!("there is no {kind} {name}"))
}

/// All objects of this kind.
pub(crate) fn of_kind<'a>(objects: &'a [Value], kind: &str) -> impl Iterator<Item = &'a Value> {
    objects.iter().filter(move |object| object["kind"] == kind)
}

/// Kind and name, for the beginning of a sentence.
pub(crate) fn title(object: &Value) -> String {
    let word = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    format!(
        "{} {}",
        word(&object["kind"]),
        word(&object["metadata"]["name"])
    )
}

/// The items of a list; none where there is no list.
pub(crate) fn items(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], Vec::as_slice)
}

/// A key of an object whose name may hold slashes, in a mapping of strings.
pub(crate) fn text<'a>(mapping: &'a Value, key: &str) -> &'a str {
    mapping[key].as_str().unwrap_or_default()
}

/// Breaks the object of this kind and name.
pub(crate) fn change(objects: &mut [Value], kind: &str, name: &str, how: impl FnOnce(&mut Value)) {
    let mut all = objects.iter_mut();
    let object = all
        .find(|object| object["kind"] == kind && object["metadata"]["name"] == name)
        .unwrap_or_else(|| panic!("there is no {kind} {name}"));
    let before = object.clone();
    how(object);
    assert_ne!(*object, before, "nothing has been broken");
}

/// Fails unless the only sentence is this one.
pub(crate) fn assert_found(problems: &[String], sentence: &str) {
    assert_eq!(problems, [sentence]);
}

/// Fails if there is any sentence.
pub(crate) fn assert_none(overlay: &str, problems: &[String]) {
    assert!(problems.is_empty(), "{overlay}: {problems:#?}");
}
