//! Finds the entries of a language's word lists in a cut text, the longest at each place.

use std::ops::Range;

use hashbrown::HashMap;

use super::units::{CLAUSE_GAP, Units, WORD_GAP, Word, fold};
use crate::{
    config::{WordLists, WordRole},
    text::is_letter_or_digit,
};

/// Places in the tree of letters that a list may need. Far over any list a person keeps; bounds the memory of one.
pub(super) const NODES_MAX: u32 = 1 << 24;

/// A language's entries as a tree of folded letters.
#[derive(Debug)]
pub(super) struct Lexicon {
    /// From a node and a letter to the next node. 0 is the root.
    next: HashMap<(u32, char), u32>,
    nodes: Vec<Node>,
    /// By entry.
    says: Vec<Says>,
}

/// What an entry says.
#[derive(Clone, Copy, Debug, Default)]
struct Says {
    roles: Roles,
    /// Bits of topics, see [`TopicHit::topics`].
    topics: u64,
}

impl Says {
    fn join(&mut self, other: Self) {
        self.roles.0 |= other.roles.0;
        self.topics |= other.topics;
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Node {
    /// The entry that ends here with the word.
    whole: Option<u32>,
    /// The entry that ends here with any ending.
    stem: Option<u32>,
}

/// Several roles at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Roles(u32);

impl Roles {
    pub(super) fn has(self, role: WordRole) -> bool {
        self.0 & bit(role) != 0
    }
}

const fn bit(role: WordRole) -> u32 {
    1 << role as u32
}

/// An entry found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    /// In the text.
    pub(super) place: Range<usize>,
    pub(super) roles: Roles,
    /// Which entry: the same for the same entry.
    pub(super) entry: u32,
    /// Position of its first word or letter, see [`Word::position`].
    pub(super) first: usize,
    /// Position after its last.
    pub(super) end: usize,
    /// Words of its clause before it.
    pub(super) in_clause: usize,
    /// Words of its sentence before its clause, with nothing but commas between.
    pub(super) before_clause: usize,
    /// Which clause of the text it is in.
    pub(super) clause: usize,
    /// Stands in a script without blanks.
    pub(super) unspaced: bool,
}

/// What the lists find in a text.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Entries with roles, in the order of the text, none over another.
    pub(super) hits: Vec<Hit>,
    /// Entries of topics, likewise. They may lie over those with roles: what a text is about hides nothing of what it wants.
    pub(super) topics: Vec<TopicHit>,
}

/// A word of a topic found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TopicHit {
    /// In the text.
    pub(super) place: Range<usize>,
    /// Bits of the topics, by their places among all topics.
    pub(super) topics: u64,
}

/// The longest entries that begin at a place, with their bytes in the folded text.
#[derive(Clone, Copy, Default)]
struct Longest {
    with_roles: Option<(u32, usize)>,
    with_topics: Option<(u32, usize)>,
}

/// Bytes of the folded text before which no further entry may begin.
#[derive(Clone, Copy, Default)]
struct Taken {
    by_roles: usize,
    by_topics: usize,
}

impl Lexicon {
    /// `topics` are the ids of all topics, ordered, at most [`crate::base::limits::TOPICS_MAX`]. `None` where the lists are over
    /// [`NODES_MAX`].
    pub(super) fn new(lists: &WordLists, topics: &[String]) -> Option<Self> {
        let mut lexicon = Self { next: HashMap::new(), nodes: vec![Node::default()], says: Vec::new() };
        for (entry, roles) in &lists.entries {
            let roles = Roles(roles.iter().fold(0, |bits, role| bits | bit(*role)));
            lexicon.add(entry, Says { roles, topics: 0 })?;
        }
        for (entry, of_entry) in &lists.topics {
            let places = of_entry.iter().filter_map(|topic| topics.binary_search(topic).ok());
            let bits =
                places.fold(0, |bits, place| bits | 1_u64.checked_shl(u32::try_from(place).unwrap_or(64)).unwrap_or(0));
            lexicon.add(entry, Says { roles: Roles::default(), topics: bits })?;
        }
        lexicon.join_wholes_with_stems();
        Some(lexicon)
    }

    fn add(&mut self, entry: &str, says: Says) -> Option<()> {
        let (written, is_stem) = match entry.strip_suffix('*') {
            Some(stem) => (stem, true),
            None => (entry, false),
        };
        let mut node = 0;
        for c in folded_entry(written).chars() {
            node = self.step_or_grow(node, c)?;
        }
        let number = u32::try_from(self.says.len()).ok()?;
        let node = self.nodes.get_mut(node as usize)?;
        let place = if is_stem { &mut node.stem } else { &mut node.whole };
        // Two spellings that fold to the same speak together.
        match place.and_then(|known| self.says.get_mut(known as usize)) {
            Some(known) => known.join(says),
            None => {
                *place = Some(number);
                self.says.push(says);
            }
        }
        Some(())
    }

    /// `rude` in one list and `rude*` in another both speak where the text says "rude".
    fn join_wholes_with_stems(&mut self) {
        for node in &self.nodes {
            if let (Some(whole), Some(stem)) = (node.whole, node.stem) {
                let also = self.says_of(stem);
                if let Some(says) = self.says.get_mut(whole as usize) {
                    says.join(also);
                }
            }
        }
    }

    fn step_or_grow(&mut self, node: u32, c: char) -> Option<u32> {
        let fresh = u32::try_from(self.nodes.len()).ok().filter(|fresh| *fresh < NODES_MAX)?;
        let next = *self.next.entry((node, c)).or_insert(fresh);
        if next == fresh {
            self.nodes.push(Node::default());
        }
        Some(next)
    }

    /// All entries in the text, in its order.
    pub(super) fn find(&self, units: &Units<'_>) -> Found {
        let mut found = Found::default();
        let mut taken = Taken::default();
        let mut clause = 0;
        for (index, word) in units.words.iter().enumerate() {
            if word.in_clause == 0 && index > 0 {
                clause += 1;
            }
            if word.unspaced {
                self.find_inside(units, word, clause, &mut taken, &mut found);
                continue;
            }
            let start = word.folded.start;
            if start < taken.by_roles && start < taken.by_topics {
                continue;
            }
            let longest = self.longest(units.folded.get(start..).unwrap_or_default(), false);
            if let Some((entry, bytes)) = longest.with_roles.filter(|_| start >= taken.by_roles) {
                taken.by_roles = start + bytes;
                let last = last_word(units, index, start + bytes);
                found.hits.push(Hit {
                    place: word.place.start..last.place.end,
                    roles: self.says_of(entry).roles,
                    entry,
                    first: word.position,
                    end: last.position + 1,
                    in_clause: word.in_clause,
                    before_clause: word.before_clause,
                    clause,
                    unspaced: false,
                });
            }
            if let Some((entry, bytes)) = longest.with_topics.filter(|_| start >= taken.by_topics) {
                taken.by_topics = start + bytes;
                let last = last_word(units, index, start + bytes);
                let place = word.place.start..last.place.end;
                found.topics.push(TopicHit { place, topics: self.says_of(entry).topics });
            }
        }
        found
    }

    /// Looks at every place of a run without blanks.
    fn find_inside(&self, units: &Units<'_>, word: &Word, clause: usize, taken: &mut Taken, found: &mut Found) {
        let run = units.folded.get(word.folded.clone()).unwrap_or_default();
        // These scripts fold letter by letter, most to themselves: the place in the text is told by counting letters.
        let written = units.written(&word.place);
        let mut places: Vec<usize> = written.char_indices().map(|(at, _)| word.place.start + at).collect();
        places.push(word.place.end);
        if run.chars().count() + 1 != places.len() {
            places.clear();
        }
        for (letter, (at, _)) in run.char_indices().enumerate() {
            let start = word.folded.start + at;
            if start < taken.by_roles && start < taken.by_topics {
                continue;
            }
            let rest = run.get(at..).unwrap_or_default();
            let longest = self.longest(rest, true);
            let letters = |bytes| rest.get(..bytes).unwrap_or_default().chars().count();
            let place = |letters: usize| match (places.get(letter), places.get(letter + letters)) {
                (Some(start), Some(end)) => *start..*end,
                _ => word.place.clone(),
            };
            if let Some((entry, bytes)) = longest.with_roles.filter(|_| start >= taken.by_roles) {
                taken.by_roles = start + bytes;
                let letters = letters(bytes);
                found.hits.push(Hit {
                    place: place(letters),
                    roles: self.says_of(entry).roles,
                    entry,
                    first: word.position + letter,
                    end: word.position + letter + letters,
                    in_clause: word.in_clause,
                    before_clause: word.before_clause,
                    clause,
                    unspaced: true,
                });
            }
            if let Some((entry, bytes)) = longest.with_topics.filter(|_| start >= taken.by_topics) {
                taken.by_topics = start + bytes;
                found.topics.push(TopicHit { place: place(letters(bytes)), topics: self.says_of(entry).topics });
            }
        }
    }

    /// The longest entries at the beginning of a folded text; a stem takes its word's ending too.
    fn longest(&self, folded: &str, unspaced: bool) -> Longest {
        let mut node = 0;
        let mut longest = Longest::default();
        let mut letters = folded.char_indices().peekable();
        while let Some((at, c)) = letters.next() {
            if c == CLAUSE_GAP {
                break;
            }
            let Some(next) = self.next.get(&(node, c)) else { break };
            node = *next;
            let end = at + c.len_utf8();
            let Some(reached) = self.nodes.get(node as usize) else { break };
            let word_ends = letters.peek().is_none_or(|(_, after)| matches!(*after, WORD_GAP | CLAUSE_GAP));
            let entry = reached.whole.filter(|_| word_ends || unspaced).or(reached.stem);
            if let Some(entry) = entry {
                let says = self.says_of(entry);
                if says.roles != Roles::default() {
                    longest.with_roles = Some((entry, end));
                }
                if says.topics != 0 {
                    longest.with_topics = Some((entry, end));
                }
            }
        }
        if !unspaced {
            for (_, end) in [&mut longest.with_roles, &mut longest.with_topics].into_iter().flatten() {
                let rest = folded.get(*end..).unwrap_or_default();
                *end += rest.find([WORD_GAP, CLAUSE_GAP]).unwrap_or(rest.len());
            }
        }
        longest
    }

    fn says_of(&self, entry: u32) -> Says {
        self.says.get(entry as usize).copied().unwrap_or_default()
    }
}

/// The last of the words from one on that begin before a byte of the folded text.
fn last_word<'u>(units: &'u Units<'_>, index: usize, end: usize) -> &'u Word {
    let words = units.words.get(index..).unwrap_or_default();
    let count = words.iter().take_while(|word| word.folded.start < end).count();
    &words[count.saturating_sub(1)]
}

/// An entry as it stands in a folded text: words with one gap between.
fn folded_entry(entry: &str) -> String {
    let mut folded = String::new();
    for c in entry.chars() {
        if is_letter_or_digit(c) || unicode_normalization::char::is_combining_mark(c) {
            fold(c, &mut folded);
        } else if !folded.is_empty() && !folded.ends_with(WORD_GAP) {
            folded.push(WORD_GAP);
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}
