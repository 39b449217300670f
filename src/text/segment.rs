use super::class::{ends_link, is_emoji, is_flag_half, is_ignorable, is_skin_tone, is_symbol, is_unspaced, is_word};
use crate::base::Span;

/// A stretch of text that the tokenizer treats as one thing. What lies between segments only divides them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment<'a> {
    /// What it is.
    pub kind: SegmentKind,
    /// As it stands in the text; for a hashtag, handle or cashtag without its sign.
    pub body: &'a str,
    /// Where it stands, with its sign.
    pub span: Span,
}

/// What a segment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SegmentKind {
    /// Letters and digits of a script with spaces.
    Word,
    /// Letters of a script without spaces.
    Run,
    /// `#` and what follows.
    Hashtag,
    /// `@` and what follows.
    Handle,
    /// `$` and letters.
    Cashtag,
    /// An address.
    Link,
    /// A pictogram with its modifiers.
    Emoji,
    /// One sign.
    Symbol,
}

/// Cuts a text into segments, first to last.
#[must_use]
pub fn segments(text: &str) -> Segments<'_> {
    Segments { text, at: 0 }
}

/// Iterator over the segments of a text.
#[derive(Clone, Debug)]
pub struct Segments<'a> {
    text: &'a str,
    at: usize,
}

/// How platforms write signs that mean something in HTML; what they stand for, or nothing where it only divides.
const ENTITIES: [(&str, &str); 7] =
    [("&amp;", "&"), ("&lt;", ""), ("&gt;", ""), ("&quot;", ""), ("&#39;", ""), ("&apos;", ""), ("&nbsp;", "")];

/// Letters of a cashtag; longer ones are no ticker symbols.
const CASHTAG_LETTERS_MAX: usize = 6;

impl<'a> Iterator for Segments<'a> {
    type Item = Segment<'a>;

    fn next(&mut self) -> Option<Segment<'a>> {
        loop {
            let rest = self.text.get(self.at..)?;
            let first = rest.chars().next()?;
            if is_ignorable(first) {
                self.at += first.len_utf8();
                continue;
            }
            if first.is_ascii_alphanumeric() || first == '_' || is_word(first) {
                return Some(if starts_link(rest) { self.link(rest) } else { self.word(rest) });
            }
            if is_unspaced(first) {
                return Some(self.run(rest));
            }
            match first {
                '&' => {
                    if let Some((entity, meaning)) = ENTITIES.iter().find(|(entity, _)| rest.starts_with(entity)) {
                        if meaning.is_empty() {
                            self.at += entity.len();
                            continue;
                        }
                        return Some(self.take(SegmentKind::Symbol, meaning, entity.len()));
                    }
                }
                '#' | '＃' => {
                    if let Some(segment) = self.tag(rest, first.len_utf8()) {
                        return Some(segment);
                    }
                }
                '@' | '＠' => {
                    if let Some(segment) = self.handle(rest, first.len_utf8()) {
                        return Some(segment);
                    }
                }
                '$' => {
                    if let Some(segment) = self.cashtag(rest) {
                        return Some(segment);
                    }
                }
                _ => {}
            }
            if is_symbol(first) {
                let length = first.len_utf8();
                return Some(self.take(SegmentKind::Symbol, &rest[..length], length));
            }
            if is_emoji(first) {
                let length = emoji_length(rest);
                return Some(self.take(SegmentKind::Emoji, &rest[..length], length));
            }
            self.at += first.len_utf8();
        }
    }
}

impl<'a> Segments<'a> {
    fn take(&mut self, kind: SegmentKind, body: &'a str, length: usize) -> Segment<'a> {
        let span = Span::new(self.at, self.at + length);
        self.at += length;
        Segment { kind, body, span }
    }

    fn word(&mut self, rest: &'a str) -> Segment<'a> {
        let length = length_while(rest, |c| is_word(c) || is_ignorable(c));
        // A joiner or mark that stands last belongs to what follows.
        let body = rest[..length].trim_end_matches(is_ignorable);
        self.take(SegmentKind::Word, body, body.len())
    }

    fn run(&mut self, rest: &'a str) -> Segment<'a> {
        let length = length_while(rest, |c| is_unspaced(c) || super::class::joins_unit(c));
        let body = rest[..length].trim_end_matches(is_ignorable);
        self.take(SegmentKind::Run, body, body.len())
    }

    fn link(&mut self, rest: &'a str) -> Segment<'a> {
        let length = length_while(rest, |c| !ends_link(c));
        // Punctuation at the end belongs to the sentence.
        let body = rest[..length].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '}', '\'', '*', '…']);
        self.take(SegmentKind::Link, body, body.len())
    }

    fn tag(&mut self, rest: &'a str, sign: usize) -> Option<Segment<'a>> {
        let length = length_while(&rest[sign..], |c| is_word(c) || is_unspaced(c) || is_ignorable(c));
        let body = rest[sign..sign + length].trim_end_matches(is_ignorable);
        // `#1` is a number, not a tag, on every platform.
        let is_tag = body.chars().any(|c| !c.is_ascii_digit() && !is_ignorable(c));
        is_tag.then(|| self.take(SegmentKind::Hashtag, body, sign + body.len()))
    }

    fn handle(&mut self, rest: &'a str, sign: usize) -> Option<Segment<'a>> {
        // Behind a letter it is an e-mail address or a typo.
        if self.text[..self.at].chars().next_back().is_some_and(is_word) {
            return None;
        }
        let length = length_while(&rest[sign..], |c| is_word(c) || matches!(c, '.' | '-'));
        let body = rest[sign..sign + length].trim_end_matches(['.', '-']);
        (!body.is_empty()).then(|| self.take(SegmentKind::Handle, body, sign + body.len()))
    }

    fn cashtag(&mut self, rest: &'a str) -> Option<Segment<'a>> {
        let body = &rest[1..1 + length_while(&rest[1..], is_word)];
        let is_ticker =
            (1..=CASHTAG_LETTERS_MAX).contains(&body.len()) && body.bytes().all(|b| b.is_ascii_alphabetic());
        is_ticker.then(|| self.take(SegmentKind::Cashtag, body, 1 + body.len()))
    }
}

fn length_while(text: &str, mut belongs: impl FnMut(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

fn starts_link(rest: &str) -> bool {
    let starts = |prefix: &str| {
        rest.as_bytes().get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
    };
    match rest.as_bytes().first() {
        Some(b'h' | b'H') => starts("http://") || starts("https://"),
        Some(b'w' | b'W') => starts("www.") && rest.len() > 4,
        _ => false,
    }
}

/// A pictogram with its skin tones, selectors, and what joiners tie to it; or a flag.
fn emoji_length(rest: &str) -> usize {
    let mut chars = rest.char_indices().peekable();
    let Some((_, first)) = chars.next() else { return 0 };
    let mut end = first.len_utf8();
    if is_flag_half(first) {
        if let Some(&(at, second)) = chars.peek().filter(|(_, second)| is_flag_half(*second)) {
            end = at + second.len_utf8();
        }
        return end;
    }
    let mut joined = false;
    for (at, c) in chars {
        let belongs = match c {
            '\u{200D}' => true,
            '\u{FE0E}' | '\u{FE0F}' | '\u{20E3}' => true,
            _ if is_skin_tone(c) => true,
            _ => joined && is_emoji_part(c),
        };
        if !belongs {
            break;
        }
        joined = c == '\u{200D}';
        // A joiner that ties nothing is left outside.
        if !joined {
            end = at + c.len_utf8();
        }
    }
    end
}

/// What may follow a joiner inside a pictogram: the sex signs and hearts are older than emoji.
fn is_emoji_part(c: char) -> bool {
    is_emoji(c) || matches!(c, '\u{2190}'..='\u{21FF}')
}
