//! Recordings compared one after the other, for people to read.

use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;

use super::{Verdict, replay};
use crate::trace::Trace;

/// Replays each of `files` and writes to `out` what came of it. Whether nothing came out otherwise in any.
///
/// # Errors
/// When a file is no recording (nothing was replayed then), or `out` takes no more.
pub fn compare(files: &[PathBuf], out: &mut impl Write) -> Result<bool, Box<dyn Error>> {
    let traces: Vec<Trace> = files
        .iter()
        .map(|file| Trace::read(file))
        .collect::<Result<_, _>>()?;
    let mut all_agree = true;
    let mut total = (0, 0);
    for (file, trace) in files.iter().zip(&traces) {
        let verdict = replay(trace);
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        print(out, &name, &verdict)?;
        all_agree &= verdict.mismatches.is_empty();
        total.0 += verdict.compared;
        total.1 += verdict.mismatches.len();
    }
    let (compared, mismatches) = total;
    writeln!(
        out,
        "{} traces: {compared} decisions compared, {mismatches} mismatches",
        traces.len()
    )?;
    Ok(all_agree)
}

fn print(out: &mut impl Write, name: &str, verdict: &Verdict) -> io::Result<()> {
    let Verdict {
        compared,
        mismatches,
        freedoms,
    } = verdict;
    let mismatched = mismatches.len();
    writeln!(
        out,
        "{name}: {compared} compared, {mismatched} mismatches ({freedoms})"
    )?;
    match mismatches.first() {
        Some(first) => writeln!(out, "  first: {first}"),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use service::ConfigError;

    use super::*;

    /// A recording of the project.
    fn recording() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("traces/readme_manifest_10s.jsonl")
    }

    fn compared(files: &[PathBuf]) -> (Result<bool, Box<dyn Error>>, String) {
        let mut out = Vec::new();
        let agree = compare(files, &mut out);
        (agree, String::from_utf8(out).unwrap())
    }

    #[test]
    fn recordings_that_agree_are_told_one_by_one_and_together() {
        let (agree, text) = compared(&[recording(), recording()]);
        assert!(agree.unwrap(), "{text}");
        let lines: Vec<_> = text.lines().collect();
        assert!(lines[0].starts_with("readme_manifest_10s: "), "{text}");
        assert!(
            lines[2].starts_with("2 traces: ") && lines[2].ends_with(", 0 mismatches"),
            "{text}"
        );
        assert_eq!(lines.len(), 3);
    }

    #[test]
    fn one_that_does_not_agree_is_told_with_its_first_mismatch() {
        let folder = tempfile::tempdir().unwrap();
        let text = fs::read_to_string(recording()).unwrap();
        let untrue: Vec<_> = text
            .lines()
            .filter(|line| !line.contains("\"eject\""))
            .collect();
        assert_ne!(untrue.len(), text.lines().count());
        let file = folder.path().join("untrue.jsonl");
        fs::write(&file, untrue.join("\n")).unwrap();
        let (agree, text) = compared(&[file, recording()]);
        assert!(!agree.unwrap(), "{text}");
        assert!(
            text.lines().nth(1).unwrap().starts_with("  first: "),
            "{text}"
        );
    }

    #[test]
    fn what_is_no_recording_is_bad_usage_and_nothing_is_replayed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("broken.jsonl");
        fs::write(&file, "{").unwrap();
        let (agree, text) = compared(&[recording(), file]);
        let error = agree.unwrap_err();
        let cause = error.source().unwrap_or(error.as_ref());
        assert!(cause.is::<ConfigError>(), "{error}");
        assert_eq!(text, "");
    }
}
