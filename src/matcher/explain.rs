use std::fmt::{self, Write};

use super::{evaluate::evaluate, highlights, occurrences::occurs};
use crate::{
    base::{
        Span, Timestamp,
        limits::{EXPLAIN_PLACES_MAX, EXPLAIN_TEXT_BYTES_MAX},
    },
    model::Version,
    query::{
        ClockPart, Document, Keyword, KeywordField, LocalTime, Node, NumberField, Pattern, Sample, TextField,
        TimeField, Words,
    },
    text::Word,
};

/// Facts of a field that are named in an explanation before it only says how many more there are.
const FOUND_VALUES_MAX: usize = 8;

/// A part of a query, held against one mention.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// How its parts belong together.
    pub kind: ClauseKind,
    /// What [`evaluate()`] says of it.
    pub matched: bool,
    /// As it prints; a long one is cut at [`EXPLAIN_TEXT_BYTES_MAX`] bytes and ends with `…`.
    pub text: String,
    /// Where it stands in the query text; what comes from another saved search stands where that is named.
    pub span: Span,
    /// What in the texts makes it match, ordered, at most [`EXPLAIN_PLACES_MAX`].
    pub places: Vec<(TextField, Span)>,
    /// What the mention has where it looks: `lang is ru (0.93)`.
    pub found: String,
    /// Its parts, in their order.
    pub clauses: Vec<Clause>,
}

/// How the parts of a clause belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClauseKind {
    /// All have to match.
    And,
    /// One has to match.
    Or,
    /// The one must not match.
    Not,
    /// It has none.
    Leaf,
}

/// Why a mention matches, or why not, when it is `now`: every part of a query, with what there is in its place. `document` is
/// the reading of `version`, which adds how sure its judgements are.
#[must_use]
pub fn explain(node: &Node, document: &Document, version: &Version, now: Timestamp) -> Clause {
    let (kind, parts) = match node {
        Node::And(parts) => (ClauseKind::And, parts.as_slice()),
        Node::Or(parts) => (ClauseKind::Or, parts.as_slice()),
        Node::Not(part) => (ClauseKind::Not, std::slice::from_ref(&**part)),
        leaf => return explained_leaf(leaf, document, version, now),
    };
    let clauses: Vec<Clause> = parts.iter().map(|part| explain(part, document, version, now)).collect();
    let matched = match kind {
        ClauseKind::And => clauses.iter().all(|clause| clause.matched),
        ClauseKind::Or => clauses.iter().any(|clause| clause.matched),
        ClauseKind::Not | ClauseKind::Leaf => !clauses.iter().any(|clause| clause.matched),
    };
    let span = clauses.iter().map(|clause| clause.span).reduce(Span::join).unwrap_or_default();
    Clause { kind, matched, text: cut(node), span, places: Vec::new(), found: String::new(), clauses }
}

fn explained_leaf(leaf: &Node, document: &Document, version: &Version, now: Timestamp) -> Clause {
    let matched = evaluate(leaf, document, now);
    let mut places = if matched { highlights(leaf, document, now) } else { Vec::new() };
    places.truncate(EXPLAIN_PLACES_MAX);
    let (found, span) = match leaf {
        Node::Words(words) => (if matched { String::new() } else { missing(words, document) }, words.span),
        Node::HasText(asked) => {
            let what = if matched { "has a text" } else { "is empty" };
            (format!("{} {what}", asked.field.name()), asked.span)
        }
        Node::Keyword(keyword) => (values(keyword, document, version), keyword.span),
        Node::Number(number) => {
            let held = document.numbers[number.field as usize];
            let name = number.field.name();
            let held = held.map_or_else(|| format!("{name} is not known"), |held| format!("{name} is {held}"));
            (held + &unscored(number.field, version), number.span)
        }
        Node::Time(time) => {
            let moment = match time.field {
                TimeField::Published => document.published,
                TimeField::Ingested => document.ingested,
            };
            (format!("{} is {moment}", time.field.name()), time.span)
        }
        Node::LocalTime(local) => (clock(local, document.published), local.span),
        Node::Sample(sample) => {
            let share = |parts: u16| f64::from(parts) * 100.0 / f64::from(Sample::WHOLE);
            (format!("its place in samples is {} %", share(document.sample)), sample.span)
        }
        Node::Reference(never) => match *never {},
        Node::All | Node::And(_) | Node::Or(_) | Node::Not(_) => (String::new(), Span::default()),
    };
    Clause {
        kind: ClauseKind::Leaf,
        matched,
        text: cut(leaf),
        span,
        places,
        found: shortened(&found),
        clauses: Vec::new(),
    }
}

impl Clause {
    /// The clauses that decide that it does not match, in their order, without their parts: of an AND those that fail, of an
    /// OR all of them, and a NOT whose part matches. Empty where it matches.
    #[must_use]
    pub fn failed(&self) -> Vec<Self> {
        let mut failed = Vec::new();
        self.collect_failed(&mut failed);
        failed
    }

    fn collect_failed(&self, failed: &mut Vec<Self>) {
        if self.matched {
            return;
        }
        match self.kind {
            ClauseKind::And | ClauseKind::Or => self.clauses.iter().for_each(|clause| clause.collect_failed(failed)),
            ClauseKind::Leaf => failed.push(Self { clauses: Vec::new(), ..self.clone() }),
            ClauseKind::Not => {
                let mut deciding = Self { clauses: Vec::new(), ..self.clone() };
                for clause in &self.clauses {
                    clause.collect_places(&mut deciding.places);
                    deciding.found.clone_from(&clause.found);
                }
                deciding.places.sort_unstable();
                deciding.places.dedup();
                deciding.places.truncate(EXPLAIN_PLACES_MAX);
                failed.push(deciding);
            }
        }
    }

    /// The places of everything in it that matches.
    fn collect_places(&self, places: &mut Vec<(TextField, Span)>) {
        if self.matched {
            places.extend(&self.places);
            self.clauses.iter().for_each(|clause| clause.collect_places(places));
        }
    }

    /// Leaves of a clause that matches what makes it match: no alternatives that fail, no parts of a NOT, and no more than
    /// `clauses_max` clauses in all, those that come first in the text.
    pub fn prune(&mut self, clauses_max: usize) {
        let mut room = clauses_max.saturating_sub(1);
        self.prune_parts(&mut room);
    }

    fn prune_parts(&mut self, room: &mut usize) {
        match self.kind {
            ClauseKind::Or => self.clauses.retain(|clause| clause.matched),
            ClauseKind::Not => self.clauses.clear(),
            ClauseKind::And | ClauseKind::Leaf => {}
        }
        self.clauses.truncate(*room);
        *room -= self.clauses.len();
        self.clauses.iter_mut().for_each(|clause| clause.prune_parts(room));
    }
}

/// What there is of words that do not match.
fn missing(words: &Words, document: &Document) -> String {
    let fields = words.fields.iter().map(TextField::name).collect::<Vec<_>>().join(", ");
    let is_there = |word: &Word| {
        let pattern = Pattern::Word(word.clone());
        words.fields.iter().any(|field| occurs(&pattern, &document.texts[field as usize]))
    };
    let (mut there, mut lacking) = (Vec::new(), Vec::new());
    words.pattern.for_each_word(&mut |word| {
        let list = if is_there(word) { &mut there } else { &mut lacking };
        list.push(shown(word));
    });
    for list in [&mut there, &mut lacking] {
        list.dedup();
        list.truncate(FOUND_VALUES_MAX);
    }
    match (there.is_empty(), lacking.is_empty()) {
        (false, true) => format!("its words are in {fields}, but not as it asks"),
        (false, false) => format!("{fields}: there is {}, but not {}", there.join(", "), lacking.join(", ")),
        (true, _) => format!("not in {fields}"),
    }
}

/// A word for eyes, without the marks that tell its forms apart.
fn shown(word: &Word) -> String {
    let form = match word {
        Word::Form(form) | Word::Plain(form) => form.as_str(),
        Word::OneOf(forms) => forms.first().map_or("", String::as_str),
        Word::Like(_) => return "a word of that form".to_owned(),
    };
    format!("`{}`", form.trim_start_matches(char::is_control))
}

/// What a mention has in a field of facts.
fn values(keyword: &Keyword, document: &Document, version: &Version) -> String {
    let field = keyword.field;
    let held: Vec<&str> =
        document.keywords.iter().filter(|(of, _)| *of == field).map(|(_, value)| value.as_str()).collect();
    if held.is_empty() {
        return match field {
            KeywordField::Needs => format!("needs nothing; status is {}", version.status),
            _ => format!("{} has no value", field.name()),
        };
    }
    let more = match held.len().saturating_sub(FOUND_VALUES_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let understanding = &version.understanding;
    let sure = match field {
        KeywordField::Lang if understanding.language.code == crate::model::Language::UNDETERMINED => {
            format!(" ({})", understanding.language.evidence)
        }
        KeywordField::Lang => format!(" ({:.2})", understanding.language.confidence),
        KeywordField::Sentiment => format!(" ({:+.2})", understanding.sentiment.score),
        _ => String::new(),
    };
    format!("{} is {}{more}{sure}", field.name(), held[..held.len().min(FOUND_VALUES_MAX)].join(", "))
}

fn unscored(field: NumberField, version: &Version) -> String {
    match field {
        NumberField::SentimentScore => format!("; sentiment is {}", version.understanding.sentiment.label),
        _ => String::new(),
    }
}

fn clock(local: &LocalTime, published: Timestamp) -> String {
    let there = local.zone.to_datetime(published);
    match local.part {
        ClockPart::MinuteOfDay => format!("it was {:02}:{:02} there", there.hour(), there.minute()),
        ClockPart::Weekday => format!("it was {:?} there", there.weekday()),
    }
}

/// A part of a query as it prints, cut where it is long.
fn cut(node: &Node) -> String {
    let mut text = Cut(String::new());
    // An error says that there was more than fits.
    match write!(text, "{node}") {
        Ok(()) => text.0,
        Err(fmt::Error) => text.0 + "…",
    }
}

fn shortened(text: &str) -> String {
    let mut short = Cut(String::new());
    match short.write_str(text) {
        Ok(()) => short.0,
        Err(fmt::Error) => short.0 + "…",
    }
}

/// Takes so much text and no more, so that a query of 2,000 words is not printed at each of its levels.
struct Cut(String);

impl Write for Cut {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = EXPLAIN_TEXT_BYTES_MAX - self.0.len();
        let fits = text.floor_char_boundary(room);
        self.0.push_str(&text[..fits]);
        if fits < text.len() { Err(fmt::Error) } else { Ok(()) }
    }
}
