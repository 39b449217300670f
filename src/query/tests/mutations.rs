//! A bounded run of what `fuzz/` does without end: its corpus, mangled by a generator with a seed, so that a failure comes again.

use std::{fs, path::Path};

use super::properties::{check_printing, check_spans};
use crate::text::{Tokens, stemmed_languages};

/// Inputs in the gate; `ASCOLTO_LONG_TESTS=1` makes a hundred times as many.
const INPUTS: usize = 3000;

/// Splitmix64.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % end.max(1) as u64) as usize
    }
}

fn corpus(folder: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(folder);
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
        .iter()
        .flat_map(|file| fs::read_to_string(file).unwrap().lines().map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

/// One of the corpus, with letters taken out, doubled, swapped or put in from another one, a few times.
fn mangled(corpus: &[String], random: &mut Random) -> String {
    let mut letters: Vec<char> = corpus[random.below(corpus.len())].chars().collect();
    for _ in 0..1 + random.below(6) {
        let at = random.below(letters.len() + 1);
        match random.below(5) {
            0 if at < letters.len() => drop(letters.remove(at)),
            1 if at < letters.len() => letters.insert(at, letters[at]),
            2 if at + 1 < letters.len() => letters.swap(at, at + 1),
            3 => letters.truncate(at),
            _ => {
                let other: Vec<char> = corpus[random.below(corpus.len())].chars().collect();
                let from = random.below(other.len() + 1);
                let length = random.below(12).min(other.len() - from);
                letters.splice(at..at, other[from..from + length].iter().copied());
            }
        }
    }
    letters.into_iter().collect()
}

fn inputs() -> usize {
    if std::env::var_os("ASCOLTO_LONG_TESTS").is_some() { INPUTS * 100 } else { INPUTS }
}

#[test]
fn mangled_queries_are_read_and_printed() {
    let corpus = corpus("parse");
    assert!(corpus.len() > 50, "only {}", corpus.len());
    let mut random = Random(7);
    for _ in 0..inputs() {
        let text = mangled(&corpus, &mut random);
        check_spans(&text);
        check_printing(&text);
    }
}

#[test]
fn mangled_texts_are_cut_into_terms() {
    let corpus = corpus("tokens");
    assert!(corpus.len() > 20, "only {}", corpus.len());
    let languages: Vec<&str> = stemmed_languages().chain(["und"]).collect();
    let mut random = Random(7);
    for _ in 0..inputs() {
        let text = mangled(&corpus, &mut random);
        let tokens = Tokens::of(&text, languages[random.below(languages.len())]);
        let mut position = 0;
        for token in tokens.iter() {
            assert!(text.get(token.span.range()).is_some_and(|part| !part.is_empty()), "{text:?}: {token:?}");
            assert!(token.position >= position && !token.term.is_empty(), "{text:?}: {token:?}");
            position = token.position;
        }
    }
}
