//! A name server that knows one name, whatever it is asked for.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};

/// The most bytes of an answer by UDP (RFC 1035, section 4.2.1). With more the client has to come again by
/// TCP.
const DATAGRAM: usize = 512;

/// What a name server says besides addresses (RFC 1035, section 4.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    NoError = 0,
    ServerFailure = 2,
    NoSuchName = 3,
    Refused = 5,
}

/// The addresses of one kind, in the order in which they are told, or why there are none.
pub(crate) type Records = Result<Vec<IpAddr>, Code>;

/// Clones say the same.
#[derive(Clone)]
pub(crate) struct Names {
    pub(crate) at: SocketAddr,
    says: Arc<Mutex<[Records; 2]>>,
}

impl Names {
    pub(crate) async fn start() -> Self {
        let (udp, tcp) = sockets().await;
        let this = Self {
            at: udp.local_addr().unwrap(),
            says: Arc::new(Mutex::new([Ok(Vec::new()), Ok(Vec::new())])),
        };
        tokio::spawn(this.clone().serve_udp(udp));
        tokio::spawn(this.clone().serve_tcp(tcp));
        this
    }

    /// These are the addresses of the name.
    pub(crate) fn has(&self, addresses: impl IntoIterator<Item = IpAddr>) {
        let (four, six) = addresses.into_iter().partition(IpAddr::is_ipv4);
        self.says(Ok(four), Ok(six));
    }

    /// So it answers in place of addresses.
    pub(crate) fn fails(&self, code: Code) {
        self.says(Err(code), Err(code));
    }

    /// Each kind of address has an answer of its own.
    pub(crate) fn says(&self, four: Records, six: Records) {
        *self.says.lock().unwrap() = [four, six];
    }

    async fn serve_udp(self, socket: UdpSocket) {
        let mut query = [0; DATAGRAM];
        loop {
            let (length, client) = socket.recv_from(&mut query).await.unwrap();
            let answer = self.answer(&query[..length], DATAGRAM);
            socket.send_to(&answer, client).await.unwrap();
        }
    }

    async fn serve_tcp(self, socket: TcpListener) {
        loop {
            let (mut stream, _) = socket.accept().await.unwrap();
            let this = self.clone();
            tokio::spawn(async move {
                // Ends with the client.
                while let Ok(length) = stream.read_u16().await {
                    let mut query = vec![0; length.into()];
                    stream.read_exact(&mut query).await.unwrap();
                    let answer = this.answer(&query, usize::MAX);
                    let length = u16::try_from(answer.len()).unwrap();
                    let framed = [&length.to_be_bytes()[..], &answer].concat();
                    stream.write_all(&framed).await.unwrap();
                }
            });
        }
    }

    /// The one question, repeated, and a record for each address, or none and the flag that says so if
    /// they are more than `limit` bytes.
    fn answer(&self, query: &[u8], limit: usize) -> Vec<u8> {
        const A: u8 = 1;
        const AAAA: u8 = 28;
        let name = query[12..].iter().position(|&byte| byte == 0).unwrap();
        let question = &query[12..12 + name + 5];
        let kind = question[name + 2];
        let [four, six] = self.says.lock().unwrap().clone();
        let (code, addresses) = match if kind == A { four } else { six } {
            Ok(addresses) if matches!(kind, A | AAAA) => (Code::NoError, addresses),
            Ok(_) => (Code::NoError, Vec::new()),
            Err(code) => (code, Vec::new()),
        };
        // The name is the question's; class IN, and a long time to live, which nobody is to respect.
        let record = |address: &IpAddr| {
            let bytes = match address {
                IpAddr::V4(address) => address.octets().to_vec(),
                IpAddr::V6(address) => address.octets().to_vec(),
            };
            let head = [0xc0, 12, 0, kind, 0, 1, 0, 0, 1, 0, 0, bytes.len() as u8];
            [&head[..], &bytes].concat()
        };
        let mut records: Vec<Vec<u8>> = addresses.iter().map(record).collect();
        let length = 12 + question.len() + records.iter().map(Vec::len).sum::<usize>();
        let is_cut = length > limit;
        if is_cut {
            records.clear();
        }
        // An authoritative response without recursion.
        let flags = 0x84 | if is_cut { 0x02 } else { 0 };
        let [high, low] = u16::try_from(records.len()).unwrap().to_be_bytes();
        let head = [
            query[0], query[1], flags, code as u8, 0, 1, high, low, 0, 0, 0, 0,
        ];
        [&head[..], question, &records.concat()].concat()
    }
}

/// A port that is free for UDP may be in use for TCP.
async fn sockets() -> (UdpSocket, TcpListener) {
    loop {
        let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()).await {
            return (udp, tcp);
        }
    }
}
