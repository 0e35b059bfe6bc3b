//! front, as anyone can call it through the gateway.

mod hosts;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use attack::{Target, fetch};
use http::StatusCode;
use http::header::AUTHORIZATION;
use service::Token;
use tokio::sync::Mutex;

use crate::error::NotMeasured;
use crate::profile::Sickness;

pub(crate) use hosts::Hosts;

/// For anything but the load.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Between two attempts to make the replicas well.
const PAUSE: Duration = Duration::from_secs(1);

/// front behind a gateway.
#[derive(Clone, Debug)]
pub(crate) struct Front {
    gateway: String,
    /// What its controls ask for, if they are locked.
    token: Option<Token>,
    /// Held while a replica is made sick, so that none falls ill after all were made well.
    changing: Arc<Mutex<()>>,
}

impl Front {
    /// `gateway` is its URL, without a slash at the end; `token` opens its controls.
    pub(crate) fn new(gateway: &str, token: Option<Token>) -> Self {
        Self {
            gateway: gateway.to_owned(),
            token,
            changing: Arc::default(),
        }
    }

    /// Every replica, and what the mesh says of it.
    pub(crate) async fn hosts(&self) -> Result<Hosts, NotMeasured> {
        let text = self.ask(&self.target("/hosts")?, "/hosts").await?;
        Hosts::parse(&text).map_err(|cause| {
            NotMeasured::new(format!(
                "{}/hosts is not this suite's: {cause}",
                self.gateway
            ))
        })
    }

    /// Makes the replica sick; it recovers by itself after `lasts`, should nobody live to do it. Once begun
    /// this is carried out, even if nobody waits for its end.
    pub(crate) async fn fault(
        &self,
        uid: &str,
        sickness: Sickness,
        lasts: Duration,
    ) -> Result<(), NotMeasured> {
        let (options, lasts) = (sickness.options(), lasts.as_secs().clamp(1, 24 * 60 * 60));
        let path = format!("/fault?host={uid}&{options}&for={lasts}s");
        let (front, changing) = (self.clone(), self.changing.clone().lock_owned().await);
        let fault = async move {
            let asked = front.control(&path).await;
            drop(changing);
            asked
        };
        tokio::spawn(fault)
            .await
            .map_err(|cause| NotMeasured::new(cause.to_string()))?
    }

    /// Makes the replica well.
    pub(crate) async fn recover(&self, uid: &str) -> Result<(), NotMeasured> {
        self.control(&format!("/recover?host={uid}")).await
    }

    /// Makes every replica well.
    pub(crate) async fn recover_all(&self) -> Result<(), NotMeasured> {
        let _none_falls_ill = self.changing.lock().await;
        self.control("/recover").await
    }

    /// Makes every replica well in the end, at the second attempt if the first one fails.
    pub(crate) async fn leave_well(&self) -> Result<(), NotMeasured> {
        if self.recover_all().await.is_ok() {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
        let recovered = self.recover_all().await;
        recovered.map_err(|cause| NotMeasured::new(format!("replicas may still be sick: {cause}")))
    }

    /// Asks for a change, which is what a token is for.
    async fn control(&self, path: &str) -> Result<(), NotMeasured> {
        let shown = self
            .token
            .iter()
            .map(|token| (AUTHORIZATION, token.authorization()));
        let target = self.target(path)?.with_headers(shown);
        self.ask(&target, path).await.map(drop)
    }

    async fn ask(&self, target: &Target, path: &str) -> Result<String, NotMeasured> {
        let reply = fetch(target, TIMEOUT)
            .await
            .map_err(|cause| self.failed(path, &cause))?;
        let text = String::from_utf8_lossy(&reply.body);
        match reply.status {
            StatusCode::OK => Ok(text.into_owned()),
            StatusCode::UNAUTHORIZED => Err(self.failed(
                path,
                &match self.token {
                    None => "the controls are locked: set CONTROL_TOKEN to the token that front has",
                    Some(_) => "the controls are locked by another token: set CONTROL_TOKEN to the one that front has",
                },
            )),
            status => {
                // A sentence has one line; what follows may be a page of help.
                let said = text.trim().lines().next().unwrap_or_default();
                let said: String = said.chars().take(200).collect();
                Err(self.failed(path, &format_args!("{status}: {said}")))
            }
        }
    }

    fn target(&self, path: &str) -> Result<Target, NotMeasured> {
        let url = format!("{}{path}", self.gateway);
        url.parse::<Target>()
            .map_err(|cause| self.failed(path, &cause))
    }

    fn failed(&self, path: &str, cause: &dyn fmt::Display) -> NotMeasured {
        NotMeasured::new(format!("{}{path}: {cause}", self.gateway))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::TcpListener;
    use tokio::sync::Notify;
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    use super::*;

    /// A front that tells the path of each request, and answers `/fault` when it is told to, and each
    /// `/recover` with the next of these statuses.
    async fn front(
        statuses: &'static [&'static str],
    ) -> (Front, UnboundedReceiver<String>, Arc<Notify>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let front = Front::new(&format!("http://{}", listener.local_addr().unwrap()), None);
        let (to, asked) = unbounded_channel();
        let answer = Arc::new(Notify::new());
        let told = answer.clone();
        tokio::spawn(async move {
            let mut statuses = statuses.iter();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let mut stream = BufReader::new(stream);
                let mut line = String::new();
                stream.read_line(&mut line).await.unwrap();
                let path = line.split(' ').nth(1).unwrap().to_owned();
                let is_fault = path.starts_with("/fault");
                to.send(path).unwrap();
                let status = if is_fault {
                    told.notified().await;
                    "200 OK"
                } else {
                    statuses.next().unwrap()
                };
                let text = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
                stream.write_all(text.as_bytes()).await.unwrap();
            }
        });
        (front, asked, answer)
    }

    /// An interrupt drops whatever is under way.
    #[tokio::test]
    async fn a_fault_that_was_given_up_is_over_before_all_are_made_well() {
        let (front, mut asked, answer) = front(&["200 OK"]).await;
        tokio::select! {
            _ = front.fault("a", Sickness::Error, Duration::from_secs(60)) => panic!("not answered"),
            path = asked.recv() => assert_eq!(path.unwrap(), "/fault?host=a&status=500&for=60s"),
        }
        assert!(front.changing.try_lock().is_err(), "it is under way");
        answer.notify_one();
        assert_eq!(front.recover_all().await, Ok(()));
        assert_eq!(asked.recv().await.unwrap(), "/recover");
    }

    #[tokio::test]
    async fn all_are_left_well_at_the_second_attempt() {
        let (front, _asked, _) = front(&["502 Bad Gateway", "200 OK"]).await;
        assert_eq!(front.leave_well().await, Ok(()));
    }

    #[tokio::test]
    async fn that_some_may_still_be_sick_is_told() {
        let (front, _asked, _) = front(&["502 Bad Gateway", "503 Service Unavailable"]).await;
        let said = front.leave_well().await.unwrap_err().to_string();
        assert!(
            said.starts_with("replicas may still be sick: http://"),
            "{said}"
        );
        assert!(said.contains("/recover: 503"), "{said}");
    }
}
