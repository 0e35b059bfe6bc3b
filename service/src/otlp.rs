//! Spans for OpenTelemetry, once its standard variables ask for them; without them nothing of this runs.
//!
//! | variable | |
//! | --- | --- |
//! | `OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` | switch it on: an `http://` URL, the first without `/v1/traces` |
//! | `OTEL_SDK_DISABLED=true`, `OTEL_TRACES_EXPORTER=none` | switch it off |
//! | `OTEL_SERVICE_NAME` | the service's name, by default the program's |
//! | `OTEL_EXPORTER_OTLP_PROTOCOL` | `http/protobuf` |
//! | `OTEL_EXPORTER_OTLP_TIMEOUT`, `OTEL_EXPORTER_OTLP_TRACES_TIMEOUT` | milliseconds that a collector may take to answer, 10000 by default |
//!
//! The SDK reads the others by itself: `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_TRACES_SAMPLER`,
//! `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_BSP_*`.
//!
//! Each request that a router answers is one span, and what it says of the trace to those behind it is
//! this span. Its names are those of OpenTelemetry's conventions for HTTP.

mod client;

use std::num::NonZeroU32;
use std::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{SpanKind, Status, TraceContextExt, Tracer as _, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::{HeaderExtractor, HeaderInjector};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use tokio::task::spawn_blocking;
use tracing::warn;

use crate::{ConfigError, Environment, HangUp, setting};
use client::Client;

const PROTOCOL: &str = "http/protobuf";

/// The default of OpenTelemetry for the time of an export.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long the last spans of a program may take: it must not be late because nobody listens to them.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Makes spans and sends them in batches, from a thread of its own. Clones are the same one.
#[derive(Clone, Debug)]
pub struct Tracer(SdkTracerProvider);

impl Tracer {
    /// The one that the variables ask for, if they do, of the program `name`; `instance` tells it from
    /// others of the same name. Needs a tokio runtime, in which it connects.
    ///
    /// # Errors
    /// When a variable asks for what is not known here, such as TLS or gRPC.
    pub fn from_env(
        env: &impl Environment,
        name: &'static str,
        instance: Option<String>,
    ) -> Result<Option<Self>, ConfigError> {
        let Some(endpoint) = endpoint(env)? else {
            return Ok(None);
        };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Client::new(patience(env)?))
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(endpoint)
            .build()
            .map_err(|error| ConfigError::new(format!("OTEL_EXPORTER_OTLP_ENDPOINT: {error}")))?;
        let mut resource = Resource::builder();
        let attributes = env.get("OTEL_RESOURCE_ATTRIBUTES").unwrap_or_default();
        if env.get("OTEL_SERVICE_NAME").is_none() && !attributes.contains("service.name=") {
            resource = resource.with_service_name(name);
        }
        if let Some(instance) = instance {
            resource = resource.with_attribute(KeyValue::new("service.instance.id", instance));
        }
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource.build());
        Ok(Some(Self(provider.build())))
    }

    /// `router`, with a span for each request.
    pub fn around(&self, router: Router) -> Router {
        let tracer = self.0.tracer(env!("CARGO_PKG_NAME"));
        router.layer(from_fn_with_state(tracer, answer))
    }

    /// Sends what is left, for half a second at the most.
    pub async fn end(self) {
        // The SDK waits in place, and the runtime that it waits for may have this thread only.
        let ended = spawn_blocking(move || self.0.shutdown_with_timeout(LAST_WORDS)).await;
        match ended {
            Ok(Ok(())) => {}
            Ok(Err(error)) => warn!(%error, "the last spans are lost"),
            Err(error) => warn!(%error, "the last spans are lost"),
        }
    }
}

/// How long a collector may take to answer.
fn patience(env: &impl Environment) -> Result<Duration, ConfigError> {
    let own: Option<NonZeroU32> = setting(env, "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT")?;
    let common = setting(env, "OTEL_EXPORTER_OTLP_TIMEOUT")?;
    let millis = own.or(common);
    Ok(millis.map_or(PATIENCE, |millis| {
        Duration::from_millis(millis.get().into())
    }))
}

/// The URL that spans are sent to.
fn endpoint(env: &impl Environment) -> Result<Option<String>, ConfigError> {
    let disabled = env.get("OTEL_SDK_DISABLED").unwrap_or_default();
    if disabled.eq_ignore_ascii_case("true") {
        return Ok(None);
    }
    match env.get("OTEL_TRACES_EXPORTER").as_deref() {
        None | Some("otlp") => {}
        Some("none") => return Ok(None),
        Some(other) => {
            return Err(ConfigError::new(format!(
                "OTEL_TRACES_EXPORTER: {other:?}: must be otlp or none"
            )));
        }
    }
    let own = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
    let common = "OTEL_EXPORTER_OTLP_ENDPOINT";
    let (name, url) = match (env.get(own), env.get(common)) {
        (Some(url), _) => (own, url),
        (None, Some(url)) => (common, format!("{}/v1/traces", url.trim_end_matches('/'))),
        (None, None) => return Ok(None),
    };
    // The value stays out of the sentences, for it may hold a password.
    if !url.starts_with("http://") {
        return Err(ConfigError::new(format!(
            "{name} must be an http:// URL: send to a collector nearby, which may go on with TLS"
        )));
    }
    for name in [
        "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
        "OTEL_EXPORTER_OTLP_PROTOCOL",
    ] {
        if let Some(other) = env.get(name).filter(|value| value != PROTOCOL) {
            return Err(ConfigError::new(format!(
                "{name}: {other:?}: must be {PROTOCOL}"
            )));
        }
    }
    Ok(Some(url))
}

async fn answer(State(tracer): State<SdkTracer>, mut request: Request, next: Next) -> Response {
    let propagator = TraceContextPropagator::new();
    let parent =
        propagator.extract_with_context(&Context::new(), &HeaderExtractor(request.headers()));
    let method = request.method().to_string();
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("", MatchedPath::as_str).to_owned();
    let span = tracer
        .span_builder(format!("{method} {route}").trim_end().to_owned())
        .with_kind(SpanKind::Server)
        .with_attributes([
            KeyValue::new("http.request.method", method),
            KeyValue::new("url.path", request.uri().path().to_owned()),
            KeyValue::new("http.route", route),
        ])
        .start_with_context(&tracer, &parent);
    let own = parent.with_span(span);
    for field in propagator.fields() {
        request.headers_mut().remove(field);
    }
    propagator.inject_context(&own, &mut HeaderInjector(request.headers_mut()));

    // A client that leaves ends the span all the same, when it is dropped.
    let response = next.run(request).await;
    let span = own.span();
    if response.extensions().get::<HangUp>().is_some() {
        span.set_status(Status::error("closed without an answer"));
    } else {
        let status = response.status();
        let code = i64::from(status.as_u16());
        span.set_attribute(KeyValue::new("http.response.status_code", code));
        if status.is_server_error() {
            span.set_status(Status::error(""));
        }
    }
    span.end();
    response
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const COMMON: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318/");

    fn chosen(variables: &[(&'static str, &'static str)]) -> Result<Option<String>, String> {
        let env: BTreeMap<_, _> = variables.iter().copied().collect();
        endpoint(&env).map_err(|error| error.to_string())
    }

    #[test]
    fn an_endpoint_switches_it_on() {
        assert_eq!(chosen(&[]), Ok(None));
        assert_eq!(
            chosen(&[COMMON]),
            Ok(Some("http://c:4318/v1/traces".into()))
        );
        let own = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://t:1/spans");
        assert_eq!(chosen(&[COMMON, own]), Ok(Some("http://t:1/spans".into())));
    }

    #[test]
    fn two_variables_switch_it_off() {
        for off in [
            ("OTEL_SDK_DISABLED", "True"),
            ("OTEL_TRACES_EXPORTER", "none"),
        ] {
            assert_eq!(chosen(&[COMMON, off]), Ok(None));
        }
        assert!(
            chosen(&[COMMON, ("OTEL_SDK_DISABLED", "false")])
                .unwrap()
                .is_some()
        );
    }

    #[test]
    fn a_collector_has_the_time_that_is_set() {
        let own = ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "250");
        let common = ("OTEL_EXPORTER_OTLP_TIMEOUT", "500");
        let of = |set: &[_]| patience(&set.iter().copied().collect::<BTreeMap<_, _>>());
        assert_eq!(of(&[]).unwrap(), PATIENCE);
        assert_eq!(of(&[common]).unwrap(), Duration::from_millis(500));
        assert_eq!(of(&[common, own]).unwrap(), Duration::from_millis(250));
        for wrong in ["0", "10s", "-1"] {
            let error = of(&[("OTEL_EXPORTER_OTLP_TIMEOUT", wrong)]).unwrap_err();
            let begins = format!("OTEL_EXPORTER_OTLP_TIMEOUT: {wrong:?}: ");
            assert!(error.to_string().starts_with(&begins), "{error}");
        }
    }

    #[test]
    fn what_is_not_spoken_here_is_named() {
        let https = ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://me:secret@c");
        let refused = chosen(&[https]).unwrap_err();
        assert!(refused.starts_with("OTEL_EXPORTER_OTLP_ENDPOINT must be an http:// URL"));
        assert!(!refused.contains("secret"));
        let grpc = ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
        let sentence = "OTEL_EXPORTER_OTLP_PROTOCOL: \"grpc\": must be http/protobuf";
        assert_eq!(chosen(&[COMMON, grpc]), Err(sentence.to_owned()));
        let zipkin = ("OTEL_TRACES_EXPORTER", "zipkin");
        let sentence = "OTEL_TRACES_EXPORTER: \"zipkin\": must be otlp or none";
        assert_eq!(chosen(&[COMMON, zipkin]), Err(sentence.to_owned()));
    }
}
