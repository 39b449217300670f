use std::{path::Path, sync::Arc};

use tantivy::{
    TantivyDocument, Term,
    indexer::{IndexWriterOptions, LogMergePolicy},
};

use super::{
    Error, Index,
    directory::{self, Image},
    record::record,
    snapshot::Published,
};
use crate::{base::Seq, model::Version};

/// Memory for mentions that are not on disk yet, in bytes: about 200,000 short ones. Above it a segment is cut early.
const MEMORY_BYTES: usize = 64 * 1024 * 1024;
/// Merges that run at once. One keeps up with 10,000 mentions/s; more take the processor from searches.
const MERGE_THREADS: usize = 1;
/// Segments of one size class that are merged into one. Fewer segments search faster, more are written less often.
const SEGMENTS_PER_MERGE: usize = 8;
/// Segments with more mentions are left alone: merging one takes minutes and needs its size again on disk.
const MERGE_MENTIONS_MAX: usize = 5_000_000;
/// Part of a segment that may be outdated before it is written anew.
const DELETED_RATIO_MAX: f32 = 0.3;
/// More segments at the start than this are merged before anything else: every kill leaves some that nothing cleans up.
const SEGMENTS_AT_START_MAX: usize = 32;

/// The only one that changes the index; belongs to the follower of the log.
///
/// After an [`Error::Write`] it is of no more use: drop it, and ask [`Index::reopen_writer`] for a new one.
pub struct IndexWriter {
    image: Image,
    writer: tantivy::IndexWriter<TantivyDocument>,
    /// The last version handed to [`Self::apply`] or covered by a commit.
    applied: Seq,
    index: Arc<Index>,
}

/// Opens the index in `dir` (made where missing) of the store `store_id`, whose log ends at `last_seq`. Blocking.
///
/// What cannot be continued (another store's, another schema's, damaged, or ahead of the log) is thrown away with a
/// warning, and an empty index takes its place: [`IndexWriter::seq`] says from where on the log has to be applied.
///
/// # Errors
/// [`Error::Locked`], or [`Error::Directory`], [`Error::Read`] and [`Error::Write`] when the disk does not work.
pub fn open(dir: &Path, store_id: &str, last_seq: Seq) -> Result<(IndexWriter, Arc<Index>), Error> {
    let image = directory::open(dir, store_id, last_seq)?;
    let published = Published::of(&image);
    let index = Arc::new(Index::new(dir, store_id, published));
    Ok((IndexWriter::new(image, Arc::clone(&index))?, index))
}

impl Index {
    /// A new writer after the old one failed and was dropped. Blocking. What was not committed is gone and has to be
    /// applied again. Where the index had to be thrown away, [`Index::visible_seq`] falls back to zero.
    ///
    /// # Errors
    /// As [`open`]; it may be called again.
    pub fn reopen_writer(self: &Arc<Self>, last_seq: Seq) -> Result<IndexWriter, Error> {
        let image = directory::open(self.dir(), self.store_id(), last_seq)?;
        self.publish(Published::of(&image));
        IndexWriter::new(image, Arc::clone(self))
    }
}

impl IndexWriter {
    fn new(image: Image, index: Arc<Index>) -> Result<Self, Error> {
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .memory_budget_per_thread(MEMORY_BYTES)
            .num_merge_threads(MERGE_THREADS)
            .build();
        let writer = image.index.writer_with_options(options).map_err(Error::write)?;
        writer.set_merge_policy(Box::new(merge_policy()));
        let applied = Seq(image.payload.seq);
        let is_new = image.is_new;
        let mut writer = Self { image, writer, applied, index };
        if is_new {
            writer.commit(Seq::ZERO)?;
        }
        writer.merge_small_segments()?;
        Ok(writer)
    }

    /// The last commit covers everything up to here; the follower resumes after it.
    #[must_use]
    pub fn seq(&self) -> Seq {
        Seq(self.image.payload.seq)
    }

    /// Takes a version in, in the place of the mention's version before; a deletion takes it out. Searchable after the
    /// next [`Self::commit`]. Versions come in the order of their seqs; one that was applied before is passed over.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn apply(&mut self, version: &Version) -> Result<(), Error> {
        if version.seq <= self.applied {
            return Ok(());
        }
        // A first version has nothing to take out, and looking for it in every segment is what makes commits slow. This
        // is right after a crash too: segments and payload are committed in one atomic step, so what lies after the
        // payload's seq, where the follower resumes, is not in the index.
        if version.previous_seq > Seq::ZERO {
            self.writer.delete_term(Term::from_field_u64(self.image.fields.number, version.number.0));
        }
        if !version.deleted {
            self.writer.add_document(record(version, &self.image.fields)).map_err(Error::write)?;
        }
        self.applied = version.seq;
        Ok(())
    }

    /// Makes everything applied durable and searchable, as the state of the log at `seq`. Blocking, 30 to 400 ms.
    ///
    /// # Errors
    /// [`Error::Write`]. Whether the commit happened is then known only to the directory.
    pub fn commit(&mut self, seq: Seq) -> Result<(), Error> {
        let covered = seq.max(self.applied);
        let payload = super::payload::Payload { seq: covered.0, ..self.image.payload.clone() };
        let text = payload.to_text().map_err(Error::write)?;
        let mut prepared = self.writer.prepare_commit().map_err(Error::write)?;
        prepared.set_payload(&text);
        prepared.commit().map_err(Error::write)?;
        self.image.payload = payload;
        self.applied = covered;
        self.image.reader.reload().map_err(Error::read)?;
        self.index.publish(Published::of(&self.image));
        Ok(())
    }

    /// Segments that a search goes through. Above 60 merging does not keep up: commit less often.
    #[must_use]
    pub fn segment_count(&self) -> usize {
        self.image.reader.searcher().segment_readers().len()
    }

    /// Ends after running merges are done. What was not committed is dropped.
    ///
    /// # Errors
    /// [`Error::Write`]; the directory is consistent all the same.
    pub fn close(self) -> Result<(), Error> {
        self.writer.wait_merging_threads().map_err(Error::write)
    }

    /// As if every merge were interrupted by a stop.
    #[cfg(test)]
    pub(super) fn stop_merging(&self) {
        self.writer.set_merge_policy(Box::new(tantivy::indexer::NoMergePolicy));
    }

    fn merge_small_segments(&mut self) -> Result<(), Error> {
        let mut segments = self.image.index.searchable_segment_metas().map_err(Error::read)?;
        if segments.len() <= SEGMENTS_AT_START_MAX {
            return Ok(());
        }
        segments.sort_by_key(tantivy::SegmentMeta::num_docs);
        let small: Vec<_> =
            segments.iter().take(segments.len() - SEGMENTS_AT_START_MAX / 2).map(tantivy::SegmentMeta::id).collect();
        tracing::info!(segments = small.len(), "merging index segments left by earlier stops");
        self.writer.merge(&small).wait().map_err(Error::write)?;
        self.image.reader.reload().map_err(Error::read)?;
        self.index.publish(Published::of(&self.image));
        Ok(())
    }
}

fn merge_policy() -> LogMergePolicy {
    let mut policy = LogMergePolicy::default();
    policy.set_min_num_segments(SEGMENTS_PER_MERGE);
    policy.set_max_docs_before_merge(MERGE_MENTIONS_MAX);
    policy.set_del_docs_ratio_before_merge(DELETED_RATIO_MAX);
    policy
}
