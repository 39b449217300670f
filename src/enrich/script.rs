//! Scripts, and which languages have one for themselves.

/// The scripts told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Script {
    Latin,
    Cyrillic,
    Arabic,
    Devanagari,
    Ethiopic,
    Hebrew,
    Bengali,
    Han,
    Kana,
    Hangul,
    Thai,
    Greek,
    Georgian,
    Armenian,
    Khmer,
    Lao,
    Myanmar,
    Tamil,
    Telugu,
    Kannada,
    Malayalam,
    Gujarati,
    Gurmukhi,
    Sinhala,
    Odia,
    Tibetan,
    Thaana,
    Cherokee,
    Other,
}

impl Script {
    /// How many there are.
    pub(super) const COUNT: usize = Self::Other as usize + 1;

    /// Every script, in order.
    pub(super) const ALL: [Self; Self::COUNT] = [
        Self::Latin,
        Self::Cyrillic,
        Self::Arabic,
        Self::Devanagari,
        Self::Ethiopic,
        Self::Hebrew,
        Self::Bengali,
        Self::Han,
        Self::Kana,
        Self::Hangul,
        Self::Thai,
        Self::Greek,
        Self::Georgian,
        Self::Armenian,
        Self::Khmer,
        Self::Lao,
        Self::Myanmar,
        Self::Tamil,
        Self::Telugu,
        Self::Kannada,
        Self::Malayalam,
        Self::Gujarati,
        Self::Gurmukhi,
        Self::Sinhala,
        Self::Odia,
        Self::Tibetan,
        Self::Thaana,
        Self::Cherokee,
        Self::Other,
    ];

    /// The script of a letter.
    pub(super) fn of(letter: char) -> Self {
        match letter as u32 {
            0x0000..=0x024F | 0x1E00..=0x1EFF | 0x2C60..=0x2C7F | 0xA720..=0xA7FF | 0xFF21..=0xFF5A => Self::Latin,
            0x0370..=0x03FF | 0x1F00..=0x1FFF => Self::Greek,
            0x0400..=0x052F | 0x1C80..=0x1C8F | 0x2DE0..=0x2DFF | 0xA640..=0xA69F => Self::Cyrillic,
            0x0530..=0x058F => Self::Armenian,
            0x0590..=0x05FF | 0xFB1D..=0xFB4F => Self::Hebrew,
            0x0600..=0x06FF | 0x0750..=0x077F | 0x08A0..=0x08FF | 0xFB50..=0xFDFF | 0xFE70..=0xFEFE => Self::Arabic,
            0x0780..=0x07BF => Self::Thaana,
            0x0900..=0x097F | 0xA8E0..=0xA8FF => Self::Devanagari,
            0x0980..=0x09FF => Self::Bengali,
            0x0A00..=0x0A7F => Self::Gurmukhi,
            0x0A80..=0x0AFF => Self::Gujarati,
            0x0B00..=0x0B7F => Self::Odia,
            0x0B80..=0x0BFF => Self::Tamil,
            0x0C00..=0x0C7F => Self::Telugu,
            0x0C80..=0x0CFF => Self::Kannada,
            0x0D00..=0x0D7F => Self::Malayalam,
            0x0D80..=0x0DFF => Self::Sinhala,
            0x0E00..=0x0E7F => Self::Thai,
            0x0E80..=0x0EFF => Self::Lao,
            0x0F00..=0x0FFF => Self::Tibetan,
            0x1000..=0x109F | 0xAA60..=0xAA7F => Self::Myanmar,
            0x10A0..=0x10FF | 0x1C90..=0x1CBF => Self::Georgian,
            0x1100..=0x11FF | 0x3130..=0x318F | 0xAC00..=0xD7AF => Self::Hangul,
            0x1200..=0x139F | 0x2D80..=0x2DDF => Self::Ethiopic,
            0x13A0..=0x13FF | 0xAB70..=0xABBF => Self::Cherokee,
            0x1780..=0x17FF => Self::Khmer,
            0x3040..=0x30FF | 0x31F0..=0x31FF | 0xFF66..=0xFF9F => Self::Kana,
            0x3005..=0x3007 | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF => Self::Han,
            _ => Self::Other,
        }
    }

    /// How much a letter of it counts beside those of other scripts: a syllable or word sign stands for several Latin letters,
    /// and names of brands are written in Latin everywhere.
    pub(super) const fn letter_weight(self) -> u32 {
        match self {
            Self::Latin => 1,
            Self::Han | Self::Kana | Self::Hangul => 4,
            _ => 2,
        }
    }

    /// The language that has the script for itself, or nearly so.
    pub(super) const fn only_language(self) -> Option<&'static str> {
        Some(match self {
            Self::Han => "zh",
            Self::Kana => "ja",
            Self::Hangul => "ko",
            Self::Thai => "th",
            Self::Greek => "el",
            Self::Georgian => "ka",
            Self::Armenian => "hy",
            Self::Khmer => "km",
            Self::Lao => "lo",
            Self::Myanmar => "my",
            Self::Tamil => "ta",
            Self::Telugu => "te",
            Self::Kannada => "kn",
            Self::Malayalam => "ml",
            Self::Gujarati => "gu",
            Self::Gurmukhi => "pa",
            Self::Sinhala => "si",
            Self::Odia => "or",
            Self::Tibetan => "bo",
            Self::Thaana => "dv",
            Self::Cherokee => "chr",
            // Yiddish and Assamese share these; they are told by their own letters first.
            Self::Hebrew => "he",
            Self::Bengali => "bn",
            Self::Latin | Self::Cyrillic | Self::Arabic | Self::Devanagari | Self::Ethiopic | Self::Other => {
                return None;
            }
        })
    }

    /// A smaller language that shares a script with one main user of it, told by letters only it has.
    pub(super) fn told_by_letter(self, letter: char) -> Option<&'static str> {
        match (self, letter) {
            (Self::Hebrew, '\u{05F0}'..='\u{05F2}' | '\u{FB1D}' | '\u{FB1F}' | '\u{FB2E}' | '\u{FB2F}') => Some("yi"),
            (Self::Bengali, 'ৰ' | 'ৱ') => Some("as"),
            _ => None,
        }
    }
}
