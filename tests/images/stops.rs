//! The end of a container: a program that is process 1 gets no help with signals.

use crate::binaries::Arch;
use crate::engine::run;
use crate::images::image;
use crate::namespace::{MANIFESTS, Namespace};

#[test]
fn colorapp_ends_in_good_order() {
    assert_ends_well("colorapp", &[], &[], "listening");
}

#[test]
fn front_ends_in_good_order() {
    let color = ["--env=COLOR_SERVICE_ENDPOINT=127.0.0.1:9"];
    assert_ends_well("front", &color, &[], "started");
}

#[test]
fn ingress_ends_in_good_order() {
    let arguments = [
        "--manifests=/etc/mesh/objects",
        "--endpoints=colorapp=127.0.0.1:9",
        "--endpoints=front=127.0.0.1:9",
    ];
    assert_ends_well("ingress", &[MANIFESTS], &arguments, "listening");
}

/// With the seven processes that it has started.
#[test]
fn the_whole_demo_runs_in_one_container_and_ends_in_good_order() {
    assert_ends_well("outlier-demo", &[], &[], "GW_ENDPOINT=http://");
}

#[test]
fn a_setting_that_cannot_be_used_ends_a_container_with_64() {
    let mut namespace = Namespace::new();
    let container = namespace.start("front", &[], &[&image("front", Arch::native())]);
    assert_eq!(run(&["wait", &container]), "64");
    assert_eq!(
        namespace.logs(&container),
        "front: COLOR_SERVICE_ENDPOINT must be set to the host:port of colorapp\n"
    );
}

/// Starts `program`, stops it once its log says `running`, and expects an exit code that is its own: an
/// engine that loses patience kills, and that is 137.
fn assert_ends_well(program: &str, flags: &[&str], arguments: &[&str], running: &str) {
    let mut namespace = Namespace::new();
    let image = image(program, Arch::native());
    let command = [&[image.as_str()], arguments].concat();
    let container = namespace.start(program, flags, &command);
    namespace.logs_until(&container, running);
    run(&["stop", "--time=30", &container]);
    let code = run(&["inspect", "--format={{.State.ExitCode}}", &container]);
    assert_eq!(code, "0", "{}", namespace.logs(&container));
}
