//! The images, built from the Containerfile by the first who asks.

use std::sync::OnceLock;

use crate::binaries::{Arch, built};
use crate::engine::run;

/// The name of the image of `program` for `arch`. The images stay when the tests end, as built layers do,
/// and are replaced by those of the next run.
pub(crate) fn image(program: &str, arch: Arch) -> String {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        for arch in Arch::ALL {
            for program in arch.programs() {
                build(program, arch);
            }
        }
    });
    name(program, arch)
}

fn build(program: &str, arch: Arch) {
    let root = env!("CARGO_MANIFEST_DIR");
    let instead = format!("build={}", built(arch).to_str().unwrap());
    let mut args = vec!["build", "--target", program, "--build-arg=REVISION=tested"];
    args.extend(["--build-context", &instead]);
    let file = format!("--file={root}/Containerfile");
    let platform = format!("--platform=linux/{}", arch.name());
    let tag = format!("--tag={}", name(program, arch));
    args.extend([file.as_str(), &platform, &tag, root]);
    run(&args);
}

fn name(program: &str, arch: Arch) -> String {
    format!("localhost/outlier-demo-test/{program}:{}", arch.name())
}
