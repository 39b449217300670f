use std::fmt;

use super::words;
use crate::base::Timestamp;

/// Something somebody wrote, as its source tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Mention {
    /// Where, and the platform's own id of it.
    pub name: MentionName,
    /// What sort of writing it is.
    pub kind: Kind,
    /// Who wrote it.
    pub author: Author,
    /// Empty where it has none.
    pub title: String,
    /// Empty where it is only a rating or a picture.
    pub text: String,
    /// When its author wrote it.
    pub created_at: Timestamp,
    /// When the source saw this state of it.
    pub observed_at: Timestamp,
    /// The id, on the same platform, of what this answers.
    pub in_reply_to: Option<String>,
    /// Handle of the account that is answered, without `@`.
    pub to_handle: Option<String>,
    /// Its own address.
    pub url: Option<String>,
    /// What others did with it.
    pub engagement: Engagement,
    /// What a review gave, as the platform counts it.
    pub rating: Option<f64>,
    /// The language the source claims.
    pub source_language: Option<String>,
    /// ISO 3166-1 alpha-2, upper case.
    pub country: Option<String>,
    /// Labels the source sets.
    pub tags: Vec<String>,
    /// Addresses of pictures, films and sound.
    pub media: Vec<String>,
}

impl Mention {
    /// A mention that says nothing yet, by nobody: what every state of it begins with, and all that is left after a deletion.
    #[must_use]
    pub fn new(name: MentionName, kind: Kind, created_at: Timestamp) -> Self {
        Self {
            name,
            kind,
            author: Author::default(),
            title: String::new(),
            text: String::new(),
            created_at,
            observed_at: created_at,
            in_reply_to: None,
            to_handle: None,
            url: None,
            engagement: Engagement::default(),
            rating: None,
            source_language: None,
            country: None,
            tags: Vec::new(),
            media: Vec::new(),
        }
    }

    /// Only callers with the right to private mentions may see it.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.kind == Kind::Dm
    }

    /// Bytes of its texts and addresses: nearly all that it takes in memory and on disk.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let texts = [&self.title, &self.text, &self.author.bio, &self.author.name, &self.name.external_id];
        let lists = self.tags.iter().chain(&self.media).chain(&self.url);
        texts.into_iter().chain(lists).map(String::len).sum()
    }
}

/// The name of a mention: `platform/external_id`. A platform has no slash, so the first one divides them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MentionName {
    /// Lower-case letters, digits, `_`, `-`, `.`.
    pub platform: String,
    /// Any letters but control characters.
    pub external_id: String,
}

impl MentionName {
    /// Reads `platform/external_id`; `None` where there is no slash or one side is empty.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let (platform, external_id) = name.split_once('/')?;
        (!platform.is_empty() && !external_id.is_empty())
            .then(|| Self { platform: platform.to_owned(), external_id: external_id.to_owned() })
    }
}

impl fmt::Display for MentionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.platform, self.external_id)
    }
}

words! {
    /// What sort of writing a mention is; `type:` in queries.
    Kind {
        /// Stands by itself.
        Post = 1 "post",
        /// Answers another message.
        Reply = 2 "reply",
        /// Stands under somebody's post.
        Comment = 3 "comment",
        /// Passes another's words on without own ones.
        Repost = 4 "repost",
        /// Passes another's words on with own ones.
        Quote = 5 "quote",
        /// A private message.
        Dm = 6 "dm",
        /// Judges a product, place or service.
        Review = 7 "review",
    }
}

/// Who wrote a mention.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Author {
    /// Without `@`; empty where the source does not say.
    pub handle: String,
    /// The name shown.
    pub name: String,
    /// What they say of themselves.
    pub bio: String,
    /// How many accounts follow them.
    pub followers: Option<u64>,
    /// The platform vouches for them.
    pub verified: bool,
}

/// What others did with a mention; a figure the source did not give is absent, not zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Engagement {
    /// Hearts, thumbs, stars.
    pub likes: Option<u64>,
    /// Times it was passed on.
    pub reposts: Option<u64>,
    /// Times it was answered, as the platform counts.
    pub replies: Option<u64>,
    /// Times it was seen.
    pub views: Option<u64>,
}

impl Engagement {
    /// `newer` where it says something, this one elsewhere.
    #[must_use]
    pub fn merged_with(self, newer: Self) -> Self {
        Self {
            likes: newer.likes.or(self.likes),
            reposts: newer.reposts.or(self.reposts),
            replies: newer.replies.or(self.replies),
            views: newer.views.or(self.views),
        }
    }

    /// Likes, reposts and replies together; `None` where none of them is known. Views are not an act.
    #[must_use]
    pub fn total(self) -> Option<u64> {
        [self.likes, self.reposts, self.replies].into_iter().flatten().reduce(u64::saturating_add)
    }
}
