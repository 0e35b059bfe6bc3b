//! One verification from its first look to its last claim.

use std::pin::pin;
use std::time::Duration;

use attack::Target;
use serde::Serialize;
use serde_json::Value;
use service::Token;
use tokio::time::Instant;

use crate::case::Case;
use crate::claim::{Claim, Verdict};
use crate::error::NotMeasured;
use crate::expected::Expected;
use crate::front::Front;
use crate::output::{Progress, count, seconds};
use crate::policy::Policy;
use crate::profile::Profile;
use crate::scenario::{Scenario, Stage, rest};

/// The rate where nobody asked for one.
const RATE: u32 = 50;

/// The highest rate, per second, at which a mesh is verified: what one machine can send and answer.
pub const MOST_PER_SECOND: u32 = 10_000;

/// What to verify.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where front answers: `http://HOST[:PORT]`, without a slash at the end.
    pub gateway: String,
    /// What opens front's controls, if they are locked.
    pub control_token: Option<Token>,
    /// What kind of mesh it is.
    pub profile: Profile,
    /// What it promises, in real time.
    pub policy: Policy,
    /// How many times as fast as usual the mesh's clock runs, its merge window included.
    pub speed: f64,
    /// What to look at.
    pub cases: Vec<Case>,
    /// Requests per second, 1 to [`MOST_PER_SECOND`]; as many as it takes, 50 at least, when nobody asked.
    pub rate: Option<u32>,
    /// How many requests make a sample.
    pub requests: usize,
}

/// What came of it.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// Where front answered.
    pub gateway: String,
    /// What kind of mesh it is.
    pub profile: Profile,
    /// What it promises.
    pub policy: Policy,
    /// The replicas.
    pub hosts: Vec<String>,
    /// Each case's claim.
    pub claims: Vec<Claim>,
    /// How long it took.
    #[serde(rename = "took_ms", serialize_with = "crate::policy::millis")]
    pub took: Duration,
    /// The load of each scenario, in the form of `vegeta report -type=json`.
    pub loads: Vec<(&'static str, Value)>,
}

impl Outcome {
    /// Whether every claim holds; one that was not measured does not.
    pub fn all_hold(&self) -> bool {
        let mut claims = self.claims.iter();
        claims.all(|claim| claim.verdict == Verdict::Holds)
    }
}

/// Verifies; every replica is well again when this returns, also when `stop` resolves first.
///
/// # Errors
/// When nothing can be said of the mesh; the sentence says why.
pub async fn run(
    settings: &Settings,
    progress: &dyn Progress,
    stop: impl Future<Output = ()>,
) -> Result<Outcome, NotMeasured> {
    let start = Instant::now();
    let mut stop = pin!(stop);
    let front = Front::new(&settings.gateway, settings.control_token.clone());
    let (expected, hosts) = tokio::select! {
        looked = look(settings, &front) => looked?,
        () = &mut stop => return Err(interrupted()),
    };
    let target = format!("{}/color/get", settings.gateway);
    let target = target
        .parse::<Target>()
        .map_err(|cause| NotMeasured::new(cause.to_string()))?;
    progress.starts(settings, hosts.len(), expected.rate);

    let stage = Stage {
        front: &front,
        target,
        expected,
        requests: settings.requests,
        hosts,
        progress,
    };
    let played = tokio::select! {
        played = play(&stage, &settings.cases) => played,
        () = stop => Err(interrupted()),
    };
    progress.ends();
    let recovered = front.leave_well().await;
    let (claims, loads) = match (played, recovered) {
        (Ok(played), Ok(())) => played,
        (Ok(_), Err(reason)) => return Err(reason),
        (Err(reason), recovered) => return Err(reason.and(recovered.err())),
    };
    Ok(Outcome {
        gateway: settings.gateway.clone(),
        profile: settings.profile,
        policy: settings.policy,
        hosts: stage.hosts,
        claims,
        took: start.elapsed(),
        loads,
    })
}

fn interrupted() -> NotMeasured {
    NotMeasured::new("it was interrupted")
}

/// Looks whether there is something to verify. Nothing is changed.
async fn look(settings: &Settings, front: &Front) -> Result<(Expected, Vec<String>), NotMeasured> {
    let hosts = front.hosts().await?.well()?;
    // All are well, so this is only to hear now rather than later that the controls are locked.
    front.recover_all().await?;
    let mut expected = Expected {
        policy: settings.policy,
        profile: settings.profile,
        speed: settings.speed,
        rate: settings.rate.unwrap_or(RATE),
        hosts: hosts.len(),
    };
    let lowest = expected.lowest_rate();
    if lowest > MOST_PER_SECOND {
        return Err(NotMeasured::new(format!(
            "{} in a row and a silence do not fit into an ejection of {:?}: among {} replicas it takes {lowest} \
             requests per second to see them, and {MOST_PER_SECOND} are the most",
            count(settings.policy.max_server_errors as usize, "error"),
            settings.policy.base_ejection_duration,
            hosts.len()
        )));
    }
    match settings.rate {
        Some(rate) if rate < lowest => Err(NotMeasured::new(format!(
            "at {rate} requests per second too few are sent within an ejection of {} to tell it from chance among \
             {} replicas: choose a --rate of {lowest} or more",
            seconds(settings.policy.base_ejection_duration),
            hosts.len()
        ))),
        Some(_) => Ok((expected, hosts)),
        None => {
            expected.rate = RATE.max(lowest);
            Ok((expected, hosts))
        }
    }
}

/// The claims, and the load of each scenario.
type Played = (Vec<Claim>, Vec<(&'static str, Value)>);

/// Plays what the cases need, and judges them, in the order in which they are played.
async fn play(stage: &Stage<'_>, cases: &[Case]) -> Result<Played, NotMeasured> {
    let needed = |scenario: &Scenario| cases.iter().any(|case| case.scenario() == *scenario);
    let scenarios: Vec<_> = Scenario::ALL.into_iter().filter(needed).collect();
    let (mut claims, mut loads) = (Vec::new(), Vec::new());
    for (place, scenario) in scenarios.iter().enumerate() {
        stage
            .progress
            .begins(scenario.name(), place + 1, scenarios.len());
        rest(stage).await?;
        let recording = scenario.play(stage).await?;
        if let Some(report) = &recording.report {
            stage.progress.played(report);
            loads.push((scenario.name(), report.to_json()));
        }
        let of_it = Case::ALL
            .into_iter()
            .filter(|case| case.scenario() == *scenario);
        for case in of_it.filter(|case| cases.contains(case)) {
            let claim = case.judge(&stage.expected, &recording);
            stage.progress.judged(&claim);
            claims.push(claim);
        }
    }
    Ok((claims, loads))
}
