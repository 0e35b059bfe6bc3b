//! The outlier event log: one JSON object per line, byte for byte as Envoy writes it (FACTS 12.9), so
//! that whatever reads Envoy's log reads this one.
//!
//! The last events are kept for the admin page; all are appended to a file if one is given. A file
//! that cannot be written costs its lines, never an ejection.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use parking_lot::Mutex;
use serde::Serialize;
use service::ConfigError;
use tracing::{error, info};

use crate::cluster::{Cluster, EventSink, Host};
use crate::outlier::{Action, Cause, Event};

/// Where outlier events go. Clones share the events and the file.
#[derive(Clone, Debug, Default)]
pub struct EventLog(Arc<Shared>);

/// Sync locks: held for an append of one line, never across an await, and no request takes them.
#[derive(Debug, Default)]
struct Shared {
    recent: Mutex<VecDeque<String>>,
    file: Option<Mutex<Appender<File>>>,
}

impl EventLog {
    /// How many events are kept in memory: hours of a demo, and about 250 KiB.
    pub const KEPT: usize = 1_000;

    /// A log that appends to `path`, which is created if need be, or keeps the last events only.
    ///
    /// # Errors
    /// When the file cannot be opened for writing.
    pub fn open(path: Option<&Path>) -> Result<Self, ConfigError> {
        let file = path
            .map(|path| {
                let file = OpenOptions::new().append(true).create(true).open(path);
                file.map(Appender::new).map_err(|cause| {
                    let path = path.display();
                    ConfigError::new(format!("--event-log: cannot append to {path}: {cause}"))
                })
            })
            .transpose()?;
        Ok(Self(Arc::new(Shared {
            recent: Mutex::default(),
            file: file.map(Mutex::new),
        })))
    }

    /// The last [`KEPT`](Self::KEPT) events, oldest first, one line each.
    pub fn recent(&self) -> String {
        self.0.recent.lock().iter().map(String::as_str).collect()
    }
}

impl EventSink for EventLog {
    fn write(&self, cluster: &Cluster, host: &Host, event: &Event) {
        let line = line(cluster, host, event);
        if let Some(file) = &self.0.file {
            file.lock().append(&line);
        }
        let mut recent = self.0.recent.lock();
        if recent.len() == Self::KEPT {
            recent.pop_front();
        }
        recent.push_back(line);
    }
}

/// Writes lines, and says so once when that begins to fail and once when it works again.
#[derive(Debug)]
struct Appender<W> {
    to: W,
    failing: bool,
    /// The last line has begun and not ended, as where the disk was full in the middle of it.
    is_within_a_line: bool,
}

impl<W: Write> Appender<W> {
    fn new(to: W) -> Self {
        Self {
            to,
            failing: false,
            is_within_a_line: false,
        }
    }

    fn append(&mut self, line: &str) {
        let result = self.write(line.as_bytes());
        match (&result, self.failing) {
            (Err(cause), false) => error!(%cause, "the outlier event log cannot be written"),
            (Ok(()), true) => info!("the outlier event log is written again"),
            (Ok(()), false) | (Err(_), true) => {}
        }
        self.failing = result.is_err();
    }

    /// What of a line was written before stays, so the next one begins behind its end.
    fn write(&mut self, mut line: &[u8]) -> io::Result<()> {
        if self.is_within_a_line {
            self.to.write_all(b"\n")?;
            self.is_within_a_line = false;
        }
        while !line.is_empty() {
            match self.to.write(line) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(n) => line = &line[n..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
            self.is_within_a_line = !line.is_empty();
        }
        Ok(())
    }
}

/// The order of the fields is Envoy's.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    secs_since_last_action: Option<String>,
    cluster_name: &'a str,
    upstream_url: String,
    action: &'static str,
    num_ejections: u32,
    enforced: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    eject_consecutive_event: Option<Nothing>,
}

#[derive(Serialize)]
struct Nothing {}

fn line(cluster: &Cluster, host: &Host, event: &Event) -> String {
    // A return says neither what the ejection was nor that it was enforced.
    let (action, cause, enforced) = match event.action {
        Action::Eject { cause, enforced } => ("EJECT", cause, enforced),
        Action::Uneject => ("UNEJECT", Cause::Consecutive5xx, false),
    };
    let line = Line {
        kind: cause.event_type(),
        timestamp: timestamp(cluster.wall_clock(event.at)),
        secs_since_last_action: event
            .since_last_action
            .map(|time| time.as_secs().to_string()),
        cluster_name: &cluster.spec().name,
        upstream_url: host.address().to_string(),
        action,
        num_ejections: event.ejections,
        enforced,
        eject_consecutive_event: matches!(event.action, Action::Eject { .. }).then_some(Nothing {}),
    };
    let json = serde_json::to_string(&line).expect("strings and numbers are always JSON");
    format!("{json}\n")
}

/// RFC 3339 in UTC with milliseconds, or without a fraction when they are zero.
fn timestamp(time: SystemTime) -> String {
    let millis = humantime::format_rfc3339_millis(time).to_string();
    match millis.strip_suffix(".000Z") {
        Some(seconds) => format!("{seconds}Z"),
        None => millis,
    }
}

#[cfg(test)]
mod tests;
