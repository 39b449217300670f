//! The one table of fields. A field that is not here does not exist, in either back-end.

use super::address::{host_of, normalize_address};

/// A text of a mention that words are looked for in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TextField {
    /// `title:`
    Title,
    /// `text:`
    Text,
    /// `author:`, handle and shown name.
    Author,
    /// `bio:`
    Bio,
    /// `parent:`, the text of what is answered.
    Parent,
}

impl TextField {
    /// Every text field, in the order of their bits in [`TextFields`].
    pub const ALL: [Self; 5] = [Self::Title, Self::Text, Self::Author, Self::Bio, Self::Parent];

    /// Its name in queries, highlights and the index.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Text => "text",
            Self::Author => "author",
            Self::Bio => "bio",
            Self::Parent => "parent",
        }
    }

    /// The field of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }
}

/// A set of text fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TextFields(u8);

impl TextFields {
    /// Where a word without a field is looked for: title and text.
    pub const DEFAULT: Self = Self(0b11);

    /// The set of one field.
    #[must_use]
    pub const fn one(field: TextField) -> Self {
        Self(1 << field as u8)
    }

    /// Whether the field is in the set.
    #[must_use]
    pub const fn contains(self, field: TextField) -> bool {
        self.0 & (1 << field as u8) != 0
    }

    /// Whether these are the fields of a word without a field.
    #[must_use]
    pub fn is_default(self) -> bool {
        self == Self::DEFAULT
    }

    /// The set as bits: that of a field is the one of its place in [`TextField::ALL`].
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// The set of these bits; `None` where it would be empty or hold what is no field.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Option<Self> {
        if bits == 0 || bits >= 1 << TextField::ALL.len() { None } else { Some(Self(bits)) }
    }

    /// The fields of the set, in order.
    pub fn iter(self) -> impl Iterator<Item = TextField> {
        TextField::ALL.into_iter().filter(move |&field| self.contains(field))
    }
}

macro_rules! fields {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_meta])* $variant),+ }

        impl $name {
            /// Every field of this sort.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name in queries.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The field of that name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

fields! {
    /// A fact with words as values.
    KeywordField {
        /// Handle of the author.
        From "from",
        /// Handle of the account that is answered.
        To "to",
        /// Handles named in the text.
        Mentions "mentions",
        /// Where it was written.
        Platform "platform",
        /// What sort of writing it is.
        Type "type",
        /// Detected language.
        Lang "lang",
        /// ISO 3166 code.
        Country "country",
        /// Host of the mention's own address, and every domain above it.
        Site "site",
        /// The mention's own address, without scheme and `www.`.
        Url "url",
        /// Addresses inside the text, likewise.
        Link "link",
        /// Conversation.
        Thread "thread",
        /// The mention itself, `platform/external_id`.
        Id "id",
        /// Brands it is attributed to.
        Brand "brand",
        /// Labels.
        Tag "tag",
        /// Judgement of feeling.
        Sentiment "sentiment",
        /// What the author wants.
        Intent "intent",
        /// Where the author stands as a customer.
        Stage "stage",
        /// What it is about, of the topics that are looked for.
        Topic "topic",
        /// `reply`: nobody has answered, and somebody should now.
        Needs "needs",
        /// Where it stands at the care desk.
        Status "status",
        /// What it contains.
        Has "has",
        /// What it is.
        Is "is",
        /// Agent who has claimed it, or is to answer it.
        Assignee "assignee",
        /// How soon it should be answered.
        Priority "priority",
        /// How the promised answer stands.
        Sla "sla",
    }
}

impl KeywordField {
    /// The only values there are, where the set is closed; checked in queries, with the nearest one suggested.
    #[must_use]
    pub fn values(self) -> Option<Vec<&'static str>> {
        use crate::model::{Intent, Kind, PriorityLevel, SentimentLabel, Sla, Stage, Status};
        match self {
            Self::Type => Some(Kind::ALL.iter().map(|kind| kind.word()).collect()),
            Self::Sentiment => Some(SentimentLabel::ALL.iter().map(|label| label.word()).collect()),
            Self::Intent => Some(Intent::ALL.iter().map(|intent| intent.word()).collect()),
            Self::Stage => Some(Stage::ALL.iter().map(|stage| stage.word()).collect()),
            Self::Needs => Some(vec!["reply"]),
            Self::Status => Some(Status::ALL.iter().map(|status| status.word()).collect()),
            Self::Has => Some(vec!["link", "media", "hashtag", "handle", "emoji", "question"]),
            Self::Is => Some(vec!["verified", "own", "private", "conflict", "answered_late"]),
            Self::Priority => Some(PriorityLevel::ALL.iter().map(|level| level.word()).collect()),
            Self::Sla => Some(Sla::ALL.iter().map(|sla| sla.word()).collect()),
            Self::From
            | Self::To
            | Self::Mentions
            | Self::Platform
            | Self::Lang
            | Self::Country
            | Self::Site
            | Self::Url
            | Self::Link
            | Self::Thread
            | Self::Id
            | Self::Brand
            | Self::Tag
            | Self::Topic
            | Self::Assignee => None,
        }
    }

    /// The one spelling of a value, for documents and queries alike. A spelling made so is its own spelling.
    #[must_use]
    pub fn normalize(self, value: &str) -> String {
        let value = value.trim();
        match self {
            // Ids are told apart by letter case on some platforms.
            Self::Id => value.to_owned(),
            Self::From | Self::To | Self::Mentions => value
                .trim_start_matches(|letter: char| letter.is_whitespace() || matches!(letter, '@' | '＠'))
                .to_lowercase(),
            Self::Url | Self::Link => normalize_address(value),
            Self::Site => host_of(&normalize_address(value)).trim_end().to_owned(),
            Self::Platform
            | Self::Type
            | Self::Lang
            | Self::Country
            | Self::Thread
            | Self::Brand
            | Self::Tag
            | Self::Sentiment
            | Self::Intent
            | Self::Stage
            | Self::Topic
            | Self::Needs
            | Self::Status
            | Self::Has
            | Self::Is
            | Self::Assignee
            | Self::Priority
            | Self::Sla => value.to_lowercase(),
        }
    }

    /// Values are compared by their beginning.
    #[must_use]
    pub const fn is_prefix(self) -> bool {
        matches!(self, Self::Url | Self::Link)
    }
}

fields! {
    /// A figure.
    NumberField {
        /// Of the author.
        Followers "followers",
        /// Of the mention.
        Likes "likes",
        /// Of the mention.
        Reposts "reposts",
        /// Of the mention.
        Replies "replies",
        /// Of the mention.
        Views "views",
        /// Likes, reposts and replies together.
        Engagement "engagement",
        /// How many may have seen it: views where known, else the author's followers.
        Reach "reach",
        /// What a review gave.
        Rating "rating",
        /// From -1 to 1; not set when unscored.
        SentimentScore "sentiment_score",
        /// Messages of the conversation. No mention holds it yet.
        Turns "turns",
    }
}

impl NumberField {
    /// Values are whole and not negative.
    #[must_use]
    pub const fn is_count(self) -> bool {
        !matches!(self, Self::Rating | Self::SentimentScore)
    }
}

fields! {
    /// A moment.
    TimeField {
        /// When its author wrote it.
        Published "published",
        /// When the server recorded it first.
        Ingested "ingested",
    }
}

fields! {
    /// A reading of a wall clock in the query's time zone, at the moment a mention was created.
    ClockPart {
        /// From 0 to 1439.
        MinuteOfDay "minute_of_day",
        /// From 1 (Monday) to 7.
        Weekday "weekday",
    }
}

/// Any field, as its name in a query says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Text(TextField),
    Keyword(KeywordField),
    Number(NumberField),
    Time(TimeField),
    Clock(ClockPart),
    /// `search:`, everything that a saved search matches.
    Search,
    /// `sample:`, a share of all mentions.
    Sample,
}

impl Field {
    /// The field of that name, in any letter case.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        None.or_else(|| TextField::from_name(&name).map(Self::Text))
            .or_else(|| KeywordField::from_name(&name).map(Self::Keyword))
            .or_else(|| NumberField::from_name(&name).map(Self::Number))
            .or_else(|| TimeField::from_name(&name).map(Self::Time))
            .or_else(|| ClockPart::from_name(&name).map(Self::Clock))
            .or_else(|| [Self::Search, Self::Sample].into_iter().find(|field| field.name() == name))
    }

    /// Its name in queries.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Text(field) => field.name(),
            Self::Keyword(field) => field.name(),
            Self::Number(field) => field.name(),
            Self::Time(field) => field.name(),
            Self::Clock(part) => part.name(),
            Self::Search => "search",
            Self::Sample => "sample",
        }
    }

    /// Values are addresses, in which `?`, `=` and brackets are letters like others.
    pub(super) const fn is_address(self) -> bool {
        matches!(self, Self::Keyword(KeywordField::Url | KeywordField::Link))
    }

    /// The names of all fields.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        (TextField::ALL.iter().map(|field| field.name()))
            .chain(KeywordField::ALL.iter().map(|field| field.name()))
            .chain(NumberField::ALL.iter().map(|field| field.name()))
            .chain(TimeField::ALL.iter().map(|field| field.name()))
            .chain(ClockPart::ALL.iter().map(|part| part.name()))
            .chain([Self::Search.name(), Self::Sample.name()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_one_spelling() {
        for (field, written, spelling) in [
            (KeywordField::From, "@AppleSupport", "applesupport"),
            (KeywordField::From, "＠@Ｘ", "ｘ"),
            (KeywordField::Url, "HTTPS://www.Example.com/Path?a=B", "example.com/Path?a=B"),
            (KeywordField::Link, "example.com/r?u=http://Other.org", "example.com/r?u=http://Other.org"),
            (KeywordField::Link, "http://http://www.www.a.b", "a.b"),
            (KeywordField::Site, "https://www.Example.co.uk/shop/", "example.co.uk"),
            (KeywordField::Lang, "IT", "it"),
            (KeywordField::Id, "x/AbC", "x/AbC"),
        ] {
            assert_eq!(field.normalize(written), spelling, "{written}");
            assert_eq!(field.normalize(spelling), spelling, "the spelling of {written} is not its own spelling");
        }
    }
}
