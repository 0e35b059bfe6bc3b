use hickory_resolver::net::DnsError;
use hickory_resolver::proto::op::ResponseCode;

use super::*;

#[test]
fn the_hosts_file_knows_both_kinds_of_addresses() {
    let file = "127.0.0.1 localhost\n10.0.0.1 red RED.demo\nfd00::1 red\n10.0.0.2 red\n";
    let mut hosts = Hosts::default();
    hosts.read_hosts_conf(file.as_bytes()).unwrap();
    let found = |name| in_hosts_file(&hosts, &Name::from_ascii(name).unwrap());
    let addresses = ["10.0.0.1", "10.0.0.2", "fd00::1"];
    assert_eq!(
        found("red"),
        addresses.map(|at| at.parse::<IpAddr>().unwrap())
    );
    assert_eq!(found("red.demo").len(), 1);
    assert!(found("blue").is_empty());
}

#[tokio::test]
async fn an_address_is_its_own_answer_once() {
    for (name, at) in [("127.0.0.9", "127.0.0.9:80"), ("::1", "[::1]:80")] {
        let lookup = SystemLookup::new(name.to_owned(), 80);
        assert_eq!(lookup.addresses().await.unwrap(), [at.parse().unwrap()]);
    }
}

#[tokio::test]
async fn a_name_that_is_none_is_an_error() {
    let lookup = SystemLookup::new("a..b".to_owned(), 80);
    assert!(lookup.addresses().await.is_err());
}

type Answer = Result<Vec<IpAddr>, NetError>;

/// What comes of these answers about one name after the other, and how many are waited for.
fn of<const N: usize>(answers: [Answer; N]) -> (Answer, usize) {
    let mut known = Known::nothing();
    let mut answers = answers.into_iter();
    let asked = answers
        .by_ref()
        .position(|answer| known.is_settled_by(answer));
    (known.0, asked.map_or(N, |place| place + 1))
}

fn at(hosts: &[u8]) -> Answer {
    let address = |&host| IpAddr::from([10, 0, 0, host]);
    Ok(hosts.iter().map(address).collect())
}

fn server_failure() -> Answer {
    Err(NetError::Dns(DnsError::ResponseCode(
        ResponseCode::ServFail,
    )))
}

#[test]
fn the_first_name_that_has_addresses_counts() {
    let (found, asked) = of([at(&[]), at(&[1, 2]), at(&[3])]);
    assert_eq!((found.unwrap().len(), asked), (2, 2));
    let (found, asked) = of([at(&[]), at(&[])]);
    assert_eq!((found.unwrap().len(), asked), (0, 2));
}

/// The last of a pod's search domains is the provider's, whose name server is another one.
#[test]
fn a_domain_whose_server_fails_does_not_hide_the_name() {
    let (found, _) = of([server_failure(), at(&[]), at(&[3])]);
    assert_eq!(found.unwrap().len(), 1);
}

#[test]
fn after_a_failure_nobody_knows_that_there_is_nothing() {
    let (found, asked) = of([server_failure(), at(&[])]);
    assert!(found.is_err());
    assert_eq!(asked, 2);
}

#[test]
fn silence_is_not_waited_for_again() {
    let (found, asked) = of([Err(NetError::Timeout), at(&[3])]);
    assert!(found.is_err());
    assert_eq!(asked, 1);
}
