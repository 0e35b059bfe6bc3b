//! A table, for a terminal or for Markdown.

use std::iter;

use serde::Serialize;

/// Rows of cells under headings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Table {
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty one.
    pub fn new<T: Into<String>>(headings: impl IntoIterator<Item = T>) -> Self {
        Self {
            headings: headings.into_iter().map(Into::into).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row, with a cell for each heading.
    pub fn row<T: Into<String>>(&mut self, cells: impl IntoIterator<Item = T>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// In columns, numbers to the right of their names.
    pub fn text(&self) -> String {
        let widths: Vec<usize> = (0..self.headings.len())
            .map(|column| {
                let cells = iter::once(&self.headings)
                    .chain(&self.rows)
                    .filter_map(|row| row.get(column));
                cells
                    .map(|cell| cell.chars().count())
                    .max()
                    .unwrap_or_default()
            })
            .collect();
        let line = |row: &Vec<String>| {
            let cells = row
                .iter()
                .zip(&widths)
                .enumerate()
                .map(|(column, (cell, width))| {
                    if column == 0 {
                        format!("{cell:width$}")
                    } else {
                        format!("{cell:>width$}")
                    }
                });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
        };
        iter::once(&self.headings)
            .chain(&self.rows)
            .map(line)
            .collect()
    }

    /// As Markdown.
    pub fn markdown(&self) -> String {
        let line = |row: &Vec<String>| format!("| {} |\n", row.join(" | "));
        let rule =
            iter::once("---").chain(iter::repeat_n("--:", self.headings.len().saturating_sub(1)));
        let rule = line(&rule.map(ToOwned::to_owned).collect());
        line(&self.headings) + &rule + &self.rows.iter().map(line).collect::<String>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(["proxy", "cost"]);
        table.row(["a long name", "7"]);
        table.row(["b", "10.5"]);
        table
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        assert_eq!(
            table().text(),
            "proxy        cost\na long name     7\nb            10.5\n"
        );
    }

    #[test]
    fn markdown_has_numbers_to_the_right() {
        assert_eq!(
            table().markdown(),
            "| proxy | cost |\n| --- | --: |\n| a long name | 7 |\n| b | 10.5 |\n"
        );
    }
}
