//! All addresses of a name, with the settings of this machine: hosts file, search domains, name servers.
//!
//! Not those that the C library tells. The images' is musl, whose `getaddrinfo` knows 48 addresses at most;
//! and as name servers shuffle their answers it would be another 48 each time, so that of fifty replicas some
//! would come and go with every lookup. It also says that there is nothing where only one kind of address
//! could not be found out.
//!
//! Nothing is remembered: whoever asks again wants to know again, whatever the records' time to live.

mod ask;
mod settings;

use std::io;
use std::net::{IpAddr, SocketAddr};

use hickory_resolver::Hosts;
use hickory_resolver::net::NetError;
use hickory_resolver::proto::op::Query;
use hickory_resolver::proto::rr::{Name, RecordType};

use ask::Servers;
use settings::Settings;

/// A name to be looked up, as every program on this machine would do it, and the port that its addresses
/// are given.
#[derive(Clone, Debug)]
pub struct SystemLookup {
    hostname: String,
    port: u16,
    /// Asked in place of those of the system if there are any.
    servers: Vec<SocketAddr>,
}

impl SystemLookup {
    /// Finds the addresses of `hostname`, a name or an address without brackets, and gives them this port.
    pub fn new(hostname: String, port: u16) -> Self {
        Self {
            hostname,
            port,
            servers: Vec::new(),
        }
    }

    /// Asks these name servers and nothing else: no hosts file, no search domains.
    #[must_use]
    pub fn asking(mut self, servers: &[SocketAddr]) -> Self {
        self.servers = servers.to_vec();
        self
    }

    /// The addresses that the name has now, IPv4 first, otherwise in the order in which they are told; none if it
    /// has none or does not exist.
    ///
    /// # Errors
    /// When that cannot be found out: `hostname` is none, or no name server gives an answer.
    pub async fn addresses(&self) -> io::Result<Vec<SocketAddr>> {
        let found = self.find().await?;
        let at = |ip| SocketAddr::new(ip, self.port);
        Ok(found.into_iter().map(at).collect())
    }

    /// The settings are read each time, as they may change.
    async fn find(&self) -> io::Result<Vec<IpAddr>> {
        if let Ok(address) = self.hostname.parse() {
            return Ok(vec![address]);
        }
        let name = Name::from_str_relaxed(&self.hostname).map_err(io::Error::other)?;
        let settings = if self.servers.is_empty() {
            // There may be no such file.
            let hosts = Hosts::from_system().unwrap_or_default();
            let found = in_hosts_file(&hosts, &name);
            if !found.is_empty() {
                return Ok(found);
            }
            Settings::of_system()?
        } else {
            Settings::only(&self.servers)
        };
        let servers = Servers::new(&settings)?;
        let mut known = Known::nothing();
        for name in settings.names(name) {
            if known.is_settled_by(servers.addresses(&name).await) {
                break;
            }
        }
        known.0.map_err(io::Error::other)
    }
}

/// The hosts file knows names as they are, before any search domain.
fn in_hosts_file(hosts: &Hosts, name: &Name) -> Vec<IpAddr> {
    let kinds = [RecordType::A, RecordType::AAAA].into_iter();
    let known =
        kinds.filter_map(|kind| hosts.lookup_static_host(&Query::query(name.clone(), kind)));
    let records = known.flat_map(|found| found.answers().to_vec());
    records.filter_map(|record| record.data.ip_addr()).collect()
}

/// What is known of a hostname while one name that it may stand for after the other is asked about: the addresses
/// of the first that has any.
struct Known(Result<Vec<IpAddr>, NetError>);

impl Known {
    fn nothing() -> Self {
        Self(Ok(Vec::new()))
    }

    /// Takes the answer about the next name, and says whether no other name need be asked about. A name server
    /// that fails may do so for one of the domains only, so the others are tried; but that there is nothing
    /// is not known any more then. One that is silent would be so about the others, too.
    fn is_settled_by(&mut self, answer: Result<Vec<IpAddr>, NetError>) -> bool {
        let is_settled = match &answer {
            Ok(found) if found.is_empty() => return false,
            Ok(_) => true,
            Err(error) => !matches!(error, NetError::Dns(_)),
        };
        self.0 = answer;
        is_settled
    }
}

#[cfg(test)]
mod tests;
