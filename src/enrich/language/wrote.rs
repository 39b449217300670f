/// Languages of one author that are kept.
const LANGUAGES_MAX: usize = 3;
/// Bytes of a language's code that is kept; no shipped one is longer.
const CODE_BYTES_MAX: usize = 8;
/// Mentions of one language that count: who wrote Italian ten times writes Italian, and may move abroad all the same.
const COUNT_MAX: u8 = 10;
/// A language that an author was not seen in counts as so many mentions in it.
const UNSEEN: f32 = 0.1;
/// How much the past counts beside the words of a mention: half, for people write to brands in languages that are not their own.
const STRENGTH: f32 = 0.5;

/// The languages an author wrote in before, as far as their words left no doubt. 32 bytes, for there are many authors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wrote {
    codes: [[u8; CODE_BYTES_MAX]; LANGUAGES_MAX],
    counts: [u8; LANGUAGES_MAX],
}

impl Wrote {
    /// Whether nothing is known.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.counts == [0; LANGUAGES_MAX]
    }

    /// Counts one more mention. Of a fourth language room is made by the rarest.
    pub fn add(&mut self, code: &str) {
        let Some(code) = padded(code) else { return };
        let known = (0..LANGUAGES_MAX).find(|&place| self.counts[place] > 0 && self.codes[place] == code);
        if let Some(place) = known {
            if self.counts[place] == COUNT_MAX {
                // The others fade instead, so that the newest mentions decide.
                (0..LANGUAGES_MAX).filter(|&other| other != place).for_each(|other| self.counts[other] /= 2);
            } else {
                self.counts[place] += 1;
            }
            return;
        }
        let Some(rarest) = (0..LANGUAGES_MAX).min_by_key(|&place| self.counts[place]) else { return };
        self.codes[rarest] = code;
        self.counts[rarest] = 1;
    }

    /// What the past adds to the log odds of a language.
    pub(super) fn prior(&self, code: &str) -> f32 {
        let all: f32 = self.counts.iter().copied().map(f32::from).sum();
        let known = padded(code).and_then(|code| (0..LANGUAGES_MAX).find(|&place| self.codes[place] == code));
        let count = known.map_or(0.0, |place| f32::from(self.counts[place]));
        STRENGTH * ((count + UNSEEN) / (all + 1.0)).ln()
    }
}

fn padded(code: &str) -> Option<[u8; CODE_BYTES_MAX]> {
    let mut padded = [0; CODE_BYTES_MAX];
    padded.get_mut(..code.len())?.copy_from_slice(code.as_bytes());
    (!code.is_empty()).then_some(padded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_past_speaks_for_what_it_holds_and_fades() {
        let mut wrote = Wrote::default();
        assert!(wrote.is_nothing());
        wrote.add("it");
        assert!(wrote.prior("it") > wrote.prior("es") + 1.0, "{} {}", wrote.prior("it"), wrote.prior("es"));
        let once = wrote.prior("it") - wrote.prior("es");
        (0..40).for_each(|_| wrote.add("it"));
        assert!(wrote.prior("it") - wrote.prior("es") > once);
        for code in ["es", "fr", "de", "es"] {
            wrote.add(code);
        }
        assert!(wrote.prior("it") > wrote.prior("de"), "the most frequent is not crowded out");
        (0..40).for_each(|_| wrote.add("de"));
        assert!(wrote.prior("de") > wrote.prior("it"), "somebody who moved abroad");
    }

    #[test]
    fn codes_that_are_too_long_or_empty_are_nothing() {
        let mut wrote = Wrote::default();
        wrote.add("");
        wrote.add("hi-Latn-x-long");
        assert!(wrote.is_nothing());
        wrote.add("hi-Latn");
        assert!(wrote.prior("hi-Latn") > wrote.prior("hi"));
    }
}
