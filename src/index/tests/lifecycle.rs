use std::fs;

use super::{
    super::{Error, PageRequest, open},
    Bench, now,
    sample::{next, said, version},
};
use crate::{base::Seq, query::Node};

#[test]
fn a_reopened_index_continues_after_its_last_commit() {
    let mut bench = Bench::new();
    assert_eq!((bench.writer.seq(), bench.index.visible_seq()), (Seq::ZERO, Seq::ZERO));
    let versions: Vec<_> = (1..=6).map(|seq| version(seq, seq, "uno", 0)).collect();
    bench.apply(&versions[..3]);
    bench.commit(3);
    bench.apply(&versions[3..]);

    let mut bench = bench.crash_and_reopen("store", 6);
    assert_eq!((bench.writer.seq(), bench.index.visible_seq()), (Seq(3), Seq(3)));
    assert_eq!(bench.numbers(&Node::All), [1, 2, 3]);
    // The follower begins early by mistake: nothing is there twice.
    bench.apply(&versions[1..]);
    bench.commit(6);
    assert_eq!(bench.numbers(&Node::All), [1, 2, 3, 4, 5, 6]);
}

#[test]
fn what_is_not_committed_is_not_seen_and_does_not_survive() {
    let mut bench = Bench::new();
    let first = version(1, 1, "uno", 0);
    bench.apply([&first]);
    bench.commit(1);
    bench.apply([&next(&first, 2, |version| version.mention.text = "due".to_owned()), &version(3, 2, "tre", 0)]);
    assert_eq!(bench.index.visible_seq(), Seq(1));
    assert_eq!(bench.numbers(&said("uno")), [1]);

    let bench = bench.crash_and_reopen("store", 3);
    assert_eq!(bench.numbers(&said("uno")), [1]);
    assert_eq!(bench.numbers(&Node::All), [1]);
}

#[test]
fn an_index_that_cannot_be_continued_is_made_anew() {
    for (store, last_seq, kept) in [("store", 5, 1), ("store", 9, 1), ("other", 5, 0), ("store", 4, 0)] {
        let mut bench = Bench::new();
        bench.apply([&version(5, 1, "uno", 0)]);
        bench.commit(5);
        let bench = bench.crash_and_reopen(store, last_seq);
        assert_eq!(bench.numbers(&Node::All).len(), kept, "{store} {last_seq}");
        assert_eq!(bench.writer.seq(), Seq(5 * kept as u64));
    }
}

#[test]
fn damage_is_found_and_mended() {
    for damage in ["remove", "cut", "flip", "meta"] {
        let mut bench = Bench::new();
        bench.apply([&version(1, 1, "uno", 0)]);
        bench.commit(1);
        let Bench { dir, writer, index } = bench;
        writer.close().unwrap();
        drop(index);
        let folder = dir.path().join("index");
        let postings = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_some_and(|extension| extension == "idx"))
            .unwrap();
        match damage {
            "remove" => fs::remove_file(&postings).unwrap(),
            "cut" => fs::write(&postings, []).unwrap(),
            "flip" => {
                let mut bytes = fs::read(&postings).unwrap();
                bytes[0] ^= 1;
                fs::write(&postings, bytes).unwrap();
            }
            _ => fs::write(folder.join("meta.json"), "{").unwrap(),
        }
        let (writer, index) = open(&folder, "store", Seq(1)).unwrap();
        assert_eq!(writer.seq(), Seq::ZERO, "{damage}");
        let bench = Bench { dir, writer, index };
        assert!(bench.numbers(&Node::All).is_empty(), "{damage}");
    }
}

#[test]
fn an_index_of_another_schema_is_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    tantivy::Index::create_in_dir(dir.path(), tantivy::schema::Schema::builder().build()).unwrap();
    let (writer, _) = open(dir.path(), "store", Seq(9)).unwrap();
    assert_eq!(writer.seq(), Seq::ZERO);
}

#[test]
fn a_second_writer_is_refused_and_harms_nothing() {
    let mut bench = Bench::new();
    bench.apply([&version(1, 1, "uno", 0)]);
    bench.commit(1);
    let second = open(&bench.dir.path().join("index"), "other", Seq::ZERO);
    assert!(matches!(second, Err(Error::Locked { .. })));
    assert_eq!(bench.numbers(&Node::All), [1]);
}

#[test]
fn a_writer_that_failed_is_replaced_under_the_readers() {
    let mut bench = Bench::new();
    let versions: Vec<_> = (1..=3).map(|seq| version(seq, seq, "uno", 0)).collect();
    bench.apply(&versions[..1]);
    bench.commit(1);
    bench.apply(&versions[1..]);
    let Bench { dir, writer, index } = bench;
    drop(writer);
    let mut bench = Bench { dir, writer: index.reopen_writer(Seq(3)).unwrap(), index };
    assert_eq!(bench.writer.seq(), Seq(1));
    bench.apply(&versions[1..]);
    bench.commit(3);
    assert_eq!(bench.numbers(&Node::All), [1, 2, 3]);
}

#[test]
fn updates_and_deletions_within_one_commit() {
    let mut bench = Bench::new();
    let first = version(1, 1, "uno", 0);
    let second = next(&first, 2, |version| version.mention.text = "due".to_owned());
    let gone = next(&second, 3, |version| version.deleted = true);
    let back = next(&gone, 4, |version| {
        version.deleted = false;
        version.mention.text = "tre".to_owned();
    });
    bench.apply([&first, &second]);
    bench.commit(2);
    assert_eq!((bench.numbers(&said("uno")), bench.numbers(&said("due"))), (vec![], vec![1]));
    bench.apply([&gone]);
    bench.commit(3);
    assert!(bench.numbers(&Node::All).is_empty());
    bench.apply([&back]);
    bench.commit(4);
    assert_eq!(bench.numbers(&said("tre")), [1]);
}

#[test]
fn a_snapshot_stays_as_it_was_and_watchers_hear_of_the_next() {
    let mut bench = Bench::new();
    let visible = bench.index.watch_visible();
    bench.apply([&version(1, 1, "uno", 0)]);
    bench.commit(1);
    let snapshot = bench.index.snapshot();
    let gone = next(&version(1, 1, "uno", 0), 2, |version| version.deleted = true);
    bench.apply([&gone]);
    bench.commit(7);
    assert_eq!((*visible.borrow(), bench.index.visible_seq(), snapshot.seq()), (Seq(7), Seq(7), Seq(1)));
    let page = snapshot.search(&Node::All, now(), &PageRequest { size: 1, ..PageRequest::default() }).unwrap();
    assert_eq!((page.total, page.hits[0].seq), (1, Seq(1)));
    assert_eq!(bench.index.snapshot().count(&Node::All, now()).unwrap(), 0);
}

#[test]
fn segments_left_by_many_stops_are_merged_at_the_start() {
    let mut bench = Bench::new();
    bench.writer.stop_merging();
    let versions: Vec<_> = (1..=40).map(|seq| version(seq, seq, "uno", 0)).collect();
    for version in &versions {
        bench.apply([version]);
        bench.commit(version.seq.0);
    }
    assert_eq!(bench.writer.segment_count(), 40);
    let bench = bench.crash_and_reopen("store", 40);
    assert!(bench.writer.segment_count() < 20, "{}", bench.writer.segment_count());
    assert_eq!(bench.numbers(&said("uno")), (1..=40).collect::<Vec<u64>>());
}
