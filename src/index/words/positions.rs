use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, OnceLock},
};

use tantivy::{
    DocId, InvertedIndexReader, Searcher, SegmentReader, TantivyError,
    directory::{CompositeFile, FileSlice, OwnedBytes},
    index::{SegmentComponent, SegmentId},
    positions::PositionReader,
    postings::{BlockSegmentPostings, TermInfo},
    schema::{Field, IndexRecordOption},
};

use super::docs::step;

/// Mentions of a block of tantivy's postings, and positions of a block of its positions.
const BLOCK: usize = 128;
/// What a field's postings begin with: the number of all its terms.
const POSTINGS_HEAD_BYTES: usize = 8;
/// What tantivy notes of each full block of a form with positions, and where in it the number of its positions stands.
const SKIP_BYTES: usize = 12;
const SKIP_POSITIONS_AT: usize = 6;

/// The files with positions of the segments of a searcher, kept open from their first use on: a rare word takes less time than to
/// read what is where in them.
#[derive(Clone)]
pub(in crate::index) struct OpenFiles(Arc<HashMap<SegmentId, OnceLock<Files>>>);

impl OpenFiles {
    /// Opens none yet.
    pub(in crate::index) fn of(searcher: &Searcher) -> Self {
        let segments = searcher.segment_readers().iter();
        Self(Arc::new(segments.map(|reader| (reader.segment_id(), OnceLock::new())).collect()))
    }

    /// Those of one of the segments.
    pub(super) fn of_segment(&self, reader: &SegmentReader) -> tantivy::Result<&Files> {
        let id = reader.segment_id();
        let slot = self.0.get(&id);
        let slot =
            slot.ok_or_else(|| TantivyError::InternalError(format!("segment {id:?} is not one of the searcher's")))?;
        match slot.get() {
            Some(open) => Ok(open),
            None => {
                let opened = Files::open(reader)?;
                Ok(slot.get_or_init(|| opened))
            }
        }
    }
}

impl fmt::Debug for OpenFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "files of {} segments", self.0.len())
    }
}

/// Those of one segment. tantivy's own reader of a form sums up for each mention what comes before it in its block, and copies;
/// where nearly every mention is read that is most of the work.
pub(super) struct Files {
    postings: CompositeFile,
    positions: CompositeFile,
}

/// The same of one field.
pub(super) struct FieldFiles<'a> {
    inverted: &'a InvertedIndexReader,
    postings: FileSlice,
    positions: FileSlice,
}

impl FieldFiles<'_> {
    /// tantivy's own reader.
    pub(super) const fn inverted(&self) -> &InvertedIndexReader {
        self.inverted
    }
}

impl Files {
    fn open(reader: &SegmentReader) -> tantivy::Result<Self> {
        Ok(Self {
            postings: CompositeFile::open(&reader.open_read(SegmentComponent::Postings)?)?,
            positions: CompositeFile::open(&reader.open_read(SegmentComponent::Positions)?)?,
        })
    }

    /// `None` where no mention of the segment has the field.
    pub(super) fn of_field<'a>(&self, field: Field, inverted: &'a InvertedIndexReader) -> Option<FieldFiles<'a>> {
        let postings = self.postings.open_read(field)?.slice_from(POSTINGS_HEAD_BYTES);
        Some(FieldFiles { inverted, postings, positions: self.positions.open_read(field)? })
    }
}

/// The positions of one form, mention after mention.
pub(super) struct Positions {
    blocks: BlockSegmentPostings,
    /// Number of the present block, and the place in it.
    block: usize,
    at: usize,
    skips: OwnedBytes,
    counted: Counted,
    reader: PositionReader,
    /// Some that follow each other, beginning with those of a block.
    read: Vec<u32>,
    read_from: u64,
    /// Those of a mention that lie in more than one block.
    across: Vec<u32>,
}

/// How many positions there are up to some mention.
#[derive(Clone, Copy)]
struct Counted {
    block: usize,
    /// Before the block, and up to its end.
    from: u64,
    end: u64,
    /// In it before the mention at this place.
    at: usize,
    before: u64,
}

impl Positions {
    pub(super) fn open(files: &FieldFiles<'_>, term: &TermInfo) -> tantivy::Result<Self> {
        let blocks = files.inverted.read_block_postings_from_terminfo(term, IndexRecordOption::WithFreqs)?;
        let full_blocks = term.doc_freq as usize / BLOCK;
        let skips = if full_blocks == 0 {
            OwnedBytes::empty()
        } else {
            skips(files.postings.read_bytes_slice(term.postings_range.clone())?, full_blocks)?
        };
        let reader = PositionReader::open(files.positions.read_bytes_slice(term.positions_range.clone())?)?;
        let counted = Counted { block: 0, from: 0, end: 0, at: 0, before: 0 };
        let mut opened = Self {
            blocks,
            block: 0,
            at: 0,
            skips,
            counted,
            reader,
            read: Vec::with_capacity(BLOCK),
            read_from: 0,
            across: Vec::new(),
        };
        opened.counted.end = opened.in_block(0);
        Ok(opened)
    }

    /// Where it stands.
    pub(super) fn doc(&self) -> DocId {
        self.blocks.doc(self.at)
    }

    /// Goes to the first mention at or after `target`; stays where it has passed it.
    #[inline]
    pub(super) fn seek(&mut self, target: DocId) -> DocId {
        if self.doc() < target {
            match step(self.blocks.docs(), self.at, target) {
                Some(at) => self.at = at,
                None => {
                    // All blocks before the last one are full.
                    let rank = self.blocks.rank(target) as usize;
                    (self.block, self.at) = (rank / BLOCK, rank % BLOCK);
                }
            }
        }
        self.doc()
    }

    /// Adds the positions in the mention it stands at; they rise.
    pub(super) fn append_to(&mut self, positions: &mut Vec<u32>) {
        let Some(&count) = self.blocks.freqs().get(self.at) else { return };
        let first = self.before();
        let mut position = 0;
        // They are kept as what each adds to the one before.
        positions.extend(self.steps(first, count as usize).iter().map(|step| {
            position += step;
            position
        }));
    }

    /// How many positions there are before those of the mention it stands at.
    fn before(&mut self) -> u64 {
        let Counted { mut block, mut from, mut end, mut at, mut before } = self.counted;
        if block < self.block {
            while block < self.block {
                from = end;
                block += 1;
                end = from + self.in_block(block);
            }
            (at, before) = (0, 0);
        }
        before += u64::from(self.blocks.freqs()[at..self.at].iter().sum::<u32>());
        self.counted = Counted { block, from, end, at: self.at, before };
        from + before
    }

    /// How many positions a block has, which is the present one or full.
    fn in_block(&self, block: usize) -> u64 {
        let noted = self.skips.get(block * SKIP_BYTES + SKIP_POSITIONS_AT..).and_then(|rest| rest.first_chunk());
        match noted {
            Some(&noted) => u64::from(u32::from_le_bytes(noted)),
            None => u64::from(self.blocks.freqs().iter().sum::<u32>()),
        }
    }

    /// What each of some positions adds to the one before.
    #[inline]
    fn steps(&mut self, first: u64, count: usize) -> &[u32] {
        let place = first as usize % BLOCK;
        let from = first - place as u64;
        if place + count > BLOCK {
            self.across.resize(count, 0);
            self.reader.read(first, &mut self.across);
            return &self.across;
        }
        if self.read_from != from || self.read.len() < place + count {
            // Not beyond what is known to be there.
            let known = usize::try_from(self.counted.end - from).unwrap_or(BLOCK).min(BLOCK);
            self.read.resize(known, 0);
            self.reader.read(from, &mut self.read);
            self.read_from = from;
        }
        &self.read[place..place + count]
    }
}

/// What is noted of the full blocks, at the beginning of a form's postings behind its length in groups of seven bits.
fn skips(mut postings: OwnedBytes, full_blocks: usize) -> tantivy::Result<OwnedBytes> {
    let mut length = 0;
    for (place, &byte) in postings.iter().take(5).enumerate() {
        length |= usize::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 != 0 {
            if length != full_blocks * SKIP_BYTES || postings.len() < place + 1 + length {
                break;
            }
            postings.advance(place + 1);
            return Ok(postings.slice(0..length));
        }
    }
    Err(TantivyError::InternalError(format!("the postings of a form in {full_blocks} full blocks begin otherwise")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tantivy::{
        DocSet as _, TERMINATED, Term,
        postings::Postings as _,
        schema::{Schema, TextFieldIndexing, TextOptions},
    };

    use super::*;

    /// How often the word stands in each mention, and how many others stand before each of them.
    fn texts() -> impl Strategy<Value = Vec<(usize, usize)>> {
        let count = prop_oneof![6 => 0_usize..3, 2 => 3_usize..20, 1 => 120_usize..300];
        // Around one, two and three blocks of mentions.
        let mentions = prop_oneof![1_usize..5, 126_usize..131, 250_usize..400];
        mentions.prop_flat_map(move |mentions| prop::collection::vec((count.clone(), 0_usize..4), mentions))
    }

    /// A segment of these texts, in a field that is not the first one.
    fn segment(texts: &[(usize, usize)]) -> (Searcher, Field) {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("whitespace")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let options = TextOptions::default().set_indexing_options(indexing);
        let other = schema.add_text_field("other", options.clone());
        let field = schema.add_text_field("field", options);
        let index = tantivy::Index::create_in_ram(schema.build());
        let mut writer: tantivy::IndexWriter = index.writer_with_num_threads(1, 15_000_000).unwrap();
        for (count, others) in texts {
            let mut document = tantivy::TantivyDocument::default();
            document.add_text(other, "word word");
            document.add_text(field, format!("{}word ", "other ".repeat(*others)).repeat(*count));
            writer.add_document(document).unwrap();
        }
        writer.commit().unwrap();
        (index.reader().unwrap().searcher(), field)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

        #[test]
        fn are_what_tantivy_reads(texts in texts(), steps in prop::collection::vec(1_u32..60, 1..400)) {
            let (searcher, field) = segment(&texts);
            let files = OpenFiles::of(&searcher);
            for reader in searcher.segment_readers() {
                let inverted = reader.inverted_index(field).unwrap();
                let Some(term) = inverted.get_term_info(&Term::from_field_text(field, "word")).unwrap() else { continue };
                let files = files.of_segment(reader).unwrap().of_field(field, &inverted).unwrap();
                let open = || {
                    let theirs = inverted.read_postings_from_terminfo(&term, IndexRecordOption::WithFreqsAndPositions);
                    (Positions::open(&files, &term).unwrap(), theirs.unwrap())
                };
                for steps in [&steps[..], &[1; 400]] {
                    let (mut ours, mut theirs) = open();
                    let (mut our_positions, mut their_positions) = (Vec::new(), Vec::new());
                    for step in steps {
                        prop_assert_eq!(ours.doc(), theirs.doc());
                        if theirs.doc() == TERMINATED {
                            break;
                        }
                        theirs.positions(&mut their_positions);
                        // Asked again, it says the same.
                        for _ in 0..2 {
                            our_positions.clear();
                            ours.append_to(&mut our_positions);
                            prop_assert_eq!(&our_positions, &their_positions);
                        }
                        let target = theirs.doc() + step;
                        theirs.seek(target);
                        ours.seek(target);
                    }
                    prop_assert_eq!(ours.seek(TERMINATED), TERMINATED);
                }
            }
        }
    }
}
