use std::io::Read;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::mesh::Mesh;

const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: here\r\n\r\n";

/// A worker without routes, on this thread: it answers with 404.
fn with_room_for(connections: usize) -> (SocketAddr, Arc<Downstream>, Worker) {
    let socket = StdListener::bind("127.0.0.1:0").unwrap();
    socket.set_nonblocking(true).unwrap();
    let address = socket.local_addr().unwrap();
    let downstream = Downstream::new("egress", address);
    let mesh = Mesh {
        name: "mesh".to_owned(),
        gateway: None,
        sidecar: None,
        services: Vec::new(),
        clusters: Vec::new(),
    };
    let listener = Listener {
        socket,
        router: Arc::new(Router::egress(&mesh)),
        downstream: Arc::clone(&downstream),
    };
    let worker = Worker {
        listeners: vec![listener],
        clusters: Vec::new(),
        first_turn: None,
        limits: Limits {
            connections,
            ..Limits::default()
        },
        grace: Grace::default(),
    };
    (address, downstream, worker)
}

async fn known_client(address: SocketAddr) -> TcpStream {
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(GET).await.unwrap();
    is_answered(&mut client).await;
    client
}

async fn is_answered(client: &mut TcpStream) {
    let mut heard = Vec::new();
    while !heard.windows(4).any(|bytes| bytes == b"\r\n\r\n") {
        let read = client.read_buf(&mut heard).await.unwrap();
        assert_ne!(read, 0, "closed after {heard:?}");
    }
    assert!(heard.starts_with(b"HTTP/1.1 404 "), "{heard:?}");
}

/// Of two who are to be let in for one each, the first finds one who waits less long.
#[tokio::test]
async fn who_has_just_asked_stays_though_it_waited_longest() {
    let (address, downstream, worker) = with_room_for(2);
    let check = async {
        spawn_local(worker.run(Stop::new()));
        let mut asking = known_client(address).await;
        let mut waiting = known_client(address).await;
        // Without an await between them, so that the worker hears of both at once, and of the newcomer first.
        let mut newcomer = std::net::TcpStream::connect(address).unwrap();
        asking.try_write(GET).unwrap();
        is_answered(&mut asking).await;
        assert_eq!(waiting.read(&mut [0]).await.unwrap(), 0, "it is closed");
        assert_eq!(downstream.downstream_cx_idle_timeout.get(), 1);
        newcomer.set_nonblocking(true).unwrap();
        let nothing = newcomer.read(&mut [0]).unwrap_err();
        assert_eq!(nothing.kind(), io::ErrorKind::WouldBlock, "it is let in");
    };
    LocalSet::new().run_until(check).await;
}

#[tokio::test(start_paused = true)]
async fn all_listeners_of_a_worker_share_one_deadline() {
    let deadline = Rc::new(OnceCell::new());
    let [gateway, egress] = std::array::from_fn(|_| End {
        grace: Grace::default(),
        deadline: Rc::clone(&deadline),
    });
    let first = gateway.deadline();
    assert_eq!(first, Instant::now() + Grace::default().deadline);
    time::advance(Duration::from_secs(7)).await;
    assert_eq!(egress.deadline(), first);
}
