//! Tries a law on many random values.

use std::fmt::Debug;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestCaseResult, TestError, TestRunner};

/// Fails with the smallest value that breaks the law, and with the seed that leads there again. The
/// number of values is proptest's own, 256, or `PROPTEST_CASES`.
#[track_caller]
pub(crate) fn check<S>(values: &S, law: impl Fn(S::Value) -> TestCaseResult)
where
    S: Strategy<Value: Debug>,
{
    let default = Config::default();
    let seed = match default.rng_seed {
        RngSeed::Fixed(seed) => seed,
        RngSeed::Random => fastrand::u64(..),
    };
    let config = Config {
        // The seed says it all, without a file beside the tests.
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed),
        ..default
    };
    let cases = config.cases;
    let Err(error) = TestRunner::new(config).run(values, law) else {
        return;
    };
    let what = match error {
        TestError::Fail(why, value) => format!("{why}\nwith, as small as it gets: {value:#?}"),
        abort @ TestError::Abort(_) => abort.to_string(),
    };
    let thread = std::thread::current();
    panic!(
        "{what}\nagain: PROPTEST_RNG_SEED={seed} PROPTEST_CASES={cases} \
         cargo test -p {} --test {} {}",
        env!("CARGO_PKG_NAME"),
        env!("CARGO_CRATE_NAME"),
        thread.name().unwrap_or_default()
    );
}
