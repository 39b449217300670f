use std::sync::Arc;

use super::{
    super::Error,
    samples::{append, commit, name, open_store, sample, saved_search, second},
};
use crate::{
    base::Seq,
    model::{Cause, MentionNumber, ThreadId},
};

#[test]
fn what_is_committed_is_there_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let (mut writer, reader) = open_store(dir.path());
    assert_eq!((reader.last_seq(), reader.oldest_seq()), (Seq(0), Seq(1)));
    let mut committed = commit(&mut writer, [sample("a"), sample("b")]);
    committed.extend(commit(&mut writer, [sample("c"), sample("a")]));
    writer.close().unwrap();
    drop(reader);

    let (mut writer, reader) = open_store(dir.path());
    assert_eq!((reader.last_seq(), reader.mention_count()), (Seq(4), 3));
    assert_eq!(reader.versions_after(Seq::ZERO, 10, usize::MAX).unwrap(), committed);
    let mut group = writer.begin().unwrap();
    assert_eq!((group.next_seq(), group.new_number()), (Seq(5), MentionNumber(4)));
}

#[test]
fn a_writer_that_is_dropped_unclosed_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (mut writer, _) = open_store(dir.path());
    let committed = commit(&mut writer, [sample("a")]);
    drop(writer);
    let (_writer, reader) = open_store(dir.path());
    assert_eq!(reader.versions(&[Seq(1)]).unwrap(), committed);
}

#[test]
fn a_dropped_group_never_was() {
    let dir = tempfile::tempdir().unwrap();
    let (mut writer, reader) = open_store(dir.path());
    commit(&mut writer, [sample("a")]);
    let mut group = writer.begin().unwrap();
    append(&mut group, sample("b"));
    group.observe(MentionNumber(1), second(50)).unwrap();
    group.set_placeholder(&name("z"), ThreadId(1)).unwrap();
    group.put_saved_search(&saved_search("s", "zug")).unwrap();
    drop(group);

    assert_eq!((reader.last_seq(), reader.mention_count(), reader.saved_search_count()), (Seq(1), 1, 0));
    assert_eq!(reader.head(&name("b")).unwrap(), None);
    assert_eq!(reader.head(&name("a")).unwrap().unwrap().observed_at, second(2));
    assert_eq!(reader.saved_search("s").unwrap(), None);
    let mut group = writer.begin().unwrap();
    assert_eq!(group.placeholder_thread(&name("z")).unwrap(), None);
    assert_eq!((group.next_seq(), group.new_number()), (Seq(2), MentionNumber(2)));
}

#[test]
fn a_group_sees_itself_and_readers_see_it_only_when_it_is_durable() {
    let dir = tempfile::tempdir().unwrap();
    let (mut writer, reader) = open_store(dir.path());
    let wake_ups = reader.wake_ups();
    let mut group = writer.begin().unwrap();
    let version = append(&mut group, sample("a"));
    assert_eq!(group.version(Seq(1)).unwrap(), version);
    assert!(matches!(group.version(Seq(2)), Err(Error::Missing { seq: Seq(2), .. })));
    assert!(matches!(reader.version(Seq(1)), Err(Error::Missing { seq: Seq(1), .. })));
    assert!(reader.versions_after(Seq::ZERO, 9, 9).unwrap().is_empty());
    assert!(!wake_ups.has_changed().unwrap());

    assert_eq!(group.commit().unwrap().last_seq, Seq(1));
    assert_eq!(*wake_ups.borrow(), Seq(1));
    assert!(wake_ups.has_changed().unwrap());
    assert!(Arc::ptr_eq(&reader.version(Seq(1)).unwrap(), &version));
}

#[test]
fn times_are_the_same_before_and_after_they_were_stored() {
    let dir = tempfile::tempdir().unwrap();
    let (mut writer, _) = open_store(dir.path());
    let mut version = sample("a");
    version.mention.created_at = "1969-12-31T23:59:58.123456789Z".parse().unwrap();
    let appended = commit(&mut writer, [version]).remove(0);
    drop(writer);
    let (_writer, reader) = open_store(dir.path());
    assert_eq!(reader.version(Seq(1)).unwrap(), appended);
}

#[test]
fn a_wrong_version_is_refused_and_spoils_only_its_group() {
    let dir = tempfile::tempdir().unwrap();
    let (mut writer, reader) = open_store(dir.path());
    commit(&mut writer, [sample("a")]);
    let next = |seq, previous_seq, number, id: &str| {
        let mut version = sample(id);
        (version.seq, version.previous_seq, version.number) = (Seq(seq), Seq(previous_seq), MentionNumber(number));
        version
    };
    let wrong = [
        ("a hole", next(3, 1, 1, "a")),
        ("a seq again", next(1, 1, 1, "a")),
        ("a number never given", next(2, 0, 2, "b")),
        ("no number", next(2, 0, 0, "b")),
        ("another's number", next(2, 1, 1, "b")),
        ("a first version for the second time", next(2, 0, 1, "a")),
        ("not the newest before it", next(2, 7, 1, "a")),
    ];
    for (what, version) in wrong {
        let mut group = writer.begin().unwrap();
        assert!(matches!(group.append(version), Err(Error::Misuse { .. })), "{what}");
        assert!(matches!(group.commit(), Err(Error::Misuse { .. })), "{what}");
    }
    let mut group = writer.begin().unwrap();
    let mut twice = next(2, 0, 2, "a");
    assert_eq!(group.new_number(), twice.number);
    twice.cause = Cause::Edited;
    assert!(matches!(group.append(twice), Err(Error::Misuse { .. })), "one name, two numbers");
    drop(group);
    assert_eq!(reader.last_seq(), Seq(1));
    commit(&mut writer, [sample("b")]);
    assert_eq!(reader.last_seq(), Seq(2));
}

#[test]
fn saved_searches_are_kept_by_id() {
    let dir = tempfile::tempdir().unwrap();
    let (mut writer, reader) = open_store(dir.path());
    let mut group = writer.begin().unwrap();
    for id in ["b", "a", "c"] {
        group.put_saved_search(&saved_search(id, "zug")).unwrap();
    }
    group.put_saved_search(&saved_search("a", "電車 OR zug")).unwrap();
    assert_eq!(group.saved_search("a").unwrap(), Some(saved_search("a", "電車 OR zug")));
    assert!(group.remove_saved_search(&saved_search("b", "zug")).unwrap());
    assert!(!group.remove_saved_search(&saved_search("b", "zug")).unwrap());
    group.commit().unwrap();
    assert_eq!(reader.saved_search_count(), 2);
    let all = [saved_search("a", "電車 OR zug"), saved_search("c", "zug")];
    assert_eq!(reader.saved_searches_after("", 9).unwrap(), all);
    assert_eq!(reader.saved_searches_after("", 1).unwrap(), all[..1]);
    assert_eq!(reader.saved_searches_after("a", 9).unwrap(), all[1..]);
}
