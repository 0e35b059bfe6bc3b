//! Between two scenarios: until every replica is in service again, and the balancer acts on the next change at
//! once (FACTS 6.1).

use super::Stage;
use crate::error::NotMeasured;
use crate::recording::Recording;

/// Sends until every replica has answered of late.
pub(crate) async fn rest(stage: &Stage<'_>) -> Result<(), NotMeasured> {
    let Stage { expected, .. } = stage;
    let silence = expected.silence();
    let mut play = stage.play().await?;
    let all = move |recording: &Recording| {
        let missing =
            (0..recording.hosts.len()).any(|host| recording.silent_for(host) >= silence / 2);
        recording.answers.len() >= silence && !missing
    };
    let longest = *expected.time_out(4).end() + expected.policy.interval;
    if play.until("every replica in service", longest, all).await? {
        play.pause("the balancer to settle", expected.settling())
            .await?;
        return play.end().await.map(drop);
    }
    let recording = play.end().await?;
    let mut hosts = 0..recording.hosts.len();
    let missing = hosts.find(|host| recording.silent_for(*host) >= silence / 2);
    let name = missing.map_or("a replica", |host| &recording.hosts[host]);
    Err(NotMeasured::new(format!(
        "{name} gets no traffic, though no replica is faulty: /hosts tells more of it"
    )))
}
