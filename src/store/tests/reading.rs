use super::{
    super::Error,
    samples::{commit, open_store, sample},
};
use crate::base::Seq;

fn seqs(versions: &[std::sync::Arc<crate::model::Version>]) -> Vec<u64> {
    versions.iter().map(|version| version.seq.0).collect()
}

#[test]
fn followers_get_bounded_pieces_from_memory_and_from_disk() {
    let dir = tempfile::tempdir().unwrap();
    let (mut writer, reader) = open_store(dir.path());
    commit(&mut writer, ["a", "b", "c", "d", "e"].map(sample));
    let check = |reader: &super::super::Reader| {
        let piece = |after, count, bytes| seqs(&reader.versions_after(Seq(after), count, bytes).unwrap());
        assert_eq!(piece(0, 3, usize::MAX), [1, 2, 3]);
        assert_eq!(piece(3, 9, usize::MAX), [4, 5]);
        assert_eq!(piece(5, 9, usize::MAX), [0; 0]);
        assert_eq!(piece(u64::MAX - 1, 9, usize::MAX), [0; 0]);
        assert_eq!(piece(0, 0, usize::MAX), [0; 0]);
        assert_eq!(piece(1, 9, 0), [2], "one always comes, however large");
        let two = piece(0, 9, 500);
        assert!((2..5).contains(&two.len()), "{two:?}");
        two
    };
    let from_memory = check(&reader);
    writer.close().unwrap();
    let (_writer, reopened) = open_store(dir.path());
    assert_eq!(check(&reopened), from_memory);
}

#[test]
fn hits_come_in_the_order_asked() {
    let dir = tempfile::tempdir().unwrap();
    let (mut writer, reader) = open_store(dir.path());
    commit(&mut writer, ["a", "b"].map(sample));
    drop((writer, reader));
    let (mut writer, reader) = open_store(dir.path());
    commit(&mut writer, ["c", "d"].map(sample));
    for order in [vec![4, 1, 3, 2], vec![4, 3], vec![2, 2], vec![]] {
        let asked: Vec<_> = order.iter().copied().map(Seq).collect();
        assert_eq!(seqs(&reader.versions(&asked).unwrap()), order);
    }
    for missing in [0, 5, u64::MAX] {
        assert!(matches!(reader.version(Seq(missing)), Err(Error::Missing { newest: Seq(4), .. })), "{missing}");
        assert!(matches!(reader.versions(&[Seq(1), Seq(missing)]), Err(Error::Missing { .. })), "{missing}");
    }
}
