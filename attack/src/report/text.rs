//! A report for people, line by line as `vegeta report` writes it.

use std::fmt;

use super::Report;
use crate::go_duration::GoDuration;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        line(
            f,
            "Requests",
            "[total, rate, throughput]",
            &format!(
                "{}, {:.2}, {:.2}",
                self.requests(),
                self.rate(),
                self.throughput()
            ),
        )?;
        line(
            f,
            "Duration",
            "[total, attack, wait]",
            &joined([self.duration() + self.wait(), self.duration(), self.wait()]),
        )?;
        let latencies = &self.latencies;
        line(
            f,
            "Latencies",
            "[min, mean, 50, 90, 95, 99, max]",
            &joined([
                latencies.min(),
                latencies.mean(),
                latencies.quantile(0.5),
                latencies.quantile(0.9),
                latencies.quantile(0.95),
                latencies.quantile(0.99),
                latencies.max,
            ]),
        )?;
        let bytes_in = format!("{}, {:.2}", self.bytes_in, self.per_request(self.bytes_in));
        line(f, "Bytes In", "[total, mean]", &bytes_in)?;
        line(f, "Bytes Out", "[total, mean]", "0, 0.00")?;
        let success = format!("{:.2}%", self.per_request(self.successes()) * 100.0);
        line(f, "Success", "[ratio]", &success)?;
        let codes: Vec<_> = self
            .codes()
            .map(|(code, count)| format!("{code}:{count}"))
            .collect();
        line(f, "Status Codes", "[code:count]", &codes.join("  "))?;
        writeln!(f, "Error Set:")?;
        for status in self.wrong_statuses() {
            writeln!(f, "{status}")?;
        }
        for (failure, count) in &self.failures {
            writeln!(f, "{failure} ({count})")?;
        }
        self.write_spread(f)
    }
}

impl Report {
    fn write_spread(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |uid: &Option<String>| uid.clone().unwrap_or_else(|| "(none)".to_owned());
        let names: Vec<_> = self.spread().map(|share| name(&share.host_uid)).collect();
        let Some(width) = names.iter().map(|name| name.chars().count()).max() else {
            return Ok(());
        };
        writeln!(f, "\n{:<width$}  answers  errors", "HostUID")?;
        for (name, share) in names.iter().zip(self.spread()) {
            let (answers, errors) = (share.answers, share.errors);
            writeln!(f, "{name:<width$}  {answers:>7}  {errors:>6}")?;
        }
        Ok(())
    }
}

fn line(f: &mut fmt::Formatter<'_>, name: &str, columns: &str, values: &str) -> fmt::Result {
    writeln!(f, "{name:<14}{columns:<34}{values}")
}

fn joined<const N: usize>(durations: [std::time::Duration; N]) -> String {
    durations
        .map(|duration| GoDuration(duration).to_string())
        .join(", ")
}
