use std::io;
use std::net::SocketAddr;
use std::time::{Duration, UNIX_EPOCH};

use super::*;
use crate::mesh;

fn cluster() -> Arc<Cluster> {
    let spec = mesh::Cluster {
        name: "colorapp".to_owned(),
        node: "colorapp".to_owned(),
        hostname: None,
        port: 9080,
        outlier: None,
        max_connections: 1024,
        max_pending: 1024,
        timeout: None,
        idle_timeout: None,
    };
    let hosts: Vec<SocketAddr> = (9081..=9085)
        .map(|port| ([127, 0, 0, 1], port).into())
        .collect();
    Cluster::new(spec, &hosts).0
}

fn event(host: usize, action: Action, since_last_action: Option<u64>) -> Event {
    Event {
        host,
        action,
        at: Duration::from_millis(1_234),
        ejections: 1,
        since_last_action: since_last_action.map(Duration::from_millis),
    }
}

fn write(log: &EventLog, cluster: &Cluster, event: &Event) {
    log.write(cluster, &cluster.hosts()[event.host], event);
}

const EJECT: Action = Action::Eject {
    cause: Cause::Consecutive5xx,
    enforced: true,
};

/// The line without its time, which is another one on every run.
fn timeless(line: &str) -> String {
    let (before, rest) = line.split_once("\"timestamp\":\"").unwrap();
    let (_, after) = rest.split_once('"').unwrap();
    format!("{before}\"timestamp\":\"\"{after}")
}

/// FACTS 12.9, against the log that Envoy wrote.
#[test]
fn a_line_is_envoys_byte_for_byte() {
    let recorded = include_str!("../../tests/envoy/outlier_event_log.jsonl");
    let cluster = cluster();
    let log = EventLog::default();
    for host in [2, 1, 0, 3, 4] {
        write(&log, &cluster, &event(host, EJECT, None));
    }
    for (host, since) in [
        (1, 19_551),
        (0, 19_541),
        (2, 19_782),
        (4, 17_992),
        (3, 17_995),
    ] {
        write(&log, &cluster, &event(host, Action::Uneject, Some(since)));
    }
    let ours: Vec<String> = log.recent().lines().map(timeless).collect();
    let envoys: Vec<String> = recorded.lines().map(timeless).collect();
    assert_eq!(ours, envoys);
}

/// FACTS 3.9.
#[test]
fn a_gateway_failure_that_is_not_enforced_says_so() {
    let action = Action::Eject {
        cause: Cause::ConsecutiveGatewayFailure,
        enforced: false,
    };
    let cluster = cluster();
    let line = line(&cluster, &cluster.hosts()[0], &event(0, action, None));
    assert!(line.starts_with(r#"{"type":"CONSECUTIVE_GATEWAY_FAILURE","#));
    assert!(line.ends_with("\"enforced\":false,\"eject_consecutive_event\":{}}\n"));
}

/// FACTS 12.9.
#[test]
fn a_whole_second_has_no_fraction() {
    let at = |ms| timestamp(UNIX_EPOCH + Duration::from_millis(ms));
    assert_eq!(at(1_000), "1970-01-01T00:00:01Z");
    assert_eq!(at(1_010), "1970-01-01T00:00:01.010Z");
}

#[test]
fn only_the_last_events_are_kept() {
    let (cluster, log) = (cluster(), EventLog::default());
    for n in 0..EventLog::KEPT + 2 {
        write(
            &log,
            &cluster,
            &event(if n < 2 { 0 } else { 1 }, EJECT, None),
        );
    }
    let recent = log.recent();
    assert_eq!(recent.lines().count(), EventLog::KEPT);
    assert!(
        !recent.contains("127.0.0.1:9081"),
        "the two oldest are gone"
    );
}

#[test]
fn lines_are_appended_to_what_the_file_holds() {
    let path = std::env::temp_dir().join(format!("event-log-{}.jsonl", uuid::Uuid::new_v4()));
    std::fs::write(&path, "before\n").unwrap();
    let log = EventLog::open(Some(&path)).unwrap();
    write(&log, &cluster(), &event(0, EJECT, None));
    let written = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(written, format!("before\n{}", log.recent()));
}

#[test]
fn a_file_that_cannot_be_opened_names_the_flag() {
    let folder = std::env::temp_dir();
    let error = EventLog::open(Some(&folder)).unwrap_err().to_string();
    let sentence = format!("--event-log: cannot append to {}: ", folder.display());
    assert!(error.starts_with(&sentence), "{error}");
}

/// A disk with room for so many bytes.
struct Disk {
    room: usize,
    written: Vec<u8>,
}

impl Write for Disk {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let fits = line.len().min(self.room);
        if fits == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.room -= fits;
        self.written.write(&line[..fits])
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The part of a line for which there was room stays a line of its own.
#[test]
fn a_file_that_cannot_be_written_costs_its_lines_only() {
    for (room, written) in [(0, "three\n"), (2, "on\nthree\n"), (4, "one\nthree\n")] {
        let mut appender = Appender::new(Disk {
            room,
            written: Vec::new(),
        });
        appender.append("one\n");
        assert_eq!(appender.failing, room < 4);
        appender.append("two\n");
        assert!(appender.failing);
        appender.to.room = 100;
        appender.append("three\n");
        assert!(!appender.failing);
        assert_eq!(String::from_utf8_lossy(&appender.to.written), written);
    }
}
