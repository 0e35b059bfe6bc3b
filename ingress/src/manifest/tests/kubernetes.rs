//! Kubernetes' own objects, field by field.

use super::{app_mesh, object, read, refusal};
use crate::manifest::{EnvVar, KeyRef, TargetPort, ValueFrom};

/// What `kubectl get -o yaml` writes can be read again.
#[test]
fn what_kubernetes_writes_on_each_object_is_accepted() {
    let service = "
apiVersion: v1
kind: Service
metadata:
  name: colorapp
  namespace: demo
  uid: 3a0b
  resourceVersion: '12'
  generation: 1
  creationTimestamp: 2026-11-23T10:00:00Z
  annotations: {a: b}
  labels: {app: colorapp}
  finalizers: [x]
  ownerReferences: [{name: x}]
  managedFields: [{manager: kubectl}]
spec:
  clusterIP: 10.0.0.1
  type: ClusterIP
  selector: {app: colorapp}
  ports: [{name: http, port: 80, targetPort: http, protocol: TCP}, {port: 81, targetPort: 8081}, {port: 82}]
status: {loadBalancer: {}}
";
    let manifests = read(service).unwrap();
    let [service] = &manifests.services[..] else {
        panic!("one Service")
    };
    assert_eq!(service.labels["app"], "colorapp");
    assert_eq!(service.spec.selector["app"], "colorapp");
    let ports: Vec<_> = service
        .spec
        .ports
        .iter()
        .map(|port| (port.number(), port.target()))
        .collect();
    assert_eq!(
        ports,
        [
            (80, TargetPort::Name("http".to_owned())),
            (81, TargetPort::Number(8081)),
            (82, TargetPort::Number(82)),
        ]
    );
}

#[test]
fn a_deployment_is_read_as_far_as_a_local_run_needs_it() {
    let deployment = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: colorapp}
spec:
  selector: {matchLabels: {app: colorapp}}
  template:
    metadata: {labels: {app: colorapp}, annotations: {a: b}}
    spec:
      serviceAccountName: x
      volumes:
      containers:
        - name: colorapp
          image: colorapp:latest
          args: [colorapp]
          command:
          env:
            - {name: SERVER_PORT, value: '8080'}
            - {name: HOST_UID, valueFrom: {fieldRef: {fieldPath: metadata.uid}}}
            - {name: TOKEN, valueFrom: {secretKeyRef: {name: a, key: b, optional: true}}}
            - {name: EMPTY}
          ports: [{name: http, containerPort: 8080, protocol: TCP}]
          resources: {limits: {memory: 1Mi}}
";
    let manifests = read(deployment).unwrap();
    let [deployment] = &manifests.deployments[..] else {
        panic!("one Deployment")
    };
    assert_eq!(
        (deployment.kind, deployment.spec.replicas()),
        ("Deployment", 1)
    );
    assert_eq!(deployment.spec.template.metadata.labels["app"], "colorapp");
    let [container] = &deployment.spec.template.spec.containers[..] else {
        panic!("one container")
    };
    assert_eq!(container.image.as_deref(), Some("colorapp:latest"));
    assert_eq!(
        (&container.args[..], &container.command[..]),
        (&["colorapp".to_owned()][..], &[][..])
    );
    assert_eq!(container.ports[0].number(), 8080);
    let [port, uid, token, empty] = &container.env[..] else {
        panic!("four variables")
    };
    assert_eq!(port.value.as_deref(), Some("8080"));
    assert!(
        matches!(&uid.value_from, Some(ValueFrom::FieldRef(field)) if field.field_path == "metadata.uid")
    );
    assert_eq!(
        token.value_from,
        Some(ValueFrom::SecretKeyRef(KeyRef { optional: true }))
    );
    assert_eq!(
        *empty,
        EnvVar {
            name: "EMPTY".to_owned(),
            value: None,
            value_from: None
        }
    );
}

#[test]
fn a_misspelt_or_wrong_kubernetes_field_is_refused() {
    let container = |fields: &str| {
        format!("{{selector: {{}}, template: {{spec: {{containers: [{{name: a, {fields}}}]}}}}}}")
    };
    for (spec, expected) in [
        ("{replicaz: 3}".to_owned(), "spec.replicaz: unknown field"),
        (
            "{replicas: -1}".to_owned(),
            "spec.replicas: must be between 0 and 2147483647, not -1",
        ),
        (
            "{replicas: five}".to_owned(),
            "spec.replicas: invalid type: string \"five\", expected a whole number between 0 and 2147483647",
        ),
        ("{replicas: 1}".to_owned(), "spec: missing field `selector`"),
        (
            "{template: {metadata: {label: {}}}}".to_owned(),
            "spec.template.metadata.label: unknown field",
        ),
        (
            "{template: {spec: {container: []}}}".to_owned(),
            "spec.template.spec.container: unknown field",
        ),
        (
            container("imagee: x"),
            "spec.template.spec.containers[0].imagee: unknown field",
        ),
        (
            container("envFrom: [{}]"),
            "spec.template.spec.containers[0].envFrom: not supported here: write the variables under env",
        ),
        (
            container("env: [{name: A, value: 3}]"),
            "spec.template.spec.containers[0].env[0].value: invalid type: integer `3`, expected a string",
        ),
        (
            container("ports: [{containerPort: 0}]"),
            "spec.template.spec.containers[0].ports[0].containerPort: must be between 1 and 65535, not 0",
        ),
    ] {
        let sentence = refusal(&object("apps/v1", "Deployment", "x", &spec));
        assert_eq!(
            sentence,
            format!("m.yaml: document 1: Deployment x: {expected}")
        );
    }
    for (spec, expected) in [
        ("{selectors: {}}", "spec.selectors: unknown field"),
        (
            "{ports: [{port: 80, targetPort: 70000}]}",
            "spec.ports[0].targetPort: must be a port between 1 and 65535, or a container port's name",
        ),
    ] {
        let sentence = refusal(&object("v1", "Service", "x", spec));
        assert_eq!(
            sentence,
            format!("m.yaml: document 1: Service x: {expected}")
        );
    }
}

#[test]
fn a_name_must_be_one_that_kubernetes_takes() {
    let rule = "must have between 1 and 253 lower-case letters, digits, '-' and '.', and begin and end \
                with a letter or digit";
    for name in ["Color", "a_b", "-a", "''", "a b", "\"a\\n\""] {
        let own = refusal(&app_mesh("Mesh", name, "{}"));
        assert!(
            own.ends_with(&format!(": metadata.name: {rule}")),
            "got: {own}"
        );
        let namespace = refusal(&app_mesh("Mesh", &format!("x, namespace: {name}"), "{}"));
        assert_eq!(
            namespace,
            format!("m.yaml: document 1: Mesh x: metadata.namespace: {rule}")
        );
    }
    assert_eq!(
        refusal("{apiVersion: v1, kind: Service, metadata: {nam: x}, spec: {}}"),
        "m.yaml: document 1: Service: metadata.nam: unknown field"
    );
}
