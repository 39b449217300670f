use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use super::{desk::is_same_agent, tick_at};
use crate::{
    base::{Seq, Timestamp},
    model::{MentionNumber, PriorityLevel, Status, ThreadId, Version},
};

/// What waits at the care desk, in the order in which it should be answered, and when time alone changes something.
///
/// It follows the log: every version goes in, in order, and what is not open goes out. A mention somebody is about to claim can be
/// reserved meanwhile, so that those who ask for the next one do not all get the same.
#[derive(Debug, Default)]
pub struct Queue {
    open: HashMap<MentionNumber, Open>,
    /// What waits for an agent, by what agents are chosen for: few kinds, each in its order.
    waiting: HashMap<Arc<Kind>, BTreeMap<Place, Candidate>>,
    /// Who is working on what a customer asks in a conversation; two agents must not answer the same customer at once.
    held: HashMap<Customer, Vec<(MentionNumber, Arc<str>)>>,
    ticks: BTreeSet<(Timestamp, MentionNumber)>,
    reserved: HashMap<MentionNumber, Reserved>,
    /// The same by customer: who is about to work for one holds them already.
    about_to_hold: HashMap<Customer, Vec<(MentionNumber, Arc<str>)>>,
    reached: Seq,
}

/// What agents are chosen for.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Kind {
    brands: Vec<String>,
    language: String,
    platform: String,
}

/// Before whom in the queue: first the urgent, then the old.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    level: Reverse<PriorityLevel>,
    created_at: Timestamp,
    number: MentionNumber,
}

/// One customer's part of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Customer {
    thread: ThreadId,
    handle: String,
}

#[derive(Debug)]
struct Open {
    seq: Seq,
    kind: Arc<Kind>,
    place: Place,
    status: Status,
    customer: Customer,
    tick_at: Option<Timestamp>,
}

#[derive(Debug)]
struct Candidate {
    seq: Seq,
    customer: Customer,
    assignee: Option<String>,
    /// Topics and tags: what an agent must know about.
    skills: Vec<String>,
}

/// A mention that somebody is about to claim.
#[derive(Debug)]
struct Reserved {
    customer: Customer,
    /// The version that claims it, once that is recorded.
    claimed: Option<Seq>,
}

/// Which mentions an agent takes. What is empty allows everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// About one of these brands.
    pub brands: Vec<String>,
    /// In one of these languages.
    pub languages: Vec<String>,
    /// On one of these platforms.
    pub platforms: Vec<String>,
    /// With one of these topics or tags.
    pub skills: Vec<String>,
}

/// Open mentions, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueCounts {
    /// Wait for an agent, by level: low, normal, high, urgent.
    pub waiting: [u64; 4],
    /// When the oldest of those was written.
    pub oldest: Option<Timestamp>,
    /// Agents work on them.
    pub claimed: u64,
    /// Come back at a moment.
    pub snoozed: u64,
    /// Go on elsewhere.
    pub handed_off: u64,
}

impl Queue {
    /// Takes over a recorded version. One that is older than what is known of its mention changes nothing.
    pub fn record(&mut self, version: &Version) {
        self.reached = self.reached.max(version.seq);
        self.take_over(version);
    }

    /// Takes over the newest version of a mention ahead of the log, which is followed from an earlier place on.
    pub fn record_at_start(&mut self, version: &Version) {
        self.take_over(version);
    }

    fn take_over(&mut self, version: &Version) {
        let reserved = self.reserved.get(&version.number);
        if reserved.is_some_and(|reserved| reserved.claimed.is_some_and(|claimed| claimed <= version.seq)) {
            self.give_up(version.number);
        }
        if self.open.get(&version.number).is_some_and(|known| known.seq >= version.seq) {
            return;
        }
        self.take_out(version.number);
        if version.status.is_open() && !version.deleted {
            self.put_in(version);
        }
    }

    /// Every version up to here has been taken over.
    pub fn reach(&mut self, seq: Seq) {
        self.reached = self.reached.max(seq);
    }

    /// The newest version that has been taken over.
    #[must_use]
    pub const fn reached(&self) -> Seq {
        self.reached
    }

    /// Reserves the mention that this agent should answer next; the number and seq of it. `None`: nothing waits that they may take.
    pub fn reserve_next(&mut self, agent: &str, wanted: &Wanted) -> Option<(MentionNumber, Seq)> {
        let next = self
            .waiting
            .iter()
            .filter(|(kind, _)| wanted.allows(kind))
            .filter_map(|(_, waiting)| {
                waiting.iter().find(|(place, it)| self.may_take(agent, wanted, place.number, it))
            })
            .min_by_key(|(place, _)| **place)
            .map(|(place, candidate)| (place.number, candidate.seq, candidate.customer.clone()))?;
        let (number, seq, customer) = next;
        self.about_to_hold.entry(customer.clone()).or_default().push((number, agent.into()));
        self.reserved.insert(number, Reserved { customer, claimed: None });
        Some((number, seq))
    }

    /// What was reserved is claimed by a version with this seq; it is nobody else's until that one has been taken over.
    pub fn claimed(&mut self, number: MentionNumber, seq: Seq) {
        if seq <= self.reached {
            self.give_up(number);
        } else if let Some(reserved) = self.reserved.get_mut(&number) {
            reserved.claimed = Some(seq);
        }
    }

    /// What was reserved is not claimed after all.
    pub fn give_up(&mut self, number: MentionNumber) {
        if let Some(reserved) = self.reserved.remove(&number) {
            forget_holder(&mut self.about_to_hold, &reserved.customer, number);
        }
    }

    /// What waits in its order, behind this place where one is given: place and seq of at most so many.
    #[must_use]
    pub fn list(&self, wanted: &Wanted, after: Option<Place>, count_max: usize) -> Vec<(Place, Seq)> {
        let start = after.map_or(std::ops::Bound::Unbounded, std::ops::Bound::Excluded);
        let mut found: Vec<(Place, Seq)> = Vec::new();
        for (_, waiting) in self.waiting.iter().filter(|(kind, _)| wanted.allows(kind)) {
            let fitting = waiting.range((start, std::ops::Bound::Unbounded)).filter(|(_, it)| wanted.has_skill(it));
            found.extend(fitting.take(count_max).map(|(place, candidate)| (*place, candidate.seq)));
        }
        found.sort_unstable();
        found.truncate(count_max);
        found
    }

    /// Open mentions that fit, counted; what agents must know is asked only of what waits.
    #[must_use]
    pub fn counts(&self, wanted: &Wanted) -> QueueCounts {
        let mut counts = QueueCounts::default();
        for open in self.open.values().filter(|open| wanted.allows(&open.kind)) {
            match open.status {
                Status::Claimed => counts.claimed += 1,
                Status::Snoozed => counts.snoozed += 1,
                Status::HandedOff => counts.handed_off += 1,
                _ => {
                    let is_fit = wanted.skills.is_empty()
                        || self
                            .waiting
                            .get(&open.kind)
                            .and_then(|waiting| waiting.get(&open.place))
                            .is_some_and(|candidate| wanted.has_skill(candidate));
                    if is_fit {
                        counts.waiting[level_index(open.place.level.0)] += 1;
                        counts.oldest =
                            Some(counts.oldest.map_or(open.place.created_at, |it| it.min(open.place.created_at)));
                    }
                }
            }
        }
        counts
    }

    /// Mentions of which time alone changes something at this moment or before, the earliest first, at most so many.
    #[must_use]
    pub fn ticking(&self, now: Timestamp, count_max: usize) -> Vec<MentionNumber> {
        self.ticks.iter().take_while(|(at, _)| *at <= now).take(count_max).map(|(_, number)| *number).collect()
    }

    /// The first moment at which time alone changes something.
    #[must_use]
    pub fn next_tick(&self) -> Option<Timestamp> {
        self.ticks.first().map(|(at, _)| *at)
    }

    fn may_take(&self, agent: &str, wanted: &Wanted, number: MentionNumber, candidate: &Candidate) -> bool {
        let is_held = || {
            let holders = [&self.held, &self.about_to_hold].map(|held| held.get(&candidate.customer));
            holders.into_iter().flatten().flatten().any(|(_, holder)| &**holder != agent)
        };
        !self.reserved.contains_key(&number)
            && candidate.assignee.as_ref().is_none_or(|assignee| is_same_agent(assignee, agent))
            && wanted.has_skill(candidate)
            && !is_held()
    }

    fn put_in(&mut self, version: &Version) {
        let number = version.number;
        let mut brands: Vec<String> = version.understanding.brands.iter().map(|it| it.brand.clone()).collect();
        brands.sort_unstable();
        let kind = Kind {
            brands,
            language: version.understanding.language.code.clone(),
            platform: version.mention.name.platform.clone(),
        };
        let kind = self.waiting.get_key_value(&kind).map_or_else(|| Arc::new(kind), |(known, _)| Arc::clone(known));
        let level = version.priority.as_ref().map_or(PriorityLevel::Normal, |priority| priority.level);
        let place = Place { level: Reverse(level), created_at: version.mention.created_at, number };
        let customer = Customer { thread: version.thread, handle: version.mention.author.handle.to_lowercase() };
        let desk = version.desk();
        if let Some(claim) = &desk.claim {
            self.held.entry(customer.clone()).or_default().push((number, claim.agent.as_str().into()));
        }
        if version.status == Status::NeedsReply {
            let topics = version.understanding.topics.iter().map(|it| &it.topic);
            let tags = version.mention.tags.iter().chain(version.understanding.tags.iter().map(|set| &set.tag));
            let candidate = Candidate {
                seq: version.seq,
                customer: customer.clone(),
                assignee: desk.assignee.clone(),
                skills: topics.chain(tags).map(|skill| skill.to_lowercase()).collect(),
            };
            self.waiting.entry(Arc::clone(&kind)).or_default().insert(place, candidate);
        }
        let tick_at = tick_at(version);
        self.ticks.extend(tick_at.map(|at| (at, number)));
        let open = Open { seq: version.seq, kind, place, status: version.status, customer, tick_at };
        self.open.insert(number, open);
    }

    fn take_out(&mut self, number: MentionNumber) {
        let Some(open) = self.open.remove(&number) else { return };
        if let Some(tick_at) = open.tick_at {
            self.ticks.remove(&(tick_at, number));
        }
        if let Some(waiting) = self.waiting.get_mut(&open.kind) {
            waiting.remove(&open.place);
            if waiting.is_empty() {
                self.waiting.remove(&open.kind);
            }
        }
        forget_holder(&mut self.held, &open.customer, number);
    }
}

fn forget_holder(
    held: &mut HashMap<Customer, Vec<(MentionNumber, Arc<str>)>>,
    customer: &Customer,
    number: MentionNumber,
) {
    if let Some(holders) = held.get_mut(customer) {
        holders.retain(|(held, _)| *held != number);
        if holders.is_empty() {
            held.remove(customer);
        }
    }
}

impl Wanted {
    fn allows(&self, kind: &Kind) -> bool {
        // As in queries, `Twitter` is `twitter`: nothing waits unseen for a capital letter.
        let any = |wanted: &[String], has: &str| {
            wanted.is_empty() || wanted.iter().any(|wanted| wanted.eq_ignore_ascii_case(has))
        };
        any(&self.languages, &kind.language)
            && any(&self.platforms, &kind.platform)
            && (self.brands.is_empty() || kind.brands.iter().any(|brand| any(&self.brands, brand)))
    }

    fn has_skill(&self, candidate: &Candidate) -> bool {
        self.skills.is_empty() || candidate.skills.iter().any(|skill| self.skills.contains(skill))
    }
}

impl Place {
    /// As a cursor carries it.
    #[must_use]
    pub fn parts(&self) -> (u32, i64, u64) {
        (self.level.0.number(), self.created_at.as_microsecond(), self.number.0)
    }

    /// From the parts of a cursor; `None` where they are none.
    #[must_use]
    pub fn of_parts((level, created_at_us, number): (u32, i64, u64)) -> Option<Self> {
        Some(Self {
            level: Reverse(PriorityLevel::from_number(level)?),
            created_at: Timestamp::from_microsecond(created_at_us).ok()?,
            number: MentionNumber(number),
        })
    }
}

const fn level_index(level: PriorityLevel) -> usize {
    match level {
        PriorityLevel::Low => 0,
        PriorityLevel::Normal => 1,
        PriorityLevel::High => 2,
        PriorityLevel::Urgent => 3,
    }
}

#[cfg(test)]
mod tests;
