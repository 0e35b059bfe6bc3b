//! Whether a request costs the same whatever the size of the mesh: replicas, routes, hosts that are ejected.

use std::io;
use std::time::Duration;

use crate::Error;
use crate::backend::Backends;
use crate::compare::Comparison;
use crate::contender::Contender;
use crate::context::Context;
use crate::figure::{CPU, P99, RATE, ratio};
use crate::goal::{Bound, Goal};
use crate::hop::Hop;
use crate::peer::Kind;
use crate::report::Section;
use crate::sample::measure;
use crate::scenario::sweep;
use crate::table::Table;

const CONNECTIONS: u16 = 32;

/// As good as the same, where the quartiles of one program may be a tenth apart.
const SAME: f64 = 1.05;

/// One size of mesh.
struct Size {
    name: &'static str,
    /// The name of what it is compared with.
    reference: &'static str,
    peer: Option<Kind>,
    replicas: u16,
    routes: u32,
    /// How many of the replicas are ejected; fewer than half, or there is panic.
    ejected: usize,
}

const FEW: &str = "5 replicas, 1 route";
const MANY_ROUTES: &str = "100 routes";
const EJECTED: &str = "9 replicas, 4 of them ejected";
const MANY: &str = "500 replicas";
const HAPROXY_FEW: &str = "HAProxy, 5 replicas";
const HAPROXY_MANY: &str = "HAProxy, 500 replicas";

const SIZES: [Size; 9] = [
    Size::ours(FEW, 5, 1, 0),
    Size::ours("50 replicas", 50, 1, 0),
    Size::ours(MANY, 500, 1, 0),
    Size::ours("5000 replicas", 5000, 1, 0),
    Size::ours("10 routes", 5, 10, 0),
    Size::ours(MANY_ROUTES, 5, 100, 0),
    Size::ours(EJECTED, 9, 1, 4),
    Size::haproxys(HAPROXY_FEW, 5),
    Size::haproxys(HAPROXY_MANY, 500),
];

impl Size {
    const fn ours(name: &'static str, replicas: u16, routes: u32, ejected: usize) -> Self {
        Self {
            name,
            reference: FEW,
            peer: None,
            replicas,
            routes,
            ejected,
        }
    }

    const fn haproxys(name: &'static str, replicas: u16) -> Self {
        Self {
            reference: HAPROXY_FEW,
            peer: Some(Kind::Haproxy),
            ..Self::ours(name, replicas, 1, 0)
        }
    }
}

/// Measures it.
///
/// # Errors
/// When a program does not work, or the machine is too noisy.
pub fn run(context: &Context) -> Result<Section, Error> {
    let sizes: Vec<&Size> = SIZES
        .iter()
        .filter(|size| size.peer.is_none_or(|kind| context.peer(kind).is_some()))
        .collect();
    let contenders = sizes
        .iter()
        .map(|size| start(context, size))
        .collect::<io::Result<Vec<_>>>()?;
    let comparison = context
        .rounds
        .compare("scale", &contenders, CONNECTIONS, None)?;
    context.rounds.check(&comparison, FEW)?;
    let mut table = Table::new([
        "mesh",
        "CPU us/request",
        "CPU x 5 replicas",
        "requests/s",
        "p99 us",
    ]);
    for (entry, size) in comparison.entries.iter().zip(&sizes) {
        let times = comparison.ratio(size.name, size.reference, CPU);
        table.row([
            entry.name.clone(),
            format!("{:.1}", entry.median(CPU)),
            times.map_or_else(String::new, ratio),
            format!("{:.0}", entry.median(RATE)),
            format!("{:.0}", entry.median(P99)),
        ]);
    }
    let (sweeps, sweep) = sweep::measure(context.brief);
    let mut goals = goals(&comparison);
    goals.push(sweep);
    Ok(Section {
        title: "Size of the mesh".to_owned(),
        notes: vec![format!(
            "ingress, {CONNECTIONS} connections. Every replica has connections of its own, and more sockets cost the \
             kernel more, whoever has them; HAProxy shows how much."
        )],
        tables: vec![
            ("A request:".to_owned(), table),
            (
                "A sweep of the detector over 5000 hosts:".to_owned(),
                sweeps,
            ),
        ],
        goals,
        comparisons: vec![comparison],
    })
}

/// What a request costs does not grow; more replicas may cost what they cost HAProxy.
fn goals(comparison: &Comparison) -> Vec<Goal> {
    let growth = |name: &str, reference: &str| Some(comparison.ratio(name, reference, CPU)?.median);
    let goal = |name: &str, bound| {
        Some(Goal {
            what: format!("CPU per request, {name}"),
            bound: Bound::AtMost(bound),
            measured: growth(name, FEW)?,
            unit: "x 5 replicas",
        })
    };
    let of_haproxy = growth(HAPROXY_MANY, HAPROXY_FEW);
    [
        goal(MANY_ROUTES, SAME),
        goal(EJECTED, SAME),
        of_haproxy.and_then(|bound| goal(MANY, bound)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Starts one and lets it open its connections and eject its hosts.
fn start(context: &Context, size: &Size) -> io::Result<Contender> {
    let backends = if size.replicas > 50 {
        Backends::start_crowd(size.replicas)?
    } else {
        Backends::start(size.replicas.into())?
    };
    let hop = Hop {
        name: size.name.to_owned(),
        routes: size.routes,
        ..Hop::of(size.peer.and_then(|kind| context.peer(kind)))
    };
    let contender = hop.start(context, &backends)?;
    (0..size.ejected).for_each(|number| backends.set_sick(number, true));
    let mut answers = 0;
    let mut last;
    loop {
        last = measure(
            &contender,
            &context.rounds.cpus,
            CONNECTIONS,
            Duration::from_millis(200),
            None,
        )?;
        answers += last.answers;
        // Round robin has then been everywhere twice; whoever is ejected stays out for five minutes.
        if answers > 2 * u64::from(size.replicas) {
            break;
        }
    }
    if last.errors > 0 && answers > last.answers {
        return Err(io::Error::other(format!(
            "{}: sick hosts are not ejected",
            size.name
        )));
    }
    Ok(contender)
}
