use ascolto::proto::v1::{Author, Mention};
use prost_types::Timestamp;

/// The moment all stories of the tests begin: 2026-01-05T09:00:00Z, a Monday.
pub const STORY_BEGINS: i64 = 1_767_603_600;

/// So many seconds into the story.
pub fn at(second: i64) -> Option<Timestamp> {
    Some(Timestamp { seconds: STORY_BEGINS + second, nanos: 0 })
}

/// A post by `@anna` on `forum`, so many seconds into the story.
pub fn mention(external_id: &str, text: &str, second: i64) -> Mention {
    Mention {
        platform: "forum".to_owned(),
        external_id: external_id.to_owned(),
        author: Some(Author { handle: "anna".to_owned(), ..Author::default() }),
        text: text.to_owned(),
        created_at: at(second),
        observed_at: at(second),
        ..Mention::default()
    }
}

/// A mention that answers another one.
pub fn reply(external_id: &str, text: &str, second: i64, to: &str) -> Mention {
    Mention { in_reply_to: to.to_owned(), ..mention(external_id, text, second) }
}
