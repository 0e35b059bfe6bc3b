//! The verifier as it is run by hand, on a demo whose clock is fast.

use std::collections::BTreeMap;
use std::process::{Command, Output};

use serde_json::Value;
use tokio::sync::{Mutex, MutexGuard};

use crate::harness::Demo;

/// Ejections last 2 s and more, a sweep comes every 2 s, changes are merged for 0.2 s.
pub(crate) const FAST: [&str; 2] = ["--speed", "5"];

/// All cases, in their order.
pub(crate) const CASES: [&str; 12] = [
    "spread",
    "ejection",
    "isolation",
    "return",
    "growth",
    "recovery",
    "two-sick",
    "majority",
    "alternating",
    "unavailable",
    "crash",
    "leak",
];

/// One at a time: what is measured is time, and one of the cases takes the whole machine.
pub(crate) async fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::const_new(());
    TURN.lock().await
}

/// `verify` against this demo.
pub(crate) fn verify(demo: &Demo, flags: &[&str]) -> Command {
    let mut command = verify_at(demo.ready["gateway"].as_str().unwrap());
    command.args(FAST).args(flags);
    command
}

/// `verify` against this gateway.
pub(crate) fn verify_at(gateway: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_outlier-demo"));
    command.args(["verify", "--gateway", gateway]);
    command.env_remove("GW_ENDPOINT");
    command
}

/// What came of a run: its exit code, what it printed, and every claim.
pub(crate) struct Verified {
    pub(crate) code: Option<i32>,
    pub(crate) printed: String,
    /// Verdict and first cause by case.
    pub(crate) claims: BTreeMap<String, (String, Option<String>)>,
}

/// Verifies all cases.
pub(crate) fn verified(demo: &Demo, profile: &str) -> Verified {
    verified_only(demo, profile, &CASES)
}

/// Verifies these cases.
pub(crate) fn verified_only(demo: &Demo, profile: &str, cases: &[&str]) -> Verified {
    let folder = std::env::temp_dir();
    let file = folder.join(format!("verified-{}-{profile}.json", demo.pid()));
    let path = file.to_str().unwrap();
    let only = cases.join(",");
    let flags = ["--profile", profile, "--json", path, "--only", &only];
    let mut command = verify(demo, &flags);
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    let printed = String::from_utf8([stdout, stderr].concat()).unwrap();
    let json = std::fs::read(&file).unwrap_or_else(|error| panic!("{path}: {error}\n{printed}"));
    std::fs::remove_file(&file).unwrap();
    let outcome: Value = serde_json::from_slice(&json).unwrap();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let claims = outcome["claims"].as_array().unwrap().iter().map(|claim| {
        let verdict = text(&claim["verdict"]).unwrap();
        let case = text(&claim["case"]).unwrap();
        (case, (verdict, text(&claim["causes"][0]["cause"])))
    });
    Verified {
        code: status.code(),
        printed,
        claims: claims.collect(),
    }
}

impl Verified {
    /// The same of all cases.
    pub(crate) fn assert(&self, fails: &[(&str, &str)], not_measured: &[&str]) {
        self.assert_of(&CASES, fails, not_measured);
    }

    /// That of `cases` exactly these fail, with these first causes, that these were not measured, and that all
    /// others hold.
    pub(crate) fn assert_of(&self, cases: &[&str], fails: &[(&str, &str)], not_measured: &[&str]) {
        let expected = cases.iter().map(|case| {
            let cause = fails
                .iter()
                .find(|(fails, _)| fails == case)
                .map(|(_, cause)| *cause);
            let verdict = match cause {
                Some(_) => "fails",
                None if not_measured.contains(case) => "not_measured",
                None => "holds",
            };
            (
                (*case).to_owned(),
                (verdict.to_owned(), cause.map(str::to_owned)),
            )
        });
        let expected: BTreeMap<_, _> = expected.collect();
        assert_eq!(self.claims, expected, "{}", self.printed);
        let code = if fails.is_empty() && not_measured.is_empty() {
            0
        } else {
            1
        };
        assert_eq!(self.code, Some(code), "{}", self.printed);
    }
}
