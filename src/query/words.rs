//! Words as they are written → patterns: phrases, wildcards, letter case, forms, windows and NEAR.

use super::{
    HasText, Node, Pattern, ProblemCode, Reference, TextField, TextFields, Words,
    check::{Checker, Scope},
    field::Field,
    letters::{Quote, in_quotes, is_blank},
    lexer::{self, NearForm},
    problem::shown,
    syntax::{Leaf, Part, PartKind},
};
use crate::{
    base::{Span, limits},
    text::{Asked, PhraseWord, Reading, Wildcard, WildcardFault, Word, asked},
};

/// A pattern, and its canonical text.
struct Read {
    pattern: Pattern,
    written: String,
}

impl Checker<'_> {
    /// A leaf that asks for words. `span` is its own place, `whole` includes the name of a field right before it.
    pub(super) fn text_leaf(
        &mut self,
        field: Option<(TextField, Option<Span>)>,
        span: Span,
        whole: Span,
        leaf: &Leaf,
    ) -> Option<Node<Reference>> {
        let written = &self.text[span.range()];
        if matches!(leaf, Leaf::Word) {
            if written == "*" {
                return Some(match field {
                    None => Node::All,
                    Some((field, _)) => Node::HasText(HasText { field, span: whole }),
                });
            }
            if let (Some((field, Some(_))), Some(rest)) = (field, written.strip_prefix('-')) {
                let message = format!("a `-` that means NOT stands before the field: `-{}:{rest}`", field.name());
                let suggestion = format!("-{}:{rest}", field.name());
                self.problems.error(ProblemCode::UnknownValue, whole, message, Some(suggestion));
                return None;
            }
        }
        let prefix = field.map_or_else(String::new, |(field, _)| format!("{}:", field.name()));
        let read = self.pattern(span, leaf, &prefix, false)?;
        let fields = field.map_or(TextFields::DEFAULT, |(field, _)| TextFields::one(field));
        Some(Node::Words(Words { fields, pattern: read.pattern, written: read.written, span: whole }))
    }

    /// Words or phrases joined by NEAR.
    pub(super) fn near(
        &mut self,
        span: Span,
        parts: &[Part],
        operators: &[(NearForm, Span)],
        scope: Option<Scope>,
    ) -> Option<Node<Reference>> {
        let fields = match scope.map(|scope| scope.field) {
            None => TextFields::DEFAULT,
            Some(Field::Text(field)) => TextFields::one(field),
            Some(other) => {
                let message = format!("NEAR joins words of a text, and `{}:` takes values; use OR", other.name());
                self.problems.error(ProblemCode::NearOperand, operators.first()?.1, message, None);
                return None;
            }
        };
        let read = self.chain(parts, operators)?;
        if read.pattern.positions_max() > limits::PATTERN_POSITIONS_MAX {
            let message = format!(
                "what NEAR joins here can stretch over {} words, and {} is the most; take smaller distances",
                read.pattern.positions_max(),
                limits::PATTERN_POSITIONS_MAX
            );
            self.problems.error(ProblemCode::PatternTooWide, span, message, None);
            return None;
        }
        Some(Node::Words(Words { fields, pattern: read.pattern, written: read.written, span }))
    }

    /// All sides are looked at even after an error.
    fn chain(&mut self, parts: &[Part], operators: &[(NearForm, Span)]) -> Option<Read> {
        let distances: Vec<_> = operators.iter().map(|&(form, span)| self.near_distance(form, span)).collect();
        let sides: Vec<_> = parts.iter().map(|part| self.side(part)).collect();
        let mut sides = sides.into_iter().collect::<Option<Vec<_>>>()?.into_iter();
        let first = sides.next()?;
        let (mut pattern, mut written) = (first.pattern, first.written);
        for ((distance, right), (form, _)) in distances.into_iter().zip(sides).zip(operators) {
            let (distance, ordered) = (distance?, form.ordered);
            written.push_str(&format!(" NEAR/{distance}{} ", if ordered { "f" } else { "" }));
            match right.pattern {
                // On the left, brackets say what the chain says without them.
                Pattern::Near { .. } => written.extend(["(", &right.written, ")"]),
                _ => written.push_str(&right.written),
            }
            pattern = Pattern::Near { left: Box::new(pattern), right: Box::new(right.pattern), distance, ordered };
        }
        Some(Read { pattern, written })
    }

    fn near_distance(&mut self, form: NearForm, span: Span) -> Option<u32> {
        let Some(distance) = form.distance else {
            let written = &self.text[span.range()];
            let message = format!("{} needs a number of words: `{written}/5`", shown(written));
            self.problems.error(ProblemCode::MissingDistance, span, message, Some(format!("{written}/5")));
            return None;
        };
        let meant = format!("NEAR/{}{}", limits::NEAR_DISTANCE_MAX, if form.ordered { "f" } else { "" });
        self.is_within_distance(distance, span, meant).then_some(distance)
    }

    fn is_within_distance(&mut self, distance: u32, span: Span, meant: String) -> bool {
        let fits = distance <= limits::NEAR_DISTANCE_MAX;
        if !fits {
            let message = format!("words can be at most {} words apart", limits::NEAR_DISTANCE_MAX);
            self.problems.error(ProblemCode::DistanceTooLong, span, message, Some(meant));
        }
        fits
    }

    /// A side of NEAR: a word, a phrase, or brackets around several of them with OR, or around another NEAR.
    fn side(&mut self, part: &Part) -> Option<Read> {
        match &part.kind {
            PartKind::Faulty => None,
            PartKind::Group(inside) => self.side(inside),
            PartKind::Near(parts, operators) => self.chain(parts, operators),
            PartKind::Or(parts) => {
                let sides: Vec<_> = parts.iter().map(|part| self.side(part)).collect();
                let mut patterns = Vec::new();
                let mut written = Vec::new();
                for side in sides.into_iter().collect::<Option<Vec<_>>>()? {
                    match side.pattern {
                        // Brackets in brackets say nothing more.
                        Pattern::AnyOf(parts) => {
                            patterns.extend(parts);
                            written.push(side.written[1..side.written.len() - 1].to_owned());
                        }
                        pattern => {
                            patterns.push(pattern);
                            written.push(side.written);
                        }
                    }
                }
                Some(Read { pattern: Pattern::AnyOf(patterns), written: format!("({})", written.join(" OR ")) })
            }
            PartKind::Leaf(leaf) => {
                if !self.is_within_terms(part.span) {
                    return None;
                }
                if matches!(leaf, Leaf::Window(..)) {
                    return self.no_side(part.span, "a window (`~n`) cannot stand beside NEAR; join its words by NEAR");
                }
                if matches!(leaf, Leaf::Word) && &self.text[part.span.range()] == "*" {
                    return self
                        .no_side(part.span, "`*` is every mention, and no word that something could be near to");
                }
                self.pattern(part.span, leaf, "", true)
            }
            PartKind::And(_) => {
                // Where AND stands only because it was mixed with OR, that has been told.
                if self.problems.has_error_at(part.span) {
                    return None;
                }
                let message = "only OR can stand in the brackets beside NEAR: put what AND joins outside";
                self.no_side(part.span, message)
            }
            PartKind::Not(_) => self.no_side(part.span, "NOT cannot stand beside NEAR: put it outside"),
            PartKind::Field(name, value) => self.field_beside_near(part.span, *name, value),
        }
    }

    fn field_beside_near(&mut self, span: Span, name: Span, value: &Part) -> Option<Read> {
        let name = self.text[name.range()].trim_end_matches([':', '：']);
        let message = match Field::from_name(name) {
            Some(Field::Text(field)) => {
                format!("a field cannot stand beside NEAR: put it before the brackets, `{}:(… NEAR/5 …)`", field.name())
            }
            Some(_) => "NEAR joins words of a text, not fields: use AND".to_owned(),
            None => format!("there is no field {}; to search for the words, write them in quotes", shown(name)),
        };
        let suggestion = match Field::from_name(name) {
            None if value.is_word() => Some(in_quotes(&self.text[span.range()])),
            _ => None,
        };
        self.problems.error(ProblemCode::NearOperand, span, message, suggestion);
        None
    }

    fn no_side(&mut self, span: Span, message: &str) -> Option<Read> {
        self.problems.error(ProblemCode::NearOperand, span, message, None);
        None
    }

    /// The pattern of a leaf. `prefix` is what its canonical text will stand behind: a field's name with its colon, or nothing.
    fn pattern(&mut self, span: Span, leaf: &Leaf, prefix: &str, measured: bool) -> Option<Read> {
        let written = &self.text[span.range()];
        let usual = Asked { reading: Reading::Usual, quoted: false, measured };
        match leaf {
            Leaf::Word => {
                if lexer::is_fuzzy(written) {
                    let message = format!(
                        "{} asks for words that are spelt alike, which this language does not have; for all forms of a word \
                         write `~word`, for other endings `word*`",
                        shown(written)
                    );
                    self.problems.error(ProblemCode::NotSupported, span, message, Some(in_quotes(written)));
                    return None;
                }
                let words = self.words(span, written, usual)?;
                self.warn_of_question_mark(span, written, &words);
                let is_bare = (prefix.is_empty() || !written.starts_with('-')) && lexer::is_one_word(prefix, written);
                Some(Read {
                    pattern: Pattern::of_words(words)?,
                    written: if is_bare { written.to_owned() } else { in_quotes(written) },
                })
            }
            Leaf::Quoted(content) => {
                let words = self.words(span, content, Asked { quoted: true, ..usual })?;
                Some(Read { pattern: Pattern::of_words(words)?, written: in_quotes(content) })
            }
            Leaf::Cased(content) => {
                let how = Asked { reading: Reading::Exact, quoted: true, measured };
                let words = self.words(span, content, how)?;
                let is_bare = !content.contains(|letter| is_blank(letter) || "{}".contains(letter))
                    && !content.contains(|letter| Quote::of(letter).is_some());
                let inside = if is_bare { content.clone() } else { in_quotes(content) };
                Some(Read { pattern: Pattern::of_words(words)?, written: format!("{{{inside}}}") })
            }
            Leaf::Inflected(content) => {
                let how = Asked { reading: Reading::Inflected, quoted: true, measured };
                let words = self.words(span, content.as_deref().unwrap_or(&written[1..]), how)?;
                let written =
                    content.as_ref().map_or_else(|| written.to_owned(), |content| format!("~{}", in_quotes(content)));
                Some(Read { pattern: Pattern::of_words(words)?, written })
            }
            Leaf::Window(content, distance, tilde) => self.window(span, content, *distance, *tilde),
            Leaf::Range => {
                let message = format!("the range {} needs a field of numbers or times before it", shown(written));
                self.problems.error(ProblemCode::BadRange, span, message, None);
                None
            }
        }
    }

    /// What stands between blanks is one part: `wi-fi` stays together.
    fn window(&mut self, span: Span, content: &str, distance: u32, tilde: Span) -> Option<Read> {
        if !self.is_within_distance(distance, tilde, format!("~{}", limits::NEAR_DISTANCE_MAX)) {
            return None;
        }
        let how = Asked { reading: Reading::Usual, quoted: true, measured: true };
        let mut parts = Vec::new();
        // For what is wrong with it as a whole.
        let words = self.words(span, content, how)?;
        for part in content.split(is_blank) {
            parts.extend(Pattern::of_words(asked(part, how).ok()?));
        }
        if parts.len() > limits::WINDOW_WORDS_MAX {
            let message = format!(
                "a window has at most {} words, and this one has {}; join a few of them by NEAR instead",
                limits::WINDOW_WORDS_MAX,
                parts.len()
            );
            self.problems.error(ProblemCode::WindowTooLong, span, message, None);
            return None;
        }
        if parts.len() < 2 {
            // Alone it has nothing to be near to.
            drop(words);
            let words = self.words(span, content, Asked { measured: false, ..how })?;
            return Some(Read { pattern: Pattern::of_words(words)?, written: in_quotes(content) });
        }
        let taken: u32 = parts.iter().map(Pattern::positions_max).sum();
        let pattern = Pattern::Window { parts, positions_max: taken + distance };
        Some(Read { pattern, written: format!("{}~{distance}", in_quotes(content)) })
    }

    /// The words that a leaf asks for: at least one, at most as many as a phrase can have.
    fn words(&mut self, span: Span, content: &str, how: Asked) -> Option<Vec<PhraseWord>> {
        let words = match asked(content, how) {
            Ok(words) => words,
            Err(fault) => {
                self.bad_wildcard(span, content, fault);
                return None;
            }
        };
        if words.is_empty() {
            let suggestion = (content == "**").then(|| "*".to_owned());
            let message = format!("there is nothing in {} that can be searched for", shown(content));
            self.problems.error(ProblemCode::NothingToSearch, span, message, suggestion);
            return None;
        }
        if words.len() > limits::PHRASE_WORDS_MAX {
            let message = format!(
                "a phrase has at most {} words, and this one has {}; make two of it",
                limits::PHRASE_WORDS_MAX,
                words.len()
            );
            self.problems.error(ProblemCode::PhraseTooLong, span, message, None);
            return None;
        }
        self.wildcards += words.iter().filter(|word| matches!(word.word, Word::Like(_))).count();
        if self.wildcards > limits::QUERY_WILDCARDS_MAX {
            if !self.told_of_wildcards {
                self.told_of_wildcards = true;
                let message = format!(
                    "a query has at most {} words with `*` or `?`, and this one is over; divide the query",
                    limits::QUERY_WILDCARDS_MAX
                );
                self.problems.error(ProblemCode::TooManyWildcards, span, message, None);
            }
            return None;
        }
        Some(words)
    }

    fn bad_wildcard(&mut self, span: Span, content: &str, fault: WildcardFault) {
        let is_leaf = content == &self.text[span.range()];
        let letters_only = || content.replace(['*', '?'], "");
        let as_text = || in_quotes(&content.replace('*', "\\*").replace('?', "\\?"));
        let (message, suggestion) = match fault {
            WildcardFault::AtStart => {
                let rest = content.trim_start_matches(['*', '?']);
                let mend = if is_leaf && !rest.contains(['*', '?']) { rest.to_owned() } else { as_text() };
                (format!("{}: no word can begin with `*` or `?`", shown(content)), Some(mend))
            }
            WildcardFault::TooFewLetters => {
                let message = format!(
                    "{}: at least {} letters stand before the first `*` or `?` of a word; if the sign itself is meant, write \
                     the word in quotes with a `\\` before the sign",
                    shown(content),
                    Wildcard::HEAD_LETTERS_MIN
                );
                (message, Some(as_text()))
            }
            WildcardFault::Unspaced => {
                let message = format!(
                    "{}: words of a script without spaces are found inside running text anyway; leave `*` and `?` out",
                    shown(content)
                );
                (message, is_leaf.then(letters_only))
            }
            WildcardFault::Reading => {
                let message = format!(
                    "{}: `*` and `?` do not go together with `~word` or `{{Word}}`",
                    shown(&self.text[span.range()])
                );
                (message, Some(content.to_owned()).filter(|content| lexer::is_one_word("", content)))
            }
        };
        self.problems.error(ProblemCode::BadWildcard, span, message, suggestion);
    }

    /// At the end of a word it is mostly that of a question.
    fn warn_of_question_mark(&mut self, span: Span, written: &str, words: &[PhraseWord]) {
        let word = written.trim_end_matches('?');
        if word.len() < written.len() && words.iter().any(|word| matches!(word.word, Word::Like(_))) {
            let message = format!("{} finds words with one more letter than {}", shown(written), shown(word));
            self.problems.warning(ProblemCode::QuestionMark, span, message, Some(word.to_owned()));
        }
    }
}
