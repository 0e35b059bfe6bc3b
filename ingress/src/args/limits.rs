//! What clients may take: the flags.

use std::time::Duration;

use clap::value_parser;

use crate::proxy::{Limits, Patience};

/// How many of the files that may be open are left for everything but connections to the listeners: 64, and what may
/// come to the admin pages and to `--stats`.
const OTHER_FILES: u64 = 64 + 2 * service::Limits::CONTROL.connections as u64;

/// Of a client's connection come four open files at a time: its own and the replica's at the gateway, and both
/// again at the egress. Connections to replicas that are kept idle come on top, as in Envoy.
const FILES_PER_CLIENT: u64 = 4;

/// What clients may take of each listener.
#[derive(Clone, Debug, clap::Args)]
pub struct LimitArgs {
    /// Connections of clients at once, 1 to 1000000; beyond it those that wait make room. Each worker takes its
    /// share, rounded up (default: as many as the limit of open files allows, 16384 at most)
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=1_000_000))]
    pub max_connections: Option<u32>,

    /// Of these, those of one address; leave it out where a load balancer hides the clients' addresses. Each
    /// worker takes its share, rounded up: with 64 workers it is one each, and so 64, at least
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=1_000_000))]
    pub max_connections_per_client: Option<u32>,

    /// KiB of a request's line and headers, 8 to 8192
    #[arg(long, value_name = "KIB", default_value_t = 60, value_parser = value_parser!(u32).range(8..=8_192))]
    pub max_request_headers_kb: u32,

    /// Header fields of a request, 1 to 10000
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = value_parser!(u32).range(1..=10_000))]
    pub max_headers_count: u32,

    /// How long a request's head may take from its first byte, and the first request of a connection to begin
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = time)]
    pub request_headers_timeout: Duration,

    /// How long a connection may wait for its next request
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = time)]
    pub idle_timeout: Duration,

    /// How long a request's body may pause; each byte starts the time anew
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = time)]
    pub stream_idle_timeout: Duration,

    /// How long a request's body may take in all, from the end of its head (default: without end, as in Envoy)
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub request_timeout: Option<Duration>,

    /// How long a client may take none of the answer that waits for it
    #[arg(long, value_name = "TIME", default_value = "1m", value_parser = time)]
    pub write_timeout: Duration,
}

impl LimitArgs {
    /// The limits of one of `workers`, where `open_files` may be open at once.
    pub(crate) fn of_one(&self, workers: u16, open_files: u64) -> Limits {
        let fit = (open_files.saturating_sub(OTHER_FILES) / FILES_PER_CLIENT).clamp(16, 16_384);
        let connections = self.max_connections.map_or(fit, u64::from);
        let share = |of: u64| usize::try_from(of.div_ceil(workers.into())).unwrap_or(usize::MAX);
        Limits {
            connections: share(connections),
            connections_per_client: self.max_connections_per_client.map(|of| share(of.into())),
            head_bytes: self.max_request_headers_kb as usize * 1_024,
            headers: self.max_headers_count as usize,
            patience: Patience {
                head: self.request_headers_timeout,
                idle: self.idle_timeout,
                body: self.stream_idle_timeout,
                request: self.request_timeout,
                stall: self.write_timeout,
            },
        }
    }
}

/// The longest time that a flag takes.
const LONGEST: Duration = Duration::from_secs(24 * 3_600);

fn time(text: &str) -> Result<Duration, String> {
    let time = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if time.is_zero() || time > LONGEST {
        return Err("must be more than 0s and at most 24h".to_owned());
    }
    Ok(time)
}

/// A time that may be none at all.
pub(super) fn time_or_none(text: &str) -> Result<Duration, String> {
    let time = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if time > LONGEST {
        return Err("must be at most 24h".to_owned());
    }
    Ok(time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Cli {
        #[command(flatten)]
        limits: LimitArgs,
    }

    fn parse(flags: &[&str]) -> Result<LimitArgs, clap::Error> {
        Cli::try_parse_from([&["ingress"], flags].concat()).map(|cli| cli.limits)
    }

    #[test]
    fn without_flags_only_the_connections_depend_on_the_system() {
        let limits = parse(&[]).unwrap();
        for (open_files, connections) in
            [(0, 16), (1_024, 208), (65_536, 16_336), (1_000_000, 16_384)]
        {
            let expected = Limits {
                connections,
                ..Limits::default()
            };
            assert_eq!(limits.of_one(1, open_files), expected);
        }
    }

    #[test]
    fn workers_share_the_connections() {
        let flags = ["--max-connections=1001", "--max-connections-per-client=1"];
        let of_one = parse(&flags).unwrap().of_one(2, 1_024);
        assert_eq!(of_one.connections, 501);
        assert_eq!(of_one.connections_per_client, Some(1));
    }

    /// `--drain-time`.
    #[test]
    fn a_time_that_may_be_none_has_a_day_at_most() {
        assert_eq!(time_or_none("0s"), Ok(Duration::ZERO));
        assert_eq!(time_or_none("24h"), Ok(LONGEST));
        for text in ["25h", "300000000000years"] {
            let error = time_or_none(text).unwrap_err();
            assert_eq!(error, "must be at most 24h");
        }
    }

    #[test]
    fn what_is_out_of_bounds_is_refused_with_the_bound() {
        for (flag, bound) in [
            ("--max-connections=0", "1..=1000000"),
            ("--max-request-headers-kb=7", "8..=8192"),
            ("--max-headers-count=0", "1..=10000"),
            ("--idle-timeout=0s", "more than 0s and at most 24h"),
            ("--request-timeout=0s", "more than 0s and at most 24h"),
            ("--write-timeout=25h", "more than 0s and at most 24h"),
        ] {
            let error = parse(&[flag]).unwrap_err().to_string();
            assert!(error.contains(bound), "{error}");
        }
    }
}
