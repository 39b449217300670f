//! What one version of a mention offers to a query: the one reading of a mention for both back-ends.
//!
//! A version that is deleted offers nothing and matches nothing; callers leave it out before they come here.

use std::borrow::Cow;

use super::{KeywordField, Node, NumberField, Sample, TextField, TextFields, TimeField};
use crate::{
    base::Timestamp,
    model::{Language, Mention, MentionName, SentimentLabel, Sla, Status, Version},
    text::{STEM, SegmentKind, Tokens, WRITTEN, Word, segments},
};

/// The text of a field as the tokenizer gets it. Highlights are byte ranges of exactly this.
#[must_use]
pub fn text(version: &Version, field: TextField) -> Cow<'_, str> {
    match field {
        TextField::Parent => Cow::Borrowed(version.parent.as_ref().map_or("", |parent| &parent.text)),
        TextField::Title | TextField::Text | TextField::Author | TextField::Bio => {
            mention_text(&version.mention, field)
        }
    }
}

fn mention_text(mention: &Mention, field: TextField) -> Cow<'_, str> {
    match field {
        TextField::Title => Cow::Borrowed(&mention.title),
        TextField::Text => Cow::Borrowed(&mention.text),
        TextField::Author => match (mention.author.handle.as_str(), mention.author.name.as_str()) {
            (handle, "") => Cow::Borrowed(handle),
            ("", name) => Cow::Borrowed(name),
            (handle, name) => Cow::Owned(format!("{handle} {name}")),
        },
        TextField::Bio => Cow::Borrowed(&mention.author.bio),
        TextField::Parent => Cow::Borrowed(""),
    }
}

/// Whether a field holds more than blanks.
#[must_use]
pub fn has_text(version: &Version, field: TextField) -> bool {
    !text(version, field).trim().is_empty()
}

/// Code of the language whose stems the texts of a version have; also those of its author and of what it answers.
#[must_use]
pub fn language(version: &Version) -> &str {
    &version.understanding.language.code
}

/// A number below [`Sample::WHOLE`] that a mention keeps for ever: a hash of its name, so it says nothing about the mention,
/// and is the same on every server.
#[must_use]
pub fn sample(name: &MentionName) -> u16 {
    let hash = blake3::hash(name.to_string().as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hash.as_bytes()[..8]);
    u16::try_from(u64::from_le_bytes(first) % u64::from(Sample::WHOLE)).unwrap_or(0)
}

/// Every fact, value normalised; ordered by field, no pair twice.
#[must_use]
pub fn keywords(version: &Version) -> Vec<(KeywordField, String)> {
    needed_keywords(version, &Needed::ALL)
}

fn needed_keywords(version: &Version, needed: &Needed) -> Vec<(KeywordField, String)> {
    let mut facts = Facts { needed, found: Vec::with_capacity(16) };
    facts.add_mention(&version.mention);
    if version.mention.to_handle.is_none()
        && let Some(parent) = &version.parent
    {
        facts.add(KeywordField::To, &parent.handle);
    }
    facts.add(KeywordField::Thread, &version.thread.0.to_string());
    facts.add(KeywordField::Status, version.status.word());
    if version.status.needs_reply() {
        facts.add(KeywordField::Needs, "reply");
    }
    let understanding = &version.understanding;
    facts.add(KeywordField::Lang, &understanding.language.code);
    // Whoever asks for Hindi asks for Hindi in Latin letters, `hi-Latn`, too.
    if let Some((language, _)) = understanding.language.code.split_once('-') {
        facts.add(KeywordField::Lang, language);
    }
    facts.add(KeywordField::Sentiment, understanding.sentiment.label.word());
    understanding.intents.iter().for_each(|judged| facts.add(KeywordField::Intent, judged.intent.word()));
    if let Some(judged) = &understanding.stage {
        facts.add(KeywordField::Stage, judged.stage.word());
    }
    understanding.topics.iter().for_each(|judged| facts.add(KeywordField::Topic, &judged.topic));
    understanding.brands.iter().for_each(|brand| facts.add(KeywordField::Brand, &brand.brand));
    understanding.tags.iter().for_each(|set| facts.add(KeywordField::Tag, &set.tag));
    if understanding.is_own() {
        facts.add(KeywordField::Is, "own");
    }
    facts.add_desk(version);
    facts.sorted()
}

/// Facts on their way into order: those that are needed.
struct Facts<'a> {
    needed: &'a Needed,
    found: Vec<(KeywordField, String)>,
}

impl Facts<'_> {
    /// Where it stands at the care desk, beside its status.
    fn add_desk(&mut self, version: &Version) {
        let desk = version.desk();
        // Only its assignee may claim what is assigned.
        if let Some(agent) = desk.claim.as_ref().map(|claim| &claim.agent).or(desk.assignee.as_ref()) {
            self.add(KeywordField::Assignee, agent);
        }
        if let Some(priority) = &version.priority {
            self.add(KeywordField::Priority, priority.level.word());
        }
        if let Some(due) = version.due {
            self.add(KeywordField::Sla, due.sla.word());
            if due.sla == Sla::Breached && version.status == Status::Answered {
                self.add(KeywordField::Is, "answered_late");
            }
        }
        if version.course.is_conflict && !version.understanding.is_own() {
            self.add(KeywordField::Is, "conflict");
        }
    }

    fn add(&mut self, field: KeywordField, value: &str) {
        if !value.is_empty() && self.needed.has_fact(field) {
            self.found.push((field, field.normalize(value)));
        }
    }

    fn needs_any(&self, fields: &[KeywordField]) -> bool {
        fields.iter().any(|field| self.needed.has_fact(*field))
    }

    fn sorted(mut self) -> Vec<(KeywordField, String)> {
        self.found.sort_unstable();
        self.found.dedup();
        self.found
    }

    /// What is known of a mention before anything is judged.
    fn add_mention(&mut self, mention: &Mention) {
        self.add(KeywordField::Platform, &mention.name.platform);
        if self.needed.has_fact(KeywordField::Id) {
            self.add(KeywordField::Id, &mention.name.to_string());
        }
        self.add(KeywordField::Type, mention.kind.word());
        self.add(KeywordField::From, &mention.author.handle);
        self.add(KeywordField::To, mention.to_handle.as_deref().unwrap_or_default());
        self.add(KeywordField::Country, mention.country.as_deref().unwrap_or_default());
        mention.tags.iter().for_each(|tag| self.add(KeywordField::Tag, tag));
        if let Some(url) = &mention.url {
            self.add(KeywordField::Url, url);
            if self.needed.has_fact(KeywordField::Site) {
                self.add_sites(url);
            }
        }
        if !mention.media.is_empty() {
            self.add(KeywordField::Has, "media");
        }
        if mention.author.verified {
            self.add(KeywordField::Is, "verified");
        }
        if mention.is_private() {
            self.add(KeywordField::Is, "private");
        }
        if self.needs_any(&[KeywordField::Has, KeywordField::Link, KeywordField::Mentions]) {
            for text in [&mention.title, &mention.text] {
                self.add_contents(text);
            }
        }
    }

    /// The host and every domain above it: whoever asks for a domain asks for its subdomains.
    fn add_sites(&mut self, url: &str) {
        let address = KeywordField::Site.normalize(url);
        let host = address.split(['/', '?', '#', ':']).next().unwrap_or_default();
        let mut domain = host;
        while !domain.is_empty() {
            self.add(KeywordField::Site, domain);
            domain = domain.split_once('.').map_or("", |(_, above)| above);
        }
    }

    fn add_contents(&mut self, text: &str) {
        for segment in segments(text) {
            match segment.kind {
                SegmentKind::Link => {
                    self.add(KeywordField::Has, "link");
                    self.add(KeywordField::Link, segment.body);
                }
                SegmentKind::Hashtag => self.add(KeywordField::Has, "hashtag"),
                SegmentKind::Handle => {
                    self.add(KeywordField::Has, "handle");
                    self.add(KeywordField::Mentions, segment.body);
                }
                SegmentKind::Emoji => self.add(KeywordField::Has, "emoji"),
                SegmentKind::Word | SegmentKind::Run | SegmentKind::Cashtag | SegmentKind::Symbol => {}
            }
        }
        // Latin, full-width, Arabic, Greek-style Armenian, Ethiopic: the marks that end a question.
        if text.contains(['?', '？', '؟', '՞', '፧', '⁇', '‽']) {
            self.add(KeywordField::Has, "question");
        }
    }
}

/// A figure, where it is known.
#[must_use]
pub fn number(version: &Version, field: NumberField) -> Option<f64> {
    let sentiment = &version.understanding.sentiment;
    match field {
        NumberField::SentimentScore => {
            (sentiment.label != SentimentLabel::Unscored).then(|| f64::from(sentiment.score))
        }
        // The brand's own words are no turn of a customer.
        NumberField::Turns if version.understanding.is_own() => None,
        NumberField::Turns => Some(f64::from(version.course.turns)),
        _ => mention_number(&version.mention, field),
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts beyond 2^53 do not occur; both back-ends round alike")]
fn mention_number(mention: &Mention, field: NumberField) -> Option<f64> {
    let engagement = mention.engagement;
    let count = match field {
        NumberField::Followers => mention.author.followers,
        NumberField::Likes => engagement.likes,
        NumberField::Reposts => engagement.reposts,
        NumberField::Replies => engagement.replies,
        NumberField::Views => engagement.views,
        NumberField::Engagement => engagement.total(),
        NumberField::Reach => engagement.views.or(mention.author.followers),
        NumberField::Rating => return mention.rating,
        NumberField::SentimentScore | NumberField::Turns => return None,
    };
    count.map(|count| count as f64)
}

/// A moment.
#[must_use]
pub fn time(version: &Version, field: TimeField) -> Timestamp {
    match field {
        TimeField::Published => version.mention.created_at,
        TimeField::Ingested => version.ingested_at,
    }
}

/// Everything one version offers, cut into terms: what the matcher and the highlighter read.
#[derive(Clone, Debug)]
pub struct Document {
    /// By [`TextField`] as index.
    pub texts: [Tokens; 5],
    /// By [`TextField`] as index: as [`has_text`] says.
    pub has_text: [bool; 5],
    /// As [`keywords`] gives them.
    pub keywords: Vec<(KeywordField, String)>,
    /// By [`NumberField`] as index.
    pub numbers: [Option<f64>; NumberField::ALL.len()],
    /// [`TimeField::Published`].
    pub published: Timestamp,
    /// [`TimeField::Ingested`].
    pub ingested: Timestamp,
    /// As [`sample`] gives it.
    pub sample: u16,
}

impl Document {
    /// Reads all of a version.
    #[must_use]
    pub fn of(version: &Version) -> Self {
        Self::of_needed(version, &Needed::ALL)
    }

    /// Reads of a version what is needed: each text is cut at most once, and no fact is made that nobody asks for.
    #[must_use]
    pub fn of_needed(version: &Version, needed: &Needed) -> Self {
        let language = if needed.stems { language(version) } else { Language::UNDETERMINED };
        let tokens = |field: TextField| {
            if needed.has_text(field) {
                Tokens::of_asked(&text(version, field), language, needed.case)
            } else {
                Tokens::default()
            }
        };
        Self {
            texts: TextField::ALL.map(tokens),
            has_text: TextField::ALL.map(|field| has_text(version, field)),
            keywords: needed_keywords(version, needed),
            numbers: std::array::from_fn(|index| number(version, NumberField::ALL[index])),
            published: time(version, TimeField::Published),
            ingested: time(version, TimeField::Ingested),
            sample: if needed.sample { sample(&version.mention.name) } else { 0 },
        }
    }

    /// Reads of a mention that nobody has judged yet what the queries of brand profiles need. As its language is not known, its
    /// words have no stems: `~word` finds the word itself.
    #[must_use]
    pub fn of_mention(mention: &Mention, needed: &Needed) -> Self {
        let mut facts = Facts { needed, found: Vec::new() };
        facts.add_mention(mention);
        let tokens = |field: TextField| {
            if needed.has_text(field) {
                Tokens::of_asked(&mention_text(mention, field), Language::UNDETERMINED, needed.case)
            } else {
                Tokens::default()
            }
        };
        Self {
            texts: TextField::ALL.map(tokens),
            has_text: TextField::ALL.map(|field| !mention_text(mention, field).trim().is_empty()),
            keywords: facts.sorted(),
            numbers: std::array::from_fn(|index| mention_number(mention, NumberField::ALL[index])),
            published: mention.created_at,
            ingested: mention.observed_at,
            sample: if needed.sample { sample(&mention.name) } else { 0 },
        }
    }
}

/// What queries look at and costs something to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needed {
    /// By [`TextField`] as index.
    texts: [bool; 5],
    /// By [`KeywordField`] as bit.
    facts: u32,
    /// Stems are asked for: finding them takes as long as all else that is done to a word.
    stems: bool,
    /// Letter case is asked for, or words that show none.
    case: bool,
    /// The number in samples is asked for.
    sample: bool,
}

impl Needed {
    /// Everything there is.
    pub const ALL: Self = Self { texts: [true; 5], facts: u32::MAX, stems: true, case: true, sample: true };

    /// What it takes to tell whether these queries match.
    #[must_use]
    pub fn to_match<'q>(queries: impl IntoIterator<Item = &'q Node>) -> Self {
        let mut needed = Self::default();
        queries.into_iter().for_each(|query| needed.add(query, true));
        needed
    }

    /// What it takes to mark this query's words in a version that is known to match.
    #[must_use]
    pub fn to_mark(query: &Node) -> Self {
        let mut needed = Self::default();
        needed.add(query, false);
        needed
    }

    /// Whether a text is looked at.
    #[must_use]
    pub const fn has_text(&self, field: TextField) -> bool {
        self.texts[field as usize]
    }

    /// Whether a fact is looked at.
    #[must_use]
    pub const fn has_fact(&self, field: KeywordField) -> bool {
        self.facts >> field as u32 & 1 != 0
    }

    /// Words of these fields are looked at too.
    pub fn add_texts(&mut self, fields: TextFields) {
        fields.iter().for_each(|field| self.texts[field as usize] = true);
    }

    /// This fact is looked at too.
    pub const fn add_fact(&mut self, field: KeywordField) {
        self.facts |= 1 << field as u32;
    }

    /// Stems are looked at too.
    pub const fn add_stems(&mut self) {
        self.stems = true;
    }

    /// Letter case is looked at too.
    pub const fn add_case(&mut self) {
        self.case = true;
    }

    /// The number in samples is looked at too.
    pub const fn add_sample(&mut self) {
        self.sample = true;
    }

    /// What either looks at.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        let mut texts = self.texts;
        texts.iter_mut().zip(other.texts).for_each(|(needed, other)| *needed |= other);
        Self {
            texts,
            facts: self.facts | other.facts,
            stems: self.stems || other.stems,
            case: self.case || other.case,
            sample: self.sample || other.sample,
        }
    }

    /// Words that match are marked; only of alternatives it has to be found out which one matches.
    fn add(&mut self, node: &Node, is_alternative: bool) {
        match node {
            Node::Words(words) => {
                self.add_texts(words.fields);
                words.pattern.for_each_word(&mut |word| {
                    match word {
                        Word::OneOf(forms) => {
                            self.stems |= forms.iter().any(|form| form.starts_with(STEM));
                            self.case |= forms.iter().any(|form| form.starts_with(WRITTEN));
                        }
                        Word::Form(form) => self.case |= form.starts_with(WRITTEN),
                        Word::Like(wildcard) => self.case |= wildcard.head.starts_with(WRITTEN),
                        // Found by what does not stand beside it.
                        Word::Plain(_) => self.case = true,
                    }
                });
            }
            Node::Sample(_) => self.sample = true,
            Node::Keyword(keyword) if is_alternative => self.add_fact(keyword.field),
            Node::And(parts) => parts.iter().for_each(|part| self.add(part, is_alternative)),
            Node::Or(parts) => parts.iter().for_each(|part| self.add(part, true)),
            Node::Not(part) if is_alternative => self.add(part, true),
            Node::Keyword(_)
            | Node::Not(_)
            | Node::All
            | Node::HasText(_)
            | Node::Number(_)
            | Node::Time(_)
            | Node::LocalTime(_) => {}
            Node::Reference(never) => match *never {},
        }
    }
}
