use crate::base::Timestamp;

/// An entry of the argument base: a problem customers bring, and what is answered to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// Lower-case letters, digits, `-`, `_`, `.`.
    pub id: String,
    /// Id of the brand it answers for; empty: for every brand.
    pub brand: String,
    /// The problem in a few words.
    pub title: String,
    /// How customers put it, in any language.
    pub examples: Vec<ArgumentExample>,
    /// What is answered: one text a language, ordered by language.
    pub answers: Vec<StandardAnswer>,
    /// What the answer rests on, for those who write their own.
    pub theses: Vec<String>,
    /// Who knows more.
    pub responsible: ResponsiblePerson,
    /// Addresses to read on, or to give to the customer.
    pub links: Vec<String>,
    /// From when on it is suggested; `None`: it always was.
    pub valid_from: Option<Timestamp>,
    /// Until when, not including; `None`: for good.
    pub valid_until: Option<Timestamp>,
    /// For people to sort by.
    pub tags: Vec<String>,
    /// Counts its edits, from 1; goes on over a deletion.
    pub revision: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last edited.
    pub updated_at: Timestamp,
    /// Who edited it last.
    pub editor: String,
}

/// How a customer puts a problem.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArgumentExample {
    /// In their words.
    pub text: String,
    /// ISO 639-1, or 639-3 where there is none; empty where it is not known.
    pub language: String,
    /// The mention it was taken from, as `platform/external_id`; empty where somebody wrote it down. It goes when the mention is deleted.
    pub mention: String,
}

/// What is answered in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StandardAnswer {
    /// ISO 639-1, or 639-3 where there is none.
    pub language: String,
    /// May hold placeholders, which the rules for replies find.
    pub text: String,
}

/// Who answers for an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResponsiblePerson {
    /// A person or a team; may be empty.
    pub name: String,
    /// How to reach them; may be empty.
    pub contact: String,
}

impl Argument {
    /// What changes with every edit.
    #[must_use]
    pub fn etag(&self) -> String {
        self.revision.to_string()
    }

    /// It may be suggested at a moment.
    #[must_use]
    pub fn is_valid_at(&self, now: Timestamp) -> bool {
        self.valid_from.is_none_or(|from| from <= now) && self.valid_until.is_none_or(|until| now < until)
    }

    /// The same entry, whoever edited it when.
    #[must_use]
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        let Self { revision, created_at, updated_at, editor, .. } = other;
        *other
            == Self {
                revision: *revision,
                created_at: *created_at,
                updated_at: *updated_at,
                editor: editor.clone(),
                ..self.clone()
            }
    }

    /// Bytes of its examples.
    #[must_use]
    pub fn example_bytes(&self) -> usize {
        self.examples.iter().map(|example| example.text.len()).sum()
    }

    /// The standard answer in a language, or in the nearest one there is: another variant of it, English, the first.
    #[must_use]
    pub fn answer_in(&self, language: &str) -> Option<&StandardAnswer> {
        let base = |code: &str| code.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        let by = |wanted: &dyn Fn(&str) -> bool| self.answers.iter().find(|answer| wanted(&answer.language));
        by(&|code| code == language)
            .or_else(|| by(&|code| base(code) == base(language)))
            .or_else(|| by(&|code| base(code) == "en"))
            .or_else(|| self.answers.first())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(us: i64) -> Timestamp {
        Timestamp::from_microsecond(us).unwrap()
    }

    fn argument(languages: &[&str]) -> Argument {
        let answer = |code: &&str| StandardAnswer { language: (*code).to_owned(), text: format!("in {code}") };
        Argument {
            id: "refund".into(),
            brand: String::new(),
            title: "Refund".into(),
            examples: Vec::new(),
            answers: languages.iter().map(answer).collect(),
            theses: Vec::new(),
            responsible: ResponsiblePerson::default(),
            links: Vec::new(),
            valid_from: Some(moment(10)),
            valid_until: Some(moment(20)),
            tags: Vec::new(),
            revision: 1,
            created_at: moment(0),
            updated_at: moment(0),
            editor: String::new(),
        }
    }

    #[test]
    fn the_nearest_language_answers() {
        for (languages, asked, answered) in [
            (&["de", "en", "it"][..], "it", Some("it")),
            (&["en", "pt-BR"], "pt", Some("pt-BR")),
            (&["de", "en"], "th", Some("en")),
            (&["de", "ru"], "th", Some("de")),
            (&["de", "ru"], "und", Some("de")),
            (&[], "it", None),
        ] {
            let argument = argument(languages);
            let answer = argument.answer_in(asked).map(|answer| answer.language.as_str());
            assert_eq!(answer, answered, "{asked} among {languages:?}");
        }
    }

    #[test]
    fn it_is_valid_from_the_first_moment_until_before_the_last() {
        let argument = argument(&[]);
        for (at, valid) in [(9, false), (10, true), (19, true), (20, false)] {
            assert_eq!(argument.is_valid_at(moment(at)), valid, "{at}");
        }
        assert!(Argument { valid_from: None, valid_until: None, ..argument }.is_valid_at(Timestamp::MIN));
    }
}
