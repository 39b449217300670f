//! One value: checked, normalised, and given the meaning that its field gives it.

use super::{
    ClockPart, Keyword, KeywordField, KeywordTest, LocalTime, Node, Number, NumberField, ProblemCode, Reference,
    Sample, Time, TimeField,
    check::{Checker, Scope},
    field::Field,
    letters::in_quotes,
    problem::shown,
    ranges::{self, Fault},
    suggest,
    syntax::Leaf,
    times,
};
use crate::base::Span;

impl Checker<'_> {
    /// `span` is that of the leaf without the field's name.
    pub(super) fn leaf(&mut self, span: Span, leaf: &Leaf, scope: Option<Scope>) -> Option<Node<Reference>> {
        let Some(scope) = scope else { return self.text_leaf(None, span, span, leaf) };
        let whole = scope.direct.map_or(span, |name| name.join(span));
        if let Field::Text(field) = scope.field {
            return self.text_leaf(Some((field, scope.direct)), span, whole, leaf);
        }
        let content = match leaf {
            Leaf::Quoted(content) => content.as_str(),
            Leaf::Word | Leaf::Range => &self.text[span.range()],
            Leaf::Cased(content) | Leaf::Window(content, ..) | Leaf::Inflected(Some(content)) => {
                return self.not_words(scope.field, span, content);
            }
            Leaf::Inflected(None) => return self.not_words(scope.field, span, &self.text[span.range()][1..]),
        };
        match scope.field {
            Field::Keyword(field) => self.keyword(field, span, whole, leaf, content),
            Field::Number(field) => self.number(field, span, whole, content),
            Field::Time(field) => self.time(field, span, whole, content),
            Field::Clock(part) => self.local_time(part, span, whole, content),
            Field::Search => self.saved_search(whole, leaf, content),
            Field::Sample => self.sample(span, whole, content),
            Field::Text(_) => None,
        }
    }

    /// A form for words behind a field that takes values.
    fn not_words(&mut self, field: Field, span: Span, content: &str) -> Option<Node<Reference>> {
        let written = &self.text[span.range()];
        let message = format!(
            "`{}:` takes a value; {} is a form for words, which stands behind `title:`, `text:`, `author:`, `bio:` or `parent:`",
            field.name(),
            shown(written)
        );
        let suggestion = matches!(field, Field::Keyword(_)).then(|| in_quotes(content));
        self.problems.error(ProblemCode::NotForField, span, message, suggestion);
        None
    }

    fn saved_search(&mut self, whole: Span, leaf: &Leaf, content: &str) -> Option<Node<Reference>> {
        let id = content.trim();
        if id.is_empty() || (id == "*" && matches!(leaf, Leaf::Word)) {
            let message = "`search:` needs the id of a saved search right behind its colon";
            self.problems.error(ProblemCode::MissingValue, whole, message, None);
            return None;
        }
        Some(Node::Reference(Reference::SavedSearch { id: id.to_owned(), span: whole }))
    }

    fn sample(&mut self, span: Span, whole: Span, content: &str) -> Option<Node<Reference>> {
        let share = ranges::share(content);
        if share.is_none() {
            let message = "`sample:` takes a share of all mentions in per cent, from 0.01 to 100: `sample:10`";
            self.problems.error(ProblemCode::BadRange, span, message, None);
        }
        share.map(|share| Node::Sample(Sample { share, span: whole }))
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
            let is_handle = matches!(field, KeywordField::From | KeywordField::To | KeywordField::Mentions);
            let beginning = content.get(.."list:".len()).filter(|beginning| beginning.eq_ignore_ascii_case("list:"));
            if let Some(beginning) = beginning.filter(|_| is_handle) {
                let name = content[beginning.len()..].to_lowercase();
                if name.is_empty() {
                    let message = format!("`{}:list:` needs the name of a list right behind it", field.name());
                    self.problems.error(ProblemCode::MissingValue, whole, message, None);
                    return None;
                }
                return Some(Node::Reference(Reference::List { field, name, span: whole }));
            }
            if field.is_prefix() {
                // The beginning is compared anyway: a `*` at the end says the same.
                content = content.trim_end_matches('*');
            }
            let is_open = if field.is_prefix() { content.contains('*') } else { content.contains(['*', '?']) };
            if is_open {
                let message = format!(
                    "`{}:` compares whole values, without `*` and `?`; `{0}:*` asks whether there is one, and in quotes the sign \
                     is a letter like others",
                    field.name()
                );
                self.problems.error(ProblemCode::BadWildcard, span, message, Some(in_quotes(content)));
                return None;
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
                // The one variant that is told from its language: Hindi in Latin letters.
                let is_variant = value == "hi-latn";
                if is_variant
                    || (2..=3).contains(&value.len()) && value.bytes().all(|letter| letter.is_ascii_lowercase())
                {
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
