use std::sync::Arc;

use super::{ConversationPage, Engine, EngineError, page_token, run_blocking};
use crate::{
    base::{Seq, limits::PAGE_SIZE_MAX},
    model::{MentionName, Version},
    store::Head,
};

/// Messages on a page of a conversation when the caller does not say: nearly every conversation fits.
const CONVERSATION_PAGE_DEFAULT: usize = 200;

impl Engine {
    /// The newest version of a mention.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], also for a deleted one.
    pub async fn get(&self, name: &MentionName) -> Result<Arc<Version>, EngineError> {
        let (store, name) = (self.store.clone(), name.clone());
        run_blocking(move || {
            let head = present(store.head(&name)?, &name)?;
            Ok(store.version(head.seq)?)
        })
        .await
    }

    /// The newest versions of those that exist, in the order asked, and the names of the others.
    ///
    /// # Errors
    /// [`EngineError::InvalidArgument`] for too many names.
    pub async fn batch_get(
        &self,
        names: Vec<MentionName>,
    ) -> Result<(Vec<Arc<Version>>, Vec<MentionName>), EngineError> {
        if names.len() > PAGE_SIZE_MAX {
            return Err(EngineError::InvalidArgument {
                field: "names".to_owned(),
                message: format!("has {} names; at most {PAGE_SIZE_MAX} are allowed, ask in parts", names.len()),
            });
        }
        let store = self.store.clone();
        run_blocking(move || {
            let (mut seqs, mut missing) = (Vec::new(), Vec::new());
            let heads = store.heads(&names)?;
            for (name, head) in names.into_iter().zip(heads) {
                match head.filter(|head| !head.deleted) {
                    Some(head) => seqs.push(head.seq),
                    None => missing.push(name),
                }
            }
            Ok((store.versions(&seqs)?, missing))
        })
        .await
    }

    /// A page of the conversation the mention belongs to, oldest first; deleted messages are left out.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::InvalidArgument`], [`EngineError::BadPageToken`].
    pub async fn conversation(
        &self,
        name: &MentionName,
        page_size: usize,
        page_token: &str,
    ) -> Result<ConversationPage, EngineError> {
        let page_size = match page_size {
            0 => CONVERSATION_PAGE_DEFAULT,
            size if size > PAGE_SIZE_MAX => return Err(page_too_large(size)),
            size => size,
        };
        let after = page_token::read_conversation(page_token)?;
        let (store, name) = (self.store.clone(), name.clone());
        run_blocking(move || {
            // A deleted message still leads to its conversation.
            let head = store.head(&name)?.ok_or_else(|| not_found(&name))?;
            let heads = store.thread_heads(head.thread, after, page_size)?;
            let is_last = heads.len() < page_size;
            let next = heads
                .last()
                .filter(|_| !is_last)
                .map(|last| page_token::write_conversation(last.created_at, last.number));
            let seqs: Vec<Seq> = heads.iter().filter(|head| !head.deleted).map(|head| head.seq).collect();
            Ok(ConversationPage {
                thread: head.thread,
                versions: store.versions(&seqs)?,
                next_page_token: next.unwrap_or_default(),
            })
        })
        .await
    }
}

pub(super) fn page_too_large(size: usize) -> EngineError {
    EngineError::InvalidArgument {
        field: "page_size".to_owned(),
        message: format!("is {size}; at most {PAGE_SIZE_MAX} are allowed, ask for more pages"),
    }
}

fn present(head: Option<Head>, name: &MentionName) -> Result<Head, EngineError> {
    head.filter(|head| !head.deleted).ok_or_else(|| not_found(name))
}

fn not_found(name: &MentionName) -> EngineError {
    EngineError::NotFound { what: "mention", name: name.to_string() }
}
