//! The checker's atomics, and of it what tasks wake each other with.

use std::task::Waker;

use atomic::{AtomicBool, Ordering};

/// loom lets an exchange read past a store that no other order has room for: it does not ask that what an exchange has
/// read and what it writes are neighbours (C11 7.17.3). Where a store is an exchange, too, all of them are in one order,
/// in which each reads the one before; loads may still be of older values, as far as C11 allows.
pub(crate) mod atomic {
    pub(crate) use loom::sync::atomic::Ordering;

    macro_rules! atomic {
        ($($name:ident of $value:ty)*) => {$(
            #[derive(Debug, Default)]
            pub(crate) struct $name(loom::sync::atomic::$name);

            impl $name {
                pub(crate) fn new(value: $value) -> Self {
                    Self(loom::sync::atomic::$name::new(value))
                }

                pub(crate) fn load(&self, ordering: Ordering) -> $value {
                    self.0.load(ordering)
                }

                pub(crate) fn store(&self, value: $value, ordering: Ordering) {
                    self.0.swap(value, ordering);
                }

                pub(crate) fn swap(&self, value: $value, ordering: Ordering) -> $value {
                    self.0.swap(value, ordering)
                }
            }
        )*};
    }

    macro_rules! number {
        ($($name:ident of $value:ty)*) => {$(
            impl $name {
                pub(crate) fn fetch_add(&self, value: $value, ordering: Ordering) -> $value {
                    self.0.fetch_add(value, ordering)
                }

                pub(crate) fn fetch_sub(&self, value: $value, ordering: Ordering) -> $value {
                    self.0.fetch_sub(value, ordering)
                }

                pub(crate) fn fetch_update(
                    &self,
                    set: Ordering,
                    fetch: Ordering,
                    next: impl FnMut($value) -> Option<$value>,
                ) -> Result<$value, $value> {
                    self.0.fetch_update(set, fetch, next)
                }
            }
        )*};
    }

    atomic! { AtomicBool of bool AtomicU32 of u32 AtomicU64 of u64 }
    number! { AtomicU32 of u32 AtomicU64 of u64 }
}

/// As in `futures`.
#[derive(Debug)]
pub(crate) struct AtomicWaker(loom::future::AtomicWaker);

/// As in `tokio`, for one who waits: a permit that is kept until it is taken.
#[derive(Debug)]
pub(crate) struct Notify {
    is_permitted: AtomicBool,
    waiting: AtomicWaker,
}

impl AtomicWaker {
    pub(crate) fn new() -> Self {
        Self(loom::future::AtomicWaker::new())
    }

    pub(crate) fn register(&self, waker: &Waker) {
        self.0.register_by_ref(waker);
    }

    pub(crate) fn wake(&self) {
        self.0.wake();
    }
}

impl Notify {
    pub(crate) fn new() -> Self {
        Self {
            is_permitted: AtomicBool::new(false),
            waiting: AtomicWaker::new(),
        }
    }

    pub(crate) fn notify_one(&self) {
        self.is_permitted.store(true, Ordering::Release);
        self.waiting.wake();
    }

    pub(crate) async fn notified(&self) {
        std::future::poll_fn(|cx| {
            self.waiting.register(cx.waker());
            if self.is_permitted.swap(false, Ordering::AcqRel) {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        })
        .await;
    }
}
