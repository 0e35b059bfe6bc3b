//! The page in a real browser, against the running demo: each test starts what a scenario of `scenarios/` needs, and
//! runs it with Node. Screenshots of every step are in `shots/`.

#![cfg(test)]
#![cfg(feature = "real-peers")]

#[path = "../demo/harness.rs"]
#[allow(
    dead_code,
    reason = "shared with the tests of `up`, which use all of it"
)]
mod harness;
mod scenario;

use std::io::{Seek, Write};

use harness::{Demo, Mesh, all_manifests, outlier_demo};
use scenario::play;

/// Ejections last at least 5 s, and a sweep comes every 5 s.
const FAST: [&str; 2] = ["--speed", "2"];

/// What locks the controls, as the scenario `locked` knows it.
const TOKEN: (&str, &str) = ("CONTROL_TOKEN", "0123456789abcdef");

#[test]
fn the_walkthrough_by_clicking_only() {
    play("walkthrough", &Demo::start(&FAST));
}

#[test]
fn the_page_says_what_hosts_and_admin_say() {
    play("numbers", &Demo::start(&FAST));
}

#[test]
fn panic_is_told_in_words() {
    play("panic", &Demo::start(&FAST));
}

#[test]
fn a_refused_ejection_is_told_with_its_reason() {
    let half = all_manifests().replace("maxEjectionPercent: 100", "maxEjectionPercent: 50");
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(half.as_bytes()).unwrap();
    file.rewind().unwrap();
    let flags = [&FAST[..], &["--manifests", "-"]].concat();
    play("refused", &Demo::run(outlier_demo(&flags).stdin(file)));
}

#[test]
fn each_control_shows_a_line_for_the_shell_that_does_the_same() {
    play("shell", &Demo::start(&FAST));
}

#[test]
fn a_dropped_connection_is_told_and_comes_back_with_the_right_numbers() {
    play("reconnect", &Demo::start(&FAST));
}

#[test]
fn locked_controls_ask_for_the_token_once() {
    play(
        "locked",
        &Demo::run(outlier_demo(&FAST).env(TOKEN.0, TOKEN.1)),
    );
}

#[test]
fn the_guide_plays_the_walkthrough_to_its_end() {
    play("guide", &Demo::start(&["--speed", "4"]));
}

#[test]
fn with_a_real_envoy_what_it_does_not_tell_stays_unknown() {
    play("envoy", &Mesh::Envoy.start(&FAST));
}

#[test]
fn the_keyboard_alone_is_enough() {
    play("keyboard", &Demo::start(&FAST));
}

#[test]
fn everybody_can_read_it_in_light_and_dark_on_projector_and_phone() {
    play("readable", &Demo::start(&FAST));
}

#[test]
fn fifty_replicas_stay_readable() {
    play("fifty", &Demo::start(&["--speed", "2", "--replicas", "50"]));
}
