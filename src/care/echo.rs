use std::time::Duration;

use crate::model::{Mention, ReplyReason, Understanding};

/// Who writes the same again within this time repeats; after it, they ask anew.
pub const ECHO_WITHIN: Duration = Duration::from_hours(24);
/// Bytes of letters and digits below which a text says too little to be known again: "yes please" is no repetition.
const ECHO_BYTES_MIN: usize = 20;

/// What two mentions share when one repeats the other: platform, author, and the letters and digits of what is said without
/// handles and links, for many send the same to several accounts. `None` for what asks for nothing, for a short text, where nobody
/// knows the author, and in a conversation with the brand, where the same words answer another question.
#[must_use]
pub fn echo(mention: &Mention, understanding: &Understanding) -> Option<String> {
    let reply = &understanding.needs_reply;
    let follows_up = reply.reasons.contains(&ReplyReason::FollowUp);
    if !reply.asked || follows_up || understanding.is_own() || mention.author.handle.is_empty() {
        return None;
    }
    // Neither part holds control characters, so they cannot run together.
    let mut key = format!("{}\0{}\0", mention.name.platform, mention.author.handle.to_lowercase());
    let start = key.len();
    for word in mention.title.split_whitespace().chain(mention.text.split_whitespace()) {
        if !word.starts_with('@') && !word.starts_with("http") {
            key.extend(word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase));
        }
    }
    (key.len() - start >= ECHO_BYTES_MIN).then_some(key)
}
