//! front, as anyone can call it through the gateway.

mod hosts;

use std::fmt;
use std::time::Duration;

use attack::{Target, fetch};
use http::StatusCode;

use crate::error::NotMeasured;
use crate::profile::Sickness;

pub(crate) use hosts::Hosts;

/// For anything but the load.
const TIMEOUT: Duration = Duration::from_secs(10);

/// front behind a gateway.
#[derive(Clone, Debug)]
pub(crate) struct Front {
    gateway: String,
}

impl Front {
    /// `gateway` is its URL, without a slash at the end.
    pub(crate) fn new(gateway: &str) -> Self {
        Self {
            gateway: gateway.to_owned(),
        }
    }

    /// Every replica, and what the mesh says of it.
    pub(crate) async fn hosts(&self) -> Result<Hosts, NotMeasured> {
        let text = self.ask("/hosts").await?;
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
        self.ask(&path).await.map(drop)
    }

    /// Makes the replica well.
    pub(crate) async fn recover(&self, uid: &str) -> Result<(), NotMeasured> {
        self.ask(&format!("/recover?host={uid}")).await.map(drop)
    }

    /// Makes every replica well.
    pub(crate) async fn recover_all(&self) -> Result<(), NotMeasured> {
        self.ask("/recover").await.map(drop)
    }

    async fn ask(&self, path: &str) -> Result<String, NotMeasured> {
        let url = format!("{}{path}", self.gateway);
        let failed = |cause: &dyn fmt::Display| NotMeasured::new(format!("{url}: {cause}"));
        let target = url.parse::<Target>().map_err(|cause| failed(&cause))?;
        let reply = fetch(&target, TIMEOUT)
            .await
            .map_err(|cause| failed(&cause))?;
        let text = String::from_utf8_lossy(&reply.body);
        if reply.status == StatusCode::OK {
            return Ok(text.into_owned());
        }
        // A sentence has one line; what follows may be a page of help.
        let said = text.trim().lines().next().unwrap_or_default();
        let said: String = said.chars().take(200).collect();
        Err(failed(&format_args!("{}: {said}", reply.status)))
    }
}
