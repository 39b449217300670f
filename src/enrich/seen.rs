use super::{features, language::MODELS, reading::Reading, script::Script};
use crate::linear;

/// What trained models see of a text: for training and measuring, which must make the same features as serving.
#[derive(Debug)]
pub struct Seen {
    reading: Reading,
}

impl Seen {
    /// Reads a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self { reading: Reading::of(text) }
    }

    /// The script most of it is written in, with the name of the model that tells its languages apart; `None` where there is no letter, or one
    /// language has the script for itself.
    #[must_use]
    pub fn language_model(&self) -> Option<&'static str> {
        let (script, _) = self.reading.dominant()?;
        MODELS.iter().find(|(of, _)| *of == script).map(|(_, name)| *name)
    }

    /// Whether most of it is written in Latin letters.
    #[must_use]
    pub fn is_latin(&self) -> bool {
        self.reading.dominant().is_some_and(|(script, _)| script == Script::Latin)
    }

    /// The features by which the languages of its script are told apart.
    pub fn language_features(&self, into: &mut Vec<u32>) {
        into.clear();
        if let Some((script, _)) = self.reading.dominant() {
            features::of_language(&self.reading, script, |feature, _| into.push(feature));
        }
    }

    /// The features by which anything else is told, in a language.
    pub fn text_features(&self, language: &str, into: &mut Vec<u32>) {
        into.clear();
        features::of_text(&self.reading, linear::of_str(language), |feature, _| into.push(feature));
    }
}
