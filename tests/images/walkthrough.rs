//! The walkthrough with each process in a container of its own, at its real pace.

use std::collections::BTreeMap;

use crate::world::World;

#[tokio::test]
async fn the_walkthrough_gives_its_numbers_across_containers() {
    let world = World::start().await;

    let (statuses, hosts) = world.load().await;
    assert_eq!(statuses, BTreeMap::from([(200, 200)]));
    let replicas = (1..=5).map(|number| (format!("replica-{number}"), 40));
    assert_eq!(hosts, replicas.collect());

    assert_eq!(world.text("/reset_stats").await, "stats cleared.");
    let said = world.text("/fault").await;
    let faulty = said.split('`').nth(1).expect("the uid is in backticks");
    let (statuses, hosts) = world.load().await;
    assert_eq!(statuses, BTreeMap::from([(200, 195), (500, 5)]));
    assert_eq!(hosts[faulty], 5);
    let host = world.host(faulty).await;
    assert_eq!(host["mesh"]["state"], "ejected", "{host:#}");

    let (statuses, hosts) = world.load().await;
    assert_eq!(statuses, BTreeMap::from([(200, 200)]));
    assert!(!hosts.contains_key(faulty), "{hosts:?}");

    // Out of the mesh, and still within reach of front: its control port is on the network, too.
    assert_eq!(
        world.text("/recover").await,
        format!("host: `{faulty}` will now respond with 200 on /get.\n")
    );
    world.until(faulty, "healthy").await;
    let (statuses, hosts) = world.load().await;
    assert_eq!(statuses, BTreeMap::from([(200, 200)]));
    assert_eq!(hosts[faulty], 40);
}
