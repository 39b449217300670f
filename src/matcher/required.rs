use crate::{
    query::{KeywordTest, Node, Pattern, TextField},
    text::Word,
};

/// A fact about a mention that is looked up by hash: a term of a text field, or a value of a keyword field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Required {
    /// The text field holds the term.
    Term(TextField, String),
    /// The keyword field holds the value.
    Value(crate::query::KeywordField, String),
}

/// Facts of which a mention must hold at least one to match; `None` where a query may match without any.
///
/// Invariant (the whole correctness of [`super::QuerySet`] stands on it): if `evaluate(node, document)` then
/// `required(node)` is `None` or the document holds one of its facts.
pub(super) fn required(node: &Node) -> Option<Vec<Required>> {
    match node {
        Node::Words(words) => {
            let terms = required_terms(&words.pattern)?;
            let in_field = |field| terms.iter().map(move |&term| Required::Term(field, term.to_owned()));
            Some(words.fields.iter().flat_map(in_field).collect())
        }
        Node::Keyword(keyword) => match &keyword.test {
            KeywordTest::Is(value) => Some(vec![Required::Value(keyword.field, value.clone())]),
            KeywordTest::OneOf(values) => {
                Some(values.iter().map(|value| Required::Value(keyword.field, value.clone())).collect())
            }
            KeywordTest::StartsWith(_) | KeywordTest::Set => None,
        },
        Node::And(parts) => parts.iter().filter_map(required).min_by(|a, b| cost(a).total_cmp(&cost(b))),
        Node::Or(parts) => {
            let mut all = parts.iter().map(required).collect::<Option<Vec<_>>>()?.concat();
            all.sort_unstable();
            all.dedup();
            Some(all)
        }
        Node::All
        | Node::HasText(_)
        | Node::Number(_)
        | Node::Time(_)
        | Node::LocalTime(_)
        | Node::Sample(_)
        | Node::Not(_) => None,
        Node::Reference(never) => match *never {},
    }
}

/// Forms of which a text must hold one for the pattern to occur.
fn required_terms<'p>(pattern: &'p Pattern) -> Option<Vec<&'p str>> {
    let of_word = |word: &'p Word| match word {
        Word::Form(form) | Word::Plain(form) => Some(vec![form.as_str()]),
        Word::OneOf(forms) => Some(forms.iter().map(String::as_str).collect()),
        Word::Like(_) => None,
    };
    // Any part would do; long words are rare ones.
    let rarest = |lists: &mut dyn Iterator<Item = Option<Vec<&'p str>>>| {
        lists.flatten().max_by_key(|forms| forms.iter().map(|form| form.len()).min())
    };
    match pattern {
        Pattern::Word(word) => of_word(word),
        Pattern::Phrase(words) => rarest(&mut words.iter().map(|word| of_word(&word.word))),
        Pattern::Window { parts, .. } => rarest(&mut parts.iter().map(required_terms)),
        Pattern::Near { left, right, .. } => rarest(&mut [left, right].into_iter().map(|side| required_terms(side))),
        Pattern::AnyOf(parts) => parts.iter().map(required_terms).collect::<Option<Vec<_>>>().map(|all| all.concat()),
    }
}

/// How often the facts are expected to wake the query up. A value of a keyword field (a language, a platform) is held by
/// many mentions, a word by few, a long word by fewer.
fn cost(facts: &[Required]) -> f64 {
    let one = |fact: &Required| match fact {
        Required::Term(_, term) => {
            1.0 / (1.0 + f64::from(u32::try_from(term.chars().count()).unwrap_or(u32::MAX))).powi(2)
        }
        Required::Value(field, _) if is_rare(*field) => 0.001,
        Required::Value(..) => 1.0,
    };
    facts.iter().map(one).sum()
}

/// Fields whose single values are held by few mentions.
fn is_rare(field: crate::query::KeywordField) -> bool {
    use crate::query::KeywordField as Field;
    matches!(field, Field::From | Field::To | Field::Mentions | Field::Id | Field::Thread | Field::Site)
}

/// What it takes for a query to be looked at.
#[derive(Debug)]
pub struct Waking(Option<Vec<Required>>);

impl Waking {
    /// Of a query.
    #[must_use]
    pub fn of(node: &Node) -> Self {
        Self(required(node))
    }

    /// It is looked at with every mention.
    #[must_use]
    pub fn always(&self) -> bool {
        self.0.is_none()
    }

    /// Whether this mention makes it be looked at.
    #[must_use]
    pub fn on(&self, document: &crate::query::Document) -> bool {
        self.0.as_ref().is_none_or(|facts| {
            facts.iter().any(|fact| match fact {
                Required::Term(field, term) => {
                    document.texts[*field as usize].iter().any(|token| token.term == term.as_str())
                }
                Required::Value(field, value) => {
                    document.keywords.iter().any(|(held, of)| held == field && of == value)
                }
            })
        })
    }
}
