//! What a letter is to the tokenizer. Ranges, not tables: most texts never leave the first two tests.

/// Part of a word in a script that puts spaces between words.
pub(super) fn is_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '_';
    }
    !is_unspaced(c) && (is_letter_or_digit(c) || is_mark(c))
}

/// As the standard library says, but without its tables for the letters that most texts are written in.
#[must_use]
pub fn is_letter_or_digit(c: char) -> bool {
    match c {
        _ if c.is_ascii() => c.is_ascii_alphanumeric(),
        'À'..='Ö'
        | 'Ø'..='ö'
        | 'ø'..='ʯ'
        | 'А'..='ҁ'
        | 'Ҋ'..='ԯ'
        | 'ؠ'..='ي'
        | '가'..='힣'
        | 'ぁ'..='ゖ'
        | 'ァ'..='ヺ'
        | '一'..='鿿'
        | 'ก'..='ะ' => true,
        _ => c.is_alphanumeric(),
    }
}

/// A mark that belongs to the letter before it.
pub(super) fn is_mark(c: char) -> bool {
    c >= '\u{300}' && unicode_normalization::char::is_combining_mark(c)
}

/// A letter or mark of a script written without spaces between words.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0E01}'..='\u{0E3A}' | '\u{0E40}'..='\u{0E4E}' // Thai
        | '\u{0E81}'..='\u{0ECE}' | '\u{0EDC}'..='\u{0EDF}' // Lao
        | '\u{1000}'..='\u{103F}' | '\u{1050}'..='\u{109F}' | '\u{AA60}'..='\u{AA7F}' // Myanmar
        | '\u{1780}'..='\u{17D3}' | '\u{17DC}' | '\u{17DD}' // Khmer
        | '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{309F}' | '\u{30A1}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}' // kana
        | '\u{31F0}'..='\u{31FF}' | '\u{FF66}'..='\u{FF9F}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' // Han
        | '\u{20000}'..='\u{323AF}')
}

/// Joins the unit of the unspaced letter before it: vowel and tone signs, and the half-width voicing marks.
pub(super) fn joins_unit(c: char) -> bool {
    is_mark(c) || matches!(c, '\u{FF9E}' | '\u{FF9F}') || is_ignorable(c)
}

/// Invisible, and without a meaning for searching: joiners, direction marks, soft hyphen, variation selectors.
pub(super) fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{0640}' // soft hyphen, grapheme joiner, Arabic mark and tatweel
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0100}'..='\u{E01EF}')
}

/// A sign that people search for as written, one token each. Other punctuation only divides words.
pub(super) fn is_symbol(c: char) -> bool {
    matches!(c, '&' | '+' | '%' | '$' | '#' | '@' | '\u{A2}'..='\u{A5}' | '§' | '°' | '\u{20A0}'..='\u{20CF}' | '№' | '‰')
        || matches!(c, '＆' | '＋' | '％' | '＄' | '＃' | '＠')
}

/// The first character of a pictogram.
pub(super) fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{1F000}'..='\u{1FAFF}' | '\u{2600}'..='\u{27BF}' | '\u{2B05}'..='\u{2B55}' | '\u{2300}'..='\u{23FF}'
        | '\u{3030}' | '\u{303D}' | '\u{3297}' | '\u{3299}')
}

/// Changes the colour of the skin of the pictogram before it.
pub(super) fn is_skin_tone(c: char) -> bool {
    matches!(c, '\u{1F3FB}'..='\u{1F3FF}')
}

/// Two of these make a flag.
pub(super) fn is_flag_half(c: char) -> bool {
    matches!(c, '\u{1F1E6}'..='\u{1F1FF}')
}

/// Ends a link: no address has it unescaped, or people write it right behind one.
pub(super) fn ends_link(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '<' | '>' | '"' | '“' | '”' | '«' | '»' | '|' | '、' | '。' | '，' | '）' | '」' | '】' | '！' | '？'
        )
        || is_unspaced(c)
}
