//! Which parts of a text are about which of the brands it names: sentences and clauses, told by marks and by words of contrast.

use std::ops::Range;

use crate::enrich::units::Units;

/// Words that turn to the other side of a comparison, folded as [`Units`] folds.
const CONTRAST: &[&str] = &[
    "but",
    "however",
    "whereas",
    "while",
    "although",
    "ma",
    "pero",
    "invece",
    "mentre",
    "aber",
    "sondern",
    "wahrend",
    "dagegen",
    "mais",
    "tandis",
    "sino",
    "mientras",
    "mas",
    "porem",
    "enquanto",
    "но",
    "зато",
    "однако",
    "а",
    "але",
    "проте",
    "ale",
    "natomiast",
    "maar",
    "terwijl",
    "ama",
    "fakat",
    "tapi",
    "tetapi",
    "sedangkan",
    "لكن",
    "بينما",
    "लेकिन",
    "मगर",
    "जबकि",
    "lekin",
    "magar",
];
/// The same in scripts without blanks, looked for anywhere.
const CONTRAST_INSIDE: &[&str] = &["但是", "但", "不过", "而", "แต่", "でも", "しかし", "하지만", "그런데", "지만"];
/// Between two names no more than this many words stand in a list of them: "Nordwind and Luna".
const LIST_WORDS_MAX: usize = 1;

/// For each brand the parts of the text that are about it; none where it is not named. `named` holds the places of each.
pub(in crate::enrich) fn by_brand(units: &Units<'_>, named: &[Vec<Range<usize>>]) -> Vec<Vec<Range<usize>>> {
    let mut parts: Vec<Vec<Range<usize>>> = vec![Vec::new(); named.len()];
    let mut names: Vec<(Range<usize>, usize)> = named
        .iter()
        .enumerate()
        .flat_map(|(brand, places)| places.iter().map(move |place| (place.clone(), brand)))
        .collect();
    names.sort_by_key(|(place, brand)| (place.start, *brand));
    let mut spoken_of: Vec<usize> = Vec::new();
    let mut waiting: Vec<Range<usize>> = Vec::new();
    for clause in clauses(units) {
        let inside: Vec<&(Range<usize>, usize)> =
            names.iter().filter(|(place, _)| clause.contains(&place.start)).collect();
        if inside.is_empty() {
            // It goes on about what was spoken of, or begins before a name comes.
            if spoken_of.is_empty() {
                waiting.push(clause);
            } else {
                spoken_of.iter().for_each(|brand| push(&mut parts, *brand, clause.clone()));
            }
            continue;
        }
        spoken_of.clear();
        for (part, brands) in divided(units, &clause, &inside) {
            for brand in &brands {
                waiting.iter().for_each(|before| push(&mut parts, *brand, before.clone()));
                push(&mut parts, *brand, part.clone());
            }
            waiting.clear();
            spoken_of = brands;
        }
    }
    parts
}

fn push(parts: &mut [Vec<Range<usize>>], brand: usize, part: Range<usize>) {
    if let Some(own) = parts.get_mut(brand) {
        own.push(part);
    }
}

/// A clause with several names is divided before each, but for lists of names.
fn divided(
    units: &Units<'_>,
    clause: &Range<usize>,
    names: &[&(Range<usize>, usize)],
) -> Vec<(Range<usize>, Vec<usize>)> {
    let mut divided: Vec<(Range<usize>, Vec<usize>)> = Vec::new();
    let mut last_end = clause.start;
    for (place, brand) in names.iter().map(|(place, brand)| (place, *brand)) {
        let words = units.words.iter().filter(|word| word.place.start >= last_end && word.place.end <= place.start);
        let is_list = words.count() <= LIST_WORDS_MAX;
        match divided.last_mut() {
            Some((_, brands)) if is_list || brands.contains(&brand) => {
                if !brands.contains(&brand) {
                    brands.push(brand);
                }
            }
            Some((part, _)) => {
                part.end = place.start;
                divided.push((place.start..clause.end, vec![brand]));
            }
            None => divided.push((clause.clone(), vec![brand])),
        }
        last_end = last_end.max(place.end);
    }
    divided
}

/// Clauses from end to end of the text.
fn clauses(units: &Units<'_>) -> Vec<Range<usize>> {
    let mut starts = vec![0];
    for word in &units.words {
        let folded = units.folded.get(word.folded.clone()).unwrap_or_default();
        let begins_sentence = word.in_clause == 0 && word.before_clause == 0;
        if begins_sentence || CONTRAST.contains(&folded) {
            starts.push(word.place.start);
        }
        if word.unspaced {
            let written = units.written(&word.place);
            let turns = CONTRAST_INSIDE.iter().flat_map(|turn| written.match_indices(turn));
            starts.extend(turns.map(|(at, _)| word.place.start + at));
        }
    }
    // A handle ends a clause for the lists; a name does not end a sentence.
    let is_after_handle =
        |start: &usize| units.handles.iter().any(|handle| units.text.get(handle.end..*start).is_some_and(is_blank));
    starts.sort_unstable();
    starts.dedup();
    starts.retain(|start| *start == 0 || !is_after_handle(start));
    let ends = starts.iter().skip(1).copied().chain([units.text.len()]);
    starts.iter().copied().zip(ends).filter(|(start, end)| start < end).map(|(start, end)| start..end).collect()
}

fn is_blank(between: &str) -> bool {
    between.chars().all(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::SignLists, enrich::units::Signs};

    #[test]
    fn each_brand_gets_what_is_said_of_it() {
        let signs = Signs::new(&SignLists::default());
        for (text, names, expected) in [
            (
                "Nordwind was great, but Luna lost my bag. Nobody answers!",
                ["Nordwind", "Luna"],
                ["Nordwind was great, ", "but Luna lost my bag. Nobody answers!"],
            ),
            ("I hate Nordwind and Luna", ["Nordwind", "Luna"], ["I hate Nordwind and Luna"; 2]),
            ("Nordwind è ottima ma Luna è pessima", ["Nordwind", "Luna"], ["Nordwind è ottima ", "ma Luna è pessima"]),
            (
                "Awful day. Nordwind lost it. Luna found it.",
                ["Nordwind", "Luna"],
                ["Awful day. Nordwind lost it. ", "Luna found it."],
            ),
            ("Nordwind很好但Luna太差", ["Nordwind", "Luna"], ["Nordwind很好", "但Luna太差"]),
            ("@Nordwind is slow while @Luna flies", ["Nordwind", "Luna"], ["@Nordwind is slow ", "while @Luna flies"]),
            ("nothing here", ["Nordwind", "Luna"], ["", ""]),
        ] {
            let units = Units::of(text, &signs);
            let named: Vec<Vec<Range<usize>>> = names
                .iter()
                .map(|name| text.match_indices(name).map(|(at, name)| at..at + name.len()).collect())
                .collect();
            let found: Vec<String> = by_brand(&units, &named)
                .into_iter()
                .map(|parts| parts.into_iter().map(|part| &text[part]).collect())
                .collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
