//! The argument base: its entries, what they suggest, and how much of what is asked they cover.
//!
//! Entries lie in the store; what ranks them is held in memory (`base`), made anew after every edit and swapped. An edit is answered when it
//! is on disk and in force.

mod base;
mod check;
mod coverage;
mod edit;
mod suggest;

use std::sync::Arc;

pub(super) use base::ArgumentBase;
use base::Base;
pub use coverage::{ArgumentUse, Coverage, CoverageRequest, Proposal};
pub(super) use edit::{ArgumentEdit, ArgumentEdited, forget_mention};
pub use edit::{ArgumentImport, ImportOutcome};
pub use suggest::{DuplicateArguments, SuggestRequest, SuggestWhat, SuggestedReply, Suggestions};

use super::{Engine, EngineError, Recorded, Work, ingest::mixed_up, run_blocking};
use crate::{
    argument::anonymous,
    base::limits::{
        ARGUMENT_EXAMPLE_BYTES_MAX, ARGUMENT_EXAMPLES_ALL_BYTES_MAX, ARGUMENT_EXAMPLES_ALL_MAX, ARGUMENT_EXAMPLES_MAX,
        ARGUMENTS_BATCH_MAX, ARGUMENTS_MAX, ARGUMENTS_PAGE_BYTES_MAX,
    },
    model::{Argument, ArgumentExample, Language, MentionName},
};

/// How an entry is put.
#[derive(Clone, Debug, Default)]
pub struct ArgumentPut {
    /// As the caller read it; empty: whatever it is, and a new one where there is none.
    pub etag: String,
    /// Only where there is none with its id yet.
    pub must_be_new: bool,
}

impl Engine {
    /// Keeps an entry in place of any other with its id. `argument.editor` says who does it; a put that changes nothing leaves all as it is.
    ///
    /// # Errors
    /// [`EngineError::InvalidArgument`], [`EngineError::AlreadyExists`], [`EngineError::Stale`], [`EngineError::NotFound`] where an etag is
    /// given and there is none, [`EngineError::ResourceExhausted`].
    pub async fn put_argument(self: &Arc<Self>, argument: Argument, put: ArgumentPut) -> Result<Argument, EngineError> {
        let argument = self.checked_argument(argument)?;
        let id = argument.id.clone();
        self.edit_argument(id, ArgumentEdit::Put { argument: Box::new(argument), put }).await
    }

    /// Keeps many entries, each in place of any other with its id. One answer for each, in order: one at fault stops none of the others.
    ///
    /// # Errors
    /// Too many at once; what keeps the log from being written.
    pub async fn import_arguments(
        self: &Arc<Self>,
        arguments: Vec<Result<Argument, EngineError>>,
    ) -> Result<Vec<Result<ArgumentImport, EngineError>>, EngineError> {
        if arguments.len() > ARGUMENTS_BATCH_MAX {
            let message =
                format!("has {} entries; at most {ARGUMENTS_BATCH_MAX} are allowed, split it", arguments.len());
            return Err(invalid("arguments", message));
        }
        let mut ids = std::collections::HashSet::new();
        let checked: Vec<Result<Argument, EngineError>> = arguments
            .into_iter()
            .map(|argument| {
                let argument = self.checked_argument(argument?)?;
                if ids.insert(argument.id.clone()) {
                    return Ok(argument);
                }
                let message = format!("`{}` stands there twice; the first one counts", argument.id);
                Err(invalid("argument.id", message))
            })
            .collect();
        let fit: Vec<Argument> = checked.iter().flatten().cloned().collect();
        let mut done = match self.record_argument(ArgumentEdit::Import(fit)).await? {
            ArgumentEdited::Imported(imported) => imported.into_iter(),
            other => return Err(mixed_up(&Recorded::Argument(other))),
        };
        let unanswered = || EngineError::Internal { message: "an entry has no answer".to_owned() };
        let answer = |argument: Result<Argument, EngineError>| {
            let id = argument?.id;
            match done.next().ok_or_else(unanswered)? {
                ArgumentEdited::Kept { argument, outcome } => Ok(ArgumentImport { argument: *argument, outcome }),
                other => Err(refusal(id, other)),
            }
        };
        Ok(checked.into_iter().map(answer).collect())
    }

    /// An entry.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub async fn argument(&self, id: String) -> Result<Argument, EngineError> {
        let store = self.store.clone();
        run_blocking(move || store.argument(&id)?.ok_or_else(|| not_found(id))).await
    }

    /// Entries ordered by id: those after the given one, of a brand where one is given (and those for every brand), at most so many and no
    /// more than a message holds, but always one where there is one; and whether there are more.
    ///
    /// # Errors
    /// What keeps the store from being read.
    pub async fn arguments(
        &self,
        after_id: &str,
        brand: &str,
        count_max: usize,
    ) -> Result<(Vec<Argument>, bool), EngineError> {
        let base = self.arguments.load();
        let (after, brand) = (after_id.to_owned(), brand.to_owned());
        run_blocking(move || {
            let first = base.entries.partition_point(|argument| argument.id <= after);
            let is_asked =
                |argument: &&Arc<Argument>| brand.is_empty() || argument.brand.is_empty() || argument.brand == brand;
            let mut behind = base.entries.iter().skip(first).filter(is_asked).peekable();
            let (mut page, mut bytes) = (Vec::new(), 0);
            while let Some(argument) = behind.peek() {
                bytes += check::bytes(argument);
                if page.len() == count_max || bytes > ARGUMENTS_PAGE_BYTES_MAX && !page.is_empty() {
                    break;
                }
                page.push((***argument).clone());
                behind.next();
            }
            Ok((page, behind.peek().is_some()))
        })
        .await
    }

    /// Forgets an entry.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Stale`].
    pub async fn delete_argument(self: &Arc<Self>, id: String, etag: String) -> Result<(), EngineError> {
        match self.record_argument(ArgumentEdit::Delete { id: id.clone(), etag }).await? {
            ArgumentEdited::Deleted => Ok(()),
            other => Err(refusal(id, other)),
        }
    }

    /// Makes the words of a mention an example of an entry, without what is personal in them. Nothing changes where it is one already.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]; [`EngineError::InvalidArgument`] where nothing is left of its words, or too much.
    pub async fn add_argument_example(
        self: &Arc<Self>,
        mention: &MentionName,
        id: String,
        editor: String,
    ) -> Result<(Argument, ArgumentExample), EngineError> {
        let version = self.get(mention).await?;
        if version.understanding.is_own() {
            let message = "is the brand's own; give the mention that it answers".to_owned();
            return Err(invalid("name", message));
        }
        let author = &version.mention.author;
        let text = anonymous(&suggest::whole_text(&version.mention), &[&author.name, &author.handle]);
        if !text.chars().any(char::is_alphabetic) {
            return Err(invalid("name", "has no words of its own beside names, numbers and links".to_owned()));
        }
        if text.len() > ARGUMENT_EXAMPLE_BYTES_MAX {
            let message = format!(
                "has {} bytes without names and numbers; an example has at most {ARGUMENT_EXAMPLE_BYTES_MAX}: write one by hand with what it asks",
                text.len()
            );
            return Err(invalid("name", message));
        }
        let code = &version.understanding.language.code;
        let language = if code == Language::UNDETERMINED { String::new() } else { code.clone() };
        let example = ArgumentExample { text, language, mention: mention.to_string() };
        let edit = ArgumentEdit::AddExample { id: id.clone(), example: example.clone(), editor };
        let argument = self.edit_argument(id, edit).await?;
        Ok((argument, example))
    }

    async fn edit_argument(self: &Arc<Self>, id: String, edit: ArgumentEdit) -> Result<Argument, EngineError> {
        match self.record_argument(edit).await? {
            ArgumentEdited::Kept { argument, .. } => Ok(*argument),
            other => Err(refusal(id, other)),
        }
    }

    /// Records an edit and brings it into force. One that has begun is brought to its end even if the caller goes away.
    async fn record_argument(self: &Arc<Self>, edit: ArgumentEdit) -> Result<ArgumentEdited, EngineError> {
        let engine = Arc::clone(self);
        let editing = tokio::spawn(async move {
            match engine.record(Work::Argument(edit)).await? {
                Recorded::Argument(edited) => {
                    if edited.has_changed() {
                        engine.refresh_arguments().await?;
                    }
                    Ok(edited)
                }
                other => Err(mixed_up(&other)),
            }
        });
        editing.await.unwrap_or_else(|error| Err(EngineError::Internal { message: error.to_string() }))
    }

    /// Makes the ranking anew of what is in the store, off the async threads. Whoever comes while it is made waits for the next one, together.
    pub(super) async fn refresh_arguments(&self) -> Result<(), EngineError> {
        let wanted = self.arguments.edited();
        let _turn = self.arguments.turn.lock().await;
        let edits = self.arguments.edits();
        if self.arguments.load().edits >= wanted {
            return Ok(());
        }
        let store = self.store.clone();
        let base = run_blocking(move || Ok(Base::read(&store, edits)?)).await?;
        self.arguments.publish(base);
        Ok(())
    }

    /// An entry as it is kept, if it may be.
    fn checked_argument(&self, argument: Argument) -> Result<Argument, EngineError> {
        let argument = check::checked(argument)?;
        if !argument.brand.is_empty() {
            self.check_brands(std::slice::from_ref(&argument.brand), "argument.brand")?;
        }
        Ok(argument)
    }
}

/// Why an edit was not made.
fn refusal(id: String, edited: ArgumentEdited) -> EngineError {
    let full = |message: String| EngineError::ResourceExhausted { message };
    match edited {
        ArgumentEdited::AlreadyExists => EngineError::AlreadyExists { what: "argument", name: id },
        ArgumentEdited::NotFound => not_found(id),
        ArgumentEdited::Stale { etag } => EngineError::Stale { what: "argument", name: id, etag },
        ArgumentEdited::TooMany => full(format!("there are {ARGUMENTS_MAX} arguments; delete those nobody needs")),
        ArgumentEdited::TooManyExamples => full(format!(
            "argument `{id}` would have more than {ARGUMENT_EXAMPLES_MAX} examples; take out those that say the same"
        )),
        ArgumentEdited::TooMuch => full(format!(
            "all arguments together would have more than {ARGUMENT_EXAMPLES_ALL_MAX} examples, or {} MB of them; take out \
             those that say the same",
            ARGUMENT_EXAMPLES_ALL_BYTES_MAX / 1024 / 1024
        )),
        other => mixed_up(&Recorded::Argument(other)),
    }
}

fn invalid(field: &str, message: String) -> EngineError {
    EngineError::InvalidArgument { field: field.to_owned(), message }
}

fn not_found(id: String) -> EngineError {
    EngineError::NotFound { what: "argument", name: id }
}
