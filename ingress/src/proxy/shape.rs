//! Requests that are answered before any route is looked at (FACTS 11.6).

use std::net::Ipv6Addr;

use http::StatusCode;
use http1::{Fields, Length, Malformed, Path, RequestHead, Target, Version};

use super::answer::Answer;

/// What an acceptable request asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape<'a> {
    /// The host as the client wrote it: of an absolute target its own, which wins over `host`.
    pub(super) authority: &'a str,
    /// Never empty.
    pub(super) path: &'a str,
    /// What stands behind the path's question mark.
    pub(super) query: Option<&'a str>,
    /// How long its body is.
    pub(super) length: Length,
}

impl<'a> Shape<'a> {
    /// What `head` asks for.
    ///
    /// # Errors
    /// The answer to a request that is not acceptable.
    pub(super) fn of(head: &RequestHead<'a>) -> Result<Self, Answer> {
        let length = Length::of_request(head).map_err(malformed)?;
        if head.version != Version::Http11 {
            return Err(Answer::refusal(StatusCode::UPGRADE_REQUIRED));
        }
        let Some(target) = Target::parse(head.target) else {
            return Err(no_target(head.target));
        };
        let named = match target {
            Target::Absolute { authority, .. } => Ok(authority),
            _ => named_host(head.fields, length),
        };
        if head.method == "CONNECT" {
            return Err(connect(target, length));
        }
        let authority = named?;
        let path = match target {
            Target::Origin(path) => path,
            Target::Absolute { scheme, path, .. } if is_web(scheme) => path,
            Target::Asterisk if head.method == "OPTIONS" => {
                return Err(nowhere(length));
            }
            // A host alone is a target for CONNECT only.
            Target::Asterisk | Target::Absolute { .. } | Target::Authority(_) => {
                return Err(bad_request());
            }
        };
        if !is_host(authority) {
            return Err(bad_request());
        }
        if names_too_much(head.fields) {
            return Err(bad_request());
        }
        if drops(head.fields, &["host"]) {
            return Err(refused(StatusCode::BAD_REQUEST));
        }
        if drops(head.fields, &FORWARDED) {
            return Err(bad_request());
        }
        let Path { path, query } = path;
        Ok(Self {
            authority,
            path: if path.is_empty() { "/" } else { path },
            query,
            length,
        })
    }

    /// The host without its port.
    pub(super) fn host(&self) -> &'a str {
        match self.authority.rsplit_once(':') {
            Some((name, port)) if !port.is_empty() && !port.contains(']') => name,
            _ => self.authority,
        }
    }
}

/// As many headers may be named as meant for this hop only, and so long may `te` be where it is named: as in Envoy.
const MOST_NAMED: usize = 9;
const LONGEST_TE: usize = 255;

/// What others on the way have said of the client.
const FORWARDED: [&str; 3] = ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"];

/// The answer where there is no request to be understood.
pub(super) fn malformed(malformed: Malformed) -> Answer {
    Answer::refusal(match malformed {
        Malformed::TooManyFields => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        Malformed::Version => StatusCode::UPGRADE_REQUIRED,
        Malformed::Coding => StatusCode::NOT_IMPLEMENTED,
        _ => StatusCode::BAD_REQUEST,
    })
}

/// The answer to a request that leads nowhere. The connection ends with it where nobody takes a body.
pub(super) fn nowhere(length: Length) -> Answer {
    Answer::empty(StatusCode::NOT_FOUND).closing(!length.is_empty())
}

/// What is never done here.
pub(super) fn refused(status: StatusCode) -> Answer {
    Answer::empty(status).closing(true)
}

fn bad_request() -> Answer {
    Answer::refusal(StatusCode::BAD_REQUEST)
}

fn no_target(target: &str) -> Answer {
    // To a fragment Envoy has less to say.
    if target.is_ascii() && target.contains('#') {
        return refused(StatusCode::BAD_REQUEST);
    }
    bad_request()
}

/// The answer to CONNECT, of which no route here takes any.
fn connect(target: Target<'_>, length: Length) -> Answer {
    let has_port = |authority: &str| authority.contains(':');
    match target {
        Target::Authority(authority) if has_port(authority) && length.is_empty() => {
            refused(StatusCode::NOT_FOUND)
        }
        _ => bad_request(),
    }
}

fn is_web(scheme: &str) -> bool {
    ["http", "https"]
        .iter()
        .any(|web| scheme.eq_ignore_ascii_case(web))
}

/// The one `host` header. Several make a request that parties may understand differently; like an empty
/// one they are nobody's name.
fn named_host(fields: Fields<'_>, length: Length) -> Result<&str, Answer> {
    let mut hosts = fields.all("host");
    match (hosts.next(), hosts.next()) {
        (None, _) => Err(refused(StatusCode::BAD_REQUEST)),
        (Some(host), None) if !host.is_empty() => str::from_utf8(host).map_err(|_| bad_request()),
        _ => Err(nowhere(length)),
    }
}

/// Whether `authority` is a host, and a port or none: RFC 3986 3.2.2 and 3.2.3. RFC 9112 3.2 wants all else refused:
/// parties that take a user for a host, or a second port for the first one, can be played against one another.
fn is_host(authority: &str) -> bool {
    let (is_name, port) = match authority.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((address, rest)) if rest.is_empty() || rest.starts_with(':') => {
                (address.parse::<Ipv6Addr>().is_ok(), rest.get(1..))
            }
            _ => return false,
        },
        None => match authority.split_once(':') {
            Some((name, port)) => (is_name(name), Some(port)),
            None => (is_name(authority), None),
        },
    };
    is_name && port.is_none_or(is_port)
}

fn is_name(name: &str) -> bool {
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=".contains(&byte);
    !name.is_empty() && name.bytes().all(is_of_name)
}

/// A port may be left out behind its colon.
fn is_port(port: &str) -> bool {
    let digits = port.bytes().all(|byte| byte.is_ascii_digit());
    digits && (port.is_empty() || port.parse::<u16>().is_ok())
}

/// Whether `connection` names more than a proxy should have to look for.
fn names_too_much(fields: Fields<'_>) -> bool {
    fields.list("connection").count() > MOST_NAMED
        || (drops(fields, &["te"]) && fields.all("te").any(|te| te.len() > LONGEST_TE))
}

/// Whether `connection` names one of `kept`, which no client may take away on the way.
fn drops(fields: Fields<'_>, kept: &[&str]) -> bool {
    fields.list("connection").any(|option| {
        kept.iter()
            .any(|kept| option.eq_ignore_ascii_case(kept.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http1::Room;

    /// The host that is asked for, or the status of the refusal and whether it closes.
    fn judge(head: &str) -> Result<String, (u16, bool)> {
        let bytes = format!("{}\r\n\r\n", head.replace('\n', "\r\n"));
        let mut room = Room::new(9);
        let parsed = RequestHead::parse(bytes.as_bytes(), &mut room).unwrap();
        let shape = Shape::of(&parsed.unwrap().0);
        shape
            .map(|shape| shape.host().to_owned())
            .map_err(|answer| (answer.status.as_u16(), answer.closes()))
    }

    #[test]
    fn a_host_is_named_without_its_port() {
        for (host, name) in [
            ("colorapp:8080", "colorapp"),
            ("colorapp", "colorapp"),
            ("colorapp:65535", "colorapp"),
            ("colorapp:", "colorapp:"),
            ("[::1]:80", "[::1]"),
            ("[::1]", "[::1]"),
        ] {
            let head = format!("GET / HTTP/1.1\nhost: {host}");
            assert_eq!(judge(&head), Ok(name.to_owned()));
        }
        let absolute = "GET http://colorapp:8080/get HTTP/1.1\nhost: ignored";
        assert_eq!(judge(absolute), Ok("colorapp".to_owned()));
    }

    #[test]
    fn what_names_more_or_less_than_a_host_and_a_port_is_refused() {
        for host in [
            "me@colorapp",
            "me:secret@colorapp",
            "colorapp@other",
            "colorapp:web",
            "colorapp:65536",
            "colorapp:+80",
            "colorapp:-1",
            "colorapp:80:80",
            ":80",
            "::1",
            "[::1",
            "[::1]80",
            "[::1]:web",
            "[colorapp]",
            "[]",
            "colorapp]",
            "color[app",
        ] {
            let head = format!("GET / HTTP/1.1\nhost: {host}");
            assert_eq!(judge(&head), Err((400, true)), "{host}");
            let head = format!("GET http://{host}/get HTTP/1.1\nhost: colorapp");
            assert_eq!(judge(&head), Err((400, true)), "{host}");
        }
    }

    #[test]
    fn what_envoy_refuses_is_refused_with_its_status() {
        for (head, status, closes) in [
            ("GET /get HTTP/1.1", 400, true),
            ("GET /get HTTP/1.1\nhost: a\nhost: b", 404, false),
            ("GET /get HTTP/1.1\nhost:", 404, false),
            ("GET /get HTTP/1.1\nhost:\ncontent-length: 1", 404, true),
            ("GET /get HTTP/1.1\nhost: a b", 400, true),
            ("GET /get HTTP/1.1\nhost: a/b", 400, true),
            (
                "GET /get HTTP/1.1\nhost: a\nconnection: X-Forwarded-For",
                400,
                true,
            ),
            (
                "GET /get HTTP/1.1\nhost: a\nconnection: close, Host",
                400,
                true,
            ),
            (
                "GET /get HTTP/1.1\nhost: a\ncontent-length: 1\ncontent-length: 1",
                400,
                true,
            ),
            (
                "GET /get HTTP/1.1\nhost: a\ntransfer-encoding: gzip",
                501,
                true,
            ),
            (
                "GET /get HTTP/1.1\nhost: a\nconnection: a,b,c,d,e,f\nconnection: g,h,i,j",
                400,
                true,
            ),
            ("GET ftp://a/get HTTP/1.1\nhost: a", 400, true),
            ("GET a:80 HTTP/1.1\nhost: a", 400, true),
            ("GET /# HTTP/1.1\nhost: a", 400, true),
            ("GET * HTTP/1.1\nhost: a", 400, true),
            ("GET /get HTTP/1.0\nhost: a", 426, true),
            ("CONNECT a:80 HTTP/1.1\nhost: a", 404, true),
            ("CONNECT a HTTP/1.1\nhost: a", 400, true),
            ("OPTIONS * HTTP/1.1\nhost: a", 404, false),
            ("OPTIONS * HTTP/1.1\nhost: a\ncontent-length: 1", 404, true),
        ] {
            assert_eq!(judge(head), Err((status, closes)), "{head}");
        }
    }
}
