//! Work that many want at the same time, done once for all of them.
//!
//! 1. Whoever wants it gets what was begun after it came, so that all is in it that anybody had changed before,
//!    through `front` or around it. So nothing is kept for later.
//! 2. It is done once at a time. Those who come meanwhile share the next one.
//! 3. From the beginning of one to that of the next passes [`PAUSE`] at least.
//!
//! So any number of callers cost as much as one that does not rest, and a caller waits for two of them and a pause at
//! most.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use parking_lot::Mutex;
use tokio::time::{self, Instant};

/// Too short for a person to notice, and long enough for those who are asked.
pub(crate) const PAUSE: Duration = Duration::from_millis(100);

/// One kind of work.
pub(crate) struct Together<T> {
    /// The next one, which has not begun; `None` when nobody wants it. A sync lock: it is held for a copy only.
    next: Mutex<Option<Shared<BoxFuture<'static, Arc<T>>>>>,
    /// When the last one began. An async lock, held while one is under way.
    began: tokio::sync::Mutex<Option<Instant>>,
}

impl<T: Send + Sync + 'static> Together<T> {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            next: Mutex::default(),
            began: tokio::sync::Mutex::default(),
        })
    }

    /// The outcome of `work`, or of that of somebody who came before and whose work has not begun yet. It goes on for
    /// as long as anybody waits for it.
    pub(crate) async fn done(
        self: &Arc<Self>,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Arc<T> {
        let shared = || self.clone().turn(work).boxed().shared();
        let next = self.next.lock().get_or_insert_with(shared).clone();
        next.await
    }

    async fn turn(self: Arc<Self>, work: impl Future<Output = T>) -> Arc<T> {
        let mut began = self.began.lock().await;
        if let Some(began) = *began {
            time::sleep_until(began + PAUSE).await;
        }
        *began = Some(Instant::now());
        // Whoever comes from now on wants the one after it.
        *self.next.lock() = None;
        Arc::new(work.await)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use futures_util::future::join_all;
    use tokio::time::{sleep, timeout};

    use super::*;

    /// Work that takes a while, and whose outcome is how many times it began.
    #[derive(Clone)]
    struct Work {
        together: Arc<Together<u64>>,
        begun: Arc<AtomicU64>,
        takes: Duration,
    }

    impl Work {
        fn of(millis: u64) -> Self {
            Self {
                together: Together::new(),
                begun: Arc::default(),
                takes: Duration::from_millis(millis),
            }
        }

        async fn done(&self) -> u64 {
            let (begun, takes) = (Arc::clone(&self.begun), self.takes);
            let work = async move {
                let number = begun.fetch_add(1, Ordering::Relaxed) + 1;
                sleep(takes).await;
                number
            };
            *self.together.done(work).await
        }

        fn begun(&self) -> u64 {
            self.begun.load(Ordering::Relaxed)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn those_who_come_while_it_is_under_way_share_the_next_one() {
        let work = Work::of(500);
        let late = async || {
            sleep(Duration::from_millis(1)).await;
            work.done().await
        };
        let (first, others) = tokio::join!(work.done(), join_all((0..100).map(|_| late())));
        assert_eq!(first, 1);
        assert_eq!(others, vec![2; 100], "the first began before they came");
        assert_eq!(work.begun(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_gets_what_was_done_before_it_came() {
        let work = Work::of(0);
        let start = Instant::now();
        for number in 1..=10 {
            assert_eq!(work.done().await, number);
        }
        assert_eq!(start.elapsed(), 9 * PAUSE);
        sleep(PAUSE).await;
        let start = Instant::now();
        work.done().await;
        assert_eq!(start.elapsed(), Duration::ZERO, "it has rested");
    }

    #[tokio::test(start_paused = true)]
    async fn who_leaves_holds_up_nobody() {
        let work = Work::of(500);
        let soon = Duration::from_millis(10);
        let (left, stayed) = tokio::join!(timeout(soon, work.done()), async {
            sleep(soon / 2).await;
            let (left, stayed) = tokio::join!(timeout(soon, work.done()), work.done());
            assert!(left.is_err());
            stayed
        });
        assert!(left.is_err());
        assert_eq!(stayed, 2);
        // The third has begun and is given up, the fourth has not.
        for _ in 0..2 {
            assert!(timeout(soon, work.done()).await.is_err());
        }
        let start = Instant::now();
        assert_eq!(work.done().await, 4);
        assert!(start.elapsed() <= PAUSE + work.takes);
    }
}
