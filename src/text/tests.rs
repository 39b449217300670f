use proptest::prelude::*;

use super::{ACCENTED, Tokens, phrase_terms, segments};

/// Prints forms as `position:term`, accented ones with `´`.
fn forms(text: &str) -> String {
    let show = |token: super::Token<'_>| format!("{}:{}", token.position, token.term.replace(ACCENTED, "´"));
    Tokens::of(text).iter().map(show).collect::<Vec<_>>().join(" ")
}

/// Whether a query word finds the text, by the obvious reading of terms and offsets.
fn finds(query: &str, text: &str) -> bool {
    let tokens = Tokens::of(text);
    let terms = phrase_terms(query);
    let Some(first) = terms.first() else { return false };
    tokens.iter().filter(|token| token.term == first.term).any(|start| {
        terms.iter().all(|asked| {
            tokens.iter().any(|token| token.term == asked.term && token.position == start.position + asked.offset)
        })
    })
}

#[test]
fn cuts_texts_into_forms() {
    for (text, expected) in [
        ("", ""),
        ("  … ?!", ""),
        ("Hello, World", "0:hello 1:world"),
        ("l'acqua", "0:l 1:acqua"),
        ("Caffè", "0:caffe 0:´caffè"),
        ("cafe\u{301}", "0:cafe 0:´café"),
        ("Ёлка йод", "0:елка 0:´ёлка 1:йод"),
        ("Straße Łódź", "0:strasse 0:´straße 1:lodz 1:´łódź"),
        ("İş Bankası", "0:is 0:´i\u{307}ş 1:bankasi 1:´bankası"),
        ("Ｆｕｌｌ", "0:full"),
        ("#Fail now", "0:#fail 0:fail 1:now"),
        ("#東京旅", "0:#東京旅 0:東 0:東京 1:京 1:京旅 2:旅"),
        ("@AppleSupport: hi", "0:@applesupport 1:hi"),
        ("mail info@brand.it", "0:mail 1:info 2:@ 3:brand 4:it"),
        ("$AAPL $50", "0:$aapl 0:aapl 1:$ 2:50"),
        ("C++ AT&T AT&amp;T 50%", "0:c 1:+ 2:+ 3:at 4:& 5:t 6:at 7:& 8:t 9:50 10:%"),
        ("see https://t.co/AbC, ok", "0:see 2:ok"),
        ("😡👍🏽", "0:😡 1:👍 1:´👍🏽"),
        ("👩‍🚒!", "0:👩\u{200d}🚒"),
        ("🇮🇹🇷🇺", "0:🇮🇹 1:🇷🇺"),
        ("❤️", "0:❤"),
        ("東京 tower", "0:東 0:東京 1:京 2:tower"),
        ("ที่นี่", "0:ที\u{e48} 0:ที\u{e48}นี\u{e48} 1:นี\u{e48}"),
        ("ｶﾞｽ", "0:ガ 0:ガス 1:ス"),
        ("كِتَاب", "0:كتاب 0:´كِتَاب"),
        ("می\u{200c}خواهم", "0:میخواهم"),
        ("हिन्दी", "0:हिन्दी"),
        ("서울에서", "0:서울에서"),
    ] {
        assert_eq!(forms(text), expected, "{text}");
    }
}

#[test]
fn finds_what_readers_expect() {
    for (query, text, expected) in [
        ("caffe", "un Caffè", true),
        ("caffè", "un caffe", false),
        ("caffè", "UN CAFFÈ", true),
        ("елка", "Ёлка", true),
        ("ёлка", "елка", false),
        ("мой", "мои", false),
        ("fail", "such a #FAIL", true),
        ("#fail", "fail", false),
        ("#fail", "#Fail", true),
        ("apple", "@apple", false),
        ("@apple", "hello @Apple!", true),
        ("C++", "I like C++.", true),
        ("C++", "I like C.", false),
        ("AT&T", "with AT&amp;T today", true),
        ("東京", "今日東京に行く", true),
        ("京東", "東京", false),
        ("京", "東京", true),
        ("กรุงเทพ", "ไปกรุงเทพฯกัน", true),
        ("👍", "👍🏿", true),
        ("👍🏿", "👍", false),
        ("wi-fi", "the Wi-Fi is down", true),
        ("wi-fi", "the wi is fi", false),
        ("kσ ", "Kς", true),
    ] {
        assert_eq!(finds(query, text), expected, "{query} in {text}");
    }
}

#[test]
fn cuts_endless_words_alike_on_both_sides() {
    let long = "я".repeat(16 * 1024);
    assert!(finds(&long, &long));
    assert!(Tokens::of(&long).iter().all(|token| token.term.len() <= 256));
}

proptest! {
    #[test]
    fn spans_are_places_in_the_text(text in "\\PC{0,40}|[a-zA-Z#@$&;è́ёйЁ東京ไทยที่👍🏽\u{200d}\u{fe0f}🇮 ]{0,40}") {
        let tokens = Tokens::of(&text);
        let mut position = 0;
        for token in tokens.iter() {
            prop_assert!(text.get(token.span.range()).is_some_and(|part| !part.is_empty()));
            prop_assert!(token.position >= position);
            prop_assert!(!token.term.is_empty());
            position = token.position;
        }
        let mut end = 0;
        for segment in segments(&text) {
            prop_assert!(segment.span.start >= end);
            prop_assert!(segment.span.end > segment.span.start);
            end = segment.span.end;
        }
    }

    #[test]
    fn a_text_is_found_by_itself(text in "[a-zA-Z#@&èéёйЁ東京ไทยที่👍🏽 .,'-]{1,30}") {
        let terms = phrase_terms(&text);
        prop_assume!(!terms.is_empty());
        prop_assert!(finds(&text, &text), "{terms:?}");
    }
}
