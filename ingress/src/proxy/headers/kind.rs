//! Headers that do not just pass.

/// What a header is to a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Host,
    /// `content-length`.
    Length,
    /// `transfer-encoding`.
    Coding,
    /// It means one hop, whether `connection` names it or not; `te` is a case of its own.
    Hop,
    Te,
    Expect,
    Date,
    Server,
    /// `x-forwarded-proto`.
    Protocol,
    /// `x-request-id`.
    RequestId,
    /// `x-envoy-upstream-service-time`.
    ServiceTime,
    /// What only Envoys say to each other; of others it is not taken.
    Wish,
    Other,
}

/// The wishes, without the prefix that they share.
const WISHES: [&str; 14] = [
    "expected-rq-timeout-ms",
    "force-trace",
    "hedge-on-per-try-timeout",
    "internal",
    "ip-tags",
    "max-retries",
    "retriable-header-names",
    "retriable-status-codes",
    "retry-grpc-on",
    "retry-on",
    "upstream-alt-stat-name",
    "upstream-rq-per-try-timeout-ms",
    "upstream-rq-timeout-ms",
    "upstream-stream-duration-ms",
];

impl Kind {
    /// What the header `name` is, whatever its case. Most are told apart by their length alone.
    pub(super) fn of(name: &str) -> Self {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        match name.len() {
            2 if is("te") => Self::Te,
            4 if is("host") => Self::Host,
            4 if is("date") => Self::Date,
            6 if is("expect") => Self::Expect,
            6 if is("server") => Self::Server,
            7 if is("upgrade") => Self::Hop,
            10 if is("connection") || is("keep-alive") => Self::Hop,
            12 if is("x-request-id") => Self::RequestId,
            14 if is("content-length") => Self::Length,
            16 if is("proxy-connection") => Self::Hop,
            17 if is("transfer-encoding") => Self::Coding,
            17 if is("x-forwarded-proto") => Self::Protocol,
            29 if is("x-envoy-upstream-service-time") => Self::ServiceTime,
            _ if is_wish(name) => Self::Wish,
            _ => Self::Other,
        }
    }
}

fn is_wish(name: &str) -> bool {
    let Some((prefix, wish)) = name.split_at_checked("x-envoy-".len()) else {
        return false;
    };
    prefix.eq_ignore_ascii_case("x-envoy-")
        && WISHES.iter().any(|known| wish.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_known_whatever_its_case() {
        for (name, kind) in [
            ("Host", Kind::Host),
            ("CONTENT-LENGTH", Kind::Length),
            ("Transfer-Encoding", Kind::Coding),
            ("Keep-Alive", Kind::Hop),
            ("Proxy-Connection", Kind::Hop),
            ("tE", Kind::Te),
            ("X-Forwarded-Proto", Kind::Protocol),
            ("X-Envoy-Retry-On", Kind::Wish),
            ("x-envoy-decorator-operation", Kind::Other),
            ("x-envoy", Kind::Other),
            ("hostuid", Kind::Other),
        ] {
            assert_eq!(Kind::of(name), kind, "{name}");
        }
    }
}
