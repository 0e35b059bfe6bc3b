//! Values as Protobuf's JSON has them.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Map, Value, json};

/// The longest duration that Protobuf has: about 10,000 years, as good as any longer one.
const LONGEST: Duration = Duration::from_secs(315_576_000_000);

/// `10s`, or with 3, 6 or 9 digits of a fraction, `0.500s`.
pub(super) fn duration(time: Duration) -> String {
    let time = time.min(LONGEST);
    let (seconds, nanos) = (time.as_secs(), time.subsec_nanos());
    if nanos == 0 {
        format!("{seconds}s")
    } else if nanos % 1_000_000 == 0 {
        format!("{seconds}.{:03}s", nanos / 1_000_000)
    } else if nanos % 1_000 == 0 {
        format!("{seconds}.{:06}s", nanos / 1_000)
    } else {
        format!("{seconds}.{nanos:09}s")
    }
}

/// A socket's address.
pub(super) fn address(at: SocketAddr) -> Value {
    socket_address(&at.ip().to_string(), at.port())
}

/// The address of a socket on a host that is named, or has an IP address.
pub(super) fn socket_address(host: &str, port: u16) -> Value {
    json!({ "socket_address": { "address": host, "port_value": port } })
}

/// An object with one field.
pub(super) fn field(name: &str, value: impl Into<Value>) -> Map<String, Value> {
    Map::from_iter([(name.to_owned(), value.into())])
}

/// The `@type` of a message of Envoy's.
pub(super) fn message(name: &str) -> String {
    format!("type.googleapis.com/envoy.{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_has_three_six_or_nine_digits() {
        for (nanos, written) in [
            (10_000_000_000, "10s"),
            (500_000_000, "0.500s"),
            (1_000_050_000, "1.000050s"),
            (1, "0.000000001s"),
        ] {
            assert_eq!(duration(Duration::from_nanos(nanos)), written);
        }
    }

    #[test]
    fn a_time_that_protobuf_cannot_tell_is_the_longest_that_it_can() {
        assert_eq!(duration(Duration::MAX), "315576000000s");
    }
}
