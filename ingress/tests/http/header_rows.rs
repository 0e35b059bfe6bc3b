//! The table of `docs/http.md` that says what becomes of a client's headers.

const PAGE: &str = include_str!("../../../docs/http.md");

/// A row of it.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// The lines that a client sends.
    pub(crate) sent: Vec<&'static str>,
    #[allow(dead_code, reason = "beside Envoy it is enough that both do the same")]
    pub(crate) becomes: Becomes,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Becomes {
    /// The host gets these lines, and those that every request has.
    Lines(Vec<&'static str>),
    /// The request is refused with this status.
    Status(u16),
}

/// All rows.
pub(crate) fn rows() -> Vec<Row> {
    let (_, part) = PAGE
        .split_once("| a client sends |")
        .expect("the page has the table");
    let rows = part
        .lines()
        .skip(2)
        .map_while(|line| line.strip_prefix("| "));
    rows.map(row).collect()
}

fn row(line: &'static str) -> Row {
    let mut cells = line.split(" | ");
    let mut cell = || cells.next().expect("a row has three cells");
    let (sent, becomes) = (lines(cell()), cell());
    let becomes = match becomes.parse() {
        Ok(status) => Becomes::Status(status),
        Err(_) if becomes == "nothing" => Becomes::Lines(Vec::new()),
        Err(_) => Becomes::Lines(lines(becomes)),
    };
    Row { sent, becomes }
}

/// What stands between the marks of code.
fn lines(cell: &'static str) -> Vec<&'static str> {
    let lines: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
    assert!(!lines.is_empty(), "no header in {cell}");
    lines
}
