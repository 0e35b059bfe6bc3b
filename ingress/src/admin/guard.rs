//! Who may change something on the admin pages, which have no token: not a page of somebody else in a browser.
//!
//! A browser says in `Sec-Fetch-Site` that a page of another site sent the request. It does not say so of a page under
//! a foreign name that leads to this address by now (DNS rebinding), but then the page's name is in `Origin`, which
//! browsers send with every POST. So an `Origin` must be the one of these pages, under an address or `localhost`. What
//! is no browser, curl and Prometheus, sends neither header.
//!
//! Envoy's admin pages look at none of this. What pages only show is shown to everybody, as there.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use service::OtherSite;

/// Lets pass who may.
pub(super) async fn own_pages_only(request: Request, next: Next) -> Response {
    match check(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refused) => refused.into_response(),
    }
}

fn check(headers: &HeaderMap) -> Result<(), OtherSite> {
    OtherSite::check(headers)?;
    let host = headers.get(HOST);
    let mut origins = headers.get_all(ORIGIN).into_iter();
    if origins.all(|origin| is_own(origin, host)) {
        Ok(())
    } else {
        Err(OtherSite)
    }
}

/// Whether `origin` is the page that `host` names, and that is no foreign name.
fn is_own(origin: &HeaderValue, host: Option<&HeaderValue>) -> bool {
    let Some(authority) = origin.as_bytes().strip_prefix(b"http://") else {
        return false;
    };
    host.is_some_and(|host| host.as_bytes() == authority)
        && Authority::try_from(authority).is_ok_and(|at| is_address_or_localhost(at.host()))
}

fn is_address_or_localhost(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    address.parse::<IpAddr>().is_ok() || host.eq_ignore_ascii_case("localhost")
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    fn checked(headers: &[(&'static str, &'static str)]) -> Result<(), OtherSite> {
        let headers = headers.iter().map(|(name, value)| {
            let name = HeaderName::from_static(name);
            (name, HeaderValue::from_static(value))
        });
        check(&headers.collect())
    }

    #[test]
    fn what_is_no_browser_may_call_the_server_whatever_it_likes() {
        for host in ["127.0.0.1:9901", "ingress.demo:9901"] {
            assert_eq!(checked(&[("host", host)]), Ok(()), "{host}");
        }
        assert_eq!(checked(&[]), Ok(()));
    }

    #[test]
    fn a_page_of_these_may_change_something() {
        for (host, origin) in [
            ("127.0.0.1:9901", "http://127.0.0.1:9901"),
            ("[::1]:9901", "http://[::1]:9901"),
            ("localhost:9901", "http://localhost:9901"),
        ] {
            let headers = [
                ("host", host),
                ("origin", origin),
                ("sec-fetch-site", "same-origin"),
            ];
            assert_eq!(checked(&headers), Ok(()), "{host}");
        }
    }

    #[test]
    fn a_page_of_another_site_may_not() {
        let host = ("host", "127.0.0.1:9901");
        for other in [
            ("sec-fetch-site", "cross-site"),
            ("origin", "http://127.0.0.1:8080"),
            ("origin", "http://elsewhere.example"),
            ("origin", "https://127.0.0.1:9901"),
            ("origin", "null"),
        ] {
            assert_eq!(checked(&[host, other]), Err(OtherSite), "{other:?}");
        }
    }

    #[test]
    fn a_foreign_name_that_leads_here_may_not_either() {
        for (host, origin) in [
            ("rebound.example:9901", "http://rebound.example:9901"),
            ("localhost.example:9901", "http://localhost.example:9901"),
            ("127.0.0.1.example", "http://127.0.0.1.example"),
        ] {
            let headers = [("host", host), ("origin", origin)];
            assert_eq!(checked(&headers), Err(OtherSite), "{host}");
        }
    }
}
