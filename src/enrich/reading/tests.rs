use super::*;

fn words(text: &str) -> Vec<String> {
    let reading = Reading::of(text);
    let is_word = |token: &&Token| matches!(token.kind, TokenKind::Word | TokenKind::Run);
    let spelt =
        |token: &Token| reading.letters_of(token).iter().filter_map(|letter| char::from_u32(letter.code)).collect();
    reading.tokens.iter().filter(is_word).map(spelt).collect()
}

#[test]
fn words_have_one_spelling() {
    for (text, expected) in [
        ("Dov'è il mio VOLO?", &["dov'è", "il", "mio", "volo"][..]),
        ("l’été", &["l'été"]),
        ("l&#39;e\u{301}te\u{301} &amp; co", &["l'été", "co"]),
        ("sooooo coool 1999", &["soo", "cool", "00"]),
        ("te\u{200B}rri\u{202E}ble", &["terrible"]),
        ("g\u{336}o\u{336}\u{336}od", &["good"]),
        ("ＦＵＬＬ 𝓱𝓮𝓵𝓵𝓸", &["full", "hello"]),
        ("раypal pаypal", &["paypal", "paypal"]),
        ("pабота", &["работа"]),
        ("@anna https://a.example/b www.c.example hi", &["hi"]),
        ("#НовыйГод", &["новыйгод"]),
        ("أحمد إلى", &["احمد", "الي"]),
        ("हिन्दी में", &["हिन्दी", "में"]),
        ("iPhoneを買う", &["iphone", "を買う"]),
        ("ดีมาก", &["ดีมาก"]),
        ("don't 'quoted' rock_n_roll", &["don't", "quoted", "rock'n'roll"]),
        ("…", &[]),
        ("", &[]),
    ] {
        assert_eq!(words(text), expected, "{text}");
    }
}

#[test]
fn tokens_stand_where_the_text_has_them() {
    for text in [
        "@a SO good!!! 😡👍🏽 :))) https://x.example 1/2 «ну» #tag ไม่ดี を #39; &quot;no&quot;",
        "g\u{336}o\u{336}od раypal e\u{301} ＠луна!",
    ] {
        let reading = Reading::of(text);
        let mut end = 0;
        for token in &reading.tokens {
            assert!(token.place.start >= end && token.place.end > token.place.start, "{text}: {token:?}");
            assert!(!token.place.of(text).is_empty(), "{text}: {token:?}");
            for letter in reading.letters_of(token) {
                assert!(letter.start >= token.place.start && letter.end <= token.place.end, "{text}: {letter:?}");
            }
            end = token.place.end;
        }
    }
    let reading = Reading::of("@a SO sooo GOOD!!! 😡 #tag");
    let kinds: Vec<TokenKind> = reading.tokens.iter().map(|token| token.kind).collect();
    assert_eq!(kinds, {
        use TokenKind::{Handle, Mark, Sign, Word};
        [Handle, Word, Word, Word, Mark, Sign, Word]
    });
    let told: Vec<_> = reading.tokens.iter().map(|it| (it.is_shouted, it.is_drawn_out, it.is_tag, it.times)).collect();
    assert_eq!(
        told[2..],
        [
            (false, true, false, 1),
            (true, false, false, 1),
            (false, false, false, 3),
            (false, false, false, 1),
            (false, false, true, 1)
        ]
    );
}

#[test]
fn scripts_are_weighed() {
    for (text, expected) in [
        ("ฉันชอบ iPhone 15 Pro Max มาก", Some(Script::Thai)),
        ("新しいiPhoneを買いました", Some(Script::Kana)),
        ("Сбербанк app", Some(Script::Cyrillic)),
        ("аpple", Some(Script::Latin)),
        ("123 😀", None),
    ] {
        assert_eq!(Reading::of(text).dominant().map(|(script, _)| script), expected, "{text}");
    }
}

#[test]
fn nothing_is_too_long() {
    for text in
        ["a".repeat(33_000), "ab".repeat(16_000), "不好".repeat(5000), "e\u{301}".repeat(10_000), "&".repeat(33_000)]
    {
        let reading = Reading::of(&text);
        assert!(reading.letters.len() <= 11_000, "{}: {}", text.len(), reading.letters.len());
    }
}
