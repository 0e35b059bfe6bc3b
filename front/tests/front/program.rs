//! The program itself: its exit codes and its sentences.

use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::fakes::{Replica, nobody};

/// The program with these variables and no others.
fn front(variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_front"));
    command.env_clear().envs(variables.iter().copied());
    command
}

fn assert_bad_settings(output: &Output, sentence: &str) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(error, format!("front: {sentence}\n"));
    assert_eq!(output.status.code(), Some(64));
}

#[test]
fn bad_settings_are_one_sentence_and_exit_64() {
    let endpoint = ("COLOR_SERVICE_ENDPOINT", "colorapp:8080");
    for (variables, sentence) in [
        (
            vec![],
            "COLOR_SERVICE_ENDPOINT must be set to the host:port of colorapp",
        ),
        (
            vec![("COLOR_SERVICE_ENDPOINT", "http://colorapp")],
            "COLOR_SERVICE_ENDPOINT: \"http://colorapp\": must be host:port, such as colorapp:8080",
        ),
        (
            vec![endpoint, ("SERVER_PORT", "http")],
            "SERVER_PORT: \"http\": must be a whole number from 0 to 65535",
        ),
        (
            vec![endpoint, ("http_proxy", "socks5://127.0.0.1:1080")],
            "http_proxy must be http://host:port, the only kind of proxy known here",
        ),
        (
            vec![endpoint, ("CONTROL_TOKEN", "too-short")],
            "CONTROL_TOKEN must have 16 to 512 characters",
        ),
    ] {
        assert_bad_settings(&front(&variables).output().unwrap(), sentence);
    }
}

#[tokio::test]
async fn a_port_in_use_is_one_sentence_and_exit_64() {
    let taken = service::bind(([127, 0, 0, 1], 0).into(), false).unwrap();
    let address = taken.local_addr().unwrap();
    let output = front(&[
        ("COLOR_SERVICE_ENDPOINT", "colorapp:8080"),
        ("SERVER_HOST", "127.0.0.1"),
        ("SERVER_PORT", &address.port().to_string()),
        ("CONTROL_PORT", "0"),
        ("RUST_LOG", "off"),
    ])
    .output()
    .unwrap();
    let sentence =
        format!("{address} is in use by another program: set SERVER_PORT to a free port");
    assert_bad_settings(&output, &sentence);
}

/// Whatever the shell's proxy is, the replicas are called directly; and SIGTERM is an orderly end.
#[tokio::test]
async fn it_runs_until_it_is_told_to_stop() {
    let replica = Replica::start("aaaa-1").await;
    let mut child = front(&[
        ("COLOR_SERVICE_ENDPOINT", "colorapp.invalid:8080"),
        ("COLOR_CONTROL_ENDPOINT", &replica.control.to_string()),
        ("SERVER_HOST", "127.0.0.1"),
        ("SERVER_PORT", "0"),
        ("CONTROL_PORT", "0"),
        ("LOG_FORMAT", "json"),
        ("http_proxy", &nobody().await.to_string()),
        ("HTTP_PROXY", "socks5://127.0.0.1:1"),
        ("ALL_PROXY", "not a proxy"),
        ("no_proxy", ",, .invalid:80"),
    ])
    .stderr(Stdio::piped())
    .spawn()
    .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut next = move || serde_json::from_str::<Value>(&lines.next().unwrap().unwrap()).unwrap();

    let started = next();
    assert_eq!(started["message"], "started");
    let url = format!("http://{}/fault", started["server"].as_str().unwrap());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    assert_eq!(http.get(url).send().await.unwrap().status(), 200);
    assert!(replica.is_faulty());
    let fault = next();
    assert_eq!(
        (&fault["message"], &fault["host"]),
        (&"fault set".into(), &"aaaa-1".into())
    );

    let kill = Command::new("kill").arg(child.id().to_string()).status();
    assert!(kill.unwrap().success());
    assert_eq!(next()["message"], "stopping");
    assert_eq!(next()["message"], "stopped");
    assert!(child.wait().unwrap().success());
}
