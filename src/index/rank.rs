use tantivy::{
    DocId, SegmentReader,
    columnar::{Column, ColumnIndex},
};

use super::{Order, columns::SegmentColumns, compile::has_words, schema::NUMBER, top::Ranks};
use crate::query::{Node, NumberField, TimeField};

/// What gives a mention its rank; the highest rank comes first.
#[derive(Clone, Copy)]
pub(super) enum Ranking {
    /// A column, whose order-keeping bits are turned over for "lowest first". No value is rank 0: last either way.
    Column {
        /// Its field.
        name: &'static str,
        /// 0 or [`REVERSED`].
        mask: u64,
    },
    /// BM25.
    Score,
}

/// Turns an order of numbers over.
pub(super) const REVERSED: u64 = u64::MAX;

impl Order {
    pub(super) fn ranking(self, query: &Node) -> Ranking {
        let highest = |name| Ranking::Column { name, mask: 0 };
        match self {
            Self::Newest => highest(TimeField::Published.name()),
            Self::Oldest => Ranking::Column { name: TimeField::Published.name(), mask: REVERSED },
            Self::Reach => highest(NumberField::Reach.name()),
            Self::Engagement => highest(NumberField::Engagement.name()),
            Self::Relevance if has_words(query) => Ranking::Score,
            // All are equal, so their numbers decide.
            Self::Relevance => highest(NUMBER),
        }
    }

    /// For the mention's number, which tells equals apart.
    pub(super) const fn tie_mask(self) -> u64 {
        match self {
            Self::Oldest => REVERSED,
            Self::Newest | Self::Relevance | Self::Reach | Self::Engagement => 0,
        }
    }
}

/// Scores are never negative, and the bits of such numbers are ordered as the numbers are.
pub(super) fn rank_of(score: f32) -> u64 {
    if score > 0.0 { u64::from(score.to_bits()) } else { 0 }
}

/// Back again.
pub(super) fn score_of(rank: u64) -> f32 {
    u32::try_from(rank).map_or(0.0, f32::from_bits)
}

/// The ranks of one segment.
pub(super) struct RankColumn {
    column: Option<Column<u64>>,
    mask: u64,
    /// No rank lies outside.
    pub(super) bounds: Ranks,
}

impl RankColumn {
    pub(super) fn open(reader: &SegmentReader, columns: &SegmentColumns, ranking: Ranking) -> tantivy::Result<Self> {
        let (name, mask) = match ranking {
            Ranking::Column { name, mask } => (name, mask),
            Ranking::Score => {
                return Ok(Self { column: None, mask: 0, bounds: Ranks { lowest: 0, highest: u64::MAX } });
            }
        };
        // Numbers of every sort as their order-keeping bits.
        let column = if name == TimeField::Published.name() {
            columns.published.clone()
        } else {
            reader.fast_fields().u64_lenient(name)?.map(|(column, _)| column)
        };
        let bounds = column.as_ref().map_or(Ranks { lowest: 0, highest: 0 }, |column| {
            let (one, other) = (column.min_value() ^ mask, column.max_value() ^ mask);
            let lowest = if matches!(column.index, ColumnIndex::Full) { one.min(other) } else { 0 };
            Ranks { lowest, highest: one.max(other) }
        });
        Ok(Self { column, mask, bounds })
    }

    /// The ranks of these mentions, in place of what `ranks` held.
    pub(super) fn read(&self, docs: &[DocId], ranks: &mut Vec<u64>) {
        ranks.clear();
        match &self.column {
            None => ranks.resize(docs.len(), 0),
            Some(Column { index: ColumnIndex::Full, values }) => {
                ranks.resize(docs.len(), 0);
                values.get_vals(docs, ranks);
                for rank in ranks {
                    *rank ^= self.mask;
                }
            }
            Some(column) => {
                ranks.extend(docs.iter().map(|&doc| column.first(doc).map_or(0, |value| value ^ self.mask)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_of_scores_keep_their_order() {
        let scores = [0.0, f32::MIN_POSITIVE, 0.1, 1.0, 1.000_000_1, 17.5];
        assert!(scores.is_sorted_by_key(|&score| rank_of(score)));
        assert_eq!(scores.map(|score| score_of(rank_of(score))), scores);
        assert_eq!(rank_of(-0.0), 0);
    }
}
