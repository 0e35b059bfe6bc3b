//! The list of pages, in three places: `/`, `/help` and behind every unknown path.

use axum::http::StatusCode;
use axum::response::Response;

use super::reply;

struct Command {
    path: &'static str,
    post: bool,
    help: &'static str,
    parameters: &'static [&'static str],
}

const fn page(
    path: &'static str,
    help: &'static str,
    parameters: &'static [&'static str],
) -> Command {
    Command {
        path,
        post: false,
        help,
        parameters,
    }
}

const FILTER: &str = "filter: Regular expression for filtering stats";
const USED_ONLY: &str =
    "usedonly: Only include stats that have been written by system since restart";

/// Sorted by path; Envoy's words where the page is Envoy's.
const COMMANDS: &[Command] = &[
    page("/", "Admin home page", &[]),
    page(
        "/clusters",
        "upstream cluster status",
        &[
            "filter: Regular expression for filtering clusters by name",
            "format: Format to use; One of (text, json)",
        ],
    ),
    page("/config_dump", "dump current configuration", &[]),
    Command {
        path: "/healthcheck/fail",
        post: true,
        help: "cause the server to fail health checks",
        parameters: &[],
    },
    Command {
        path: "/healthcheck/ok",
        post: true,
        help: "cause the server to pass health checks",
        parameters: &[],
    },
    page("/help", "print out list of admin commands", &[]),
    page(
        "/listeners",
        "print listener info",
        &["format: File format to use; One of (text, json)"],
    ),
    page(
        "/outlier_events",
        "print the last lines of the outlier event log",
        &[],
    ),
    page(
        "/outliers",
        "print which host is ejected, why, until when, and why another is not",
        &[],
    ),
    page(
        "/ready",
        "print server state, return 200 if LIVE, otherwise return 503",
        &[],
    ),
    page(
        "/server_info",
        "print server version/status information",
        &[],
    ),
    page(
        "/stats",
        "print server stats",
        &[
            USED_ONLY,
            FILTER,
            "format: Format to use; One of (text, json, prometheus)",
        ],
    ),
    page(
        "/stats/prometheus",
        "print server stats in prometheus format",
        &[USED_ONLY, FILTER],
    ),
];

pub(super) async fn help() -> Response {
    reply::text(StatusCode::OK, list())
}

pub(super) async fn unknown() -> Response {
    reply::text(StatusCode::NOT_FOUND, format!("invalid path. {}", list()))
}

pub(super) async fn home() -> Response {
    let mut rows = String::new();
    for Command {
        path, post, help, ..
    } in COMMANDS
    {
        // A link to a page that changes something would change it by a click.
        let name = if *post {
            format!("{path} (POST)")
        } else {
            format!("<a href='{path}'>{path}</a>")
        };
        rows += &format!("<tr><td>{name}</td><td>{help}</td></tr>\n");
    }
    let title = "Ingress Admin";
    reply::html(format!(
        "<!DOCTYPE html>\n<html lang='en'>\n<head><title>{title}</title></head>\n\
         <body>\n<table>\n{rows}</table>\n</body>\n</html>\n"
    ))
}

fn list() -> String {
    let mut list = "admin commands are:\n".to_owned();
    for command in COMMANDS {
        let post = if command.post { " (POST)" } else { "" };
        list += &format!("  {}{post}: {}\n", command.path, command.help);
        for parameter in command.parameters {
            list += &format!("      {parameter}\n");
        }
    }
    list
}
