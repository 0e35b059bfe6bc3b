//! `--prometheus`: a real Prometheus reads all numbers, and is told nothing that it does not understand.

mod alerts;
mod dashboard;
mod life;
mod promtool;

use std::time::Instant;

use serde_json::Value;

use crate::harness::{Demo, Mesh, PATIENCE};

const FLAGS: [&str; 3] = ["--prometheus", "--speed", "2"];

/// Samples of one query: labels and value.
type Samples = Vec<(Value, f64)>;

/// A demo on `mesh` with a Prometheus that has read every process.
async fn watched(mesh: Mesh) -> Demo {
    let demo = mesh.start(&FLAGS);
    demo.query_until("up", |up| {
        up.len() == 7 && up.iter().all(|(_, value)| *value == 1.0)
    })
    .await;
    demo
}

impl Demo {
    fn prometheus(&self) -> &str {
        self.ready["prometheus"].as_str().unwrap()
    }

    /// What Prometheus answers now.
    async fn query(&self, expression: &str) -> Samples {
        let url = format!("{}/api/v1/query", self.prometheus());
        let request = self.http.get(url).query(&[("query", expression)]);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["status"], "success", "{expression}: {answer}");
        let samples = answer["data"]["result"].as_array().unwrap().iter();
        samples
            .map(|sample| {
                let value = sample["value"][1].as_str().unwrap();
                (sample["metric"].clone(), value.parse().unwrap())
            })
            .collect()
    }

    /// Asks until the answer is as `wanted`, and returns it.
    async fn query_until(&self, expression: &str, wanted: impl Fn(&Samples) -> bool) -> Samples {
        let start = Instant::now();
        loop {
            let samples = self.query(expression).await;
            if wanted(&samples) {
                return samples;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "{expression}: still {samples:?}"
            );
            tokio::task::yield_now().await;
        }
    }
}
