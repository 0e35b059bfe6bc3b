//! Hosts that answer as a script says.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use ingress::outlier::HostIndex;
use parking_lot::Mutex;
use socket2::{Domain, SockRef, Socket, Type};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::script::Behaviour;

/// All hosts of one data plane.
pub(super) struct Backends {
    hosts: Vec<Backend>,
    /// Who was asked, in this order.
    asked: Arc<Mutex<Vec<HostIndex>>>,
}

struct Backend {
    /// Keeps the port while nobody listens on it.
    _reserved: Socket,
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    serving: Option<JoinHandle<()>>,
}

struct State {
    answers: Vec<Behaviour>,
    turn: usize,
}

impl Backends {
    pub(super) fn start(hosts: usize) -> io::Result<Self> {
        let asked = Arc::default();
        let hosts = (0..hosts)
            .map(|host| Backend::start(host, &asked))
            .collect::<io::Result<_>>()?;
        Ok(Self { hosts, asked })
    }

    pub(super) fn addresses(&self) -> Vec<SocketAddr> {
        self.hosts.iter().map(|host| host.address).collect()
    }

    /// Who was asked since the last time.
    pub(super) fn take_asked(&self) -> Vec<HostIndex> {
        std::mem::take(&mut *self.asked.lock())
    }

    /// Lets `host` answer so from now on.
    pub(super) async fn set(&mut self, host: HostIndex, answers: &[Behaviour]) -> io::Result<()> {
        let backend = &mut self.hosts[host];
        *backend.state.lock() = State {
            answers: answers.to_vec(),
            turn: 0,
        };
        let refuses = answers.contains(&Behaviour::Refuse);
        match &mut backend.serving {
            Some(serving) if refuses => {
                serving.abort();
                // Once it is over nobody listens any more.
                let _aborted = serving.await;
                backend.serving = None;
            }
            None if !refuses => backend.serve(host, &self.asked)?,
            _ => {}
        }
        Ok(())
    }
}

impl Backend {
    fn start(host: HostIndex, asked: &Arc<Mutex<Vec<HostIndex>>>) -> io::Result<Self> {
        let reserved = reserve(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let address = reserved
            .local_addr()?
            .as_socket()
            .ok_or(io::ErrorKind::AddrNotAvailable)?;
        let mut backend = Self {
            _reserved: reserved,
            address,
            state: Arc::new(Mutex::new(State {
                answers: vec![Behaviour::Status(200)],
                turn: 0,
            })),
            serving: None,
        };
        backend.serve(host, asked)?;
        Ok(backend)
    }

    fn serve(&mut self, host: HostIndex, asked: &Arc<Mutex<Vec<HostIndex>>>) -> io::Result<()> {
        let socket = reserve(self.address)?;
        socket.listen(128)?;
        socket.set_nonblocking(true)?;
        let listener = TcpListener::from_std(socket.into())?;
        let (state, asked) = (Arc::clone(&self.state), Arc::clone(asked));
        self.serving = Some(tokio::spawn(async move {
            // The connections end with the listener.
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (state, asked) = (Arc::clone(&state), Arc::clone(&asked));
                connections.spawn(async move {
                    // However the connection ends, it is what the script is about.
                    let _ended = serve(stream, host, &state, &asked).await;
                });
            }
        }));
        Ok(())
    }
}

/// A socket on `address` that others of this process may share.
pub(super) fn reserve(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(true)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

async fn serve(
    mut stream: TcpStream,
    host: HostIndex,
    state: &Mutex<State>,
    asked: &Mutex<Vec<HostIndex>>,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut head = Vec::new();
    loop {
        if stream.read_buf(&mut head).await? == 0 {
            return Ok(());
        }
        if !head.ends_with(b"\r\n\r\n") {
            continue;
        }
        head.clear();
        asked.lock().push(host);
        let behaviour = {
            let mut state = state.lock();
            let turn = state.turn;
            state.turn += 1;
            state.answers[turn % state.answers.len()]
        };
        match behaviour {
            Behaviour::Status(status) => stream.write_all(answer(status, host).as_bytes()).await?,
            Behaviour::Close | Behaviour::Refuse => return Ok(()),
            Behaviour::Reset => return SockRef::from(&stream).set_linger(Some(Duration::ZERO)),
            Behaviour::Garbage => return stream.write_all(b"garbage\r\n\r\n").await,
            Behaviour::Truncate => {
                let whole = answer(200, host);
                stream
                    .write_all(&whole.as_bytes()[..whole.len() - 3])
                    .await?;
                // Closed, not reset: a reset could overtake what was written.
                return Ok(());
            }
            Behaviour::Hang => {
                // Until the other side has had enough.
                let _closed = stream.read_buf(&mut head).await?;
                return Ok(());
            }
        }
    }
}

fn answer(status: u16, host: HostIndex) -> String {
    let body = if status == 200 {
        "purple"
    } else {
        "no colors 4 u"
    };
    let length = body.len();
    format!("HTTP/1.1 {status} Status\r\nHostUID: {host}\r\ncontent-length: {length}\r\n\r\n{body}")
}
