//! `/stats` and `/stats/prometheus`.

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::{Shared, State, reply};
use crate::balance::MergeCounters;
use crate::metrics::{self, Filter, Server, Stat};

#[derive(Deserialize)]
pub(super) struct Parameters {
    filter: Option<String>,
    /// Its presence counts, whatever its value.
    usedonly: Option<String>,
    format: Option<String>,
}

pub(super) async fn page(state: Shared, Query(parameters): Query<Parameters>) -> Response {
    let format = parameters.format.as_deref().unwrap_or("text");
    if !matches!(format, "text" | "json" | "prometheus") {
        return reply::text(
            StatusCode::BAD_REQUEST,
            "format must be text, json or prometheus\n",
        );
    }
    selected(&state, &parameters, |stats| match format {
        "json" => reply::json(metrics::json(stats)),
        "prometheus" => reply::text(StatusCode::OK, metrics::prometheus(stats)),
        _ => reply::text(StatusCode::OK, metrics::text(stats)),
    })
}

pub(super) async fn prometheus(state: Shared, Query(parameters): Query<Parameters>) -> Response {
    selected(&state, &parameters, |stats| {
        reply::text(StatusCode::OK, metrics::prometheus(stats))
    })
}

fn selected(
    state: &State,
    parameters: &Parameters,
    page: impl FnOnce(&[Stat<'_>]) -> Response,
) -> Response {
    let filter = Filter::new(parameters.filter.as_deref(), parameters.usedonly.is_some());
    match filter {
        Ok(filter) => {
            let mut stats = all(state);
            stats.retain(|stat| filter.takes(stat));
            page(&stats)
        }
        Err(error) => reply::bad_filter(&error),
    }
}

fn all(state: &State) -> Vec<Stat<'_>> {
    let mut merges = MergeCounters::default();
    for cluster in &state.clusters {
        let of = cluster.membership().merge_counters();
        merges.out_of_window += of.out_of_window;
        merges.via_merge += of.via_merge;
        merges.cancelled += of.cancelled;
    }
    let server = Server {
        live: state.live.get(),
        uptime: state.started.elapsed(),
        concurrency: state.concurrency,
        clusters: state.clusters.len(),
        listeners: state.listeners.len(),
        merges,
    };
    let clusters = state.clusters.iter().map(|c| &**c);
    clusters
        .flat_map(metrics::cluster_stats)
        .chain(
            state
                .downstream
                .iter()
                .flat_map(|d| metrics::downstream_stats(d)),
        )
        .chain(metrics::server_stats(&server))
        .collect()
}
