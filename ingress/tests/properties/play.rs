//! Lives a life: in the order in which things happen, with timers as they come due.

use std::time::Duration;

use ingress::balance::MergeCounters;
use ingress::outlier::{Counters, Event, HostIndex, Refusal, Report};
use proptest::prop_assert;
use proptest::test_runner::TestCaseResult;

use crate::life::{Life, Step};

/// What can live a life: the real thing and the model of it.
pub(crate) trait Cluster {
    /// A host answered.
    fn answer(&mut self, host: HostIndex, status: u16, now: Duration) -> Vec<Outcome>;
    /// When it wants to be woken.
    fn deadline(&self) -> Duration;
    /// Its timer fired.
    fn wake(&mut self, now: Duration) -> Outcome;
    /// Whom the next attempt goes to after those on `tried`.
    fn pick(&mut self, tried: &[HostIndex]) -> Option<HostIndex>;

    fn report(&self, host: HostIndex) -> Report;
    fn ejected(&self) -> usize;
    fn counters(&self) -> Counters;
    fn merge_counters(&self) -> MergeCounters;
}

/// What came of an answer or of a timer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) events: Vec<Event>,
    pub(crate) refused: Option<(HostIndex, Refusal)>,
    /// What the balancers heard: who is healthy, and whether it is a panic.
    pub(crate) published: Option<(Vec<HostIndex>, bool)>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Moment {
    pub(crate) at: Duration,
    pub(crate) what: What,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum What {
    Picked(Option<HostIndex>),
    Answered {
        host: HostIndex,
        status: u16,
        outcomes: Vec<Outcome>,
    },
    Woke(Outcome),
}

impl Moment {
    pub(crate) fn outcomes(&self) -> &[Outcome] {
        match &self.what {
            What::Picked(_) => &[],
            What::Answered { outcomes, .. } => outcomes,
            What::Woke(outcome) => std::slice::from_ref(outcome),
        }
    }

    pub(crate) fn outcomes_mut(&mut self) -> &mut [Outcome] {
        match &mut self.what {
            What::Picked(_) => &mut [],
            What::Answered { outcomes, .. } => outcomes,
            What::Woke(outcome) => std::slice::from_mut(outcome),
        }
    }

    pub(crate) fn events(&self) -> impl Iterator<Item = &Event> {
        self.outcomes().iter().flat_map(|outcome| &outcome.events)
    }
}

/// Tells `watch` of each moment, right after it. Returns when it ended.
pub(crate) fn play<C: Cluster>(
    life: &Life,
    cluster: &mut C,
    watch: impl FnMut(&Moment, &C) -> TestCaseResult,
) -> Result<Duration, proptest::test_runner::TestCaseError> {
    let mut play = Play {
        cluster,
        watch,
        late: life.late,
        now: Duration::ZERO,
    };
    let mut modes = life.modes.clone();
    for step in &life.steps {
        match *step {
            Step::Wait(time) => play.wait(time)?,
            Step::Requests { count, gap } => {
                for _ in 0..count {
                    play.request(&modes, life.retries)?;
                    play.wait(gap)?;
                }
            }
            Step::Answers {
                host,
                status,
                count,
            } => {
                for _ in 0..count {
                    play.answer(host, status)?;
                }
            }
            Step::Mode { host, status } => modes[host] = status,
        }
    }
    Ok(play.now)
}

struct Play<'a, C, W> {
    cluster: &'a mut C,
    watch: W,
    late: Duration,
    now: Duration,
}

impl<C: Cluster, W: FnMut(&Moment, &C) -> TestCaseResult> Play<'_, C, W> {
    fn wait(&mut self, time: Duration) -> TestCaseResult {
        let end = self.now + time;
        loop {
            let fires = (self.cluster.deadline() + self.late).max(self.now);
            if fires > end {
                break;
            }
            self.now = fires;
            let outcome = self.cluster.wake(fires);
            self.tell(What::Woke(outcome))?;
            let next = self.cluster.deadline();
            prop_assert!(next > fires, "woken at {fires:?} for {next:?}");
        }
        self.now = end;
        Ok(())
    }

    fn request(&mut self, modes: &[u16], retries: usize) -> TestCaseResult {
        let mut tried = Vec::new();
        while tried.len() <= retries {
            let picked = self.cluster.pick(&tried);
            self.tell(What::Picked(picked))?;
            let Some(host) = picked else { break };
            self.answer(host, modes[host])?;
            if modes[host] < 500 {
                break;
            }
            tried.push(host);
        }
        Ok(())
    }

    fn answer(&mut self, host: HostIndex, status: u16) -> TestCaseResult {
        let outcomes = self.cluster.answer(host, status, self.now);
        self.tell(What::Answered {
            host,
            status,
            outcomes,
        })
    }

    fn tell(&mut self, what: What) -> TestCaseResult {
        let moment = Moment { at: self.now, what };
        (self.watch)(&moment, self.cluster)
    }
}
