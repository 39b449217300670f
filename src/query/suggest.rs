//! What somebody may have meant: the nearest known name, and the names other tools have for our fields.

/// Longer names are not compared: no field has one, and the work grows with the square of the length.
const COMPARED_CHARS_MAX: usize = 40;

/// The known name that is written most alike, if any is near enough to be a slip of the hand.
pub(super) fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written: Vec<char> = written.to_lowercase().chars().take(COMPARED_CHARS_MAX + 1).collect();
    if written.is_empty() || written.len() > COMPARED_CHARS_MAX {
        return None;
    }
    let most = (written.len() / 3).max(1);
    (known.into_iter())
        .filter(|name| name.chars().count().abs_diff(written.len()) <= most)
        .map(|name| (distance(&written, &name.to_lowercase().chars().collect::<Vec<_>>()), name))
        .filter(|&(distance, name)| distance <= most && distance < name.chars().count())
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, name)| name)
}

/// Letters to add, take away, change, or swap with their neighbour, to make one word of the other.
fn distance(left: &[char], right: &[char]) -> usize {
    let mut before_last = vec![0; right.len() + 1];
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (i, from) in left.iter().enumerate() {
        let mut row = vec![i + 1; right.len() + 1];
        for (j, to) in right.iter().enumerate() {
            let change = last[j] + usize::from(from != to);
            row[j + 1] = change.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *from == right[j - 1] && left[i - 1] == *to {
                row[j + 1] = row[j + 1].min(before_last[j - 1] + 1);
            }
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[right.len()]
}

/// The field that is meant by a name we do not have.
pub(super) fn field(written: &str) -> Option<&'static str> {
    let written = written.to_lowercase();
    let theirs = FIELDS_ELSEWHERE.iter().map(|&(theirs, _)| theirs);
    let name = nearest(&written, theirs.chain(super::field::Field::names()))?;
    Some(FIELDS_ELSEWHERE.iter().find(|&&(theirs, _)| theirs == name).map_or(name, |&(_, ours)| ours))
}

/// The field and value that are meant by a value we do not have, as other tools call it.
pub(super) fn value(field: &str, written: &str) -> Option<(&'static str, &'static str)> {
    let found = VALUES_ELSEWHERE.iter().find(|&&(of_field, theirs, _)| of_field == field && theirs == written);
    found.map(|&(_, _, ours)| ours)
}

/// The code of a language that was named in English.
pub(super) fn language(written: &str) -> Option<&'static str> {
    let name = nearest(written, LANGUAGES.iter().map(|&(name, _)| name))?;
    LANGUAGES.iter().find(|&&(known, _)| known == name).map(|&(_, code)| code)
}

/// Names that other tools, and people's expectations, have for our fields.
const FIELDS_ELSEWHERE: &[(&str, &str)] = &[
    ("account", "from"),
    ("body", "text"),
    ("brands", "brand"),
    ("by", "from"),
    ("caption", "text"),
    ("channel", "platform"),
    ("comments", "replies"),
    ("content", "text"),
    ("contains", "has"),
    ("conversation", "thread"),
    ("created", "published"),
    ("created_at", "published"),
    ("date", "published"),
    ("day", "weekday"),
    ("domain", "site"),
    ("emotion", "sentiment"),
    ("favorites", "likes"),
    ("favourites", "likes"),
    ("follower_count", "followers"),
    ("handle", "from"),
    ("headline", "title"),
    ("host", "site"),
    ("hour", "minute_of_day"),
    ("impressions", "views"),
    ("kind", "type"),
    ("label", "tag"),
    ("labels", "tag"),
    ("language", "lang"),
    ("links", "link"),
    ("location", "country"),
    ("mention", "mentions"),
    ("message", "text"),
    ("name", "author"),
    ("network", "platform"),
    ("polarity", "sentiment"),
    ("retweets", "reposts"),
    ("score", "sentiment_score"),
    ("sender", "from"),
    ("shares", "reposts"),
    ("since", "published"),
    ("source", "platform"),
    ("stars", "rating"),
    ("state", "status"),
    ("subject", "title"),
    ("tags", "tag"),
    ("time", "published"),
    ("tone", "sentiment"),
    ("until", "published"),
    ("user", "from"),
    ("username", "from"),
    ("website", "site"),
    ("writer", "author"),
];

/// Values that other tools, and people's expectations, have for ours: their field, their value, what we write.
const VALUES_ELSEWHERE: &[(&str, &str, (&str, &str))] = &[
    ("has", "hashtags", ("has", "hashtag")),
    ("has", "image", ("has", "media")),
    ("has", "images", ("has", "media")),
    ("has", "mention", ("has", "handle")),
    ("has", "mentions", ("has", "handle")),
    ("has", "photo", ("has", "media")),
    ("has", "url", ("has", "link")),
    ("has", "video", ("has", "media")),
    ("is", "answered", ("status", "answered")),
    ("is", "dm", ("type", "dm")),
    ("is", "quote", ("type", "quote")),
    ("is", "reply", ("type", "reply")),
    ("is", "repost", ("type", "repost")),
    ("is", "retweet", ("type", "repost")),
    ("type", "message", ("type", "dm")),
    ("type", "retweet", ("type", "repost")),
    ("type", "tweet", ("type", "post")),
];

/// English names of the languages most written in public, with their ISO 639-1 codes.
const LANGUAGES: &[(&str, &str)] = &[
    ("afrikaans", "af"),
    ("albanian", "sq"),
    ("amharic", "am"),
    ("arabic", "ar"),
    ("armenian", "hy"),
    ("azerbaijani", "az"),
    ("basque", "eu"),
    ("belarusian", "be"),
    ("bengali", "bn"),
    ("bosnian", "bs"),
    ("bulgarian", "bg"),
    ("burmese", "my"),
    ("catalan", "ca"),
    ("chinese", "zh"),
    ("croatian", "hr"),
    ("czech", "cs"),
    ("danish", "da"),
    ("dutch", "nl"),
    ("english", "en"),
    ("esperanto", "eo"),
    ("estonian", "et"),
    ("farsi", "fa"),
    ("finnish", "fi"),
    ("french", "fr"),
    ("galician", "gl"),
    ("georgian", "ka"),
    ("german", "de"),
    ("greek", "el"),
    ("gujarati", "gu"),
    ("hebrew", "he"),
    ("hindi", "hi"),
    ("hungarian", "hu"),
    ("icelandic", "is"),
    ("indonesian", "id"),
    ("irish", "ga"),
    ("italian", "it"),
    ("japanese", "ja"),
    ("kannada", "kn"),
    ("kazakh", "kk"),
    ("khmer", "km"),
    ("korean", "ko"),
    ("kurdish", "ku"),
    ("lao", "lo"),
    ("latin", "la"),
    ("latvian", "lv"),
    ("lithuanian", "lt"),
    ("macedonian", "mk"),
    ("malay", "ms"),
    ("malayalam", "ml"),
    ("marathi", "mr"),
    ("mongolian", "mn"),
    ("nepali", "ne"),
    ("norwegian", "no"),
    ("pashto", "ps"),
    ("persian", "fa"),
    ("polish", "pl"),
    ("portuguese", "pt"),
    ("punjabi", "pa"),
    ("romanian", "ro"),
    ("russian", "ru"),
    ("serbian", "sr"),
    ("sinhala", "si"),
    ("slovak", "sk"),
    ("slovenian", "sl"),
    ("somali", "so"),
    ("spanish", "es"),
    ("swahili", "sw"),
    ("swedish", "sv"),
    ("tagalog", "tl"),
    ("tamil", "ta"),
    ("telugu", "te"),
    ("thai", "th"),
    ("turkish", "tr"),
    ("ukrainian", "uk"),
    ("undetermined", "und"),
    ("unknown", "und"),
    ("urdu", "ur"),
    ("uzbek", "uz"),
    ("vietnamese", "vi"),
    ("welsh", "cy"),
    ("yiddish", "yi"),
    ("zulu", "zu"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_field() {
        for (written, expected) in [
            ("langauge", Some("lang")),
            ("lnag", Some("lang")),
            ("Language", Some("lang")),
            ("titel", Some("title")),
            ("follower", Some("followers")),
            ("user", Some("from")),
            ("retweet", Some("reposts")),
            ("sentimnet", Some("sentiment")),
            ("note", None),
            ("язык", None),
            ("http", None),
        ] {
            assert_eq!(field(written), expected, "{written}");
        }
    }

    #[test]
    fn names_elsewhere_are_not_ours_and_lead_to_ours() {
        for &(theirs, ours) in FIELDS_ELSEWHERE {
            assert!(super::super::field::Field::from_name(theirs).is_none(), "{theirs} is a field");
            assert!(super::super::field::Field::from_name(ours).is_some(), "{ours} is no field");
        }
    }
}
