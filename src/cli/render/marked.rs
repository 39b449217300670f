use unicode_width::UnicodeWidthChar as _;

use super::{escape::push_escaped, style::HIGHLIGHT};
use crate::proto::v1::Highlight;

/// One character as it will stand on the screen.
struct Cell {
    shown: String,
    width: usize,
    is_marked: bool,
    is_space: bool,
}

/// A text from outside, safe for the terminal, its marked places in bold and underlined, wrapped to so many cells.
///
/// Lines end at spaces where there are some, and anywhere in scripts that have none. Places that do not lie in the text, or
/// not between letters, mark what they cover.
pub(crate) fn wrapped(text: &str, highlights: &[Highlight], field: &str, width: usize) -> Vec<String> {
    broken(text, highlights, field, width, 0)
}

/// Wraps; a line ends at a space only where that leaves it at least so many cells.
fn broken(text: &str, highlights: &[Highlight], field: &str, width: usize, line_least: usize) -> Vec<String> {
    let marks: Vec<(usize, usize)> = highlights
        .iter()
        .filter(|highlight| highlight.field == field)
        .map(|highlight| (highlight.start as usize, highlight.end as usize))
        .collect();
    let mut lines = Vec::new();
    let mut line: Vec<Cell> = Vec::new();
    let mut line_width = 0;
    for (place, letter) in text.char_indices() {
        if letter == '\n' {
            lines.push(written(&line));
            (line, line_width) = (Vec::new(), 0);
            continue;
        }
        if letter == '\r' {
            continue;
        }
        let cell = cell(letter, marks.iter().any(|(start, end)| (*start..*end).contains(&place)));
        if line_width + cell.width > width && !line.is_empty() && !cell.is_space {
            // Behind a wide letter a line may end as behind a space: what follows need not carry a whole run of them along.
            let rest = match line.iter().rposition(|cell| cell.is_space || cell.width == 2) {
                Some(place) if cell.width == 1 && width_of(&line[..=place]) >= line_least => line.split_off(place + 1),
                _ => Vec::new(),
            };
            lines.push(written(&line));
            line_width = width_of(&rest);
            line = rest;
        }
        line_width += cell.width;
        line.push(cell);
    }
    if !line.is_empty() {
        lines.push(written(&line));
    }
    lines
}

/// The same on one line, cut with `…` where it is longer than so many cells.
pub(crate) fn one_line(text: &str, highlights: &[Highlight], field: &str, width: usize) -> String {
    // Line ends become spaces of the same length in bytes, so the places stay right.
    let text = text.replace(['\n', '\r'], " ");
    let width = width.saturating_sub(1);
    // A long word, or a whole sentence of a script without blanks, is rather cut than left out.
    let lines = broken(&text, highlights, field, width, width / 3 * 2);
    match lines.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [first, ..] => format!("{first}…"),
    }
}

fn width_of(line: &[Cell]) -> usize {
    line.iter().map(|cell| cell.width).sum()
}

/// How many cells a safe text takes.
pub(crate) fn cells(text: &str) -> usize {
    text.chars().map(|letter| letter.width().unwrap_or(0)).sum()
}

fn cell(letter: char, is_marked: bool) -> Cell {
    let mut shown = String::new();
    push_escaped(&mut shown, letter);
    Cell { width: cells(&shown), shown, is_marked, is_space: letter.is_whitespace() }
}

fn written(line: &[Cell]) -> String {
    let end = line.iter().rposition(|cell| !cell.is_space).map_or(0, |last| last + 1);
    let mut text = String::new();
    let mut was_marked = false;
    for cell in &line[..end] {
        if cell.is_marked != was_marked {
            text.push_str(&mark(cell.is_marked));
            was_marked = cell.is_marked;
        }
        text.push_str(&cell.shown);
    }
    if was_marked {
        text.push_str(&mark(false));
    }
    text
}

fn mark(is_on: bool) -> String {
    if is_on { format!("{HIGHLIGHT}") } else { format!("{HIGHLIGHT:#}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark_of(start: u32, end: u32) -> Highlight {
        Highlight { field: "text".to_owned(), start, end }
    }

    /// Lines with `[` and `]` for the styles.
    fn check(text: &str, highlights: &[Highlight], width: usize, expected: &[&str]) {
        let lines: Vec<String> = wrapped(text, highlights, "text", width)
            .iter()
            .map(|line| line.replace(&mark(true), "[").replace(&mark(false), "]"))
            .collect();
        assert_eq!(lines, expected, "{text:?}");
    }

    #[test]
    fn wraps_at_spaces() {
        check("il volo è in ritardo", &[], 10, &["il volo è", "in ritardo"]);
        check("one\ntwo", &[], 10, &["one", "two"]);
        check("abcdefghijkl", &[], 5, &["abcde", "fghij", "kl"]);
        check("", &[], 5, &[]);
    }

    #[test]
    fn wide_letters_take_two_cells() {
        check("東京は遅れています", &[], 6, &["東京は", "遅れて", "います"]);
        check("@bea 東京は,遅れ", &[], 11, &["@bea 東京は", ",遅れ"]);
        assert_eq!(cells("東京 a"), 6);
    }

    #[test]
    fn marks_places_given_in_bytes() {
        check("caffè buono", &[mark_of(0, 6)], 20, &["[caffè] buono"]);
        check("遅延 遅延", &[mark_of(7, 13)], 20, &["遅延 [遅延]"]);
        check("a long mark here", &[mark_of(2, 11)], 6, &["a [long]", "[mark]", "here"]);
        check("short", &[mark_of(3, 900), mark_of(9, 2)], 20, &["sho[rt]"]);
    }

    #[test]
    fn nothing_outside_steers_the_terminal() {
        check("a\u{1b}[2Jb", &[], 20, &["a\\u{1b}[2Jb"]);
    }

    #[test]
    fn one_line_says_that_it_is_cut() {
        assert_eq!(one_line("in ritardo\ndi due ore", &[], "text", 14), "in ritardo di…");
        assert_eq!(one_line("breve", &[], "text", 12), "breve");
        assert_eq!(one_line("@bea กาแฟอร่อยมากเลย", &[], "text", 14), "@bea กาแฟอร่อย…");
        assert_eq!(one_line("@bea 東京は遅れ,います", &[], "text", 16), "@bea 東京は遅れ…");
    }
}
