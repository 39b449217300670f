use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use super::{
    ConfigError, LanguageProfile, SignLists, WordLists, brands, built_in,
    error::nearest,
    languages,
    models::{self, ModelSource},
    words,
};
use crate::{base::limits::TOPICS_MAX, linear::LinearModel, model::Brand};

const BRANDS_FILE: &str = "brands.toml";
const LANGUAGES_FILE: &str = "languages.toml";
const WORDS_FOLDER: &str = "words";
const MODELS_FOLDER: &str = "models";
/// Stem of the words file that holds for every language.
const COMMON: &str = "common";

/// Brands, word lists and language profiles: checked and resolved, ordered, plain data.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexConfig {
    /// Ordered by id.
    pub brands: Vec<Brand>,
    /// Word lists by ISO 639 code. Each holds the common words too, where it does not say something else of them.
    pub words: BTreeMap<String, WordLists>,
    /// Words that mean the same in every language: what is left where the language has no list or is not known.
    pub common_words: WordLists,
    /// Pictograms and emoticons with a feeling.
    pub signs: SignLists,
    /// How languages that share a script are told apart, ordered by code.
    pub languages: Vec<LanguageProfile>,
    /// Trained models by name.
    pub models: BTreeMap<String, LinearModel>,
}

impl IndexConfig {
    /// What is compiled in.
    ///
    /// # Errors
    /// None that a released build has: a test reads the same text.
    pub fn built_in() -> Result<Self, ConfigError> {
        Self::resolve(&Sources::built_in())
    }

    /// Reads a folder of the same layout as `index-config/`. A file it has replaces the compiled-in file of that name, a file it
    /// lacks keeps the compiled-in one, so that a folder may hold nothing but `brands.toml`.
    ///
    /// # Errors
    /// A file cannot be read, has an unknown name or key, or says something that cannot be; named with file and line.
    pub fn load(folder: &Path) -> Result<Self, ConfigError> {
        let mut sources = Sources::built_in();
        let mut found = false;
        for path in toml_files(folder)? {
            let name = file_name(&path);
            match name.as_str() {
                BRANDS_FILE => sources.brands = Source::read(&path)?,
                LANGUAGES_FILE => sources.languages = Source::read(&path)?,
                _ => {
                    let nearest =
                        nearest(&name, [BRANDS_FILE, LANGUAGES_FILE].into_iter()).unwrap_or_default().to_owned();
                    return Err(ConfigError::UnknownFile { file: path.display().to_string(), nearest });
                }
            }
            found = true;
        }
        let words_folder = folder.join(WORDS_FOLDER);
        if words_folder.is_dir() {
            for path in toml_files(&words_folder)? {
                let language = file_name(&path).trim_end_matches(".toml").to_owned();
                sources.words.insert(language, Source::read(&path)?);
            }
            found = true;
        }
        let models_folder = folder.join(MODELS_FOLDER);
        if models_folder.is_dir() {
            sources.models.extend(models::of_folder(&models_folder)?);
            found = true;
        }
        if !found {
            return Err(ConfigError::NothingThere { folder: folder.display().to_string() });
        }
        Self::resolve(&sources)
    }

    fn resolve(sources: &Sources) -> Result<Self, ConfigError> {
        let mut common_words = WordLists::default();
        let mut signs = SignLists::default();
        if let Some(source) = sources.words.get(COMMON) {
            (common_words, signs) = words::read_common(&source.name, &source.text)?;
        }
        let mut words = BTreeMap::new();
        for (language, source) in sources.words.iter().filter(|(language, _)| *language != COMMON) {
            let lists = words::read_language(language, &source.name, &source.text)?;
            words.insert(language.clone(), lists.over(&common_words));
        }
        let topics: BTreeSet<&String> = words.values().flat_map(|lists| lists.topics.values().flatten()).collect();
        if topics.len() > TOPICS_MAX {
            return Err(ConfigError::TopicsTooMany { found: topics.len(), max: TOPICS_MAX });
        }
        Ok(Self {
            brands: brands::read(&sources.brands.name, &sources.brands.text)?,
            words,
            common_words,
            signs,
            languages: languages::read(&sources.languages.name, &sources.languages.text)?,
            models: models::read(&sources.models)?,
        })
    }
}

/// A file's text, with the name that errors say.
struct Source {
    name: String,
    text: String,
}

impl Source {
    fn read(path: &Path) -> Result<Self, ConfigError> {
        let name = path.display().to_string();
        match fs::read_to_string(path) {
            Ok(text) => Ok(Self { name, text }),
            Err(source) => Err(ConfigError::Unreadable { file: name, source }),
        }
    }

    fn compiled_in(name: &str, text: &str) -> Self {
        Self { name: format!("index-config/{name}"), text: text.to_owned() }
    }
}

struct Sources {
    brands: Source,
    languages: Source,
    words: BTreeMap<String, Source>,
    models: BTreeMap<String, ModelSource>,
}

impl Sources {
    fn built_in() -> Self {
        Self {
            brands: Source::compiled_in(BRANDS_FILE, built_in::BRANDS),
            languages: Source::compiled_in(LANGUAGES_FILE, built_in::LANGUAGES),
            words: built_in::WORDS
                .iter()
                .map(|(language, text)| {
                    ((*language).to_owned(), Source::compiled_in(&format!("{WORDS_FOLDER}/{language}.toml"), text))
                })
                .collect(),
            models: models::built_in(),
        }
    }
}

/// The TOML files of a folder in the order of their names, so that errors come in the same order everywhere.
fn toml_files(folder: &Path) -> Result<Vec<PathBuf>, ConfigError> {
    let unreadable = |source| ConfigError::Unreadable { file: folder.display().to_string(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn what_is_compiled_in_is_right() {
        let config = IndexConfig::built_in().unwrap();
        assert!(config.brands.len() >= 3);
        assert!(config.languages.len() >= 30);
        for language in
            ["en", "it", "ru", "es", "fr", "de", "pt", "tr", "pl", "nl", "id", "ar", "hi", "ja", "zh", "ko", "th", "uk"]
        {
            assert!(config.words.contains_key(language), "{language}");
        }
    }

    #[test]
    fn a_folder_replaces_what_it_has() {
        let folder = folder(&[("brands.toml", ""), ("words/xx.toml", "positive = [\"bravissimo\"]")]);
        let config = IndexConfig::load(folder.path()).unwrap();
        assert!(config.brands.is_empty());
        assert!(config.words.contains_key("xx"));
        assert_eq!(config.languages, IndexConfig::built_in().unwrap().languages);
    }

    #[test]
    fn an_account_may_be_called_as_its_house() {
        let text = "[[brand]]\nid = \"a\"\ntitle = \"A\"\nquery = \"a\"\n\
                    [[brand.account]]\nplatform = \"reviews\"\nhandle = \"Луна Банк\"\nrole = \"care\"\n";
        let folder = folder(&[("brands.toml", text)]);
        let config = IndexConfig::load(folder.path()).unwrap();
        assert_eq!(config.brands[0].accounts[0].handle, "Луна Банк");
    }

    #[test]
    fn errors_say_where_and_how_to_mend() {
        let brand = "[[brand]]\nid = \"a\"\ntitle = \"A\"\nquery = \"a\"\n";
        for (name, text, parts) in [
            ("brands.toml", "\n[[brand]]\nid = \"a\"\nquerry = \"x\"\n", ["brands.toml, line 4", "nearest is `query`"]),
            ("brands.toml", &format!("{brand}{brand}"), ["line 5", "`a`"]),
            ("brands.toml", "[[brand]]\nid = \"A b\"\ntitle = \"A\"\nquery = \"a\"\n", ["line 1", "lower-case"]),
            (
                "brands.toml",
                &format!("{brand}[[brand.account]]\nplatform = \"x\"\nhandle = \"y\"\nrole = \"cares\"\n"),
                ["line 8", "nearest is `care`"],
            ),
            (
                "brands.toml",
                &format!("{brand}[[brand.account]]\nplatform = \"x\"\nhandle = \"@y\"\nrole = \"care\"\n"),
                ["line 5", "without @"],
            ),
            ("words/en.toml", "\npositiv = [\"good\"]", ["line 2", "nearest is `positive`"]),
            ("words/en.toml", "positive = [\"good\"]\nnegative = [\"Good\"]", ["line 2", "both"]),
            ("words/en.toml", "positive = [\"go*od\"]", ["line 1", "only at the end"]),
            ("languages.toml", "[en]\nfrequent = \"the\"\nletter = \"\"", ["line 3", "nearest is `letters`"]),
            ("brand.toml", "", ["brand.toml", "nearest name is brands.toml"]),
            ("readme.txt", "", ["neither brands.toml", "words"]),
        ] {
            let folder = folder(&[(name, text)]);
            let error = IndexConfig::load(folder.path()).unwrap_err().to_string();
            for part in parts {
                assert!(error.contains(part), "{text:?}: {error} lacks {part}");
            }
        }
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let error = IndexConfig::load(Path::new("/no/such/folder")).unwrap_err().to_string();
        assert!(error.contains("/no/such/folder"), "{error}");
    }
}
