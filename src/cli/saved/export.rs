use std::{collections::HashSet, fs, path::Path};

use super::{
    super::{exit::Failure, output::Output},
    file, folder, for_each,
};
use crate::client::Client;

/// Writes every saved search of a folder into its file. Files that are as they should be are left alone.
pub(super) async fn run(
    client: &Client,
    dir: &Path,
    server_folder: &str,
    prune: bool,
    output: &mut Output,
) -> Result<(), Failure> {
    let failed =
        |path: &Path, error: &std::io::Error| Failure::Failed(format!("cannot write {}: {error}", path.display()));
    let (mut count, mut changed) = (0, 0);
    let mut written = HashSet::new();
    for_each(client, server_folder, |search| {
        let path = folder::path_of(dir, &search.folder, &search.id);
        let text = file::write(&search);
        count += 1;
        if fs::read_to_string(&path).ok().as_deref() != Some(&text) {
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(|error| failed(parent, &error))?;
            }
            fs::write(&path, text).map_err(|error| failed(&path, &error))?;
            changed += 1;
        }
        written.insert(path);
        Ok(())
    })
    .await?;
    fs::create_dir_all(dir).map_err(|error| failed(dir, &error))?;
    // Of a part of the server's folders, only files in that part can be known to be of nothing.
    let is_in_part = |found: &folder::Found| {
        server_folder.is_empty()
            || found.folder == server_folder
            || found.folder.starts_with(&format!("{server_folder}/"))
    };
    let (files, _) = folder::find(dir)?;
    let left: Vec<_> = files.into_iter().filter(|file| is_in_part(file) && !written.contains(&file.path)).collect();
    for file in left.iter().filter(|_| prune) {
        fs::remove_file(&file.path).map_err(|error| failed(&file.path, &error))?;
    }
    output.note(&format!("{count} saved searches, {changed} files written"))?;
    match (left.len(), prune) {
        (0, _) => Ok(()),
        (left, true) => output.note(&format!("{left} files of saved searches that are gone or elsewhere were removed")),
        (left, false) => {
            output.note(&format!("{left} files are of saved searches that are gone or elsewhere; --prune removes them"))
        }
    }
}
