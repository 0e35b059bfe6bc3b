//! One replica is sick for a short time. Retries may hide its errors; whether it was ejected shows when it
//! is well again: then it is still out.

use super::Stage;
use crate::error::NotMeasured;
use crate::profile::Sickness;
use crate::recording::Recording;

pub(super) async fn play(stage: &Stage<'_>, sickness: Sickness) -> Result<Recording, NotMeasured> {
    let Stage { expected, .. } = *stage;
    let sick = stage.host(if sickness == Sickness::Crash { 1 } else { 4 });
    let mut play = stage.play().await?;
    play.more("answers while all are well", 2 * stage.hosts.len())
        .await?;
    play.fault(sick, sickness).await?;
    let threshold = expected.policy.max_server_errors as usize;
    play.more("its ejection", 2 * threshold * expected.hosts)
        .await?;
    play.pause("its ejection", expected.settling()).await?;
    play.ask_mesh().await?;
    play.recover(sick).await?;
    // Those that were on their way say nothing.
    let well = play.now();
    let enough = |recording: &Recording| {
        let since = recording.answers.iter().filter(|of| of.sent >= well);
        since.count() >= expected.silence()
    };
    let longest = expected.policy.base_ejection_duration;
    play.until("answers while it is out", longest, enough)
        .await?;
    play.end().await
}
