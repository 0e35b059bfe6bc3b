//! Where a scenario is played: a front, a load, and what is written down.

use std::time::Duration;

use attack::{Length, Pacing, Rate, Target};
use tokio::time::{Instant, timeout_at};

use super::LEAK_CONNECTIONS;
use crate::error::NotMeasured;
use crate::expected::Expected;
use crate::front::Front;
use crate::load::{Answered, Load};
use crate::output::Progress;
use crate::profile::Sickness;
use crate::recording::{Change, Recording};

/// What all scenarios need.
pub(crate) struct Stage<'a> {
    pub(crate) front: &'a Front,
    pub(crate) target: Target,
    pub(crate) expected: Expected,
    /// Answers that the calm is made of, and that must be seen of a replica that is not ejected.
    pub(crate) requests: usize,
    /// Who the replicas are.
    pub(crate) hosts: Vec<String>,
    pub(crate) progress: &'a dyn Progress,
}

/// A scenario that is being played.
pub(crate) struct Play<'a> {
    pub(crate) stage: &'a Stage<'a>,
    pub(crate) recording: Recording,
    load: Load,
    start: Instant,
    counted_before: (u64, u64),
}

impl<'a> Stage<'a> {
    /// Starts a load at the rate that was asked for, without an end of its own.
    pub(crate) async fn play(&'a self) -> Result<Play<'a>, NotMeasured> {
        self.play_at(Pacing::Rate(per_second(self.expected.rate)))
            .await
    }

    /// Starts a load without an end of its own.
    pub(crate) async fn play_at(&'a self, pacing: Pacing) -> Result<Play<'a>, NotMeasured> {
        self.play_for(pacing, Length::UntilStopped).await
    }

    /// Starts a load.
    pub(super) async fn play_for(
        &'a self,
        pacing: Pacing,
        length: Length,
    ) -> Result<Play<'a>, NotMeasured> {
        let told = self.front.hosts().await?;
        let mesh = told.mesh(&self.hosts);
        let start = Instant::now();
        Ok(Play {
            stage: self,
            recording: Recording {
                hosts: self.hosts.clone(),
                mesh: Some((mesh.clone(), mesh)),
                ..Recording::default()
            },
            load: Load::start(self, pacing, length, LEAK_CONNECTIONS, start),
            start,
            counted_before: (told.good(), told.mesh_answers()),
        })
    }

    /// How long a fault lasts that nobody ends: longer than any scenario, and then no more.
    fn fault_lasts(&self) -> Duration {
        let Expected { policy, .. } = &self.expected;
        4 * (policy.time_out(4) + policy.interval)
            + self.expected.pace(20 * self.requests)
            + Duration::from_secs(60)
    }

    /// The `nth` replica, for scenarios to spread over all of them.
    pub(crate) fn host(&self, nth: usize) -> usize {
        nth % self.hosts.len()
    }
}

impl Play<'_> {
    /// Takes answers until `goal` is reached, `longest` at most. Whether it was reached.
    pub(crate) async fn until(
        &mut self,
        what: &str,
        longest: Duration,
        goal: impl Fn(&Recording) -> bool,
    ) -> Result<bool, NotMeasured> {
        self.stage.progress.awaits(what, longest);
        let begin = Instant::now();
        let deadline = begin + longest;
        while !goal(&self.recording) {
            let Ok(hit) = timeout_at(deadline, self.load.next()).await else {
                return Ok(false);
            };
            let answer = hit.ok_or_else(|| NotMeasured::new("the load ended too soon"))??;
            self.take(answer)?;
            self.stage.progress.waited(begin.elapsed());
        }
        Ok(true)
    }

    /// Takes answers until so many more have come.
    pub(crate) async fn more(&mut self, what: &str, answers: usize) -> Result<(), NotMeasured> {
        let enough = self.recording.answers.len() + answers;
        let longest = 2 * self.stage.expected.pace(answers) + Duration::from_secs(10);
        let goal = |recording: &Recording| recording.answers.len() >= enough;
        if self.until(what, longest, goal).await? {
            return Ok(());
        }
        Err(NotMeasured::new(format!(
            "the answers come more slowly than the requests: choose a --rate below {}",
            self.stage.expected.rate
        )))
    }

    /// Takes answers for a while.
    pub(crate) async fn pause(&mut self, what: &str, time: Duration) -> Result<(), NotMeasured> {
        self.until(what, time, |_| false).await.map(drop)
    }

    /// Waits until `host` gets no traffic. Whether that came about before it gave far more answers than it
    /// takes.
    pub(crate) async fn silence(&mut self, what: &str, host: usize) -> Result<bool, NotMeasured> {
        let Stage {
            expected, requests, ..
        } = self.stage;
        let (silence, before) = (expected.silence(), self.recording.answers.len());
        let errors = 4 * expected.policy.max_server_errors as usize * expected.hosts;
        let enough = before + silence + errors.max(*requests);
        let is_silent = move |recording: &Recording| {
            recording
                .silent_for(host)
                .min(recording.answers.len() - before)
                >= silence
        };
        let longest = 2 * expected.pace(enough - before) + Duration::from_secs(10);
        let goal =
            |recording: &Recording| is_silent(recording) || recording.answers.len() >= enough;
        self.until(what, longest, goal).await?;
        Ok(is_silent(&self.recording))
    }

    /// Waits until `host` answers again. Whether it did, before `longest` was over.
    pub(crate) async fn back(
        &mut self,
        host: usize,
        longest: Duration,
    ) -> Result<bool, NotMeasured> {
        let before = self.recording.answers.len();
        // Asked after each answer, so that the newest is the only one to look at.
        let goal = move |recording: &Recording| {
            let new = recording.answers[before..].last();
            new.is_some_and(|of| of.host == Some(host))
        };
        self.until("its return", longest, goal).await
    }

    /// The time since the start.
    pub(crate) fn now(&self) -> Duration {
        self.start.elapsed()
    }

    pub(crate) async fn fault(
        &mut self,
        host: usize,
        sickness: Sickness,
    ) -> Result<(), NotMeasured> {
        let change = Change::Fault(host, sickness);
        self.recording.changes.push((self.start.elapsed(), change));
        let uid = &self.stage.hosts[host];
        self.stage
            .front
            .fault(uid, sickness, self.stage.fault_lasts())
            .await
    }

    /// Makes `host` well, which must be sick until now.
    pub(crate) async fn recover(&mut self, host: usize) -> Result<(), NotMeasured> {
        let told = self.stage.front.hosts().await?;
        let known = self.recording.faulty();
        told.are_faulty(&self.stage.hosts, |host| known.contains(&host))?;
        self.stage.front.recover(&self.stage.hosts[host]).await?;
        let change = Change::Recover(host);
        self.recording.changes.push((self.start.elapsed(), change));
        Ok(())
    }

    /// Notes what the mesh says now.
    pub(crate) async fn ask_mesh(&mut self) -> Result<(), NotMeasured> {
        let now = self.stage.front.hosts().await?.mesh(&self.stage.hosts);
        if let Some((_, after)) = &mut self.recording.mesh {
            *after = now;
        }
        Ok(())
    }

    /// Ends the load, takes the last answers, and looks whether front counted more than was sent.
    pub(crate) async fn end(mut self) -> Result<Recording, NotMeasured> {
        self.load.stop();
        while let Some(answer) = self.load.next().await {
            self.take(answer?)?;
        }
        self.recording.report = Some(self.load.report());
        let told = self.stage.front.hosts().await?;
        let (good, mesh) = self.counted_before;
        self.recording.counted = told.good().saturating_sub(good);
        self.recording.mesh_answers = told.mesh_answers().saturating_sub(mesh);
        self.recording.no_traffic_of_others()?;
        Ok(self.recording)
    }

    fn take(&mut self, answer: Answered) -> Result<(), NotMeasured> {
        let answer = answer.among(&self.stage.hosts)?;
        self.recording.answers.push(answer);
        Ok(())
    }
}

/// So many requests per second.
pub(crate) fn per_second(rate: u32) -> Rate {
    Rate::new(u64::from(rate), Duration::from_secs(1))
        .expect("a rate of at least one per second, and no more than there are nanoseconds")
}
