//! A container's environment, as Kubernetes resolves it for one pod.

use std::collections::BTreeMap;

use ingress::manifest::{EnvVar, ValueFrom};
use uuid::Uuid;

/// What a pod knows of itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct PodFields<'a> {
    pub name: &'a str,
    pub namespace: &'a str,
    pub uid: Uuid,
}

/// The variables of `env` with their values; of two with one name the last one holds. There are no Secrets and
/// ConfigMaps on one machine, so a variable that comes from one is not set if it is optional.
///
/// # Errors
/// When a value is in a place that there is not on one machine, or refers to another variable.
pub(super) fn resolve(
    env: &[EnvVar],
    pod: &PodFields<'_>,
) -> Result<BTreeMap<String, String>, String> {
    env.iter()
        .filter_map(|variable| {
            let value = value(variable, pod).transpose()?;
            Some(value.map(|value| (variable.name.clone(), value)))
        })
        .collect()
}

/// `None`: it is not set.
fn value(variable: &EnvVar, pod: &PodFields<'_>) -> Result<Option<String>, String> {
    let name = &variable.name;
    if name.is_empty() || name.contains(['=', '\0']) {
        return Err(format!("{name:?} is no name for a variable"));
    }
    match (&variable.value, &variable.value_from) {
        (Some(_), Some(_)) => Err(format!("{name}: must not have both value and valueFrom")),
        (Some(value), None) if value.contains("$(") => Err(format!(
            "{name}: a reference to another variable, $(NAME), is not supported here"
        )),
        (Some(value), None) if value.contains('\0') => {
            Err(format!("{name}: must not have a NUL in it"))
        }
        (Some(value), None) => Ok(Some(value.clone())),
        (None, None) => Ok(Some(String::new())),
        (None, Some(ValueFrom::FieldRef(field))) => match field.field_path.as_str() {
            "metadata.uid" => Ok(Some(pod.uid.to_string())),
            "metadata.name" => Ok(Some(pod.name.to_owned())),
            "metadata.namespace" => Ok(Some(pod.namespace.to_owned())),
            path => Err(format!(
                "{name}: fieldPath {path} is not supported here: metadata.name, metadata.namespace and \
                 metadata.uid are"
            )),
        },
        (None, Some(ValueFrom::SecretKeyRef(key) | ValueFrom::ConfigMapKeyRef(key)))
            if key.optional =>
        {
            Ok(None)
        }
        (None, Some(_)) => Err(format!(
            "{name}: valueFrom is supported here with fieldRef only, or where it is optional"
        )),
    }
}

#[cfg(test)]
mod tests {
    use ingress::manifest::{FieldRef, KeyRef};

    use super::*;

    const UID: Uuid = Uuid::nil();

    fn resolved(value: Option<&str>, field: Option<&str>) -> Result<String, String> {
        let variable = EnvVar {
            name: "X".to_owned(),
            value: value.map(str::to_owned),
            value_from: field.map(|path| {
                ValueFrom::FieldRef(FieldRef {
                    api_version: None,
                    field_path: path.to_owned(),
                })
            }),
        };
        let pod = PodFields {
            name: "red-1",
            namespace: "demo",
            uid: UID,
        };
        resolve(&[variable], &pod).map(|env| env["X"].clone())
    }

    #[test]
    fn values_and_fields_of_the_pod_are_resolved() {
        for (value, field, expected) in [
            (Some("1"), None, "1"),
            (None, None, ""),
            (None, Some("metadata.name"), "red-1"),
            (None, Some("metadata.namespace"), "demo"),
            (
                None,
                Some("metadata.uid"),
                "00000000-0000-0000-0000-000000000000",
            ),
        ] {
            assert_eq!(resolved(value, field).unwrap(), expected);
        }
    }

    #[test]
    fn everything_else_is_refused_by_the_variables_name() {
        for (value, field, sentence) in [
            (
                Some("a$(Y)"),
                None,
                "X: a reference to another variable, $(NAME), is not supported here",
            ),
            (
                Some("1"),
                Some("metadata.uid"),
                "X: must not have both value and valueFrom",
            ),
            (
                None,
                Some("status.podIP"),
                "X: fieldPath status.podIP is not supported here: metadata.name, metadata.namespace and \
                 metadata.uid are",
            ),
        ] {
            assert_eq!(resolved(value, field).unwrap_err(), sentence);
        }
    }

    #[test]
    fn a_secret_is_not_there_and_may_be_missing_only_if_it_is_optional() {
        let pod = PodFields {
            name: "red-1",
            namespace: "demo",
            uid: UID,
        };
        let env = |optional| {
            let variable = EnvVar {
                name: "X".to_owned(),
                value: None,
                value_from: Some(ValueFrom::SecretKeyRef(KeyRef { optional })),
            };
            resolve(&[variable], &pod)
        };
        assert!(env(true).unwrap().is_empty());
        assert_eq!(
            env(false).unwrap_err(),
            "X: valueFrom is supported here with fieldRef only, or where it is optional"
        );
    }
}
