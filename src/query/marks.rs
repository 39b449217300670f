use hashbrown::HashSet;

use super::{Document, Node, TextField, document::Needed};
use crate::{
    model::Version,
    text::{ACCENTED, Tokens, WRITTEN, Wildcard, Word},
};

/// What it takes to mark the words of one query in versions that are known to match it.
///
/// A page of hits is marked hit by hit, and a long query looks through each of them for each of its words. So the words are
/// gathered once, and of a text only the forms are kept that one of them asks for.
#[derive(Debug)]
pub struct Marks {
    needed: Needed,
    forms: HashSet<String>,
    wildcards: Vec<Wildcard>,
}

impl Marks {
    /// Those of a query.
    #[must_use]
    pub fn of(query: &Node) -> Self {
        let mut marks = Self { needed: Needed::to_mark(query), forms: HashSet::new(), wildcards: Vec::new() };
        marks.gather(query);
        marks
    }

    fn gather(&mut self, query: &Node) {
        match query {
            Node::Words(words) => words.pattern.for_each_word(&mut |word| match word {
                Word::Form(form) | Word::Plain(form) => drop(self.forms.insert(form.clone())),
                Word::OneOf(forms) => self.forms.extend(forms.iter().cloned()),
                Word::Like(wildcard) => self.wildcards.push(wildcard.clone()),
            }),
            // Alternatives are marked only where they match, so what stands behind NOT in them is looked at as well.
            Node::And(parts) | Node::Or(parts) => parts.iter().for_each(|part| self.gather(part)),
            Node::Not(part) => self.gather(part),
            Node::All
            | Node::HasText(_)
            | Node::Keyword(_)
            | Node::Number(_)
            | Node::Time(_)
            | Node::LocalTime(_)
            | Node::Sample(_) => {}
            Node::Reference(never) => match *never {},
        }
    }

    /// Reads of a version what marking looks at.
    #[must_use]
    pub fn read(&self, version: &Version) -> Document {
        let mut document = Document::of_needed(version, &self.needed);
        for field in TextField::ALL.into_iter().filter(|field| self.needed.has_text(*field)) {
            self.thin(&mut document.texts[field as usize]);
        }
        document
    }

    /// Leaves the forms that a word of the query asks for, and the lone markers that tell how a word is written.
    fn thin(&self, tokens: &mut Tokens) {
        tokens.retain(|form| {
            form.starts_with([ACCENTED, WRITTEN]) && form.chars().nth(1).is_none()
                || self.forms.contains(form)
                || self.wildcards.iter().any(|wildcard| wildcard.fits(form))
        });
    }
}
