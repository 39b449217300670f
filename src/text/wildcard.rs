use super::class::is_mark;

/// A word of which only some letters are known: a beginning, and what may follow it.
///
/// Markers and signs stand in the beginning, so it never fits a form of another sort: an accented one, a hashtag, a stem.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wildcard {
    /// How every form begins that fits; at least two letters behind markers and signs. Whoever looks forms up in order begins here.
    pub head: String,
    /// What follows, first to last; never empty.
    pub rest: Vec<WildcardPart>,
}

/// A piece of a [`Wildcard`] behind its beginning.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum WildcardPart {
    /// `*`: any run of letters, also none. Never two side by side.
    Run,
    /// `?`: exactly one letter, with the signs that belong to it.
    Letter,
    /// These letters; never empty, never two side by side.
    Text(String),
}

impl Wildcard {
    /// Whether a form of the tokenizer fits. Work grows with the length of the form times that of the wildcard at most.
    #[must_use]
    pub fn fits(&self, form: &str) -> bool {
        form.strip_prefix(self.head.as_str()).is_some_and(|rest| fits(&self.rest, rest))
    }
}

/// The usual way: only the last `*` ever has to take more, because whatever stands between two of them is best found early.
fn fits(parts: &[WildcardPart], form: &str) -> bool {
    let (mut part, mut at) = (0, 0);
    // Where to go on when what follows the last `*` does not fit: the part behind it, and the place it was tried at.
    let mut retry: Option<(usize, usize)> = None;
    loop {
        let next = match parts.get(part) {
            None if at == form.len() => return true,
            None => None,
            Some(WildcardPart::Run) => {
                retry = Some((part + 1, at));
                part += 1;
                continue;
            }
            Some(WildcardPart::Letter) => after_letter(form, at),
            Some(WildcardPart::Text(text)) => form[at..].starts_with(text.as_str()).then(|| at + text.len()),
        };
        match next {
            Some(next) => {
                at = next;
                part += 1;
            }
            None => {
                let Some((behind, tried)) = retry else { return false };
                let Some(first) = form[tried..].chars().next() else { return false };
                let longer = tried + first.len_utf8();
                retry = Some((behind, longer));
                (part, at) = (behind, longer);
            }
        }
    }
}

/// The place behind the letter at `at`, and behind the signs that belong to it.
fn after_letter(form: &str, at: usize) -> Option<usize> {
    let first = form[at..].chars().next()?;
    let behind = at + first.len_utf8();
    let signs = form[behind..].find(|c| !is_mark(c)).unwrap_or(form.len() - behind);
    Some(behind + signs)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wildcard(head: &str, rest: &str) -> Wildcard {
        let part = |c: char| match c {
            '*' => WildcardPart::Run,
            '?' => WildcardPart::Letter,
            c => WildcardPart::Text(c.to_string()),
        };
        Wildcard { head: head.to_owned(), rest: rest.chars().map(part).collect() }
    }

    #[test]
    fn fits_what_it_says() {
        for (head, rest, form, expected) in [
            ("charg", "*", "charger", true),
            ("charg", "*", "charg", true),
            ("charg", "*", "char", false),
            ("in", "*fix", "infix", true),
            ("in", "*fix", "influenza-fix", true),
            ("in", "*fix", "infixes", false),
            ("organi", "?e", "organise", true),
            ("organi", "?e", "organie", false),
            ("organi", "?e", "organisse", false),
            ("ab", "*b*a", "abba", true),
            ("ab", "*b*b*b", "abbbb", true),
            ("ab", "*b*b*b", "abbb", false),
            ("ab", "??", "ab12", true),
            ("ab", "??", "ab1", false),
            ("\u{1}caff", "*", "caffe", false),
            // A sign belongs to its letter.
            ("नम", "?ते", "नमस्ते", true),
        ] {
            assert_eq!(wildcard(head, rest).fits(form), expected, "{head}{rest} {form}");
        }
    }

    /// By trying everything.
    fn obviously(parts: &[char], form: &[char]) -> bool {
        match (parts, form) {
            ([], form) => form.is_empty(),
            (['*', rest @ ..], form) => obviously(rest, form) || (!form.is_empty() && obviously(parts, &form[1..])),
            (['?', rest @ ..], [_, form @ ..]) => obviously(rest, form),
            ([letter, rest @ ..], [first, form @ ..]) => letter == first && obviously(rest, form),
            (_, []) => false,
        }
    }

    proptest! {
        #[test]
        fn fits_as_trying_everything_does(rest in "[ab*?]{1,8}", form in "[ab]{0,10}") {
            let mut rest = rest;
            while rest.contains("**") {
                rest = rest.replace("**", "*");
            }
            let parts: Vec<char> = rest.chars().collect();
            let letters: Vec<char> = form.chars().collect();
            prop_assert_eq!(wildcard("xy", &rest).fits(&format!("xy{form}")), obviously(&parts, &letters));
        }
    }
}
