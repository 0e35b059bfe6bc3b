//! Nobody is sick: a fixed number of requests.

use super::Stage;
use crate::error::NotMeasured;
use crate::recording::Recording;

pub(super) async fn play(stage: &Stage<'_>) -> Result<Recording, NotMeasured> {
    let mut play = stage.play().await?;
    play.more("answers while all are well", stage.requests)
        .await?;
    play.end().await.map(|mut recording| {
        // A few more were on their way; shares are counted over the first of those that were sent.
        recording.answers.sort_by_key(|answer| answer.sent);
        recording.answers.truncate(stage.requests);
        recording
    })
}
