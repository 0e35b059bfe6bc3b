//! A closed loop: each connection sends its next request when the last one is answered. That is how the
//! cost of a request is found, for it keeps the CPU busy. It is not how a latency under a given rate is
//! found; for that there is `outlier-demo attack`.

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::LocalSet;
use tokio::time::{self, timeout};

use crate::response;

/// How long an answer may take before the load is called off.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often it is looked whether there are answers enough.
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// What is sent, and for how long.
#[derive(Clone, Debug)]
pub struct Load {
    /// Where to.
    pub address: SocketAddr,
    /// The bytes of each request.
    pub request: Vec<u8>,
    /// How many connections, kept open.
    pub connections: usize,
    /// How long it goes before it counts, until each connection and buffer is there.
    pub warm_up: Duration,
    /// How long it then counts, and at least until there are as many answers as connections.
    pub length: Duration,
    /// The time from one request of a connection to its next, if it is not as short as it can be.
    pub pause: Option<Duration>,
}

/// What came of it, from the end of the warm-up on.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Answers, of any status.
    pub answers: u64,
    /// Those of a status other than 200.
    pub errors: u64,
    /// How long it counted.
    pub elapsed: Duration,
    latencies: Histogram<u64>,
}

impl Outcome {
    /// The latency that `percent` of the answers do not exceed, in microseconds.
    pub fn latency_micros(&self, percent: f64) -> f64 {
        self.latencies.value_at_percentile(percent) as f64 / 1000.0
    }
}

struct Count {
    latencies: Histogram<u64>,
    errors: u64,
    over: bool,
}

impl Load {
    /// Sends it. `probe` is called when it begins to count, and when it ends; nothing is answered meanwhile.
    ///
    /// # Errors
    /// When a connection is refused, closed or silent, or its answer cannot be read.
    pub fn run<T>(&self, mut probe: impl FnMut() -> io::Result<T>) -> io::Result<(T, T, Outcome)> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        LocalSet::new().block_on(&runtime, async {
            let latencies = Histogram::new_with_bounds(1, PATIENCE.as_nanos() as u64 * 2, 3)
                .expect("these bounds are in order");
            let count = Rc::new(RefCell::new(Count {
                latencies,
                errors: 0,
                over: false,
            }));
            let mut open = Vec::with_capacity(self.connections);
            for _ in 0..self.connections {
                let stream = TcpStream::connect(self.address).await?;
                stream.set_nodelay(true)?;
                open.push(stream);
            }
            let tasks: Vec<_> = open
                .into_iter()
                .map(|stream| {
                    let (request, count, pause) =
                        (self.request.clone(), Rc::clone(&count), self.pause);
                    tokio::task::spawn_local(connection(stream, request, count, pause))
                })
                .collect();
            time::sleep(self.warm_up).await;
            let before = probe()?;
            {
                let mut count = count.borrow_mut();
                count.latencies.reset();
                count.errors = 0;
            }
            let start = Instant::now();
            time::sleep(self.length).await;
            // A short measurement of something slow is as long as it takes for an answer on each connection.
            let enough = self.connections as u64;
            while count.borrow().latencies.len() < enough && start.elapsed() < PATIENCE {
                time::sleep(BETWEEN_LOOKS).await;
            }
            let elapsed = start.elapsed();
            let after = probe()?;
            let outcome = {
                let mut count = count.borrow_mut();
                count.over = true;
                Outcome {
                    answers: count.latencies.len(),
                    errors: count.errors,
                    elapsed,
                    latencies: count.latencies.clone(),
                }
            };
            for task in tasks {
                task.await.map_err(io::Error::other)??;
            }
            Ok((before, after, outcome))
        })
    }
}

async fn connection(
    mut stream: TcpStream,
    request: Vec<u8>,
    count: Rc<RefCell<Count>>,
    pause: Option<Duration>,
) -> io::Result<()> {
    let mut buffer = vec![0; 8192];
    let mut due = time::Instant::now();
    while !count.borrow().over {
        let start = Instant::now();
        let status = timeout(PATIENCE, ask(&mut stream, &request, &mut buffer))
            .await
            .unwrap_or_else(|_| Err(io::Error::other("no answer within 20 s")))?;
        let nanos = start.elapsed().as_nanos() as u64;
        {
            let mut count = count.borrow_mut();
            count.latencies.saturating_record(nanos);
            count.errors += u64::from(status != 200);
        }
        if let Some(pause) = pause {
            due += pause;
            time::sleep_until(due).await;
        }
    }
    Ok(())
}

/// One request and its whole answer; returns its status.
async fn ask(stream: &mut TcpStream, request: &[u8], buffer: &mut [u8]) -> io::Result<u16> {
    stream.write_all(request).await?;
    let mut filled = 0;
    loop {
        let read = stream.read(&mut buffer[filled..]).await?;
        if read == 0 {
            return Err(io::Error::other(
                "a connection was closed, or an answer is longer than 8 KiB",
            ));
        }
        filled += read;
        match response::parse(&buffer[..filled]) {
            Ok(None) => {}
            Ok(Some(answer)) if answer.length == filled => return Ok(answer.status),
            Ok(Some(_)) => return Err(io::Error::other("more came than one answer")),
            Err(malformed) => return Err(io::Error::other(malformed.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Backends;

    fn load(backends: &Backends, pause: Option<Duration>) -> Outcome {
        let load = Load {
            address: backends.addresses()[0],
            request: b"GET / HTTP/1.1\r\n\r\n".to_vec(),
            connections: 2,
            warm_up: Duration::from_millis(20),
            length: Duration::from_millis(100),
            pause,
        };
        let mut probes = 0;
        let (first, second, outcome) = load
            .run(|| {
                probes += 1;
                Ok(probes)
            })
            .unwrap();
        assert_eq!((first, second), (1, 2), "one probe at each end");
        outcome
    }

    #[test]
    fn every_answer_is_counted_with_its_latency() {
        let backends = Backends::start(1).unwrap();
        let outcome = load(&backends, None);
        assert!(outcome.answers > 0);
        assert_eq!(outcome.errors, 0);
        assert!(outcome.elapsed >= Duration::from_millis(100));
        assert!(outcome.latency_micros(50.0) <= outcome.latency_micros(99.0));
    }

    #[test]
    fn what_is_not_200_is_an_error() {
        let backends = Backends::start(1).unwrap();
        backends.set_sick(0, true);
        let outcome = load(&backends, None);
        assert_eq!(outcome.errors, outcome.answers);
    }

    #[test]
    fn a_pause_keeps_a_connection_to_its_pace() {
        let backends = Backends::start(1).unwrap();
        let outcome = load(&backends, Some(Duration::from_millis(10)));
        assert!((1..=30).contains(&outcome.answers), "{}", outcome.answers);
    }

    #[test]
    fn nobody_listening_is_an_error() {
        let address = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let load = Load {
            address,
            request: Vec::new(),
            connections: 1,
            warm_up: Duration::ZERO,
            length: Duration::ZERO,
            pause: None,
        };
        assert!(load.run(|| Ok(())).is_err());
    }
}
