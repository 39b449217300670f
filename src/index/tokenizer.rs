use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::text::Tokens;

/// The name under which the schema knows [`TextTokenizer`].
pub(super) const TERMS_TOKENIZER: &str = "ascolto";

/// Hands the terms of [`crate::text`] to tantivy; cuts nothing itself.
///
/// Several terms may stand at one position: tantivy keeps positions per term, so they do not disturb each other.
#[derive(Clone, Default)]
pub(super) struct TextTokenizer {
    /// The terms of the current text, end to end. Kept between texts for its memory.
    terms: String,
    /// Position of each term, and where it ends in `terms`.
    places: Vec<(u32, usize)>,
}

/// Parts the language of a text from the text. Codes of languages do not hold it; texts may.
const LANGUAGE_END: char = '\n';

/// A text with its language in front, as [`TextTokenizer`] takes it: tantivy hands it nothing but the text.
pub(super) fn text_in(language: &str, text: &str) -> String {
    format!("{language}{LANGUAGE_END}{text}")
}

impl TextTokenizer {
    pub(super) fn for_each_term(text: &str, language: &str, mut each: impl FnMut(u32, &str)) {
        for token in Tokens::of(text, language).iter() {
            each(token.position, token.term);
        }
    }
}

impl Tokenizer for TextTokenizer {
    type TokenStream<'a> = Terms<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Terms<'a> {
        self.terms.clear();
        self.places.clear();
        let (language, text) = text.split_once(LANGUAGE_END).unwrap_or_default();
        Self::for_each_term(text, language, |position, term| {
            self.terms.push_str(term);
            self.places.push((position, self.terms.len()));
        });
        Terms { terms: &self.terms, places: self.places.iter(), start: 0, token: Token::default() }
    }
}

/// The terms of one text.
pub(super) struct Terms<'a> {
    terms: &'a str,
    places: std::slice::Iter<'a, (u32, usize)>,
    start: usize,
    /// Its byte offsets stay zero: nothing reads them from the index, highlights are made from the text.
    token: Token,
}

impl TokenStream for Terms<'_> {
    fn advance(&mut self) -> bool {
        let Some(&(position, end)) = self.places.next() else {
            return false;
        };
        self.token.position = position as usize;
        self.token.text.clear();
        self.token.text.push_str(&self.terms[self.start..end]);
        self.start = end;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_exactly_the_terms_of_the_text() {
        let mut tokenizer = TextTokenizer::default();
        for text in ["", "Caffè caldo, caffè freddo", "東京タワー", "¡Hola! ¿Qué tal? 😡", "Ёлка #fail @shop"]
        {
            let mut expected = Vec::new();
            TextTokenizer::for_each_term(text, "it", |position, term| {
                expected.push((position as usize, term.to_owned()));
            });
            let mut given = Vec::new();
            let text = text_in("it", text);
            tokenizer.token_stream(&text).process(&mut |token| given.push((token.position, token.text.clone())));
            assert_eq!(given, expected, "{text}");
        }
    }
}
