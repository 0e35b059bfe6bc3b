//! One replica is sick: out, back, out again, then recovered while it is out, and back for good.

use super::Stage;
use super::stage::Play;
use crate::error::NotMeasured;
use crate::profile::Sickness;
use crate::recording::Recording;

pub(super) async fn play(stage: &Stage<'_>) -> Result<Recording, NotMeasured> {
    let told = stage.front.hosts().await?;
    let before = |host: &usize| told.ejected_before(&stage.hosts[*host]);
    let sick = (0..stage.hosts.len())
        .min_by_key(before)
        .unwrap_or_default();
    let mut play = stage.play().await?;
    play.recording.ejected_before = before(&sick);
    play.more("answers while all are well", 2 * stage.hosts.len())
        .await?;
    play.fault(sick, Sickness::Error).await?;
    live(&mut play, sick).await?;
    play.end().await
}

/// From its first error to its last return; less where the mesh does not do its part.
async fn live(play: &mut Play<'_>, sick: usize) -> Result<(), NotMeasured> {
    let expected = play.stage.expected;
    let nth = play.recording.ejected_before + 1;
    let patience = |nth| *expected.time_out(nth + 1).end() + expected.policy.interval;
    let ejected = play.silence("its ejection", sick).await?;
    play.ask_mesh().await?;
    let answered = |host, play: &Play<'_>| {
        let errors = play.recording.answers.iter();
        errors
            .clone()
            .any(|of| of.host == Some(host) && of.is_error())
    };
    if !ejected || !answered(sick, play) {
        play.recover(sick).await?;
        return play
            .more("answers after its recovery", expected.silence())
            .await;
    }
    if !play.back(sick, patience(nth)).await? || !play.silence("its second ejection", sick).await? {
        return play.recover(sick).await;
    }
    play.recover(sick).await?;
    if play.back(sick, patience(nth + 1)).await? {
        play.more("its share of the answers", 2 * expected.silence())
            .await?;
    }
    Ok(())
}
