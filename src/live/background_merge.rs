use std::{sync::mpsc, time::Duration};

use crate::matcher::{Merged, QuerySet, Retired};

/// How long a merge works before it rests, and how long it rests: on two processors, one is left for ingest half of the time
/// even where matching takes the other.
const WORK: Duration = Duration::from_millis(1);
const REST: Duration = Duration::from_millis(1);

/// Makes new bases of a set of queries on a thread of its own, one at a time.
///
/// The thread ends with its merge; there is none while nothing is to be merged. What a new base replaces is given back to it:
/// giving memory back takes long.
#[derive(Debug, Default)]
pub(super) struct BackgroundMerge {
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    merged: mpsc::Receiver<Merged>,
    retire: mpsc::SyncSender<Retired>,
}

impl BackgroundMerge {
    /// Begins a merge where one is wanted, and puts its result in place when it is there. Takes microseconds.
    pub(super) fn attend_to(&mut self, set: &mut QuerySet) {
        match self.running.take() {
            None if set.wants_merge() => self.begin(set),
            None => {}
            Some(running) => match running.merged.try_recv() {
                Ok(merged) => {
                    let retired = set.finish_merge(merged);
                    // If its thread has gone, it is dropped here.
                    let _ = running.retire.send(retired);
                }
                Err(mpsc::TryRecvError::Empty) => self.running = Some(running),
                Err(mpsc::TryRecvError::Disconnected) => {
                    tracing::error!(
                        "a merge of queries came to nothing (the log says why); they are matched as before"
                    );
                    set.abandon_merge();
                }
            },
        }
    }

    /// Whether a merge is on its way.
    pub(super) const fn is_running(&self) -> bool {
        self.running.is_some()
    }

    fn begin(&mut self, set: &mut QuerySet) {
        let Some(merge) = set.begin_merge() else { return };
        let mut merge = merge.paced(WORK, REST);
        let (done, merged) = mpsc::sync_channel(1);
        let (retire, retired) = mpsc::sync_channel::<Retired>(1);
        let work = move || {
            if done.send(merge.run()).is_ok() {
                drop(merge);
                // Until the follower has taken the new base, or is gone.
                drop(retired.recv());
            }
        };
        match std::thread::Builder::new().name("matcher-merge".into()).spawn(work) {
            Ok(_) => self.running = Some(Running { merged, retire }),
            Err(error) => {
                tracing::warn!(%error, "no thread to merge queries; they are matched as before");
                set.abandon_merge();
            }
        }
    }
}
