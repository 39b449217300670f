use super::words;

/// How soon a mention should be answered, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Priority {
    /// Where the points put it.
    pub level: PriorityLevel,
    /// What speaks for and against it; the level follows from the sum of their points.
    pub parts: Vec<PriorityPart>,
}

/// One reason to answer sooner, or later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriorityPart {
    /// Which.
    pub kind: PriorityKind,
    /// How much it counts; below zero where it can wait.
    pub points: i32,
    /// The particulars: the tag of a rule, the number of followers; empty where the kind says it all.
    pub detail: String,
}

words! {
    /// How soon; `priority:` in queries.
    PriorityLevel {
        /// When everything else is done.
        Low = 1 "low",
        /// In its turn.
        Normal = 2 "normal",
        /// Before the normal ones.
        High = 3 "high",
        /// Before all.
        Urgent = 4 "urgent",
    }
}

words! {
    /// What a priority is made of.
    PriorityKind {
        /// It asks for an answer.
        Asks = 1 "asks",
        /// It was written to the brand alone.
        PrivateMessage = 2 "private_message",
        /// The conversation turns hostile.
        Conflict = 3 "conflict",
        /// Many read what its author writes.
        Reach = 4 "reach",
        /// Its author is not pleased.
        Negative = 5 "negative",
        /// The promised answer is due soon, or late.
        Waiting = 6 "waiting",
        /// Its author wants to buy.
        PurchaseIntent = 7 "purchase_intent",
        /// The responsible person was asked to decide.
        Escalated = 8 "escalated",
        /// A rule of the brand, by a tag.
        Rule = 9 "rule",
    }
}
