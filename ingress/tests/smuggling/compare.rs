//! All cases, one after the other, and what became of each.

use std::net::SocketAddr;

use futures_util::{StreamExt, stream};

use crate::case::{Case, Family};
use crate::cases;
use crate::origin::Captured;
use crate::page::{self, Row};
use crate::programs::Programs;
use crate::reader::Reading;
use crate::through::{Answered, Heard, ingress, through};

/// So many cases are under way at a time with the Envoy in place of `ingress`.
const AT_A_TIME: usize = 64;

#[tokio::test]
async fn whatever_is_forwarded_is_read_the_same_way_by_all_and_the_page_tells_it() {
    let programs = Programs::start().await;
    let only = std::env::var("CASE").unwrap_or_default();
    let mut families = cases::all();
    for family in &mut families {
        family.cases.retain(|case| case.name.contains(&only));
    }
    let mut gateway = with_envoy(&families, programs.gateway).await.into_iter();
    let (mut found, mut wrong) = (Vec::new(), Vec::new());
    for family in families {
        let mut rows = Vec::new();
        for case in family.cases {
            let gateway = gateway.next().expect("each case went through Envoy, too");
            rows.push(one(&case, &programs, gateway, &mut wrong).await);
        }
        found.push((family.title, rows));
    }
    assert!(
        wrong.is_empty(),
        "{} times somebody reads it differently, or is not told the end:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    if only.is_empty() {
        page::check(&found);
    }
}

/// What a client hears of each case where Envoy stands in the place of `ingress`, in their order. Envoy takes a second to
/// close a connection on which it has refused something, so many are under way at a time.
async fn with_envoy(families: &[Family], gateway: SocketAddr) -> Vec<Heard> {
    let cases = families.iter().flat_map(|family| &family.cases);
    let heard = cases.map(|case| through(gateway, &case.bytes));
    stream::iter(heard).buffered(AT_A_TIME).collect().await
}

/// One after the other, so that what a reader's host gets belongs to the case.
async fn one(case: &Case, programs: &Programs, gateway: Heard, wrong: &mut Vec<String>) -> Row {
    let (heard, captured) = ingress(&case.bytes).await;
    let mut say = |what: String| {
        let bytes = case.bytes.escape_ascii();
        wrong.push(format!("{}: {what}\n    \"{bytes}\"", case.name));
    };
    let forwarded = heard
        .answers
        .iter()
        .filter(|it| **it == Answered::Forwarded);
    let next = usize::from(heard.goes_on);
    let reads: usize = captured.iter().map(|it| it.reads.len()).sum();
    if reads != forwarded.count() + next {
        say(format!("answers {heard:?}, but the host got {captured:?}"));
    }
    let mut readings = Vec::new();
    for reader in &programs.readers {
        let mut of_all = Vec::new();
        for captured in &captured {
            let reading = reader.reads(captured).await;
            if let Reading::Different(how) = &reading {
                let bytes = captured.bytes.escape_ascii();
                say(format!("{} reads {how}\n    in \"{bytes}\"", reader.name));
            }
            of_all.push(reading);
        }
        readings.push(of_all);
    }
    Row {
        name: case.name.clone(),
        odd: case.odd.clone(),
        forwarded: without_next(captured, heard.goes_on),
        heard,
        readings,
        gateway,
    }
}

/// What the host got of the case itself.
fn without_next(mut captured: Vec<Captured>, goes_on: bool) -> Vec<Captured> {
    if goes_on && let Some(last) = captured.last_mut() {
        last.reads.pop();
    }
    captured
}
