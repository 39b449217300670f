use super::{
    super::{Head, StoreOptions, open::open_with},
    samples::{append, name, open_store, sample, second},
};
use crate::model::{BrandReason, Cause, MentionNumber, Status, ThreadId, Version};

fn ids(heads: &[Head]) -> Vec<&str> {
    heads.iter().map(|head| head.name.external_id.as_str()).collect()
}

fn in_thread(external_id: &str, created_at: i64, status: Status) -> Version {
    let mut version = sample(external_id);
    version.mention.created_at = second(created_at);
    version.thread = ThreadId(1);
    version.status = status;
    version
}

fn own(external_id: &str, created_at: i64) -> Version {
    let mut version = in_thread(external_id, created_at, Status::None);
    version.understanding.brands[0].own = true;
    version.understanding.brands[0].reasons = vec![BrandReason::Author];
    version
}

#[test]
fn a_thread_is_read_oldest_first_and_by_pages() {
    let dir = tempfile::tempdir().unwrap();
    let (mut writer, reader) = open_store(dir.path());
    let mut group = writer.begin().unwrap();
    for (id, created_at) in [("late", 30), ("early", 10), ("middle", 20), ("middle2", 20)] {
        append(&mut group, in_thread(id, created_at, Status::None));
    }
    append(&mut group, sample("elsewhere"));
    assert_eq!(ids(&group.thread_heads(ThreadId(1), usize::MAX).unwrap()), ["early", "middle", "middle2", "late"]);
    assert_eq!(ids(&group.thread_heads(ThreadId(1), 2).unwrap()), ["early", "middle"]);
    group.commit().unwrap();
    let mut after = None;
    let mut pages = Vec::new();
    loop {
        let page = reader.thread_heads(ThreadId(1), after, 2).unwrap();
        let Some(last) = page.last() else { break };
        after = Some((last.created_at, last.number));
        pages.push(ids(&page).join(" "));
    }
    assert_eq!(pages, ["early middle", "middle2 late"]);
}

#[test]
fn own_messages_are_found_by_time() {
    let dir = tempfile::tempdir().unwrap();
    let (mut writer, _reader) = open_store(dir.path());
    let mut group = writer.begin().unwrap();
    append(&mut group, own("own15", 15));
    append(&mut group, own("own25", 25));
    let first = |group: &mut super::super::Group<'_>, at| {
        group.first_own_after(ThreadId(1), second(at)).unwrap().map(|head| head.name.external_id)
    };
    assert_eq!(first(&mut group, 15).as_deref(), Some("own15"));
    assert_eq!(first(&mut group, 16).as_deref(), Some("own25"));
    assert_eq!(first(&mut group, 26), None);
    let last = |group: &mut super::super::Group<'_>, before| {
        group.last_own_before(ThreadId(1), second(before)).unwrap().map(|head| head.name.external_id)
    };
    assert_eq!(last(&mut group, 26).as_deref(), Some("own25"));
    assert_eq!(last(&mut group, 25).as_deref(), Some("own15"));
    assert_eq!(last(&mut group, 15), None);
    // Of several of one moment the first by name, in whichever order they came.
    append(&mut group, own("another25", 25));
    assert_eq!(first(&mut group, 16).as_deref(), Some("another25"));

    // The first answer deleted.
    let mut deleted = own("own15", 15);
    deleted.deleted = true;
    append(&mut group, deleted);
    assert_eq!(first(&mut group, 15).as_deref(), Some("another25"));
    assert_eq!(last(&mut group, 16), None);
}

#[test]
fn what_answers_a_mention_is_found_by_who_wrote_it() {
    let dir = tempfile::tempdir().unwrap();
    let (mut writer, _reader) = open_store(dir.path());
    let mut group = writer.begin().unwrap();
    let by = |id: &str, handle: &str| {
        let mut version = in_thread(id, 10, Status::None);
        version.mention.in_reply_to = Some("asked".to_owned());
        handle.clone_into(&mut version.mention.author.handle);
        version
    };
    let mut answer = own("answer", 20);
    answer.mention.in_reply_to = Some("asked".to_owned());
    let mut gone = by("gone", "Анна");
    gone.deleted = true;
    for version in [by("added", "анна"), by("other", "ben"), by("nameless", ""), answer, gone] {
        append(&mut group, version);
    }
    assert_eq!(ids(&group.children_by(&name("asked"), "АННА", 10).unwrap()), ["added"]);
    assert_eq!(ids(&group.children_by(&name("asked"), "", 10).unwrap()), [""; 0]);
    assert_eq!(ids(&group.own_children_of(&name("asked")).unwrap()), ["answer"]);
    let head = group.head(&name("added")).unwrap().unwrap();
    assert_eq!(head.author, group.author_key(&by("x", "Анна").mention));
}

#[test]
fn a_head_follows_its_mention() {
    let dir = tempfile::tempdir().unwrap();
    let (mut writer, reader) = open_store(dir.path());
    let mut group = writer.begin().unwrap();
    let mut version = in_thread("a", 10, Status::NeedsReply);
    version.mention.in_reply_to = Some("parent".to_owned());
    version.understanding.needs_reply.asked = true;
    let first = append(&mut group, version.clone());
    let mut expected = Head {
        number: MentionNumber(1),
        name: name("a"),
        seq: first.seq,
        thread: ThreadId(1),
        created_at: second(10),
        observed_at: second(2),
        status: Status::NeedsReply,
        author: group.author_key(&version.mention),
        is_own: false,
        asks: true,
        deleted: false,
        in_reply_to: Some("parent".to_owned()),
    };
    assert_eq!(group.head(&name("a")).unwrap().as_ref(), Some(&expected));
    assert_eq!(group.children_of(&name("parent")).unwrap(), [expected.clone()]);

    group.observe(MentionNumber(1), second(40)).unwrap();
    group.observe(MentionNumber(1), second(30)).unwrap();
    assert!(matches!(group.version(first.seq), Ok(found) if found == first));
    (version.deleted, version.cause, version.status) = (true, Cause::Deleted, Status::None);
    version.mention.in_reply_to = None;
    version.understanding.needs_reply.asked = false;
    let second_version = append(&mut group, version);
    group.commit().unwrap();
    (expected.seq, expected.observed_at, expected.status) = (second_version.seq, second(40), Status::None);
    (expected.deleted, expected.asks, expected.in_reply_to) = (true, false, None);
    assert_eq!(reader.head(&name("a")).unwrap(), Some(expected));
    assert_eq!(reader.mention_count(), 0);
    assert!(writer.begin().unwrap().children_of(&name("parent")).unwrap().is_empty());
}

#[test]
fn threads_wait_for_mentions_that_have_not_arrived() {
    let dir = tempfile::tempdir().unwrap();
    let (mut writer, _reader) = open_store(dir.path());
    let mut group = writer.begin().unwrap();
    for (id, thread) in [("p", 1), ("q", 1), ("r", 2), ("p", 3)] {
        group.set_placeholder(&name(id), ThreadId(thread)).unwrap();
    }
    group.move_placeholders(ThreadId(1), ThreadId(2)).unwrap();
    group.commit().unwrap();
    let mut group = writer.begin().unwrap();
    let threads = ["p", "q", "r", "s"].map(|id| group.placeholder_thread(&name(id)).unwrap());
    assert_eq!(threads, [Some(ThreadId(3)), Some(ThreadId(2)), Some(ThreadId(2)), None]);
    assert_eq!(group.take_placeholder(&name("q")).unwrap(), Some(ThreadId(2)));
    assert_eq!(group.take_placeholder(&name("q")).unwrap(), None);
}

#[test]
fn names_that_share_a_key_stay_apart() {
    let dir = tempfile::tempdir().unwrap();
    let (mut writer, reader) = open_with(dir.path(), StoreOptions::default(), |_, _| 7).unwrap();
    let mut group = writer.begin().unwrap();
    for id in ["a", "b", "c"] {
        let mut version = sample(id);
        version.mention.in_reply_to = Some(format!("parent of {id}"));
        append(&mut group, version);
        group.set_placeholder(&name(&format!("parent of {id}")), ThreadId(u64::from(id.as_bytes()[0]))).unwrap();
    }
    assert_eq!(group.head(&name("d")).unwrap(), None);
    assert_eq!(ids(&group.children_of(&name("parent of b")).unwrap()), ["b"]);
    assert_eq!(group.placeholder_thread(&name("parent of c")).unwrap(), Some(ThreadId(99)));
    group.commit().unwrap();
    assert_eq!(reader.head(&name("c")).unwrap().unwrap().number, MentionNumber(3));
    let mut other = name("c");
    other.platform = "elsewhere".to_owned();
    assert_eq!(reader.head(&other).unwrap(), None);
}

#[test]
fn many_mentions_are_looked_up_at_one_moment() {
    let dir = tempfile::tempdir().unwrap();
    let (mut writer, reader) = open_store(dir.path());
    let mut group = writer.begin().unwrap();
    let numbers: Vec<MentionNumber> = ["here", "gone", "there"]
        .map(|id| {
            let version = append(&mut group, Version { deleted: id == "gone", ..sample(id) });
            version.number
        })
        .into();
    group.commit().unwrap();
    assert_eq!(reader.deleted_among(numbers.iter().copied()).unwrap().into_iter().collect::<Vec<_>>(), [numbers[1]]);
    assert_eq!(reader.deleted_among([MentionNumber(99)]).unwrap().len(), 0);

    let heads = reader.heads(&["there", "nowhere", "here"].map(name)).unwrap();
    let found: Vec<Option<MentionNumber>> = heads.into_iter().map(|head| Some(head?.number)).collect();
    assert_eq!(found, [Some(numbers[2]), None, Some(numbers[0])]);
    // The reading is over: what comes later is seen.
    let mut group = writer.begin().unwrap();
    append(&mut group, sample("nowhere"));
    group.commit().unwrap();
    assert!(reader.heads(&[name("nowhere")]).unwrap()[0].is_some());
}
