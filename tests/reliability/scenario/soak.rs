//! A long mixed load with random faults, replicas that come and go, and new policies with new data planes: nothing
//! grows, and every count is what the clients saw.

use std::collections::BTreeMap;
use std::fmt;
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;
use serde_json::Value;

use super::Stage;
use crate::load::Shape;
use crate::promise::Verdict;
use crate::suite::{REPLICAS, Settings, Suite};

/// Between one event and the next.
const BETWEEN: Duration = Duration::from_millis(700);

/// Few, so that a machine that stands still for a moment is not followed by a crowd, whose memory and files would look
/// like a leak for as long as it is remembered.
const CONNECTIONS: usize = 64;

/// How many files more a process may have open at the end, connections aside: one that comes or goes may be there at one
/// look and not at the other.
const MOST_FILES: u64 = 8;

/// What a process holds.
#[derive(Clone, Copy, Debug, Default)]
struct Held {
    memory: u64,
    files: u64,
    /// Of these, how many are connections, as the data plane counts them.
    connections: u64,
    threads: u64,
}

pub(super) fn play(stage: &Stage<'_>) -> Result<Verdict, String> {
    let mut rng = Rng::with_seed(1);
    let mut suite = stage.suite(&Settings::default())?;
    let shape = Shape {
        rate: stage.of(stage.context.rate, 200),
        path: "/color/get",
        is_fresh: false,
        connections: CONNECTIONS,
    };
    let load = Stage::begin(suite.gateway, &shape)?;
    let mut verdict = Verdict::default();
    let from = Instant::now();
    let mut events = BTreeMap::<&str, u32>::new();
    let mut early = None;
    while from.elapsed() < stage.context.soak {
        thread::sleep(BETWEEN);
        *events
            .entry(event(&mut suite, &mut rng, &mut verdict)?)
            .or_default() += 1;
        if early.is_none() && from.elapsed() > stage.context.soak / 4 {
            early = Some(held(&suite)?);
        }
    }
    calm_down(&mut suite)?;
    thread::sleep(Duration::from_secs(2));
    let (early, late) = (early.unwrap_or_default(), held(&suite)?);
    let account = load.end()?;
    verdict.count(&account);
    let events: Vec<_> = events
        .iter()
        .map(|(name, count)| format!("{count} x {name}"))
        .collect();
    verdict.note(format!(
        "{} s: {}",
        from.elapsed().as_secs(),
        events.join(", ")
    ));
    for (name, early, late) in [
        ("front", early[0], late[0]),
        ("data plane", early[1], late[1]),
    ] {
        verdict.note(format!("{name}: {early} early; {late} at the end"));
        if !stage.context.is_long {
            // Of processes a few seconds old nothing follows.
            continue;
        }
        let grown = late.memory.saturating_sub(early.memory);
        verdict.promise(grown <= 2_048, format!("{name}: {grown} KiB more"));
        verdict.promise(
            late.threads <= early.threads,
            format!(
                "{name}: {} threads more",
                late.threads.saturating_sub(early.threads)
            ),
        );
        let more = late.other_files().saturating_sub(early.other_files());
        verdict.promise(more <= MOST_FILES, format!("{name}: {more} files more"));
    }
    // front has lived through all of it, so its counts are those of the clients, to the last request.
    let page = suite.get(suite.gateway, "/stats")?;
    let counted = counts(&page)?;
    let seen = account.by_host();
    for (host, count) in &seen {
        let of_front = counted.get(*host).copied().unwrap_or_default();
        verdict.promise(
            of_front == *count as u64,
            format!("{host}: clients saw {count} answers, /stats says {of_front}"),
        );
    }
    verdict.note(format!(
        "{} replicas' counts are those of the clients",
        seen.len()
    ));
    Ok(verdict)
}

/// Something happens.
fn event(suite: &mut Suite, rng: &mut Rng, verdict: &mut Verdict) -> Result<&'static str, String> {
    let replica = rng.usize(..REPLICAS);
    Ok(match rng.u8(..10) {
        0..=2 => {
            suite.control(replica, "/fault")?;
            "fault"
        }
        3..=5 => {
            suite.control(replica, "/recover")?;
            "recovery"
        }
        6 => {
            suite.control(replica, "/fault?percent=30&delay=50ms&for=2s")?;
            "slow fault"
        }
        7 => {
            let child = suite.take_replica(replica)?;
            child.kill().map_err(|error| error.to_string())?;
            suite.start_replica(replica)?;
            "kill"
        }
        8 => {
            let (status, _) = suite.take_replica(replica)?.terminate()?;
            verdict.promise(status.success(), format!("a replica ended with {status}"));
            suite.start_replica(replica)?;
            "restart"
        }
        _ => {
            let interval = Duration::from_millis(500 * rng.u64(1..=4));
            suite
                .set_interval(interval)
                .map_err(|error| error.to_string())?;
            let before = suite.start_plane()?.ok_or("no data plane")?;
            let (status, _) = before.terminate()?;
            verdict.promise(
                status.success(),
                format!("a data plane ended with {status}"),
            );
            "new policy"
        }
    })
}

fn calm_down(suite: &mut Suite) -> Result<(), String> {
    for replica in 0..REPLICAS {
        suite.control(replica, "/recover")?;
    }
    Ok(())
}

/// What front and the data plane hold.
fn held(suite: &Suite) -> Result<[Held; 2], String> {
    let mut both = [&suite.front, &suite.plane].map(|child| {
        child.as_ref().map_or_else(Held::default, |child| Held {
            memory: child.memory(),
            files: child.files() as u64,
            connections: 0,
            threads: child.threads(),
        })
    });
    let page = suite.get(suite.admin, "/stats?filter=stream_cx_active")?;
    let [front, plane] = &mut both;
    for (name, count) in page.lines().filter_map(|line| line.split_once(": ")) {
        let count: u64 = count.parse().map_err(|error| format!("{name}: {error}"))?;
        plane.connections += count;
        // All of front's are the data plane's, too.
        if name.contains("_front_") || name == "http.egress.downstream_cx_active" {
            front.connections += count;
        }
    }
    Ok(both)
}

impl Held {
    fn other_files(self) -> u64 {
        self.files.saturating_sub(self.connections)
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mib = self.memory as f64 / 1_024.0;
        write!(f, "{mib:.1} MiB, {} files", self.files)?;
        if self.connections > 0 {
            write!(f, " ({} are connections)", self.connections)?;
        }
        write!(f, ", {} threads", self.threads)
    }
}

/// Of `/stats`: how many answers of each host.
fn counts(page: &str) -> Result<BTreeMap<String, u64>, String> {
    let page: Value = serde_json::from_str(page).map_err(|error| error.to_string())?;
    let hosts = page.as_array().ok_or("/stats is no list")?;
    let one = |host: &Value| {
        let uid = host["HostUID"].as_str()?.to_owned();
        Some((uid, host["Counter"]["Total"].as_u64()?))
    };
    Ok(hosts.iter().filter_map(one).collect())
}
