//! Two replicas are sick, then more than half of them. All has to be seen before the first one is back.

use super::Stage;
use super::stage::Play;
use crate::error::NotMeasured;
use crate::profile::Sickness;
use crate::recording::Recording;

pub(super) async fn play(stage: &Stage<'_>) -> Result<Recording, NotMeasured> {
    let majority = stage.expected.majority();
    let steps = if majority > 2 { [2, majority] } else { [1, 2] };
    let mut play = stage.play().await?;
    play.more("answers while all are well", 2 * stage.hosts.len())
        .await?;
    let mut sick = 0;
    for step in steps {
        for nth in sick..step {
            play.fault(stage.host(nth + 1), Sickness::Error).await?;
        }
        watch(&mut play, sick, step).await?;
        sick = step;
    }
    play.ask_mesh().await?;
    for nth in 0..sick {
        play.recover(stage.host(nth + 1)).await?;
    }
    play.end().await
}

/// Waits until those that fell ill after the first `known` should be out, and watches what happens then.
async fn watch(play: &mut Play<'_>, known: usize, sick: usize) -> Result<(), NotMeasured> {
    let Stage { expected, .. } = *play.stage;
    let threshold = expected.policy.max_server_errors as usize;
    let new: Vec<usize> = (known..sick).map(|nth| play.stage.host(nth + 1)).collect();
    let enough = play.recording.answers.len() + 2 * threshold * expected.hosts;
    let from = play.recording.end();
    let all_erred = |recording: &Recording| {
        let mut errors = vec![0; expected.hosts];
        for answer in recording
            .answers
            .iter()
            .filter(|of| of.sent >= from && of.is_error())
        {
            answer.host.into_iter().for_each(|host| errors[host] += 1);
        }
        new.iter().all(|host| errors[*host] >= threshold) || recording.answers.len() >= enough
    };
    let what = format!("the ejection of {sick}");
    play.until(&what, expected.policy.base_ejection_duration, all_erred)
        .await?;
    play.pause(&what, expected.settling()).await?;

    let start = play.recording.end();
    let (first, fell_ill) = play.recording.sick().unwrap_or_default();
    let out = play
        .recording
        .error(first, fell_ill, threshold)
        .unwrap_or(fell_ill);
    let back = out + expected.policy.base_ejection_duration;
    let goal = |recording: &Recording| {
        recording.end() >= back.min(start + expected.pace(expected.silence()))
    };
    play.until(
        "answers while they are out",
        expected.policy.base_ejection_duration,
        goal,
    )
    .await?;
    let end = play.recording.end().min(back);
    play.recording.watched.push((sick, start..end.max(start)));
    Ok(())
}
