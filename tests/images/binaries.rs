//! The programs, cross-compiled as the Containerfile does it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// What there is an image of.
pub(crate) const PROGRAMS: [&str; 4] = ["colorapp", "front", "ingress", "outlier-demo"];

/// What an image runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arch {
    Amd64,
    Arm64,
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
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args(["build", "--locked", "--profile", "image", "--bins"])
            .arg("--target-dir")
            .arg(target);
        for program in PROGRAMS {
            cargo.args(["-p", program]);
        }
        for arch in Arch::ALL {
            cargo.args(["--target", arch.target()]);
        }
        assert!(
            cargo.status().unwrap().success(),
            "the programs do not build; if a target is missing: rustup target add {} {}",
            Arch::Amd64.target(),
            Arch::Arm64.target(),
        );
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("images");
        for arch in Arch::ALL {
            let out = folder.join(arch.name()).join("out");
            fs::create_dir_all(&out).unwrap();
            for program in PROGRAMS {
                let built = target.join(arch.target()).join("image").join(program);
                fs::copy(built, out.join(program)).unwrap();
            }
        }
        folder
    })
}
