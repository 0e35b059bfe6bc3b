//! Asks the name servers about one complete name.

use std::io;
use std::net::{IpAddr, SocketAddr};

use futures_util::future::{join, select_ok};
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{Name, RecordType};

use super::settings::Settings;

/// All name servers, each with a resolver of its own: they are asked at once, and the first answer that is no
/// failure counts, as with musl. Together in one resolver the first failure would count.
pub(super) struct Servers(Vec<TokioResolver>);

impl Servers {
    pub(super) fn new(settings: &Settings) -> io::Result<Self> {
        let servers = settings.servers.iter();
        let resolvers = servers.map(|&server| resolver(server, settings));
        Ok(Self(resolvers.collect::<io::Result<_>>()?))
    }

    /// Addresses of both kinds, IPv4 first. If one kind cannot be found out, some of the other will do
    /// (FACTS 14.2).
    pub(super) async fn addresses(&self, name: &Name) -> Result<Vec<IpAddr>, NetError> {
        let (four, six) = join(
            self.records(name, RecordType::A),
            self.records(name, RecordType::AAAA),
        )
        .await;
        match (four, six) {
            (Ok(four), Ok(six)) => Ok([four, six].concat()),
            (Ok(found), Err(_)) | (Err(_), Ok(found)) if !found.is_empty() => Ok(found),
            (Err(error), _) | (_, Err(error)) => Err(error),
        }
    }

    async fn records(&self, name: &Name, kind: RecordType) -> Result<Vec<IpAddr>, NetError> {
        let servers = self.0.iter();
        let answers = servers.map(|server| Box::pin(records(server, name, kind)));
        let (found, _) = select_ok(answers).await?;
        Ok(found)
    }
}

/// None is an answer, too: there is no such name, or none of its records is of this kind.
async fn records(
    server: &TokioResolver,
    name: &Name,
    kind: RecordType,
) -> Result<Vec<IpAddr>, NetError> {
    match server.lookup(name.clone(), kind).await {
        Ok(found) => {
            let records = found.answers().iter();
            Ok(records.filter_map(|record| record.data.ip_addr()).collect())
        }
        Err(error) if error.is_no_records_found() => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn resolver(server: SocketAddr, settings: &Settings) -> io::Result<TokioResolver> {
    let mut config = NameServerConfig::udp_and_tcp(server.ip());
    for connection in &mut config.connections {
        connection.port = server.port();
    }
    let config = ResolverConfig::from_parts(None, Vec::new(), vec![config]);
    let mut options = ResolverOpts::default();
    options.timeout = settings.timeout;
    // There they are counted after the first.
    options.attempts = settings.attempts - 1;
    options.cache_size = 0;
    // It has been asked already.
    options.use_hosts_file = ResolveHosts::Never;
    // Some seventy addresses fit into one datagram then; what does not fit is asked for again by TCP.
    options.edns0 = true;
    let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
    *builder.options_mut() = options;
    builder.build().map_err(io::Error::other)
}
