use unicode_normalization::UnicodeNormalization as _;

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
}

/// Both spellings of a word.
pub(super) fn spell(word: &str) -> Spellings {
    if word.is_ascii() {
        return Spellings { folded: cut(word.to_ascii_lowercase()), accented: None };
    }
    // Composed and half-width forms first: what looks the same must be the same. Lower-casing can decompose (İ), so compose again.
    let accented: String =
        word.nfkc().filter(|c| !is_ignorable(*c)).flat_map(char::to_lowercase).map(final_sigma).nfc().collect();
    let folded: String = fold_accents(&accented);
    let (folded, accented) = (cut(folded), cut(accented));
    let accented = (accented != folded).then_some(accented);
    Spellings { folded, accented }
}

/// A pictogram without skin tone and selectors, and with the tone where it has one.
pub(super) fn spell_emoji(emoji: &str) -> Spellings {
    let plain = |c: &char| !matches!(c, '\u{FE0E}' | '\u{FE0F}');
    let folded: String = emoji.chars().filter(plain).filter(|c| !is_skin_tone(*c)).collect();
    let toned: String = emoji.chars().filter(plain).collect();
    if folded.is_empty() {
        // A skin tone by itself stands for itself.
        return Spellings { folded: toned, accented: None };
    }
    let accented = (toned != folded).then_some(toned);
    Spellings { folded, accented }
}

/// One unit of a script without spaces, as it is compared: half-width kana are the same as wide ones.
pub(super) fn spell_unit(unit: &str) -> String {
    unit.nfkc().filter(|c| !is_ignorable(*c)).flat_map(char::to_lowercase).collect()
}

/// Strips accents only where readers treat them as optional: on Latin and Greek letters, of Cyrillic ё, and the vowel marks of
/// Arabic and Hebrew. й, ї, the dots of kana and the vowel signs of Indic scripts are letters.
fn fold_accents(text: &str) -> String {
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
