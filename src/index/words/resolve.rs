use std::sync::Arc;

use tantivy::{InvertedIndexReader, Searcher, postings::TermInfo, schema::Field};

use super::{FieldWords, OpenFiles, Terms, WordTerms, WordsQuery, places::Places};
use crate::{
    index::Error,
    query::Pattern,
    text::{ACCENTED, WRITTEN, Wildcard, Word},
};

/// Looks the words of a query up in the dictionaries of an index.
pub(in crate::index) struct Resolver<'a> {
    searcher: &'a Searcher,
    files: &'a OpenFiles,
    /// Forms that wildcards may still stand for.
    forms_left: usize,
    forms_max: usize,
}

impl<'a> Resolver<'a> {
    /// For one query, whose wildcards may stand for `forms_max` forms together.
    pub(in crate::index) fn new(searcher: &'a Searcher, files: &'a OpenFiles, forms_max: usize) -> Self {
        Self { searcher, files, forms_left: forms_max, forms_max }
    }

    /// The query for a pattern in any of these fields.
    ///
    /// # Errors
    /// [`Error::Read`], and [`Error::TooDear`] where wildcards stand for too many forms.
    pub(in crate::index) fn pattern(
        &mut self,
        pattern: &Pattern,
        fields: impl Iterator<Item = Field>,
    ) -> Result<WordsQuery, Error> {
        let mut words = Vec::new();
        let places = places(pattern, &mut words);
        let mut resolved = Vec::new();
        for field in fields {
            let terms = words.iter().map(|word| self.word(word, field)).collect::<Result<_, _>>()?;
            resolved.push(FieldWords { field, words: terms });
        }
        Ok(WordsQuery { places: Arc::new(places), fields: resolved.into(), files: self.files.clone() })
    }

    fn word(&mut self, alternatives: &[&Word], field: Field) -> Result<WordTerms, Error> {
        let mut found = WordTerms::default();
        for reader in self.searcher.segment_readers() {
            let inverted = reader.inverted_index(field).map_err(Error::read)?;
            let mut terms = Terms::default();
            for word in alternatives {
                self.look_up(word, &inverted, &mut terms)?;
            }
            if !terms.forms.is_empty() {
                found.mentions += terms.forms.iter().map(|term| u64::from(term.doc_freq)).sum::<u64>();
                found.segments.insert(reader.segment_id(), terms);
            }
        }
        Ok(found)
    }

    fn look_up(&mut self, word: &Word, inverted: &InvertedIndexReader, terms: &mut Terms) -> Result<(), Error> {
        let one = |form: &str| inverted.terms().get(form.as_bytes()).map_err(Error::read);
        match word {
            Word::Form(form) => terms.forms.extend(one(form)?),
            Word::Plain(form) => {
                terms.forms.extend(one(form)?);
                let accented = Some(ACCENTED).filter(|&marker| !form.starts_with(marker));
                for marker in [Some(WRITTEN), accented].into_iter().flatten() {
                    terms.without.extend(one(marker.encode_utf8(&mut [0; 4]))?);
                }
            }
            Word::OneOf(forms) => {
                for form in forms {
                    terms.forms.extend(one(form)?);
                }
            }
            Word::Like(wildcard) => self.expand(wildcard, inverted, &mut terms.forms)?,
        }
        Ok(())
    }

    /// All forms of a segment that fit. There is no cut: an answer that holds some of them is worse than none.
    fn expand(
        &mut self,
        wildcard: &Wildcard,
        inverted: &InvertedIndexReader,
        forms: &mut Vec<TermInfo>,
    ) -> Result<(), Error> {
        let head = wildcard.head.as_bytes();
        let mut stream = inverted.terms().range().ge(head).into_stream().map_err(Error::read)?;
        while let Some((key, term)) = stream.next() {
            if !key.starts_with(head) {
                break;
            }
            if !str::from_utf8(key).is_ok_and(|form| wildcard.fits(form)) {
                continue;
            }
            let Some(left) = self.forms_left.checked_sub(1) else {
                return Err(Error::TooDear {
                    what: format!("the words that `{}` and other wildcards stand for", written(wildcard)),
                    cost: self.forms_max + 1,
                    cost_max: self.forms_max,
                });
            };
            self.forms_left = left;
            forms.push(term.clone());
        }
        Ok(())
    }
}

/// As a query has it.
fn written(wildcard: &Wildcard) -> String {
    use crate::text::WildcardPart;
    let mut written = wildcard.head.trim_start_matches([ACCENTED, WRITTEN]).to_owned();
    for part in &wildcard.rest {
        match part {
            WildcardPart::Run => written.push('*'),
            WildcardPart::Letter => written.push('?'),
            WildcardPart::Text(text) => written.push_str(text),
        }
    }
    written
}

/// The places of a pattern; the words it names are added to `words`, each with what may stand in for it.
fn places<'p>(pattern: &'p Pattern, words: &mut Vec<Vec<&'p Word>>) -> Places {
    match pattern {
        Pattern::Word(word) => Places::Word(add(vec![word], words)),
        Pattern::Phrase(phrase) => {
            Places::Phrase(phrase.iter().map(|asked| (asked.offset, add(vec![&asked.word], words))).collect())
        }
        Pattern::Window { parts, positions_max } => Places::Window {
            parts: parts.iter().map(|part| places(part, words)).collect(),
            positions_max: *positions_max,
        },
        Pattern::Near { left, right, distance, ordered } => Places::Near {
            left: Box::new(places(left, words)),
            right: Box::new(places(right, words)),
            distance: *distance,
            ordered: *ordered,
        },
        Pattern::AnyOf(parts) => {
            // Words that stand in for each other are one word with more forms: one union instead of many branches.
            let (single, other): (Vec<&Pattern>, Vec<&Pattern>) =
                parts.iter().partition(|part| matches!(part, Pattern::Word(word) if !matches!(word, Word::Plain(_))));
            let singles: Vec<&Word> = single
                .into_iter()
                .filter_map(|part| if let Pattern::Word(word) = part { Some(word) } else { None })
                .collect();
            let mut found = Vec::with_capacity(other.len() + 1);
            if !singles.is_empty() {
                found.push(Places::Word(add(singles, words)));
            }
            found.extend(other.into_iter().map(|part| places(part, words)));
            if found.len() == 1 { found.remove(0) } else { Places::AnyOf(found) }
        }
    }
}

fn add<'p>(alternatives: Vec<&'p Word>, words: &mut Vec<Vec<&'p Word>>) -> usize {
    words.push(alternatives);
    words.len() - 1
}
