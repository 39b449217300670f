//! What recording a mention means: dedupe, thread, care rules, and the versions that follow from it, all in one group.
//!
//! Reads no clock and draws no random number. Any order of arrival ends in the same threads, parents and answers.

mod answers;
pub(super) mod desk;

use std::sync::Arc;

use super::{Acknowledgement, Outcome, tag_rules::merged};
use crate::{
    base::{Seq, Timestamp},
    care::{self, ParentFacts, Standing},
    model::{
        Cause, CorrectedValues, Correction, Course, Desk, Kind, Label, Mention, MentionName, MentionNumber, Status,
        ThreadId, Understanding, Version,
    },
    store::{EchoPlace, Error, Group, Head},
};

/// Messages of two threads that are read at first to tell which is the smaller; most threads are smaller than that.
const THREAD_HEADS_READ_FIRST: usize = 64;

/// What recording goes by beside what is recorded.
#[derive(Clone, Copy)]
pub(super) struct Occasion<'a> {
    /// The moment of recording.
    pub(super) now: Timestamp,
    /// What the brands have promised.
    pub(super) brands: &'a care::Brands,
    /// An agent at the desk, where a reply of theirs is recorded.
    pub(super) hand: Option<Hand<'a>>,
}

/// Who answers what.
#[derive(Clone, Copy)]
pub(super) struct Hand<'a> {
    /// The agent.
    pub(super) by: &'a str,
    /// The mention that is answered.
    pub(super) to: MentionNumber,
}

/// A mention with what was judged of its words.
#[derive(Clone, Debug)]
pub(super) struct Understood {
    pub(super) mention: Mention,
    pub(super) understanding: Understanding,
}

/// Records a mention: for the first time, as a change, or not at all where nothing is new.
pub(super) fn ingest(
    group: &mut Group<'_>,
    understood: &Understood,
    occasion: Occasion<'_>,
) -> Result<Acknowledgement, Error> {
    match group.head(&understood.mention.name)? {
        None => create(group, understood, occasion),
        Some(head) => update(group, &head, understood, occasion),
    }
}

fn create(group: &mut Group<'_>, understood: &Understood, occasion: Occasion<'_>) -> Result<Acknowledgement, Error> {
    let mention = &understood.mention;
    let waiting = group.take_placeholder(&mention.name)?;
    let has_children = waiting.is_some();
    let thread = join_threads(group, waiting, mention, occasion)?;
    let parent = parent_facts(group, mention)?;
    let understanding = care::place(understood.understanding.clone(), &mention.author.handle, parent.as_ref());
    let course = course_of(mention, parent.as_ref(), &understanding);
    let is_author = |facts: &ParentFacts| facts.parent.handle.to_lowercase() == mention.author.handle.to_lowercase();
    let adds_to_own = parent.as_ref().is_some_and(is_author);
    let number = group.new_number();
    let seq = group.next_seq();
    let version = Version {
        seq,
        previous_seq: Seq::ZERO,
        number,
        cause: Cause::Ingested,
        recorded_at: occasion.now,
        ingested_at: occasion.now,
        mention: mention.clone(),
        understanding,
        thread,
        status: Status::None,
        parent: parent.map(|facts| facts.parent),
        answered_by: None,
        repeats: None,
        correction: None,
        desk: kept(Desk { by: occasion.hand.map_or_else(String::new, |hand| hand.by.to_owned()), ..Desk::UNTOUCHED }),
        due: None,
        priority: None,
        course,
        deleted: false,
    };
    let version = judged(group, version, occasion)?;
    let version = append(group, None, version, occasion)?;
    if has_children {
        retell_children(group, &version, occasion)?;
    }
    if version.understanding.is_own() || has_children || adds_to_own {
        reconsider_others(group, &version, occasion)?;
    }
    Ok(Acknowledgement { outcome: Outcome::Created, seq })
}

fn update(
    group: &mut Group<'_>,
    head: &Head,
    understood: &Understood,
    occasion: Occasion<'_>,
) -> Result<Acknowledgement, Error> {
    let unchanged = Acknowledgement { outcome: Outcome::Unchanged, seq: head.seq };
    // Platforms never use an id twice: a mention that comes again after its deletion is a replay.
    if head.deleted || understood.mention.observed_at < head.observed_at {
        return Ok(unchanged);
    }
    let previous = group.version(head.seq)?;
    let mut mention = understood.mention.clone();
    mention.engagement = previous.mention.engagement.merged_with(mention.engagement);
    let Some(cause) = difference(&previous.mention, &mention) else {
        group.observe(head.number, understood.mention.observed_at)?;
        return Ok(unchanged);
    };
    let thread = if mention.in_reply_to == previous.mention.in_reply_to {
        previous.thread
    } else {
        join_threads(group, Some(previous.thread), &mention, occasion)?
    };
    let parent = parent_facts(group, &mention)?;
    let by_words = match cause {
        // Figures may make it match what did not match before; what its words had set stays.
        Cause::Engagement => Understanding {
            tags: merged(&previous.understanding.tags, &understood.understanding.tags),
            ..previous.judged().clone()
        },
        _ => understood.understanding.clone(),
    };
    // What a person said holds for the words it was said of.
    let correction = previous.correction.clone().filter(|_| says_the_same(&previous.mention, &mention));
    let (understanding, correction) =
        care::understood(care::place(by_words, &mention.author.handle, parent.as_ref()), correction);
    let course = course_of(&mention, parent.as_ref(), &understanding);
    // Joining threads may have made a version of this very mention.
    let previous_seq = group.head(&mention.name)?.map_or(previous.seq, |head| head.seq);
    let seq = group.next_seq();
    let version = Version {
        seq,
        previous_seq,
        cause,
        recorded_at: occasion.now,
        understanding,
        correction,
        course,
        thread,
        parent: parent.map(|facts| facts.parent),
        mention,
        ..(*previous).clone()
    };
    let version = judged(group, version, occasion)?;
    let version = append(group, Some(&previous), version, occasion)?;
    tell_others(group, &version, &previous, occasion)?;
    Ok(Acknowledgement { outcome: Outcome::Updated, seq })
}

/// A mention has changed: what that means for those that stand around it in its conversation.
fn tell_others(
    group: &mut Group<'_>,
    version: &Version,
    previous: &Version,
    occasion: Occasion<'_>,
) -> Result<(), Error> {
    if stands_elsewhere(version, previous) {
        for state in [previous, version] {
            reconsider_others(group, state, occasion)?;
        }
    }
    if !means_the_same(version, previous) {
        retell_children(group, version, occasion)?;
    }
    Ok(())
}

/// Whether it may answer, or be answered with, something else.
fn stands_elsewhere(a: &Version, b: &Version) -> bool {
    let place = |version: &Version| {
        let Mention { author, created_at, in_reply_to, kind, .. } = &version.mention;
        (version.understanding.is_own(), author.handle.clone(), *created_at, in_reply_to.clone(), *kind)
    };
    place(a) != place(b)
}

/// A message has come, gone or changed, as this state of it says: looks anew at what is answered by it or together with it.
fn reconsider_others(group: &mut Group<'_>, state: &Version, occasion: Occasion<'_>) -> Result<(), Error> {
    answers::reconsider_around(group, state, occasion)?;
    if state.understanding.is_own() && state.mention.kind == Kind::Dm {
        reconsider_up_to(group, state.thread, state.mention.created_at, occasion)?;
    }
    Ok(())
}

fn says_the_same(known: &Mention, told: &Mention) -> bool {
    (&known.title, &known.text) == (&told.title, &told.text)
}

/// Records what a person said of a mention, over what was said before; the version that holds it, `None` where there is no such
/// mention. Saying the same again records nothing.
pub(super) fn correct(
    group: &mut Group<'_>,
    name: &MentionName,
    values: &CorrectedValues,
    by: &str,
    occasion: Occasion<'_>,
) -> Result<Option<Arc<Version>>, Error> {
    let Some(head) = group.head(name)?.filter(|head| !head.deleted) else { return Ok(None) };
    let previous = group.version(head.seq)?;
    let known = previous.correction.as_ref();
    let values = known.map(|known| known.values.clone()).unwrap_or_default().merged_with(values.clone());
    if known.is_some_and(|known| known.values == values && known.by == by) {
        return Ok(Some(previous));
    }
    let judged = previous.judged().clone();
    let correction = Correction { values: values.clone(), by: by.to_owned(), corrected_at: occasion.now, judged };
    let version = record_correction(group, &previous, Some(Box::new(correction)), occasion)?;
    let brands = version.understanding.brands.iter().map(|brand| brand.brand.clone()).collect();
    group.put_label(&Label {
        number: version.number,
        seq: version.seq,
        mention: version.mention.clone(),
        values,
        brands,
    })?;
    Ok(Some(version))
}

/// Takes back what people said of a mention; the version in which it is as judged, `None` where there is no such mention.
pub(super) fn revert_correction(
    group: &mut Group<'_>,
    name: &MentionName,
    occasion: Occasion<'_>,
) -> Result<Option<Arc<Version>>, Error> {
    let Some(head) = group.head(name)?.filter(|head| !head.deleted) else { return Ok(None) };
    let previous = group.version(head.seq)?;
    // The label outlives an edit of the words, the correction does not.
    group.remove_label(previous.number)?;
    if previous.correction.is_none() {
        return Ok(Some(previous));
    }
    record_correction(group, &previous, None, occasion).map(Some)
}

fn record_correction(
    group: &mut Group<'_>,
    previous: &Version,
    correction: Option<Box<Correction>>,
    occasion: Occasion<'_>,
) -> Result<Arc<Version>, Error> {
    let (understanding, correction) = care::understood(previous.judged().clone(), correction);
    let parent = parent_facts(group, &previous.mention)?;
    let course = course_of(&previous.mention, parent.as_ref(), &understanding);
    let version = Version {
        seq: group.next_seq(),
        previous_seq: previous.seq,
        cause: Cause::Corrected,
        recorded_at: occasion.now,
        understanding,
        correction,
        course,
        ..previous.clone()
    };
    let version = judged(group, version, occasion)?;
    let version = append(group, Some(previous), version, occasion)?;
    tell_others(group, &version, previous, occasion)?;
    Ok(version)
}

/// Records that the source deleted a mention; gives the seq of the deletion, `None` where there is no such mention.
pub(super) fn delete(group: &mut Group<'_>, name: &MentionName, occasion: Occasion<'_>) -> Result<Option<Seq>, Error> {
    let Some(head) = group.head(name)? else { return Ok(None) };
    if head.deleted {
        return Ok(Some(head.seq));
    }
    group.remove_label(head.number)?;
    let previous = group.version(head.seq)?;
    let (mention, understanding) = care::tombstone(&previous.mention);
    let seq = group.next_seq();
    let version = Version {
        seq,
        previous_seq: previous.seq,
        cause: Cause::Deleted,
        recorded_at: occasion.now,
        mention,
        understanding,
        status: Status::None,
        parent: None,
        answered_by: None,
        repeats: None,
        correction: None,
        desk: None,
        due: None,
        priority: None,
        course: Course::beginning(previous.mention.created_at),
        deleted: true,
        ..(*previous).clone()
    };
    let version = append(group, Some(&previous), version, occasion)?;
    retell_children(group, &version, occasion)?;
    reconsider_others(group, &previous, occasion)?;
    Ok(Some(seq))
}

/// What distinguishes two states as their source tells them; `None` where it is only the time of looking.
fn difference(known: &Mention, told: &Mention) -> Option<Cause> {
    let mut as_known = Mention { observed_at: known.observed_at, ..told.clone() };
    if as_known == *known {
        return None;
    }
    as_known.engagement = known.engagement;
    Some(if as_known == *known { Cause::Engagement } else { Cause::Edited })
}

fn parent_name(mention: &Mention) -> Option<MentionName> {
    let external_id = mention.in_reply_to.clone()?;
    Some(MentionName { platform: mention.name.platform.clone(), external_id })
}

fn parent_facts(group: &mut Group<'_>, mention: &Mention) -> Result<Option<ParentFacts>, Error> {
    let Some(name) = parent_name(mention) else { return Ok(None) };
    let Some(head) = group.head(&name)? else { return Ok(None) };
    Ok(ParentFacts::of(&*group.version(head.seq)?))
}

fn course_of(mention: &Mention, parent: Option<&ParentFacts>, understanding: &Understanding) -> Course {
    care::course(parent, &mention.author.handle, understanding, mention.created_at)
}

/// The thread of a mention that stands in `own` so far and answers what it says it answers. What it answers and has not
/// arrived is awaited in the thread. Two threads that turn out to be one become one: the smaller takes the id of the larger.
fn join_threads(
    group: &mut Group<'_>,
    own: Option<ThreadId>,
    mention: &Mention,
    occasion: Occasion<'_>,
) -> Result<ThreadId, Error> {
    let fresh = ThreadId(group.next_seq().0);
    let Some(parent) = parent_name(mention) else { return Ok(own.unwrap_or(fresh)) };
    let parents = match group.head(&parent)? {
        Some(head) => Some(head.thread),
        None => group.placeholder_thread(&parent)?,
    };
    match (own, parents) {
        (own, None) => {
            let thread = own.unwrap_or(fresh);
            group.set_placeholder(&parent, thread)?;
            Ok(thread)
        }
        (None, Some(parents)) => Ok(parents),
        (Some(own), Some(parents)) if own == parents => Ok(own),
        (Some(own), Some(parents)) => merge_threads(group, own, parents, occasion),
    }
}

fn merge_threads(group: &mut Group<'_>, a: ThreadId, b: ThreadId, occasion: Occasion<'_>) -> Result<ThreadId, Error> {
    let (from, to, moved) = smaller_first(group, a, b)?;
    for head in &moved {
        amend(group, head.seq, Cause::Threaded, occasion, |version| version.thread = to)?;
    }
    group.move_placeholders(from, to)?;
    // What moved may be answered there, or answer what is there; among those who stayed nothing else has changed.
    for head in moved.iter().filter(|head| !head.deleted) {
        if head.is_own {
            reconsider_up_to(group, to, head.created_at, occasion)?;
        } else if let Some(head) = group.head(&head.name)?.filter(|head| head.asks) {
            reconsider(group, &head, occasion)?;
        }
    }
    Ok(to)
}

/// The smaller of two threads, the larger, and all heads of the smaller. Costs no more than the smaller one: replies that
/// come before what they answer join a thread of a hundred thousand comments one by one.
fn smaller_first(group: &mut Group<'_>, a: ThreadId, b: ThreadId) -> Result<(ThreadId, ThreadId, Vec<Head>), Error> {
    let mut count_max = THREAD_HEADS_READ_FIRST;
    loop {
        let (heads_a, heads_b) = (group.thread_heads(a, count_max)?, group.thread_heads(b, count_max)?);
        if heads_a.len() < heads_b.len() {
            return Ok((a, b, heads_a));
        }
        // Else both go on behind what was read.
        if heads_b.len() < count_max {
            return Ok((b, a, heads_b));
        }
        count_max = count_max.saturating_mul(4);
    }
}

/// The version with its status, from what the conversation holds at present.
fn judged(group: &mut Group<'_>, mut version: Version, occasion: Occasion<'_>) -> Result<Version, Error> {
    (version.answered_by, version.repeats) = (None, None);
    let mut asks = care::standing(&version.understanding, false) == Standing::Waits;
    if asks
        && let Some(place) = echo_place(&version)
        && let Some(same) = group.echo_before(&place, shifted(place.created_at, -1))?
    {
        version.repeats = Some(same.name);
        asks = false;
    }
    let answer = answers::answer(group, &version, asks)?;
    let answered_at = answer.as_ref().map(|answer| answer.created_at);
    version.answered_by = answer.map(|answer| answer.name);
    let standing = standing(&version);
    stand(&mut version, standing, answered_at, occasion);
    Ok(version)
}

/// Puts down what the conversation says of a mention, and what follows from it at the care desk.
fn stand(version: &mut Version, standing: Standing, answered_at: Option<Timestamp>, occasion: Occasion<'_>) {
    if version.desk.is_some() {
        version.desk = kept(care::settled(version.desk().clone(), standing));
    }
    version.status = care::status(standing, version.desk());
    version.due = care::due(version, answered_at, occasion.brands);
    version.priority = care::priority(version, occasion.brands).map(Box::new);
}

/// Nothing is kept of a desk that nobody has touched.
fn kept(desk: Desk) -> Option<Box<Desk>> {
    (desk != Desk::UNTOUCHED).then(|| Box::new(desk))
}

/// What the conversation says of a mention, as it was put down.
fn standing(version: &Version) -> Standing {
    match version.answered_by {
        None if version.repeats.is_some() => Standing::Nothing,
        _ => care::standing(&version.understanding, version.answered_by.is_some()),
    }
}

/// What was written before does not answer it.
fn waits_since(version: &Version) -> Timestamp {
    let created_at = version.mention.created_at;
    version.desk().reopened_at.map_or(created_at, |reopened_at| reopened_at.max(created_at))
}

/// Where a mention stands among those that say the same; `None` for what cannot be a repetition.
fn echo_place(version: &Version) -> Option<EchoPlace> {
    let echo = care::echo(&version.mention, &version.understanding)?;
    let (created_at, name) = (version.mention.created_at, version.mention.name.clone());
    Some(EchoPlace { echo, created_at, number: version.number, name })
}

/// A moment so many times later in which the same words count as a repetition.
fn shifted(moment: Timestamp, times: i32) -> Timestamp {
    let span = jiff::SignedDuration::try_from(care::ECHO_WITHIN).unwrap_or_default();
    let end = if times < 0 { Timestamp::MIN } else { Timestamp::MAX };
    moment.checked_add(span * times).unwrap_or(end)
}

/// Records a version and files it among those that say the same. The mention that comes next there may repeat it now, or have
/// nothing left to repeat; those behind repeat each the one before.
fn append(
    group: &mut Group<'_>,
    previous: Option<&Version>,
    version: Version,
    occasion: Occasion<'_>,
) -> Result<Arc<Version>, Error> {
    let version = group.append(version)?;
    let (was, is) = (previous.and_then(echo_place), echo_place(&version));
    if was == is {
        return Ok(version);
    }
    if let Some(was) = &was {
        group.remove_echo(was)?;
    }
    if let Some(is) = &is {
        group.put_echo(is)?;
    }
    for place in [was, is].into_iter().flatten() {
        if let Some(head) = group.echo_after(&place, shifted(place.created_at, 1))? {
            reconsider(group, &head, occasion)?;
        }
    }
    Ok(version)
}

/// What answers a message knows it: tells the children of a mention that it has arrived, changed sides, or gone. What they are
/// about may change with it, and then their children are told too. A brand comes to a message once, so this ends in circles too.
fn retell_children(group: &mut Group<'_>, parent: &Version, occasion: Occasion<'_>) -> Result<(), Error> {
    let mut parents = vec![parent.seq];
    while let Some(parent) = parents.pop() {
        // In a circle it may have been retold itself since it was put down here.
        let parent = newest(group, parent)?;
        let facts = ParentFacts::of(&parent);
        for head in group.children_of(&parent.mention.name)? {
            if head.deleted || head.number == parent.number {
                continue;
            }
            let child = newest(group, head.seq)?;
            let placed = care::place(child.judged().clone(), &child.mention.author.handle, facts.as_ref());
            let (understanding, correction) = care::understood(placed, child.correction.clone());
            let course = course_of(&child.mention, facts.as_ref(), &understanding);
            let told = facts.as_ref().map(|facts| facts.parent.clone());
            let amended = Version { understanding, correction, course, parent: told, ..(*child).clone() };
            let amended = judged(group, amended, occasion)?;
            let means_else = !means_the_same(&amended, &child);
            let retold = amend(group, head.seq, Cause::Threaded, occasion, |version| *version = amended)?;
            parents.extend(retold.filter(|_| means_else).map(|retold| retold.seq));
        }
    }
    Ok(())
}

/// Whether two states of a message mean the same to what answers it, whatever their words.
fn means_the_same(a: &Version, b: &Version) -> bool {
    let meaning = |version: &Version| {
        ParentFacts::of(version)
            .map(|facts| (facts.part, facts.brands, facts.course, version.mention.author.handle.clone()))
    };
    meaning(a) == meaning(b)
}

/// A message of the brand of this moment has come or gone: looks anew at what it answers or answered. That is what was
/// written after the brand's message before it, whatever the size of the thread.
fn reconsider_up_to(
    group: &mut Group<'_>,
    thread: ThreadId,
    created_at: Timestamp,
    occasion: Occasion<'_>,
) -> Result<(), Error> {
    let before = group.last_own_before(thread, created_at)?.map(|own| own.created_at);
    for head in group.asking_heads_between(thread, before, created_at)? {
        reconsider(group, &head, occasion)?;
    }
    Ok(())
}

/// Looks anew whether a message waits, and what answered it.
fn reconsider(group: &mut Group<'_>, head: &Head, occasion: Occasion<'_>) -> Result<(), Error> {
    let known = newest(group, head.seq)?;
    let mut amended = judged(group, (*known).clone(), occasion)?;
    let cause = match (standing(&known), standing(&amended)) {
        _ if known.repeats != amended.repeats => Cause::Repeated,
        (Standing::Answered, Standing::Waits) => Cause::Reopened,
        (_, Standing::Answered) => Cause::Answered,
        _ => Cause::Threaded,
    };
    if cause == Cause::Answered {
        // By the agent whose reply it is, or by nobody at the desk.
        let by =
            occasion.hand.filter(|hand| hand.to == head.number).map_or_else(String::new, |hand| hand.by.to_owned());
        amended.desk = kept(Desk { by, ..amended.desk().clone() });
    }
    amend(group, known.seq, cause, occasion, |version| *version = amended)?;
    Ok(())
}

/// The newest version of the mention that this is one of: what is recorded while a list of heads is gone through may change those
/// further down.
fn newest(group: &mut Group<'_>, seq: Seq) -> Result<Arc<Version>, Error> {
    let known = group.version(seq)?;
    match group.head(&known.mention.name)? {
        Some(head) if head.seq != seq => group.version(head.seq),
        _ => Ok(known),
    }
}

/// Records a change of what is known about a mention; nothing where nothing changes.
fn amend(
    group: &mut Group<'_>,
    seq: Seq,
    cause: Cause,
    occasion: Occasion<'_>,
    change: impl FnOnce(&mut Version),
) -> Result<Option<Arc<Version>>, Error> {
    let known = newest(group, seq)?;
    let mut amended = (*known).clone();
    change(&mut amended);
    if amended == *known {
        return Ok(None);
    }
    amended.seq = group.next_seq();
    amended.previous_seq = known.seq;
    amended.cause = cause;
    amended.recorded_at = occasion.now;
    append(group, Some(&known), amended, occasion).map(Some)
}
