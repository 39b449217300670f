use std::{path::Path, sync::Arc};

use tantivy::{TantivyDocument, Term, indexer::IndexWriterOptions};

use super::{
    Error, Index,
    directory::{self, Image},
    merging,
    record::record,
    snapshot::Published,
};
use crate::{base::Seq, model::Version};

/// Memory for mentions that are not on disk yet, in bytes: about 200,000 short ones. Above it a segment is cut early.
const MEMORY_BYTES: usize = 64 * 1024 * 1024;
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
    /// Merges give way to everything else.
    merges_give_way: bool,
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
            .num_merge_threads(merging::MERGE_THREADS)
            .build();
        let writer = image.index.writer_with_options(options).map_err(Error::write)?;
        writer.set_merge_policy(Box::new(merging::policy()));
        let applied = Seq(image.payload.seq);
        let is_new = image.is_new;
        let mut writer = Self { image, writer, applied, index, merges_give_way: false };
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
        self.merges_give_way = self.merges_give_way || merging::give_way();
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
