//! `/metrics` in the format that the reader understands.
//!
//! Prometheus asks for OpenMetrics. Everybody else, such as curl, promtool and the agents that merge an
//! app's numbers with those of its sidecar, gets Prometheus' own text format, which they all read.

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_TYPE, VARY};
use axum::response::{IntoResponse, Response};

const OPEN_METRICS: &str = "application/openmetrics-text";
const OPEN_METRICS_1: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The answer to a request with these headers. `page` is OpenMetrics text with counters, gauges and
/// histograms, without exemplars.
pub fn exposition(request: &HeaderMap, page: String) -> Response {
    let (content_type, page) = if takes_open_metrics(request) {
        (OPEN_METRICS_1, page)
    } else {
        (TEXT, text_format(&page))
    };
    let headers = [(CONTENT_TYPE, content_type), (VARY, ACCEPT.as_str())];
    (headers, page).into_response()
}

fn takes_open_metrics(request: &HeaderMap) -> bool {
    let wanted = request.get_all(ACCEPT).iter();
    wanted
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|range| range.split(';').next())
        .any(|media_type| media_type.trim().eq_ignore_ascii_case(OPEN_METRICS))
}

/// The same page in Prometheus' text format 0.0.4: there a counter's family bears the name of its
/// samples, with `_total`, and neither units nor the end are told.
fn text_format(page: &str) -> String {
    let mut text = String::with_capacity(page.len());
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        // The line of a family's help is right before that of its type.
        let about = line
            .strip_prefix("# HELP ")
            .or_else(|| line.strip_prefix("# TYPE "));
        if let Some(about) = about {
            let (name, rest) = about.split_once(' ').unwrap_or((about, ""));
            let counter = format!("# TYPE {name} counter");
            let total = if line == counter || lines.peek() == Some(&counter.as_str()) {
                "_total"
            } else {
                ""
            };
            text.push_str(&line[..line.len() - about.len()]);
            text.push_str(name);
            text.push_str(total);
            text.push(' ');
            text.push_str(rest);
        } else if line.starts_with('#') {
            continue;
        } else {
            text.push_str(line);
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const PAGE: &str = "\
# HELP a_requests Requests.
# TYPE a_requests counter
a_requests_total{code=\"200\"} 3
# HELP a_seconds Time.
# TYPE a_seconds histogram
# UNIT a_seconds seconds
a_seconds_sum 0.5
a_seconds_count 1
a_seconds_bucket{le=\"+Inf\"} 1
# HELP a_faulty Whether.
# TYPE a_faulty gauge
a_faulty 0
# EOF
";

    fn content_type(accept: Option<&'static str>) -> String {
        let accept = accept.map(|accept| (ACCEPT, HeaderValue::from_static(accept)));
        let request = accept.into_iter().collect();
        let response = exposition(&request, PAGE.to_owned());
        response.headers()[CONTENT_TYPE]
            .to_str()
            .unwrap()
            .to_owned()
    }

    #[test]
    fn a_counter_bears_the_name_of_its_samples() {
        let expected = "\
# HELP a_requests_total Requests.
# TYPE a_requests_total counter
a_requests_total{code=\"200\"} 3
# HELP a_seconds Time.
# TYPE a_seconds histogram
a_seconds_sum 0.5
a_seconds_count 1
a_seconds_bucket{le=\"+Inf\"} 1
# HELP a_faulty Whether.
# TYPE a_faulty gauge
a_faulty 0
";
        assert_eq!(text_format(PAGE), expected);
    }

    #[test]
    fn open_metrics_is_for_those_who_ask_for_it() {
        for accept in [
            "application/openmetrics-text",
            "text/plain;version=0.0.4;q=0.5, Application/OpenMetrics-Text; version=1.0.0;q=0.75,*/*;q=0.1",
        ] {
            assert_eq!(content_type(Some(accept)), OPEN_METRICS_1, "{accept}");
        }
        for accept in [
            None,
            Some("*/*"),
            Some("text/plain"),
            Some("application/openmetrics"),
        ] {
            assert_eq!(content_type(accept), TEXT, "{accept:?}");
        }
    }
}
