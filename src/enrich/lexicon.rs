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
    /// What the entries say, as bits of [`bit`].
    roles: Vec<Roles>,
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

impl Lexicon {
    /// `None` where the lists are over [`NODES_MAX`].
    pub(super) fn new(lists: &WordLists) -> Option<Self> {
        let mut lexicon = Self { next: HashMap::new(), nodes: vec![Node::default()], roles: Vec::new() };
        for (entry, roles) in &lists.entries {
            let (written, is_stem) = match entry.strip_suffix('*') {
                Some(stem) => (stem, true),
                None => (entry.as_str(), false),
            };
            let mut node = 0;
            for c in folded_entry(written).chars() {
                node = lexicon.step_or_grow(node, c)?;
            }
            let all = roles.iter().fold(0, |bits, role| bits | bit(*role));
            let number = u32::try_from(lexicon.roles.len()).ok()?;
            let Some(node) = lexicon.nodes.get_mut(node as usize) else { continue };
            let place = if is_stem { &mut node.stem } else { &mut node.whole };
            // Two spellings that fold to the same speak together.
            match place.and_then(|known| lexicon.roles.get_mut(known as usize)) {
                Some(known) => known.0 |= all,
                None => {
                    *place = Some(number);
                    lexicon.roles.push(Roles(all));
                }
            }
        }
        lexicon.join_wholes_with_stems();
        Some(lexicon)
    }

    /// `rude` in one list and `rude*` in another both speak where the text says "rude".
    fn join_wholes_with_stems(&mut self) {
        for node in &self.nodes {
            if let (Some(whole), Some(stem)) = (node.whole, node.stem) {
                let also = self.roles.get(stem as usize).map_or(0, |roles| roles.0);
                if let Some(roles) = self.roles.get_mut(whole as usize) {
                    roles.0 |= also;
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

    /// All entries in the text, in its order, none over another.
    pub(super) fn find(&self, units: &Units<'_>) -> Vec<Hit> {
        let mut hits = Vec::new();
        let mut clause = 0;
        let mut index = 0;
        while let Some(word) = units.words.get(index) {
            if word.in_clause == 0 && index > 0 {
                clause += 1;
            }
            if word.unspaced {
                self.find_inside(units, word, clause, &mut hits);
                index += 1;
            } else {
                match self.longest(units.folded.get(word.folded.start..).unwrap_or_default(), false) {
                    Some((entry, bytes)) => {
                        let words = self.hit_of_words(units, index, word, entry, bytes, clause, &mut hits);
                        index += words;
                    }
                    None => index += 1,
                }
            }
        }
        hits
    }

    /// Records a hit that begins with a whole word; how many words it takes.
    #[expect(clippy::too_many_arguments, reason = "one call; a struct for it would only repeat the names")]
    fn hit_of_words(
        &self,
        units: &Units<'_>,
        index: usize,
        first: &Word,
        entry: u32,
        bytes: usize,
        clause: usize,
        hits: &mut Vec<Hit>,
    ) -> usize {
        let end = first.folded.start + bytes;
        let following = units.words.get(index + 1..).unwrap_or_default();
        let words = 1 + following.iter().take_while(|word| word.folded.start < end).count();
        let last = units.words.get(index + words - 1).unwrap_or(first);
        hits.push(Hit {
            place: first.place.start..last.place.end,
            roles: self.roles_of(entry),
            entry,
            first: first.position,
            end: last.position + 1,
            in_clause: first.in_clause,
            before_clause: first.before_clause,
            clause,
            unspaced: false,
        });
        words
    }

    /// Looks at every place of a run without blanks, and goes on after each entry found.
    fn find_inside(&self, units: &Units<'_>, word: &Word, clause: usize, hits: &mut Vec<Hit>) {
        let run = units.folded.get(word.folded.clone()).unwrap_or_default();
        // These scripts fold letter by letter, most to themselves: the place in the text is told by counting letters.
        let mut written = units.written(&word.place).char_indices().map(|(at, _)| word.place.start + at);
        let places: Vec<usize> = if run.chars().count() == units.written(&word.place).chars().count() {
            written.by_ref().chain([word.place.end]).collect()
        } else {
            Vec::new()
        };
        let mut at = 0;
        let mut letter = 0;
        while let Some(rest) = run.get(at..).filter(|rest| !rest.is_empty()) {
            let (bytes, letters) = match self.longest(rest, true) {
                Some((entry, bytes)) => {
                    let letters = rest.get(..bytes).unwrap_or_default().chars().count();
                    let place = match (places.get(letter), places.get(letter + letters)) {
                        (Some(start), Some(end)) => *start..*end,
                        _ => word.place.clone(),
                    };
                    hits.push(Hit {
                        place,
                        roles: self.roles_of(entry),
                        entry,
                        first: word.position + letter,
                        end: word.position + letter + letters,
                        in_clause: word.in_clause,
                        before_clause: word.before_clause,
                        clause,
                        unspaced: true,
                    });
                    (bytes, letters)
                }
                None => (rest.chars().next().map_or(1, char::len_utf8), 1),
            };
            at += bytes;
            letter += letters;
        }
    }

    /// The longest entry at the beginning of a folded text, with its bytes there; a stem takes its word's ending too.
    fn longest(&self, folded: &str, unspaced: bool) -> Option<(u32, usize)> {
        let mut node = 0;
        let mut found = None;
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
            if (word_ends || unspaced)
                && let Some(entry) = reached.whole
            {
                found = Some((entry, end));
            } else if let Some(entry) = reached.stem {
                found = Some((entry, end));
            }
        }
        let (entry, end) = found?;
        if unspaced {
            return Some((entry, end));
        }
        let rest = folded.get(end..).unwrap_or_default();
        Some((entry, end + rest.find([WORD_GAP, CLAUSE_GAP]).unwrap_or(rest.len())))
    }

    fn roles_of(&self, entry: u32) -> Roles {
        self.roles.get(entry as usize).copied().unwrap_or_default()
    }
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
