//! Whom to ask, and for which names: what resolv.conf(5) says.

use std::net::SocketAddr;
use std::time::Duration;
use std::{fs, io};

use hickory_resolver::proto::rr::Name;
use resolv_conf::Config;

const FILE: &str = "/etc/resolv.conf";

/// Where name servers listen.
const PORT: u16 = 53;

/// What counts of the file.
#[derive(Debug)]
pub(super) struct Settings {
    /// At least one.
    pub(super) servers: Vec<SocketAddr>,
    /// How long a server may take, each time that it is asked.
    pub(super) timeout: Duration,
    /// How often a server is asked.
    pub(super) attempts: usize,
    search: Vec<Name>,
    ndots: usize,
}

impl Settings {
    /// Those of this machine; without a file the name server is this machine.
    pub(super) fn of_system() -> io::Result<Self> {
        match fs::read(FILE) {
            Ok(file) => Ok(Self::parse(&file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::parse(b"")),
            Err(error) => Err(io::Error::new(error.kind(), format!("{FILE}: {error}"))),
        }
    }

    /// These servers, and no search domains.
    pub(super) fn only(servers: &[SocketAddr]) -> Self {
        Self {
            servers: servers.to_vec(),
            ..Self::parse(b"")
        }
    }

    /// What cannot be read is left out, as every C library does.
    fn parse(file: &[u8]) -> Self {
        let (config, _left_out) = Config::parse_with_errors(file);
        let servers = config.get_nameservers_or_local().into_iter();
        let search = config.get_last_search_or_domain();
        Self {
            servers: servers
                .map(|server| SocketAddr::new(server.into(), PORT))
                .collect(),
            timeout: Duration::from_secs(config.timeout.max(1).into()),
            attempts: config.attempts.max(1) as usize,
            search: search
                .filter_map(|domain| Name::from_str_relaxed(domain).ok())
                .collect(),
            ndots: config.ndots as usize,
        }
    }

    /// The complete names that `name` may stand for, in the order in which they are tried: one with `ndots`
    /// dots or more as it is first, one with fewer in the search domains first.
    pub(super) fn names(&self, mut name: Name) -> Vec<Name> {
        if name.is_fqdn() {
            return vec![name];
        }
        // With some domains it may be too long for a name.
        let domains = self.search.iter();
        let mut names: Vec<Name> = domains
            .filter_map(|domain| name.clone().append_domain(domain).ok())
            .collect();
        let dots = usize::from(name.num_labels()).saturating_sub(1);
        let place = if dots >= self.ndots { 0 } else { names.len() };
        name.set_fqdn(true);
        names.insert(place, name);
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the kubelet writes.
    const OF_A_POD: &str = "\
search demo.svc.cluster.local svc.cluster.local cluster.local
nameserver 172.20.0.10
options ndots:5
";

    fn tried(hostname: &str, file: &str) -> Vec<String> {
        let settings = Settings::parse(file.as_bytes());
        let names = settings.names(Name::from_str_relaxed(hostname).unwrap());
        names.iter().map(Name::to_string).collect()
    }

    #[test]
    fn a_short_name_is_tried_in_the_search_domains_first() {
        assert_eq!(
            tried("colorapp.demo", OF_A_POD),
            [
                "colorapp.demo.demo.svc.cluster.local.",
                "colorapp.demo.svc.cluster.local.",
                "colorapp.demo.cluster.local.",
                "colorapp.demo."
            ]
        );
        let one_dot = OF_A_POD.replace("ndots:5", "ndots:1");
        assert_eq!(tried("colorapp.demo", &one_dot)[0], "colorapp.demo.");
        assert_eq!(tried("colorapp.demo.", OF_A_POD), ["colorapp.demo."]);
    }

    #[test]
    fn a_name_that_is_too_long_with_a_domain_is_tried_without_it() {
        let labels = ["a", "b", "c"].map(|label| label.repeat(60)).join(".");
        let name = format!("{labels}.{}", "d".repeat(55));
        assert_eq!(tried(&name, OF_A_POD).len(), 2, "cluster.local still fits");
    }

    #[test]
    fn all_name_servers_are_asked() {
        let file = "nameserver 10.0.0.2\nnameserver fd00::2\noptions timeout:3 attempts:4\n";
        let settings = Settings::parse(file.as_bytes());
        let servers = ["10.0.0.2:53", "[fd00::2]:53"].map(|at| at.parse().unwrap());
        assert_eq!(settings.servers, servers);
        assert_eq!(settings.timeout, Duration::from_secs(3));
        assert_eq!(settings.attempts, 4);
    }

    #[test]
    fn without_a_file_the_name_server_is_this_machine() {
        let settings = Settings::parse(b"");
        let servers = ["127.0.0.1:53", "[::1]:53"].map(|at| at.parse().unwrap());
        assert_eq!(settings.servers, servers);
        assert_eq!(
            settings.names(Name::from_ascii("colorapp").unwrap()).len(),
            1
        );
    }

    #[test]
    fn lines_that_cannot_be_read_are_left_out() {
        let file = "nameserver elsewhere\nnameserver 10.0.0.2\nsearch a..b demo.\noptions new:1 ndots:2\n\u{fffd}\n";
        let settings = Settings::parse(file.as_bytes());
        assert_eq!(settings.servers, ["10.0.0.2:53".parse().unwrap()]);
        assert_eq!(tried("colorapp", file), ["colorapp.demo.", "colorapp."]);
        assert_eq!(settings.ndots, 2);
    }
}
