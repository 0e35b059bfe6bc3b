//! A name server for one name, and the same answers without it.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use ingress::dns::Lookup;
use tokio::net::UdpSocket;

use crate::colors;

/// What a name server says besides addresses (RFC 1035, section 4.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    NoError = 0,
    ServerFailure = 2,
    NoSuchName = 3,
    Refused = 5,
}

/// Clones say the same.
#[derive(Clone)]
pub(crate) struct Names {
    pub(crate) at: SocketAddr,
    /// Which port the hosts have, for those who do not learn it elsewhere.
    port: u16,
    says: Arc<Mutex<(Code, Vec<u8>)>>,
}

impl Names {
    pub(crate) async fn start(port: u16) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let this = Self {
            at: socket.local_addr().unwrap(),
            port,
            says: Arc::new(Mutex::new((Code::NoError, Vec::new()))),
        };
        let names = this.clone();
        tokio::spawn(async move {
            let mut query = [0; 512];
            loop {
                let (length, client) = socket.recv_from(&mut query).await.unwrap();
                let answer = names.answer(&query[..length]);
                socket.send_to(&answer, client).await.unwrap();
            }
        });
        this
    }

    /// These are the addresses of the name.
    pub(crate) fn has(&self, hosts: &[u8]) {
        *self.says.lock().unwrap() = (Code::NoError, hosts.to_vec());
    }

    /// So it answers in place of addresses.
    pub(crate) fn fails(&self, code: Code) {
        *self.says.lock().unwrap() = (code, Vec::new());
    }

    /// One question, repeated, and an A record for each host if that is what it asks for.
    fn answer(&self, query: &[u8]) -> Vec<u8> {
        const A: [u8; 2] = [0, 1];
        let (code, hosts) = self.says.lock().unwrap().clone();
        let name = query[12..].iter().position(|&byte| byte == 0).unwrap();
        let question = &query[12..12 + name + 5];
        let hosts = if question[name + 1..name + 3] == A {
            hosts
        } else {
            Vec::new()
        };
        let count = u8::try_from(hosts.len()).unwrap();
        // An authoritative response without recursion.
        let mut answer = vec![
            query[0], query[1], 0x84, code as u8, 0, 1, 0, count, 0, 0, 0, 0,
        ];
        answer.extend(question);
        for host in hosts {
            // The name is the question's; class IN, and a long time to live, which nobody is to respect.
            answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 0, 0, 4]);
            answer.extend(colors::address(host).octets());
        }
        answer
    }
}

impl Lookup for Names {
    async fn addresses(&self) -> io::Result<Vec<SocketAddr>> {
        let (code, hosts) = self.says.lock().unwrap().clone();
        match code {
            Code::NoError | Code::NoSuchName => {
                let at = |host| (colors::address(host), self.port).into();
                Ok(hosts.into_iter().map(at).collect())
            }
            Code::ServerFailure | Code::Refused => Err(io::Error::other(format!("{code:?}"))),
        }
    }
}
