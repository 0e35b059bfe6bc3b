//! front, as anyone can call it through the gateway.

mod hosts;

use std::fmt;
use std::time::Duration;

use attack::{Target, fetch};
use http::StatusCode;
use http::header::AUTHORIZATION;
use service::Token;

use crate::error::NotMeasured;
use crate::profile::Sickness;

pub(crate) use hosts::Hosts;

/// For anything but the load.
const TIMEOUT: Duration = Duration::from_secs(10);

/// front behind a gateway.
#[derive(Clone, Debug)]
pub(crate) struct Front {
    gateway: String,
    /// What its controls ask for, if they are locked.
    token: Option<Token>,
}

impl Front {
    /// `gateway` is its URL, without a slash at the end; `token` opens its controls.
    pub(crate) fn new(gateway: &str, token: Option<Token>) -> Self {
        Self {
            gateway: gateway.to_owned(),
            token,
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

    /// Makes the replica sick; it recovers by itself after `lasts`, should nobody live to do it.
    pub(crate) async fn fault(
        &self,
        uid: &str,
        sickness: Sickness,
        lasts: Duration,
    ) -> Result<(), NotMeasured> {
        let (options, lasts) = (sickness.options(), lasts.as_secs().clamp(1, 24 * 60 * 60));
        let path = format!("/fault?host={uid}&{options}&for={lasts}s");
        self.control(&path).await
    }

    /// Makes the replica well.
    pub(crate) async fn recover(&self, uid: &str) -> Result<(), NotMeasured> {
        self.control(&format!("/recover?host={uid}")).await
    }

    /// Makes every replica well.
    pub(crate) async fn recover_all(&self) -> Result<(), NotMeasured> {
        self.control("/recover").await
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
