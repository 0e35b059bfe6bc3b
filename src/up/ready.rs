//! Waits until every process answers.

use std::error;
use std::fmt;
use std::time::Duration;

use reqwest::{Client, StatusCode};
use tokio::time::{Instant, sleep};

use super::launch::Launch;

/// How long all processes together may take. A start takes some milliseconds each.
const DEADLINE: Duration = Duration::from_secs(10);

/// From one round of questions to the next.
const PAUSE: Duration = Duration::from_millis(5);

/// How long one answer may take.
const ANSWER: Duration = Duration::from_secs(1);

/// Who did not answer in time.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotReady(Vec<String>);

impl fmt::Display for NotReady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.join(", ");
        write!(f, "not ready after {} s: {names}", DEADLINE.as_secs())
    }
}

impl error::Error for NotReady {}

/// Resolves once each of `launches` has answered 200 where it says when it is ready.
///
/// # Errors
/// When some have not after ten seconds.
pub(super) async fn all_ready(launches: &[Launch]) -> Result<(), NotReady> {
    let client = Client::builder()
        .no_proxy()
        .timeout(ANSWER)
        .build()
        .expect("nothing about this client depends on the machine");
    let deadline = Instant::now() + DEADLINE;
    let mut waiting: Vec<&Launch> = launches.iter().collect();
    loop {
        let mut silent = Vec::new();
        for launch in waiting {
            if !answers(&client, &launch.ready).await {
                silent.push(launch);
            }
        }
        waiting = silent;
        if waiting.is_empty() {
            return Ok(());
        }
        if Instant::now() >= deadline {
            let names = waiting.iter().map(|launch| launch.name.clone());
            return Err(NotReady(names.collect()));
        }
        sleep(PAUSE).await;
    }
}

async fn answers(client: &Client, url: &str) -> bool {
    let answer = client.get(url).send().await;
    answer.is_ok_and(|answer| answer.status() == StatusCode::OK)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// The clock is paused: it jumps whenever nobody has anything else to do.
    #[tokio::test(start_paused = true)]
    async fn who_does_not_answer_is_named() {
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = silent.local_addr().unwrap();
        drop(silent);
        let launch = Launch {
            name: "colorapp-3".to_owned(),
            args: Vec::new(),
            env: BTreeMap::new(),
            ready: format!("http://{address}/readyz"),
        };
        let error = all_ready(&[launch]).await.unwrap_err();
        assert_eq!(error.to_string(), "not ready after 10 s: colorapp-3");
    }
}
