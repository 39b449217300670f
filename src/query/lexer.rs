//! Query text → tokens with their places. Knows how things are written, not what they mean.

use super::{
    ProblemCode,
    field::Field,
    letters::{Quote, is_blank, is_gershayim, is_word_end},
    problem::Problems,
};
use crate::base::Span;

/// A piece of query text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
    /// Nothing, not even a blank, stands between it and the token before.
    pub(super) glued: bool,
}

/// What a piece of query text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    Open,
    Close,
    And,
    Or,
    /// `NOT` or a leading `-`.
    Not,
    /// `NEAR/5`, `NEAR/5f`, `ONEAR/5`.
    Near(NearForm),
    /// A field's name with its colon.
    Field,
    /// Anything else up to the next blank, bracket or quote.
    Word,
    /// Words in quotes; here without them.
    Quoted(String),
    /// `~4` right behind a quote.
    Window(u32),
    /// `[a TO b]`
    Range,
    /// `{Apple}`, `{"Apple Music"}`; here without the brackets and quotes.
    Cased(String),
    /// `~word`, `~"several words"`; the words without their quotes where they have some.
    Inflected(Option<String>),
    /// Something unfinished that has been reported.
    Broken,
}

/// NEAR as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NearForm {
    /// None where it is missing; the highest number where it is beyond all measure.
    pub(super) distance: Option<u32>,
    /// Left before right.
    pub(super) ordered: bool,
}

/// Cuts a query text into tokens. They lie in the order of the text and do not overlap.
pub(super) fn lex(text: &str, problems: &mut Problems) -> Vec<Token> {
    let mut lexer = Lexer { text, at: 0, tokens: Vec::new(), problems };
    lexer.run();
    lexer.tokens
}

/// Whether a text behind this prefix (a field with its colon, or nothing) is read as exactly one plain word.
pub(super) fn is_one_word(prefix: &str, word: &str) -> bool {
    let text = format!("{prefix}{word}");
    let mut problems = Problems::default();
    let tokens = lex(&text, &mut problems);
    let expected = Span::new(prefix.len(), text.len());
    problems.is_empty()
        && tokens.len() == usize::from(!prefix.is_empty()) + 1
        && tokens.last().is_some_and(|token| token.kind == TokenKind::Word && token.span == expected)
}

/// How far the end of a `[a TO b]` is looked for: two times with offsets have 80 letters. Bounds the work where many
/// brackets are open.
const RANGE_CHARS_MAX: usize = 200;

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    tokens: Vec<Token>,
    problems: &'a mut Problems,
}

impl<'a> Lexer<'a> {
    fn run(&mut self) {
        loop {
            let before_blanks = self.at;
            self.skip_blanks_and_comments();
            let Some(first) = self.peek() else { break };
            let start = self.at;
            let kind = match first {
                '(' | '（' => self.one(first, TokenKind::Open),
                ')' | '）' => self.one(first, TokenKind::Close),
                '{' => self.cased(),
                '~' => self.tilde(start == before_blanks),
                '[' if self.range_end().is_some() => self.range(),
                '-' if self.negates() => self.one(first, TokenKind::Not),
                _ => match Quote::of(first) {
                    Some(quote) => self.quoted(quote),
                    None => self.word_or_field(),
                },
            };
            let is_field = kind == TokenKind::Field;
            self.push(kind, start, start > 0 && start == before_blanks);
            if is_field {
                self.value(start);
            }
        }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn push(&mut self, kind: TokenKind, start: usize, glued: bool) {
        self.tokens.push(Token { kind, span: Span::new(start, self.at), glued });
    }

    fn one(&mut self, letter: char, kind: TokenKind) -> TokenKind {
        self.at += letter.len_utf8();
        kind
    }

    fn skip_blanks_and_comments(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches(is_blank);
            self.at += rest.len() - trimmed.len();
            if !trimmed.starts_with("<<<") {
                return;
            }
            let start = self.at;
            if let Some(length) = trimmed.find(">>>") {
                self.at += length + ">>>".len();
            } else {
                self.at = self.text.len();
                self.problems.error(
                    ProblemCode::UnclosedComment,
                    Span::new(start, self.at),
                    "the comment that begins here with `<<<` has no end: write `>>>` behind it",
                    Some(format!("{} >>>", trimmed.trim_end_matches(is_blank))),
                );
            }
        }
    }

    /// A `-` says NOT only in front of something; `- a`, `--a` and `-)` are writing.
    fn negates(&self) -> bool {
        self.rest()[1..].chars().next().is_some_and(|next| !is_blank(next) && !matches!(next, '-' | ')' | '）'))
    }

    fn quoted(&mut self, quote: Quote) -> TokenKind {
        let start = self.at;
        let mut content = String::new();
        let mut letters = self.rest().char_indices().peekable();
        letters.next();
        let mut previous = None;
        while let Some((offset, letter)) = letters.next() {
            let next = letters.peek().map(|&(_, next)| next);
            if letter == '\\'
                && let Some(escaped) = next.filter(|&next| next == '\\' || Quote::of(next).is_some())
            {
                content.push(escaped);
                letters.next();
            } else if quote.is_closed_by(letter) && !is_gershayim(previous, letter, next) {
                self.at = start + offset + letter.len_utf8();
                return TokenKind::Quoted(content);
            } else {
                content.push(letter);
            }
            previous = Some(letter);
        }
        self.at = self.text.len();
        let written = self.text[start..].trim_end_matches(is_blank);
        self.problems.error(
            ProblemCode::UnclosedQuote,
            Span::new(start, self.at),
            "the quote that begins here has no end: write a quotation mark behind the last word of the phrase",
            Some(format!("{written}{}", quote.closing())),
        );
        TokenKind::Broken
    }

    fn cased(&mut self) -> TokenKind {
        let inside = &self.rest()[1..];
        let Some(length) = inside.find('}') else { return self.unclosed('{', '}') };
        let written = inside[..length].trim_matches(is_blank);
        let Some(quote) = written.chars().next().and_then(Quote::of) else {
            self.at += 1 + length + 1;
            return TokenKind::Cased(written.to_owned());
        };
        // In quotes a bracket is a letter.
        let start = self.at;
        self.at += self.rest().find(|letter| Quote::of(letter) == Some(quote)).unwrap_or(1);
        let content = match self.quoted(quote) {
            TokenKind::Quoted(content) => content,
            other => return other,
        };
        let behind = self.rest().trim_start_matches(is_blank);
        if behind.starts_with('}') {
            self.at = self.text.len() - behind.len() + 1;
            return TokenKind::Cased(content);
        }
        self.at = start;
        self.unclosed('{', '}')
    }

    /// A `[` or `{` without its partner: takes it and the word behind it away, so that nothing else is said of them.
    fn unclosed(&mut self, bracket: char, partner: char) -> TokenKind {
        self.problems.error(
            ProblemCode::UnbalancedBracket,
            Span::new(self.at, self.at + bracket.len_utf8()),
            format!("this `{bracket}` has no `{partner}` behind it; in quotes it would be a letter like others"),
            None,
        );
        self.at += bracket.len_utf8();
        self.at = self.word_end();
        TokenKind::Broken
    }

    fn tilde(&mut self, glued: bool) -> TokenKind {
        self.at += 1;
        let digits = self.rest().find(|letter: char| !letter.is_ascii_digit()).unwrap_or(self.rest().len());
        let behind_quote = glued && matches!(self.tokens.last(), Some(Token { kind: TokenKind::Quoted(_), .. }));
        if behind_quote && digits > 0 {
            let distance = number(&self.rest()[..digits]);
            self.at += digits;
            return TokenKind::Window(distance);
        }
        if let Some(quote) = self.peek().and_then(Quote::of) {
            return match self.quoted(quote) {
                TokenKind::Quoted(content) => TokenKind::Inflected(Some(content)),
                other => other,
            };
        }
        self.at = self.word_end();
        if self.text[..self.at].ends_with('~') { TokenKind::Word } else { TokenKind::Inflected(None) }
    }

    /// Where the `]` of a `[a TO b]` stands that begins here. Other square brackets are writing: `[live] concert`.
    fn range_end(&self) -> Option<usize> {
        let end = self.square_end()?;
        let mut inside = self.text[self.at + 1..end - 1].split_whitespace();
        let is_range = inside.clone().count() == 3 && inside.nth(1).is_some_and(|word| word.eq_ignore_ascii_case("to"));
        is_range.then_some(end)
    }

    /// Behind the `]` that belongs to the `[` here, if it is near.
    fn square_end(&self) -> Option<usize> {
        let mut letters = self.rest().char_indices().take(RANGE_CHARS_MAX);
        let (length, _) = letters.find(|&(_, letter)| matches!(letter, ']' | '(' | ')' | '"'))?;
        self.rest()[length..].starts_with(']').then_some(self.at + length + 1)
    }

    fn range(&mut self) -> TokenKind {
        self.at = self.range_end().unwrap_or(self.at + 1);
        TokenKind::Range
    }

    fn word_or_field(&mut self) -> TokenKind {
        if let Some(length) = field_length(self.rest()) {
            self.at += length;
            return TokenKind::Field;
        }
        let start = self.at;
        self.at = self.word_end();
        match &self.text[start..self.at] {
            "AND" => TokenKind::And,
            "OR" => TokenKind::Or,
            "NOT" => TokenKind::Not,
            word => near(word).map_or(TokenKind::Word, TokenKind::Near),
        }
    }

    /// What stands right behind a field's colon is its value, whatever it looks like: `lang:or`, `title:AND`.
    fn value(&mut self, field_start: usize) {
        let start = self.at;
        let Some(first) = self.peek() else { return };
        if is_blank(first) || "()（）{~".contains(first) || Quote::of(first).is_some() || self.rest().starts_with("<<<")
        {
            return;
        }
        let name = self.text[field_start..start].trim_end_matches([':', '：']);
        let field = Field::from_name(name);
        // Figures and times have no use for a square bracket but a range, even a faulty one; words and facts do.
        let has_ranges = matches!(field, Some(Field::Number(_) | Field::Time(_) | Field::Clock(_)));
        let kind = if first == '[' && (has_ranges || self.range_end().is_some()) {
            match self.square_end() {
                Some(end) => {
                    self.at = end;
                    TokenKind::Range
                }
                None => self.unclosed('[', ']'),
            }
        } else {
            self.at = if field.is_some_and(Field::is_address) || self.rest().starts_with("//") {
                self.address_end()
            } else {
                self.word_end()
            };
            TokenKind::Word
        };
        self.push(kind, start, true);
    }

    /// Where the word ends that begins here; it has at least one letter.
    fn word_end(&self) -> usize {
        let rest = self.rest();
        let mut previous = None;
        let mut letters = rest.char_indices().peekable();
        while let Some((offset, letter)) = letters.next() {
            let next = letters.peek().map(|&(_, next)| next);
            let ends = is_word_end(letter) && !is_gershayim(previous, letter, next);
            if ends || rest[offset..].starts_with("<<<") {
                return self.at + offset;
            }
            previous = Some(letter);
        }
        self.text.len()
    }

    /// Like a word, but brackets in pairs are letters: addresses of encyclopedias have them.
    fn address_end(&self) -> usize {
        let mut end = self.at;
        let mut open = 0_usize;
        for (offset, letter) in self.rest().char_indices() {
            match letter {
                '(' => open += 1,
                ')' if open > 0 => open -= 1,
                _ if is_word_end(letter) => break,
                _ => {}
            }
            if open == 0 {
                end = self.at + offset + letter.len_utf8();
            }
        }
        end
    }
}

/// The length of a field's name with its colon, where a text begins with one.
fn field_length(text: &str) -> Option<usize> {
    let length = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != '-')?;
    let name = &text[..length];
    let colon = text[length..].chars().next()?;
    // Running text in Chinese and Japanese has the wide colon behind any word: there only a known name is a field.
    let is_field = match colon {
        ':' => name.starts_with(|letter: char| letter.is_alphabetic() || letter == '_'),
        '：' => Field::from_name(name).is_some(),
        _ => false,
    };
    is_field.then_some(length + colon.len_utf8())
}

/// NEAR in one of its forms.
pub(super) fn near(word: &str) -> Option<NearForm> {
    let (rest, always_ordered) = match word.strip_prefix("ONEAR") {
        Some(rest) => (rest, true),
        None => (word.strip_prefix("NEAR")?, false),
    };
    let Some(distance) = rest.strip_prefix('/') else {
        return rest.is_empty().then_some(NearForm { distance: None, ordered: always_ordered });
    };
    let digits = distance.strip_suffix(['f', 'F']).unwrap_or(distance);
    let ordered = always_ordered || digits.len() < distance.len();
    let are_digits = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    are_digits.then(|| NearForm { distance: Some(number(digits)), ordered })
}

/// A number of digits; the highest where it is higher.
fn number(digits: &str) -> u32 {
    digits.parse().unwrap_or(u32::MAX)
}

/// Whether a word asks for words that are spelt alike, as other languages write it: `colour~2`.
pub(super) fn is_fuzzy(word: &str) -> bool {
    word.rsplit_once('~').is_some_and(|(start, digits)| {
        !start.is_empty() && !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
    })
}
