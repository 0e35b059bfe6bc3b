//! A name with more addresses than musl, the C library in the images, ever tells: that is 48.

use reqwest::Client;
use serde_json::Value;

use crate::binaries::Arch;
use crate::engine::run;
use crate::images::image;
use crate::namespace::{Namespace, PATIENCE};

#[tokio::test]
async fn front_looks_for_sixty_replicas_at_sixty_addresses() {
    let mut namespace = Namespace::new();
    let mut flags = namespace.network();
    // Nobody listens there, and front says so of each.
    flags.extend((1..=60).map(|number| format!("--add-host=replicas:127.0.1.{number}")));
    flags.push("--env=COLOR_SERVICE_ENDPOINT=replicas:9".to_owned());
    flags.push("--env=COLOR_CONTROL_ENDPOINT=replicas:9".to_owned());
    flags.push("--publish=127.0.0.1::8080".to_owned());
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let front = namespace.start("front", &flags, &[&image("front", Arch::native())]);
    namespace.logs_until(&front, "started");
    let address = run(&["port", &front, "8080/tcp"]);
    let http = Client::builder().no_proxy().timeout(PATIENCE).build();
    let answer = http.unwrap().get(format!("http://{address}/hosts")).send();
    let text = answer.await.unwrap().text().await.unwrap();
    let hosts: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(hosts["hosts"].as_array().unwrap().len(), 60, "{hosts:#}");
}
