use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write as _},
    path::PathBuf,
};

use serde::Serialize;
use serde_json::Value;

use super::value::Fault;

/// One rejected record, a line of the file of rejected mentions.
#[derive(Debug, Serialize)]
struct Line<'a> {
    line: u64,
    field: &'a str,
    message: &'a str,
    mention: &'a Value,
}

/// Where rejected records go; the file is made with the first one.
pub(super) struct RejectedFile {
    path: Option<PathBuf>,
    file: Option<BufWriter<File>>,
    count: u64,
}

impl RejectedFile {
    /// With `keep`, records are added to what an interrupted run has written; otherwise an old file is taken away.
    pub(super) fn new(path: Option<PathBuf>, keep: bool) -> Result<Self, String> {
        if let (Some(path), false) = (&path, keep) {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(format!("cannot replace {}: {error}", path.display()));
                }
                _ => {}
            }
        }
        Ok(Self { path, file: None, count: 0 })
    }

    /// Writes one; only counts it where there is no file.
    pub(super) fn add(&mut self, line: u64, fault: &Fault, mention: &Value) -> Result<(), String> {
        self.count += 1;
        let Some(path) = &self.path else { return Ok(()) };
        let failed = |error: io::Error| format!("cannot write {}: {error}", path.display());
        let file = match &mut self.file {
            Some(file) => file,
            none => {
                none.insert(BufWriter::new(OpenOptions::new().create(true).append(true).open(path).map_err(failed)?))
            }
        };
        let line = Line { line, field: &fault.field, message: &fault.message, mention };
        serde_json::to_writer(&mut *file, &line).map_err(|error| failed(error.into()))?;
        file.write_all(b"\n").map_err(failed)
    }

    /// What has been added is in the file.
    pub(super) fn flush(&mut self) -> Result<(), String> {
        match (&mut self.file, &self.path) {
            (Some(file), Some(path)) => {
                file.flush().map_err(|error| format!("cannot write {}: {error}", path.display()))
            }
            _ => Ok(()),
        }
    }

    /// The file, where something has been written.
    pub(super) fn written(&self) -> Option<&PathBuf> {
        self.path.as_ref().filter(|_| self.file.is_some())
    }

    /// How many were added in this run.
    pub(super) fn count(&self) -> u64 {
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_only_when_there_is_something() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.ndjson");
        fs::write(&path, "old\n").unwrap();
        let mut rejected = RejectedFile::new(Some(path.clone()), false).unwrap();
        assert!(!path.exists() && rejected.written().is_none());
        let mention = serde_json::json!({"text": "ciao"});
        rejected.add(7, &Fault::new("platform", "is missing"), &mention).unwrap();
        rejected.flush().unwrap();
        let mut more = RejectedFile::new(Some(path.clone()), true).unwrap();
        more.add(9, &Fault::new("", "not JSON"), &Value::Null).unwrap();
        more.flush().unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            "{\"line\":7,\"field\":\"platform\",\"message\":\"is missing\",\"mention\":{\"text\":\"ciao\"}}\n\
             {\"line\":9,\"field\":\"\",\"message\":\"not JSON\",\"mention\":null}\n"
        );
    }
}
