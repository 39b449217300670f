use super::{
    super::{Error, StoreOptions, open},
    samples::{commit, name, open_store, sample, try_append},
};
use crate::base::Seq;

#[test]
fn a_full_store_refuses_whole_groups_and_goes_on_when_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    let options = StoreOptions { bytes_max: Some(512 * 1024) };
    let (mut writer, reader) = open(dir.path(), options).unwrap();
    let mut rounds = 0;
    // Groups of three, the last of them large, until one does not fit any more.
    let refused = loop {
        rounds += 1;
        assert!(rounds < 100, "the store never filled up");
        let mut group = writer.begin().unwrap();
        let mut large = sample(&format!("{rounds}/2"));
        large.mention.text = "ö".repeat(10_000);
        let versions = [sample(&format!("{rounds}/0")), sample(&format!("{rounds}/1")), large];
        let appended = versions.into_iter().try_for_each(|version| try_append(&mut group, version).map(|_| ()));
        if let Err(error) = appended.and_then(|()| group.commit().map(|_| ())) {
            break error;
        }
    };
    assert!(matches!(refused, Error::Full), "{refused}");
    let kept = (rounds - 1) * 3;
    assert_eq!((reader.last_seq(), reader.mention_count()), (Seq(kept), kept));
    assert_eq!(reader.head(&name(&format!("{rounds}/0"))).unwrap(), None, "nothing half");
    let everything = reader.versions_after(Seq::ZERO, usize::MAX, usize::MAX).unwrap();
    assert_eq!(everything.len() as u64, kept);

    // The limit is lifted under a writer that lives on: it goes on.
    writer.conn.pragma_update_and_check(None, "max_page_count", 1_000_000, |_| Ok(())).unwrap();
    commit(&mut writer, [sample("more")]);
    assert_eq!(reader.last_seq(), Seq(kept + 1));
    assert_eq!(reader.versions_after(Seq::ZERO, usize::MAX, usize::MAX).unwrap()[..everything.len()], everything);
}

#[test]
fn a_limit_too_small_for_an_empty_store_is_told() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(open(dir.path(), StoreOptions { bytes_max: Some(1) }), Err(Error::Full)));
    let (mut writer, _reader) = open_store(dir.path());
    commit(&mut writer, [sample("a")]);
}

#[test]
fn one_directory_has_one_writer() {
    let dir = tempfile::tempdir().unwrap();
    let (writer, _reader) = open_store(dir.path());
    assert!(matches!(open(dir.path(), StoreOptions::default()), Err(Error::InUse { .. })));
    writer.close().unwrap();
    open_store(dir.path());
}

#[test]
fn a_directory_that_cannot_be_made_is_named() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("file"), "").unwrap();
    let error = open(&dir.path().join("file/store"), StoreOptions::default()).err().unwrap();
    assert!(error.to_string().contains("file/store"), "{error}");
}

#[test]
fn after_a_failure_of_the_disk_nothing_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let (mut writer, reader) = open_store(dir.path());
    commit(&mut writer, [sample("a")]);
    writer.noticed(Error::Io { what: "the database of the store".to_owned(), message: "no answer".to_owned() });
    assert!(matches!(writer.begin().err(), Some(Error::Poisoned { message }) if message.contains("no answer")));
    assert!(matches!(writer.begin().err(), Some(Error::Poisoned { .. })), "and it stays so");
    assert_eq!(reader.version(Seq(1)).unwrap().seq, Seq(1), "what is recorded is read as before");
    assert!(matches!(writer.close(), Err(Error::Poisoned { .. })));
    let (mut writer, _reader) = open_store(dir.path());
    commit(&mut writer, [sample("b")]);
}
