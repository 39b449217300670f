use std::sync::Mutex;

use tokio::sync::watch;

use crate::base::Seq;

/// How far a follower is, and what stops it, for all who ask.
#[derive(Debug)]
pub struct Progress {
    seq: watch::Sender<Seq>,
    problem: Mutex<Option<String>>,
}

impl Progress {
    /// Begins after this seq.
    #[must_use]
    pub fn new(seq: Seq) -> Self {
        Self { seq: watch::channel(seq).0, problem: Mutex::new(None) }
    }

    /// Everything up to here is done.
    #[must_use]
    pub fn seq(&self) -> Seq {
        *self.seq.borrow()
    }

    /// What stops the follower at present.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        self.problem.lock().map_or_else(|held| held.into_inner().clone(), |held| held.clone())
    }

    pub(super) fn advance(&self, seq: Seq) {
        self.tell(None);
        self.seq.send_replace(seq);
    }

    pub(super) fn stop_at(&self, problem: &dyn std::error::Error) {
        self.tell(Some(problem.to_string()));
    }

    fn tell(&self, problem: Option<String>) {
        // A panic of another holder leaves an old text behind, nothing worse.
        *self.problem.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = problem;
    }
}
