use unicode_normalization::{UnicodeNormalization as _, char::decompose_canonical};

use super::class::{is_ignorable, is_mark, is_skin_tone};

/// Longest form of a word that is kept, in bytes. Nobody searches for longer ones, and a text of one endless word must not
/// become one endless term. Words are cut alike in texts and queries.
pub(super) const WORD_BYTES_MAX: usize = 256;

/// The spellings of a word that can be searched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spellings {
    /// Without letter case and without accents that readers treat as optional.
    pub(super) folded: String,
    /// Without letter case, with all accents; `None` where that is the same.
    pub(super) accented: Option<String>,
    /// As written, with letter case and accents; `None` where it has no letter case to show: where it is the accented one.
    pub(super) written: Option<String>,
}

impl Spellings {
    /// Without letter case, with all accents.
    pub(super) fn accented(&self) -> &str {
        self.accented.as_deref().unwrap_or(&self.folded)
    }
}

/// All spellings of a word.
pub(super) fn spell(word: &str) -> Spellings {
    if word.is_ascii() {
        let has_capitals = word.bytes().any(|letter| letter.is_ascii_uppercase());
        let written = has_capitals.then(|| cut(word.to_owned()));
        return Spellings { folded: cut(word.to_ascii_lowercase()), accented: None, written };
    }
    if let Some(spellings) = spell_simple(word) {
        return spellings;
    }
    // Composed and half-width forms first: what looks the same must be the same. Lower-casing can decompose (İ), so compose again.
    let written: String = word.nfkc().filter(|c| !is_ignorable(*c)).map(final_sigma).nfc().collect();
    let accented: String = written.chars().flat_map(char::to_lowercase).map(final_sigma).nfc().collect();
    let folded: String = fold_accents(&accented);
    spellings(folded, accented, written)
}

/// Keeps of each spelling what fits and what the ones before it do not say already.
fn spellings(folded: String, accented: String, written: String) -> Spellings {
    let (folded, accented, written) = (cut(folded), cut(accented), cut(written));
    let written = (written != accented).then_some(written);
    let accented = (accented != folded).then_some(accented);
    Spellings { folded, accented, written }
}

/// The same for words of composed Latin and plain Cyrillic letters and of Hangul syllables, which are most words outside ASCII:
/// letter by letter, without the library's buffers. `None` where a letter needs more.
fn spell_simple(word: &str) -> Option<Spellings> {
    let mut folded = String::with_capacity(word.len());
    let mut accented = String::with_capacity(word.len());
    for c in word.chars() {
        match c {
            _ if c.is_ascii() => {
                folded.push(c.to_ascii_lowercase());
                accented.push(c.to_ascii_lowercase());
            }
            // Without İ, ĳ, ŀ and ŉ, which have other shapes in lower case or by compatibility.
            'À'..='Ö' | 'Ø'..='ö' | 'ø'..='į' | 'ı' | 'Ĵ'..='ľ' | 'Ł'..='ň' | 'Ŋ'..='ž' => {
                let lower = c.to_lowercase().next()?;
                accented.push(lower);
                match unfoldable(lower) {
                    Some(plain) => folded.push_str(plain),
                    None => decompose_canonical(lower, |part| {
                        if !is_mark(part) {
                            folded.push_str(unfoldable(part).unwrap_or(part.encode_utf8(&mut [0; 4])));
                        }
                    }),
                }
            }
            'А'..='я' | 'Ё' | 'ё' => {
                let lower = c.to_lowercase().next()?;
                accented.push(lower);
                folded.push(if lower == 'ё' { 'е' } else { lower });
            }
            '가'..='힣' => {
                accented.push(c);
                folded.push(c);
            }
            _ => return None,
        }
    }
    Some(spellings(folded, accented, word.to_owned()))
}

/// Handles are compared without letter case, accents and all.
pub(super) fn spell_handle(handle: &str) -> String {
    if handle.is_ascii() {
        return handle.to_ascii_lowercase();
    }
    spell(handle).accented().to_owned()
}

/// A pictogram without skin tone and selectors, and with the tone where it has one.
pub(super) fn spell_emoji(emoji: &str) -> Spellings {
    let plain = |c: &char| !matches!(c, '\u{FE0E}' | '\u{FE0F}');
    let folded: String = emoji.chars().filter(plain).filter(|c| !is_skin_tone(*c)).collect();
    let toned: String = emoji.chars().filter(plain).collect();
    if folded.is_empty() {
        // A skin tone by itself stands for itself.
        return Spellings { folded: toned, accented: None, written: None };
    }
    let accented = (toned != folded).then_some(toned);
    Spellings { folded, accented, written: None }
}

/// One unit of a script without spaces, as it is compared: half-width kana are the same as wide ones.
pub(super) fn spell_unit(unit: &str) -> String {
    // One letter that is its own composed and only form, or with one sign: nothing to put in order.
    let is_plain =
        |c: char| matches!(c, '一'..='鿿' | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー' | 'ก'..='า' | 'ิ'..='ู' | 'เ'..='๎');
    if unit.chars().count() <= 2 && unit.chars().all(is_plain) {
        return unit.to_owned();
    }
    unit.nfkc().filter(|c| !is_ignorable(*c)).flat_map(char::to_lowercase).collect()
}

/// The letters of a text with their marks joined to them wherever there is one sign for both.
pub fn composed(text: &str) -> impl Iterator<Item = char> {
    text.nfc()
}

/// Strips accents only where readers treat them as optional: on Latin and Greek letters, of Cyrillic ё, and the vowel marks of
/// Arabic and Hebrew. й, ї, the dots of kana and the vowel signs of Indic scripts are letters.
pub(super) fn fold_accents(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut base = ' ';
    for c in text.nfd() {
        if is_mark(c) {
            let optional = match c {
                '\u{064B}'..='\u{065F}' | '\u{0670}' | '\u{0591}'..='\u{05C7}' => true,
                '\u{0308}' if base == 'е' => true,
                '\u{0300}'..='\u{036F}' => is_latin_or_greek(base),
                _ => false,
            };
            if !optional {
                folded.push(c);
            }
            continue;
        }
        base = c;
        match unfoldable(c) {
            Some(plain) => folded.push_str(plain),
            None => folded.push(c),
        }
    }
    // What was kept goes back into one letter: й is one letter in every text.
    if folded.is_ascii() { folded } else { folded.nfc().collect() }
}

fn is_latin_or_greek(c: char) -> bool {
    matches!(c, 'a'..='z' | '\u{00C0}'..='\u{024F}' | '\u{0250}'..='\u{02AF}' | '\u{0370}'..='\u{03FF}')
        || matches!(c, '\u{1E00}'..='\u{1FFF}')
}

/// Letters that readers write without their stroke or as two letters, but that Unicode does not decompose.
fn unfoldable(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'ı' => "i",
        'þ' => "th",
        'ħ' => "h",
        'ŧ' => "t",
        _ => return None,
    })
}

/// The two forms of sigma are one letter.
fn final_sigma(c: char) -> char {
    if c == 'ς' { 'σ' } else { c }
}

fn cut(mut word: String) -> String {
    if word.len() > WORD_BYTES_MAX {
        let end = word.floor_char_boundary(WORD_BYTES_MAX);
        word.truncate(end);
    }
    word
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// By the library alone.
    fn spell_thoroughly(word: &str) -> Spellings {
        let written: String = word.nfkc().filter(|c| !is_ignorable(*c)).map(final_sigma).nfc().collect();
        let accented: String = written.chars().flat_map(char::to_lowercase).map(final_sigma).nfc().collect();
        spellings(fold_accents(&accented), accented, written)
    }

    #[test]
    fn the_short_way_ends_where_the_long_way_does_for_every_letter() {
        for c in '\u{80}'..='\u{D7FF}' {
            let word = c.to_string();
            if let Some(short) = spell_simple(&word) {
                assert_eq!(short, spell_thoroughly(&word), "{c:?}");
            }
            assert_eq!(super::super::is_letter_or_digit(c), c.is_alphanumeric(), "{c:?}");
            let long: String = word.nfkc().filter(|c| !is_ignorable(*c)).flat_map(char::to_lowercase).collect();
            if super::super::class::is_unspaced(c) {
                assert_eq!(spell_unit(&word), long, "{c:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn the_short_way_ends_where_the_long_way_does(word in "[a-zA-ZÀ-žА-яЁё가-힣0-9\u{300}\u{308}\u{200d}]{1,12}") {
            if let Some(short) = spell_simple(&word) {
                prop_assert_eq!(short, spell_thoroughly(&word));
            }
        }

        #[test]
        fn units_with_signs_are_put_in_order(unit in "[ก-า][ิ-ู็-๎]{0,3}|[か-と][\u{3099}\u{309a}]?") {
            let long: String = unit.nfkc().filter(|c| !is_ignorable(*c)).flat_map(char::to_lowercase).collect();
            prop_assert_eq!(spell_unit(&unit), long);
        }
    }
}
