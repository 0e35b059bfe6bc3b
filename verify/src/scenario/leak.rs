//! One replica falls ill while many connections send as fast as they can.

use std::time::Duration;

use attack::Pacing;

use super::Stage;
use crate::error::NotMeasured;
use crate::profile::Sickness;
use crate::recording::Recording;

/// Before the fault, and after the ejection.
const WHILE: Duration = Duration::from_secs(1);

pub(super) async fn play(stage: &Stage<'_>) -> Result<Recording, NotMeasured> {
    let sick = stage.host(2);
    let mut play = stage.play_at(Pacing::AsFastAsPossible).await?;
    play.pause("a full load", WHILE).await?;
    play.fault(sick, Sickness::Error).await?;
    let rest = stage.expected.policy.base_ejection_duration / 2;
    play.pause("its ejection under load", rest.min(2 * WHILE))
        .await?;
    play.ask_mesh().await?;
    play.recover(sick).await?;
    play.end().await
}
