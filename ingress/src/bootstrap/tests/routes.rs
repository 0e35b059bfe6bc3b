//! What becomes of routes, and of what they match.

use super::*;

#[test]
fn weights_timeouts_and_retries_are_those_of_the_route() {
    let written = rich();
    let canary = &route(&written, "canary")["route"];
    assert_eq!(
        canary["weighted_clusters"]["clusters"],
        json!([
            { "name": "cds_egress_m_red_demo_http_8080", "weight": 9 },
            { "name": "cds_egress_m_blue_demo_http_8080", "weight": 1 },
        ])
    );
    assert_eq!(canary["timeout"], "2s");
    let retry = &canary["retry_policy"];
    assert_eq!(retry["retry_on"], "connect-failure,5xx,retriable-4xx");
    assert_eq!(retry["num_retries"], 4);
    assert_eq!(retry["per_try_timeout"], "0.500s");
    let predicate = &retry["retry_host_predicate"][0]["name"];
    assert_eq!(predicate, "envoy.retry_host_predicates.previous_hosts");
    // FACTS 1.4.
    let default = &route(&written, "rest")["route"]["retry_policy"];
    assert_eq!(
        default["retry_on"],
        "connect-failure,retriable-status-codes"
    );
    assert_eq!(default["retriable_status_codes"], json!([503]));
}

/// FACTS 15.12.
#[test]
fn an_attempt_has_its_time_also_where_nothing_is_tried_again() {
    let events = "httpRetryEvents: [server-error, client-error]
          tcpRetryEvents: [connection-error]";
    assert!(RICH.contains(events));
    let never = RICH.replacen(events, "httpRetryEvents: [stream-error]", 1);
    let written = bootstrap(&mesh(&source(never))).unwrap();
    let retry = &route(&written, "canary")["route"]["retry_policy"];
    assert_eq!(retry["per_try_timeout"], "0.500s");
    assert_eq!(retry["retry_on"], Value::Null);
}

#[test]
fn a_time_without_end_is_zero() {
    let written = rich();
    assert_eq!(route(&written, "slow")["route"]["timeout"], "0s");
}

#[test]
fn all_kinds_of_header_matches_are_written() {
    let written = rich();
    assert_eq!(
        route(&written, "canary")["match"],
        json!({
            "prefix": "/paint",
            "headers": [
                { "name": ":method", "string_match": { "exact": "GET" } },
                { "name": "x-exact", "string_match": { "exact": "a" } },
                { "name": "x-prefix", "string_match": { "prefix": "a" } },
                { "name": "x-suffix", "string_match": { "suffix": "a" } },
                { "name": "x-regex", "string_match": { "safe_regex": { "regex": "a+" } } },
                { "name": "x-range", "range_match": { "start": "1", "end": "5" } },
                { "name": "x-there", "present_match": true },
                { "name": "x-not", "present_match": true, "invert_match": true },
                {
                    "name": "x-not-a", "string_match": { "exact": "a" }, "invert_match": true,
                    "treat_missing_header_as_empty": true,
                },
            ],
        })
    );
}

#[test]
fn a_gateway_route_asks_for_what_both_levels_ask_for() {
    let written = rich();
    let deeper = &route(&written, "paint/slow")["match"];
    assert_eq!(
        deeper["prefix"], "/paint/slow",
        "the longer one of /paint and /paint/slow"
    );
    let exact = &route(&written, "paint/exact")["match"];
    assert_eq!(exact["path"], "/paint/exact");
    let regex = &route(&written, "paint/regex")["match"];
    assert_eq!(regex["safe_regex"]["regex"], "/[a-z]+/[0-9]+");
    let begins = json!({ "name": ":path", "string_match": { "prefix": "/paint" } });
    assert_eq!(regex["headers"][0], begins);
}

/// `/other` is no `/paint`: no request takes both, and a route for nobody is none.
#[test]
fn what_no_request_can_fulfil_is_no_route() {
    let written = rich();
    let routes = &hosts(&written, 0)[0]["routes"];
    assert!(
        !names(routes).contains(&"paint/other"),
        "{:?}",
        names(routes)
    );
}

#[test]
fn a_host_is_compared_without_its_port_and_in_any_case() {
    let written = rich();
    let host = |name| route(&written, name)["match"]["headers"][0].clone();
    let pattern = |text: &str| json!({ "name": ":authority", "string_match": { "safe_regex": { "regex": text } } });
    assert_eq!(
        host("named/blue"),
        pattern(r"(?i)blue\.example(?::[0-9]*)?")
    );
    assert_eq!(
        host("ending/blue"),
        pattern(r"(?i).*\.example\.org(?::[0-9]*)?")
    );
}

/// The next gateway route is not for requests that this one takes.
#[test]
fn what_a_gateway_route_takes_ends_there() {
    let written = rich();
    let routes = &hosts(&written, 0)[0]["routes"];
    let names = names(routes);
    let end = names.iter().position(|name| *name == "paint").unwrap();
    assert!(
        names[..end]
            .iter()
            .filter(|name| name.starts_with("paint/"))
            .count()
            > 3
    );
    assert_eq!(
        routes[end],
        json!({ "name": "paint", "match": { "prefix": "/paint" }, "direct_response": { "status": 404 } })
    );
    assert!(
        !names.contains(&"named"),
        "its one route is for everything: {names:?}"
    );
}

#[test]
fn a_matched_prefix_is_rewritten_whatever_the_route_below_matches() {
    let written = rich();
    let action = &route(&written, "paint/exact")["route"];
    assert_eq!(
        action["regex_rewrite"],
        json!({ "pattern": { "regex": "^/paint/?" }, "substitution": "/" })
    );
    assert_eq!(action["host_rewrite_literal"], "paint.demo");
    let whole = &route(&written, "whole/blue")["route"];
    assert_eq!(whole["prefix_rewrite"], "/new");
    assert!(whole["host_rewrite_literal"].is_null(), "switched off");
}
