//! Whatever a text is: it is cut without a panic, places lie inside it and positions never fall.
#![no_main]

use ascolto::text::Tokens;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, u8)| {
    let (text, language) = input;
    let languages = ["en", "it", "ru", "ar", "th", "und"];
    let tokens = Tokens::of(text, languages[usize::from(language) % languages.len()]);
    let mut position = 0;
    for token in tokens.iter() {
        assert!(text.get(token.span.range()).is_some_and(|place| !place.is_empty()));
        assert!(token.position >= position && !token.term.is_empty());
        position = token.position;
    }
});
