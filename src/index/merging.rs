use tantivy::indexer::LogMergePolicy;

/// Merges that run at once. One keeps up with 10,000 mentions/s; more take the processor from searches.
pub(super) const MERGE_THREADS: usize = 1;
/// Segments of one size class that are merged into one. Fewer segments search faster, more are written less often.
const SEGMENTS_PER_MERGE: usize = 8;
/// Segments with more mentions are left alone: merging one takes minutes and needs its size again on disk.
const MERGE_MENTIONS_MAX: usize = 5_000_000;
/// Part of a segment that may be outdated before it is written anew.
const DELETED_RATIO_MAX: f32 = 0.3;

/// Which segments are merged into one.
pub(super) fn policy() -> LogMergePolicy {
    let mut policy = LogMergePolicy::default();
    policy.set_min_num_segments(SEGMENTS_PER_MERGE);
    policy.set_max_docs_before_merge(MERGE_MENTIONS_MAX);
    policy.set_del_docs_ratio_before_merge(DELETED_RATIO_MAX);
    policy
}

/// Puts the threads of this process that merge behind those that answer: a merge is in no hurry, an acknowledgement is. Gives `false` where
/// there are none yet: tantivy names them a moment after it has begun them.
///
/// Without a system that knows how willingly a thread gives way they take their turn like all others.
#[cfg(target_os = "linux")]
pub(super) fn give_way() -> bool {
    /// A merge still gets a tenth of what another thread has that wants the same processor: it never stops.
    const NICENESS_MORE: i32 = 10;
    const NICENESS_MAX: i32 = 19;

    let Ok(own) = rustix::process::getpriority_process(None) else { return true };
    let niceness = (own + NICENESS_MORE).min(NICENESS_MAX);
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else { return true };
    let merging = threads.flatten().filter(|thread| {
        std::fs::read_to_string(thread.path().join("comm")).is_ok_and(|name| name.starts_with("merge_thread_"))
    });
    let ids = merging.filter_map(|thread| rustix::process::Pid::from_raw(thread.file_name().to_str()?.parse().ok()?));
    ids.map(|id| rustix::process::setpriority_process(Some(id), niceness)).filter(Result::is_ok).count() > 0
}

/// Elsewhere merges take their turn like everything else.
#[cfg(not(target_os = "linux"))]
pub(super) fn give_way() -> bool {
    true
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::{sync::mpsc::channel, thread::Builder};

    use super::*;

    #[test]
    fn only_threads_that_merge_give_way() {
        let niceness = || rustix::process::getpriority_process(None).unwrap();
        let before = niceness();
        let (began, is_named) = channel();
        let (go_on, may_go_on) = channel::<()>();
        let merging = Builder::new().name("merge_thread_9".to_owned()).spawn(move || {
            began.send(()).unwrap();
            may_go_on.recv().unwrap();
            niceness()
        });
        is_named.recv().unwrap();
        assert!(give_way());
        go_on.send(()).unwrap();
        assert_eq!(merging.unwrap().join().unwrap(), (before + 10).min(19));
        assert_eq!(niceness(), before);
    }
}
