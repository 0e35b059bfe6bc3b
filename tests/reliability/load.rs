//! A steady load on the gateway, or on a part behind it: an open loop on a thread of its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use attack::{Length, Pacing, Plan, Rate, Target};
use http::HeaderValue;
use http::header::CONNECTION;
use parking_lot::Mutex;
use service::Stop;

use crate::account::{Account, Record};
use crate::names;

/// Longer than anything on the way waits: what takes longer is lost.
const TIMEOUT: Duration = Duration::from_secs(25);

/// As many connections as may be needed at once.
const CONNECTIONS: usize = 4_096;

/// What to load.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    /// Requests per second.
    pub rate: u64,
    /// What is asked for.
    pub path: &'static str,
    /// A connection for each request, in place of kept ones.
    pub is_fresh: bool,
    /// How many of them at most; a request that finds none waits.
    pub connections: usize,
}

impl Shape {
    /// The usual load: of the whole chain, on kept connections.
    pub(crate) fn of(rate: u64) -> Self {
        Self {
            rate,
            path: "/color/get",
            is_fresh: false,
            connections: CONNECTIONS,
        }
    }
}

/// A load that runs.
pub(crate) struct Load {
    start: Instant,
    stop: Stop,
    account: Arc<Mutex<Account>>,
    thread: JoinHandle<Result<(), String>>,
}

impl Load {
    /// Begins.
    pub(crate) fn start(at: SocketAddr, shape: &Shape) -> Result<Self, String> {
        let plan = plan(at, shape)?;
        let account = Arc::new(Mutex::new(Account::default()));
        let (stop, shared) = (Stop::new(), Arc::clone(&account));
        let stopped = stop.wait();
        let start = Instant::now();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|error| error.to_string())?;
            let attack = attack::run(&plan, stopped, |hit| note(&mut shared.lock(), start, hit));
            runtime.block_on(attack).map_err(|error| error.to_string())
        });
        Ok(Self {
            start,
            stop,
            account,
            thread,
        })
    }

    /// The time since it began.
    pub(crate) fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// Waits until what it has seen is `enough`; `false` when that takes longer than `patience`.
    pub(crate) fn wait_until(&self, patience: Duration, enough: impl Fn(&Account) -> bool) -> bool {
        let due = Instant::now() + patience;
        while Instant::now() < due {
            if enough(&self.account.lock()) {
                return true;
            }
            thread::sleep(Duration::from_millis(5));
        }
        false
    }

    /// Ends it, once what is under way is answered.
    pub(crate) fn end(self) -> Result<Account, String> {
        self.stop.request();
        match self.thread.join() {
            Ok(ended) => ended?,
            Err(_) => return Err("the load broke down".to_owned()),
        }
        Ok(std::mem::take(&mut *self.account.lock()))
    }
}

fn plan(at: SocketAddr, shape: &Shape) -> Result<Plan, String> {
    let sentence = |error: service::ConfigError| error.to_string();
    let target = format!("http://{at}{}", shape.path);
    let mut target: Target = target.parse().map_err(sentence)?;
    if shape.is_fresh {
        target = target.with_headers([(CONNECTION, HeaderValue::from_static("close"))]);
    }
    let rate = Rate::new(shape.rate, Duration::from_secs(1)).map_err(sentence)?;
    Ok(Plan {
        target,
        pacing: Pacing::Rate(rate),
        length: Length::UntilStopped,
        connections: shape.connections,
        timeout: TIMEOUT,
    })
}

fn note(account: &mut Account, start: Instant, hit: &attack::Hit<'_>) {
    let (name, host) = match &hit.outcome {
        Ok(answer) => (
            account.name(&names::of_answer(answer)),
            answer.host_uid.and_then(|uid| uid.to_str().ok()),
        ),
        Err(failure) => (account.name(&names::of_failure(*failure)), None),
    };
    let host = host.map(|uid| account.host(uid));
    // The clock of the attack begins when it has looked up its target; this one has begun before.
    let end = start.elapsed();
    account.records.push(Record {
        due: end.saturating_sub(hit.latency()),
        sent: end.saturating_sub(hit.latency_from_sent()),
        end,
        name,
        host,
    });
}
