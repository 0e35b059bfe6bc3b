//! The system gives no more: files, memory, disk; and its clock jumps.

use std::fs;
use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::thread;
use std::time::Duration;

use super::Stage;
use crate::latencies::percentile;
use crate::load::{Load, Shape};
use crate::promise::Verdict;
use crate::suite::{Settings, Suite, THRESHOLD};

/// Where all are waited for, somebody who comes is let in for one on whose connection nothing is asked. Who asks in the
/// very moment finds it closed; no load beside such a crowd keeps more connections than this.
const LET_GO: usize = 20;

/// What the pages of an optimized program take, in KiB.
const PROGRAM: u64 = 10 * 1_024;

/// When strangers have left, nobody hears of them any more after this.
const RECOVERY: Duration = Duration::from_secs(1);

/// Strangers take every file that the data plane may open: it says so, lets others in, and recovers.
pub(super) fn files(stage: &Stage<'_>) -> Result<Verdict, String> {
    let mut verdict = Verdict::default();
    for is_fresh in [false, true] {
        let suite = stage.suite(&Settings {
            limits: vec!["-n 400".to_owned()],
            ..Settings::default()
        })?;
        let load = load_beside_a_crowd(&suite, stage.context.rate / 5, is_fresh)?;
        let plane = suite.plane()?;
        let begun = load.now();
        let strangers: Vec<_> = (0..1_000).filter_map(|_| connect(suite.gateway)).collect();
        thread::sleep(Duration::from_secs(2));
        let most = plane.files();
        drop(strangers);
        let over = load.now();
        thread::sleep(Duration::from_secs(2));
        let said = plane.log();
        let account = load.end()?;
        verdict.count(&account);
        let during = account.errors().filter(|error| error.sent < over).count();
        let kept = if is_fresh { "new" } else { "kept" };
        let p99 = percentile(account.sent(begun, over), 99).unwrap_or_default();
        verdict.note(format!(
            "{kept} connections: {most} of 400 files open, {during} errors meanwhile, p99 {:.1} ms",
            p99.as_secs_f64() * 1_000.0
        ));
        let before = account.errors().filter(|error| error.end < begun).count();
        verdict.promise(before == 0, format!("{before} errors before"));
        verdict.promise(
            during <= if is_fresh { 0 } else { LET_GO },
            format!("{during} errors on {kept} connections while strangers held the files"),
        );
        verdict.promise(
            said.contains("as many client connections as there may be"),
            "it does not say so in its log",
        );
        let late = over + RECOVERY;
        let after = account.errors().filter(|error| error.sent > late).count();
        verdict.promise(
            after == 0,
            format!("{after} errors {RECOVERY:?} after they left"),
        );
    }
    Ok(verdict)
}

fn load_beside_a_crowd(suite: &Suite, rate: u64, is_fresh: bool) -> Result<Load, String> {
    let shape = Shape {
        is_fresh,
        connections: LET_GO,
        ..Shape::of(rate)
    };
    Stage::begin(suite.gateway, &shape)
}

/// A stranger, unless the queue of those who want in is full for a second.
fn connect(gateway: SocketAddr) -> Option<TcpStream> {
    TcpStream::connect_timeout(&gateway, Duration::from_secs(1)).ok()
}

/// As much memory as the pods of manifests/ingress have, and the worst that 256 clients can do to it.
pub(super) fn memory(stage: &Stage<'_>) -> Result<Verdict, String> {
    let suite = stage.suite(&Settings {
        // Of the data segment, which is what a program allocates; in KiB.
        limits: vec!["-d 65536".to_owned()],
        flags: vec!["--max-connections=256".to_owned()],
        ..Settings::default()
    })?;
    let load = load_beside_a_crowd(&suite, stage.context.rate, false)?;
    let plane = suite.plane()?;
    let mut strangers = Vec::new();
    let body = vec![b'x'; 1 << 20];
    let mut peak = 0;
    for n in 0..400 {
        let Ok(mut stream) = TcpStream::connect(suite.gateway) else {
            continue;
        };
        let patience = Some(Duration::from_millis(200));
        stream
            .set_write_timeout(patience)
            .map_err(|error| error.to_string())?;
        let long = "x".repeat(55 * 1_024);
        let head = format!("POST /color/get HTTP/1.1\r\nhost: demo\r\nx-long: {long}\r\n");
        // Some never end their heads, some never end their bodies. Who is closed meanwhile is.
        let rest = format!("content-length: {}\r\n\r\n", 2 * body.len());
        let _sent = stream.write_all(head.as_bytes());
        if n % 2 == 0 {
            let _sent = stream
                .write_all(rest.as_bytes())
                .and_then(|()| stream.write_all(&body));
        }
        peak = peak.max(plane.own_memory());
        strangers.push(stream);
    }
    thread::sleep(Duration::from_secs(1));
    peak = peak.max(plane.own_memory());
    drop(strangers);
    let over = load.now();
    thread::sleep(Duration::from_secs(2));
    let after = plane.own_memory();
    let account = load.end()?;
    let mut verdict = Verdict::default();
    verdict.count(&account);
    verdict.note(format!(
        "at most {} MiB of 64 taken, {} afterwards",
        peak / 1_024,
        after / 1_024
    ));
    let late = over + RECOVERY;
    let late = account.errors().filter(|error| error.sent > late).count();
    verdict.promise(
        late == 0,
        format!("{late} errors {RECOVERY:?} after they left"),
    );
    let served = account
        .sent(over, Duration::MAX)
        .filter(|record| account.names[record.name] == "200");
    verdict.promise(served.count() > 0, "it does not serve any more");
    verdict.promise(
        peak + PROGRAM <= 64 * 1_024,
        format!("{peak} KiB of 64 MiB, in which {PROGRAM} KiB of the program must have room"),
    );
    let failed = account.errors().count();
    verdict.promise(failed <= LET_GO, format!("{failed} errors"));
    Ok(verdict)
}

/// The event log's disk is full: decisions go on, and it says once what is lost.
pub(super) fn disk(stage: &Stage<'_>) -> Result<Verdict, String> {
    let suite = stage.suite(&Settings {
        flags: vec!["--event-log=/dev/full".to_owned()],
        ..Settings::default()
    })?;
    let load = stage.load(&suite)?;
    eject_and_recover(&suite, 1)?;
    let ejections = suite.counter("ejections_enforced_total")?;
    let said = suite.plane()?.log();
    let account = load.end()?;
    let mut verdict = Verdict::default();
    verdict.count(&account);
    verdict.promise(ejections >= 1, "nobody was ejected");
    let told = said
        .lines()
        .filter(|line| line.contains("event log"))
        .count();
    verdict.note(format!("{ejections} ejections, {told} lines about the log"));
    verdict.promise(
        told == 1,
        format!("its log tells of it {told} times, not once"),
    );
    let errors = account.errors().count();
    verdict.promise(errors <= 2 * THRESHOLD, format!("{errors} errors"));
    Ok(verdict)
}

/// The clock is set an hour back, and two hours forth, while a replica is out: it returns when its time is over.
pub(super) fn clock(stage: &Stage<'_>) -> Result<Verdict, String> {
    let library = fake_time()?;
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let set_to = folder.path().join("clock");
    let set = |step: &str| fs::write(&set_to, step).map_err(|error| error.to_string());
    set("+0s")?;
    let variable = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let suite = stage.suite(&Settings {
        env: vec![
            variable("LD_PRELOAD", library),
            variable("FAKETIME_TIMESTAMP_FILE", &set_to.display().to_string()),
            variable("FAKETIME_NO_CACHE", "1"),
            variable("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ],
        ..Settings::default()
    })?;
    let load = stage.load(&suite)?;
    let mut verdict = Verdict::default();
    let mut times = Vec::new();
    for step in ["+0s", "-3600s", "+3600s"] {
        suite.control(0, "/fault")?;
        wait(&suite, |ejected| ejected == 1)?;
        let out = load.now();
        set(step)?;
        suite.control(0, "/recover")?;
        wait(&suite, |ejected| ejected == 0)?;
        times.push((load.now() - out).as_secs_f64());
    }
    let account = load.end()?;
    verdict.count(&account);
    verdict.note(format!(
        "out for {:.1} s, {:.1} s with the clock an hour back, {:.1} s with it an hour ahead",
        times[0], times[1], times[2]
    ));
    // One base time more each time, and up to a sweep.
    for (ejection, time) in times.iter().enumerate() {
        let base = 1.0 + ejection as f64;
        verdict.promise(
            (base - 0.2..base + 1.5).contains(time),
            format!(
                "ejection {} took {time:.1} s, not {base} to {} s",
                ejection + 1,
                base + 1.0
            ),
        );
    }
    let errors = account.errors().count();
    verdict.promise(errors <= 3 * 3 * THRESHOLD, format!("{errors} errors"));
    Ok(verdict)
}

fn fake_time() -> Result<&'static str, String> {
    let known = [
        "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
        "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    ];
    known
        .into_iter()
        .find(|path| Path::new(path).exists())
        .ok_or_else(|| "libfaketime is not installed: apt-get install faketime".to_owned())
}

fn eject_and_recover(suite: &Suite, replica: usize) -> Result<(), String> {
    suite.control(replica, "/fault")?;
    wait(suite, |ejected| ejected == 1)?;
    suite.control(replica, "/recover")?;
    wait(suite, |ejected| ejected == 0)
}

fn wait(suite: &Suite, is_enough: impl Fn(u64) -> bool) -> Result<(), String> {
    for _ in 0..1_500 {
        if is_enough(suite.counter("ejections_active")?) {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(20));
    }
    Err("the mesh does not decide".to_owned())
}
