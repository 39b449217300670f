use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, Read, Write as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::source::Position;

/// How much of the beginning of a file tells it from another one.
const HEAD_BYTES: u64 = 64 * 1024;

/// What stands in `FILE.progress`: how far a file has been acknowledged, and by what the file is known again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Progress {
    size_bytes: u64,
    head_hash: String,
    acknowledged: Position,
}

impl Progress {
    /// The beginning of a file.
    pub(super) fn of_file(path: &Path) -> Result<Self, String> {
        let read = || -> io::Result<Self> {
            let file = File::open(path)?;
            let size_bytes = file.metadata()?.len();
            let mut head = Vec::new();
            file.take(HEAD_BYTES).read_to_end(&mut head)?;
            let head_hash = blake3::hash(&head).to_hex().to_string();
            Ok(Self { size_bytes, head_hash, acknowledged: Position::default() })
        };
        read().map_err(|error| format!("cannot read {}: {error}", path.display()))
    }

    /// Where to go on.
    pub(super) fn acknowledged(&self) -> Position {
        self.acknowledged
    }

    pub(super) fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Everything before this place has been acknowledged.
    pub(super) fn advance(&mut self, to: Position) {
        self.acknowledged = to;
    }

    /// Where the last run over this file stopped; the beginning where there was none or it came to the end.
    ///
    /// # Errors
    /// The file is not the one that run read, or what it left cannot be read: starting anew without `--resume` is safe.
    pub(super) fn resume(file: &Path) -> Result<Self, String> {
        let now = Self::of_file(file)?;
        let path = state_path(file);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(now),
            Err(error) => return Err(format!("cannot read {}: {error}", path.display())),
        };
        let anew = "run again without --resume to start from the beginning; what is there already stays as it is";
        let then: Self = serde_json::from_str(&text)
            .map_err(|error| format!("{} is not what an interrupted run leaves ({error}); {anew}", path.display()))?;
        let changed = if then.size_bytes != now.size_bytes {
            Some(format!("it had {} bytes then and has {} now", then.size_bytes, now.size_bytes))
        } else if then.head_hash != now.head_hash {
            Some("its beginning is different".to_owned())
        } else if then.acknowledged.byte > now.size_bytes {
            Some("it ends before the place that was reached".to_owned())
        } else {
            None
        };
        match changed {
            Some(why) => Err(format!("{} has changed since the run to resume: {why}; {anew}", file.display())),
            None => Ok(then),
        }
    }

    /// Writes the state beside the file, all of it or nothing.
    pub(super) fn save(&self, file: &Path) -> Result<(), String> {
        let path = state_path(file);
        let write = || -> io::Result<()> {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let mut new = tempfile::NamedTempFile::new_in(folder)?;
            serde_json::to_writer(&mut new, self)?;
            new.write_all(b"\n")?;
            new.persist(&path).map_err(|error| error.error)?;
            Ok(())
        };
        write().map_err(|error| format!("cannot write {}, so --resume will not work: {error}", path.display()))
    }

    /// Takes the state away: the file is in.
    pub(super) fn remove(file: &Path) -> Result<(), String> {
        let path = state_path(file);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(format!("cannot remove {}: {error}", path.display()))
            }
            _ => Ok(()),
        }
    }
}

/// `FILE.progress`
pub(super) fn state_path(file: &Path) -> PathBuf {
    beside(file, ".progress")
}

/// The path with something behind its name.
pub(super) fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(ending);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_on_where_it_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("m.ndjson");
        fs::write(&file, "one\ntwo\n").unwrap();
        let mut progress = Progress::resume(&file).unwrap();
        assert_eq!(progress.acknowledged(), Position::default());
        progress.advance(Position { byte: 4, line: 1 });
        progress.save(&file).unwrap();
        progress.save(&file).unwrap();
        assert_eq!(Progress::resume(&file).unwrap(), progress);
        Progress::remove(&file).unwrap();
        Progress::remove(&file).unwrap();
        assert_eq!(Progress::resume(&file).unwrap().acknowledged(), Position::default());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left behind");
    }

    #[test]
    fn refuses_another_file_with_the_reason() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("m.ndjson");
        fs::write(&file, "one\ntwo\n").unwrap();
        Progress::of_file(&file).unwrap().save(&file).unwrap();
        for (content, reason) in
            [("one\ntwo\nthree\n", "had 8 bytes then and has 14 now"), ("won\ntwo\n", "beginning is different")]
        {
            fs::write(&file, content).unwrap();
            let error = Progress::resume(&file).unwrap_err();
            assert!(error.contains(reason) && error.contains("without --resume"), "{error}");
        }
        fs::write(state_path(&file), "{\"size_bytes\":").unwrap();
        assert!(Progress::resume(&file).unwrap_err().contains("not what an interrupted run leaves"));
    }
}
