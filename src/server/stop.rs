//! What a graceful stop needs to know: that it has begun, and when the work at hand is done.

use std::sync::Arc;

use tokio::sync::watch;

/// Tells everyone that the server is stopping.
#[derive(Clone, Debug)]
pub(crate) struct Stop {
    begun: Arc<watch::Sender<bool>>,
}

impl Stop {
    pub(crate) fn new() -> Self {
        Self { begun: Arc::new(watch::Sender::new(false)) }
    }

    pub(crate) fn begin(&self) {
        self.begun.send_replace(true);
    }

    pub(crate) fn has_begun(&self) -> bool {
        *self.begun.borrow()
    }

    /// Waits for the beginning of the stop. The future owns what it needs.
    pub(crate) fn begun(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut receiver = self.begun.subscribe();
        async move {
            // An error means that the sender is gone, and with it the server.
            let _ = receiver.wait_for(|begun| *begun).await;
        }
    }
}

/// Counts the calls that must be done before the engine may be closed.
#[derive(Clone, Debug)]
pub(crate) struct Work {
    calls: Arc<watch::Sender<usize>>,
}

impl Work {
    pub(crate) fn new() -> Self {
        Self { calls: Arc::new(watch::Sender::new(0)) }
    }

    /// Counts one call until the guard is dropped.
    pub(crate) fn enter(&self) -> WorkGuard {
        self.calls.send_modify(|calls| *calls += 1);
        WorkGuard { work: self.clone() }
    }

    /// Waits until there is no call at work.
    pub(crate) async fn done(&self) {
        let _ = self.calls.subscribe().wait_for(|&calls| calls == 0).await;
    }
}

/// One call at work.
#[derive(Debug)]
pub(crate) struct WorkGuard {
    work: Work,
}

impl Drop for WorkGuard {
    fn drop(&mut self) {
        self.work.calls.send_modify(|calls| *calls -= 1);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn a_stop_reaches_who_waited_before_and_who_asks_after() {
        let stop = Stop::new();
        let waiting = stop.begun();
        assert!(!stop.has_begun());
        stop.begin();
        assert_eq!(waiting.now_or_never(), Some(()));
        assert_eq!(stop.begun().now_or_never(), Some(()));
    }

    #[test]
    fn work_is_done_when_the_last_call_is() {
        let work = Work::new();
        let (first, second) = (work.enter(), work.enter());
        drop(first);
        assert_eq!(work.done().now_or_never(), None);
        drop(second);
        assert_eq!(work.done().now_or_never(), Some(()));
    }
}
