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
    // Each ejection in a row is longer. One that the mesh does not tell is seldom more than the fourth.
    let told = stage.front.hosts().await?;
    let times = stage.hosts.iter().map(|uid| told.ejected_before(uid));
    let most = times.max().unwrap_or_default().max(4);
    let longest = *expected.time_out(most).end() + expected.policy.interval;
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
