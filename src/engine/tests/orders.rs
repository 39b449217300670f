//! Random conversations in random orders of arrival: every order ends in the same state, and that state is the one that
//! follows from the conversation as a whole.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use proptest::{collection::vec, prelude::*, sample::Index};

use super::{tag_rules::TagRules, *};
use crate::{
    care::{self, ParentFacts, Part, Standing},
    engine::record::{self, Understood},
    model::{Course, Desk, Intent, Parent, Understanding},
};

/// Messages that answer each other.
const MESSAGES_MAX: usize = 12;
/// Seconds in which all of them were written: few, so that many were written at the same moment.
const SECONDS: i64 = 8;

const TEXTS: [&str; 6] = [
    "@nordwindair where is my suitcase?",
    "where is my suitcase?",
    "thanks, that was lovely!",
    "round and round",
    "caffe aurora is better, and nordwind too, why?",
    "Sorry to hear that. Which flight was it?",
];
/// The first two are accounts of the house.
const AUTHORS: [&str; 5] = ["nordwindcare", "nordwindair", "anna", "ben", "cara"];

static UNDERSTANDER: LazyLock<Understander> =
    LazyLock::new(|| Understander::new(&IndexConfig::built_in().unwrap(), TagRules::default()).unwrap());

/// Something the source tells.
#[derive(Clone, Debug)]
enum Told {
    Said(Box<Mention>),
    Deleted(MentionName),
}

/// A conversation, and what happened to it after all of it was written.
#[derive(Clone, Debug)]
struct Story {
    messages: Vec<Mention>,
    /// By place of the message; each message once.
    edits: BTreeMap<usize, Mention>,
    deletions: BTreeSet<usize>,
}

fn message() -> impl Strategy<Value = (usize, usize, i64, Option<usize>)> {
    // Parents 0 to 11 are messages where there are so many, others never arrive.
    let parent = prop_oneof![1 => Just(None), 5 => (0..MESSAGES_MAX + 2).prop_map(Some)];
    (0..TEXTS.len(), prop_oneof![2 => 0..AUTHORS.len(), 1 => 2..AUTHORS.len()], 0..SECONDS, parent)
}

fn story() -> impl Strategy<Value = Story> {
    let changed = vec((any::<Index>(), message()), 0..4);
    (vec(message(), 2..=MESSAGES_MAX), changed, vec(any::<Index>(), 0..3)).prop_map(|(messages, edits, deletions)| {
        let count = messages.len();
        let said = |place: usize, (text, author, second, parent): (usize, usize, i64, Option<usize>)| {
            let parent = parent.filter(|&parent| parent != place).map(|parent| format!("m{parent}"));
            let said = mention(&format!("m{place}"), AUTHORS[author], TEXTS[text], second);
            Mention { kind: if parent.is_some() { Kind::Reply } else { Kind::Post }, in_reply_to: parent, ..said }
        };
        let messages: Vec<Mention> = (0..).zip(messages).map(|(place, parts)| said(place, parts)).collect();
        let edits = edits.into_iter().map(|(place, parts)| {
            let place = place.index(count);
            let original = messages[place].clone();
            let (kind, in_reply_to) = (original.kind, original.in_reply_to);
            (place, Mention { kind, in_reply_to, observed_at: moment(1000), ..said(place, parts) })
        });
        let edits = edits.collect();
        let deletions = deletions.into_iter().map(|place| place.index(count)).collect();
        let mut story = Story { messages, edits, deletions };
        // In a circle a brand keeps itself alive when the message that brought it loses it. No platform makes circles.
        let in_circles: Vec<usize> = (0..count).filter(|&at| story.is_in_a_circle(at)).collect();
        story.edits.retain(|at, _| !in_circles.contains(at));
        story
    })
}

impl Story {
    /// Everything that is told, in this order of arrival: `keys` sort what has no order by itself.
    fn in_order(&self, keys: &[u32]) -> Vec<Told> {
        let key = |place: usize| keys[place % keys.len()];
        let sorted = |mut places: Vec<usize>| {
            places.sort_by_key(|&place| key(place));
            places
        };
        let said = sorted((0..self.messages.len()).collect())
            .into_iter()
            .map(|at| Told::Said(Box::new(self.messages[at].clone())));
        let edited = sorted(self.edits.keys().copied().collect())
            .into_iter()
            .map(|at| Told::Said(Box::new(self.edits[&at].clone())));
        let deleted = sorted(self.deletions.iter().copied().collect())
            .into_iter()
            .map(|at| Told::Deleted(self.messages[at].name.clone()));
        said.chain(edited).chain(deleted).collect()
    }

    /// The messages as they are at the end.
    fn last(&self) -> Vec<Mention> {
        (0..).zip(&self.messages).map(|(at, first)| self.edits.get(&at).unwrap_or(first).clone()).collect()
    }

    /// It answers something that, in the end, answers it.
    fn is_in_a_circle(&self, at: usize) -> bool {
        let above = std::iter::successors(self.parent_of(at), |&above| self.parent_of(above));
        above.take(MESSAGES_MAX).any(|above| above == at)
    }

    fn parent_of(&self, at: usize) -> Option<usize> {
        let parent = self.messages[at].in_reply_to.as_deref()?;
        self.messages.iter().position(|message| message.name.external_id == parent)
    }
}

/// What is known of a message at the end.
#[derive(Clone, Debug, PartialEq)]
struct State {
    /// Names of all that are in the same conversation.
    thread: BTreeSet<String>,
    status: Status,
    answered_by: Option<String>,
    repeats: Option<String>,
    understanding: Understanding,
    parent: Option<Parent>,
    course: Course,
}

/// By the definition, from the whole conversation at once.
fn by_definition(story: &Story) -> BTreeMap<String, Option<State>> {
    let last = story.last();
    let places = 0..last.len();
    let is_deleted = |at: &usize| story.deletions.contains(at);

    // What answers the same, stands in the same thread.
    let mut threads: Vec<BTreeSet<String>> = Vec::new();
    for message in &last {
        let mut joined: BTreeSet<String> =
            [Some(message.name.external_id.clone()), message.in_reply_to.clone()].into_iter().flatten().collect();
        threads.retain(|thread| {
            let is_apart = thread.is_disjoint(&joined);
            if !is_apart {
                joined.extend(thread.iter().cloned());
            }
            is_apart
        });
        threads.push(joined);
    }
    let present: BTreeSet<String> = last.iter().map(|message| message.name.external_id.clone()).collect();
    let thread_of = |at: usize| {
        let id = &last[at].name.external_id;
        let thread = threads.iter().find(|thread| thread.contains(id)).unwrap();
        thread.intersection(&present).cloned().collect::<BTreeSet<_>>()
    };

    // What a message is about, it has from its words and from what it answers, which has it from what that answers.
    let plain: Vec<Understanding> =
        last.iter().map(|message| UNDERSTANDER.understand(message.clone(), moment(0)).understanding).collect();
    let mut placed = plain.clone();
    let beginnings: Vec<Course> = last.iter().map(|message| Course::beginning(message.created_at)).collect();
    for _ in places.clone() {
        placed = places
            .clone()
            .map(|at| {
                let author = &last[at].author.handle;
                care::place(plain[at].clone(), author, facts(story, &last, &placed, &beginnings, at).as_ref())
            })
            .collect();
    }
    // How a conversation went, too; in circles of replies up to the number that is counted to.
    let mut courses = beginnings;
    for _ in 0..=MESSAGES_MAX * Course::TURNS_MAX as usize {
        courses = places
            .clone()
            .map(|at| {
                let facts = facts(story, &last, &placed, &courses, at);
                care::course(facts.as_ref(), &last[at].author.handle, &placed[at], last[at].created_at)
            })
            .collect();
    }
    // Messages of one author that answer each other with nobody between are answered together.
    let is_customers = |at: usize| !is_deleted(&at) && !plain[at].is_own();
    let author = |at: usize| last[at].author.handle.to_lowercase();
    let are_linked = |a: usize, b: usize| {
        let answers = |a, b| story.parent_of(a) == Some(b);
        is_customers(a) && is_customers(b) && author(a) == author(b) && (answers(a, b) || answers(b, a))
    };
    let monologue = |at: usize| {
        let mut all = BTreeSet::from([at]);
        for _ in places.clone() {
            all.extend(
                places.clone().filter(|&other| all.iter().any(|&one| are_linked(one, other))).collect::<Vec<_>>(),
            );
        }
        all
    };
    let answer_of = |at: usize, waits: bool| {
        let is_reply = |own: &usize, to| !is_deleted(own) && plain[*own].is_own() && story.parent_of(*own) == Some(to);
        let replies = |to: usize| places.clone().filter(|own| is_reply(own, to)).collect::<Vec<_>>();
        let together = if waits { monologue(at) } else { BTreeSet::new() };
        let added = together.into_iter().filter(|&it| it != at).flat_map(replies);
        let added = added.filter(|&own| last[own].created_at >= last[at].created_at);
        let answers =
            replies(at).into_iter().chain(added).map(|own| (last[own].created_at, last[own].name.external_id.clone()));
        answers.min().filter(|_| is_customers(at))
    };
    let state = |at: usize| {
        let thread = thread_of(at);
        let understanding = placed[at].clone();
        // Whoever says the same again repeats what they said last; all of it is written within seconds.
        let echo = |at: usize| care::echo(&last[at], &placed[at]).filter(|_| !is_deleted(&at));
        let place = |at: usize| (last[at].created_at, last[at].name.external_id.clone());
        let said_before = places.clone().filter(|&other| echo(other) == echo(at) && place(other) < place(at));
        let repeats = said_before.map(place).max().map(|(_, id)| id).filter(|_| echo(at).is_some());
        let waits = care::standing(&understanding, false) == Standing::Waits && repeats.is_none();
        let answer = answer_of(at, waits);
        State {
            status: match care::standing(&understanding, answer.is_some()) {
                Standing::Waits if repeats.is_some() => Status::None,
                standing => care::status(standing, &Desk::default()),
            },
            answered_by: answer.map(|(_, id)| id),
            repeats,
            parent: facts(story, &last, &placed, &courses, at).map(|facts| facts.parent),
            thread,
            understanding,
            course: courses[at],
        }
    };
    places.clone().map(|at| (last[at].name.external_id.clone(), (!is_deleted(&at)).then(|| state(at)))).collect()
}

fn facts(
    story: &Story,
    last: &[Mention],
    placed: &[Understanding],
    courses: &[Course],
    at: usize,
) -> Option<ParentFacts> {
    let parent = story.parent_of(at).filter(|parent| !story.deletions.contains(parent))?;
    let answers = last[parent].in_reply_to.is_some() || last[parent].kind == Kind::Reply;
    let by_words = UNDERSTANDER.understand(last[parent].clone(), moment(0)).understanding;
    let wants = by_words.intents.iter().any(|it| matches!(it.intent, Intent::Question | Intent::Request));
    let part = match (by_words.is_own(), answers, by_words.needs_reply.asked) {
        (true, true, _) if wants => Part::BrandAsks,
        (true, true, _) => Part::BrandAnswers,
        (true, false, _) => Part::BrandTells,
        (false, _, true) => Part::Asks,
        (false, _, false) => Part::Other,
    };
    Some(ParentFacts {
        parent: Parent { handle: last[parent].author.handle.clone(), text: last[parent].text.clone() },
        part,
        brands: placed[parent].brands.iter().map(|brand| brand.brand.clone()).collect(),
        course: courses[parent],
    })
}

/// Records what is told, so many at once in one group, and gives the state it ends in.
fn recorded(told: &[Told], group_size: usize) -> BTreeMap<String, Option<State>> {
    let dir = tempfile::tempdir().unwrap();
    let (mut writer, reader) = store::open(dir.path(), store::StoreOptions::default()).unwrap();
    let brands = Brands::default();
    let occasion = record::Occasion { now: moment(2000), brands: &brands, hand: None };
    for some in told.chunks(group_size) {
        let mut group = writer.begin().unwrap();
        for told in some {
            match told {
                Told::Said(mention) => {
                    let understood: Understood = UNDERSTANDER.understand((**mention).clone(), moment(0));
                    record::ingest(&mut group, &understood, occasion).unwrap();
                }
                Told::Deleted(name) => assert!(record::delete(&mut group, name, occasion).unwrap().is_some()),
            }
        }
        group.commit().unwrap();
    }
    let names: BTreeSet<&MentionName> = told
        .iter()
        .map(|told| match told {
            Told::Said(mention) => &mention.name,
            Told::Deleted(name) => name,
        })
        .collect();
    let heads: Vec<_> = names.iter().map(|name| reader.head(name).unwrap().unwrap()).collect();
    let mut states = BTreeMap::new();
    for head in &heads {
        let version = reader.version(head.seq).unwrap();
        assert_eq!(version.deleted, head.deleted);
        let thread = heads.iter().filter(|other| other.thread == head.thread);
        let state = State {
            thread: thread.map(|other| other.name.external_id.clone()).collect(),
            status: version.status,
            answered_by: version.answered_by.as_ref().map(|name| name.external_id.clone()),
            repeats: version.repeats.as_ref().map(|name| name.external_id.clone()),
            understanding: version.understanding.clone(),
            parent: version.parent.clone(),
            course: version.course,
        };
        states.insert(head.name.external_id.clone(), (!head.deleted).then_some(state));
    }
    states
}

/// The words of what was edited travel as they were known, so they are not compared.
fn without_edited_words(story: &Story, mut states: BTreeMap<String, Option<State>>) -> BTreeMap<String, Option<State>> {
    for at in 0..story.messages.len() {
        let Some(Some(state)) = states.get_mut(&story.messages[at].name.external_id) else { continue };
        if story.parent_of(at).is_some_and(|parent| story.edits.contains_key(&parent)) {
            state.parent = None;
        }
    }
    states
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_conversations_end_alike_in_every_order(
        story in story(),
        orders in vec((vec(any::<u32>(), MESSAGES_MAX), prop_oneof![Just(1_usize), Just(3), Just(100)]), 3),
    ) {
        let expected = without_edited_words(&story, by_definition(&story));
        for (keys, group_size) in orders {
            let told = story.in_order(&keys);
            let states = without_edited_words(&story, recorded(&told, group_size));
            prop_assert_eq!(&states, &expected, "{:#?}", told);
        }
    }
}
