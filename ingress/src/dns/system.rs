//! Lookups as every program on this machine makes them: hosts file, search domains and name servers.

use std::io;
use std::net::SocketAddr;
use std::thread;

use dns_lookup::{AddrFamily, AddrInfoHints, LookupErrorKind, SockType, getaddrinfo};
use tokio::sync::oneshot;

use super::Lookup;

/// No family in particular: `AF_UNSPEC`, which is 0 everywhere.
const ANY: i32 = 0;

/// Asks the system. With musl as its C library that tells 48 addresses at most, other ones each time if the
/// name server shuffles them.
#[derive(Clone, Debug)]
pub struct SystemLookup {
    hostname: String,
    port: u16,
}

impl SystemLookup {
    /// Finds the addresses of `hostname`, and gives them this port.
    pub fn new(hostname: String, port: u16) -> Self {
        Self { hostname, port }
    }
}

impl Lookup for SystemLookup {
    /// The system answers in its own time, which with silent name servers is long. The thread is one that
    /// nobody waits for, so that the end of the process need not.
    async fn addresses(&self) -> io::Result<Vec<SocketAddr>> {
        let (answer, heard) = oneshot::channel();
        let Self { hostname, port } = self.clone();
        thread::Builder::new()
            .name("lookup".to_owned())
            .spawn(move || {
                // Fails when nobody wants to know any more.
                let _unheard = answer.send(ask(&hostname, port));
            })?;
        let ended = |_| io::Error::other("the lookup ended without an answer");
        heard.await.map_err(ended)?
    }
}

/// Both kinds of addresses at once. Where one kind cannot be found out and of the other there is none, the
/// C library may say that there is nothing; so that is asked for again, one by one.
fn ask(hostname: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    let mut found = Vec::new();
    for family in [ANY, AddrFamily::Inet.into(), AddrFamily::Inet6.into()] {
        found = ask_for(family, hostname, port)?;
        if !found.is_empty() {
            break;
        }
    }
    Ok(found)
}

fn ask_for(family: i32, hostname: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    let hints = AddrInfoHints {
        socktype: SockType::Stream.into(),
        address: family,
        ..AddrInfoHints::default()
    };
    match getaddrinfo(Some(hostname), None, Some(hints)) {
        Ok(found) => found
            .map(|info| {
                let mut at = info?.sockaddr;
                at.set_port(port);
                Ok(at)
            })
            .collect(),
        Err(error) if is_answer(error.kind()) => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

/// Whether the error says that there is nothing, in place of saying that nothing could be found out: no
/// such name, or a name without addresses (FACTS 14.2). Name servers that are out of reach, refuse or
/// fail are `Again` or `Fail`.
fn is_answer(error: LookupErrorKind) -> bool {
    matches!(error, LookupErrorKind::NoName | LookupErrorKind::NoData)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_is_its_own_answer_once() {
        for (name, at) in [("127.0.0.9", "127.0.0.9:80"), ("::1", "[::1]:80")] {
            let lookup = SystemLookup::new(name.to_owned(), 80);
            assert_eq!(lookup.addresses().await.unwrap(), [at.parse().unwrap()]);
        }
    }

    #[tokio::test]
    async fn a_name_that_is_none_is_an_error() {
        let lookup = SystemLookup::new("a\0b".to_owned(), 80);
        assert!(lookup.addresses().await.is_err());
    }

    /// FACTS 14.2.
    #[test]
    fn only_an_answer_that_there_is_nothing_empties_a_cluster() {
        use LookupErrorKind::{Again, Fail, IO, Memory, NoData, NoName, System, Unknown};
        for kind in [NoName, NoData] {
            assert!(is_answer(kind), "{kind:?}");
        }
        for kind in [Again, Fail, System, Memory, IO, Unknown] {
            assert!(!is_answer(kind), "{kind:?}");
        }
    }
}
