//! What a lookup makes of what a name server says (FACTS 14.2), over real sockets.

#![cfg(test)]

use std::io;
use std::net::{IpAddr, SocketAddr};

use service::SystemLookup;
use tokio::net::UdpSocket;

mod name_server;

use name_server::{Code, Names};

const PORT: u16 = 9080;

async fn found(names: &Names) -> io::Result<Vec<IpAddr>> {
    let lookup = SystemLookup::new("colorapp.test".to_owned(), PORT).asking(&[names.at]);
    let found = lookup.addresses().await?;
    assert!(found.iter().all(|at| at.port() == PORT));
    Ok(found.iter().map(SocketAddr::ip).collect())
}

fn v4(hosts: impl IntoIterator<Item = u16>) -> Vec<IpAddr> {
    let address = |n: u16| IpAddr::from([10, 0, (n / 256) as u8, (n % 256) as u8]);
    hosts.into_iter().map(address).collect()
}

fn v6(hosts: impl IntoIterator<Item = u16>) -> Vec<IpAddr> {
    let address = |n| IpAddr::from([0xfd00, 0, 0, 0, 0, 0, 0, n]);
    hosts.into_iter().map(address).collect()
}

#[tokio::test]
async fn the_addresses_are_all_there_in_their_order_and_ipv4_comes_first() {
    let names = Names::start().await;
    names.has([v6([2, 1]), v4([3, 1, 2])].concat());
    assert_eq!(
        found(&names).await.unwrap(),
        [v4([3, 1, 2]), v6([2, 1])].concat()
    );
}

/// The time to live of the records is an hour and more.
#[tokio::test]
async fn nothing_is_remembered_from_one_lookup_to_the_next() {
    let names = Names::start().await;
    let lookup = SystemLookup::new("colorapp.test".to_owned(), PORT).asking(&[names.at]);
    for hosts in [vec![1], vec![2, 1], vec![]] {
        names.has(v4(hosts.clone()));
        let found = lookup.addresses().await.unwrap();
        assert_eq!(
            found.iter().map(SocketAddr::ip).collect::<Vec<_>>(),
            v4(hosts)
        );
    }
}

/// More than one datagram holds, and more than the 48 of musl's C library.
#[tokio::test]
async fn fifty_and_five_hundred_replicas_are_all_found() {
    let names = Names::start().await;
    for n in [50, 500] {
        names.has(v4(0..n));
        assert_eq!(found(&names).await.unwrap(), v4(0..n));
    }
    names.has([v4(0..250), v6(0..250)].concat());
    assert_eq!(found(&names).await.unwrap().len(), 500);
}

#[tokio::test]
async fn no_such_name_and_no_addresses_are_answers() {
    let names = Names::start().await;
    assert_eq!(found(&names).await.unwrap(), v4([]));
    names.fails(Code::NoSuchName);
    assert_eq!(found(&names).await.unwrap(), v4([]));
}

#[tokio::test]
async fn a_failure_and_a_refusal_are_none() {
    let names = Names::start().await;
    for code in [Code::ServerFailure, Code::Refused] {
        names.fails(code);
        assert!(found(&names).await.is_err(), "{code:?}");
    }
}

#[tokio::test]
async fn addresses_of_one_kind_make_up_for_a_failure_of_the_other() {
    let names = Names::start().await;
    names.says(Ok(v4([1])), Err(Code::ServerFailure));
    assert_eq!(found(&names).await.unwrap(), v4([1]));
    names.says(Err(Code::ServerFailure), Ok(v6([1])));
    assert_eq!(found(&names).await.unwrap(), v6([1]));
    names.says(Err(Code::ServerFailure), Ok(vec![]));
    assert!(found(&names).await.is_err());
    names.says(Ok(vec![]), Err(Code::ServerFailure));
    assert!(found(&names).await.is_err());
}

/// Whichever is first, and whether it says so or is not there at all.
#[tokio::test]
async fn one_of_several_name_servers_is_enough() {
    let (well, ill) = (Names::start().await, Names::start().await);
    well.has(v4([1]));
    ill.fails(Code::Refused);
    let nobody = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let nobody_at = nobody.local_addr().unwrap();
    drop(nobody);
    for servers in [
        [ill.at, well.at],
        [well.at, ill.at],
        [nobody_at, well.at],
        [well.at, nobody_at],
    ] {
        let lookup = SystemLookup::new("colorapp.test".to_owned(), PORT).asking(&servers);
        assert_eq!(lookup.addresses().await.unwrap().len(), 1, "{servers:?}");
    }
    let lookup = SystemLookup::new("colorapp.test".to_owned(), PORT).asking(&[ill.at, ill.at]);
    assert!(lookup.addresses().await.is_err());
}

/// The clock runs ahead to the next time that somebody waits for.
#[tokio::test(start_paused = true)]
async fn silence_is_a_failure_in_the_end() {
    let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let at = silent.local_addr().unwrap();
    let lookup = SystemLookup::new("colorapp.test".to_owned(), PORT).asking(&[at]);
    assert!(lookup.addresses().await.is_err());
}
