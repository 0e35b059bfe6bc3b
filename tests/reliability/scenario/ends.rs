//! Each part is asked to end (SIGTERM) while it has something to do.

use std::time::Duration;

use super::Stage;
use crate::child::Child;
use crate::load::Shape;
use crate::promise::Verdict;
use crate::suite::{REPLICAS, Settings, Suite};

/// The longest of the parts' own deadlines.
const DEADLINE: Duration = Duration::from_secs(10);

type Part = fn(&mut Suite) -> Option<Child>;

pub(super) fn play(stage: &Stage<'_>) -> Result<Verdict, String> {
    let parts: [(&str, Part); 3] = [
        ("colorapp", |suite| suite.replicas[0].take()),
        ("front", |suite| suite.front.take()),
        ("the data plane", |suite| suite.plane.take()),
    ];
    let mut verdict = Verdict::default();
    for (name, part) in parts {
        let mut suite = stage.suite(&Settings::default())?;
        for replica in 0..REPLICAS {
            // Each fifth answer takes a while, so that some are always under way.
            suite.control(replica, "/fault?percent=20&delay=200ms")?;
        }
        // A replica is asked itself: the mesh would try elsewhere what one cuts.
        let (at, path) = match name {
            "colorapp" => (suite.replica_at(0), "/get"),
            _ => (suite.gateway, "/color/get"),
        };
        let load = Stage::begin(
            at,
            &Shape {
                path,
                ..Shape::of(stage.context.rate)
            },
        )?;
        let child = part(&mut suite).ok_or("no such part")?;
        let at = load.now();
        let (status, took) = child.terminate()?;
        let account = load.end()?;
        let cut: Vec<_> = account
            .under_way(at, at)
            .map(|record| account.names[record.name].as_str())
            .filter(|name| *name != "200" && *name != "500 of a replica")
            .collect();
        let under_way = account.under_way(at, at).count();
        let millis = took.as_millis();
        verdict.note(format!(
            "{name}: {under_way} under way, {} cut, ended after {millis} ms",
            cut.len()
        ));
        verdict.promise(under_way > 0, format!("{name}: nothing was under way"));
        verdict.promise(cut.is_empty(), format!("{name}: cut: {cut:?}"));
        verdict.promise(
            status.code() == Some(0),
            format!("{name}: ended with {status}"),
        );
        verdict.promise(took < DEADLINE, format!("{name}: took {took:?} to end"));
        verdict.count(&account);
    }
    Ok(verdict)
}
