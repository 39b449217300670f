use proptest::prelude::*;

use super::{ACCENTED, Asked, PhraseWord, STEM, Tokens, WRITTEN, Word, asked, segments};

/// Prints forms as `position:term`, the markers of accented ones as `´`, of written ones as `^` and of stems as `~`.
fn forms(text: &str, language: &str) -> String {
    let term = |term: &str| term.replace(ACCENTED, "´").replace(WRITTEN, "^").replace(STEM, "~");
    let show = |token: super::Token<'_>| format!("{}:{}", token.position, term(token.term));
    Tokens::of(text, language).iter().map(show).collect::<Vec<_>>().join(" ")
}

fn phrase_terms(written: &str) -> Vec<PhraseWord> {
    asked(written, Asked::QUOTED).unwrap()
}

/// Whether a query word finds the text, by the obvious reading of terms and offsets.
fn finds(query: &str, text: &str) -> bool {
    let tokens = Tokens::of(text, "");
    let words = phrase_terms(query);
    let is = |word: &Word, term: &str| matches!(word, Word::Form(form) if form == term);
    let Some(first) = words.first() else { return false };
    tokens.iter().filter(|token| is(&first.word, token.term)).any(|start| {
        words.iter().all(|asked| {
            tokens.iter().any(|token| is(&asked.word, token.term) && token.position == start.position + asked.offset)
        })
    })
}

#[test]
fn cuts_texts_into_forms() {
    for (text, expected) in [
        ("", ""),
        ("  … ?!", ""),
        ("Hello, World", "0:hello 0:^Hello 0:^ 1:world 1:^World 1:^"),
        ("l'acqua", "0:l 1:acqua"),
        ("Caffè", "0:caffe 0:´caffè 0:´ 0:^Caffè 0:^"),
        ("cafe\u{301}", "0:cafe 0:´café 0:´"),
        ("Ёлка йод", "0:елка 0:´ёлка 0:´ 0:^Ёлка 0:^ 1:йод"),
        ("straße łódź", "0:strasse 0:´straße 0:´ 1:lodz 1:´łódź 1:´"),
        ("İş bankası", "0:is 0:´i\u{307}ş 0:´ 0:^İş 0:^ 1:bankasi 1:´bankası 1:´"),
        ("Ｆｕｌｌ", "0:full 0:^Full 0:^"),
        ("ΟΔΌΣ οδός", "0:οδοσ 0:´οδόσ 0:´ 0:^ΟΔΌΣ 0:^ 1:οδοσ 1:´οδόσ 1:´"),
        ("#Fail now", "0:#fail 0:^#Fail 0:^ 0:fail 0:^Fail 1:now"),
        ("#東京旅", "0:#東京旅 0:東 0:東京 1:京 1:京旅 2:旅"),
        ("@AppleSupport: hi", "0:@applesupport 1:hi"),
        ("mail info@brand.it", "0:mail 1:info 2:@ 3:brand 4:it"),
        ("$aapl $50", "0:$aapl 0:aapl 1:$ 2:50"),
        ("c++ at&t at&amp;t 50%", "0:c 1:+ 2:+ 3:at 4:& 5:t 6:at 7:& 8:t 9:50 10:%"),
        ("see https://t.co/AbC, ok", "0:see 2:ok"),
        ("😡👍🏽", "0:😡 1:👍 1:´👍🏽 1:´"),
        ("👩‍🚒!", "0:👩\u{200d}🚒"),
        ("🇮🇹🇷🇺", "0:🇮🇹 1:🇷🇺"),
        ("❤️", "0:❤"),
        ("東京 tower", "0:東 0:東京 1:京 2:tower"),
        ("ที่นี่", "0:ที\u{e48} 0:ที\u{e48}นี\u{e48} 1:นี\u{e48}"),
        ("ｶﾞｽ", "0:ガ 0:ガス 1:ス"),
        ("كِتَاب", "0:كتاب 0:´كِتَاب 0:´"),
        ("می\u{200c}خواهم", "0:میخواهم"),
        ("हिन्दी", "0:हिन्दी"),
        ("서울에서", "0:서울에서"),
    ] {
        assert_eq!(forms(text, ""), expected, "{text}");
    }
}

#[test]
fn stems_words_in_the_language_of_the_text() {
    for (language, text, expected) in [
        ("en", "Services 24x7", "0:services 0:^Services 0:^ 0:~en:servic 1:24x7"),
        ("it", "#caffè servizi", "0:#caffe 0:´#caffè 0:´ 0:caffe 0:´caffè 0:~it:caff 1:servizi 1:~it:serviz"),
        // A word in letters of another language is left alone.
        ("ru", "службы iphone", "0:службы 0:~ru:служб 1:iphone"),
        ("el", "οδοί", "0:οδοι 0:´οδοί 0:´ 0:~el:οδ"),
        ("no", "tjenester", "0:tjenester 0:~nb:tjenest"),
        ("th", "services", "0:services"),
        ("und", "services", "0:services"),
    ] {
        assert_eq!(forms(text, language), expected, "{language}: {text}");
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
    assert!(Tokens::of(&long, "ru").iter().all(|token| token.term.len() <= 256));
}

proptest! {
    #[test]
    fn spans_are_places_in_the_text(text in "\\PC{0,40}|[a-zA-Z#@$&;è́ёйЁ東京ไทยที่👍🏽\u{200d}\u{fe0f}🇮 ]{0,40}") {
        let tokens = Tokens::of(&text, "en");
        // Without letter case nothing else is missing.
        let all: Vec<_> = tokens.iter().filter(|token| !token.term.starts_with(WRITTEN)).collect();
        let without_case = Tokens::of_asked(&text, "en", false);
        prop_assert_eq!(without_case.iter().collect::<Vec<_>>(), all);
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
