//! How long an answer is, as its platform counts.

use unicode_segmentation::UnicodeSegmentation as _;

use super::{Draft, Finding, Rule, Severity};
use crate::{
    base::Span,
    model::ReplyRules,
    text::{SegmentKind, composed, segments},
};

/// How a platform counts, and how much it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct LengthRule {
    /// Most units.
    max: u32,
    unit: Unit,
}

/// What one unit of length is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    /// Letters of most alphabets are one, those of East Asia and pictograms two, a link is 23.
    Weighted,
    /// What people see as one letter; a link is 23.
    LettersAndShortLinks,
    /// What people see as one letter.
    Letters,
}

/// A link on platforms that shorten them.
const SHORT_LINK: u32 = 23;

/// What platforms take as an answer. One that is not listed takes anything.
const PLATFORMS: [(&str, LengthRule); 14] = [
    ("twitter", LengthRule { max: 280, unit: Unit::Weighted }),
    ("x", LengthRule { max: 280, unit: Unit::Weighted }),
    ("mastodon", LengthRule { max: 500, unit: Unit::LettersAndShortLinks }),
    ("bluesky", LengthRule { max: 300, unit: Unit::Letters }),
    ("threads", LengthRule { max: 500, unit: Unit::Letters }),
    ("instagram", LengthRule { max: 2_200, unit: Unit::Letters }),
    ("facebook", LengthRule { max: 8_000, unit: Unit::Letters }),
    ("tiktok", LengthRule { max: 150, unit: Unit::Letters }),
    ("youtube", LengthRule { max: 10_000, unit: Unit::Letters }),
    ("linkedin", LengthRule { max: 1_250, unit: Unit::Letters }),
    ("reddit", LengthRule { max: 10_000, unit: Unit::Letters }),
    ("telegram", LengthRule { max: 4_096, unit: Unit::Letters }),
    ("google_play", LengthRule { max: 350, unit: Unit::Letters }),
    ("app_store", LengthRule { max: 5_970, unit: Unit::Letters }),
];

/// How many units a text has where it is to stand, and how many may be; no bound where the platform is not known.
#[must_use]
pub fn length_of(text: &str, platform: &str, rules: &ReplyRules) -> (u32, Option<u32>) {
    let known = PLATFORMS.iter().find(|(name, _)| *name == platform).map(|(_, rule)| *rule);
    let units = units(text, known.map_or(Unit::Letters, |rule| rule.unit)).last().map_or(0, |(_, units)| units);
    let own = rules.lengths.get(platform).copied();
    let max = match (known.map(|rule| rule.max), own) {
        (Some(platform), Some(own)) => Some(platform.min(own)),
        (platform, own) => platform.or(own),
    };
    (units, max)
}

pub(super) fn check(draft: &Draft<'_>, rules: &ReplyRules, findings: &mut Vec<Finding>) {
    let (length, Some(max)) = length_of(draft.text, draft.platform, rules) else { return };
    if length <= max {
        return;
    }
    let unit = PLATFORMS.iter().find(|(name, _)| *name == draft.platform).map_or(Unit::Letters, |(_, rule)| rule.unit);
    // The part that is too much begins behind the last letter that fits.
    let fits = units(draft.text, unit).take_while(|(_, units)| *units <= max).last().map_or(0, |(end, _)| end);
    findings.push(Finding {
        rule: Rule::Length,
        severity: Severity::Refuses,
        span: Span::new(fits, draft.text.len()),
        message: format!(
            "the draft has {length} units as {} counts, {max} are allowed; shorten it by {}",
            draft.platform,
            length - max
        ),
    });
}

/// Where each visible letter or link ends, and how many units there are up to there.
fn units(text: &str, unit: Unit) -> impl Iterator<Item = (usize, u32)> {
    let shortens = unit != Unit::Letters;
    let mut links = segments(text)
        .filter(move |segment| shortens && segment.kind == SegmentKind::Link)
        .map(|segment| segment.span.range())
        .peekable();
    let mut sum = 0_u32;
    text.grapheme_indices(true).filter_map(move |(at, letter)| {
        let end = at + letter.len();
        while links.peek().is_some_and(|link| link.end <= at) {
            links.next();
        }
        if let Some(link) = links.peek()
            && link.contains(&at)
        {
            if end < link.end {
                return None;
            }
            sum = sum.saturating_add(SHORT_LINK);
        } else {
            sum = sum.saturating_add(if unit == Unit::Weighted { weight(letter) } else { 1 });
        }
        Some((end, sum))
    })
}

/// As X weighs a letter: composed first, and a pictogram is two, however many signs it is made of.
fn weight(letter: &str) -> u32 {
    if letter.chars().any(is_pictogram_sign) {
        return 2;
    }
    composed(letter)
        .map(|sign| match u32::from(sign) {
            0..=0x10FF | 0x2000..=0x200D | 0x2010..=0x201F | 0x2032..=0x2037 => 1,
            _ => 2,
        })
        .sum()
}

fn is_pictogram_sign(sign: char) -> bool {
    matches!(sign, '\u{1F000}'..='\u{1FAFF}' | '\u{FE0F}' | '\u{20E3}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_as_each_platform_does() {
        let rules = ReplyRules::default();
        for (text, platform, expected) in [
            ("abc", "twitter", 3),
            ("привет", "twitter", 6),
            ("こんにちは", "twitter", 10),
            ("👨‍👩‍👧‍👦", "twitter", 2),
            ("🇮🇹!", "twitter", 3),
            ("cafe\u{301}", "twitter", 4),
            ("see https://nordwind.example/a/very/long/path/to/the/form ok", "twitter", 4 + 23 + 3),
            ("see https://nordwind.example/a ok", "mastodon", 4 + 23 + 3),
            ("see https://nordwind.example/a ok", "bluesky", 33),
            ("👨‍👩‍👧‍👦 สวัสดี", "bluesky", 6),
            ("", "twitter", 0),
        ] {
            assert_eq!(length_of(text, platform, &rules).0, expected, "{text} on {platform}");
        }
    }

    #[test]
    fn the_stricter_bound_counts() {
        let rules = |max| ReplyRules { lengths: [("twitter".to_owned(), max)].into(), ..ReplyRules::default() };
        assert_eq!(length_of("a", "twitter", &rules(200)).1, Some(200));
        assert_eq!(length_of("a", "twitter", &rules(9_000)).1, Some(280));
        assert_eq!(length_of("a", "forum", &rules(200)).1, None);
    }
}
