//! One word, phrase or value: checked, normalised, and given the meaning that its field gives it.

use super::{
    ClockPart, Keyword, KeywordField, KeywordTest, LocalTime, Node, Number, NumberField, Pattern, ProblemCode,
    Reference, TextField, TextFields, Time, TimeField, Words,
    check::{Checker, Scope},
    field::Field,
    letters::{has_wildcard, in_quotes},
    lexer::{self, open_form},
    problem::shown,
    ranges::{self, Fault},
    suggest,
    syntax::Leaf,
    times,
};
use crate::{
    base::{Span, limits},
    text::{Asked, asked},
};

impl Checker<'_> {
    /// `span` is that of the leaf without the field's name.
    pub(super) fn leaf(&mut self, span: Span, leaf: &Leaf, scope: Option<Scope>) -> Option<Node<Reference>> {
        let written = self.text.get(span.range())?;
        let content = match leaf {
            Leaf::Quoted(content) => content.as_str(),
            Leaf::Word | Leaf::Range => written,
            Leaf::Window => return self.refuse(span, "words inside a window (`~n`)"),
            Leaf::Cased => return self.refuse(span, "a word in the letter case it is written in (`{…}`)"),
            Leaf::Inflected => return self.refuse(span, "all forms of a word (`~`)"),
        };
        let Some(scope) = scope else { return self.text_leaf(None, span, span, leaf, content) };
        let whole = scope.direct.map_or(span, |name| name.join(span));
        match scope.field {
            Field::Text(field) => self.text_leaf(Some((field, scope.direct)), span, whole, leaf, content),
            Field::Keyword(field) => self.keyword(field, span, whole, leaf, content),
            Field::Number(field) => self.number(field, span, whole, content),
            Field::Time(field) => self.time(field, span, whole, content),
            Field::Clock(part) => self.local_time(part, span, whole, content),
        }
    }

    fn refuse(&mut self, span: Span, what: &str) -> Option<Node<Reference>> {
        self.not_supported(span, &self.text[span.range()], what);
        None
    }

    fn text_leaf(
        &mut self,
        field: Option<(TextField, Option<Span>)>,
        span: Span,
        whole: Span,
        leaf: &Leaf,
        content: &str,
    ) -> Option<Node<Reference>> {
        if matches!(leaf, Leaf::Range) {
            let message = format!("the range {} needs a field of numbers or times before it", shown(content));
            self.problems.error(ProblemCode::BadRange, span, message, None);
            return None;
        }
        if matches!(leaf, Leaf::Word) {
            if content == "*" {
                return match field {
                    None => Some(Node::All),
                    Some((field, _)) => self.refuse(whole, &format!("whether `{}:` has a text", field.name())),
                };
            }
            if let Some(form) = open_form(content) {
                // A question mark at the end is mostly that of a question.
                let word = content.trim_end_matches('?');
                let suggestion = (!has_wildcard(word) && word.len() < content.len()).then(|| in_quotes(content));
                let message = format!(
                    "{form}, which cannot be searched for in this version; write it in quotes to search for it as it is"
                );
                self.problems.error(ProblemCode::NotSupported, span, message, suggestion);
                return None;
            }
            if let (Some((field, Some(_))), Some(rest)) = (field, content.strip_prefix('-')) {
                let message = format!("a `-` that means NOT stands before the field: `-{}:{rest}`", field.name());
                let suggestion = format!("-{}:{rest}", field.name());
                self.problems.error(ProblemCode::UnknownValue, whole, message, Some(suggestion));
                return None;
            }
        }
        let terms = asked(content, Asked::QUOTED).unwrap_or_default();
        if terms.is_empty() {
            let suggestion = (content == "**").then(|| "*".to_owned());
            let message = format!("there is nothing in {} that can be searched for", shown(content));
            self.problems.error(ProblemCode::NothingToSearch, span, message, suggestion);
            return None;
        }
        if terms.len() > limits::PHRASE_WORDS_MAX {
            let message = format!(
                "a phrase has at most {} words, and this one has {}; make two of it",
                limits::PHRASE_WORDS_MAX,
                terms.len()
            );
            self.problems.error(ProblemCode::PhraseTooLong, span, message, None);
            return None;
        }
        let prefix = field.map_or_else(String::new, |(field, _)| format!("{}:", field.name()));
        let is_bare = !matches!(leaf, Leaf::Quoted(_))
            && content != "*"
            && (prefix.is_empty() || !content.starts_with('-'))
            && open_form(content).is_none()
            && lexer::is_one_word(&prefix, content);
        Some(Node::Words(Words {
            fields: field.map_or(TextFields::DEFAULT, |(field, _)| TextFields::one(field)),
            pattern: Pattern::of_words(terms)?,
            written: if is_bare { content.to_owned() } else { in_quotes(content) },
            span: whole,
        }))
    }

    fn keyword(
        &mut self,
        field: KeywordField,
        span: Span,
        whole: Span,
        leaf: &Leaf,
        content: &str,
    ) -> Option<Node<Reference>> {
        let mut content = content;
        if !matches!(leaf, Leaf::Quoted(_)) {
            if content == "*" {
                return Some(Node::Keyword(Keyword { field, test: KeywordTest::Set, span: whole }));
            }
            if field == KeywordField::From && content.to_lowercase().starts_with("list:") {
                return self.refuse(span, "a list of authors");
            }
            if field.is_prefix() {
                // The beginning is compared anyway: a `*` at the end says the same.
                content = content.trim_end_matches('*');
            }
            let is_open = if field.is_prefix() { content.contains('*') } else { content.contains(['*', '?']) };
            if is_open {
                return self.refuse(span, "a value with a wildcard (without quotes around it)");
            }
        }
        let value = field.normalize(content);
        if value.is_empty() {
            let message = format!("`{}:` needs a value right behind its colon", field.name());
            self.problems.error(ProblemCode::MissingValue, whole, message, None);
            return None;
        }
        if !self.is_known_value(field, span, whole, content, &value) {
            return None;
        }
        let test = if field.is_prefix() { KeywordTest::StartsWith(value) } else { KeywordTest::Is(value) };
        Some(Node::Keyword(Keyword { field, test, span: whole }))
    }

    fn is_known_value(&mut self, field: KeywordField, span: Span, whole: Span, written: &str, value: &str) -> bool {
        let name = field.name();
        let (span, message, suggestion) = match field {
            KeywordField::Lang => {
                if (2..=3).contains(&value.len()) && value.bytes().all(|letter| letter.is_ascii_lowercase()) {
                    return true;
                }
                let primary = value.split(['-', '_']).next().filter(|code| code.len() == 2 && code.len() < value.len());
                let suggestion = suggest::language(value).or(primary).map(str::to_owned);
                let message = format!("{} is no code of a language, such as `it`, `de` or `und`", shown(written));
                (span, message, suggestion)
            }
            KeywordField::Country => {
                if value.len() == 2 && value.bytes().all(|letter| letter.is_ascii_lowercase()) {
                    return true;
                }
                let message = format!(
                    "{} is no code of a country: two letters of ISO 3166, such as `it` or `de`",
                    shown(written)
                );
                (span, message, None)
            }
            KeywordField::Site => {
                let address = KeywordField::Url.normalize(written);
                if address.trim_end_matches('/') == value {
                    return true;
                }
                let message =
                    format!("`site:` takes a host; for the beginning of the address {} use `url:`", shown(written));
                (whole, message, Some(format!("url:{address}")))
            }
            _ => {
                let Some(known) = field.values() else { return true };
                if known.contains(&value) {
                    if NO_DATA_YET.contains(&(field, value)) {
                        self.no_data_yet(span, &format!("the value `{value}` of `{name}:`"));
                    }
                    return true;
                }
                let only = if let [only] = known[..] { Some(only) } else { None };
                let (span, suggestion) = match suggest::value(name, value) {
                    Some((theirs, ours)) if theirs == name => (span, Some(ours.to_owned())),
                    // Inside brackets of this field another one cannot stand.
                    Some((theirs, ours)) => (whole, (whole != span).then(|| format!("{theirs}:{ours}"))),
                    None => (span, suggest::nearest(value, known.iter().copied()).or(only).map(str::to_owned)),
                };
                let message = format!("`{name}:` has no value {}; it has {}", shown(written), known.join(", "));
                (span, message, suggestion)
            }
        };
        self.problems.error(ProblemCode::UnknownValue, span, message, suggestion);
        false
    }

    fn number(&mut self, field: NumberField, span: Span, whole: Span, content: &str) -> Option<Node<Reference>> {
        let range = ranges::numbers(content, field);
        let (min, max) = self.range(field.name(), span, range)?;
        Some(Node::Number(Number { field, min, max, span: whole }))
    }

    fn time(&mut self, field: TimeField, span: Span, whole: Span, content: &str) -> Option<Node<Reference>> {
        let range = times::times(content, field, self.zone);
        let (from, before) = self.range(field.name(), span, range)?;
        Some(Node::Time(Time { field, from, before, span: whole }))
    }

    fn local_time(&mut self, part: ClockPart, span: Span, whole: Span, content: &str) -> Option<Node<Reference>> {
        let range = times::clock(content, part);
        let (min, max) = self.range(part.name(), span, range)?;
        Some(Node::LocalTime(LocalTime { part, min, max, zone: self.zone.clone(), span: whole }))
    }

    fn range<T>(&mut self, name: &str, span: Span, range: Result<T, Fault>) -> Option<T> {
        match range {
            Ok(range) => Some(range),
            Err(Fault::Bad(message)) => {
                self.problems.error(ProblemCode::BadRange, span, message, None);
                None
            }
            Err(Fault::Backwards(meant)) => {
                let message = format!("this range of `{name}:` ends before it begins: write `{meant}`");
                self.problems.error(ProblemCode::RangeBackwards, span, message, Some(meant));
                None
            }
        }
    }
}

/// Values of the language for which mentions hold no data in this version.
const NO_DATA_YET: [(KeywordField, &str); 7] = [
    (KeywordField::Is, "conflict"),
    (KeywordField::Is, "answered_late"),
    (KeywordField::Status, "claimed"),
    (KeywordField::Status, "handed_off"),
    (KeywordField::Status, "closed"),
    (KeywordField::Status, "ignored"),
    (KeywordField::Status, "snoozed"),
];
