//! One replica answers every other request with an error, for longer than the mesh looks back.

use attack::Pacing;

use super::Stage;
use super::stage::per_second;
use crate::error::NotMeasured;
use crate::profile::Sickness;
use crate::recording::Recording;

/// From so many requests per host and interval on, Envoy judges a host by its success rate as well.
const ENOUGH_FOR_RATES: f64 = 120.0;

/// More than this is not sent for it, per second.
const MOST: u32 = 1000;

pub(super) async fn play(stage: &Stage<'_>) -> Result<Recording, NotMeasured> {
    let expected = &stage.expected;
    let interval = expected.policy.interval;
    let wanted = ENOUGH_FOR_RATES * expected.hosts as f64 / interval.as_secs_f64();
    let rate = expected.rate.max(MOST.min(wanted.ceil() as u32));
    let sick = stage.host(0);
    let mut play = stage.play_at(Pacing::Rate(per_second(rate))).await?;
    play.fault(sick, Sickness::EveryOther).await?;
    // One interval from its begin to its end, wherever the sweeps fall, and what it takes to be seen.
    let time = 2 * interval + expected.settling();
    play.pause("two sweeps", time.max(expected.pace(stage.requests)))
        .await?;
    play.ask_mesh().await?;
    play.recover(sick).await?;
    play.end().await
}
