use std::{fs, path::Path};

use rusqlite::Connection;

use super::{
    super::{Error, StoreOptions, open},
    samples::{commit, open_store, sample, saved_search},
};
use crate::base::Seq;

/// A closed store of three versions and a saved search.
fn closed_store(dir: &Path) {
    let (mut writer, _) = open_store(dir);
    commit(&mut writer, ["a", "b", "c"].map(sample));
    let mut group = writer.begin().unwrap();
    group.put_saved_search(&saved_search("s", "zug")).unwrap();
    group.commit().unwrap();
    writer.close().unwrap();
}

fn damage(dir: &Path, sql: &str) {
    Connection::open(dir.join("store.sqlite")).unwrap().execute_batch(sql).unwrap();
}

fn refused(dir: &Path) -> Error {
    open(dir, StoreOptions::default()).err().expect("the store must not open")
}

#[test]
fn every_flipped_bit_of_a_body_is_found() {
    let dir = tempfile::tempdir().unwrap();
    closed_store(dir.path());
    let raw = Connection::open(dir.path().join("store.sqlite")).unwrap();
    let body: Vec<u8> = raw.query_row("SELECT body FROM log WHERE seq = 2", [], |row| row.get(0)).unwrap();
    for bit in (0..body.len() * 8).step_by(37) {
        let mut flipped = body.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        raw.execute("UPDATE log SET body = ?1 WHERE seq = 2", [&flipped]).unwrap();
        let (_writer, reader) = open_store(dir.path());
        assert!(matches!(reader.version(Seq(2)), Err(Error::Damaged { seq: Seq(2), .. })), "bit {bit}");
        let following = reader.versions_after(Seq::ZERO, 9, usize::MAX);
        assert!(matches!(following, Err(Error::Damaged { seq: Seq(2), .. })), "bit {bit}");
        assert_eq!(reader.versions(&[Seq(3), Seq(1)]).unwrap().len(), 2, "the others read as before");
    }
}

#[test]
fn missing_and_misplaced_rows_are_found() {
    for sql in [
        "DELETE FROM log WHERE seq = 2",
        "UPDATE log SET (crc, body) = (SELECT crc, body FROM log WHERE seq = 1) WHERE seq = 2",
        "UPDATE log SET crc = -1 WHERE seq = 2",
        "UPDATE log SET body = x'' WHERE seq = 2",
    ] {
        let dir = tempfile::tempdir().unwrap();
        closed_store(dir.path());
        damage(dir.path(), sql);
        let (_writer, reader) = open_store(dir.path());
        assert!(matches!(reader.version(Seq(2)), Err(Error::Damaged { seq: Seq(2), .. })), "{sql}");
        let following = reader.versions_after(Seq(1), 9, usize::MAX);
        assert!(matches!(following, Err(Error::Damaged { seq: Seq(2), .. })), "{sql}");
    }
}

#[test]
fn a_damaged_saved_search_is_found() {
    let dir = tempfile::tempdir().unwrap();
    closed_store(dir.path());
    damage(dir.path(), "UPDATE saved_searches SET body = x'0a0173'");
    let (_writer, reader) = open_store(dir.path());
    assert!(matches!(reader.saved_search("s"), Err(Error::Corrupt { .. })));
    assert!(matches!(reader.saved_searches_after("", 9), Err(Error::Corrupt { .. })));
}

#[test]
fn a_shortened_log_is_refused_until_the_loss_is_accepted() {
    let dir = tempfile::tempdir().unwrap();
    closed_store(dir.path());
    let files = ["store.sqlite", "tail"].map(|file| dir.path().join(file));
    let old = fs::read(&files[0]).unwrap();
    let (mut writer, _) = open_store(dir.path());
    commit(&mut writer, ["d", "e"].map(sample));
    writer.close().unwrap();
    fs::write(&files[0], old).unwrap();

    let error = refused(dir.path());
    assert!(matches!(error, Error::Shortened { found: Seq(3), recorded: Seq(5), .. }), "{error}");
    assert!(error.to_string().contains("4 to 5 are lost"), "{error}");
    fs::remove_file(&files[1]).unwrap();
    let (mut writer, reader) = open_store(dir.path());
    assert_eq!(reader.last_seq(), Seq(3));
    commit(&mut writer, [sample("d")]);
    assert_eq!(reader.last_seq(), Seq(4));
}

#[test]
fn a_write_ahead_log_cut_in_silence_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    closed_store(dir.path());
    let (mut writer, reader) = open_store(dir.path());
    commit(&mut writer, [sample("d")]);
    commit(&mut writer, [sample("e")]);
    drop((writer, reader));
    let path = dir.path().join("store.sqlite-wal");
    let mut frames = fs::read(&path).unwrap();
    frames[100] ^= 1;
    fs::write(&path, frames).unwrap();
    let error = refused(dir.path());
    assert!(matches!(error, Error::Shortened { found: Seq(3), recorded: Seq(5), .. }), "{error}");
}

#[test]
fn another_history_of_the_same_length_is_refused() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    closed_store(dir.path());
    let (mut writer, _) = open_store(other.path());
    commit(&mut writer, ["c", "b", "a", "d"].map(sample));
    writer.close().unwrap();
    fs::copy(other.path().join("store.sqlite"), dir.path().join("store.sqlite")).unwrap();
    assert!(matches!(refused(dir.path()), Error::Corrupt { .. }));
}

#[test]
fn a_side_file_that_is_behind_cut_or_garbage_stops_nothing() {
    let behind = {
        let dir = tempfile::tempdir().unwrap();
        let (mut writer, _) = open_store(dir.path());
        commit(&mut writer, ["a", "b"].map(sample));
        writer.close().unwrap();
        fs::read(dir.path().join("tail")).unwrap()
    };
    for bytes in [behind.as_slice(), &behind[..20], b"", &[7; 1000]] {
        let dir = tempfile::tempdir().unwrap();
        closed_store(dir.path());
        fs::write(dir.path().join("tail"), bytes).unwrap();
        let (writer, reader) = open_store(dir.path());
        assert_eq!(reader.last_seq(), Seq(3));
        writer.close().unwrap();
        assert_eq!(fs::read(dir.path().join("tail")).unwrap().len(), behind.len());
    }
}

#[test]
fn a_log_and_a_state_that_disagree_are_refused() {
    for sql in ["DELETE FROM log WHERE seq = 3", "UPDATE state SET last_seq = 4", "DELETE FROM state"] {
        let dir = tempfile::tempdir().unwrap();
        closed_store(dir.path());
        damage(dir.path(), sql);
        let error = refused(dir.path());
        assert!(matches!(error, Error::Corrupt { .. } | Error::Sqlite { .. }), "{sql}: {error}");
    }
}

#[test]
fn what_is_not_ours_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    closed_store(dir.path());
    damage(dir.path(), "PRAGMA user_version = 7");
    assert!(matches!(refused(dir.path()), Error::Format { found: 7, known: 1, .. }));

    let dir = tempfile::tempdir().unwrap();
    damage(dir.path(), "CREATE TABLE recipes (name TEXT)");
    assert!(matches!(refused(dir.path()), Error::NotAStore { .. }));

    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store.sqlite");
    let text = "this is a diary, not a database. ".repeat(200);
    fs::write(&path, &text).unwrap();
    assert!(matches!(refused(dir.path()), Error::NotAStore { .. }));
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}
