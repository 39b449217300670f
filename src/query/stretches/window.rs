use std::collections::HashMap;

/// One of the words or phrases of a window: its first positions, rising, and how many positions it is wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowPart<'a> {
    /// Where it begins.
    pub firsts: &'a [u32],
    /// At least 1.
    pub width: u32,
}

impl WindowPart<'_> {
    /// The first place at or after `from`.
    fn next(self, from: u32) -> Option<u32> {
        self.firsts.get(self.firsts.partition_point(|&first| first < from)).copied()
    }
}

/// Whether every part stands somewhere, no two sharing a position, all inside one stretch of at most `positions_max`.
///
/// Parts that never share a position with another need one place each. Only those that may get in each other's way are
/// arranged: single words as a matching of words and positions, others by trying which of them to place next.
#[must_use]
pub fn window_exists(parts: &[WindowPart<'_>], positions_max: u32) -> bool {
    if parts.is_empty() || parts.iter().any(|part| part.firsts.is_empty()) {
        return false;
    }
    let mut tangles: Vec<Tangle<'_>> = tangles(parts).into_iter().map(Tangle::new).collect();
    let mut starts: Vec<u32> = parts.iter().flat_map(|part| part.firsts).copied().collect();
    starts.sort_unstable();
    starts.dedup();
    starts.into_iter().any(|start| {
        let end = start.saturating_add(positions_max);
        let fits = |part: &WindowPart<'_>| part.next(start).is_some_and(|first| first + part.width <= end);
        parts.iter().all(fits) && tangles.iter_mut().all(|tangle| tangle.fits(start, end))
    })
}

/// Parts that may get in each other's way.
struct Tangle<'a> {
    parts: Vec<WindowPart<'a>>,
    /// Of each part, the nearest equal one before it.
    twins: Vec<Option<usize>>,
    /// Where all are one position wide.
    matching: Option<Matching>,
}

impl<'a> Tangle<'a> {
    fn new(parts: Vec<WindowPart<'a>>) -> Self {
        let twin = |index: usize| (0..index).rev().find(|&earlier| parts[earlier] == parts[index]);
        let twins = (0..parts.len()).map(twin).collect();
        let matching = parts.iter().all(|part| part.width == 1).then(|| Matching::new(parts.len()));
        Self { parts, twins, matching }
    }

    fn fits(&mut self, start: u32, end: u32) -> bool {
        match &mut self.matching {
            Some(matching) => matching.slide(&self.parts, start, end),
            None => self.arranges(start, end),
        }
    }

    /// Whether the parts find places in `start..end`: from left to right, every choice of the next one, and of the
    /// arrangements of the same parts only the one that ends first. At most two to the power of the number of different parts.
    fn arranges(&self, start: u32, end: u32) -> bool {
        let all = u64::MAX >> (64 - self.parts.len().min(64));
        let mut reached: HashMap<u64, u32> = HashMap::from([(0, start)]);
        for _ in 0..self.parts.len() {
            let mut next: HashMap<u64, u32> = HashMap::new();
            for (placed, free_from) in reached {
                for (index, part) in self.parts.iter().enumerate() {
                    // Of equal parts the one named first is placed first; the other order is the same arrangement.
                    let waits = self.twins[index].is_some_and(|twin| placed >> twin & 1 == 0);
                    if waits || placed >> index & 1 == 1 {
                        continue;
                    }
                    let Some(first) = part.next(free_from) else { continue };
                    let behind = first + part.width;
                    if behind <= end {
                        let kept = next.entry(placed | 1 << index).or_insert(behind);
                        *kept = behind.min(*kept);
                    }
                }
            }
            reached = next;
        }
        reached.contains_key(&all)
    }
}

/// Groups of parts of which each shares a position with another of its group somewhere. Parts that share none are left out.
fn tangles<'a>(parts: &[WindowPart<'a>]) -> Vec<Vec<WindowPart<'a>>> {
    let mut places: Vec<(u32, u32, usize)> = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        places.extend(part.firsts.iter().map(|&first| (first, first + part.width, index)));
    }
    places.sort_unstable();
    let mut group: Vec<usize> = (0..parts.len()).collect();
    // All that overlap a place and begin before it overlap each other at its beginning, so the one that reaches furthest
    // stands for all of them.
    let mut furthest: Option<(u32, usize)> = None;
    for (first, end, index) in places {
        if let Some((reached, other)) = furthest
            && first < reached
        {
            let (one, two) = (root(&group, index), root(&group, other));
            group[one] = two;
        }
        if furthest.is_none_or(|(reached, _)| end > reached) {
            furthest = Some((end, index));
        }
    }
    let mut members: Vec<Vec<WindowPart<'a>>> = vec![Vec::new(); parts.len()];
    for (index, part) in parts.iter().enumerate() {
        members[root(&group, index)].push(*part);
    }
    members.retain(|members| members.len() > 1);
    members
}

fn root(group: &[usize], mut index: usize) -> usize {
    while group[index] != index {
        index = group[index];
    }
    index
}

/// Words and the positions they take. Kept from window to window: the next one only loses a position or two.
struct Matching {
    /// Of each word.
    taken: Vec<Option<u32>>,
    by_position: HashMap<u32, usize>,
}

impl Matching {
    fn new(words: usize) -> Self {
        Self { taken: vec![None; words], by_position: HashMap::new() }
    }

    /// Whether every word has a position of its own in `start..end`. Neither falls from call to call.
    fn slide(&mut self, words: &[WindowPart<'_>], start: u32, end: u32) -> bool {
        for taken in &mut self.taken {
            if let Some(position) = *taken
                && position < start
            {
                self.by_position.remove(&position);
                *taken = None;
            }
        }
        let mut seen = Vec::new();
        (0..words.len()).all(|word| {
            seen.clear();
            self.taken[word].is_some() || self.place(words, word, (start, end), &mut seen)
        })
    }

    /// Finds a position for a word; words in its way move on where they can. `seen` holds the positions tried, rising.
    fn place(&mut self, words: &[WindowPart<'_>], word: usize, (start, end): (u32, u32), seen: &mut Vec<u32>) -> bool {
        let firsts = words[word].firsts;
        let from = firsts.partition_point(|&first| first < start);
        for &position in firsts[from..].iter().take_while(|&&position| position < end) {
            let Err(at) = seen.binary_search(&position) else { continue };
            seen.insert(at, position);
            let free = match self.by_position.get(&position) {
                None => true,
                Some(&holder) => self.place(words, holder, (start, end), seen),
            };
            if free {
                self.taken[word] = Some(position);
                self.by_position.insert(position, word);
                return true;
            }
        }
        false
    }
}
