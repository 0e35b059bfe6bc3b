//! What a request costs, side by side with the proxies that everybody knows: `cargo bench --bench peers`.
//! The machinery is in the crate `bench`.

use std::process::ExitCode;

fn main() -> ExitCode {
    bench::main(env!("CARGO_BIN_EXE_outlier-demo"))
}
