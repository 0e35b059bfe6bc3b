//! Strangers who take what they can get, while others are to be served as if they were not there.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

use super::Stage;
use crate::latencies::percentile;
use crate::promise::Verdict;
use crate::suite::{Settings, Suite};

/// How long others are alone, before and after.
const CALM: Duration = Duration::from_secs(3);

/// How many crowds come, one after another.
const CROWDS: usize = 5;

/// How long it may take until all of a crowd are gone.
const GOING: Duration = Duration::from_secs(1);

/// Places for connections: as many as come, where an idle one takes one file of the four that are set aside for it.
const PLACES: usize = 12_000;

/// What a stranger may take of the memory, in KiB.
const EACH: u64 = 16;

/// How many bytes of a head come at once.
const DROP: usize = 8;

/// Heads that come drop by drop.
pub(super) fn slowloris(stage: &Stage<'_>) -> Result<Verdict, String> {
    let strangers = stage.of(2_000, 10_000);
    let time = Duration::from_secs(stage.of(3, 8));
    play(stage, strangers, |gateway, crowd| {
        let mut streams = connect(gateway, crowd);
        let from = Instant::now();
        let head = b"GET /color/get HTTP/1.1\r\nhost: demo\r\nx-a: ";
        let mut sent = 0;
        while from.elapsed() < time {
            let drop: Vec<u8> = (sent..sent + DROP)
                .map(|at| *head.get(at).unwrap_or(&b'a'))
                .collect();
            // Whoever has been closed stays where it is.
            streams.retain_mut(|stream| stream.write_all(&drop).is_ok());
            sent += DROP;
            thread::sleep(Duration::from_millis(500));
        }
        let there = streams.len();
        (there, format!("{there} still there after {time:?}"))
    })
}

/// Connections on which nothing is said.
pub(super) fn idle(stage: &Stage<'_>) -> Result<Verdict, String> {
    let strangers = stage.of(2_000, 10_000);
    play(stage, strangers, |gateway, crowd| {
        let streams = connect(gateway, crowd);
        thread::sleep(Duration::from_secs(4));
        let there = streams.len();
        (there, format!("{there} connected"))
    })
}

/// The page, asked for again and again, and taken drop by drop.
pub(super) fn slow_readers(stage: &Stage<'_>) -> Result<Verdict, String> {
    let strangers = stage.of(200, 1_000);
    play(stage, strangers, |gateway, crowd| {
        let request = "GET / HTTP/1.1\r\nhost: demo\r\n\r\n".repeat(20);
        let mut streams: Vec<TcpStream> = (0..crowd)
            .filter_map(|_| {
                let socket = Socket::new(Domain::IPV4, Type::STREAM, None).ok()?;
                socket.set_recv_buffer_size(4_096).ok()?;
                socket.connect(&gateway.into()).ok()?;
                let mut stream = TcpStream::from(socket);
                stream.write_all(request.as_bytes()).ok()?;
                Some(stream)
            })
            .collect();
        let from = Instant::now();
        let mut drop = [0; 2_048];
        while from.elapsed() < Duration::from_secs(6) {
            streams.retain_mut(|stream| stream.read(&mut drop).is_ok_and(|read| read > 0));
            thread::sleep(Duration::from_millis(250));
        }
        let there = streams.len();
        (there, format!("{there} still read after 6 s"))
    })
}

/// Connections that are opened and closed as fast as one client can.
pub(super) fn flood(stage: &Stage<'_>) -> Result<Verdict, String> {
    let seconds = stage.of(3, 10);
    play(stage, 0, |gateway, _| {
        let from = Instant::now();
        let (mut opened, mut refused) = (0_u32, 0_u32);
        while from.elapsed() < Duration::from_secs(seconds) {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None);
            let connected = socket.and_then(|socket| {
                // Thrown away, so that no port waits for two minutes.
                socket.set_linger(Some(Duration::ZERO))?;
                socket.connect(&gateway.into())
            });
            match connected {
                Ok(()) => opened += 1,
                Err(_) => refused += 1,
            }
        }
        let each_second = u64::from(opened) / seconds;
        (0, format!("{each_second} connections/s, {refused} refused"))
    })
}

/// Measures others before, meanwhile and after; then lets more crowds come.
fn play(
    stage: &Stage<'_>,
    crowd: usize,
    come: impl Fn(SocketAddr, usize) -> (usize, String) + Sync,
) -> Result<Verdict, String> {
    let room = [format!("--max-connections={PLACES}")];
    let suite = stage.suite(&Settings {
        flags: room.into_iter().filter(|_| stage.is_on_ingress()).collect(),
        ..Settings::default()
    })?;
    let load = stage.load(&suite)?;
    thread::sleep(CALM);
    let (begun, before) = (load.now(), suite.plane()?.memory());
    let (there, what, first) = wave(&suite, crowd, &come)?;
    let over = load.now();
    thread::sleep(CALM);
    let (mut most, mut left) = (first, vec![suite.plane()?.memory()]);
    for _ in 1..CROWDS {
        let (_, _, peak) = wave(&suite, crowd, &come)?;
        most = most.max(peak);
        thread::sleep(GOING);
        left.push(suite.plane()?.memory());
    }
    let account = load.end()?;

    let mut verdict = Verdict::default();
    verdict.count(&account);
    verdict.note(what);
    verdict.promise(
        there == crowd,
        format!("only {there} of {crowd} strangers were let in and stayed"),
    );
    let of = |from, to, percent| percentile(account.sent(from, to), percent).unwrap_or_default();
    let micros = |time: Duration| time.as_micros();
    let calm = begun.saturating_sub(CALM);
    let (alone, beside) = (of(calm, begun, 50), of(begun, over, 50));
    verdict.note(format!(
        "p50 of the others {} us before, {} us meanwhile; p99 {} and {} us",
        micros(alone),
        micros(beside),
        micros(of(calm, begun, 99)),
        micros(of(begun, over, 99))
    ));
    remember(&mut verdict, before, most, &left);
    let errors = account.errors().count();
    verdict.promise(errors == 0, format!("{errors} errors of others"));
    if stage.context.is_long {
        verdict.promise(
            beside <= 2 * alone,
            format!("others took {beside:?}, {alone:?} before"),
        );
    }
    Ok(verdict)
}

/// What there was `before`, with the largest crowd, and with what each has `left` behind, in KiB.
fn remember(verdict: &mut Verdict, before: u64, most: u64, left: &[u64]) {
    let mib = |kib: u64| format!("{:.1}", kib as f64 / 1_024.0);
    let each: Vec<String> = left.iter().copied().map(mib).collect();
    verdict.note(format!(
        "memory {} MiB before, {} at most, {} after one crowd and the next",
        mib(before),
        mib(most),
        each.join(", ")
    ));
    verdict.promise(
        most <= before + EACH * PLACES as u64,
        format!("{most} KiB are more than {EACH} for each of {PLACES}"),
    );
    // Whether or not the system has back what crowds leave, it is used again. It takes a few of them until the
    // allocator has what it needs.
    let (last, before_last) = (left[CROWDS - 1], left[CROWDS - 2]);
    let allowed = before_last + most.saturating_sub(before) / 8 + 1_024;
    verdict.promise(
        last <= allowed,
        format!(
            "{last} KiB after the last crowd, {before_last} after the one before: memory is lost"
        ),
    );
}

/// A crowd comes and goes. How many were there to the end, what they say, and the most memory that the data plane had meanwhile.
fn wave(
    suite: &Suite,
    crowd: usize,
    come: &(impl Fn(SocketAddr, usize) -> (usize, String) + Sync),
) -> Result<(usize, String, u64), String> {
    let (gateway, plane) = (suite.gateway, suite.plane()?);
    thread::scope(|scope| {
        let crowd = scope.spawn(move || come(gateway, crowd));
        let mut peak = 0;
        while !crowd.is_finished() {
            peak = peak.max(plane.memory());
            thread::sleep(Duration::from_millis(50));
        }
        let (there, what) = crowd.join().map_err(|_| "the strangers broke down")?;
        Ok((there, what, peak))
    })
}

/// As many connections as are let in.
fn connect(gateway: SocketAddr, crowd: usize) -> Vec<TcpStream> {
    let mut streams = Vec::with_capacity(crowd);
    for _ in 0..crowd {
        match TcpStream::connect(gateway) {
            Ok(stream) => streams.push(stream),
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => break,
            Err(_) => {}
        }
    }
    streams
}
