//! One colorapp, straight from the load, beside a bare hyper server with the same answer: what its routing, fault
//! injection, metrics and logs cost.

use std::env;
use std::io;

use crate::Error;
use crate::compare::Comparison;
use crate::contender::Contender;
use crate::context::Context;
use crate::figure::{CPU, MEMORY_MB, P50, P99, RATE, ratio};
use crate::mesh;
use crate::process::{Start, arguments, free_address};
use crate::report::Section;
use crate::table::Table;

const COLORAPP: &str = "colorapp";
const HYPER: &str = "bare hyper";

/// Measures it.
///
/// # Errors
/// When a program does not work, or the machine is too noisy.
pub fn run(context: &Context) -> Result<Section, Error> {
    let contenders = [colorapp(context)?, hyper(context)?];
    let mut section = Section {
        title: "One colorapp".to_owned(),
        ..Section::default()
    };
    for &connections in &context.connections {
        let comparison = context
            .rounds
            .compare(COLORAPP, &contenders, connections, None)?;
        context.rounds.check(&comparison, HYPER)?;
        let above = format!("{connections} connections:");
        section.tables.push((above, table(&comparison)));
        section.comparisons.push(comparison);
    }
    Ok(section)
}

fn colorapp(context: &Context) -> io::Result<Contender> {
    let (server, control) = (free_address()?, free_address()?);
    let variable = |name: &str, value: String| (name.to_owned(), value);
    let start = Start {
        name: COLORAPP.to_owned(),
        program: context.outlier_demo.clone(),
        arguments: arguments(["colorapp"]),
        variables: vec![
            variable("SERVER_HOST", server.ip().to_string()),
            variable("SERVER_PORT", server.port().to_string()),
            variable("CONTROL_PORT", control.port().to_string()),
        ],
        folder: context.folder(COLORAPP)?,
    };
    let request = mesh::request(&server.to_string(), "/get");
    Contender::single(COLORAPP, server, request, start.start()?)
}

/// The benchmark again, as a server.
fn hyper(context: &Context) -> io::Result<Contender> {
    let server = free_address()?;
    let start = Start {
        name: HYPER.to_owned(),
        program: env::current_exe()?,
        arguments: arguments(["hyper-server".to_owned(), format!("--listen={server}")]),
        variables: Vec::new(),
        folder: context.folder(HYPER)?,
    };
    let request = mesh::request(&server.to_string(), "/get");
    Contender::single(HYPER, server, request, start.start()?)
}

fn table(comparison: &Comparison) -> Table {
    let mut table = Table::new([
        "server",
        "CPU us/request",
        "CPU x hyper",
        "requests/s",
        "p50 us",
        "p99 us",
        "MB",
    ]);
    for entry in &comparison.entries {
        let times = comparison.ratio(&entry.name, HYPER, CPU);
        table.row([
            entry.name.clone(),
            format!("{:.1}", entry.median(CPU)),
            times.map_or_else(String::new, ratio),
            format!("{:.0}", entry.median(RATE)),
            format!("{:.0}", entry.median(P50)),
            format!("{:.0}", entry.median(P99)),
            format!("{:.1}", entry.median(MEMORY_MB)),
        ]);
    }
    table
}
