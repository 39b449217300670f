//! Letter statistics, by whatlang, restricted to the languages of one script.

use whatlang::{Detector, Lang};

use crate::enrich::script::Script;

/// Widely written languages of the Latin script that whatlang knows. Fewer are faster and more often right: with all 44 a short
/// English text is taken for a language nobody in sight writes.
const LATIN: &[Lang] = &[
    Lang::Eng,
    Lang::Spa,
    Lang::Por,
    Lang::Ita,
    Lang::Fra,
    Lang::Deu,
    Lang::Nld,
    Lang::Swe,
    Lang::Dan,
    Lang::Nob,
    Lang::Fin,
    Lang::Hun,
    Lang::Pol,
    Lang::Ces,
    Lang::Slk,
    Lang::Hrv,
    Lang::Ron,
    Lang::Tur,
    Lang::Ind,
    Lang::Vie,
    Lang::Tgl,
    Lang::Est,
    Lang::Lit,
    Lang::Lav,
    Lang::Cat,
];
const CYRILLIC: &[Lang] = &[Lang::Rus, Lang::Ukr, Lang::Bul, Lang::Bel, Lang::Srp, Lang::Mkd];
const ARABIC: &[Lang] = &[Lang::Ara, Lang::Pes, Lang::Urd];
const DEVANAGARI: &[Lang] = &[Lang::Hin, Lang::Mar, Lang::Nep];

/// One detector for each script that languages share.
pub(super) struct Statistics {
    latin: Detector,
    cyrillic: Detector,
    arabic: Detector,
    devanagari: Detector,
}

impl Statistics {
    pub(super) fn new() -> Self {
        let detector = |languages: &[Lang]| Detector::with_allowlist(languages.to_vec());
        Self {
            latin: detector(LATIN),
            cyrillic: detector(CYRILLIC),
            arabic: detector(ARABIC),
            devanagari: detector(DEVANAGARI),
        }
    }

    /// The likeliest language and how sure it is, 0 to 1.
    pub(super) fn judge(&self, script: Script, words: &str) -> Option<(&'static str, f32)> {
        let detector = match script {
            Script::Latin => &self.latin,
            Script::Cyrillic => &self.cyrillic,
            Script::Arabic => &self.arabic,
            Script::Devanagari => &self.devanagari,
            _ => return None,
        };
        let info = detector.detect(words)?;
        #[expect(clippy::cast_possible_truncation, reason = "0 to 1 loses nothing that matters")]
        let confidence = info.confidence() as f32;
        Some((code(info.lang())?, confidence))
    }
}

/// ISO 639-1.
fn code(language: Lang) -> Option<&'static str> {
    Some(match language {
        Lang::Eng => "en",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Fra => "fr",
        Lang::Deu => "de",
        Lang::Nld => "nl",
        Lang::Swe => "sv",
        Lang::Dan => "da",
        Lang::Nob => "nb",
        Lang::Fin => "fi",
        Lang::Hun => "hu",
        Lang::Pol => "pl",
        Lang::Ces => "cs",
        Lang::Slk => "sk",
        Lang::Hrv => "hr",
        Lang::Ron => "ro",
        Lang::Tur => "tr",
        Lang::Ind => "id",
        Lang::Vie => "vi",
        Lang::Tgl => "tl",
        Lang::Est => "et",
        Lang::Lit => "lt",
        Lang::Lav => "lv",
        Lang::Cat => "ca",
        Lang::Rus => "ru",
        Lang::Ukr => "uk",
        Lang::Bul => "bg",
        Lang::Bel => "be",
        Lang::Srp => "sr",
        Lang::Mkd => "mk",
        Lang::Ara => "ar",
        Lang::Pes => "fa",
        Lang::Urd => "ur",
        Lang::Hin => "hi",
        Lang::Mar => "mr",
        Lang::Nep => "ne",
        _ => return None,
    })
}
