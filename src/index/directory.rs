use std::{fs, io, path::Path};

use tantivy::{
    Directory as _, IndexReader, IndexSettings, ReloadPolicy, TantivyError,
    directory::{
        INDEX_WRITER_LOCK, MmapDirectory,
        error::{LockError, OpenReadError},
    },
};

use super::{
    Error,
    payload::Payload,
    schema::{self, Fields},
    tokenizer::{TERMS_TOKENIZER, TextTokenizer},
};
use crate::base::Seq;

/// tantivy's list of segments; an index without it is none.
const META_FILE: &str = "meta.json";

/// An index on disk, checked and open for reading.
pub(super) struct Image {
    pub(super) index: tantivy::Index,
    pub(super) reader: IndexReader,
    pub(super) fields: Fields,
    /// Of the last commit; of a new index, at seq 0.
    pub(super) payload: Payload,
    /// It was made just now and has no commit yet.
    pub(super) is_new: bool,
}

/// Why an existing index is not continued.
enum Refusal {
    /// What lies there is of no use; a new one is made from the log.
    Rebuild(String),
    /// Not the index is at fault but the machine; throwing it away would help nobody.
    Machine(Error),
}

/// Opens the index of `store` in `dir`, or makes an empty one where there is none that can be continued.
pub(super) fn open(dir: &Path, store: &str, last_seq: Seq) -> Result<Image, Error> {
    let unusable = |source| Error::Directory { dir: dir.to_owned(), source };
    fs::create_dir_all(dir).map_err(unusable)?;
    check_not_locked(dir)?;
    if dir.join(META_FILE).try_exists().map_err(unusable)? {
        match open_existing(dir, store, last_seq) {
            Ok(image) => return Ok(image),
            Err(Refusal::Machine(error)) => return Err(error),
            Err(Refusal::Rebuild(reason)) => {
                tracing::warn!(dir = %dir.display(), reason, "the index is thrown away and made again from the log");
            }
        }
    }
    remove_files(dir).map_err(unusable)?;
    create(dir, store)
}

/// Looked at before anything is thrown away: what somebody else is writing is not ours to judge.
fn check_not_locked(dir: &Path) -> Result<(), Error> {
    let directory = MmapDirectory::open(dir).map_err(Error::read)?;
    match directory.acquire_lock(&INDEX_WRITER_LOCK) {
        Ok(_) => Ok(()),
        Err(LockError::LockBusy) => Err(Error::Locked { dir: dir.to_owned() }),
        Err(LockError::IoError(source)) => {
            Err(Error::Directory { dir: dir.to_owned(), source: io::Error::new(source.kind(), source) })
        }
    }
}

fn open_existing(dir: &Path, store: &str, last_seq: Seq) -> Result<Image, Refusal> {
    let (schema, fields) = schema::build();
    let fingerprint = schema::fingerprint(&schema).map_err(|error| Refusal::Machine(Error::read(error)))?;
    let index = tantivy::Index::open_in_dir(dir).map_err(refusal)?;
    let meta = index.load_metas().map_err(refusal)?;
    let payload = Payload::check(meta.payload.as_deref(), store, &fingerprint, last_seq.0).map_err(Refusal::Rebuild)?;
    if index.schema() != schema {
        return Err(Refusal::Rebuild("its schema is another than its payload says".to_owned()));
    }
    // Reads every byte once, about 1 s for each GB (7 million mentions). It also brings the files into the page cache.
    let damaged = index.validate_checksum().map_err(refusal)?;
    if let Some(file) = damaged.iter().next() {
        return Err(Refusal::Rebuild(format!("its file {} is damaged", file.display())));
    }
    let reader = open_reader(&index).map_err(refusal)?;
    Ok(Image { index, reader, fields, payload, is_new: false })
}

fn create(dir: &Path, store: &str) -> Result<Image, Error> {
    let (schema, fields) = schema::build();
    let fingerprint = schema::fingerprint(&schema).map_err(Error::write)?;
    // Documents store nothing, so there is nothing to compress and no thread needed for it.
    let settings = IndexSettings { docstore_compress_dedicated_thread: false, ..IndexSettings::default() };
    let index = tantivy::Index::builder().schema(schema).settings(settings).create_in_dir(dir).map_err(Error::write)?;
    let reader = open_reader(&index).map_err(Error::read)?;
    let payload = Payload { store: store.to_owned(), seq: 0, fingerprint };
    Ok(Image { index, reader, fields, payload, is_new: true })
}

fn open_reader(index: &tantivy::Index) -> tantivy::Result<IndexReader> {
    index.tokenizers().register(TERMS_TOKENIZER, TextTokenizer::default());
    // By hand, so that a searcher is published together with the seq it covers.
    index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()
}

/// An error of the operating system, other than a missing file, says nothing about the index.
fn refusal(error: TantivyError) -> Refusal {
    let system = match &error {
        TantivyError::IoError(source) => source.raw_os_error().is_some() && source.kind() != io::ErrorKind::NotFound,
        TantivyError::OpenReadError(OpenReadError::IoError { io_error, .. }) => io_error.raw_os_error().is_some(),
        TantivyError::LockFailure(..) | TantivyError::OpenDirectoryError(_) | TantivyError::SystemError(_) => true,
        _ => false,
    };
    if system { Refusal::Machine(Error::read(error)) } else { Refusal::Rebuild(error.to_string()) }
}

/// Only files: tantivy makes no folders, so whatever folder is here is somebody else's.
fn remove_files(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
