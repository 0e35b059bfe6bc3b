//! Setting and clearing faults.
//!
//! `/fault` and `/recover` go around the mesh to the control ports, and so reach also a replica that
//! is ejected. `/color/fault` and `/color/recover` go through the mesh to whichever replica it picks,
//! as in the original demo; where nobody said where the control ports are, the former do so, too.
//! Something is refused only before anything has changed.

use std::future::Future;
use std::panic::resume_unwind;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::future::join_all;
use service::TraceContext;
use tracing::info;

use crate::color::{Answer, Failure};
use crate::events::Feed;
use crate::fault_request::{FaultRequest, Target};
use crate::pick;
use crate::refusal::Refusal;
use crate::replicas::{Change, Replica, Replicas, Reply};
use crate::state::Front;

/// `/color/fault`.
pub(crate) async fn fault_through_mesh(
    State(front): State<Arc<Front>>,
    asked: TraceContext,
    RawQuery(query): RawQuery,
) -> Result<Answer, Failure> {
    through_mesh(front, "/fault", query, asked).await
}

/// `/color/recover`.
pub(crate) async fn recover_through_mesh(
    State(front): State<Arc<Front>>,
    asked: TraceContext,
    RawQuery(query): RawQuery,
) -> Result<Answer, Failure> {
    through_mesh(front, "/recover", query, asked).await
}

/// `/fault`: one healthy replica, `count` of them, or the named `host`.
pub(crate) async fn fault(
    State(front): State<Arc<Front>>,
    asked: TraceContext,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let query = query.unwrap_or_default();
    let request = FaultRequest::parse(&query)?;
    let Some(replicas) = front.sources.replicas.clone() else {
        return without_control_ports(&front, "/fault", request.target, query, asked).await;
    };
    let one_at_a_time = front.changing.clone().lock_owned().await;
    to_the_end(async move {
        let set = set(&front, &replicas, &request).await;
        drop(one_at_a_time);
        set
    })
    .await
}

/// `/recover`: every replica that is faulty, or the named `host`.
pub(crate) async fn recover(
    State(front): State<Arc<Front>>,
    asked: TraceContext,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let query = query.unwrap_or_default();
    let Some(replicas) = front.sources.replicas.clone() else {
        let request = FaultRequest::parse(&query)?;
        return without_control_ports(&front, "/recover", request.target, query, asked).await;
    };
    let host = FaultRequest::parse_recover(&query)?;
    let one_at_a_time = front.changing.clone().lock_owned().await;
    to_the_end(async move {
        let cleared = clear(&front, &replicas, host).await;
        drop(one_at_a_time);
        cleared
    })
    .await
}

/// Carries out what has begun, also where the client leaves before its answer: what changed is logged, counted and
/// shown all the same.
async fn to_the_end<T: Send + 'static>(change: impl Future<Output = T> + Send + 'static) -> T {
    match tokio::spawn(change).await {
        Ok(done) => done,
        Err(panicked) => resume_unwind(panicked.into_panic()),
    }
}

async fn set(
    front: &Front,
    replicas: &Replicas,
    request: &FaultRequest,
) -> Result<Response, Refusal> {
    let (found, mesh) = tokio::join!(replicas.find(), front.sources.mesh_report());
    let picked = pick::to_fault(&request.target, &found, |replica| {
        mesh.is_ejected(replica.address)
    })?;
    let (first, others) = picked
        .split_first()
        .expect("at least one replica is picked or the request is refused");
    let change = Change::Fault(&request.options);
    // The options are the same for all, so the first replica's word on them is every replica's.
    let mut lines = Lines::new(&front.feed);
    match replicas.tell(first, change).await {
        None => return Err(Refusal::Silent(first.uid.clone())),
        Some(reply) if !reply.status.is_success() => return Err(Refusal::Replica(reply)),
        accepted => lines.add(first, change, accepted),
    }
    tell_all(replicas, others, change, &mut lines).await;
    front.metrics.faulted(lines.took);
    Ok(lines.into_response())
}

async fn clear(
    front: &Front,
    replicas: &Replicas,
    host: Option<String>,
) -> Result<Response, Refusal> {
    let found = replicas.find().await;
    let mut lines = Lines::new(&front.feed);
    let faulty = match host {
        Some(host) => vec![pick::by_uid(&host, &found)?],
        None => {
            // What does not answer may be faulty, so it cannot be passed over in silence.
            for control in &found.silent {
                lines.fail(&format!("{control} does not answer"));
            }
            let faulty = found
                .replicas
                .iter()
                .filter(|replica| replica.fault.is_some());
            faulty.collect()
        }
    };
    tell_all(replicas, &faulty, Change::Recover, &mut lines).await;
    front.metrics.recovered(lines.took);
    if lines.text.is_empty() {
        return Ok("no host is faulty.\n".into_response());
    }
    Ok(lines.into_response())
}

async fn through_mesh(
    front: Arc<Front>,
    path: &'static str,
    query: Option<String>,
    asked: TraceContext,
) -> Result<Answer, Failure> {
    to_the_end(async move { change_through_mesh(&front, path, query.as_deref(), &asked).await })
        .await
}

async fn change_through_mesh(
    front: &Front,
    path: &'static str,
    query: Option<&str>,
    asked: &TraceContext,
) -> Result<Answer, Failure> {
    let answer = front.color.call(path, query, asked).await?;
    let host = answer.uid();
    info!(path, query, host = host.as_deref(), status = %answer.status, "sent through the mesh");
    if host.is_some() && answer.status.is_success() {
        match path {
            "/fault" => front.metrics.faulted(1),
            _ => front.metrics.recovered(1),
        }
    }
    if let Some(host) = host.filter(|_| answer.status.is_success()) {
        let change = match path {
            "/fault" => Change::Fault(query.unwrap_or_default()),
            _ => Change::Recover,
        };
        front.feed.changed(&host, None, change);
    }
    Ok(answer)
}

async fn without_control_ports(
    front: &Arc<Front>,
    path: &'static str,
    target: Target,
    query: String,
    asked: TraceContext,
) -> Result<Response, Refusal> {
    match target {
        Target::Any => {
            let query = Some(query).filter(|query| !query.is_empty());
            Ok(through_mesh(front.clone(), path, query, asked)
                .await
                .into_response())
        }
        Target::Count(_) => Err(Refusal::NeedsControl("count")),
        Target::Host(_) => Err(Refusal::NeedsControl("host")),
    }
}

async fn tell_all(replicas: &Replicas, to: &[&Replica], change: Change<'_>, lines: &mut Lines<'_>) {
    let replies = join_all(to.iter().map(|replica| replicas.tell(replica, change))).await;
    for (replica, reply) in to.iter().zip(replies) {
        lines.add(replica, change, reply);
    }
}

/// The answer as it grows: one line per replica, 502 as soon as one of them failed.
struct Lines<'a> {
    /// Hears of each change.
    feed: &'a Feed,
    status: StatusCode,
    text: String,
    /// Replicas that did as they were told.
    took: u64,
}

impl<'a> Lines<'a> {
    fn new(feed: &'a Feed) -> Self {
        Self {
            feed,
            status: StatusCode::OK,
            text: String::new(),
            took: 0,
        }
    }

    fn add(&mut self, replica: &Replica, change: Change<'_>, reply: Option<Reply>) {
        let uid = &replica.uid;
        match reply {
            Some(reply) if reply.status.is_success() => {
                match change {
                    Change::Fault(options) => info!(host = %uid, options, "fault set"),
                    Change::Recover => info!(host = %uid, "fault cleared"),
                }
                self.feed.changed(uid, Some(replica.address), change);
                self.took += 1;
                self.line(&reply.text);
            }
            Some(reply) => self.fail(&format!("host: `{uid}`: {}", reply.text)),
            None => self.fail(&format!(
                "host: `{uid}` does not answer on its control port"
            )),
        }
    }

    fn fail(&mut self, line: &str) {
        self.status = StatusCode::BAD_GATEWAY;
        self.line(line);
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

impl IntoResponse for Lines<'_> {
    fn into_response(self) -> Response {
        (self.status, self.text).into_response()
    }
}
