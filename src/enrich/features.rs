//! What trained models see of a reading: hashes of words, pairs of words, letter groups. Serving and training both ask here.
//!
//! Each feature comes with the place it was made of, so that a judgement can be told in words of the text.

use super::{
    reading::{Letter, Origin, Place, Reading, Token, TokenKind},
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
    Lists,
}

fn feature(kind: Kind, hash: u64) -> u32 {
    finish(mix(hash, 0xABCD_0000 + kind as u64))
}

/// Features that tell the languages of a script apart: its words and their groups of three and four letters.
pub(super) fn of_language(reading: &Reading, script: Script, mut sink: impl FnMut(u32, Origin)) {
    let mut letters = 0;
    for (number, token) in (0..).zip(&reading.tokens) {
        let own = Origin { token: Some(number), place: token.place };
        let is_mark = token.kind == TokenKind::Mark && is_telling_mark(token);
        if is_mark {
            sink(feature(Kind::Word, token.hash), own);
        }
        if token.kind != TokenKind::Word || token.script != script {
            continue;
        }
        let word = reading.letters_of(token);
        sink(feature(Kind::Word, token.hash), own);
        groups(word, own, true, &mut sink);
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
fn groups(word: &[Letter], own: Origin, also_three: bool, sink: &mut impl FnMut(u32, Origin)) {
    const MASK: u64 = (1 << 63) - 1;
    let place = own.place;
    let mut three = u64::from('<');
    // Ends of the last letters, for the places of groups: a group begins with the letter three or two before.
    let ends = word.iter().map(|letter| u64::from(letter.code)).chain([u64::from('>')]);
    for (at, code) in ends.enumerate() {
        let end = word.get(at).map_or(place.end, |letter| letter.end);
        let start = |letters: usize| {
            (at + 1).checked_sub(letters).and_then(|first| word.get(first)).map_or(place.start, |letter| letter.start)
        };
        if at >= 2 {
            sink(feature(Kind::Group4, mix(three, code)), Origin { place: Place { start: start(4), end }, ..own });
        }
        three = ((three << 21) | code) & MASK;
        if also_three && at >= 1 {
            sink(feature(Kind::Group3, three), Origin { place: Place { start: start(3), end }, ..own });
        }
    }
}

/// Features that tell what a text says, in a language: words, pairs, letter groups, beginnings, signs, and how it is written.
pub(super) fn of_text(reading: &Reading, language: u64, mut sink: impl FnMut(u32, Origin)) {
    let mut before: Option<(u64, Origin)> = None;
    let mut figures = Figures::default();
    for (number, token) in (0..).zip(&reading.tokens) {
        let own = Origin { token: Some(number), place: token.place };
        figures.count(token);
        let word = reading.letters_of(token);
        let hash = match token.kind {
            TokenKind::Run => {
                run_groups(word, own, &mut sink);
                word.last().map_or(token.hash, |last| mix(0xAA, u64::from(last.code)))
            }
            TokenKind::Word => {
                sink(feature(Kind::Word, token.hash), own);
                sink(feature(Kind::InLanguage, mix(token.hash, language)), own);
                if word.len() >= BEGINNING_WORD_LETTERS_MIN {
                    beginnings(word, own, language, &mut sink);
                }
                groups(word, own, false, &mut sink);
                token.hash
            }
            TokenKind::Sign | TokenKind::Mark => {
                sink(feature(Kind::Word, token.hash), own);
                token.hash
            }
            TokenKind::Handle | TokenKind::Link => token.hash,
        };
        if token.is_tag {
            sink(feature(Kind::Tag, 0), own);
        }
        match before {
            Some((other, origin)) => {
                let both = Place { start: origin.place.start, end: token.place.end };
                sink(feature(Kind::Pair, mix(other, hash ^ 0x5555)), Origin { place: both, ..own });
            }
            None => sink(feature(Kind::First, hash), own),
        }
        before = Some((hash, own));
    }
    if let Some((last, origin)) = before {
        sink(feature(Kind::Last, last), origin);
    }
    figures.tell(language, &mut sink);
}

/// What word lists find in a text: the balance of their weights, -1 to 1, and how many speak for and against.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Listed {
    pub(super) balance: f32,
    pub(super) positive: usize,
    pub(super) negative: usize,
}

/// Steps of the balance, of 9 in all.
const BALANCE_STEPS: f32 = 4.0;
/// More words of one kind than this say no more.
const LISTED_COUNT_MAX: usize = 3;

/// Features of what word lists find.
pub(super) fn of_lists(listed: &Listed, language: u64, mut sink: impl FnMut(u32)) {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 8")]
    let balance = ((listed.balance + 1.0) * BALANCE_STEPS).round().clamp(0.0, 8.0) as u64;
    let count = |count: usize| count.min(LISTED_COUNT_MAX) as u64;
    for hash in [balance, 16 + count(listed.positive), 32 + count(listed.negative)] {
        sink(feature(Kind::Lists, hash));
        sink(feature(Kind::Lists, mix(hash, language)));
    }
}

fn beginnings(word: &[Letter], own: Origin, language: u64, sink: &mut impl FnMut(u32, Origin)) {
    for (letters, tag) in BEGINNINGS.into_iter().zip(0x51..) {
        let begin = word.iter().take(letters).fold(tag, |hash, letter| mix(hash, u64::from(letter.code)));
        sink(feature(Kind::Beginning, begin), own);
        sink(feature(Kind::InLanguage, mix(begin, language)), own);
    }
}

/// All groups of up to four letters: in scripts without blanks nobody knows where a word begins.
fn run_groups(run: &[Letter], own: Origin, sink: &mut impl FnMut(u32, Origin)) {
    for at in 0..run.len() {
        let mut hash = 0xC0DE;
        let group = run.get(at..).unwrap_or_default();
        let Some(first) = group.first() else { break };
        for letter in group.iter().take(RUN_GROUP_MAX) {
            hash = mix(hash, u64::from(letter.code));
            let place = Place { start: first.start, end: letter.end };
            sink(feature(Kind::RunGroup, hash), Origin { place, ..own });
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

    fn tell(&self, language: u64, sink: &mut impl FnMut(u32, Origin)) {
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

/// Of what is true of the whole text.
const NOWHERE: Origin = Origin { token: None, place: Place { start: 0, end: 0 } };

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, of: impl Fn(&Reading, &mut dyn FnMut(u32, Origin))) -> Vec<(u32, String)> {
        let reading = Reading::of(text);
        let mut told = Vec::new();
        of(&reading, &mut |feature, origin| told.push((feature, origin.place.of(text).to_owned())));
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
