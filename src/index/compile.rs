use std::ops::Bound;

use tantivy::{
    DocId, Searcher, SegmentReader, Term,
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
    words::{OpenFiles, Resolver},
};
use crate::{
    base::{Timestamp, limits::WILDCARD_FORMS_MAX},
    query::{Keyword, KeywordTest, LocalTime, Node, Number, Pattern, Time, TimeField, Words},
    text::Word,
};

type Clause = (Occur, Box<dyn Query>);
type Compiled = Result<Box<dyn Query>, Error>;

/// More values than this are looked up together in one walk through the dictionary.
const VALUES_LOOKED_UP_SINGLY_MAX: usize = 16;

/// Turns a checked query into one of tantivy's.
pub(super) struct Compiler<'a> {
    /// Where everything lies.
    fields: &'a Fields,
    /// What `now` is.
    now: Timestamp,
    /// Scores are wanted: BM25 of the words; filters then count nothing.
    scored: bool,
    /// Looks up what stands for what in this index.
    resolver: Resolver<'a>,
}

impl<'a> Compiler<'a> {
    /// For one query to one state of the index.
    pub(super) fn new(
        (searcher, files): (&'a Searcher, &'a OpenFiles),
        fields: &'a Fields,
        now: Timestamp,
        scored: bool,
    ) -> Self {
        Self { fields, now, scored, resolver: Resolver::new(searcher, files, WILDCARD_FORMS_MAX) }
    }

    /// A query that matches exactly the mentions that `node` does.
    ///
    /// # Errors
    /// [`Error::Read`] of the dictionaries, [`Error::TooDear`].
    pub(super) fn compile(&mut self, node: &Node) -> Compiled {
        Ok(match node {
            Node::All => self.filter(AllQuery),
            Node::Words(words) => {
                let mut clauses = Vec::with_capacity(2);
                self.add_words(words, &mut clauses)?;
                union(clauses)
            }
            Node::HasText(has_text) => self.fact(text_set_term(has_text.field)),
            Node::Keyword(keyword) => self.keyword(keyword),
            Node::Number(number) => self.number(number),
            Node::Time(time) => self.time(time),
            Node::LocalTime(local_time) => self.local_time(local_time),
            Node::Sample(sample) => {
                let bound = Term::from_field_u64(self.fields.sample, u64::from(sample.share));
                self.filter(Careful(RangeQuery::new(Bound::Unbounded, Bound::Excluded(bound))))
            }
            Node::And(parts) => self.all_of(parts.iter(), Vec::new())?,
            Node::Or(parts) => {
                let mut clauses = Vec::with_capacity(parts.len());
                self.add_alternatives(parts, &mut clauses)?;
                union(clauses)
            }
            Node::Not(part) => match part.as_ref() {
                Node::Not(twice) => self.compile(twice)?,
                _ => self.all_of(std::iter::once(node), Vec::new())?,
            },
            Node::Reference(never) => match *never {},
        })
    }

    /// The same, but only among the mentions published in `[from_us, before_us)`.
    ///
    /// # Errors
    /// As [`Self::compile`].
    pub(super) fn compile_within(&mut self, node: &Node, from_us: Option<i64>, before_us: Option<i64>) -> Compiled {
        if from_us.is_none() && before_us.is_none() {
            return self.compile(node);
        }
        let range = self.micros(self.fields.published, from_us, before_us);
        let parts = if let Node::And(parts) = node { parts.as_slice() } else { std::slice::from_ref(node) };
        self.all_of(parts.iter(), vec![(Occur::Must, range)])
    }

    /// Negated parts become exclusions. tantivy needs something to exclude from, so a lack of other parts becomes "all".
    fn all_of<'n>(&mut self, parts: impl Iterator<Item = &'n Node>, mut clauses: Vec<Clause>) -> Compiled {
        for part in parts {
            match part {
                Node::All => {}
                Node::Not(inner) => clauses.push((Occur::MustNot, self.unscored(inner)?)),
                _ => clauses.push((Occur::Must, self.compile(part)?)),
            }
        }
        if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
            clauses.push((Occur::Must, self.filter(AllQuery)));
        }
        Ok(match clauses.pop() {
            Some((Occur::Must, only)) if clauses.is_empty() => only,
            Some(last) => {
                clauses.push(last);
                Box::new(BooleanQuery::new(clauses))
            }
            None => self.filter(AllQuery),
        })
    }

    /// One flat union, words of several fields included: tantivy is fastest on a union of plain terms.
    fn add_alternatives(&mut self, parts: &[Node], clauses: &mut Vec<Clause>) -> Result<(), Error> {
        for part in parts {
            match part {
                Node::Or(inner) => self.add_alternatives(inner, clauses)?,
                Node::Words(words) => self.add_words(words, clauses)?,
                _ => clauses.push((Occur::Should, self.compile(part)?)),
            }
        }
        Ok(())
    }

    fn add_words(&mut self, words: &Words, clauses: &mut Vec<Clause>) -> Result<(), Error> {
        let fields = self.fields;
        let fields = words.fields.iter().map(|field| fields.text(field));
        if let Pattern::Word(Word::Form(form)) = &words.pattern {
            let record = if self.scored { IndexRecordOption::WithFreqs } else { IndexRecordOption::Basic };
            let term =
                |field| -> Box<dyn Query> { Box::new(TermQuery::new(Term::from_field_text(field, form), record)) };
            clauses.extend(fields.map(|field| (Occur::Should, term(field))));
        } else if let Some(phrase) = plain_phrase(&words.pattern) {
            // Distances are exact: without slop tantivy compares `position - offset` of all terms, so gaps, equal offsets and
            // the same term twice keep their meaning.
            let of_field = |field| -> Box<dyn Query> {
                let terms = phrase.iter().map(|&(offset, form)| (offset, Term::from_field_text(field, form)));
                Box::new(Careful(PhraseQuery::new_with_offset(terms.collect())))
            };
            clauses.extend(fields.map(|field| (Occur::Should, of_field(field))));
        } else {
            clauses.push((Occur::Should, Box::new(self.resolver.pattern(&words.pattern, fields)?)));
        }
        Ok(())
    }

    fn keyword(&self, keyword: &Keyword) -> Box<dyn Query> {
        let term = |value: &str| Term::from_field_text(self.fields.facts, &fact_term(keyword.field, value));
        match &keyword.test {
            KeywordTest::Is(value) => self.fact(&fact_term(keyword.field, value)),
            KeywordTest::OneOf(values) if values.len() <= VALUES_LOOKED_UP_SINGLY_MAX => {
                union(values.iter().map(|value| (Occur::Should, self.fact(&fact_term(keyword.field, value)))).collect())
            }
            KeywordTest::OneOf(values) => {
                self.filter(Careful(TermSetQuery::new(values.iter().map(|value| term(value)))))
            }
            KeywordTest::Set => self.fact(set_term(keyword.field)),
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

    /// Filters decide whether a mention matches, never how well.
    fn filter(&self, query: impl Query) -> Box<dyn Query> {
        if self.scored { Box::new(ConstScoreQuery::new(Box::new(query), 0.0)) } else { Box::new(query) }
    }

    fn unscored(&mut self, node: &Node) -> Compiled {
        let scored = std::mem::replace(&mut self.scored, false);
        let compiled = self.compile(node);
        self.scored = scored;
        compiled
    }
}

/// The distances and forms of a phrase of single forms, which is tantivy's own.
fn plain_phrase(pattern: &Pattern) -> Option<Vec<(usize, &str)>> {
    let Pattern::Phrase(words) = pattern else { return None };
    let forms = words.iter().map(|asked| match &asked.word {
        Word::Form(form) => Some((asked.offset as usize, form.as_str())),
        Word::Plain(_) | Word::OneOf(_) | Word::Like(_) => None,
    });
    forms.collect()
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
