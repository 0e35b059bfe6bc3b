//! From its start to its end, without a trace.

use std::fs::{self, File};

use rustix::process::Signal;
use serde_json::Value;

use super::FLAGS;
use crate::folder::PrivateFolder;
use crate::harness::{Demo, outlier_demo};
use crate::process::{all_end, children_of};

/// It is quiet, on loopback, and what it wrote is gone.
#[tokio::test]
async fn it_ends_with_the_demo_and_leaves_nothing() {
    let folder = PrivateFolder::new("prometheus");
    let temporary = folder.path().join("tmp");
    fs::create_dir(&temporary).unwrap();
    let log = folder.path().join("log");
    let mut command = outlier_demo(&FLAGS);
    command
        .env("TMPDIR", &temporary)
        .stderr(File::create(&log).unwrap());
    let mut demo = Demo::run(&mut command);
    assert!(
        demo.prometheus().starts_with("http://127.0.0.1:"),
        "{}",
        demo.prometheus()
    );
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 1);
    let children = children_of(demo.pid());
    assert_eq!(children.len(), 8);
    demo.signal(Signal::TERM);
    assert_eq!(demo.ended().code(), Some(0));
    all_end(&children);
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0);
    let log = fs::read_to_string(log).unwrap();
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        assert_eq!(line["level"], "INFO", "{line}");
    }
}

#[test]
fn a_killed_demo_leaves_no_prometheus_behind() {
    let mut demo = Demo::start(&FLAGS);
    let children = children_of(demo.pid());
    demo.signal(Signal::KILL);
    demo.ended();
    all_end(&children);
}

#[test]
fn it_may_be_named_by_a_variable_and_have_a_port_of_choice() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port().to_string();
    drop(free);
    let mut command = outlier_demo(&["--prometheus", "--prometheus-port", &port]);
    let demo = Demo::run(command.env("PROMETHEUS", "prometheus"));
    assert_eq!(demo.prometheus(), format!("http://127.0.0.1:{port}"));
}
