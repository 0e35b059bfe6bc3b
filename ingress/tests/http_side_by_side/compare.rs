//! All cases with both, and what is different.

use std::collections::HashMap;
use std::env;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use http::HeaderName;
use ingress::cluster::Cluster;
use ingress::mesh::{HeaderMatch, HeaderRule, Pattern, RetryOn, RetryPolicy};
use ingress::metrics::{Value, cluster_stats};

use tokio::task::{LocalSet, spawn_local};

use crate::bootstrap::{Part, bootstrap};
use crate::case::{COUNTED, Case, Matching, Rule, Setting, Told};
use crate::cases;
use crate::envoy::Envoy;
use crate::known::{Known, known};
use crate::play::{Stage, play};
use crate::proxy::Setup;
use crate::upstream::refusing;

/// So many cases are played at a time.
const AT_A_TIME: usize = 32;

#[tokio::test]
async fn clients_and_hosts_see_the_same_with_envoy_but_for_the_known_differences() {
    LocalSet::new().run_until(compare()).await;
}

async fn compare() {
    let only = env::var("CASE").unwrap_or_default();
    let mut cases = cases::all();
    cases.retain(|case| case.name.contains(&only));
    let mut parts = Vec::new();
    let mut stages = Vec::new();
    for (n, case) in cases.iter().enumerate() {
        let stage = Stage::set(case).await;
        parts.push(Part {
            name: part_name(n),
            setting: case.setting,
            hosts: hosts(case.setting, stage.upstream.address),
        });
        stages.push(stage);
    }
    let envoy = Arc::new(Envoy::start(&bootstrap(&parts)).await);
    let listeners = envoy.listeners().await;
    let count = cases.len();
    assert!(count > 0, "no case has this text in its name");
    let mut known = known();
    let played = cases
        .into_iter()
        .zip(stages)
        .enumerate()
        .map(|(n, (case, stage))| {
            let name = case.name.clone();
            let known = known.remove(&name).unwrap_or_default();
            let played = both(case, stage, n, Arc::clone(&envoy), listeners.clone(), known);
            let played = spawn_local(played);
            async move {
                played
                    .await
                    .unwrap_or_else(|panic| Some(format!("{name}: {panic}")))
            }
        });
    let played: Vec<Option<String>> = stream::iter(played)
        .buffer_unordered(AT_A_TIME)
        .collect()
        .await;
    let wrong: Vec<String> = played.into_iter().flatten().collect();
    Arc::into_inner(envoy).expect("nobody else").end().await;
    assert!(
        wrong.is_empty(),
        "{} of {count} cases are not as expected (- Envoy, + ingress):\n\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
}

/// What is not as expected.
async fn both(
    case: Case,
    stage: Stage,
    n: usize,
    envoy: Arc<Envoy>,
    listeners: HashMap<String, SocketAddr>,
    known: Known,
) -> Option<String> {
    let name = part_name(n);
    let stat = async |stat: &str| envoy.stat(&format!("cluster.{name}.{stat}")).await;
    let told = async |what| told(what, &stat).await;
    let theirs = play(&case, stage, listeners[&name], told).await;

    let stage = Stage::set(&case).await;
    let proxy = setup(&case, stage.upstream.address).start();
    let stat = async |stat: &str| count(&proxy.cluster, stat);
    let told = async |what| crate::compare::told(what, &stat).await;
    let ours = play(&case, stage, proxy.address, told).await;
    proxy.end().await;

    let found = diff(&theirs, &ours);
    if found == known.lines {
        return None;
    }
    Some(format!(
        "{}\n  expected ({}):\n    {}\n  found:\n    {}\n  of Envoy's\n    {}",
        case.name,
        known.id,
        known.lines.join("\n    "),
        found.join("\n    "),
        theirs.join("\n    ")
    ))
}

/// Waits for what the proxy's statistics tell.
async fn told(what: Told, stat: &impl AsyncFn(&str) -> u64) -> Vec<String> {
    let (name, least) = match what {
        Told::Ejected => ("outlier_detection.ejections_enforced_total", 1),
        Told::Waiting(n) => ("upstream_rq_pending_active", n),
        Told::Counted => {
            let mut lines = Vec::new();
            for name in COUNTED {
                lines.push(format!("{name}: {}", stat(name).await));
            }
            return lines;
        }
    };
    while stat(name).await < least {
        tokio::task::yield_now().await;
    }
    Vec::new()
}

/// One of our statistics, as the admin page shows it.
fn count(cluster: &Cluster, name: &str) -> u64 {
    let name = format!("cluster.{}.{name}", cluster.spec().name);
    let stats = cluster_stats(cluster);
    let stat = stats.iter().find(|stat| stat.name() == name);
    match stat.expect("a statistic").value {
        Value::Counter(n) | Value::Gauge { now: n, .. } => n,
        Value::Histogram(_) => panic!("{name} is no number"),
    }
}

fn part_name(n: usize) -> String {
    format!("case_{n}")
}

fn hosts(setting: Setting, host: SocketAddr) -> Vec<SocketAddr> {
    match setting {
        Setting::NoHosts => Vec::new(),
        Setting::Refusing => vec![refusing()],
        Setting::Limited(limits) => {
            let nth = |n| SocketAddr::new([127, 0, 0, n].into(), host.port());
            (1..=limits.hosts).map(nth).collect()
        }
        _ => vec![host],
    }
}

fn setup(case: &Case, host: SocketAddr) -> Setup {
    let setup = Setup::to(&hosts(case.setting, host));
    match case.setting {
        Setting::Timeout(ms) => setup.timeout(Duration::from_millis(ms)),
        Setting::Retries(ms) => setup
            .timeout(Duration::from_millis(ms))
            .retry(RetryPolicy::app_mesh_default()),
        Setting::PerTry(ms) => setup.retry(RetryPolicy {
            max_retries: 2,
            per_try_timeout: Some(Duration::from_millis(ms)),
            on: RetryOn {
                gateway_error: true,
                ..RetryOn::default()
            },
        }),
        Setting::Ejecting(errors) => setup.ejecting_after(errors),
        Setting::Limited(limits) => setup
            .connections(limits.connections, limits.pending)
            .timeout(Duration::from_millis(limits.timeout)),
        Setting::Matching(matching) => setup.header(header(matching)),
        Setting::Idle(ms) => setup.idle_timeout(Duration::from_millis(ms)),
        _ => setup,
    }
}

fn header(matching: Matching) -> HeaderMatch {
    let rule = match matching.rule {
        Rule::Present => HeaderRule::Present,
        Rule::Exact(value) => HeaderRule::Exact(value.to_owned()),
        Rule::Prefix(value) => HeaderRule::Prefix(value.to_owned()),
        Rule::Suffix(value) => HeaderRule::Suffix(value.to_owned()),
        Rule::Regex(value) => HeaderRule::Regex(Pattern::new(value).expect("an expression")),
        Rule::Range(start, end) => HeaderRule::Range { start, end },
    };
    HeaderMatch {
        name: HeaderName::from_static(matching.header),
        invert: matching.invert,
        rule,
    }
}

/// The lines that only the one (`-`) or the other (`+`) has.
fn diff(mut theirs: &[String], mut ours: &[String]) -> Vec<String> {
    while let ([first, rest @ ..], [same, others @ ..]) = (theirs, ours)
        && first == same
    {
        (theirs, ours) = (rest, others);
    }
    while let ([rest @ .., last], [others @ .., same]) = (theirs, ours)
        && last == same
    {
        (theirs, ours) = (rest, others);
    }
    diff_inner(theirs, ours)
}

/// By a longest common subsequence.
fn diff_inner(theirs: &[String], ours: &[String]) -> Vec<String> {
    let mut common = vec![vec![0_usize; ours.len() + 1]; theirs.len() + 1];
    for i in (0..theirs.len()).rev() {
        for j in (0..ours.len()).rev() {
            common[i][j] = if theirs[i] == ours[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while i < theirs.len() || j < ours.len() {
        if i < theirs.len() && j < ours.len() && theirs[i] == ours[j] {
            (i, j) = (i + 1, j + 1);
        } else if i < theirs.len() && (j == ours.len() || common[i + 1][j] >= common[i][j + 1]) {
            lines.push(format!("- {}", theirs[i].trim_end()));
            i += 1;
        } else {
            lines.push(format!("+ {}", ours[j].trim_end()));
            j += 1;
        }
    }
    lines
}
