//! The programs, cross-compiled as the Containerfile does it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// What there is an image of.
const PROGRAMS: [&str; 4] = ["colorapp", "front", "ingress", "outlier-demo"];

/// What an image runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arch {
    Amd64,
    Arm64,
}

/// A profile of cargo's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    Image,
    Dev,
}

impl Arch {
    pub(crate) const ALL: [Self; 2] = [Self::Amd64, Self::Arm64];

    /// This machine's.
    pub(crate) fn native() -> Self {
        match std::env::consts::ARCH {
            "x86_64" => Self::Amd64,
            "aarch64" => Self::Arm64,
            other => panic!("there are images for x86_64 and aarch64, not for {other}"),
        }
    }

    /// As container images call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Amd64 => "amd64",
            Self::Arm64 => "arm64",
        }
    }

    /// Those that are built for it here: all for this machine's, and one for the other's, since all are built the
    /// same way.
    pub(crate) fn programs(self) -> &'static [&'static str] {
        if self == Self::native() {
            &PROGRAMS
        } else {
            &["front"]
        }
    }

    /// How they are built here: this machine's as the Containerfile says; the other's without optimization,
    /// which takes minutes and has nothing to do with the architecture.
    pub(crate) fn profile(self) -> Profile {
        if self == Self::native() {
            Profile::Image
        } else {
            Profile::Dev
        }
    }

    fn target(self) -> &'static str {
        match self {
            Self::Amd64 => "x86_64-unknown-linux-musl",
            Self::Arm64 => "aarch64-unknown-linux-musl",
        }
    }
}

/// A folder that can stand for the Containerfile's stage `build`: it holds `out/` with the programs.
pub(crate) fn built(arch: Arch) -> PathBuf {
    folder().join(arch.name())
}

/// Where the programs of both architectures are, built by the first who asks.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("images");
        for arch in Arch::ALL {
            let built = build(arch);
            let out = folder.join(arch.name()).join("out");
            fs::create_dir_all(&out).unwrap();
            for program in arch.programs() {
                fs::copy(built.join(program), out.join(program)).unwrap();
            }
        }
        folder
    })
}

/// Builds the programs for `arch` and returns the folder that they are in.
fn build(arch: Arch) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let target = arch.target();
    let (profile, name) = match arch.profile() {
        Profile::Image => ("--profile=image", "image"),
        Profile::Dev => ("--profile=dev", "debug"),
    };
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["build", "--locked", profile, "--bins"])
        .args(["--target", target])
        .arg("--target-dir")
        .arg(folder);
    for program in arch.programs() {
        cargo.args(["-p", program]);
    }
    assert!(
        cargo.status().unwrap().success(),
        "the programs do not build; if the target is missing: rustup target add {target}"
    );
    folder.join(target).join(name)
}
