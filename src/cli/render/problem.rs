use super::{
    escape::{escape, push_escaped},
    marked::cells,
    style::{ERROR, GOOD, PLACE, STRONG, WARNING, styled},
};
use crate::proto::v1::{Problem, problem::Severity};

/// Says a problem of a query as a good compiler would: what, where, the line with carets under the place, and the mend.
///
/// Lines longer than `width` cells are shown around the place, with `…` where they are cut.
pub(crate) fn problem(query: &str, problem: &Problem, width: usize) -> Vec<String> {
    let (style, severity) = match problem.severity() {
        Severity::Warning => (WARNING, "warning"),
        Severity::Error | Severity::Unspecified => (ERROR, "error"),
    };
    let head = styled(style, &format!("{severity}[{}]", escape(&problem.code)));
    let place = Place::of(query, problem.start as usize, problem.end as usize);
    let number = place.line_number.to_string();
    let gutter = " ".repeat(number.len());
    let bar = styled(PLACE, "|");
    let (excerpt, before, under) = place.excerpt(width.saturating_sub(number.len() + 3));
    let carets = styled(style, &"^".repeat(under));

    let mut lines = vec![
        format!("{head}: {}", styled(STRONG, &escape(&problem.message))),
        format!("{gutter}{} line {}, column {}", styled(PLACE, "-->"), place.line_number, place.column),
        format!("{gutter} {bar}"),
        format!("{} {bar} {excerpt}", styled(PLACE, &number)),
        format!("{gutter} {bar} {}{carets}", " ".repeat(before)),
    ];
    if let Some(suggestion) = &problem.suggestion {
        let help = styled(GOOD, "help");
        lines.push(match suggestion.as_str() {
            "" => format!("{gutter} {} {help}: leave it out", styled(PLACE, "=")),
            text => format!("{gutter} {} {help}: write `{}`", styled(PLACE, "="), escape(text)),
        });
    }
    lines
}

/// Where a problem lies: its line, and the part of its span that is in this line.
struct Place<'a> {
    line: &'a str,
    line_number: usize,
    /// In letters, from 1.
    column: usize,
    start: usize,
    end: usize,
}

impl<'a> Place<'a> {
    fn of(query: &'a str, start: usize, end: usize) -> Self {
        let start = letter_boundary(query, start);
        let end = letter_boundary(query, end).max(start);
        let line_start = query[..start].rfind('\n').map_or(0, |line_end| line_end + 1);
        let line_end = query[start..].find('\n').map_or(query.len(), |length| start + length);
        let line = &query[line_start..line_end];
        Self {
            line,
            line_number: query[..line_start].matches('\n').count() + 1,
            column: query[line_start..start].chars().count() + 1,
            start: start - line_start,
            end: end.min(line_end) - line_start,
        }
    }

    /// The line as shown, the cells before the carets, and how many carets.
    fn excerpt(&self, width: usize) -> (String, usize, usize) {
        let before = shown(&self.line[..self.start]);
        let marked = shown(&self.line[self.start..self.end]);
        let after = shown(&self.line[self.end..]);
        if cells(&before) + cells(&marked) + cells(&after) <= width {
            let under = cells(&marked).max(1);
            let offset = cells(&before);
            return (before + &marked + &after, offset, under);
        }
        // A third for what stands before, the rest for the place itself, what is left over for what follows.
        let before = cut_start(&before, width / 3);
        let marked = cut_end(&marked, width.saturating_sub(cells(&before)).max(1));
        let offset = cells(&before);
        let under = cells(&marked).max(1);
        let after = cut_end(&after, width.saturating_sub(offset + under));
        (before + &marked + &after, offset, under)
    }
}

fn letter_boundary(text: &str, place: usize) -> usize {
    let mut place = place.min(text.len());
    while !text.is_char_boundary(place) {
        place -= 1;
    }
    place
}

fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    text.chars().for_each(|letter| push_escaped(&mut shown, letter));
    shown
}

/// The last letters of a text that fit, behind `…` where there were more.
fn cut_start(text: &str, width: usize) -> String {
    let reversed: String = text.chars().rev().collect();
    cut_end(&reversed, width).chars().rev().collect()
}

/// The first letters of a text that fit, before `…` where there were more.
fn cut_end(text: &str, width: usize) -> String {
    if cells(text) <= width {
        return text.to_owned();
    }
    let mut cut = String::new();
    for letter in text.chars() {
        if cells(&cut) + cells(letter.encode_utf8(&mut [0; 4])) + 1 > width {
            break;
        }
        cut.push(letter);
    }
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use anstream::adapter::strip_str;

    use super::*;

    fn check(query: &str, start: usize, end: usize, suggestion: Option<&str>, expected: &[&str]) {
        let given = Problem {
            severity: Severity::Error.into(),
            code: "UNKNOWN_FIELD".to_owned(),
            start: u32::try_from(start).unwrap(),
            end: u32::try_from(end).unwrap(),
            message: "there is no such field".to_owned(),
            suggestion: suggestion.map(str::to_owned),
        };
        let lines: Vec<String> = problem(query, &given, 40).iter().map(|line| strip_str(line).to_string()).collect();
        assert_eq!(lines, expected, "{query:?}");
    }

    #[test]
    fn points_at_the_place() {
        check(
            "volo langauge:it",
            5,
            13,
            Some("lang"),
            &[
                "error[UNKNOWN_FIELD]: there is no such field",
                " --> line 1, column 6",
                "  |",
                "1 | volo langauge:it",
                "  |      ^^^^^^^^",
                "  = help: write `lang`",
            ],
        );
    }

    #[test]
    fn wide_letters_and_emoji_push_the_carets() {
        let query = "東京 😡 x:y";
        let start = query.find("x:").unwrap();
        check(
            query,
            start,
            start + 1,
            Some(""),
            &[
                "error[UNKNOWN_FIELD]: there is no such field",
                " --> line 1, column 6",
                "  |",
                "1 | 東京 😡 x:y",
                "  |         ^",
                "  = help: leave it out",
            ],
        );
    }

    #[test]
    fn finds_the_line_and_stays_in_it() {
        let head = "error[UNKNOWN_FIELD]: there is no such field";
        check("a AND\nb )\nc", 8, 11, None, &[head, " --> line 2, column 3", "  |", "2 | b )", "  |   ^"]);
        check("\"open", 5, 5, None, &[head, " --> line 1, column 6", "  |", "1 | \"open", "  |      ^"]);
        check("", 0, 0, None, &[head, " --> line 1, column 1", "  |", "1 | ", "  | ^"]);
        check("é", 1, 900, None, &[head, " --> line 1, column 1", "  |", "1 | é", "  | ^"]);
        check("a\u{1b}b c", 3, 4, None, &[head, " --> line 1, column 4", "  |", "1 | a\\u{1b}b c", "  |         ^"]);
    }

    #[test]
    fn shows_long_lines_around_the_place() {
        let query = format!("{} oops {}", "a".repeat(100), "b".repeat(100));
        let given = Problem { start: 101, end: 105, ..Default::default() };
        let lines: Vec<String> = problem(&query, &given, 40).iter().map(|line| strip_str(line).to_string()).collect();
        let (excerpt, carets) = (&lines[3], &lines[4]);
        assert!(excerpt.chars().count() <= 40, "{excerpt}");
        let place = excerpt.chars().collect::<Vec<_>>().iter().position(|letter| *letter == 'o').unwrap();
        assert_eq!(carets.find('^'), Some(place), "{excerpt}\n{carets}");
        assert!(carets.ends_with("^^^^") && excerpt.ends_with('…'));
    }
}
