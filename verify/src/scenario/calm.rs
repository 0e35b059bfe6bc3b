//! Nobody is sick: a fixed number of requests, so that each replica's share of them is known.

use attack::{Length, Pacing};

use super::Stage;
use super::stage::per_second;
use crate::error::NotMeasured;
use crate::recording::Recording;

pub(super) async fn play(stage: &Stage<'_>) -> Result<Recording, NotMeasured> {
    let pacing = Pacing::Rate(per_second(stage.expected.rate));
    let length = Length::Requests(stage.requests as u64);
    let mut play = stage.play_for(pacing, length).await?;
    play.more("answers while all are well", stage.requests)
        .await?;
    play.end().await
}
