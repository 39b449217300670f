//! What a query costs those who listen to the stream.

use super::{book::Book, classes::is_filter, cover::cover, lower::lower, statistics::StreamStatistics, term::TermId};
use crate::query::Query;

/// The price of a query: how often it has to be looked at because a mention may match it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cost {
    /// The expected share of mentions for which the query is looked at, 0 to 1: the sum over what it is filed under.
    pub wakes_up_on: f64,
    /// What it is filed under, the most frequent first; a mention without any of it cannot match. Empty where every mention may.
    pub filed_under: Vec<FiledUnder>,
    /// How it is found.
    pub class: CostClass,
}

/// A word or fact that wakes a query up.
#[derive(Clone, Debug, PartialEq)]
pub struct FiledUnder {
    /// As a query would ask for it: `battery`, `title:battery`, `lang:it`.
    pub what: String,
    /// The expected share of mentions that hold it, 0 to 1.
    pub share: f64,
}

/// How a query is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CostClass {
    /// By a word or a rare fact that it requires.
    Words,
    /// By common facts alone, together with all queries that ask the same: cheap to find, but many mentions match.
    Filter,
    /// It requires nothing that could be looked up, so every mention is held against it.
    Always,
}

impl Cost {
    /// The price of a query in a stream with these frequencies.
    #[must_use]
    pub fn of(query: &Query, statistics: &StreamStatistics) -> Self {
        let mut book = Book::default();
        let plan = lower(&query.root, &mut book, statistics);
        let shares = book.shares();
        let cover = cover(&plan, shares).map(super::cover::Cover::distinct);
        let class = match &cover {
            _ if is_filter(&plan, &book) => CostClass::Filter,
            Some(_) => CostClass::Words,
            None => CostClass::Always,
        };
        let mut filed_under: Vec<FiledUnder> = Vec::new();
        for anchor in cover.iter().flat_map(|cover| &cover.anchors) {
            let what = written(anchor.term, &book);
            if filed_under.iter().all(|held| held.what != what) {
                filed_under.push(FiledUnder { what, share: f64::from(shares.of(anchor.term)) });
            }
        }
        filed_under.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.what.cmp(&b.what)));
        let wakes_up_on = match cover {
            Some(_) => filed_under.iter().map(|held| held.share).sum::<f64>().min(1.0),
            None => 1.0,
        };
        Self { wakes_up_on, filed_under, class }
    }
}

fn written(term: TermId, book: &Book) -> String {
    let (space, letters) = book.terms.get(term);
    let letters = String::from_utf8_lossy(letters);
    if let Some(field) = space.value_field() {
        return format!("{}:{letters}", field.name());
    }
    if let Some(field) = space.set_field() {
        return format!("{}:*", field.name());
    }
    if let Some(field) = space.prefix_field() {
        return format!("{}:{letters}", field.name());
    }
    let fields = space.word_fields().or_else(|| space.plain_fields()).or_else(|| space.wildcard_fields());
    let word: String = letters
        .chars()
        .filter_map(|letter| match letter {
            '\u{10}' => Some('*'),
            '\u{11}' => Some('?'),
            letter if letter.is_control() => None,
            letter => Some(letter),
        })
        .collect();
    match fields {
        Some(fields) if !fields.is_default() => {
            let names: Vec<&str> = fields.iter().map(|field| field.name()).collect();
            format!("{}:{word}", names.join("|"))
        }
        Some(_) => word,
        None => format!("{letters}:*"),
    }
}
