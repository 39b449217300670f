use super::{Correction, Course, Desk, Due, Mention, Priority, Understanding, words};
use crate::base::{Seq, Timestamp};

static UNTOUCHED: Desk = Desk::UNTOUCHED;

/// The stable dense number of a mention, from 1: what the index and the store know it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MentionNumber(pub u64);

/// A conversation: the seq of the version that began it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ThreadId(pub u64);

/// One recorded state of a mention. It carries everything, so that it can be judged by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    /// Its place in the log.
    pub seq: Seq,
    /// The version of the same mention before this one; zero for the first.
    pub previous_seq: Seq,
    /// Which mention it is a state of.
    pub number: MentionNumber,
    /// Why it was recorded.
    pub cause: Cause,
    /// When it was recorded: the "now" for everything that is evaluated about it.
    pub recorded_at: Timestamp,
    /// When the first version of this mention was recorded.
    pub ingested_at: Timestamp,
    /// What was written. After a deletion only its name and times are left.
    pub mention: Mention,
    /// What was judged, and corrected by people. After a deletion the language is `und` and nothing else is known.
    pub understanding: Understanding,
    /// The conversation it belongs to; every mention belongs to one.
    pub thread: ThreadId,
    /// Where it stands at the care desk.
    pub status: Status,
    /// What it answers, where that has arrived.
    pub parent: Option<Parent>,
    /// The reply of the brand that answered it.
    pub answered_by: Option<super::MentionName>,
    /// An earlier mention in which its author wrote the same a short time before: the first one waits for an answer for both.
    pub repeats: Option<super::MentionName>,
    /// What a person corrected of the judgements.
    pub correction: Option<Box<Correction>>,
    /// What agents have done with it; `None`: nothing.
    pub desk: Option<Box<Desk>>,
    /// By when its brand has promised an answer.
    pub due: Option<Due>,
    /// How soon it should be answered; `None` where nobody waits.
    pub priority: Option<Box<Priority>>,
    /// How the conversation went up to here.
    pub course: Course,
    /// The source deleted it: it matches no query.
    pub deleted: bool,
}

impl Version {
    /// What the server judges without what people said.
    #[must_use]
    pub fn judged(&self) -> &Understanding {
        self.correction.as_ref().map_or(&self.understanding, |correction| &correction.judged)
    }

    /// What agents have done with it.
    #[must_use]
    pub fn desk(&self) -> &Desk {
        self.desk.as_deref().unwrap_or(&UNTOUCHED)
    }
}

words! {
    /// Why a version was recorded.
    Cause {
        /// It came in for the first time, or again after a deletion.
        Ingested = 1 "ingested",
        /// The source changed what it says.
        Edited = 2 "edited",
        /// Only its figures changed.
        Engagement = 3 "engagement",
        /// The source deleted it.
        Deleted = 4 "deleted",
        /// What it answers arrived later, or two threads turned out to be one.
        Threaded = 5 "threaded",
        /// An account of the brand replied.
        Answered = 6 "answered",
        /// What had answered it is gone, or an agent opened it again.
        Reopened = 7 "reopened",
        /// A person corrected a judgement, or took a correction back.
        Corrected = 8 "corrected",
        /// Its author wrote the same shortly before, or what it repeated is gone.
        Repeated = 9 "repeated",
        /// An agent began to work on it.
        Claimed = 10 "claimed",
        /// An agent goes on working on it.
        Renewed = 11 "renewed",
        /// An agent gave it back.
        Released = 12 "released",
        /// A claim ran out.
        Expired = 13 "expired",
        /// An agent recorded a reply that does not answer it.
        Replied = 14 "replied",
        /// It goes on elsewhere.
        HandedOff = 15 "handed_off",
        /// The responsible person was asked to decide.
        Escalated = 16 "escalated",
        /// It rests until a moment.
        Snoozed = 17 "snoozed",
        /// That moment has come.
        Woken = 18 "woken",
        /// An agent closed it.
        Closed = 19 "closed",
        /// An agent found that it is not for the brand to answer.
        Ignored = 20 "ignored",
        /// It was given to an agent, or to anybody.
        Assigned = 21 "assigned",
        /// An agent wrote a note.
        Noted = 22 "noted",
        /// There is little time left for the promised answer.
        DueSoon = 23 "due_soon",
        /// The promised answer did not come in time.
        Breached = 24 "breached",
    }
}

words! {
    /// Where a mention stands at the care desk; `status:` in queries.
    Status {
        /// Nobody asked for anything.
        None = 1 "none",
        /// Waits in the queue for an agent.
        NeedsReply = 2 "needs_reply",
        /// The brand has replied after it.
        Answered = 3 "answered",
        /// An agent works on the answer.
        Claimed = 4 "claimed",
        /// It comes back at a moment.
        Snoozed = 5 "snoozed",
        /// It goes on elsewhere.
        HandedOff = 6 "handed_off",
        /// An agent closed it.
        Closed = 7 "closed",
        /// An agent found that it is not for the brand to answer.
        Ignored = 8 "ignored",
    }
}

impl Status {
    /// Nobody has answered, and somebody should now: `needs:reply` in queries. A claim is no answer.
    #[must_use]
    pub const fn needs_reply(self) -> bool {
        matches!(self, Self::NeedsReply | Self::Claimed)
    }

    /// Nobody has answered, here or elsewhere, and the customer waits.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::NeedsReply | Self::Claimed | Self::Snoozed | Self::HandedOff)
    }
}

/// What a mention answers, as it was known when the version was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parent {
    /// Its author, without `@`.
    pub handle: String,
    /// The beginning of its text, at most [`crate::base::limits::PARENT_TEXT_BYTES_MAX`] bytes.
    pub text: String,
}
