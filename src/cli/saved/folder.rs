use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::file::EXTENSION;
use crate::{base::limits::FOLDER_DEPTH_MAX, cli::exit::Failure};

/// A file of a saved search.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    /// The id it has by its name.
    pub(super) id: String,
    /// The folder it has by its directories.
    pub(super) folder: String,
}

/// A file or directory that cannot be used, and why.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unusable {
    pub(super) path: PathBuf,
    pub(super) reason: String,
}

/// All files of saved searches below a directory, ordered by path. What is hidden, and files of other kinds, are passed over.
pub(super) fn find(dir: &Path) -> Result<(Vec<Found>, Vec<Unusable>), Failure> {
    let (mut found, mut unusable) = (Vec::new(), Vec::new());
    let mut open = vec![(dir.to_owned(), Vec::<String>::new())];
    while let Some((dir, names)) = open.pop() {
        let entries = fs::read_dir(&dir).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let entries = entries.map_err(|error| Failure::Failed(format!("cannot read {}: {error}", dir.display())))?;
        for entry in entries {
            let path = entry.path();
            let name = entry.file_name();
            if name.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            // Follows links, as whoever put them there expects.
            let is_dir = fs::metadata(&path).is_ok_and(|metadata| metadata.is_dir());
            let is_search = path.extension().is_some_and(|extension| extension == EXTENSION);
            if !is_dir && !is_search {
                continue;
            }
            let Some(name) = name.to_str() else {
                unusable.push(Unusable { path, reason: "its name is not UTF-8".to_owned() });
                continue;
            };
            if is_dir && names.len() >= FOLDER_DEPTH_MAX {
                let reason = format!("at most {FOLDER_DEPTH_MAX} folders lie inside each other");
                unusable.push(Unusable { path, reason });
            } else if is_dir {
                open.push((path, names.iter().cloned().chain([name.to_owned()]).collect()));
            } else {
                let id = name.strip_suffix(&format!(".{EXTENSION}")).unwrap_or(name).to_owned();
                found.push(Found { path, id, folder: names.join("/") });
            }
        }
    }
    found.sort_unstable();
    Ok((found, unusable))
}

/// The file of a saved search below a directory.
pub(super) fn path_of(dir: &Path, folder: &str, id: &str) -> PathBuf {
    let mut path = dir.to_owned();
    path.extend(folder.split('/').filter(|name| !name.is_empty()));
    path.push(format!("{id}.{EXTENSION}"));
    path
}
