//! The lock of the controls: the paths that change something.
//!
//! 1. A request that a page of another site sent is refused with 403, locked or not. Browsers tell it in
//!    `Sec-Fetch-Site`; an address that a person typed is `none`, and curl does not send the header.
//! 2. With `CONTROL_TOKEN` set, whoever does not show the token gets a 401.
//!
//! What the first rule does not see: browsers send the header to https and to loopback addresses only. At a
//! plain http address of a load balancer it is absent, and only the token keeps the pages of others out: it is
//! no cookie that goes along by itself, and a page of another site may not send `Authorization` here, for that
//! takes a preflight, which is not answered. `Origin` is not compared with `Host`, because a mesh may rewrite
//! `Host` (App Mesh does) and the demo's own page would be refused.
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
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use service::Token;

use crate::state::Front;

/// Who made the browser send the request, in relation to this site.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Why a control is not touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Locked {
    /// The request comes from a page of another site.
    OtherSite,
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
    let own = |site: &[u8]| site == b"same-origin" || site == b"none";
    let mut sites = headers.get_all(SEC_FETCH_SITE).into_iter();
    if !sites.all(|site| own(site.as_bytes())) {
        return Err(Locked::OtherSite);
    }
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
            Self::OtherSite => (
                StatusCode::FORBIDDEN,
                "pages of other sites may not touch the controls\n",
            )
                .into_response(),
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
    fn curl_the_own_page_and_a_typed_address_pass() {
        assert_eq!(checked(&[], None), Ok(()));
        for site in ["same-origin", "none"] {
            assert_eq!(checked(&[("sec-fetch-site", site)], None), Ok(()), "{site}");
        }
    }

    /// Another port of the same host, or another name of the same domain, is `same-site`.
    #[test]
    fn every_other_site_is_refused_whatever_it_shows() {
        let right = ("authorization", "Bearer 0123456789abcdef");
        for site in [
            "cross-site",
            "same-site",
            "",
            "none, cross-site",
            "later-word",
        ] {
            let sent = ("sec-fetch-site", site);
            assert_eq!(checked(&[sent], None), Err(Locked::OtherSite), "{site}");
            assert_eq!(
                checked(&[sent, right], Some("0123456789abcdef")),
                Err(Locked::OtherSite),
                "{site}"
            );
        }
        let twice = [("sec-fetch-site", "none"), ("sec-fetch-site", "cross-site")];
        assert_eq!(checked(&twice, None), Err(Locked::OtherSite));
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
