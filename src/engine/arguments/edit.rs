//! Edits of the argument base, as the committer records them.

use super::ArgumentPut;
use crate::{
    base::{
        Timestamp,
        limits::{ARGUMENT_EXAMPLES_ALL_BYTES_MAX, ARGUMENT_EXAMPLES_ALL_MAX, ARGUMENT_EXAMPLES_MAX, ARGUMENTS_MAX},
    },
    model::{Argument, ArgumentExample, MentionName},
    store::{self, ArgumentTotals, Group},
};

/// An edit of the argument base. What is in it was checked before.
#[derive(Debug)]
pub(in crate::engine) enum ArgumentEdit {
    Put { argument: Box<Argument>, put: ArgumentPut },
    Import(Vec<Argument>),
    Delete { id: String, etag: String },
    AddExample { id: String, example: ArgumentExample, editor: String },
}

/// What became of it.
#[derive(Debug)]
pub(in crate::engine) enum ArgumentEdited {
    Kept { argument: Box<Argument>, outcome: ImportOutcome },
    Imported(Vec<ArgumentEdited>),
    Deleted,
    AlreadyExists,
    NotFound,
    Stale { etag: String },
    TooMany,
    TooManyExamples,
    TooMuch,
}

/// An entry that was imported.
#[derive(Clone, Debug, PartialEq)]
pub struct ArgumentImport {
    /// As it is kept.
    pub argument: Argument,
    /// What was done for it.
    pub outcome: ImportOutcome,
}

/// What putting an entry came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportOutcome {
    /// There was none with its id.
    Created,
    /// It took the place of another.
    Updated,
    /// It was there already.
    Unchanged,
}

impl ArgumentEdited {
    /// Something is not as it was before.
    pub(super) fn has_changed(&self) -> bool {
        match self {
            Self::Kept { outcome, .. } => *outcome != ImportOutcome::Unchanged,
            Self::Imported(all) => all.iter().any(Self::has_changed),
            Self::Deleted => true,
            _ => false,
        }
    }
}

impl ArgumentEdit {
    /// About how many rows it writes.
    pub(in crate::engine) fn weight(&self) -> usize {
        if let Self::Import(arguments) = self { arguments.len() } else { 1 }
    }

    pub(in crate::engine) fn record(
        &self,
        group: &mut Group<'_>,
        now: Timestamp,
    ) -> Result<ArgumentEdited, store::Error> {
        let mut totals = group.argument_totals()?;
        match self {
            Self::Put { argument, put } => {
                let known = group.argument(&argument.id)?;
                match &known {
                    Some(_) if put.must_be_new => return Ok(ArgumentEdited::AlreadyExists),
                    Some(known) if !put.etag.is_empty() && put.etag != known.etag() => {
                        return Ok(ArgumentEdited::Stale { etag: known.etag() });
                    }
                    None if !put.etag.is_empty() => return Ok(ArgumentEdited::NotFound),
                    _ => {}
                }
                keep(group, known, (**argument).clone(), now, &mut totals)
            }
            Self::Import(arguments) => {
                let import = |argument: &Argument| {
                    let known = group.argument(&argument.id)?;
                    keep(group, known, argument.clone(), now, &mut totals)
                };
                arguments.iter().map(import).collect::<Result<_, _>>().map(ArgumentEdited::Imported)
            }
            Self::Delete { id, etag } => {
                let Some(known) = group.argument(id)? else { return Ok(ArgumentEdited::NotFound) };
                if !etag.is_empty() && *etag != known.etag() {
                    return Ok(ArgumentEdited::Stale { etag: known.etag() });
                }
                group.remove_argument(id)?;
                Ok(ArgumentEdited::Deleted)
            }
            Self::AddExample { id, example, editor } => {
                let Some(known) = group.argument(id)? else { return Ok(ArgumentEdited::NotFound) };
                let mut argument = Argument { editor: editor.clone(), ..known.clone() };
                // Its text may have been edited since; and the same words of another mention say nothing new.
                argument.examples.retain(|other| other.mention != example.mention);
                if argument.examples.iter().all(|other| other.text != example.text) {
                    argument.examples.push(example.clone());
                }
                if known.examples.contains(example) {
                    argument = known.clone();
                }
                keep(group, Some(known), argument, now, &mut totals)
            }
        }
    }
}

/// Writes an entry in place of what was known, if there is room for it.
fn keep(
    group: &mut Group<'_>,
    known: Option<Argument>,
    mut argument: Argument,
    now: Timestamp,
    totals: &mut ArgumentTotals,
) -> Result<ArgumentEdited, store::Error> {
    if argument.examples.len() > ARGUMENT_EXAMPLES_MAX {
        return Ok(ArgumentEdited::TooManyExamples);
    }
    if let Some(known) = &known {
        // Files know nothing of where examples came from.
        for example in argument.examples.iter_mut().filter(|example| example.mention.is_empty()) {
            if let Some(before) = known.examples.iter().find(|before| before.text == example.text) {
                example.mention.clone_from(&before.mention);
            }
        }
        if known.says_the_same_as(&argument) {
            return Ok(ArgumentEdited::Kept { argument: Box::new(known.clone()), outcome: ImportOutcome::Unchanged });
        }
    }
    let outcome = if known.is_some() { ImportOutcome::Updated } else { ImportOutcome::Created };
    let before = known.as_ref().map_or((0, 0), |known| (known.examples.len() as u64, known.example_bytes() as u64));
    let after = ArgumentTotals {
        entries: totals.entries + u64::from(known.is_none()),
        examples: totals.examples.saturating_sub(before.0) + argument.examples.len() as u64,
        example_bytes: totals.example_bytes.saturating_sub(before.1) + argument.example_bytes() as u64,
    };
    if after.entries > ARGUMENTS_MAX {
        return Ok(ArgumentEdited::TooMany);
    }
    let is_too_much =
        after.examples > ARGUMENT_EXAMPLES_ALL_MAX || after.example_bytes > ARGUMENT_EXAMPLES_ALL_BYTES_MAX;
    // What makes the base smaller is always welcome.
    if is_too_much && (after.examples > totals.examples || after.example_bytes > totals.example_bytes) {
        return Ok(ArgumentEdited::TooMuch);
    }
    // Of one that is made anew after a deletion the count goes on, so that an etag never means two states.
    let began = now.as_microsecond().unsigned_abs();
    let (revision, created_at) =
        known.map_or((began, now), |known| ((known.revision + 1).max(began), known.created_at));
    let argument = Argument { revision, created_at, updated_at: now, ..argument };
    group.put_argument(&argument)?;
    *totals = after;
    Ok(ArgumentEdited::Kept { argument: Box::new(argument), outcome })
}

/// Takes the words of a mention that is deleted out of all examples. Says whether there were any.
pub(in crate::engine) fn forget_mention(
    group: &mut Group<'_>,
    name: &MentionName,
    now: Timestamp,
) -> Result<bool, store::Error> {
    let name = name.to_string();
    let ids = group.arguments_of_mention(&name)?;
    for id in &ids {
        if let Some(mut argument) = group.argument(id)? {
            argument.examples.retain(|example| example.mention != name);
            argument.revision = (argument.revision + 1).max(now.as_microsecond().unsigned_abs());
            argument.updated_at = now;
            group.put_argument(&argument)?;
        }
    }
    Ok(!ids.is_empty())
}
