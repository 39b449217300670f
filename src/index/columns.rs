use std::sync::OnceLock;

use tantivy::{SegmentReader, columnar::Column};

use super::schema::{NUMBER, SEQ};
use crate::query::TimeField;

/// The columns that nearly every search reads, of each segment of a searcher. Kept open from their first use on: to find a column
/// by its name takes longer than a rare word takes in the whole segment.
pub(super) struct Columns(Vec<OnceLock<SegmentColumns>>);

/// Those of one segment.
pub(super) struct SegmentColumns {
    /// The mention's number.
    pub(super) numbers: Column<u64>,
    /// The seq of the version.
    pub(super) seqs: Column<u64>,
    /// When it was published, as order-keeping bits; `None` where no mention of the segment says.
    pub(super) published: Option<Column<u64>>,
}

impl Columns {
    /// Of a searcher with so many segments.
    pub(super) fn of(segments: usize) -> Self {
        Self(std::iter::repeat_with(OnceLock::new).take(segments).collect())
    }

    /// Those of the segment at this place of the searcher.
    pub(super) fn of_segment(&self, place: usize, reader: &SegmentReader) -> tantivy::Result<&SegmentColumns> {
        let slot = self.0.get(place).ok_or_else(|| {
            tantivy::TantivyError::InternalError(format!(
                "segment {place} is not one of the searcher's {}",
                self.0.len()
            ))
        })?;
        if let Some(open) = slot.get() {
            return Ok(open);
        }
        let columns = reader.fast_fields();
        let opened = SegmentColumns {
            numbers: columns.u64(NUMBER)?,
            seqs: columns.u64(SEQ)?,
            published: columns.u64_lenient(TimeField::Published.name())?.map(|(column, _)| column),
        };
        Ok(slot.get_or_init(|| opened))
    }
}
