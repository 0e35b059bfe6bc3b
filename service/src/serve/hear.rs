//! What the system has to tell, before somebody is taken for one who asks nothing.

use tokio::task;

/// Hears the system once more, and lets all tasks run that it wakes: who has left is gone, and who has sent a request
/// by now is answered.
pub(super) async fn hear_all() {
    task::yield_now().await;
    // Whoever is woken queues, except for the task that blocks on the runtime, which is always the next: so somebody
    // queues for it, behind them. It does nothing that could fail.
    let _done = task::spawn(async {}).await;
}
