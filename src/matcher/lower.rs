//! From the tree of a query to its plan: words and values become terms. The one place that knows every kind of node.

use super::{
    book::Book,
    plan::{Places, Plan},
    statistics::StreamStatistics,
    term::{Space, TermId},
};
use crate::{
    query::{Keyword, KeywordTest, Node, Pattern, TextFields, Words},
    text::Word,
};

/// The plan of a query, with its terms in the book.
pub(super) fn lower(node: &Node, book: &mut Book, statistics: &StreamStatistics) -> Plan {
    Lowering { book, statistics }.node(node)
}

struct Lowering<'a> {
    book: &'a mut Book,
    statistics: &'a StreamStatistics,
}

impl Lowering<'_> {
    fn node(&mut self, node: &Node) -> Plan {
        match node {
            Node::All => Plan::All,
            Node::Words(words) => self.words(words),
            Node::HasText(asked) => Plan::Term(self.term(Space::HAS_TEXT, asked.field.name())),
            Node::Keyword(keyword) => self.keyword(keyword),
            Node::Number(number) => Plan::Number(number.field, number.min, number.max),
            Node::Time(time) => Plan::Time(time.field, time.from, time.before),
            Node::Sample(sample) => {
                self.book.needed.add_sample();
                Plan::Sample(sample.share)
            }
            // Zones cannot be told in numbers, and few queries ask for them.
            Node::LocalTime(_) => self.book.rare(node),
            Node::Reference(never) => match *never {},
            Node::And(parts) => Plan::all_of(parts.iter().map(|part| self.node(part)).collect()),
            Node::Or(parts) => Plan::one_of(parts.iter().map(|part| self.node(part)).collect()),
            Node::Not(part) => Plan::not(self.node(part)),
        }
    }

    fn term(&mut self, space: Space, letters: &str) -> TermId {
        self.book.intern(space, letters.as_bytes(), self.statistics)
    }

    fn keyword(&mut self, keyword: &Keyword) -> Plan {
        let values = Space::value(keyword.field);
        match &keyword.test {
            KeywordTest::Is(value) => Plan::Term(self.term(values, value)),
            KeywordTest::OneOf(wanted) => Plan::any(wanted.iter().map(|value| self.term(values, value)).collect()),
            KeywordTest::StartsWith(beginning) => Plan::Term(self.term(Space::value_prefix(keyword.field), beginning)),
            KeywordTest::Set => Plan::Term(self.term(Space::is_set(keyword.field), "")),
        }
    }

    fn words(&mut self, words: &Words) -> Plan {
        match self.pattern(words.fields, &words.pattern) {
            // No place has to be known.
            Places::Word(terms) => Plan::any(terms),
            places => Plan::Places(places),
        }
    }

    fn pattern(&mut self, fields: TextFields, pattern: &Pattern) -> Places {
        match pattern {
            Pattern::Word(word) => Places::Word(self.word(fields, word)),
            Pattern::Phrase(words) => {
                Places::Phrase(words.iter().map(|word| (word.offset, self.word(fields, &word.word))).collect())
            }
            Pattern::Window { parts, positions_max } => Places::Window {
                parts: parts.iter().map(|part| self.pattern(fields, part)).collect(),
                positions_max: *positions_max,
            },
            Pattern::Near { left, right, distance, ordered } => Places::Near {
                left: Box::new(self.pattern(fields, left)),
                right: Box::new(self.pattern(fields, right)),
                distance: *distance,
                ordered: *ordered,
            },
            Pattern::AnyOf(parts) => any_of(parts.iter().map(|part| self.pattern(fields, part)).collect()),
        }
    }

    /// The terms of which a position has to hold one; rising, each once.
    fn word(&mut self, fields: TextFields, word: &Word) -> Vec<TermId> {
        let mut terms = match word {
            Word::Form(form) => vec![self.term(Space::words(fields), form)],
            Word::Plain(form) => vec![self.term(Space::plain_words(fields), form)],
            Word::OneOf(forms) => forms.iter().map(|form| self.term(Space::words(fields), form)).collect(),
            Word::Like(wildcard) => vec![self.book.intern_wildcard(fields, wildcard, self.statistics)],
        };
        terms.sort_unstable();
        terms.dedup();
        terms
    }
}

/// Single words among the parts are one word with several terms: most groups of NEAR are nothing else.
fn any_of(parts: Vec<Places>) -> Places {
    let mut words = Vec::new();
    let mut others = Vec::new();
    for part in parts {
        match part {
            Places::Word(terms) => words.extend(terms),
            other => others.push(other),
        }
    }
    if !words.is_empty() {
        words.sort_unstable();
        words.dedup();
        others.insert(0, Places::Word(words));
    }
    if others.len() == 1 { others.swap_remove(0) } else { Places::AnyOf(others) }
}
