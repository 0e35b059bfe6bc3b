//! The statistics of outlier detection, by Envoy's names, from `/stats` (FACTS 12.4): one line each,
//! `cluster.<name>.outlier_detection.<statistic>: <number>`. A cluster without outlier detection has none.

use std::collections::BTreeMap;

/// What to ask `/stats` for.
pub(super) const FILTER: &str = "filter=outlier_detection";

/// Statistics by cluster.
#[derive(Debug, Default)]
pub(super) struct Statistics(BTreeMap<String, BTreeMap<String, u64>>);

impl Statistics {
    /// Reads the text of `/stats`. What is no such line is no statistic of outlier detection.
    pub(super) fn parse(body: &[u8]) -> Self {
        let mut clusters = BTreeMap::<_, BTreeMap<_, _>>::new();
        for line in String::from_utf8_lossy(body).lines() {
            if let Some((cluster, name, value)) = statistic(line) {
                let statistics = clusters.entry(cluster.to_owned()).or_default();
                statistics.insert(name.to_owned(), value);
            }
        }
        Self(clusters)
    }

    /// Those of one cluster; none where it has no outlier detection.
    pub(super) fn take(&mut self, cluster: &str) -> BTreeMap<String, u64> {
        self.0.remove(cluster).unwrap_or_default()
    }
}

/// Cluster, name and value. A cluster's name may have dots and colons in it.
fn statistic(line: &str) -> Option<(&str, &str, u64)> {
    let (name, value) = line.rsplit_once(": ")?;
    let (cluster, name) = name.strip_prefix("cluster.")?.rsplit_once('.')?;
    let cluster = cluster.strip_suffix(".outlier_detection")?;
    Some((cluster, name, value.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clusters_name_may_have_anything_in_it() {
        let text = "cluster.outbound|8080||colorapp.demo.svc.cluster.local.outlier_detection.ejections_active: 2\n\
                    cluster.one.outlier_detection.ejections_overflow: 3\n\
                    cluster.one.upstream_rq_total: 9\n\
                    outlier_detection: No recorded values\n";
        let mut statistics = Statistics::parse(text.as_bytes());
        let istio = statistics.take("outbound|8080||colorapp.demo.svc.cluster.local");
        assert_eq!(istio, BTreeMap::from([("ejections_active".to_owned(), 2)]));
        let one = statistics.take("one");
        assert_eq!(one, BTreeMap::from([("ejections_overflow".to_owned(), 3)]));
        assert_eq!(statistics.take("two"), BTreeMap::new());
    }
}
