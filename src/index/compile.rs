use std::ops::Bound;

use tantivy::{
    DocId, SegmentReader, Term,
    query::{
        AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, Occur, PhraseQuery, Query, RangeQuery, TermQuery,
        TermSetQuery,
        doc_predicate_query::{DocPredicateQuery, FunctionPredicate},
    },
    schema::{Field, IndexRecordOption},
};

use super::{
    Error,
    careful::Careful,
    record::column_value,
    schema::{Fields, fact_term, set_term, text_set_term},
};
use crate::{
    base::Timestamp,
    query::{Keyword, KeywordTest, LocalTime, Node, Number, Pattern, Sample, Time, TimeField, Words},
    text::Word,
};

type Clause = (Occur, Box<dyn Query>);

/// Turns a checked query into one of tantivy's.
pub(super) struct Compiler<'a> {
    /// Where everything lies.
    pub(super) fields: &'a Fields,
    /// What `now` is.
    pub(super) now: Timestamp,
    /// Scores are wanted: BM25 of the words; filters then count nothing.
    pub(super) scored: bool,
}

impl Compiler<'_> {
    /// A query that matches exactly the mentions that `node` does.
    pub(super) fn compile(&self, node: &Node) -> Box<dyn Query> {
        match node {
            Node::All => self.filter(AllQuery),
            Node::Words(words) => self.words(words),
            Node::HasText(asked) => self.fact(text_set_term(asked.field)),
            Node::Keyword(keyword) => self.keyword(keyword),
            Node::Number(number) => self.number(number),
            Node::Time(time) => self.time(time),
            Node::LocalTime(local_time) => self.local_time(local_time),
            Node::Sample(sample) => self.sample(sample),
            Node::Reference(never) => match *never {},
            Node::And(parts) => self.all_of(parts.iter(), Vec::new()),
            Node::Or(parts) => {
                let mut clauses = Vec::with_capacity(parts.len());
                self.add_alternatives(parts, &mut clauses);
                union(clauses)
            }
            Node::Not(part) => match part.as_ref() {
                Node::Not(twice) => self.compile(twice),
                _ => self.all_of(std::iter::once(node), Vec::new()),
            },
        }
    }

    /// The same, but only among the mentions published in `[from_us, before_us)`.
    pub(super) fn compile_within(&self, node: &Node, from_us: Option<i64>, before_us: Option<i64>) -> Box<dyn Query> {
        if from_us.is_none() && before_us.is_none() {
            return self.compile(node);
        }
        let range = self.micros(self.fields.published, from_us, before_us);
        let parts = if let Node::And(parts) = node { parts.as_slice() } else { std::slice::from_ref(node) };
        self.all_of(parts.iter(), vec![(Occur::Must, range)])
    }

    /// Negated parts become exclusions. tantivy needs something to exclude from, so a lack of other parts becomes "all".
    fn all_of<'n>(&self, parts: impl Iterator<Item = &'n Node>, mut clauses: Vec<Clause>) -> Box<dyn Query> {
        for part in parts {
            match part {
                Node::All => {}
                Node::Not(inner) => clauses.push((Occur::MustNot, self.unscored().compile(inner))),
                _ => clauses.push((Occur::Must, self.compile(part))),
            }
        }
        if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
            clauses.push((Occur::Must, self.filter(AllQuery)));
        }
        match clauses.pop() {
            Some((Occur::Must, only)) if clauses.is_empty() => only,
            Some(last) => {
                clauses.push(last);
                Box::new(BooleanQuery::new(clauses))
            }
            None => self.filter(AllQuery),
        }
    }

    /// One flat union, words of several fields included: tantivy is fastest on a union of plain terms.
    fn add_alternatives(&self, parts: &[Node], clauses: &mut Vec<Clause>) {
        for part in parts {
            match part {
                Node::Or(inner) => self.add_alternatives(inner, clauses),
                Node::Words(words) => self.add_words(words, clauses),
                _ => clauses.push((Occur::Should, self.compile(part))),
            }
        }
    }

    fn words(&self, words: &Words) -> Box<dyn Query> {
        let mut clauses = Vec::with_capacity(2);
        self.add_words(words, &mut clauses);
        union(clauses)
    }

    fn add_words(&self, words: &Words, clauses: &mut Vec<Clause>) {
        for field in words.fields.iter().map(|field| self.fields.text(field)) {
            match &words.pattern {
                Pattern::Word(Word::Form(form)) => clauses.push((Occur::Should, self.form(field, form))),
                Pattern::Word(Word::OneOf(forms)) => {
                    clauses.extend(forms.iter().map(|form| (Occur::Should, self.form(field, form))));
                }
                pattern => {
                    // Distances are exact: without slop tantivy compares `position - offset` of all terms, so gaps, equal
                    // offsets and the same term twice keep their meaning.
                    let query: Box<dyn Query> = match plain_phrase(pattern) {
                        Some(terms) => Box::new(Careful(PhraseQuery::new_with_offset(
                            terms
                                .into_iter()
                                .map(|(offset, form)| (offset as usize, Term::from_field_text(field, form)))
                                .collect(),
                        ))),
                        None => Box::new(EmptyQuery),
                    };
                    clauses.push((Occur::Should, query));
                }
            }
        }
    }

    fn form(&self, field: Field, form: &str) -> Box<dyn Query> {
        let record = if self.scored { IndexRecordOption::WithFreqs } else { IndexRecordOption::Basic };
        Box::new(TermQuery::new(Term::from_field_text(field, form), record))
    }

    fn keyword(&self, keyword: &Keyword) -> Box<dyn Query> {
        match &keyword.test {
            KeywordTest::Is(value) => self.fact(&fact_term(keyword.field, value)),
            KeywordTest::Set => self.fact(set_term(keyword.field)),
            KeywordTest::OneOf(values) => {
                let terms = values.iter().map(|value| fact_term(keyword.field, value));
                let terms = terms.map(|term| Term::from_field_text(self.fields.facts, &term));
                self.filter(Careful(TermSetQuery::new(terms.collect::<Vec<_>>())))
            }
            KeywordTest::StartsWith(beginning) => {
                let first = fact_term(keyword.field, beginning);
                let end = after_all_with_prefix(&first)
                    .map_or(Bound::Unbounded, |end| Bound::Excluded(Term::from_field_text(self.fields.facts, &end)));
                // `facts` is no column, so this walks the terms in the range, all of them.
                self.filter(Careful(RangeQuery::new(
                    Bound::Included(Term::from_field_text(self.fields.facts, &first)),
                    end,
                )))
            }
        }
    }

    fn fact(&self, term: &str) -> Box<dyn Query> {
        self.filter(TermQuery::new(Term::from_field_text(self.fields.facts, term), IndexRecordOption::Basic))
    }

    fn number(&self, number: &Number) -> Box<dyn Query> {
        let (Some(min), Some(max)) = (column_value(number.min), column_value(number.max)) else {
            return Box::new(EmptyQuery);
        };
        if min > max {
            return Box::new(EmptyQuery);
        }
        let field = self.fields.number_of(number.field);
        self.filter(Careful(RangeQuery::new(
            Bound::Included(Term::from_field_f64(field, min)),
            Bound::Included(Term::from_field_f64(field, max)),
        )))
    }

    fn time(&self, time: &Time) -> Box<dyn Query> {
        let field = match time.field {
            TimeField::Published => self.fields.published,
            TimeField::Ingested => self.fields.ingested,
        };
        let resolve = |moment: crate::query::Moment| moment.resolve_us(self.now);
        self.micros(field, time.from.map(resolve), time.before.map(resolve))
    }

    fn micros(&self, field: Field, from: Option<i64>, before: Option<i64>) -> Box<dyn Query> {
        if from.is_none() && before.is_none() {
            return self.filter(AllQuery);
        }
        self.filter(Careful(RangeQuery::new(
            from.map_or(Bound::Unbounded, |from| Bound::Included(Term::from_field_i64(field, from))),
            before.map_or(Bound::Unbounded, |before| Bound::Excluded(Term::from_field_i64(field, before))),
        )))
    }

    fn local_time(&self, local_time: &LocalTime) -> Box<dyn Query> {
        let local_time = local_time.clone();
        let predicate = FunctionPredicate::from(move |segment: &SegmentReader| {
            let published = segment.fast_fields().i64(TimeField::Published.name())?;
            let local_time = local_time.clone();
            Ok(move |doc: DocId| {
                published
                    .first(doc)
                    .and_then(|published_us| Timestamp::from_microsecond(published_us).ok())
                    .is_some_and(|published_at| local_time.holds(published_at))
            })
        });
        self.filter(Careful(DocPredicateQuery::from(predicate)))
    }

    fn sample(&self, sample: &Sample) -> Box<dyn Query> {
        let end = Term::from_field_u64(self.fields.sample, u64::from(sample.share));
        self.filter(Careful(RangeQuery::new(Bound::Unbounded, Bound::Excluded(end))))
    }

    /// Filters decide whether a mention matches, never how well.
    fn filter(&self, query: impl Query) -> Box<dyn Query> {
        if self.scored { Box::new(ConstScoreQuery::new(Box::new(query), 0.0)) } else { Box::new(query) }
    }

    const fn unscored(&self) -> Self {
        Self { fields: self.fields, now: self.now, scored: false }
    }
}

fn union(mut clauses: Vec<Clause>) -> Box<dyn Query> {
    match clauses.pop() {
        None => Box::new(EmptyQuery),
        Some((_, only)) if clauses.is_empty() => only,
        Some(last) => {
            clauses.push(last);
            Box::new(BooleanQuery::new(clauses))
        }
    }
}

/// Whether any word can lend a score.
pub(super) fn has_words(node: &Node) -> bool {
    match node {
        Node::Words(_) => true,
        Node::And(parts) | Node::Or(parts) => parts.iter().any(has_words),
        Node::Not(part) => matches!(part.as_ref(), Node::Not(twice) if has_words(twice)),
        Node::All
        | Node::HasText(_)
        | Node::Keyword(_)
        | Node::Number(_)
        | Node::Time(_)
        | Node::LocalTime(_)
        | Node::Sample(_) => false,
        Node::Reference(never) => match *never {},
    }
}

/// Refuses what [`Compiler`] would have to answer wrongly.
pub(super) fn check(node: &Node) -> Result<(), Error> {
    match node {
        Node::Words(words) => match &words.pattern {
            Pattern::Word(Word::Form(_) | Word::OneOf(_)) => Ok(()),
            pattern if plain_phrase(pattern).is_some() => Ok(()),
            _ => Err(Error::NotExecuted { written: words.to_string() }),
        },
        Node::And(parts) | Node::Or(parts) => parts.iter().try_for_each(check),
        Node::Not(part) => check(part),
        _ => Ok(()),
    }
}

/// The offsets and forms of a phrase of single forms.
fn plain_phrase(pattern: &Pattern) -> Option<Vec<(u32, &str)>> {
    let Pattern::Phrase(words) = pattern else { return None };
    let forms = words.iter().map(|word| match &word.word {
        Word::Form(form) => Some((word.offset, form.as_str())),
        Word::Plain(_) | Word::OneOf(_) | Word::Like(_) => None,
    });
    forms.collect()
}

/// The least string above all that begin with `prefix`; `None` where there is none. UTF-8 sorts as its letters do.
fn after_all_with_prefix(prefix: &str) -> Option<String> {
    let mut rest = prefix.chars();
    while let Some(last) = rest.next_back() {
        // A range of `char` steps over the gap of the surrogates.
        if let Some(next) = (last..=char::MAX).nth(1) {
            let mut end = rest.as_str().to_owned();
            end.push(next);
            return Some(end);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_prefix() {
        for (prefix, end) in [
            ("url:", Some("url;")),
            ("url:example.com/a", Some("url:example.com/b")),
            ("例", Some("侌")),
            ("\u{d7ff}", Some("\u{e000}")),
            ("a\u{10ffff}", Some("b")),
            ("\u{10ffff}", None),
            ("", None),
        ] {
            assert_eq!(after_all_with_prefix(prefix).as_deref(), end, "{prefix}");
        }
    }
}
