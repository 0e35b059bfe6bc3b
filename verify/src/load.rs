//! The load, in the background of a scenario.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use attack::{Length, Pacing, Plan, Report};
use parking_lot::Mutex;
use service::Stop;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::Instant;

use crate::error::NotMeasured;
use crate::recording::Answer;
use crate::scenario::Stage;

/// A request that takes longer is an error.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A load that runs until its length is over, it is stopped, or it is dropped.
pub(crate) struct Load {
    answers: UnboundedReceiver<Result<Answered, NotMeasured>>,
    stop: Stop,
    report: Arc<Mutex<Report>>,
}

/// An answer as it came.
pub(crate) struct Answered {
    sent: Duration,
    at: Duration,
    status: u16,
    uid: Option<String>,
}

impl Load {
    /// Starts sending; times count from `start`.
    pub(crate) fn start(
        stage: &Stage<'_>,
        pacing: Pacing,
        length: Length,
        connections: usize,
        start: Instant,
    ) -> Self {
        let plan = Plan {
            target: stage.target.clone(),
            pacing,
            length,
            connections,
            timeout: TIMEOUT,
        };
        let stop = Stop::new();
        let (to, answers) = unbounded_channel();
        let report = Arc::new(Mutex::new(Report::new(SystemTime::now())));
        let counted = report.clone();
        let until = stop.clone();
        tokio::spawn(async move {
            let note = |hit: &attack::Hit<'_>| {
                counted.lock().add(hit);
                // Nobody listens any more when a scenario was given up.
                drop(to.send(Ok(Answered::new(hit, start.elapsed()))));
            };
            if let Err(cause) = attack::run(&plan, until.wait(), note).await {
                drop(to.send(Err(NotMeasured::new(cause.to_string()))));
            }
        });
        Self {
            answers,
            stop,
            report,
        }
    }

    /// The next answer; `None` once the load is over and all were taken.
    pub(crate) async fn next(&mut self) -> Option<Result<Answered, NotMeasured>> {
        self.answers.recv().await
    }

    /// What came of it so far.
    pub(crate) fn report(&self) -> Report {
        self.report.lock().clone()
    }

    /// Sends no more; what is on its way is still answered.
    pub(crate) fn stop(&self) {
        self.stop.request();
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Answered {
    fn new(hit: &attack::Hit<'_>, at: Duration) -> Self {
        let answer = hit.outcome.ok();
        let uid = answer.and_then(|answer| answer.host_uid);
        Self {
            sent: at.saturating_sub(hit.latency_from_sent()),
            at,
            status: answer.map_or(0, |answer| answer.status.as_u16()),
            uid: uid.map(|uid| String::from_utf8_lossy(uid.as_bytes()).into_owned()),
        }
    }

    /// With the host's place among `hosts`.
    pub(crate) fn among(self, hosts: &[String]) -> Result<Answer, NotMeasured> {
        let host = match self.uid {
            None => None,
            Some(uid) => Some(hosts.iter().position(|host| *host == uid).ok_or_else(|| {
                NotMeasured::new(format!(
                    "{uid} answers, which was not there at the beginning: replicas come and go"
                ))
            })?),
        };
        Ok(Answer {
            sent: self.sent,
            at: self.at,
            status: self.status,
            host,
        })
    }
}
