//! What trained models see of a reading: hashes of words, pairs of words, letter groups. Serving and training both ask here.
//!
//! Each feature comes with the place it was made of, so that a judgement can be told in words of the text.

use super::{
    reading::{Letter, Place, Reading, Token, TokenKind},
    script::Script,
};
use crate::linear::{finish, mix};

/// Letters looked at to tell a language; it shows in the first lines.
const LANGUAGE_LETTERS_MAX: usize = 600;
/// Letters of the beginnings of words that stand for their stem.
const BEGINNINGS: [usize; 2] = [4, 6];
/// Words shorter than this have no other beginning than themselves.
const BEGINNING_WORD_LETTERS_MIN: usize = 6;
/// Letters of the longest group inside a run without blanks.
const RUN_GROUP_MAX: usize = 4;

/// Keeps features of different kinds apart that are made of the same letters.
#[derive(Clone, Copy)]
enum Kind {
    Word = 1,
    Pair,
    Group3,
    Group4,
    RunGroup,
    Beginning,
    First,
    Last,
    Figure,
    InLanguage,
    Tag,
}

fn feature(kind: Kind, hash: u64) -> u32 {
    finish(mix(hash, 0xABCD_0000 + kind as u64))
}

/// Features that tell the languages of a script apart: its words and their groups of three and four letters.
pub(super) fn of_language(reading: &Reading, script: Script, mut sink: impl FnMut(u32, Place)) {
    let mut letters = 0;
    for token in &reading.tokens {
        let is_mark = token.kind == TokenKind::Mark && is_telling_mark(token);
        if is_mark {
            sink(feature(Kind::Word, token.hash), token.place);
        }
        if token.kind != TokenKind::Word || token.script != script {
            continue;
        }
        let word = reading.letters_of(token);
        sink(feature(Kind::Word, token.hash), token.place);
        groups(word, token.place, true, &mut sink);
        letters += word.len();
        if letters > LANGUAGE_LETTERS_MAX {
            break;
        }
    }
}

/// "¿" and "¡" are Spanish.
fn is_telling_mark(token: &Token) -> bool {
    [u64::from('¿'), u64::from('¡')].iter().any(|mark| token.hash == mix(0xC0C0, mark * 4 + 1))
}

/// Groups of four letters of a word with its ends marked, and of three where asked.
fn groups(word: &[Letter], place: Place, also_three: bool, sink: &mut impl FnMut(u32, Place)) {
    const MASK: u64 = (1 << 63) - 1;
    let mut three = u64::from('<');
    // Ends of the last letters, for the places of groups: a group begins with the letter three or two before.
    let ends = word.iter().map(|letter| u64::from(letter.code)).chain([u64::from('>')]);
    for (at, code) in ends.enumerate() {
        let end = word.get(at).map_or(place.end, |letter| letter.end);
        let start = |letters: usize| {
            (at + 1).checked_sub(letters).and_then(|first| word.get(first)).map_or(place.start, |letter| letter.start)
        };
        if at >= 2 {
            sink(feature(Kind::Group4, mix(three, code)), Place { start: start(4), end });
        }
        three = ((three << 21) | code) & MASK;
        if also_three && at >= 1 {
            sink(feature(Kind::Group3, three), Place { start: start(3), end });
        }
    }
}

/// Features that tell what a text says, in a language: words, pairs, letter groups, beginnings, signs, and how it is written.
pub(super) fn of_text(reading: &Reading, language: u64, mut sink: impl FnMut(u32, Place)) {
    let mut before: Option<(u64, Place)> = None;
    let mut figures = Figures::default();
    for token in &reading.tokens {
        figures.count(token);
        let word = reading.letters_of(token);
        let hash = match token.kind {
            TokenKind::Run => {
                run_groups(word, &mut sink);
                word.last().map_or(token.hash, |last| mix(0xAA, u64::from(last.code)))
            }
            TokenKind::Word => {
                sink(feature(Kind::Word, token.hash), token.place);
                sink(feature(Kind::InLanguage, mix(token.hash, language)), token.place);
                if word.len() >= BEGINNING_WORD_LETTERS_MIN {
                    beginnings(word, token.place, language, &mut sink);
                }
                groups(word, token.place, false, &mut sink);
                token.hash
            }
            TokenKind::Sign | TokenKind::Mark => {
                sink(feature(Kind::Word, token.hash), token.place);
                token.hash
            }
            TokenKind::Handle | TokenKind::Link => token.hash,
        };
        if token.is_tag {
            sink(feature(Kind::Tag, 0), token.place);
        }
        match before {
            Some((other, place)) => {
                let both = Place { start: place.start, end: token.place.end };
                sink(feature(Kind::Pair, mix(other, hash ^ 0x5555)), both);
            }
            None => sink(feature(Kind::First, hash), token.place),
        }
        before = Some((hash, token.place));
    }
    if let Some((last, place)) = before {
        sink(feature(Kind::Last, last), place);
    }
    figures.tell(language, &mut sink);
}

fn beginnings(word: &[Letter], place: Place, language: u64, sink: &mut impl FnMut(u32, Place)) {
    for (letters, tag) in BEGINNINGS.into_iter().zip(0x51..) {
        let begin = word.iter().take(letters).fold(tag, |hash, letter| mix(hash, u64::from(letter.code)));
        sink(feature(Kind::Beginning, begin), place);
        sink(feature(Kind::InLanguage, mix(begin, language)), place);
    }
}

/// All groups of up to four letters: in scripts without blanks nobody knows where a word begins.
fn run_groups(run: &[Letter], sink: &mut impl FnMut(u32, Place)) {
    for at in 0..run.len() {
        let mut hash = 0xC0DE;
        let group = run.get(at..).unwrap_or_default();
        let Some(first) = group.first() else { break };
        for letter in group.iter().take(RUN_GROUP_MAX) {
            hash = mix(hash, u64::from(letter.code));
            sink(feature(Kind::RunGroup, hash), Place { start: first.start, end: letter.end });
        }
    }
}

/// How a text is written: capitals, drawn-out words, marks, length.
#[derive(Default)]
struct Figures {
    shouted: u32,
    drawn_out: u32,
    exclaims: u32,
    asks: u32,
    words: u32,
    links: u32,
    handles: u32,
    signs: u32,
}

impl Figures {
    fn count(&mut self, token: &Token) {
        match token.kind {
            TokenKind::Word | TokenKind::Run => {
                self.words += 1;
                self.shouted += u32::from(token.is_shouted);
                self.drawn_out += u32::from(token.is_drawn_out);
            }
            TokenKind::Sign => self.signs += 1,
            TokenKind::Link => self.links += 1,
            TokenKind::Handle => self.handles += 1,
            TokenKind::Mark => {
                let is = |mark: char| (1..=3).any(|times| token.hash == mix(0xC0C0, u64::from(mark) * 4 + times));
                if is('!') {
                    self.exclaims += token.times;
                } else if is('?') {
                    self.asks += token.times;
                }
            }
        }
    }

    fn tell(&self, language: u64, sink: &mut impl FnMut(u32, Place)) {
        let figures = [
            self.shouted,
            self.drawn_out,
            self.exclaims,
            self.asks,
            self.words / 4,
            self.links,
            self.handles,
            self.signs,
        ];
        for (number, figure) in (0..).zip(figures) {
            let size: u64 = match figure {
                0..=2 => u64::from(figure),
                3 | 4 => 3,
                _ => 4,
            };
            let hash = 0xA000 + number * 16 + size;
            // Of the whole text, so of no place in it.
            sink(feature(Kind::Figure, hash), NOWHERE);
            sink(feature(Kind::InLanguage, mix(hash, language)), NOWHERE);
        }
    }
}

/// The place of what is true of the whole text.
pub(super) const NOWHERE: Place = Place { start: 0, end: 0 };

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, of: impl Fn(&Reading, &mut dyn FnMut(u32, Place))) -> Vec<(u32, String)> {
        let reading = Reading::of(text);
        let mut told = Vec::new();
        of(&reading, &mut |feature, place| told.push((feature, place.of(text).to_owned())));
        told
    }

    #[test]
    fn language_is_told_by_words_and_letter_groups() {
        let told = told("gli été https://x.example ок", |reading, sink| of_language(reading, Script::Latin, sink));
        let places: Vec<&str> = told.iter().map(|(_, place)| place.as_str()).collect();
        assert_eq!(places, ["gli", "gl", "gli", "gli", "gli", "li", "été", "ét", "été", "été", "été", "té"]);
    }

    #[test]
    fn the_same_words_give_the_same_features_whatever_the_spelling() {
        let features = |text: &str| -> Vec<u32> {
            told(text, |reading, sink| of_text(reading, 1, sink)).into_iter().map(|(feature, _)| feature).collect()
        };
        assert_eq!(features("good stuff"), features("gооd s\u{200B}tuff"));
        assert_ne!(features("good stuff"), features("bad stuff"));
        assert_ne!(features("good stuff"), features("GOOD stuff"), "that it is shouted is told");
    }

    #[test]
    fn work_grows_with_the_text_and_not_faster() {
        let count = |text: &str| told(text, |reading, sink| of_text(reading, 1, sink)).len();
        let (one, ten) = (count(&"не работает, 不好用 ".repeat(50)), count(&"не работает, 不好用 ".repeat(500)));
        assert!(ten < one * 11, "{one} {ten}");
    }
}
