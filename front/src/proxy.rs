//! The proxy on the way to colorapp.

use std::fmt;

use axum::http::uri::{PathAndQuery, Scheme};
use axum::http::{HeaderValue, Uri};
use hyper_util::client::proxy::matcher::Matcher;
use service::{ConfigError, Environment};

use crate::Endpoint;

/// An HTTP proxy, and what it wants to be shown.
#[derive(Clone)]
pub struct Proxy {
    peer: String,
    authorization: Option<HeaderValue>,
}

impl Proxy {
    /// The one that `http_proxy` names for `color`, unless `no_proxy` lists it.
    ///
    /// # Errors
    /// When `http_proxy` is of no kind that is known here; the sentence does not show it.
    pub(crate) fn from_env(
        env: &impl Environment,
        color: &Endpoint,
    ) -> Result<Option<Self>, ConfigError> {
        let Some(text) = env.get("http_proxy") else {
            return Ok(None);
        };
        // The value stays out of the sentence, for it may hold a password.
        let unusable = || {
            ConfigError::new(
                "http_proxy must be http://host:port, the only kind of proxy known here",
            )
        };
        let url = if text.contains("://") {
            text
        } else {
            format!("http://{text}")
        };
        if url.parse::<Uri>().ok().as_ref().and_then(Uri::scheme) != Some(&Scheme::HTTP) {
            return Err(unusable());
        }
        let to_color = color.uri(PathAndQuery::from_static("/"));
        let proxy = Matcher::builder().http(&url).build().intercept(&to_color);
        let proxy = proxy.ok_or_else(unusable)?;
        let authority = proxy.uri().authority().ok_or_else(unusable)?;
        let exceptions = env.get("no_proxy").unwrap_or_default();
        // hyper-util takes the star for any name, but not for an address.
        let all = exceptions.split(',').any(|one| one.trim() == "*");
        let others = Matcher::builder().http(&url).no(exceptions).build();
        if all || others.intercept(&to_color).is_none() {
            return Ok(None);
        }
        Ok(Some(Self {
            peer: format!(
                "{}:{}",
                authority.host(),
                authority.port_u16().unwrap_or(80)
            ),
            authorization: proxy.basic_auth().cloned(),
        }))
    }

    /// Its host:port.
    pub(crate) fn peer(&self) -> &str {
        &self.peer
    }

    /// The header `proxy-authorization` that it wants.
    pub(crate) fn authorization(&self) -> Option<&HeaderValue> {
        self.authorization.as_ref()
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What it is shown is a password.
        f.debug_struct("Proxy")
            .field("peer", &self.peer)
            .finish_non_exhaustive()
    }
}
