use super::samples::{commit, open_store, sample};
use crate::{
    base::Seq,
    model::{CorrectedValues, Label, MentionNumber, SentimentLabel},
};

fn label(number: u64, brands: &[&str]) -> Label {
    Label {
        number: MentionNumber(number),
        seq: Seq(number),
        mention: sample("a").mention,
        values: CorrectedValues { sentiment: Some(SentimentLabel::Negative), ..CorrectedValues::default() },
        brands: brands.iter().map(|brand| (*brand).to_owned()).collect(),
    }
}

#[test]
fn labels_are_kept_one_a_mention_and_forgotten_by_brand() {
    let dir = tempfile::tempdir().unwrap();
    let (mut writer, reader) = open_store(dir.path());
    commit(&mut writer, [sample("a"), sample("b"), sample("c"), sample("d")]);
    let (both, other) = (label(2, &["aurora", "luna"]), label(3, &["luna"]));
    let mut group = writer.begin().unwrap();
    for label in [&label(1, &["luna"]), &label(1, &["aurora"]), &both, &other, &label(4, &[])] {
        group.put_label(label).unwrap();
    }
    group.set_resting("luna", true).unwrap();
    group.commit().unwrap();
    assert_eq!(reader.label_count().unwrap(), 4);
    assert_eq!(reader.labels_after(MentionNumber(1), 2).unwrap(), [both.clone(), other.clone()]);
    assert_eq!(reader.resting_brands().unwrap(), ["luna"]);

    let mut group = writer.begin().unwrap();
    assert_eq!(group.forget_labels("aurora").unwrap(), 2);
    assert_eq!(group.forget_labels("aurora").unwrap(), 0);
    group.set_resting("luna", false).unwrap();
    group.commit().unwrap();
    writer.close().unwrap();
    drop(reader);
    let (_writer, reader) = open_store(dir.path());
    let luna = Label { brands: vec!["luna".to_owned()], ..both };
    assert_eq!(reader.labels().unwrap(), [luna, other, label(4, &[])]);
    assert!(reader.resting_brands().unwrap().is_empty());
}
