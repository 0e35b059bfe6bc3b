//! One statistic with its name for people and its name for Prometheus.

use crate::cluster::Histogram;

/// A statistic at one moment.
#[derive(Clone, Debug)]
pub struct Stat<'a> {
    scope: Scope<'a>,
    name: &'static str,
    status: Option<Status>,
    /// What it says.
    pub value: Value<'a>,
}

/// What a statistic says.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// Only grows.
    Counter(u64),
    /// Goes up and down. `used`: it was set at least once, be it to 0.
    Gauge {
        /// What it is now.
        now: u64,
        /// Whether it was set.
        used: bool,
    },
    /// Durations; `None` is a histogram of Envoy's that is not kept here and so stays empty.
    Histogram(Option<&'a Histogram>),
}

/// What statistics of one kind have in common: the beginning of their name, of which one part is a label
/// for Prometheus.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'a> {
    /// `cluster`, `http`, `server`, ...
    pub(super) family: &'static str,
    /// The label, and the part of the name that is its value.
    pub(super) label: Option<(&'static str, &'a str)>,
}

/// The end of a name, `200` or `2xx`, that is a label for Prometheus.
#[derive(Clone, Copy, Debug)]
enum Status {
    Code(u16),
    Class(u16),
}

impl<'a> Scope<'a> {
    pub(super) fn counter(self, name: &'static str, value: u64) -> Stat<'a> {
        self.stat(name, None, Value::Counter(value))
    }

    pub(super) fn gauge(self, name: &'static str, now: u64, used: bool) -> Stat<'a> {
        self.stat(name, None, Value::Gauge { now, used })
    }

    pub(super) fn histogram(self, name: &'static str, value: Option<&'a Histogram>) -> Stat<'a> {
        self.stat(name, None, Value::Histogram(value))
    }

    /// `<name>_200`.
    pub(super) fn code(self, name: &'static str, code: u16, value: u64) -> Stat<'a> {
        self.stat(name, Some(Status::Code(code)), Value::Counter(value))
    }

    /// `<name>_2xx`.
    pub(super) fn class(self, name: &'static str, class: u16, value: u64) -> Stat<'a> {
        self.stat(name, Some(Status::Class(class)), Value::Counter(value))
    }

    fn stat(self, name: &'static str, status: Option<Status>, value: Value<'a>) -> Stat<'a> {
        Stat {
            scope: self,
            name,
            status,
            value,
        }
    }
}

impl Stat<'_> {
    /// Envoy's name, such as `cluster.colorapp.upstream_rq_200`.
    pub fn name(&self) -> String {
        let Scope { family, label } = self.scope;
        let label = label.map_or_else(String::new, |(_, value)| format!(".{value}"));
        let status = match self.status {
            Some(Status::Code(code)) => format!("_{code}"),
            Some(Status::Class(class)) => format!("_{class}xx"),
            None => String::new(),
        };
        format!("{family}{label}.{}{status}", self.name)
    }

    /// Prometheus' name, such as `envoy_cluster_upstream_rq`.
    pub fn metric(&self) -> String {
        let class = match self.status {
            Some(Status::Class(_)) => "_xx",
            Some(Status::Code(_)) | None => "",
        };
        let name = self.name.replace('.', "_");
        format!("envoy_{}_{name}{class}", self.scope.family)
    }

    /// Prometheus' labels, such as `envoy_response_code="200",envoy_cluster_name="colorapp"`.
    pub fn labels(&self) -> String {
        let status = match self.status {
            Some(Status::Code(code)) => Some(format!("envoy_response_code=\"{code}\"")),
            Some(Status::Class(class)) => Some(format!("envoy_response_code_class=\"{class}\"")),
            None => None,
        };
        let scope = self
            .scope
            .label
            .map(|(label, value)| format!("{label}=\"{}\"", escaped(value)));
        let labels: Vec<String> = status.into_iter().chain(scope).collect();
        labels.join(",")
    }

    /// Whether anything was ever counted or set.
    pub fn used(&self) -> bool {
        match self.value {
            Value::Counter(n) => n > 0,
            Value::Gauge { used, .. } => used,
            Value::Histogram(histogram) => histogram.is_some_and(|values| values.count() > 0),
        }
    }
}

/// A label's value as the exposition format wants it.
fn escaped(value: &str) -> String {
    value
        .replace('\\', r"\\")
        .replace('"', "\\\"")
        .replace('\n', r"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLUSTER: Scope<'_> = Scope {
        family: "cluster",
        label: Some(("envoy_cluster_name", "colorapp")),
    };

    /// FACTS 12.3.
    #[test]
    fn codes_and_classes_are_labels_for_prometheus() {
        let code = CLUSTER.code("external.upstream_rq", 200, 1);
        assert_eq!(code.name(), "cluster.colorapp.external.upstream_rq_200");
        assert_eq!(code.metric(), "envoy_cluster_external_upstream_rq");
        assert_eq!(
            code.labels(),
            r#"envoy_response_code="200",envoy_cluster_name="colorapp""#
        );
        let class = CLUSTER.class("upstream_rq", 5, 1);
        assert_eq!(class.name(), "cluster.colorapp.upstream_rq_5xx");
        assert_eq!(class.metric(), "envoy_cluster_upstream_rq_xx");
        assert_eq!(
            class.labels(),
            r#"envoy_response_code_class="5",envoy_cluster_name="colorapp""#
        );
    }

    #[test]
    fn a_label_cannot_break_out_of_its_quotes() {
        assert_eq!(escaped("a\"b\\c\nd"), "a\\\"b\\\\c\\nd");
    }
}
