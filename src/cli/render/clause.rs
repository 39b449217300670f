use super::{
    escape::escape,
    style::{BAD, DIM, GOOD, styled},
    words,
};
use crate::proto::v1::{Clause, Highlight, Version, clause::Kind};

/// Words shown of what a clause found in a text.
const MARKS_SHOWN: usize = 5;

/// The clauses of a query as a tree: a tick or a cross, the clause, and what the mention has in its place.
pub(crate) fn tree(root: &Clause, version: &Version, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    add(root, version, 0, width, &mut lines);
    lines
}

fn add(clause: &Clause, version: &Version, depth: usize, width: usize, lines: &mut Vec<String>) {
    let sign = if clause.matched { styled(GOOD, "✓") } else { styled(BAD, "✗") };
    let indent = "  ".repeat(depth);
    let what = match clause.kind() {
        Kind::And => "all of".to_owned(),
        Kind::Or => "one of".to_owned(),
        Kind::Not => "not".to_owned(),
        _ => {
            let text: String = clause.text.chars().take(width).collect();
            let there = there(clause, version);
            let there = if there.is_empty() { String::new() } else { styled(DIM, &format!("  {there}")) };
            format!("{}{there}", escape(&text))
        }
    };
    lines.push(format!("{indent}{sign} {what}"));
    clause.clauses.iter().for_each(|part| add(part, version, depth + 1, width, lines));
}

/// A clause that decides a failure, in a line.
pub(crate) fn why_failed(clause: &Clause, version: &Version) -> String {
    let there = there(clause, version);
    let there = if there.is_empty() { String::new() } else { format!(": {there}") };
    format!("  {} {}{there}", styled(BAD, "✗"), escape(&clause.text))
}

/// What the mention has where the clause looks: the words found in its texts, or its facts.
fn there(clause: &Clause, version: &Version) -> String {
    let marks: Vec<String> = clause.places.iter().filter_map(|place| marked(place, version)).collect();
    if marks.is_empty() {
        return escape(&clause.found).into_owned();
    }
    let more = match marks.len().saturating_sub(MARKS_SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", marks[..marks.len().min(MARKS_SHOWN)].join(", "))
}

/// `text “delayed”`
fn marked(place: &Highlight, version: &Version) -> Option<String> {
    let mention = words::mention(version);
    let author = mention.author.unwrap_or_default();
    let text = match place.field.as_str() {
        "title" => mention.title,
        "text" => mention.text,
        "bio" => author.bio,
        "author" => {
            [author.handle, author.name].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
        }
        "parent" => version.conversation.as_ref()?.parent.as_ref()?.text.clone(),
        _ => return None,
    };
    let word = text.get(place.start as usize..place.end as usize)?;
    Some(format!("{} “{}”", escape(&place.field), escape(word)))
}

/// The places of all clauses that match, for marking them in the texts; what stands behind NOT marks nothing.
pub(crate) fn places(root: &Clause) -> Vec<Highlight> {
    if !root.matched && root.kind() == Kind::Not {
        return Vec::new();
    }
    let mut places = root.places.clone();
    if root.kind() != Kind::Not {
        root.clauses.iter().for_each(|clause| places.extend(self::places(clause)));
    }
    places
}

#[cfg(test)]
mod tests {
    use anstream::adapter::strip_str;

    use super::*;
    use crate::proto::v1::Mention;

    #[test]
    fn a_tree_says_of_every_clause_what_is_there() {
        let version = Version {
            mention: Some(Mention { text: "Der Zug ist verspätet".into(), ..Default::default() }),
            ..Default::default()
        };
        let leaf = |text: &str, matched, found: &str, places| Clause {
            kind: Kind::Leaf.into(),
            matched,
            text: text.into(),
            found: found.into(),
            places,
            ..Default::default()
        };
        let place = Highlight { field: "text".into(), start: 4, end: 7 };
        let root = Clause {
            kind: Kind::And.into(),
            clauses: vec![leaf("zug", true, "", vec![place]), leaf("lang:it", false, "lang is de (0.93)", vec![])],
            ..Default::default()
        };
        let lines: Vec<String> = tree(&root, &version, 80).iter().map(|line| strip_str(line).to_string()).collect();
        assert_eq!(lines, ["✗ all of", "  ✓ zug  text “Zug”", "  ✗ lang:it  lang is de (0.93)"]);
        assert_eq!(places(&root).len(), 1);
        let why = why_failed(&root.clauses[1], &version);
        assert_eq!(strip_str(&why).to_string(), "  ✗ lang:it: lang is de (0.93)");
    }
}
