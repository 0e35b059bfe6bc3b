//! What is in the images, and what is said about it.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::binaries::{Arch, Profile, built};
use crate::elf::Elf;
use crate::engine::run;
use crate::images::image;
use crate::namespace::Namespace;

/// Megabytes as registries count them.
const LARGEST: u64 = 12_000_000;

#[test]
fn an_image_is_smaller_than_twelve_megabytes() {
    for_each_image(|program, arch| {
        if arch.profile() != Profile::Image {
            return;
        }
        let size = inspect(&image(program, arch))["Size"].as_u64().unwrap();
        assert!(size < LARGEST, "{size} bytes");
    });
}

/// The image is hardly larger than its program: no shell, no library, no certificate.
#[test]
fn an_image_holds_its_program_and_nothing_else() {
    for_each_image(|program, arch| {
        let inspected = inspect(&image(program, arch));
        let file = fs::metadata(built(arch).join("out").join(program)).unwrap();
        let rest = inspected["Size"].as_u64().unwrap() - file.len();
        assert!(rest < 20_000, "{rest} bytes beside the program");
    });
}

#[test]
fn an_image_is_for_the_platform_that_was_asked_for() {
    for_each_image(|program, arch| {
        let inspected = inspect(&image(program, arch));
        assert_eq!(inspected["Os"], "linux");
        assert_eq!(inspected["Architecture"], arch.name());
    });
}

#[test]
fn the_program_in_an_image_is_static_and_of_its_architecture() {
    for_each_image(|program, arch| {
        let mut namespace = Namespace::new();
        let file = namespace.copy_out(&image(program, arch), &format!("/{program}"));
        let expected = Elf {
            arch: Some(arch),
            is_static: true,
        };
        assert_eq!(Elf::read(&file), expected);
    });
}

/// Kubernetes refuses `runAsNonRoot` for a user that is not a number.
#[test]
fn an_image_starts_its_program_as_nobody_in_particular() {
    for_each_image(|program, arch| {
        let config = &inspect(&image(program, arch))["Config"];
        assert_eq!(config["User"], "65532:65532");
        assert_eq!(config["Entrypoint"], json!([format!("/{program}")]));
        assert!(config["Cmd"].is_null(), "{config}");
    });
}

#[test]
fn an_image_says_what_it_is() {
    for_each_image(|program, arch| {
        let labels = &inspect(&image(program, arch))["Config"]["Labels"];
        let label = |name| labels[format!("org.opencontainers.image.{name}")].as_str();
        assert_eq!(label("title"), Some(program));
        assert_eq!(label("version"), Some(env!("CARGO_PKG_VERSION")));
        assert_eq!(label("licenses"), Some("Apache-2.0"));
        assert_eq!(label("revision"), Some("tested"));
        assert!(label("description").is_some_and(|text| !text.is_empty()));
    });
}

#[test]
fn an_image_exposes_the_ports_that_its_program_has_by_default() {
    for (program, ports) in [
        ("colorapp", json!({"9080/tcp": {}, "8081/tcp": {}})),
        ("front", json!({"8080/tcp": {}, "8081/tcp": {}})),
        ("ingress", json!({"8080/tcp": {}})),
        ("outlier-demo", Value::Null),
    ] {
        let config = &inspect(&image(program, Arch::native()))["Config"];
        assert_eq!(config["ExposedPorts"], ports, "{program}");
    }
}

/// As far as an emulator can tell: it complains about its settings in its own words.
#[test]
fn a_program_of_the_other_architecture_runs() {
    let (other, emulator) = match Arch::native() {
        Arch::Amd64 => (Arch::Arm64, "qemu-aarch64-static"),
        Arch::Arm64 => (Arch::Amd64, "qemu-x86_64-static"),
    };
    let output = Command::new(emulator)
        .arg(built(other).join("out/front"))
        .env_clear()
        .output()
        .unwrap_or_else(|error| {
            panic!("{emulator} does not run ({error}): apt-get install qemu-user-static")
        });
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "front: COLOR_SERVICE_ENDPOINT must be set to the host:port of colorapp\n"
    );
    assert_eq!(output.status.code(), Some(64));
}

fn for_each_image(check: impl Fn(&str, Arch)) {
    for arch in Arch::ALL {
        for program in arch.programs() {
            println!("{program} for {}", arch.name());
            check(program, arch);
        }
    }
}

fn inspect(image: &str) -> Value {
    let images: Value = serde_json::from_str(&run(&["image", "inspect", image])).unwrap();
    images[0].clone()
}
