//! How many instructions a request takes: `cargo bench --bench instructions`. The machinery is in the crate `bench`.

use std::process::ExitCode;

use bench::{Places, instructions};

fn main() -> ExitCode {
    instructions(Places {
        outlier_demo: env!("CARGO_BIN_EXE_outlier-demo"),
        folder: env!("CARGO_TARGET_TMPDIR"),
        record: concat!(env!("CARGO_MANIFEST_DIR"), "/benches/instructions.json"),
    })
}
