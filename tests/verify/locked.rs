//! A demo whose controls are locked.

use std::process::{Command, Output};

use crate::harness::{Demo, outlier_demo};
use crate::verifier::{FAST, alone, verify};

const NAME: &str = "CONTROL_TOKEN";
const TOKEN: &str = "0123456789abcdef";

fn locked_demo() -> Demo {
    Demo::run(outlier_demo(&FAST).env(NAME, TOKEN))
}

#[tokio::test]
async fn it_is_verified_by_those_who_have_the_token() {
    let _alone = alone().await;
    let demo = locked_demo();
    let mut command = verify(&demo, &["--only", "two-sick"]);
    let Output { status, stdout, .. } = command.env(NAME, TOKEN).output().unwrap();
    let printed = String::from_utf8(stdout).unwrap();
    assert_eq!(status.code(), Some(0), "{printed}");
}

#[tokio::test]
async fn without_the_token_nothing_can_be_said_and_why_is_a_sentence() {
    let demo = locked_demo();
    let gateway = demo.ready["gateway"].as_str().unwrap();
    let said = |command: &mut Command| {
        let Output { status, stderr, .. } = command.output().unwrap();
        assert_eq!(status.code(), Some(2));
        String::from_utf8(stderr).unwrap()
    };
    assert_eq!(
        said(verify(&demo, &[]).env_remove(NAME)),
        format!(
            "verify: not measured: {gateway}/recover: the controls are locked: set CONTROL_TOKEN to the token \
             that front has\n"
        )
    );
    assert_eq!(
        said(verify(&demo, &[]).env(NAME, "another-token-of-the-kind")),
        format!(
            "verify: not measured: {gateway}/recover: the controls are locked by another token: set \
             CONTROL_TOKEN to the one that front has\n"
        )
    );
}

#[tokio::test]
async fn up_locks_front_with_the_token_of_its_shell() {
    let demo = locked_demo();
    assert_eq!(demo.ask("/fault").await.status(), 401);
    let url = format!("{}/fault", demo.ready["gateway"].as_str().unwrap());
    let opened = demo.http.get(url).bearer_auth(TOKEN).send().await.unwrap();
    assert_eq!(opened.status(), 200);
}
