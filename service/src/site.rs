//! Whose page made a browser send a request: a page of another site may not change anything here.
//!
//! Browsers tell it in `Sec-Fetch-Site`. An address that a person typed is `none`, and curl, Prometheus and proxies do
//! not send the header. They send it to https and to loopback addresses only; at a plain http address of a load
//! balancer it is absent, and something else must keep pages of others out.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Who made the browser send the request, in relation to this site.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The request comes from a page of another site. As an answer it is a 403.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtherSite;

impl OtherSite {
    /// Whether the headers of a request say so.
    ///
    /// # Errors
    /// When a page of another site sent it, or one that is called neither `same-origin` nor `none`. Another port of
    /// the same host, or another name of the same domain, is another site, too.
    pub fn check(headers: &HeaderMap) -> Result<(), Self> {
        let own = |site: &[u8]| site == b"same-origin" || site == b"none";
        let mut sites = headers.get_all(SEC_FETCH_SITE).into_iter();
        if sites.all(|site| own(site.as_bytes())) {
            Ok(())
        } else {
            Err(Self)
        }
    }

    /// Middleware: lets pass what no page of another site sent.
    pub async fn guard(request: Request, next: Next) -> Response {
        match Self::check(request.headers()) {
            Ok(()) => next.run(request).await,
            Err(refused) => refused.into_response(),
        }
    }
}

impl IntoResponse for OtherSite {
    fn into_response(self) -> Response {
        let sentence = "pages of other sites may not touch the controls\n";
        (StatusCode::FORBIDDEN, sentence).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(sites: &[&'static str]) -> Result<(), OtherSite> {
        let mut headers = HeaderMap::new();
        for site in sites {
            headers.append(SEC_FETCH_SITE, site.parse().unwrap());
        }
        OtherSite::check(&headers)
    }

    #[test]
    fn curl_the_own_page_and_a_typed_address_pass() {
        for sites in [&[][..], &["same-origin"], &["none"]] {
            assert_eq!(checked(sites), Ok(()), "{sites:?}");
        }
    }

    #[test]
    fn every_other_site_is_refused() {
        for site in [
            "cross-site",
            "same-site",
            "",
            "none, cross-site",
            "later-word",
        ] {
            assert_eq!(checked(&[site]), Err(OtherSite), "{site}");
        }
        assert_eq!(checked(&["none", "cross-site"]), Err(OtherSite));
    }
}
