//! Attacks on servers in this process. The clock is tokio's and paused: it moves on only when everybody waits.

use std::future::{Future, pending};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep, sleep_until};

use crate::alarm::Coarse;
use crate::run::run_by;
use crate::{Failure, Length, Plan, Report, fetch};

const MS: Duration = Duration::from_millis(1);
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nHostUID: a\r\nContent-Length: 7\r\n\r\npurple\n";

/// A server that sends `answer` to each request, none before `stall` is over (from, to), `delay` after it came.
/// With an empty answer it hangs up.
#[derive(Clone, Copy)]
struct Server {
    answer: &'static [u8],
    delay: Duration,
    stall: (Duration, Duration),
}

const QUICK: Server = Server {
    answer: ANSWER,
    delay: Duration::ZERO,
    stall: (Duration::ZERO, Duration::ZERO),
};

impl Server {
    /// Listens, and counts its connections.
    async fn listen(self) -> (SocketAddr, Arc<AtomicUsize>) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let accepted = Arc::new(AtomicUsize::new(0));
        let count = accepted.clone();
        let start = Instant::now();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(async move {
                    let mut buffer = [0; 4_096];
                    // A request has no body and fits into one segment.
                    while stream
                        .read(&mut buffer)
                        .await
                        .is_ok_and(|length| length > 0)
                    {
                        let (from, to) = self.stall;
                        if (from..to).contains(&start.elapsed()) {
                            sleep_until(start + to).await;
                        }
                        if !self.delay.is_zero() {
                            sleep(self.delay).await;
                        }
                        if self.answer.is_empty() || stream.write_all(self.answer).await.is_err() {
                            return;
                        }
                    }
                });
            }
        });
        (address, accepted)
    }
}

fn plan(address: SocketAddr, pacing: &str, length: Length) -> Plan {
    Plan {
        target: format!("http://{address}/color/get").parse().unwrap(),
        pacing: pacing.parse().unwrap(),
        length,
        connections: 64,
        timeout: 30_000 * MS,
    }
}

/// What a test looks at of a hit.
#[derive(Debug)]
struct Seen {
    due: Duration,
    sent: Duration,
    latency: Duration,
    failure: Option<Failure>,
}

/// Runs `plan`; the hits in the order of their due times, and their report.
async fn attack(plan: &Plan, stop: impl Future<Output = ()>) -> (Vec<Seen>, Report) {
    let mut seen = Vec::new();
    let mut report = Report::new(SystemTime::UNIX_EPOCH);
    run_by::<Coarse, _>(plan, stop, |hit| {
        report.add(hit);
        let failure = hit.outcome.err();
        seen.push((
            hit.sequence,
            Seen {
                due: hit.due,
                sent: hit.sent,
                latency: hit.latency(),
                failure,
            },
        ));
    })
    .await
    .unwrap();
    seen.sort_by_key(|(sequence, _)| *sequence);
    let in_order = (0..).zip(&seen).all(|(i, (sequence, _))| i == *sequence);
    assert!(in_order, "a sequence number is missing or came twice");
    (seen.into_iter().map(|(_, seen)| seen).collect(), report)
}

#[tokio::test(start_paused = true)]
async fn fifty_per_second_for_four_seconds_are_two_hundred_requests_on_time() {
    let (address, _) = QUICK.listen().await;
    let begin = Instant::now();
    let (seen, report) = attack(&plan(address, "50", Length::Time(4_000 * MS)), pending()).await;
    let took = begin.elapsed();
    assert_eq!(
        (seen.len(), report.requests(), report.errors()),
        (200, 200, 0)
    );
    assert!((3_980 * MS..4_000 * MS).contains(&took), "{took:?}");
    for (seen, due) in seen.iter().zip((0..).map(|i| i * 20 * MS)) {
        assert_eq!(seen.due, due);
        // tokio's timer counts in milliseconds.
        assert!(seen.sent - due <= 2 * MS, "{seen:?}");
    }
    assert_eq!(report.spread().next().unwrap().answers, 200);
}

/// Coordinated omission: a request that was due in the middle of the stall has waited for the rest of it.
#[tokio::test(start_paused = true)]
async fn a_stall_shows_in_every_request_that_was_due_during_it() {
    let stalls = Server {
        stall: (1_000 * MS, 1_500 * MS),
        ..QUICK
    };
    for connections in [64, 1] {
        let (address, _) = stalls.listen().await;
        let plan = Plan {
            connections,
            ..plan(address, "50", Length::Time(4_000 * MS))
        };
        let (seen, _) = attack(&plan, pending()).await;
        assert_eq!(seen.len(), 200);
        for seen in seen {
            let rest = if (1_000 * MS..1_500 * MS).contains(&seen.due) {
                1_500 * MS - seen.due
            } else {
                Duration::ZERO
            };
            let off = seen.latency.abs_diff(rest);
            assert!(off <= 5 * MS, "{connections} connections: {seen:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_finds_all_connections_busy_waits_and_its_wait_counts() {
    let slow = Server {
        delay: 100 * MS,
        ..QUICK
    };
    let (address, accepted) = slow.listen().await;
    let plan = Plan {
        connections: 2,
        ..plan(address, "1000", Length::Requests(20))
    };
    let (seen, _) = attack(&plan, pending()).await;
    assert_eq!(accepted.load(Ordering::Relaxed), 2);
    // Two each 100 ms: the last two are answered a second after the start.
    let last = &seen[19];
    assert_eq!(last.due, 19 * MS);
    assert!(last.sent >= 900 * MS, "{last:?}");
    assert!((975 * MS..1_020 * MS).contains(&last.latency), "{last:?}");
}

#[tokio::test(start_paused = true)]
async fn connections_are_kept_and_none_is_opened_without_need() {
    let (address, accepted) = QUICK.listen().await;
    let (seen, _) = attack(&plan(address, "50", Length::Requests(200)), pending()).await;
    assert_eq!(seen.len(), 200);
    let accepted = accepted.load(Ordering::Relaxed);
    assert!(
        accepted <= 2,
        "{accepted} connections for one request at a time"
    );
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_the_server_closes_between_requests_costs_no_request() {
    let closes = Server {
        answer: b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        ..QUICK
    };
    let (address, accepted) = closes.listen().await;
    let (_, report) = attack(&plan(address, "50", Length::Requests(10)), pending()).await;
    assert_eq!((report.requests(), report.errors()), (10, 0));
    assert_eq!(accepted.load(Ordering::Relaxed), 10);
}

#[tokio::test(start_paused = true)]
async fn a_refused_connection_is_a_failure_of_status_zero() {
    let address = {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        listener.local_addr().unwrap()
    };
    let plan = plan(address, "50", Length::Requests(10));
    let (_, report) = attack(&plan, pending()).await;
    assert_eq!(report.failures()[&Failure::Refused], 10);
    assert!(
        report
            .to_string()
            .contains("0:10\nError Set:\nconnection refused (10)\n")
    );
    assert_eq!(fetch(&plan.target, 1_000 * MS).await, Err(Failure::Refused));
}

#[tokio::test(start_paused = true)]
async fn answers_that_are_none_are_told_apart() {
    for (answer, failure) in [
        (&b""[..], Failure::ClosedBeforeAnswer),
        (b"220 smtp.example ESMTP\r\n", Failure::NotHttp),
    ] {
        let (address, _) = Server { answer, ..QUICK }.listen().await;
        let (seen, _) = attack(&plan(address, "50", Length::Requests(3)), pending()).await;
        for seen in seen {
            assert_eq!(seen.failure, Some(failure));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_takes_too_long_is_given_up() {
    let slow = Server {
        delay: 10_000 * MS,
        ..QUICK
    };
    let (address, _) = slow.listen().await;
    let plan = Plan {
        timeout: 200 * MS,
        ..plan(address, "50", Length::Requests(5))
    };
    let (seen, _) = attack(&plan, pending()).await;
    for seen in seen {
        assert_eq!(seen.failure, Some(Failure::TimedOut));
        assert!((200 * MS..206 * MS).contains(&seen.latency), "{seen:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_it_early_and_gives_those_under_way_a_second() {
    let slow = Server {
        stall: (900 * MS, 60_000 * MS),
        ..QUICK
    };
    let (address, _) = slow.listen().await;
    let begin = Instant::now();
    let plan = plan(address, "10", Length::UntilStopped);
    let (seen, report) = attack(&plan, sleep(1_050 * MS)).await;
    assert_eq!(seen.len(), 11);
    assert_eq!(report.failures()[&Failure::Stopped], 2);
    let took = begin.elapsed();
    assert!((2_050 * MS..2_060 * MS).contains(&took), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn as_fast_as_possible_each_connection_sends_when_it_has_its_answer() {
    let slow = Server {
        delay: 100 * MS,
        ..QUICK
    };
    let (address, accepted) = slow.listen().await;
    let plan = Plan {
        connections: 4,
        ..plan(address, "0", Length::Time(1_000 * MS))
    };
    let (seen, _) = attack(&plan, pending()).await;
    assert_eq!(accepted.load(Ordering::Relaxed), 4);
    // Four each 100 ms, or a little more by tokio's milliseconds.
    assert!((36..=40).contains(&seen.len()), "{}", seen.len());
    for seen in seen {
        assert_eq!(seen.due, seen.sent);
    }
}

#[tokio::test(start_paused = true)]
async fn a_single_request_tells_status_host_and_body() {
    let (address, _) = QUICK.listen().await;
    let target = format!("http://localhost:{}/", address.port())
        .parse()
        .unwrap();
    let reply = fetch(&target, 1_000 * MS).await.unwrap();
    assert_eq!(reply.status, 200);
    assert_eq!(reply.host_uid.as_deref(), Some("a"));
    assert_eq!(reply.body, b"purple\n");
}
