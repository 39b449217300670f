//! Stems: what the inflected forms of a word have in common, by the Snowball stemmer of a language.

use frostem::{Algorithm, Stemmer};

use super::{class::is_mark, fold::fold_accents};

/// A language that has a stemmer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stemming {
    language: &'static str,
    script: Script,
    algorithm: Algorithm,
}

/// The letters a stemmer knows. A word in others is left alone: its stem would be itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Script {
    Latin,
    Cyrillic,
    Greek,
    Arabic,
    Armenian,
    Devanagari,
    Hebrew,
    Tamil,
}

const fn stemming(language: &'static str, script: Script, algorithm: Algorithm) -> Stemming {
    Stemming { language, script, algorithm }
}

/// Every language with a stemmer, by the code that detection gives it.
pub(super) const ALL: [Stemming; 35] = [
    stemming("ar", Script::Arabic, Algorithm::Arabic),
    stemming("ca", Script::Latin, Algorithm::Catalan),
    stemming("cs", Script::Latin, Algorithm::Czech),
    stemming("da", Script::Latin, Algorithm::Danish),
    stemming("de", Script::Latin, Algorithm::German),
    stemming("el", Script::Greek, Algorithm::Greek),
    stemming("en", Script::Latin, Algorithm::English),
    stemming("eo", Script::Latin, Algorithm::Esperanto),
    stemming("es", Script::Latin, Algorithm::Spanish),
    stemming("et", Script::Latin, Algorithm::Estonian),
    stemming("eu", Script::Latin, Algorithm::Basque),
    stemming("fa", Script::Arabic, Algorithm::Persian),
    stemming("fi", Script::Latin, Algorithm::Finnish),
    stemming("fr", Script::Latin, Algorithm::French),
    stemming("ga", Script::Latin, Algorithm::Irish),
    stemming("hi", Script::Devanagari, Algorithm::Hindi),
    stemming("hu", Script::Latin, Algorithm::Hungarian),
    stemming("hy", Script::Armenian, Algorithm::Armenian),
    stemming("id", Script::Latin, Algorithm::Indonesian),
    stemming("it", Script::Latin, Algorithm::Italian),
    stemming("lt", Script::Latin, Algorithm::Lithuanian),
    stemming("nb", Script::Latin, Algorithm::Norwegian),
    stemming("ne", Script::Devanagari, Algorithm::Nepali),
    stemming("nl", Script::Latin, Algorithm::Dutch),
    stemming("pl", Script::Latin, Algorithm::Polish),
    stemming("pt", Script::Latin, Algorithm::Portuguese),
    stemming("ro", Script::Latin, Algorithm::Romanian),
    stemming("ru", Script::Cyrillic, Algorithm::Russian),
    stemming("st", Script::Latin, Algorithm::Sesotho),
    stemming("sv", Script::Latin, Algorithm::Swedish),
    stemming("ta", Script::Tamil, Algorithm::Tamil),
    stemming("tr", Script::Latin, Algorithm::Turkish),
    stemming("uk", Script::Cyrillic, Algorithm::Ukrainian),
    stemming("yi", Script::Hebrew, Algorithm::Yiddish),
    // Its words come in Latin letters too, which the stemmer takes for the same.
    stemming("sr", Script::Cyrillic, Algorithm::Serbian),
];

impl Stemming {
    /// That of a language, by its code as detection gives it.
    pub(super) fn of(language: &str) -> Option<Self> {
        // Norwegian is detected by its written standard; people and sources also give the language as a whole.
        let language = if matches!(language, "no" | "nn") { "nb" } else { language };
        ALL.into_iter().find(|stemming| stemming.language == language)
    }

    /// Code of the language.
    pub(super) const fn language(self) -> &'static str {
        self.language
    }

    /// The stem of a word in lower case with its accents; folded, because accents come and go with inflection. `None` where
    /// the word is not made of the language's letters.
    pub(super) fn stem(self, accented: &str) -> Option<String> {
        if !self.knows(accented) {
            return None;
        }
        let stem = Stemmer::new(self.algorithm).stem(accented);
        let stem = if stem.is_empty() { accented } else { &stem };
        Some(if stem.is_ascii() { stem.to_owned() } else { fold_accents(stem) })
    }

    fn knows(self, word: &str) -> bool {
        word.chars().all(|letter| self.script.has(letter) || (is_mark(letter) && !word.starts_with(letter)))
    }
}

impl Script {
    const fn has(self, letter: char) -> bool {
        match self {
            Self::Latin => {
                matches!(letter, 'a'..='z' | 'ß'..='ö' | 'ø'..='ʯ' | '\u{1E00}'..='\u{1EFF}')
            }
            Self::Cyrillic => matches!(letter, 'а'..='ԯ'),
            Self::Greek => matches!(letter, '\u{0370}'..='\u{03FF}' | '\u{1F00}'..='\u{1FFF}'),
            Self::Arabic => {
                matches!(letter, '\u{0620}'..='\u{064A}' | '\u{066E}'..='\u{06D3}' | '\u{FB50}'..='\u{FEFC}')
            }
            Self::Armenian => matches!(letter, '\u{0561}'..='\u{0587}'),
            Self::Devanagari => matches!(letter, '\u{0900}'..='\u{0963}' | '\u{0971}'..='\u{097F}'),
            Self::Hebrew => matches!(letter, '\u{05D0}'..='\u{05F2}' | '\u{FB1D}'..='\u{FB4F}'),
            Self::Tamil => matches!(letter, '\u{0B80}'..='\u{0BE5}'),
        }
    }
}
