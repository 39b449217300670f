//! The files of `index-config/`, compiled in, so that one binary is enough.

/// `brands.toml`
pub(super) const BRANDS: &str = include_str!("../../index-config/brands.toml");
/// `languages.toml`
pub(super) const LANGUAGES: &str = include_str!("../../index-config/languages.toml");

macro_rules! words {
    ($($name:literal),+ $(,)?) => {
        /// `words/*.toml` by language.
        pub(super) const WORDS: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../index-config/words/", $name, ".toml")))),+];
    };
}

macro_rules! models {
    ($($name:literal),+ $(,)?) => {
        /// `models/*.model` by name.
        pub(super) const MODELS: &[(&str, &[u8])] =
            &[$(($name, include_bytes!(concat!("../../index-config/models/", $name, ".model")))),+];
    };
}

models! { "language-arabic", "language-cyrillic", "language-devanagari", "language-ethiopic", "language-latin", "sentiment" }

words! {
    "common", "ar", "de", "en", "es", "fr", "hi", "id", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "uk", "zh",
}
