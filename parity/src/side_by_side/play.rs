//! Plays a script on one data plane, and notes what it did.

use std::io;

use bytes::Bytes;
use http::StatusCode;
use http::response::Parts;
use ingress::outlier::HostIndex;

use super::backend::Backends;
use super::connection::Connection;
use super::data_plane::{DataPlane, Running};
use super::events::{self, Logged};
use super::mesh::SERVICE;
use super::pages::{self, Pages};
use super::script::{Behaviour, FIRST_ANSWER, Script};
use crate::trace::Ms;

/// How late a request may go out, and how much of the gap to the next an ordinary answer may take,
/// before the machine counts as too busy: what a decision hangs on stays apart by more than this.
const LATE: f64 = 0.25;

/// What a data plane did with a script.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) records: Vec<Record>,
    pub(super) events: Vec<Logged>,
    pub(super) pages: Pages,
    /// Why nothing follows from it: the machine was too busy to be on time.
    pub(super) late: Option<String>,
}

/// A request and what became of it.
#[derive(Clone, Debug)]
pub(super) struct Record {
    /// Its slot.
    pub(super) slot: usize,
    pub(super) at: Ms,
    pub(super) took: Ms,
    /// `None`: no complete answer.
    pub(super) answer: Option<Answer>,
    /// The hosts that were tried, in their order.
    pub(super) tried: Vec<HostIndex>,
}

/// What the client saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    /// Without those that differ from one time to the next.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Bytes,
}

/// Plays `script` on `data_plane`.
pub(super) async fn play(script: &Script, data_plane: &DataPlane) -> io::Result<Report> {
    let mut backends = Backends::start(script.hosts)?;
    let running = data_plane.start(script, &backends.addresses()).await?;
    let start = running.clock.now();
    let mut late = (start > script.slots[0]).then(|| format!("ready after {start:.0} ms"));
    let mut player = Player::new(&running, script).await?;
    let mut changes = script.changes.iter().peekable();
    let mut free_from = 0.0;
    for (slot, &at) in script.slots.iter().enumerate() {
        while let Some(change) = changes.next_if(|change| change.slot <= slot) {
            backends.set(change.host, &change.answers).await?;
        }
        // An answer that takes longer than its slot takes the next ones, too.
        if at < free_from {
            continue;
        }
        running.clock.until(at).await;
        let record = player.request(slot, &running, &backends).await?;
        late = late.or_else(|| record.late(script));
        let slots_taken = (record.took / script.gap).floor();
        free_from = at + (slots_taken + 1.0) * script.gap - 1.0;
        player.records.push(record);
    }
    running
        .clock
        .until(script.slots[script.slots.len() - 1] + script.gap / 2.0)
        .await;
    let pages = pages::read(&mut player.admin, &backends.addresses()).await?;
    let (records, clock) = (player.records, running.clock);
    let over = clock.now();
    let log = running.stop().await?;
    let mut events = events::parse(&log, &backends.addresses(), &clock)?;
    // An end in order takes a while, in which one of them may sweep once more.
    events.retain(|event| event.at <= over);
    Ok(Report {
        records,
        events,
        pages,
        late,
    })
}

struct Player {
    client: Connection,
    admin: Connection,
    refusals: Vec<u64>,
    records: Vec<Record>,
}

impl Player {
    async fn new(running: &Running, script: &Script) -> io::Result<Self> {
        Ok(Self {
            client: Connection::open(running.egress, SERVICE).await?,
            admin: Connection::open(running.admin, "admin").await?,
            refusals: vec![0; script.hosts],
            records: Vec::new(),
        })
    }

    async fn request(
        &mut self,
        slot: usize,
        running: &Running,
        backends: &Backends,
    ) -> io::Result<Record> {
        let at = running.clock.now();
        let answer = self.client.get("/get").await;
        let took = running.clock.now() - at;
        let mut tried = self.refused(backends).await?;
        tried.extend(backends.take_asked());
        Ok(Record {
            slot,
            at,
            took,
            answer: answer.ok().map(|(parts, body)| Answer::new(&parts, body)),
            tried,
        })
    }

    /// The hosts that were tried since the last time and did not listen. Only the admin page tells.
    async fn refused(&mut self, backends: &Backends) -> io::Result<Vec<HostIndex>> {
        let addresses = backends.addresses();
        let now = pages::refusals(&mut self.admin, &addresses).await?;
        let mut refused = Vec::new();
        for (host, now) in now.into_iter().enumerate() {
            let before = std::mem::replace(&mut self.refusals[host], now);
            refused.extend((before..now).map(|_| host));
        }
        Ok(refused)
    }
}

impl Record {
    /// What was late about it, if anything was.
    fn late(&self, script: &Script) -> Option<String> {
        let (at, took) = (script.slots[self.slot], self.took);
        let timeout = script.timeout.as_secs_f64() * 1_000.0;
        let allowed = script.gap * LATE;
        let ordinary = if self.slot == 0 {
            FIRST_ANSWER
        } else if script.retries {
            3.0 * allowed
        } else {
            2.0 * allowed
        };
        if self.at - at > allowed {
            return Some(format!("slot {}: {:.0} ms behind", self.slot, self.at - at));
        }
        let on_time = took < ordinary || (timeout - 5.0..timeout + allowed).contains(&took);
        (!on_time).then(|| format!("slot {}: answered after {took:.0} ms", self.slot))
    }
}

impl Answer {
    fn new(parts: &Parts, body: Bytes) -> Self {
        let headers = parts.headers.iter().map(|(name, value)| {
            let value = match name.as_str() {
                "date" | "server" | "x-envoy-upstream-service-time" => "any".to_owned(),
                _ => String::from_utf8_lossy(value.as_bytes()).into_owned(),
            };
            (name.as_str().to_owned(), value)
        });
        Self {
            status: parts.status,
            headers: headers.collect(),
            body,
        }
    }
}

impl Report {
    /// The request that was last sent at `at`.
    pub(super) fn slot_at(&self, at: Ms) -> Option<usize> {
        self.records
            .iter()
            .rev()
            .find(|record| record.at <= at + 1.0)
            .map(|record| record.slot)
    }
}

/// The statuses by which a host's answers count, for a recording.
pub(super) fn counted(behaviour: Behaviour) -> u16 {
    match behaviour {
        Behaviour::Status(status) => status,
        Behaviour::Reset | Behaviour::Close | Behaviour::Refuse => 503,
        Behaviour::Truncate => 200,
        Behaviour::Garbage => 502,
        Behaviour::Hang => 504,
    }
}
