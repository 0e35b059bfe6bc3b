//! The lock of the controls: the paths that change something.
//!
//! 1. A request that a page of another site sent is refused with 403, locked or not (see [`OtherSite`]).
//! 2. With `CONTROL_TOKEN` set, whoever does not show the token gets a 401.
//!
//! What the first rule does not see: at a plain http address of a load balancer browsers do not tell the site, and
//! only the token keeps the pages of others out: it is no cookie that goes along by itself, and a page of another
//! site may not send `Authorization` here, for that takes a preflight, which is not answered. `Origin` is not
//! compared with `Host`, because a mesh may rewrite `Host` (App Mesh does) and the demo's own page would be refused.
//!
//! DNS rebinding (a foreign name that leads to this address after a while) makes a foreign page same-origin in
//! the browser's eyes, so the first rule does not see that either, and `Host` is of no use for the same reason
//! as above. The token protects: what the demo's page keeps is kept under the demo's own name, where the foreign
//! page cannot read it. A demo without a token is not protected from it, on loopback neither.
//!
//! The control port is not locked: it changes nothing, and probes and scrapes have no token.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use service::{OtherSite, Token};

use crate::state::Front;

/// Why a control is not touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Locked {
    /// The request comes from a page of another site.
    OtherSite(OtherSite),
    /// It does not show the token.
    NoToken,
}

/// Lets pass who may touch the controls.
pub(crate) async fn guard(
    State(front): State<Arc<Front>>,
    request: Request,
    next: Next,
) -> Response {
    match check(request.headers(), front.control_token.as_ref()) {
        Ok(()) => next.run(request).await,
        Err(locked) => locked.into_response(),
    }
}

fn check(headers: &HeaderMap, token: Option<&Token>) -> Result<(), Locked> {
    OtherSite::check(headers).map_err(Locked::OtherSite)?;
    let shown = |token: &Token| {
        let authorization = headers.get(AUTHORIZATION);
        authorization.is_some_and(|authorization| token.is_shown_by(authorization))
    };
    if token.is_none_or(shown) {
        Ok(())
    } else {
        Err(Locked::NoToken)
    }
}

impl IntoResponse for Locked {
    fn into_response(self) -> Response {
        match self {
            Self::OtherSite(refused) => refused.into_response(),
            Self::NoToken => (
                StatusCode::UNAUTHORIZED,
                [(WWW_AUTHENTICATE, "Bearer")],
                "the controls are locked: send the header Authorization: Bearer, and the token of CONTROL_TOKEN\n",
            )
                .into_response(),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    fn checked(
        headers: &[(&'static str, &'static str)],
        token: Option<&str>,
    ) -> Result<(), Locked> {
        let parsed = headers.iter().map(|(name, value)| {
            let name = HeaderName::from_static(name);
            (name, value.parse().unwrap())
        });
        let mut map = HeaderMap::new();
        for (name, value) in parsed {
            map.append(name, value);
        }
        let token = token.map(|token| token.parse().unwrap());
        check(&map, token.as_ref())
    }

    #[test]
    fn a_page_of_another_site_is_refused_whatever_it_shows() {
        let right = ("authorization", "Bearer 0123456789abcdef");
        let sent = ("sec-fetch-site", "cross-site");
        let refused = Err(Locked::OtherSite(OtherSite));
        assert_eq!(checked(&[sent], None), refused);
        let token = Some("0123456789abcdef");
        assert_eq!(checked(&[sent, right], token), refused);
        assert_eq!(checked(&[], None), Ok(()));
    }

    #[test]
    fn a_locked_control_wants_the_token() {
        let token = Some("0123456789abcdef");
        let right = ("authorization", "Bearer 0123456789abcdef");
        assert_eq!(checked(&[right], token), Ok(()));
        assert_eq!(
            checked(&[("sec-fetch-site", "same-origin"), right], token),
            Ok(())
        );
        for wrong in [
            &[][..],
            &[("authorization", "Bearer 0123456789abcdee")],
            &[("authorization", "Basic 0123456789abcdef")],
            &[("authorization", "")],
        ] {
            assert_eq!(checked(wrong, token), Err(Locked::NoToken), "{wrong:?}");
        }
    }
}
