use std::io::ErrorKind;

use parking_lot::Mutex;
use tokio::task::yield_now;
use tokio::time::advance;

use super::*;
use crate::cluster::Host;
use crate::event_log::EventLog;
use crate::metrics::recorded::colorapp;

const REFRESH: Duration = Duration::from_secs(5);

/// A name server that answers what it is told, `None` for a failure.
#[derive(Clone)]
struct Zone(Arc<Mutex<Option<Vec<SocketAddr>>>>);

impl Zone {
    fn of(hosts: &[u8]) -> Self {
        Self(Arc::new(Mutex::new(Some(addresses(hosts)))))
    }

    fn is(&self, hosts: &[u8]) {
        *self.0.lock() = Some(addresses(hosts));
    }

    fn fails(&self) {
        *self.0.lock() = None;
    }
}

impl Lookup for Zone {
    async fn addresses(&self) -> io::Result<Vec<SocketAddr>> {
        let answer = self.0.lock().clone();
        answer.ok_or_else(|| ErrorKind::TimedOut.into())
    }
}

fn addresses(hosts: &[u8]) -> Vec<SocketAddr> {
    let at = |&n| SocketAddr::from(([127, 0, 0, n], 9080));
    hosts.iter().map(at).collect()
}

/// A cluster with the demo's policy that follows `zone`.
async fn following(zone: &Zone) -> Arc<Cluster> {
    let spec = colorapp().spec().clone();
    let (follower, trips) = Follower::start(spec, zone.clone(), REFRESH).await;
    let cluster = Arc::clone(follower.cluster());
    tokio::spawn(Arc::clone(&cluster).watch_over(trips, Arc::new(EventLog::default())));
    tokio::spawn(follower.run());
    settle().await;
    cluster
}

/// Lets the tasks do what they have to do now.
async fn settle() {
    for _ in 0..10 {
        yield_now().await;
    }
}

/// The next lookup has been answered.
async fn refreshed() {
    advance(REFRESH).await;
    settle().await;
}

fn at(cluster: &Cluster) -> Vec<u8> {
    let last = |host: &Arc<Host>| match host.address() {
        SocketAddr::V4(at) => at.ip().octets()[3],
        SocketAddr::V6(at) => at.ip().octets()[15],
    };
    cluster.hosts().iter().map(last).collect()
}

/// Attempts, of them good and bad, good ones without a change, changes.
fn counted(cluster: &Cluster) -> [u64; 5] {
    let of = cluster.stats();
    [
        &of.update_attempt,
        &of.update_success,
        &of.update_failure,
        &of.update_no_rebuild,
        &of.membership_change,
    ]
    .map(crate::cluster::Counter::get)
}

async fn fail(cluster: &Cluster, place: usize, n: usize) {
    for _ in 0..n {
        cluster.record(&cluster.hosts()[place], 500);
    }
    settle().await;
}

fn is_out(cluster: &Cluster, place: usize) -> bool {
    cluster.membership().detector().unwrap().is_ejected(place)
}

/// FACTS 14.1.
#[tokio::test(start_paused = true)]
async fn a_name_is_looked_up_again_one_refresh_after_each_answer() {
    let cluster = following(&Zone::of(&[1])).await;
    assert_eq!(counted(&cluster), [1, 1, 0, 0, 1]);
    advance(REFRESH - Duration::from_millis(1)).await;
    settle().await;
    assert_eq!(counted(&cluster), [1, 1, 0, 0, 1]);
    advance(Duration::from_millis(1)).await;
    settle().await;
    assert_eq!(counted(&cluster), [2, 2, 0, 1, 1]);
    refreshed().await;
    assert_eq!(counted(&cluster), [3, 3, 0, 2, 1]);
}

/// FACTS 14.3.
#[tokio::test(start_paused = true)]
async fn another_order_and_the_same_address_twice_are_no_change() {
    let zone = Zone::of(&[3, 1, 2, 1]);
    let cluster = following(&zone).await;
    assert_eq!(at(&cluster), [3, 1, 2]);
    zone.is(&[2, 2, 3, 1, 3]);
    refreshed().await;
    assert_eq!(at(&cluster), [3, 1, 2]);
    assert_eq!(counted(&cluster), [2, 2, 0, 1, 1]);
    assert_eq!(cluster.stats().total_match_count.get(), 6);
}

/// FACTS 14.3: with a change the order is the new answer's.
#[tokio::test(start_paused = true)]
async fn whoever_stays_is_the_same_host_at_another_place() {
    let zone = Zone::of(&[3, 1, 2]);
    let cluster = following(&zone).await;
    let before = cluster.hosts();
    zone.is(&[4, 2, 3]);
    refreshed().await;
    assert_eq!(at(&cluster), [4, 2, 3]);
    let after = cluster.hosts();
    assert!(Arc::ptr_eq(&before[2], &after[1]));
    assert!(Arc::ptr_eq(&before[0], &after[2]));
    assert!(!before[1].keeps(0), "whoever goes keeps no connections");
    let slots: HashSet<usize> = after.iter().map(|host| host.slot()).collect();
    assert_eq!(slots, (0..3).collect(), "a slot that is free is used again");
}

/// FACTS 14.4.
#[tokio::test(start_paused = true)]
async fn errors_in_a_row_and_ejections_outlive_a_change() {
    let zone = Zone::of(&[1, 2, 3, 4, 5]);
    let cluster = following(&zone).await;
    fail(&cluster, 1, 4).await;
    zone.is(&[1, 2, 3, 4, 5, 6]);
    refreshed().await;
    fail(&cluster, 1, 1).await;
    assert!(is_out(&cluster, 1));
    zone.is(&[6, 5, 2]);
    refreshed().await;
    assert!(is_out(&cluster, 2), "at its new place");
    assert_eq!(cluster.snapshot().view().healthy(), [0, 1]);
}

/// FACTS 14.4.
#[tokio::test(start_paused = true)]
async fn an_ejected_host_that_went_and_came_again_is_a_new_one() {
    let zone = Zone::of(&[1, 2]);
    let cluster = following(&zone).await;
    let before = Arc::clone(&cluster.hosts()[1]);
    fail(&cluster, 1, 5).await;
    assert!(is_out(&cluster, 1));
    zone.is(&[1]);
    refreshed().await;
    assert_eq!(cluster.membership().detector().unwrap().ejected(), 0);
    zone.is(&[1, 2]);
    refreshed().await;
    assert!(!is_out(&cluster, 1));
    assert_ne!(cluster.hosts()[1].id(), before.id());
}

#[tokio::test(start_paused = true)]
async fn errors_of_a_host_that_is_gone_concern_nobody() {
    let zone = Zone::of(&[1, 2]);
    let cluster = following(&zone).await;
    let gone = Arc::clone(&cluster.hosts()[0]);
    zone.is(&[2, 3]);
    refreshed().await;
    for _ in 0..5 {
        cluster.record(&gone, 500);
    }
    settle().await;
    assert_eq!(cluster.membership().detector().unwrap().ejected(), 0);
    assert_eq!(
        cluster
            .membership()
            .detector()
            .unwrap()
            .counters()
            .detected_consecutive_5xx,
        0
    );
}

/// FACTS 14.2.
#[tokio::test(start_paused = true)]
async fn a_failed_lookup_keeps_the_hosts_and_an_empty_answer_does_not() {
    let zone = Zone::of(&[1, 2]);
    let cluster = following(&zone).await;
    zone.fails();
    refreshed().await;
    refreshed().await;
    assert_eq!(at(&cluster), [1, 2]);
    assert_eq!(counted(&cluster), [3, 1, 2, 0, 1]);
    zone.is(&[]);
    refreshed().await;
    assert_eq!(at(&cluster), [0; 0]);
    assert_eq!(counted(&cluster), [4, 2, 2, 0, 2]);
    zone.is(&[2]);
    refreshed().await;
    assert_eq!(at(&cluster), [2]);
}

/// FACTS 14.7.
#[tokio::test(start_paused = true)]
async fn a_cluster_may_start_without_hosts() {
    let zone = Zone::of(&[]);
    let cluster = following(&zone).await;
    assert_eq!(counted(&cluster), [1, 1, 0, 1, 0]);
    zone.is(&[1]);
    refreshed().await;
    assert_eq!(counted(&cluster), [2, 2, 0, 1, 1]);

    zone.fails();
    let cluster = following(&zone).await;
    assert_eq!(counted(&cluster), [1, 0, 1, 0, 0]);
    zone.is(&[1]);
    refreshed().await;
    assert_eq!(at(&cluster), [1]);
}

#[tokio::test(start_paused = true)]
async fn both_kinds_of_addresses_may_mix() {
    let zone = Zone::of(&[2]);
    let cluster = following(&zone).await;
    let six: SocketAddr = "[::1]:9080".parse().unwrap();
    *zone.0.lock() = Some(vec![addresses(&[2])[0], six]);
    refreshed().await;
    assert_eq!(cluster.hosts()[1].address(), six);
}

/// The first hosts of a cluster are no change that later ones wait for: an ejection right after the start
/// acts at once. One right after a change waits (FACTS 14.5).
#[tokio::test(start_paused = true)]
async fn the_merge_window_knows_of_changes_and_not_of_the_start() {
    let zone = Zone::of(&[1, 2, 3, 4, 5]);
    let cluster = following(&zone).await;
    fail(&cluster, 0, 5).await;
    assert_eq!(cluster.snapshot().view().healthy().len(), 4);
    zone.is(&[1, 2, 3, 4, 5, 6]);
    refreshed().await;
    fail(&cluster, 1, 5).await;
    assert_eq!(cluster.snapshot().view().healthy().len(), 5, "not heard of");
    advance(Duration::from_secs(1)).await;
    settle().await;
    assert_eq!(cluster.snapshot().view().healthy().len(), 4);
}
