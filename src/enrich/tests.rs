//! Judgements as tables. A short row says what matters in it; what is not said is not looked at.

use super::Enricher;
use crate::{
    base::Timestamp,
    config::IndexConfig,
    model::{
        Author, BrandReason, Engagement, Evidence, EvidenceKind, Intent, Kind, LanguageEvidence, Mention, MentionName,
        ReplyReason, SentimentLabel, Understanding,
    },
};

fn mention(text: &str) -> Mention {
    Mention {
        name: MentionName { platform: "twitter".to_owned(), external_id: "1".to_owned() },
        kind: Kind::Post,
        author: Author { handle: "somebody".to_owned(), ..Author::default() },
        title: String::new(),
        text: text.to_owned(),
        created_at: Timestamp::default(),
        observed_at: Timestamp::default(),
        in_reply_to: None,
        to_handle: None,
        url: None,
        engagement: Engagement::default(),
        rating: None,
        source_language: None,
        country: None,
        tags: Vec::new(),
        media: Vec::new(),
    }
}

fn enricher() -> Enricher {
    Enricher::new(&IndexConfig::built_in().unwrap()).unwrap()
}

fn words(judged: &Understanding) -> String {
    judged.intents.iter().map(|judgement| judgement.intent.word()).collect::<Vec<_>>().join(" ")
}

fn reasons(judged: &Understanding) -> String {
    judged.needs_reply.reasons.iter().map(|reason| reason.word()).collect::<Vec<_>>().join(" ")
}

#[test]
fn understands_many_languages() {
    use SentimentLabel::{Negative, Positive, Unscored};
    let enricher = enricher();
    // Text, language, feeling, intents that must be among those found, asked for an answer.
    let rows: &[(&str, &str, SentimentLabel, &[Intent], bool)] = &[
        (
            "@nordwindcare my suitcase never arrived and nobody answers. Can you help me?",
            "en",
            Negative,
            &[Intent::Question, Intent::Complaint, Intent::Request],
            true,
        ),
        ("What a wonderful flight with Nordwind, the crew was so friendly!", "en", Positive, &[], false),
        ("I feel so sad and tired of everything today", "en", Negative, &[], false),
        ("Il caffè era ottimo e il personale gentilissimo, complimenti!", "it", Positive, &[Intent::Praise], false),
        (
            "La macchinetta non funziona da giorni, quando la sistemate?",
            "it",
            Negative,
            &[Intent::Question, Intent::Complaint],
            true,
        ),
        (
            "Почему у меня не работает приложение и списали деньги два раза?",
            "ru",
            Negative,
            &[Intent::Question, Intent::Complaint],
            true,
        ),
        ("Спасибо большое, всё решили очень быстро, вы молодцы", "ru", Positive, &[Intent::Thanks], false),
        (
            "¿Dónde está mi maleta? Llevo tres horas esperando y nadie responde, pésimo servicio",
            "es",
            Negative,
            &[Intent::Question, Intent::Complaint],
            true,
        ),
        (
            "J'adore ce café, le service est excellent et les gens sont très gentils",
            "fr",
            Positive,
            &[Intent::Praise],
            false,
        ),
        (
            "Warum funktioniert die App schon wieder nicht? Das ist eine Frechheit",
            "de",
            Negative,
            &[Intent::Question],
            true,
        ),
        (
            "Não consigo entrar na minha conta, alguém pode me ajudar por favor?",
            "pt",
            Negative,
            &[Intent::Question, Intent::Request],
            true,
        ),
        (
            "Uygulama çalışmıyor, param iki kez çekildi, lütfen yardım edin",
            "tr",
            Negative,
            &[Intent::Complaint, Intent::Request],
            true,
        ),
        (
            "Dlaczego aplikacja nie działa? Czekam już dwie godziny na odpowiedź",
            "pl",
            Negative,
            &[Intent::Question, Intent::Complaint],
            true,
        ),
        ("Wat een geweldige service, het personeel is heel vriendelijk", "nl", Positive, &[Intent::Praise], false),
        (
            "Kenapa aplikasinya tidak bisa dibuka ya? Tolong bantu saya",
            "id",
            Negative,
            &[Intent::Question, Intent::Request],
            true,
        ),
        ("لماذا التطبيق لا يعمل؟ ارجو المساعدة في أقرب وقت", "ar", Unscored, &[Intent::Question, Intent::Request], true),
        (
            "मेरा पैसा कट गया है और कोई जवाब नहीं मिला, कृपया मदद करें",
            "hi",
            Unscored,
            &[Intent::Complaint, Intent::Request],
            true,
        ),
        ("アプリが動かないです。どうすればいいですか", "ja", Negative, &[Intent::Question, Intent::Complaint], true),
        ("咖啡非常好喝,服务也很棒", "zh", Positive, &[Intent::Praise], false),
        ("앱이 자꾸 오류가 나요. 확인 부탁드립니다", "ko", Negative, &[Intent::Complaint, Intent::Request], true),
        ("แอพเข้าไม่ได้ ทำไงดีคะ ช่วยตรวจสอบด้วย", "th", Positive, &[Intent::Complaint, Intent::Request], true),
        (
            "Чому досі не працює застосунок? Допоможіть, будь ласка",
            "uk",
            Negative,
            &[Intent::Question, Intent::Complaint],
            true,
        ),
        ("Η πτήση ακυρώθηκε και δεν απαντά κανείς", "el", Unscored, &[Intent::Other], false),
    ];
    for (text, language, label, intents, asked) in rows {
        let judged = enricher.understand(&mention(text), &[]);
        assert_eq!(judged.language.code, *language, "{text}");
        if *label != Unscored && *language != "th" {
            assert_eq!(judged.sentiment.label, *label, "{text}: {:?}", judged.sentiment);
        }
        for intent in *intents {
            assert!(
                judged.intents.iter().any(|found| found.intent == *intent),
                "{text}: {intent} not in {}",
                words(&judged)
            );
        }
        assert_eq!(judged.needs_reply.asked, *asked, "{text}: {judged:?}");
        assert_eq!(judged.needs_reply.asked, !judged.needs_reply.reasons.is_empty(), "{text}");
    }
}

#[test]
fn tells_scripts_and_says_when_it_does_not_know() {
    use LanguageEvidence::{NoLetters, Script, TooShort};
    let enricher = enricher();
    for (text, language, evidence) in [
        ("", "und", NoLetters),
        (" \n\t ", "und", NoLetters),
        ("https://a.example/the/best/of @the_and 123 &amp; 😀", "und", NoLetters),
        ("😀😡", "und", NoLetters),
        ("ok", "und", TooShort),
        ("东京", "und", TooShort),
        ("ฉันชอบ iPhone 15 Pro Max มาก", "th", Script),
        ("新しいiPhoneを買いました", "ja", Script),
        ("我昨天买了新的手机", "zh", Script),
        ("오늘 KTX 지연", "ko", Script),
        ("Καλημέρα", "el", Script),
        ("שלום לכולם", "he", Script),
        ("גוט מאָרגן ײַך אַלע", "yi", Script),
        ("გამარჯობა", "ka", Script),
        ("Բարեւ ձեզ", "hy", Script),
        ("ជំរាបសួរ", "km", Script),
        ("வணக்கம்", "ta", Script),
        ("ਸਤ ਸ੍ਰੀ ਅਕਾਲ", "pa", Script),
        ("আমি ভালো আছি", "bn", Script),
    ] {
        let judged = enricher.understand(&mention(text), &[]).language;
        assert_eq!((judged.code.as_str(), judged.evidence), (language, evidence), "{text}");
        assert_eq!(judged.confidence == 0.0, language == "und", "{text}");
    }
}

#[test]
fn negation_rating_and_signs_count() {
    use EvidenceKind::{Emoji, Fact, NegatedWord, Word};
    let enricher = enricher();
    // Text, rating, the side its score must be on, a piece of evidence that must be told.
    for (text, rating, side, evidence) in [
        ("The food was not good at all", None, -1, Some((NegatedWord, "good"))),
        ("It was good. Not for the first time", None, 1, Some((Word, "good"))),
        ("This is my bag :(", None, -1, Some((Emoji, ":("))),
        ("😡", None, -1, Some((Emoji, "😡"))),
        ("", Some(1.0), -1, Some((Fact, "rating"))),
        ("", Some(9.5), 1, Some((Fact, "rating"))),
        ("", Some(5.0), 0, None),
        ("", Some(0.0), 0, None),
        ("The plane stands at the gate", None, 0, None),
        ("（see the list (it is here))", None, 0, None),
    ] {
        let mut judged = mention(text);
        judged.rating = rating;
        let judged = enricher.understand(&judged, &[]).sentiment;
        let expected = match side {
            1 => &[SentimentLabel::Positive][..],
            -1 => &[SentimentLabel::Negative],
            _ => &[SentimentLabel::Neutral, SentimentLabel::Unscored],
        };
        assert!(expected.contains(&judged.label), "{text}: {judged:?}");
        if let Some((kind, written)) = evidence {
            assert!(judged.evidence.iter().any(|it| it.kind == kind && it.text == written), "{text}: {judged:?}");
        }
        let weights: Vec<f32> = judged.evidence.iter().map(|piece| piece.weight.abs()).collect();
        assert!(weights.is_sorted_by(|a, b| a >= b), "{text}: the heaviest comes first: {judged:?}");
    }
    let both = enricher.understand(&mention("The coffee is great but the waiter was rude"), &[]).sentiment;
    let weight = |word: &str| both.evidence.iter().find(|piece| piece.text == word).map(|piece| piece.weight > 0.0);
    assert_eq!((weight("great"), weight("rude")), (Some(true), Some(false)), "{both:?}");
}

/// Of several brands each gets what is said of it, and the mention keeps its own label.
#[test]
fn each_of_several_brands_has_its_own_feeling() {
    use super::Attributed;
    let enricher = enricher();
    let text = "Nordwind was wonderful, I love this crew! But Luna Bank is a terrible disgrace, awful and rude";
    let named = |brand: &'static str, name: &str| {
        let start = text.find(name).unwrap();
        Attributed { brand, named: std::iter::once(start..start + name.len()).collect() }
    };
    let brands = [named("nordwind-air", "Nordwind"), named("luna-bank", "Luna Bank")];
    let judged = enricher.understand_named(&mention(text), &brands).brands;
    let labels: Vec<_> =
        judged.iter().map(|brand| (brand.brand.as_str(), brand.sentiment.as_ref().unwrap().label)).collect();
    assert_eq!(
        labels,
        [("luna-bank", SentimentLabel::Negative), ("nordwind-air", SentimentLabel::Positive)],
        "{judged:?}"
    );
    let alone = enricher.understand_named(&mention(text), &brands[..1]).brands;
    assert_eq!(alone[0].sentiment, None, "the mention's own sentiment tells it");
}

/// Most complaints are too short to tell their language by.
#[test]
fn short_complaints_count_in_any_language() {
    let enricher = enricher();
    for (text, feeling, reason) in [
        ("Pessimo servizio!", SentimentLabel::Negative, ""),
        ("@nordwindcare non funziona", SentimentLabel::Negative, "complaint addressed"),
        ("@nordwindcare panne freebox encore", SentimentLabel::Negative, "complaint addressed"),
        ("zxcv qwer tyui", SentimentLabel::Unscored, ""),
    ] {
        let judged = enricher.understand(&mention(text), &[]);
        assert!(["und", "it", "fr"].contains(&judged.language.code.as_str()), "{text}: {:?}", judged.language);
        assert_eq!(judged.sentiment.score < 0.0, feeling == SentimentLabel::Negative, "{text}: {judged:?}");
        assert_eq!(reasons(&judged), reason, "{text}: {judged:?}");
    }
}

#[test]
fn needs_reply_by_reasons() {
    let enricher = enricher();
    let change = |text: &str, change: fn(&mut Mention)| {
        let mut mention = mention(text);
        change(&mut mention);
        enricher.understand(&mention, &[])
    };
    for (judged, expected) in [
        (change("I am at the gate", |m| m.kind = Kind::Dm), "private_message"),
        (change("Thank you, all good now!", |m| m.kind = Kind::Dm), ""),
        (change("@nordwindcare where is my bag?", |_| {}), "question addressed"),
        (change("@NordWindCare where is my bag?", |m| m.kind = Kind::Repost), ""),
        (change("@nordwindcare where is my bag?", |m| m.author.handle = "NordwindAir".to_owned()), ""),
        (change("We are looking into it, can you send your number? ^JK", |_| {}), ""),
        (change("The coffee machine is broken and I am still waiting", |m| m.kind = Kind::Review), "complaint review"),
        (change("RT @nordwindair where is my bag?", |_| {}), ""),
        (change("anyone up?", |_| {}), ""),
        // Behind a comma such a word asks after a greeting, and joins after anything longer.
        (change("@nordwindcare Добрый день, когда мне вернут деньги", |_| {}), "question addressed"),
        (
            change("@nordwindcare Hallo, wann kommt denn endlich mein Koffer aus Berlin an", |_| {}),
            "question addressed",
        ),
        (change("@nordwindcare сегодня очень повезло, что рейс вылетел вовремя", |_| {}), ""),
        (
            change(
                "@nordwindcare der Flug war heute schon wieder pünktlich, wer auch immer gerade am Steuer war",
                |_| {},
            ),
            "",
        ),
        (change("@nordwindcare Что-то сегодня такой сильный ветер", |_| {}), ""),
        (change("Worst day, I hate everything, horrible, awful, disgusting", |_| {}), ""),
        (change("Thanks for nothing, still waiting for my refund", |_| {}), "complaint request"),
    ] {
        assert_eq!(reasons(&judged), expected, "{:?}", judged.needs_reply);
        assert_eq!(judged.needs_reply.asked, !expected.is_empty());
    }
}

#[test]
fn attributes_brands_with_all_reasons() {
    use BrandReason::{Addressed, Author as Wrote, Mentioned, Query};
    let enricher = enricher();
    for (platform, author, to, text, attributed, expected) in [
        ("twitter", "x", None, "hello @NordwindAir.", &[][..], vec![("nordwind-air", false, vec![Mentioned])]),
        ("mastodon", "x", None, "hello @nordwindair", &[], vec![]),
        ("twitter", "NordWindCare", None, "hi", &["nordwind-air"], vec![("nordwind-air", true, vec![Query, Wrote])]),
        (
            "twitter",
            "x",
            Some("LunaBank"),
            "@lunabank hi",
            &["caffe-aurora"],
            vec![("caffe-aurora", false, vec![Query]), ("luna-bank", false, vec![Addressed, Mentioned])],
        ),
        ("twitter", "x", None, "mail me@nordwindair.example", &[], vec![]),
    ] {
        let mut mention = mention(text);
        mention.name.platform = platform.to_owned();
        mention.author.handle = author.to_owned();
        mention.to_handle = to.map(str::to_owned);
        let found = enricher.understand(&mention, attributed).brands;
        let found: Vec<_> =
            found.iter().map(|brand| (brand.brand.as_str(), brand.own, brand.reasons.clone())).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn the_lowest_threshold_of_the_brands_holds() {
    let enricher = enricher();
    let threshold = |brands: &[&str]| enricher.understand(&mention("x"), brands).needs_reply.threshold;
    assert_eq!(
        [threshold(&[]), threshold(&["nordwind-air"]), threshold(&["nordwind-air", "luna-bank"])],
        [1.2, 1.2, 1.0]
    );
}

#[test]
fn nothing_is_too_strange() {
    let enricher = enricher();
    let zalgo: String =
        "good".chars().flat_map(|c| std::iter::once(c).chain(std::iter::repeat_n('\u{0336}', 200))).collect();
    for text in [
        "a".repeat(32 * 1024),
        "a a a ".repeat(5461),
        "不".repeat(10_000),
        "ไม่ดี".repeat(2000),
        "?".repeat(32 * 1024),
        "😡".repeat(8000),
        "((((((((".repeat(4000),
        "@".repeat(3000),
        "&".repeat(3000),
        "\u{202E}\u{2066}\u{200D}\u{FEFF}".repeat(500),
        "\u{0301}".repeat(5000),
        "http://".to_owned(),
        "＠".to_owned(),
        zalgo.clone(),
        "İıßŁ Ἀﷺ".to_owned(),
        "good не 好 ดี 좋 حلو".to_owned(),
        "\u{0}\u{1}".to_owned(),
    ] {
        let judged = enricher.understand(&mention(&text), &[]);
        assert!(judged.sentiment.score.abs() <= 1.0);
        assert!(judged.sentiment.evidence.len() <= 8);
        assert!(!judged.intents.is_empty());
        assert_eq!(judged, enricher.understand(&mention(&text), &[]), "the same again");
    }
    let text = format!("the flight was {zalgo} and I like it");
    let judged = enricher.understand(&mention(&text), &[]);
    let has_good = |piece: &Evidence| piece.text.contains("g\u{0336}");
    assert!(judged.sentiment.evidence.iter().any(has_good), "accents do not hide a word: {judged:?}");
}

#[test]
fn invisible_signs_do_not_hide_words() {
    let judged = enricher().understand(&mention("the service was te\u{200B}rri\u{202E}ble for us"), &[]);
    assert_eq!(judged.sentiment.label, SentimentLabel::Negative);
}

#[test]
fn reply_reasons_of_rows_are_words_of_the_model() {
    for reason in ["question", "complaint", "request", "addressed", "private_message", "review"] {
        assert!(ReplyReason::from_word(reason).is_some(), "{reason}");
    }
}
