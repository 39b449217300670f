use std::{borrow::Cow, collections::BTreeMap, fs, io::Read as _, path::Path};

use super::{ConfigError, built_in, error::nearest};
use crate::{base::limits::MODEL_FILE_BYTES_MAX, linear::LinearModel};

const EXTENSION: &str = "model";
/// Tells people what a model was made of; nothing reads it.
const CARD_EXTENSION: &str = "md";

/// The bytes of a model, with the name that errors say.
pub(super) struct ModelSource {
    file: String,
    bytes: Cow<'static, [u8]>,
}

/// The models that are compiled in.
pub(super) fn built_in() -> BTreeMap<String, ModelSource> {
    let source = |(name, bytes): &(&'static str, &'static [u8])| {
        let file = format!("index-config/models/{name}.{EXTENSION}");
        ((*name).to_owned(), ModelSource { file, bytes: Cow::Borrowed(*bytes) })
    };
    built_in::MODELS.iter().map(source).collect()
}

/// Names of the models that are read.
fn names() -> impl Iterator<Item = &'static str> {
    built_in::MODELS.iter().map(|(name, _)| *name)
}

/// The models of a folder. A card beside a model is passed over.
pub(super) fn of_folder(folder: &Path) -> Result<BTreeMap<String, ModelSource>, ConfigError> {
    let unreadable = |path: &Path, source| ConfigError::Unreadable { file: path.display().to_string(), source };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, error))? {
        paths.push(entry.map_err(|error| unreadable(folder, error))?.path());
    }
    // Errors come in the same order everywhere.
    paths.sort();
    let mut found = BTreeMap::new();
    for path in paths {
        let has = |extension: &str| path.extension().is_some_and(|other| other == extension);
        let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if has(CARD_EXTENSION) {
            continue;
        }
        if !has(EXTENSION) || !names().any(|known| known == name) {
            let nearest = nearest(&name, names()).unwrap_or("language-latin");
            let nearest = format!("{nearest}.{EXTENSION}");
            return Err(ConfigError::UnknownFile { file: path.display().to_string(), nearest });
        }
        // A byte more than is taken, so that a file that grows meanwhile is noticed and no more is read.
        let mut bytes = Vec::new();
        fs::File::open(&path)
            .and_then(|file| file.take(MODEL_FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes))
            .map_err(|error| unreadable(&path, error))?;
        found.insert(name, ModelSource { file: path.display().to_string(), bytes: Cow::Owned(bytes) });
    }
    Ok(found)
}

/// Reads them.
pub(super) fn read(sources: &BTreeMap<String, ModelSource>) -> Result<BTreeMap<String, LinearModel>, ConfigError> {
    let one = |(name, source): (&String, &ModelSource)| {
        let model = LinearModel::read(&source.bytes)
            .map_err(|error| ConfigError::Model { file: source.file.clone(), source: error })?;
        if model.header().task != *name {
            let message =
                format!("the model is `{}`; name its file {}.{EXTENSION}", model.header().task, model.header().task);
            return Err(ConfigError::Invalid { file: source.file.clone(), line: 1, message });
        }
        Ok((name.clone(), model))
    };
    sources.iter().map(one).collect()
}
