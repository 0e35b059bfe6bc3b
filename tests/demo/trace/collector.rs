//! A collector as small as can be: OTLP over HTTP, kept in memory.

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use prost::Message;
use tokio::runtime::Builder;

/// What is compared of a span. Ids are in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) service: String,
    pub(super) instance: String,
    pub(super) name: String,
    pub(super) trace: String,
    pub(super) id: String,
    pub(super) parent: String,
    /// Of HTTP.
    pub(super) status: String,
    pub(super) failed: bool,
}

/// A collector in a thread of its own, for as long as the tests run.
pub(super) struct Collector {
    address: SocketAddr,
    spans: Arc<Mutex<Vec<Span>>>,
}

impl Collector {
    pub(super) fn start() -> Self {
        let spans = Arc::<Mutex<Vec<Span>>>::default();
        let kept = spans.clone();
        let take = async move |body: Bytes| {
            let request = ExportTraceServiceRequest::decode(body).unwrap();
            kept.lock().unwrap().extend(spans_of(request));
        };
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        socket.set_nonblocking(true).unwrap();
        let address = socket.local_addr().unwrap();
        thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(socket).unwrap();
                let router = Router::new().route("/v1/traces", post(take));
                axum::serve(listener, router).await.unwrap();
            });
        });
        Self { address, spans }
    }

    /// The value of `OTEL_EXPORTER_OTLP_ENDPOINT`.
    pub(super) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All spans so far.
    pub(super) fn spans(&self) -> Vec<Span> {
        self.spans.lock().unwrap().clone()
    }
}

fn spans_of(request: ExportTraceServiceRequest) -> Vec<Span> {
    let mut found = Vec::new();
    for of in request.resource_spans {
        let resource = of.resource.unwrap().attributes;
        let spans = of.scope_spans.into_iter().flat_map(|scope| scope.spans);
        found.extend(spans.map(|span| {
            Span {
                service: attribute(&resource, "service.name"),
                instance: attribute(&resource, "service.instance.id"),
                status: attribute(&span.attributes, "http.response.status_code"),
                failed: span
                    .status
                    .as_ref()
                    .is_some_and(|s| s.code() == StatusCode::Error),
                name: span.name,
                trace: hex(&span.trace_id),
                id: hex(&span.span_id),
                parent: hex(&span.parent_span_id),
            }
        }));
    }
    found
}

fn attribute(all: &[KeyValue], key: &str) -> String {
    let value = all.iter().find(|of| of.key == key);
    match value.and_then(|of| of.value.as_ref()?.value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::IntValue(number)) => number.to_string(),
        _ => String::new(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
