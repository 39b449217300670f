use super::words;

/// What the server judged about the words of a mention, each judgement with its evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct Understanding {
    /// In which language it is written.
    pub language: Language,
    /// How its author feels.
    pub sentiment: Sentiment,
    /// What its author wants; never empty, `Other` where nothing was recognised. Ordered by intent, each once.
    pub intents: Vec<IntentJudgement>,
    /// Where its author stands as a customer; `None` where nothing tells it.
    pub stage: Option<StageJudgement>,
    /// What it is about, of the topics that are looked for; ordered by topic, each once.
    pub topics: Vec<TopicJudgement>,
    /// Whether text and author ask for an answer. Whether it still waits for one is its [`super::Status`].
    pub needs_reply: NeedsReply,
    /// Whom it is about, ordered by brand id, each once.
    pub brands: Vec<BrandMatch>,
    /// Set by saved searches that it matches; ordered by tag and saved search, each pair once.
    pub tags: Vec<SetTag>,
}

impl Understanding {
    /// Nothing is known: what is left of a deleted mention, and where every judgement begins.
    #[must_use]
    pub fn nothing() -> Self {
        Self {
            language: Language {
                code: Language::UNDETERMINED.to_owned(),
                confidence: 0.0,
                evidence: LanguageEvidence::NoLetters,
                pieces: Vec::new(),
            },
            sentiment: Sentiment { label: SentimentLabel::Unscored, score: 0.0, evidence: Vec::new() },
            intents: Vec::new(),
            stage: None,
            topics: Vec::new(),
            needs_reply: NeedsReply {
                asked: false,
                score: 0.0,
                threshold: 0.0,
                reasons: Vec::new(),
                evidence: Vec::new(),
                closing: false,
            },
            brands: Vec::new(),
            tags: Vec::new(),
        }
    }

    /// One of the brand's own accounts wrote it.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.brands.iter().any(|brand| brand.own)
    }
}

/// A tag that a saved search has set.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SetTag {
    /// As `tag:` finds it.
    pub tag: String,
    /// Id of the saved search, as it was then.
    pub saved_search: String,
}

/// The language of a mention.
#[derive(Clone, Debug, PartialEq)]
pub struct Language {
    /// ISO 639-1, or 639-3 where there is none; `und` when it is not known.
    pub code: String,
    /// 0 to 1; 0 for `und`.
    pub confidence: f32,
    /// How it was found, or why not.
    pub evidence: LanguageEvidence,
    /// The words and letter groups that spoke most for it against the next language, the heaviest first; weights in parts of the
    /// log odds. Empty where the whole text or its script decided.
    pub pieces: Vec<Evidence>,
}

impl Language {
    /// The code of a language that could not be told.
    pub const UNDETERMINED: &'static str = "und";
}

words! {
    /// How a language was found, or why not.
    LanguageEvidence {
        /// Its letters are used by one language only.
        Script = 1 "script",
        /// Its letter sequences are typical.
        Statistics = 2 "statistics",
        /// Too few letters to tell.
        TooShort = 3 "too_short",
        /// Nothing but links, handles, numbers and signs.
        NoLetters = 4 "no_letters",
        /// Several languages are about as likely.
        Unsure = 5 "unsure",
        /// A trained model of its words and letter groups knows it.
        Model = 6 "model",
        /// It has short words that stand in nearly every sentence of one language.
        FrequentWords = 7 "frequent_words",
        /// Its words leave several; its author's earlier mentions speak for this one.
        History = 8 "history",
        /// A person said so.
        Corrected = 15 "corrected",
    }
}

/// How the author feels.
#[derive(Clone, Debug, PartialEq)]
pub struct Sentiment {
    /// The judgement.
    pub label: SentimentLabel,
    /// From -1 (negative) to 1 (positive); 0 when unscored.
    pub score: f32,
    /// What spoke for it, the heaviest first; weights in parts of the score.
    pub evidence: Vec<Evidence>,
}

words! {
    /// A judgement of feeling; `sentiment:` in queries.
    SentimentLabel {
        /// Angry, sad, disappointed.
        Negative = 1 "negative",
        /// Signs of both or of calm.
        Neutral = 2 "neutral",
        /// Glad, thankful, impressed.
        Positive = 3 "positive",
        /// No evidence to judge by.
        Unscored = 4 "unscored",
    }
}

/// A word, sign or fact that spoke for a judgement, or against it.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// What it is.
    pub kind: EvidenceKind,
    /// As it stands in the text; for a fact, its name.
    pub text: String,
    /// How much it counted, in the judgement's own unit; below zero when it spoke against.
    pub weight: f32,
}

impl Evidence {
    /// How the fact begins that a brand's own model changed a judgement.
    const TAUGHT: &str = "taught by ";

    /// That the model made of a brand's corrections changed a judgement.
    #[must_use]
    pub fn taught(brand: &str, corrections: usize, weight: f32) -> Self {
        let text = format!("{}{corrections} corrections of {brand}", Self::TAUGHT);
        Self { kind: EvidenceKind::Fact, text, weight }
    }

    /// Whether it tells that.
    #[must_use]
    pub fn is_taught(&self) -> bool {
        self.kind == EvidenceKind::Fact && self.text.starts_with(Self::TAUGHT)
    }
}

words! {
    /// What a piece of evidence is.
    EvidenceKind {
        /// A word or a run of words.
        Word = 1 "word",
        /// A pictogram or an emoticon.
        Emoji = 2 "emoji",
        /// Punctuation.
        Mark = 3 "mark",
        /// A word that a negation turned round.
        NegatedWord = 4 "negated_word",
        /// Something known beside the text, such as the rating.
        Fact = 5 "fact",
        /// A group of letters inside a word, or a whole one.
        Letters = 6 "letters",
    }
}

words! {
    /// What an author wants; `intent:` in queries. Several may hold.
    Intent {
        /// Asks something.
        Question = 1 "question",
        /// Tells of something that went wrong.
        Complaint = 2 "complaint",
        /// Asks for something to be done.
        Request = 3 "request",
        /// Would like something to exist.
        Wish = 4 "wish",
        /// Speaks well of it.
        Praise = 5 "praise",
        /// Wants to buy.
        Purchase = 6 "purchase",
        /// Thanks.
        Thanks = 7 "thanks",
        /// Nothing of the above was recognised.
        Other = 8 "other",
    }
}

/// An intent with what spoke for it.
#[derive(Clone, Debug, PartialEq)]
pub struct IntentJudgement {
    /// What the author wants.
    pub intent: Intent,
    /// Empty only for [`Intent::Other`].
    pub evidence: Vec<Evidence>,
}

words! {
    /// Where an author stands on the way of a customer; `stage:` in queries.
    Stage {
        /// Thinks of buying, compares, asks for the price.
        PrePurchase = 1 "pre_purchase",
        /// Has bought: uses it, waits for it, wants help with it, or wants to be rid of it.
        PostPurchase = 2 "post_purchase",
        /// Tells others to buy it, too.
        Advocacy = 3 "advocacy",
    }
}

/// A stage with what spoke for it.
#[derive(Clone, Debug, PartialEq)]
pub struct StageJudgement {
    /// Where the author stands.
    pub stage: Stage,
    /// Never empty.
    pub evidence: Vec<Evidence>,
}

/// That a mention is about a topic, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct TopicJudgement {
    /// Its id: lower-case letters, digits, `-`, `_`; `topic:` in queries.
    pub topic: String,
    /// Never empty.
    pub evidence: Vec<Evidence>,
}

/// Whether text and author ask for an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct NeedsReply {
    /// The score reaches the threshold and nothing forbids it.
    pub asked: bool,
    /// Sum of the weights of the evidence.
    pub score: f32,
    /// From where on it is asked.
    pub threshold: f32,
    /// Named reasons; not empty when asked, empty when not.
    pub reasons: Vec<ReplyReason>,
    /// What counted, for and against.
    pub evidence: Vec<Evidence>,
    /// It thanks, praises or says goodbye, and wants nothing: even the last word of a conversation with the brand waits for no answer.
    pub closing: bool,
}

words! {
    /// Why a mention needs a reply.
    ReplyReason {
        /// It asks something.
        Question = 1 "question",
        /// It tells of something that went wrong.
        Complaint = 2 "complaint",
        /// It asks for something to be done.
        Request = 3 "request",
        /// It would like something to exist.
        Wish = 4 "wish",
        /// It speaks to one of the brand's accounts.
        Addressed = 5 "addressed",
        /// It came by private message.
        PrivateMessage = 6 "private_message",
        /// It is a review.
        Review = 7 "review",
        /// Its author wants to buy.
        PurchaseIntent = 8 "purchase_intent",
        /// It goes on in a conversation with the brand.
        FollowUp = 9 "follow_up",
        /// A person said that it needs one.
        Corrected = 10 "corrected",
        /// What people said of other mentions of the brand speaks for it.
        Taught = 11 "taught",
    }
}

/// That a mention is about a brand, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct BrandMatch {
    /// Id of the brand profile.
    pub brand: String,
    /// Written by one of the brand's own accounts.
    pub own: bool,
    /// Never empty; ordered, each once.
    pub reasons: Vec<BrandReason>,
    /// What its author feels towards it, where the mention names several brands; `None` where the mention's own sentiment tells it.
    pub sentiment: Option<Sentiment>,
}

words! {
    /// Why a mention is attributed to a brand.
    BrandReason {
        /// The brand's query matches.
        Query = 1 "query",
        /// One of its accounts wrote it.
        Author = 2 "author",
        /// It answers one of its accounts.
        Addressed = 3 "addressed",
        /// It names one of its accounts.
        Mentioned = 4 "mentioned",
        /// It belongs to a conversation with one of its accounts.
        Thread = 5 "thread",
        /// A person said so.
        Corrected = 6 "corrected",
    }
}
