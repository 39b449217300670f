use std::collections::HashMap;

use tantivy::{
    DocId, SegmentReader,
    columnar::{Column, ColumnIndex, StrColumn},
};

use super::{Error, page::FacetCounts, schema::FACET_FIELDS};
use crate::{base::limits::FACET_VALUES_MAX, query::KeywordField};

/// Counts the values of one field: by number within a segment, by word between them.
pub(super) struct FacetCounter {
    field: KeywordField,
    totals: HashMap<String, u64>,
}

/// The counts of one field in one segment.
pub(super) struct SegmentCounter {
    column: StrColumn,
    /// By ordinal of the value.
    counts: Vec<u64>,
    ordinals: Vec<u64>,
}

/// Whether the values of these fields can be counted.
///
/// # Errors
/// [`Error::NotAFacet`] for the first that cannot.
pub(super) fn check(fields: &[KeywordField]) -> Result<(), Error> {
    match fields.iter().find(|field| !FACET_FIELDS.contains(field)) {
        None => Ok(()),
        Some(field) => {
            let allowed = FACET_FIELDS.map(KeywordField::name).join(", ");
            Err(Error::NotAFacet { field: field.name(), allowed })
        }
    }
}

impl FacetCounter {
    /// Of a field that [`check`] lets through.
    pub(super) fn new(field: KeywordField) -> Self {
        Self { field, totals: HashMap::new() }
    }

    /// `None` where no mention of the segment has a value.
    pub(super) fn begin(&self, segment: &SegmentReader) -> tantivy::Result<Option<SegmentCounter>> {
        let column = segment.fast_fields().str(self.field.name())?;
        Ok(column.map(|column| SegmentCounter { counts: vec![0; column.num_terms()], ordinals: Vec::new(), column }))
    }

    pub(super) fn end(&mut self, segment: &SegmentCounter) -> tantivy::Result<()> {
        let (ordinals, counts): (Vec<u64>, Vec<u64>) =
            (0_u64..).zip(&segment.counts).filter(|(_, count)| **count > 0).unzip();
        let mut counts = counts.into_iter();
        segment.column.dictionary().sorted_ords_to_term_cb(&ordinals, |value| {
            let count = counts.next().unwrap_or(0);
            *self.totals.entry(String::from_utf8_lossy(value).into_owned()).or_insert(0) += count;
        })?;
        Ok(())
    }

    /// Adds what was counted in other segments.
    pub(super) fn add(&mut self, other: Self) {
        for (value, count) in other.totals {
            *self.totals.entry(value).or_insert(0) += count;
        }
    }

    pub(super) fn finish(self) -> FacetCounts {
        let mut values: Vec<(String, u64)> = self.totals.into_iter().collect();
        values.sort_unstable_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
        let other = values.iter().skip(FACET_VALUES_MAX).map(|(_, count)| count).sum();
        values.truncate(FACET_VALUES_MAX);
        FacetCounts { field: self.field, values, other }
    }
}

impl SegmentCounter {
    pub(super) fn count(&mut self, docs: &[DocId]) {
        let ordinals: &Column<u64> = self.column.ords();
        if matches!(ordinals.index, ColumnIndex::Full) {
            self.ordinals.resize(docs.len(), 0);
            ordinals.values.get_vals(docs, &mut self.ordinals);
            for &ordinal in &self.ordinals {
                self.counts[ordinal as usize] += 1;
            }
        } else {
            for &doc in docs {
                for ordinal in ordinals.values_for_doc(doc) {
                    self.counts[ordinal as usize] += 1;
                }
            }
        }
    }
}
