use std::{collections::HashMap, path::Path, sync::Arc};

use tantivy::{
    IndexSettings, Searcher,
    collector::{Count, TopDocs},
    indexer::{IndexWriterOptions, NoMergePolicy},
    schema::{Field, Value as _},
};

use super::{
    Error,
    compile::Compiler,
    record::record,
    schema::{self, SEQ},
    tokenizer::{TERMS_TOKENIZER, TextTokenizer},
    words::OpenFiles,
};
use crate::{
    base::{Seq, Timestamp},
    model::Version,
    query::{Node, TimeField},
};

/// The field of what a hit shows.
const STORED: &str = "stored";
/// For one segment, so that each of the served index becomes one here.
const MEMORY_BYTES: usize = 2 * 1024 * 1024 * 1024;

/// tantivy alone, as somebody careful would use it without us: the benchmark's peer. Nothing else may use it.
pub struct BareIndex {
    searcher: Searcher,
    files: OpenFiles,
    fields: schema::Fields,
    stored: Field,
}

impl BareIndex {
    /// Makes an index in `dir` with the schema, the mentions and the very segments of the one in `served` as it is now, but with
    /// one more field, in which every mention holds what a hit shows of it.
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::Write`].
    pub fn like(served: &Path, dir: &Path, mentions: &HashMap<Seq, (Arc<Version>, Vec<u8>)>) -> Result<Self, Error> {
        let segments = segments_of(served).map_err(Error::read)?;
        let (mut builder, fields) = schema::builder();
        let stored = builder.add_bytes_field(STORED, tantivy::schema::STORED);
        let index = tantivy::Index::builder()
            .schema(builder.build())
            .settings(IndexSettings::default())
            .create_in_dir(dir)
            .map_err(Error::write)?;
        index.tokenizers().register(TERMS_TOKENIZER, TextTokenizer::default());
        let options =
            IndexWriterOptions::builder().num_worker_threads(1).memory_budget_per_thread(MEMORY_BYTES).build();
        let mut writer = index.writer_with_options(options).map_err(Error::write)?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        for seqs in segments {
            for (version, bytes) in seqs.iter().filter_map(|seq| mentions.get(seq)) {
                let mut document = record(version, &fields);
                document.add_bytes(stored, bytes);
                writer.add_document(document).map_err(Error::write)?;
            }
            writer.commit().map_err(Error::write)?;
        }
        let searcher = index.reader().map_err(Error::read)?.searcher();
        let files = OpenFiles::of(&searcher);
        Ok(Self { searcher, files, fields, stored })
    }

    /// How many segments a search goes through.
    #[must_use]
    pub fn segment_count(&self) -> usize {
        self.searcher.segment_readers().len()
    }

    /// The number of all that match, and of the newest `count` what was stored, by tantivy's own collectors and store.
    ///
    /// # Errors
    /// [`Error::TooDear`], [`Error::Read`].
    pub fn newest(&self, query: &Node, now: Timestamp, count: usize) -> Result<(u64, Vec<Vec<u8>>), Error> {
        let compiled = Compiler::new((&self.searcher, &self.files), &self.fields, now, false).compile(query)?;
        let top =
            TopDocs::with_limit(count).order_by_fast_field::<i64>(TimeField::Published.name(), tantivy::Order::Desc);
        let (total, hits) = self.searcher.search(&compiled, &(Count, top)).map_err(Error::read)?;
        let load = |(_, address)| {
            let document: tantivy::TantivyDocument = self.searcher.doc(address)?;
            Ok(document.get_first(self.stored).and_then(|value| value.as_bytes()).unwrap_or_default().to_vec())
        };
        let shown = hits.into_iter().map(load).collect::<tantivy::Result<_>>().map_err(Error::read)?;
        Ok((total as u64, shown))
    }
}

/// The seqs in each segment of an index, in their order.
fn segments_of(dir: &Path) -> tantivy::Result<Vec<Vec<Seq>>> {
    let searcher = tantivy::Index::open_in_dir(dir)?.reader()?.searcher();
    let seqs_of = |segment: &tantivy::SegmentReader| {
        let seqs = segment.fast_fields().u64(SEQ)?;
        Ok(segment.doc_ids_alive().filter_map(|doc| seqs.first(doc)).map(Seq).collect())
    };
    searcher.segment_readers().iter().map(seqs_of).collect()
}
