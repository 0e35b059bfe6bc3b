//! What must hold of any bytes holds of those that the fuzzer starts from.

#![cfg(test)]

use std::fs;
use std::path::Path;

fn each_seed(target: &str, hold: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target);
    let mut seeds = 0;
    for seed in fs::read_dir(folder).unwrap() {
        let path = seed.unwrap().path();
        println!("{}", path.display());
        hold(&fs::read(path).unwrap());
        seeds += 1;
    }
    assert!(seeds > 5, "of {target} there are {seeds}");
}

macro_rules! seeds_of {
    ($($target:ident)*) => {$(
        #[test]
        fn $target() {
            each_seed(stringify!($target), fuzz::$target::hold);
        }
    )*};
}

seeds_of!(manifests traces fault_options requests answers detector);
