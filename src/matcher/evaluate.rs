use crate::{
    base::{Span, Timestamp, limits::HIGHLIGHTS_MAX},
    query::{Document, Keyword, KeywordTest, LocalTime, Node, Number, Phrase, TextField, Time, TimeField},
    text::Tokens,
};

/// Whether a mention matches, when it is `now`. The meaning of every [`Node`] is what stands here.
#[must_use]
pub fn evaluate(node: &Node, document: &Document, now: Timestamp) -> bool {
    match node {
        Node::All => true,
        Node::Phrase(phrase) => phrase.fields.iter().any(|field| {
            let tokens = &document.texts[field as usize];
            phrase_starts(phrase, tokens).next().is_some()
        }),
        Node::Keyword(keyword) => keyword_holds(keyword, document),
        Node::Number(number) => number_holds(number, document),
        Node::Time(time) => time_holds(time, document, now),
        Node::LocalTime(local) => local_time_holds(local, document),
        Node::And(parts) => parts.iter().all(|part| evaluate(part, document, now)),
        Node::Or(parts) => parts.iter().any(|part| evaluate(part, document, now)),
        Node::Not(part) => !evaluate(part, document, now),
    }
}

/// Where the words of a query stand in a mention that matches it: ordered by field and place, each once, at most
/// [`HIGHLIGHTS_MAX`]. What stands behind NOT, and parts that do not match, mark nothing.
#[must_use]
pub fn highlights(node: &Node, document: &Document, now: Timestamp) -> Vec<(TextField, Span)> {
    let mut found = Vec::new();
    collect(node, document, now, &mut found);
    found.sort_unstable();
    found.dedup();
    found.truncate(HIGHLIGHTS_MAX);
    found
}

fn collect(node: &Node, document: &Document, now: Timestamp, found: &mut Vec<(TextField, Span)>) {
    match node {
        Node::Phrase(phrase) => {
            for field in phrase.fields.iter() {
                let tokens = &document.texts[field as usize];
                let spans = phrase_starts(phrase, tokens).filter_map(|start| phrase_span(phrase, tokens, start));
                found.extend(spans.take(HIGHLIGHTS_MAX).map(|span| (field, span)));
            }
        }
        Node::And(parts) => parts.iter().for_each(|part| collect(part, document, now, found)),
        Node::Or(parts) => parts
            .iter()
            .filter(|part| evaluate(part, document, now))
            .for_each(|part| collect(part, document, now, found)),
        Node::All | Node::Keyword(_) | Node::Number(_) | Node::Time(_) | Node::LocalTime(_) | Node::Not(_) => {}
    }
}

/// The positions at which the phrase begins.
fn phrase_starts<'a>(phrase: &'a Phrase, tokens: &'a Tokens) -> impl Iterator<Item = u32> + 'a {
    let first = phrase.terms.first();
    let starts = tokens.iter().filter(move |token| first.is_some_and(|first| token.term == first.term));
    starts.map(|token| token.position).filter(move |start| {
        phrase.terms.iter().skip(1).all(|asked| holds_at(tokens, start + asked.offset, &asked.term))
    })
}

fn holds_at(tokens: &Tokens, position: u32, term: &str) -> bool {
    forms_at(tokens, position).any(|token| token.term == term)
}

/// The forms at a position. Positions never fall, so the place is found by halving.
fn forms_at(tokens: &Tokens, position: u32) -> impl Iterator<Item = crate::text::Token<'_>> {
    let (mut low, mut high) = (0, tokens.len());
    while low < high {
        let middle = low.midpoint(high);
        if tokens.get(middle).is_some_and(|token| token.position < position) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    (low..tokens.len()).map_while(|index| tokens.get(index)).take_while(move |token| token.position == position)
}

fn phrase_span(phrase: &Phrase, tokens: &Tokens, start: u32) -> Option<Span> {
    let spans = phrase.terms.iter().filter_map(|asked| {
        let mut forms = forms_at(tokens, start + asked.offset);
        forms.find(|token| token.term == asked.term).map(|token| token.span)
    });
    spans.reduce(Span::join)
}

fn keyword_holds(keyword: &Keyword, document: &Document) -> bool {
    let start = document.keywords.partition_point(|(field, _)| *field < keyword.field);
    let mut values = document.keywords[start..].iter().take_while(|(field, _)| *field == keyword.field);
    match &keyword.test {
        KeywordTest::Is(value) => values.any(|(_, held)| held == value),
        KeywordTest::StartsWith(beginning) => values.any(|(_, held)| held.starts_with(beginning.as_str())),
        KeywordTest::Set => values.next().is_some(),
    }
}

fn number_holds(number: &Number, document: &Document) -> bool {
    document.numbers[number.field as usize].is_some_and(|held| number.min <= held && held <= number.max)
}

fn time_holds(time: &Time, document: &Document, now: Timestamp) -> bool {
    let moment = match time.field {
        TimeField::Published => document.published,
        TimeField::Ingested => document.ingested,
    };
    let moment_us = moment.as_microsecond();
    time.from.is_none_or(|from| from.resolve_us(now) <= moment_us)
        && time.before.is_none_or(|before| moment_us < before.resolve_us(now))
}

fn local_time_holds(local: &LocalTime, document: &Document) -> bool {
    local.holds(document.published)
}
