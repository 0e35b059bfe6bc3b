use std::future::Future;
use std::net::SocketAddr;
use std::task::{Context, Poll, Waker};

use tokio::net::TcpListener;
use tokio::task::{LocalSet, yield_now};

use super::*;
use crate::mesh;

/// The pool of a cluster with one host.
fn pool(host: SocketAddr, max_connections: u32) -> (Pool, Arc<Host>) {
    let spec = mesh::Cluster {
        name: "colorapp".to_owned(),
        node: "colorapp".to_owned(),
        hostname: None,
        port: 8080,
        outlier: None,
        max_connections,
        max_pending: 9,
        timeout: None,
        idle_timeout: None,
    };
    let (cluster, _trips) = Cluster::new(spec, &[host]);
    let host = Arc::clone(&cluster.hosts()[0]);
    (Pool::new(cluster, Buffers::default()), host)
}

/// A socket that accepts nothing by itself.
async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

fn look<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// FACTS 15.4: there is one connection on its way, and its end is the end of all who wait.
#[tokio::test]
async fn a_connection_that_cannot_be_made_sends_away_all_who_wait_for_the_host() {
    let (closed, address) = listener().await;
    drop(closed);
    let (pool, host) = pool(address, 1);
    let both = async { tokio::join!(pool.wait(&host), pool.wait(&host)) };
    let (first, second) = LocalSet::new().run_until(both).await;
    assert_eq!(first.err(), Some(Failure::Unreachable));
    assert_eq!(second.err(), Some(Failure::Unreachable));
    let stats = pool.cluster().stats();
    assert_eq!(stats.upstream_cx_total.get(), 1);
    assert_eq!(stats.upstream_cx_connect_fail.get(), 1);
    assert_eq!(stats.upstream_cx_active.get(), 0);
    assert_eq!(stats.upstream_rq_pending_active.get(), 0);
}

/// FACTS 15.6: whoever comes next has it.
#[tokio::test]
async fn a_connection_is_made_also_when_its_request_has_gone() {
    let (listener, address) = listener().await;
    let (pool, host) = pool(address, 1);
    let check = async {
        {
            let waiting = std::pin::pin!(pool.wait(&host));
            assert!(look(waiting).is_pending());
        }
        assert_eq!(pool.cluster().stats().upstream_rq_pending_active.get(), 0);
        let _accepted = listener.accept().await.unwrap();
        let connection = loop {
            match pool.take(&host) {
                Some(connection) => break connection,
                None => yield_now().await,
            }
        };
        assert!(connection.is_new());
    };
    LocalSet::new().run_until(check).await;
    assert_eq!(pool.cluster().stats().upstream_cx_total.get(), 1);
}

/// A connection that was handed over to a request whose client left in the same moment is not lost.
#[tokio::test]
async fn a_connection_that_nobody_takes_any_more_goes_to_the_next() {
    let (_listener, address) = listener().await;
    let (pool, host) = pool(address, 1);
    let check = async {
        let connection = pool.wait(&host).await.expect("a connection");
        let mut first = Box::pin(pool.wait(&host));
        let mut second = Box::pin(pool.wait(&host));
        assert!(look(first.as_mut()).is_pending());
        assert!(look(second.as_mut()).is_pending());
        pool.put(connection);
        assert!(look(second.as_mut()).is_pending());
        drop(first);
        assert!(matches!(look(second.as_mut()), Poll::Ready(Ok(_))));
    };
    LocalSet::new().run_until(check).await;
}

/// The connections of a host go with it, and do not count for the next one in its slot.
#[tokio::test]
async fn a_slot_that_is_anothers_has_no_connection_of_the_one_before() {
    let (_listener, address) = listener().await;
    let (pool, host) = pool(address, 9);
    let check = async {
        let connection = pool.wait(&host).await.expect("a connection");
        pool.put(connection);
        let (_, other) = self::pool(address, 9);
        assert_eq!(other.slot(), host.slot());
        assert!(pool.take(&other).is_none());
        let connection = pool.wait(&other).await.expect("a connection");
        assert!(Arc::ptr_eq(connection.host(), &other));
        assert!(pool.take(&host).is_none());
    };
    LocalSet::new().run_until(check).await;
    assert_eq!(pool.cluster().stats().upstream_cx_destroy_local.get(), 2);
}
