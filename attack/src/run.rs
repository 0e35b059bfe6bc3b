//! An attack from its first request to its last answer.

use std::future::Future;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::TryStreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{Mutex as FairMutex, Semaphore};
use tokio::time::{self, Instant};
use tokio_util::sync::CancellationToken;

use crate::alarm::{Alarm, SystemAlarm};
use crate::connection::{Addresses, Connection};
use crate::pacer::Pacer;
use crate::schedule::Schedule;
use crate::{Failure, Hit, Plan};

/// How much of a body a [`Hit`] holds.
const KEEP: usize = 256;

/// How long requests that are under way at a stop may still take.
const GRACE: Duration = Duration::from_secs(1);

/// Carries out `plan` and hands each hit to `on_hit`, in the order in which they end.
///
/// Once `stop` resolves no request is sent any more, and those under way have a second to be answered.
/// `on_hit` must be quick: all requests wait for it. Runs within one task, on any tokio runtime; only the bytes of
/// each connection are moved by a task of their own.
///
/// # Errors
/// When the host has no address, or the system's timer fails. Whatever becomes of a request is no error but a hit.
pub async fn run(
    plan: &Plan,
    stop: impl Future<Output = ()>,
    on_hit: impl FnMut(&Hit<'_>),
) -> io::Result<()> {
    run_by::<SystemAlarm, _>(plan, stop, on_hit).await
}

pub(crate) async fn run_by<A, F>(
    plan: &Plan,
    stop: impl Future<Output = ()>,
    on_hit: F,
) -> io::Result<()>
where
    A: Alarm,
    F: FnMut(&Hit<'_>),
{
    let addresses = Addresses::new(plan.target.resolve().await?);
    let start = Instant::now();
    let stopping = CancellationToken::new();
    let pacer = Pacer::<A>::new(Schedule::new(plan), start, stopping.clone())?;
    let attack = Attack {
        plan,
        addresses,
        start,
        pacer: FairMutex::new(pacer),
        gate: Semaphore::new(1),
        waiting: AtomicUsize::new(1),
        cut: CancellationToken::new(),
        on_hit: Mutex::new(on_hit),
    };
    let workers: FuturesUnordered<_> = (0..plan.connections).map(|_| attack.work()).collect();
    let mut all = std::pin::pin!(workers.try_collect::<()>());
    tokio::select! {
        done = &mut all => return done,
        () = stop => stopping.cancel(),
    }
    tokio::select! {
        done = &mut all => return done,
        () = time::sleep(GRACE) => attack.cut.cancel(),
    }
    all.await
}

/// What the connections of an attack share.
struct Attack<'a, A, F> {
    plan: &'a Plan,
    addresses: Addresses,
    start: Instant,
    pacer: FairMutex<Pacer<A>>,
    /// Lets in one connection more when all others are busy, so that none is opened without need.
    gate: Semaphore,
    /// How many connections wait for their turn, those let in included.
    waiting: AtomicUsize,
    /// The end of the grace after a stop.
    cut: CancellationToken,
    on_hit: Mutex<F>,
}

impl<A: Alarm, F: FnMut(&Hit<'_>)> Attack<'_, A, F> {
    /// The life of one connection.
    async fn work(&self) -> io::Result<()> {
        match self.gate.acquire().await {
            Ok(permit) => permit.forget(),
            // The attack was over before this one was needed.
            Err(_) => return Ok(()),
        }
        let mut connection = Connection::new(KEEP);
        loop {
            let turn = self.pacer.lock().await.next().await?;
            let Some(turn) = turn else {
                self.gate.close();
                return Ok(());
            };
            if self.waiting.fetch_sub(1, Ordering::Relaxed) == 1 {
                self.waiting.fetch_add(1, Ordering::Relaxed);
                self.gate.add_permits(1);
            }
            let outcome = tokio::select! {
                biased;
                outcome = connection.exchange(&self.plan.target, &self.addresses) => outcome,
                () = time::sleep(self.plan.timeout) => Err(Failure::TimedOut),
                () = self.cut.cancelled() => Err(Failure::Stopped),
            };
            let hit = Hit {
                sequence: turn.sequence,
                due: turn.due,
                sent: turn.sent,
                end: self.start.elapsed(),
                outcome,
            };
            (self
                .on_hit
                .lock()
                .expect("a panic in on_hit has ended the attack"))(&hit);
            self.waiting.fetch_add(1, Ordering::Relaxed);
        }
    }
}
