//! Requests that are answered before any route is looked at (FACTS 11.6).

use http::header::HOST;
use http::{HeaderMap, Method, Request, Response, StatusCode, Version};

use super::answer;
use super::headers;
use super::response_body::ResponseBody;

/// Why a request is answered at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unacceptable {
    /// Its form is wrong: the reason phrase as the body, and the connection ends.
    Malformed(StatusCode),
    /// It asks for what is never done here: no body, and the connection ends.
    Refused(StatusCode),
    /// It is in order but leads nowhere: no body, and the connection goes on, unless there is more of it.
    Nowhere,
}

/// The host that an acceptable request asks for, without its port.
///
/// # Errors
/// When the request is not acceptable.
pub(super) fn host_of<B>(request: &Request<B>) -> Result<String, Unacceptable> {
    if request.version() != Version::HTTP_11 {
        return Err(Unacceptable::Malformed(StatusCode::UPGRADE_REQUIRED));
    }
    let (headers, uri) = (request.headers(), request.uri());
    let host = match uri.authority() {
        Some(authority) => authority.as_str(),
        None => named_host(headers)?,
    };
    if request.method() == Method::CONNECT {
        return Err(Unacceptable::Refused(StatusCode::NOT_FOUND));
    }
    if headers::is_upgrade(headers) {
        return Err(Unacceptable::Refused(StatusCode::FORBIDDEN));
    }
    match (uri.scheme_str(), uri.path()) {
        (None, "*") if request.method() == Method::OPTIONS => return Err(Unacceptable::Nowhere),
        // A host alone is a target for CONNECT only.
        (None, "*" | "") => return Err(MALFORMED),
        (None | Some("http" | "https"), _) => {}
        _ => return Err(MALFORMED),
    }
    if headers::drops(headers, &["host"]) {
        return Err(Unacceptable::Refused(StatusCode::BAD_REQUEST));
    }
    if headers::drops(headers, &FORWARDED) {
        return Err(MALFORMED);
    }
    Ok(without_port(host).to_owned())
}

/// What others on the way have said of the client.
const FORWARDED: [&str; 3] = ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"];

const MALFORMED: Unacceptable = Unacceptable::Malformed(StatusCode::BAD_REQUEST);

impl Unacceptable {
    /// Envoy's answer to a request, of which all is here or not.
    pub(super) fn answer(self, is_complete: bool) -> Response<ResponseBody> {
        match self {
            Self::Malformed(status) => answer::refusal(status),
            Self::Refused(status) => answer::empty_and_close(status),
            Self::Nowhere => answer::nowhere(is_complete),
        }
    }
}

/// The one `host` header. Several make a request that parties may understand differently; like an empty
/// one they are nobody's name.
fn named_host(headers: &HeaderMap) -> Result<&str, Unacceptable> {
    let mut hosts = headers.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) => Err(Unacceptable::Refused(StatusCode::BAD_REQUEST)),
        (Some(host), None) if !host.is_empty() => host.to_str().map_err(|_| MALFORMED),
        _ => Err(Unacceptable::Nowhere),
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port))
            if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            name
        }
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(request: http::request::Builder) -> Result<String, (StatusCode, bool)> {
        let request = request.body(()).unwrap();
        host_of(&request)
            .map_err(|unacceptable| unacceptable.answer(true))
            .map_err(|answer| (answer.status(), answer.headers().contains_key("connection")))
    }

    #[test]
    fn a_host_is_named_without_its_port() {
        for (host, name) in [
            ("colorapp:8080", "colorapp"),
            ("colorapp", "colorapp"),
            ("[::1]:80", "[::1]"),
        ] {
            assert_eq!(
                judge(Request::get("/").header("host", host)),
                Ok(name.to_owned())
            );
        }
        let absolute = Request::get("http://colorapp:8080/get").header("host", "ignored");
        assert_eq!(judge(absolute), Ok("colorapp".to_owned()));
    }

    #[test]
    fn what_envoy_refuses_is_refused_with_its_status() {
        let get = || Request::get("/get").header("host", "a");
        let refused = [
            (Request::get("/get"), 400, true),
            (get().header("host", "b"), 404, false),
            (Request::get("/get").header("host", ""), 404, false),
            (get().header("connection", "X-Forwarded-For"), 400, true),
            (Request::get("ftp://a/get").header("host", "a"), 400, true),
            (Request::get("*").header("host", "a"), 400, true),
            (get().version(Version::HTTP_10), 426, true),
            (
                get()
                    .header("connection", "upgrade")
                    .header("upgrade", "websocket"),
                403,
                true,
            ),
            (Request::connect("a:80").header("host", "a"), 404, true),
            (Request::options("*").header("host", "a"), 404, false),
        ];
        for (request, status, closes) in refused {
            let said = format!("{request:?}");
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(judge(request), Err((status, closes)), "{said}");
        }
    }
}
