//! Which message of the brand answers which of a customer.
//!
//! A reply answers the message it replies to, and what the same author had added to that until then: messages of one author that
//! reply to each other with nobody between, a **monologue**. Others who wrote in the same thread go on waiting. In a private
//! conversation, where there is nobody else, it answers everything before it.

use std::collections::{BTreeMap, VecDeque};

use super::{Occasion, parent_name, reconsider, waits_since};
use crate::{
    base::Timestamp,
    care::{self, MONOLOGUE_MESSAGES_MAX},
    model::{Kind, MentionNumber, Version},
    store::{Error, Group, Head},
};

/// The earliest message of the brand that answers this one; of several of one moment the first by name. `asks`: it asks for an answer;
/// what does not is answered by a reply to itself only.
pub(super) fn answer(group: &mut Group<'_>, version: &Version, asks: bool) -> Result<Option<Head>, Error> {
    if version.understanding.is_own() {
        return Ok(None);
    }
    let reopened_at = version.desk().reopened_at;
    let created_at = version.mention.created_at;
    let mut answers: Vec<Head> = group.own_children_of(&version.mention.name)?;
    answers.retain(|own| reopened_at.is_none_or(|reopened_at| own.created_at >= reopened_at));
    if asks {
        let since = waits_since(version);
        for added in monologue(group, version)? {
            if is_near(added.created_at, created_at) {
                let own = group.own_children_of(&added.name)?;
                answers.extend(own.into_iter().filter(|own| own.created_at >= since));
            }
        }
        if version.mention.kind == Kind::Dm {
            answers.extend(group.first_own_after(version.thread, since)?);
        }
    }
    // An own message that is being changed into a customer's still stands as own.
    answers.retain(|own| own.number != version.number);
    Ok(answers.into_iter().min_by(|a, b| (a.created_at, &a.name).cmp(&(b.created_at, &b.name))))
}

/// A message has come, gone or changed, as this state of it says: looks anew at what is answered by it, or together with it.
pub(super) fn reconsider_around(group: &mut Group<'_>, state: &Version, occasion: Occasion<'_>) -> Result<(), Error> {
    let is_own = state.understanding.is_own();
    let mut around = BTreeMap::new();
    if let Some(parent) = parent_name(&state.mention)
        && let Some(parent) = group.head(&parent)?.filter(|parent| !parent.deleted && !parent.is_own)
        && (is_own || is_same_author(group, &parent, state))
    {
        add_with_monologue(group, parent, &mut around)?;
    }
    if !is_own {
        for child in group.children_by(&state.mention.name, &state.mention.author.handle, MONOLOGUE_MESSAGES_MAX)? {
            add_with_monologue(group, child, &mut around)?;
        }
    }
    // What is joined with nothing that was replied to is answered by nothing new.
    if !is_own && !is_replied_to(group, state, around.values())? {
        return Ok(());
    }
    around.remove(&state.number);
    for head in around.into_values() {
        reconsider(group, &head, occasion)?;
    }
    Ok(())
}

/// The brand has replied to one of these, or to this message.
fn is_replied_to<'h>(
    group: &mut Group<'_>,
    state: &Version,
    mut around: impl Iterator<Item = &'h Head>,
) -> Result<bool, Error> {
    if !group.own_children_of(&state.mention.name)?.is_empty() {
        return Ok(true);
    }
    around.try_fold(false, |found, head| Ok(found || !group.own_children_of(&head.name)?.is_empty()))
}

fn add_with_monologue(
    group: &mut Group<'_>,
    head: Head,
    around: &mut BTreeMap<MentionNumber, Head>,
) -> Result<(), Error> {
    let version = group.version(head.seq)?;
    let others = monologue(group, &version)?;
    around.extend(others.into_iter().chain([head]).map(|head| (head.number, head)));
    Ok(())
}

/// The other messages of the author that are linked to this one by replies with nobody between: the nearest, at most
/// [`MONOLOGUE_MESSAGES_MAX`].
fn monologue(group: &mut Group<'_>, version: &Version) -> Result<Vec<Head>, Error> {
    let author = &version.mention.author.handle;
    let mut found: Vec<Head> = Vec::new();
    let mut next = VecDeque::from([(version.mention.name.clone(), parent_name(&version.mention))]);
    while let Some((name, parent)) = next.pop_front()
        && found.len() < MONOLOGUE_MESSAGES_MAX
    {
        let mut linked = group.children_by(&name, author, MONOLOGUE_MESSAGES_MAX)?;
        if let Some(parent) = parent {
            let parent = group.head(&parent)?.filter(|parent| !parent.deleted && !parent.is_own);
            linked.extend(parent.filter(|parent| is_same_author(group, parent, version)));
        }
        for head in linked {
            let is_known = head.number == version.number || found.iter().any(|known| known.number == head.number);
            if !is_known && found.len() < MONOLOGUE_MESSAGES_MAX {
                next.push_back((head.name.clone(), head.parent_name()));
                found.push(head);
            }
        }
    }
    Ok(found)
}

fn is_same_author(group: &Group<'_>, head: &Head, version: &Version) -> bool {
    head.author.is_some() && head.author == group.author_key(&version.mention)
}

fn is_near(a: Timestamp, b: Timestamp) -> bool {
    a.duration_since(b).unsigned_abs() <= care::ADDITION_WITHIN
}
