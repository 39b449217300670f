use crate::model::{Mention, Understanding};

/// What is left of a mention that its source deleted: its name, its times and its place. Nothing it said, nothing about who said it.
#[must_use]
pub fn tombstone(mention: &Mention) -> (Mention, Understanding) {
    let left = Mention {
        observed_at: mention.observed_at,
        in_reply_to: mention.in_reply_to.clone(),
        ..Mention::new(mention.name.clone(), mention.kind, mention.created_at)
    };
    (left, Understanding::nothing())
}
