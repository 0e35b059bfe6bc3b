//! Requests in, answers out.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::api_server::cluster::{Cluster, Pods, key};
use crate::api_server::kinds::discovery;
use crate::api_server::refusal::Refusal;
use crate::api_server::request::Request;
use crate::api_server::selector::{fields_match, labels_match};
use crate::api_server::{patch, review, schema};

type Shared = Arc<Mutex<Cluster>>;

/// Serves a cluster on a free port until the test's runtime ends; returns its address.
pub(crate) async fn serve(cluster: Shared) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().fallback(answer).with_state(cluster);
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

async fn answer(
    State(cluster): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut cluster: MutexGuard<'_, Cluster> = cluster.lock().unwrap();
    if uri.host().is_some() {
        return demo(&mut cluster, &uri);
    }
    cluster.requests.push(format!("{method} {uri}"));
    if cluster.metrics_down && uri.path().starts_with("/apis/metrics.k8s.io/") {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if let Some(document) = discovery(&cluster.kinds, cluster.version, uri.path()) {
        return Json(document).into_response();
    }
    let answer = Request::parse(&cluster, &uri).and_then(|request| {
        let (verb, resource) = (request.verb(&method), request.kind.resource());
        if cluster
            .forbidden
            .iter()
            .any(|(v, r)| v == verb && *r == resource)
            || cluster.closed.contains(&request.namespace)
        {
            return Err(Refusal::forbidden(verb, &resource));
        }
        if ["get", "list"].contains(&verb) {
            cluster.look();
        }
        match verb {
            "watch" => Ok(watch(&mut cluster, &request)),
            "list" => Ok(list(&mut cluster, &request)),
            "get" if request.subresource == "log" => Ok(log(&cluster, &request)),
            "get" => get(&cluster, &request),
            "create" => create(&mut cluster, &request, &body),
            "patch" => change(&mut cluster, &request, &headers, &body),
            "delete" => delete(&mut cluster, &request),
            _ => Err(Refusal::unsupported(format!("{method} {uri}"))),
        }
    });
    answer.unwrap_or_else(Refusal::into_response)
}

/// The demo itself, behind whatever address it was given.
fn demo(cluster: &mut Cluster, uri: &Uri) -> Response {
    if cluster.silence > 0 {
        cluster.silence -= 1;
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    match uri.path() {
        "/ping" => StatusCode::OK.into_response(),
        // A replica that is sick is reached, too.
        "/color/get" if cluster.colors => {
            (StatusCode::INTERNAL_SERVER_ERROR, [("HostUID", "1")]).into_response()
        }
        "/color/get" => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn selected(request: &Request, object: &Value) -> bool {
    labels_match(request.query("labelSelector"), object)
        && fields_match(request.query("fieldSelector"), object)
}

fn list(cluster: &mut Cluster, request: &Request) -> Response {
    let resource = request.kind.resource();
    let found = cluster.store.list(&resource, &request.namespace);
    let items: Vec<Value> = found
        .into_iter()
        .filter(|object| selected(request, object))
        .cloned()
        .collect();
    let answer = json!({
        "apiVersion": request.kind.api_version(), "kind": format!("{}List", request.kind.kind),
        "metadata": {"resourceVersion": cluster.store.version().to_string()}, "items": items,
    });
    if resource == "deployments.apps" {
        cluster.advance_rollouts();
    }
    Json(answer).into_response()
}

/// Changes as they come, one JSON document each.
fn watch(cluster: &mut Cluster, request: &Request) -> Response {
    let changes = cluster.store.watch();
    cluster.activate_meshes();
    let resource = request.kind.resource();
    let (labels, fields) = (
        request.query("labelSelector").to_owned(),
        request.query("fieldSelector").to_owned(),
    );
    let namespace = request.namespace.clone();
    let events = stream::unfold(changes, move |mut changes| {
        let (resource, namespace, labels, fields) = (
            resource.clone(),
            namespace.clone(),
            labels.clone(),
            fields.clone(),
        );
        async move {
            loop {
                let event = changes.recv().await.ok()?;
                let here =
                    event.key.0 == resource && (namespace.is_empty() || event.key.1 == namespace);
                if here
                    && labels_match(&labels, &event.object)
                    && fields_match(&fields, &event.object)
                {
                    let line =
                        json!({"type": event.what, "object": event.object}).to_string() + "\n";
                    return Some((Ok::<_, std::convert::Infallible>(line), changes));
                }
            }
        }
    });
    (
        [(header::CONTENT_TYPE, "application/json")],
        Body::from_stream(events),
    )
        .into_response()
}

fn get(cluster: &Cluster, request: &Request) -> Result<Response, Refusal> {
    let resource = request.kind.resource();
    let found = cluster.find(&resource, &request.namespace, &request.name);
    found
        .map(|object| Json(object).into_response())
        .ok_or_else(|| Refusal::not_found(&resource, &request.name))
}

fn log(cluster: &Cluster, request: &Request) -> Response {
    let pod = cluster.find("pods", &request.namespace, &request.name);
    let owner = pod
        .and_then(|pod| pod["metadata"]["labels"]["app"].as_str())
        .unwrap_or_default();
    match cluster.pods_of(owner) {
        Pods::CrashLoopBackOff => {
            format!("{owner}: SERVER_PORT must be between 0 and 65535, not 80800\n")
        }
        _ => String::new(),
    }
    .into_response()
}

fn create(cluster: &mut Cluster, request: &Request, body: &[u8]) -> Result<Response, Refusal> {
    if request.kind.kind == "SelfSubjectAccessReview" {
        let (namespace, asked) = review::asked(body)?;
        let everywhere = namespace.is_empty() && !cluster.closed.is_empty();
        let answer = review::answer(match asked.1.as_str() {
            _ if everywhere => false,
            "*" | "*.*" => cluster.forbidden.is_empty(),
            _ => !cluster.forbidden.contains(&asked),
        });
        return Ok((StatusCode::CREATED, Json(answer)).into_response());
    }
    let mut object = parse(body)?;
    let resource = request.kind.resource();
    webhook(cluster, request)?;
    let name = object["metadata"]["name"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    if request.kind.namespaced {
        if cluster.find("namespaces", "", &request.namespace).is_none() {
            return Err(Refusal::not_found("namespaces", &request.namespace));
        }
        object["metadata"]["namespace"] = json!(request.namespace);
    }
    let key = key(&resource, &request.namespace, &name);
    if cluster.store.get(&key).is_some() {
        return Err(Refusal::exists(&resource, &name));
    }
    validate(request, &object)?;
    if !request.dry_run() {
        object = cluster.store.put(key, object);
        cluster.settle();
    }
    Ok((StatusCode::CREATED, Json(object)).into_response())
}

fn change(
    cluster: &mut Cluster,
    request: &Request,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response, Refusal> {
    let (resource, patch) = (request.kind.resource(), parse(body)?);
    webhook(cluster, request)?;
    let key = key(&resource, &request.namespace, &request.name);
    let mut object = cluster
        .store
        .get(&key)
        .cloned()
        .ok_or_else(|| Refusal::not_found(&resource, &request.name))?;
    let selector = object["spec"]["selector"].clone();
    match headers
        .get(header::CONTENT_TYPE)
        .map(|kind| kind.as_bytes())
    {
        Some(b"application/merge-patch+json") => patch::merge(&mut object, &patch),
        // Custom resources have no types, so no strategy either.
        Some(b"application/strategic-merge-patch+json") if request.kind.schema.is_none() => {
            patch::strategic(&mut object, &patch);
        }
        other => return Err(Refusal::unsupported(format!("a patch of type {other:?}"))),
    }
    if resource == "deployments.apps" && object["spec"]["selector"] != selector {
        return Err(Refusal::immutable(
            &resource,
            &request.name,
            "spec.selector",
        ));
    }
    validate(request, &object)?;
    if !request.dry_run() {
        object = cluster.store.put(key, object);
        cluster.settle();
    }
    Ok(Json(object).into_response())
}

fn delete(cluster: &mut Cluster, request: &Request) -> Result<Response, Refusal> {
    let resource = request.kind.resource();
    let key = key(&resource, &request.namespace, &request.name);
    let mut object = cluster
        .store
        .get(&key)
        .cloned()
        .ok_or_else(|| Refusal::not_found(&resource, &request.name))?;
    if !request.dry_run() {
        object["metadata"]["deletionTimestamp"] = json!("2026-11-24T00:00:00Z");
        object = cluster.store.put(key, object);
        cluster.looks = 0;
        cluster.settle();
    }
    Ok(Json(object).into_response())
}

fn webhook(cluster: &mut Cluster, request: &Request) -> Result<(), Refusal> {
    if request.kind.schema.is_some() && cluster.webhook_failures > 0 {
        cluster.webhook_failures -= 1;
        return Err(Refusal::webhook());
    }
    Ok(())
}

fn validate(request: &Request, object: &Value) -> Result<(), Refusal> {
    let problems = request
        .kind
        .schema
        .as_ref()
        .map(|schema| schema::problems(schema, object))
        .unwrap_or_default();
    if problems.is_empty() {
        return Ok(());
    }
    Err(Refusal::bad(format!(
        "{} is invalid: {}",
        request.kind.kind,
        problems.join(", ")
    )))
}

fn parse(body: &[u8]) -> Result<Value, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::bad(format!("not JSON: {error}")))
}
