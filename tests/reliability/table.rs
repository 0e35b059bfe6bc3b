//! The figures as a table for docs/reliability.md.

use std::fmt::Write as _;

use crate::promise::Verdict;
use crate::scenario::Scenario;
use crate::suite::Plane;

pub(crate) fn markdown(rows: &[(Scenario, Plane, Verdict)]) -> String {
    let mut text = "| scenario | on | requests | errors | by name | beside |\n".to_owned();
    text += "| --- | --- | ---: | ---: | --- | --- |\n";
    for (scenario, plane, verdict) in rows {
        let named = verdict.tally.iter().filter(|(name, _)| name != "200");
        let mut named: Vec<_> = named
            .map(|(name, count)| format!("{count} x `{name}`"))
            .collect();
        named.sort();
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} | {} | {} |",
            scenario.name(),
            plane.name(),
            verdict.requests,
            verdict.errors(),
            named.join("<br>"),
            verdict.notes.join("<br>"),
        );
    }
    text
}
