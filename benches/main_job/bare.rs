//! Bare tantivy: the same mentions, already understood and read, into the same schema; nothing else.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use ascolto::{
    base::Seq,
    index,
    model::Version,
    store::{self, StoreOptions},
};

/// As the target asks for it.
const COMMIT_EVERY: Duration = Duration::from_millis(500);
/// Versions read at once.
const READ_VERSIONS: usize = 4096;
/// Bytes read at once.
const READ_BYTES: usize = 64 * 1024 * 1024;

/// All versions that a stopped server has recorded, in order.
pub(crate) fn versions(data_dir: &Path) -> anyhow::Result<Vec<Arc<Version>>> {
    let (writer, reader) = store::open(&data_dir.join("store"), StoreOptions::default())?;
    let mut versions: Vec<Arc<Version>> = Vec::new();
    loop {
        let after = versions.last().map_or(Seq::ZERO, |version| version.seq);
        let mut next = reader.versions_after(after, READ_VERSIONS, READ_BYTES)?;
        if next.is_empty() {
            break;
        }
        versions.append(&mut next);
    }
    writer.close()?;
    Ok(versions)
}

/// The first version of every mention: bare tantivy is given each once, and never has to take anything out.
pub(crate) fn first_versions(versions: &[Arc<Version>]) -> Vec<Arc<Version>> {
    versions.iter().filter(|version| version.previous_seq == Seq::ZERO && !version.deleted).cloned().collect()
}

/// Indexes them with one indexing thread and a commit every 500 ms; how long it took until all could be found.
pub(crate) fn index(dir: &Path, versions: &[Arc<Version>]) -> anyhow::Result<Duration> {
    let (mut writer, index) = index::open(dir, "bare", Seq(u64::MAX))?;
    let began = Instant::now();
    let mut committed_at = began;
    for version in versions {
        writer.apply(version)?;
        if committed_at.elapsed() >= COMMIT_EVERY {
            writer.commit(version.seq)?;
            committed_at = Instant::now();
        }
    }
    writer.commit(Seq::ZERO)?;
    let took = began.elapsed();
    anyhow::ensure!(index.snapshot().mention_count() == versions.len() as u64, "bare tantivy lost mentions");
    writer.close()?;
    Ok(took)
}
