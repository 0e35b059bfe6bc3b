//! The report: what was measured, on what machine, when, and what it comes to.

use std::fmt::Write;

use serde::Serialize;

use crate::compare::Comparison;
use crate::goal::Goal;
use crate::machine::Machine;
use crate::table::Table;

/// Everything.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// When it was measured, in UTC.
    pub date: String,
    /// On what.
    pub machine: Machine,
    /// How: rounds, lengths, programs and their versions.
    pub conditions: Vec<String>,
    /// One for each scenario.
    pub sections: Vec<Section>,
}

/// One scenario.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Section {
    /// What was measured.
    pub title: String,
    /// What a reader of the tables has to know.
    pub notes: Vec<String>,
    /// Each with what is above it.
    pub tables: Vec<(String, Table)>,
    /// What the design is held to here.
    pub goals: Vec<Goal>,
    /// Every measurement.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub comparisons: Vec<Comparison>,
}

impl Report {
    /// For a terminal.
    pub fn text(&self) -> String {
        self.written("", "", Table::text)
    }

    /// For a document, below a heading of the second level.
    pub fn markdown(&self) -> String {
        self.written("### ", "- ", |table| format!("\n{}", table.markdown()))
    }

    /// For a program, on one line.
    pub fn json(&self) -> String {
        serde_json::to_string(self).expect("texts and numbers are always JSON") + "\n"
    }

    fn written(&self, heading: &str, item: &str, table: impl Fn(&Table) -> String) -> String {
        let Machine {
            model,
            cpus,
            kernel,
        } = &self.machine;
        let mut text = format!("{}, {model}, {cpus} CPUs, {kernel}\n\n", self.date);
        let mut line = |line: &str| writeln!(text, "{line}").expect("a String takes everything");
        for condition in &self.conditions {
            line(&format!("{item}{condition}"));
        }
        for section in &self.sections {
            line(&format!("\n{heading}{}", section.title));
            for note in &section.notes {
                line(&format!("\n{note}"));
            }
            for (above, rows) in &section.tables {
                line(&format!("\n{above}"));
                line(table(rows).trim_end_matches('\n'));
            }
            if !section.goals.is_empty() {
                line("");
            }
            for goal in &section.goals {
                line(&format!("{item}{goal}"));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::goal::Bound;

    fn report() -> Report {
        let mut table = Table::new(["a", "b"]);
        table.row(["1", "2"]);
        Report {
            date: "2026-11-24".to_owned(),
            machine: Machine {
                model: "Z80".to_owned(),
                cpus: 1,
                kernel: "Linux 6".to_owned(),
            },
            conditions: vec!["3 rounds".to_owned()],
            sections: vec![Section {
                title: "One hop".to_owned(),
                notes: vec!["A note.".to_owned()],
                tables: vec![("32 connections".to_owned(), table)],
                goals: vec![Goal {
                    what: "p99".to_owned(),
                    bound: Bound::AtMost(2.0),
                    measured: 1.0,
                    unit: "ms",
                }],
                comparisons: Vec::new(),
            }],
        }
    }

    #[test]
    fn text_has_everything_in_its_order() {
        let expected = "2026-11-24, Z80, 1 CPUs, Linux 6\n\n3 rounds\n\nOne hop\n\nA note.\n\n32 connections\n\
            a  b\n1  2\n\nreached: p99: 1.00 ms, at most 2.00\n";
        assert_eq!(report().text(), expected);
    }

    #[test]
    fn markdown_has_headings_tables_and_items() {
        let expected = "2026-11-24, Z80, 1 CPUs, Linux 6\n\n- 3 rounds\n\n### One hop\n\nA note.\n\n32 connections\n\n\
            | a | b |\n| --- | --: |\n| 1 | 2 |\n\n- reached: p99: 1.00 ms, at most 2.00\n";
        assert_eq!(report().markdown(), expected);
    }

    #[test]
    fn json_is_one_line() {
        let json = report().json();
        assert_eq!(json.lines().count(), 1);
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value["sections"][0]["goals"][0]["measured"], 1.0);
    }
}
