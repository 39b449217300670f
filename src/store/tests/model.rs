//! Random operations, with groups committed, dropped and the store reopened, against maps.

use std::{collections::BTreeMap, sync::Arc};

use proptest::prelude::*;

use super::{
    super::{Group, Reader, StoreOptions, Writer, open::open_with},
    samples::{append, name, sample, saved_search, second},
};
use crate::{
    base::{Seq, Timestamp},
    model::{MentionName, SavedSearch, Status, ThreadId, Version},
};

#[derive(Clone, Debug)]
enum Operation {
    Append { id: u8, thread: u8, created_at: u8, parent: Option<u8>, waits: bool, own: bool, deleted: bool },
    Observe { id: u8, at: u8 },
    SetPlaceholder { id: u8, thread: u8 },
    TakePlaceholder { id: u8 },
    MovePlaceholders { from: u8, to: u8 },
    PutSearch { id: u8, query: u8 },
    RemoveSearch { id: u8 },
    Commit,
    Drop,
    Reopen,
}

fn operation() -> impl Strategy<Value = Operation> {
    use Operation as O;
    let (id, thread, time) = (0..8_u8, 1..4_u8, 0..6_u8);
    prop_oneof![
        8 => (id.clone(), thread.clone(), time.clone(), proptest::option::of(id.clone()), any::<[bool; 3]>()).prop_map(
            |(id, thread, created_at, parent, [waits, own, deleted])| O::Append {
                id, thread, created_at, parent, waits, own, deleted,
            }
        ),
        1 => (id.clone(), time).prop_map(|(id, at)| O::Observe { id, at }),
        2 => (id.clone(), thread.clone()).prop_map(|(id, thread)| O::SetPlaceholder { id, thread }),
        1 => id.clone().prop_map(|id| O::TakePlaceholder { id }),
        1 => (thread.clone(), thread).prop_map(|(from, to)| O::MovePlaceholders { from, to }),
        1 => (id.clone(), any::<u8>()).prop_map(|(id, query)| O::PutSearch { id, query }),
        1 => id.prop_map(|id| O::RemoveSearch { id }),
        3 => Just(O::Commit),
        1 => Just(O::Drop),
        1 => Just(O::Reopen),
    ]
}

/// What a store is: a list and three maps.
#[derive(Clone, Default)]
struct Model {
    log: Vec<Arc<Version>>,
    observed_at: BTreeMap<MentionName, Timestamp>,
    placeholders: BTreeMap<MentionName, ThreadId>,
    searches: BTreeMap<String, SavedSearch>,
}

impl Model {
    fn heads(&self) -> BTreeMap<&MentionName, &Version> {
        self.log.iter().map(|version| (&version.mention.name, version.as_ref())).collect()
    }

    /// Names of the newest versions that fit, by time and number.
    fn names(&self, fits: impl Fn(&Version) -> bool) -> Vec<MentionName> {
        let mut found: Vec<_> = self.heads().into_values().filter(|version| fits(version)).collect();
        found.sort_by_key(|version| (version.mention.created_at, version.number));
        found.into_iter().map(|version| version.mention.name.clone()).collect()
    }
}

fn mention(id: u8) -> MentionName {
    name(&id.to_string())
}

fn apply(operation: &Operation, group: &mut Group<'_>, model: &mut Model) {
    match *operation {
        Operation::Append { id, thread, created_at, parent, waits, own, deleted } => {
            let mut version = sample(&id.to_string());
            version.thread = ThreadId(thread.into());
            version.mention.created_at = second(created_at.into());
            version.mention.observed_at = second(created_at.into());
            version.mention.in_reply_to = parent.map(|parent| parent.to_string());
            version.status = if waits { Status::NeedsReply } else { Status::Answered };
            version.understanding.brands[0].own = own;
            version.deleted = deleted;
            let version = append(group, version);
            let observed_at = model.observed_at.entry(mention(id)).or_insert(version.mention.observed_at);
            *observed_at = version.mention.observed_at.max(*observed_at);
            model.log.push(version);
        }
        Operation::Observe { id, at } => {
            if let Some(head) = group.head(&mention(id)).unwrap() {
                group.observe(head.number, second(at.into())).unwrap();
                let observed_at = model.observed_at.get_mut(&mention(id)).unwrap();
                *observed_at = second(at.into()).max(*observed_at);
            }
        }
        Operation::SetPlaceholder { id, thread } => {
            group.set_placeholder(&mention(id), ThreadId(thread.into())).unwrap();
            model.placeholders.insert(mention(id), ThreadId(thread.into()));
        }
        Operation::TakePlaceholder { id } => {
            assert_eq!(group.take_placeholder(&mention(id)).unwrap(), model.placeholders.remove(&mention(id)));
        }
        Operation::MovePlaceholders { from, to } => {
            group.move_placeholders(ThreadId(from.into()), ThreadId(to.into())).unwrap();
            for thread in model.placeholders.values_mut().filter(|thread| thread.0 == u64::from(from)) {
                *thread = ThreadId(to.into());
            }
        }
        Operation::PutSearch { id, query } => {
            let search = saved_search(&id.to_string(), &query.to_string());
            group.put_saved_search(&search).unwrap();
            model.searches.insert(search.id.clone(), search);
        }
        Operation::RemoveSearch { id } => {
            let removed = group.remove_saved_search(&saved_search(&id.to_string(), "")).unwrap();
            assert_eq!(removed, model.searches.remove(&id.to_string()).is_some());
        }
        Operation::Commit | Operation::Drop | Operation::Reopen => unreachable!("ends a group"),
    }
}

fn check_group(group: &mut Group<'_>, model: &Model) {
    let names = |heads: Vec<super::super::Head>| heads.into_iter().map(|head| head.name).collect::<Vec<_>>();
    for thread in (1..4).map(ThreadId) {
        let here = |version: &Version| version.thread == thread;
        assert_eq!(names(group.thread_heads(thread, usize::MAX).unwrap()), model.names(here));
        for at in [0, 2, 5].map(second) {
            let answers = |version: &Version| {
                let is_own = version.understanding.is_own() && !version.deleted;
                here(version) && is_own && version.mention.created_at >= at
            };
            let first = group.first_own_after(thread, at).unwrap().map(|head| head.name);
            // Of one moment the first by name; ids are of one length.
            let of_moment = |name: &MentionName| model.heads()[name].mention.created_at;
            assert_eq!(first, model.names(answers).into_iter().min_by_key(|name| (of_moment(name), name.clone())));
        }
    }
    for id in 0..8 {
        let answers = |version: &Version| version.mention.in_reply_to == Some(id.to_string());
        let mut children = names(group.children_of(&mention(id)).unwrap());
        let mut expected = model.names(answers);
        children.sort();
        expected.sort();
        assert_eq!(children, expected);
        assert_eq!(group.placeholder_thread(&mention(id)).unwrap(), model.placeholders.get(&mention(id)).copied());
    }
    for version in &model.log {
        assert_eq!(&group.version(version.seq).unwrap(), version);
    }
}

fn check_reader(reader: &Reader, model: &Model) {
    assert_eq!(reader.last_seq(), Seq(model.log.len() as u64));
    assert_eq!(*reader.wake_ups().borrow(), reader.last_seq());
    assert_eq!(reader.versions_after(Seq::ZERO, usize::MAX, usize::MAX).unwrap(), model.log);
    let heads = model.heads();
    assert_eq!(reader.mention_count(), heads.values().filter(|version| !version.deleted).count() as u64);
    for id in 0..8 {
        let head = reader.head(&mention(id)).unwrap();
        let short = head.map(|head| (head.number, head.seq, head.thread, head.status, head.deleted, head.observed_at));
        let expected = heads.get(&mention(id)).map(|version| {
            let observed_at = model.observed_at[&mention(id)];
            (version.number, version.seq, version.thread, version.status, version.deleted, observed_at)
        });
        assert_eq!(short, expected);
    }
    assert_eq!(reader.saved_search_count(), model.searches.len() as u64);
    assert!(reader.saved_searches_after("", 99).unwrap().iter().eq(model.searches.values()));
}

fn open_colliding(dir: &std::path::Path) -> (Writer, Reader) {
    // Two keys for all names, so that most of them collide.
    open_with(dir, StoreOptions::default(), |_, external_id| i64::from(external_id.as_bytes()[0] % 2)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_store_is_what_the_model_is(operations in proptest::collection::vec(operation(), 1..60)) {
        let dir = tempfile::tempdir().unwrap();
        let mut store = open_colliding(dir.path());
        let mut durable = Model::default();
        for group_operations in operations.split_inclusive(|operation| {
            matches!(operation, Operation::Commit | Operation::Drop | Operation::Reopen)
        }) {
            let (end, inside) = match group_operations.split_last() {
                Some((end @ (Operation::Commit | Operation::Drop | Operation::Reopen), inside)) => (end, inside),
                _ => (&Operation::Commit, group_operations),
            };
            let mut model = durable.clone();
            let mut group = store.0.begin().unwrap();
            for operation in inside {
                apply(operation, &mut group, &mut model);
            }
            check_group(&mut group, &model);
            if matches!(end, Operation::Drop) {
                drop(group);
            } else {
                prop_assert_eq!(group.commit().unwrap().last_seq.0, model.log.len() as u64);
                durable = model;
            }
            if matches!(end, Operation::Reopen) {
                // Half of the time unclosed, as after a kill.
                if durable.log.len() % 2 == 0 {
                    store.0.close().unwrap();
                } else {
                    drop(store.0);
                }
                store = open_colliding(dir.path());
            }
            check_reader(&store.1, &durable);
        }
    }
}
