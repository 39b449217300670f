use super::{
    Bench,
    sample::{NOVEMBER_SECONDS, between, during, fact, is, not, said, version, words},
};
use crate::{
    base::{Span, Timestamp},
    model::{BrandMatch, Intent, IntentJudgement, SentimentLabel, Version},
    query::{
        ClockPart, KeywordField, KeywordTest, LocalTime, Moment, Node, NumberField, Pattern, TextField, TextFields,
        TimeField, Words,
    },
    text::{PhraseWord, Word},
};

const HOUR: i64 = 3600;

fn mentions() -> Vec<Version> {
    let texts = [
        "The new phone is slow, slow, very slow",
        "Il telefono nuovo è lento ma bello",
        "Новый телефон очень медленный",
        "Das neue Telefon ist schnell und schön",
        "الهاتف الجديد بطيء جدا",
        "El teléfono nuevo no funciona",
        "새 전화기가 느려요",
        "",
    ];
    let mut versions: Vec<Version> = texts
        .iter()
        .enumerate()
        .map(|(index, text)| version(index as u64 + 1, index as u64 + 1, text, index as i64 * HOUR))
        .collect();
    for (version, (language, platform)) in versions.iter_mut().zip([
        ("en", "forum"),
        ("it", "forum"),
        ("ru", "shop"),
        ("de", "shop"),
        ("ar", "forum"),
        ("es", "forum"),
        ("ko", "shop"),
        ("und", "shop"),
    ]) {
        version.understanding.language.code = language.to_owned();
        version.mention.name.platform = platform.to_owned();
    }
    versions[0].mention.title = "Phone review".to_owned();
    versions[0].mention.author.followers = Some(0);
    versions[1].mention.author.followers = Some(10);
    versions[2].mention.author.followers = Some(u64::MAX);
    versions[3].mention.rating = Some(4.5);
    versions[4].mention.rating = Some(-0.0);
    versions[5].understanding.sentiment.label = SentimentLabel::Negative;
    versions[5].understanding.sentiment.score = -0.75;
    versions[5].understanding.intents = vec![
        IntentJudgement { intent: Intent::Complaint, evidence: Vec::new() },
        IntentJudgement { intent: Intent::Request, evidence: Vec::new() },
    ];
    versions[1].mention.url = Some("https://www.Example.com/a/1".to_owned());
    versions[2].mention.url = Some("http://example.com/a".to_owned());
    versions[3].mention.url = Some("https://example.com/b".to_owned());
    versions[4].mention.url = Some("https://example.community/".to_owned());
    versions[6].mention.tags = vec!["*".to_owned(), "VIP".to_owned()];
    versions[7].understanding.brands =
        vec![BrandMatch { brand: "acme".to_owned(), own: false, reasons: Vec::new(), sentiment: None }];
    versions
}

fn phrase(terms: &[(u32, &str)]) -> Node {
    let word = |&(offset, term): &(u32, &str)| PhraseWord { offset, word: Word::Form(term.to_owned()) };
    Node::Words(Words {
        fields: TextFields::one(TextField::Text),
        pattern: Pattern::of_words(terms.iter().map(word).collect()).unwrap(),
        written: String::new(),
        span: Span::default(),
    })
}

fn clock(part: ClockPart, min: u16, max: u16, zone: &str) -> Node {
    let zone = jiff::tz::TimeZone::get(zone).unwrap();
    Node::LocalTime(LocalTime { part, min, max, zone, span: Span::default() })
}

fn at(seconds: i64) -> Option<Moment> {
    Some(Moment::At(Timestamp::from_second(NOVEMBER_SECONDS + seconds).unwrap()))
}

#[test]
fn each_form_of_query_finds_its_mentions() {
    use KeywordField::{Brand, Intent, Lang, Platform, Tag, Url};
    use NumberField::{Followers, Rating, SentimentScore};
    const ALL: [u64; 8] = [1, 2, 3, 4, 5, 6, 7, 8];
    let any = |field| fact(field, KeywordTest::Set);
    let below = |field, beginning: &str| fact(field, KeywordTest::StartsWith(beginning.to_owned()));
    let (low, high) = (f64::NEG_INFINITY, f64::INFINITY);

    let cases: Vec<(Node, &[u64])> = vec![
        (Node::All, &ALL),
        (not(Node::All), &[]),
        (said("phone"), &[1]),
        (said("телефон"), &[3]),
        (said("الجديد"), &[5]),
        (said("nuovo"), &[2]),
        (words(TextFields::one(TextField::Title), "slow"), &[]),
        (words(TextFields::one(TextField::Title), "review"), &[1]),
        (said("telefono nuovo"), &[2]),
        (said("nuovo telefono"), &[]),
        // One field holds the whole phrase, or none does.
        (said("review the"), &[]),
        // The same word twice, and three times with a gap.
        (phrase(&[(0, "slow"), (1, "slow")]), &[1]),
        (phrase(&[(0, "slow"), (2, "slow")]), &[1]),
        (phrase(&[(0, "slow"), (4, "slow")]), &[]),
        (phrase(&[(0, "slow"), (1, "slow"), (3, "slow")]), &[1]),
        (phrase(&[(0, "slow"), (1, "slow"), (2, "slow")]), &[]),
        (phrase(&[(0, "the"), (2, "phone"), (4, "slow")]), &[1]),
        (phrase(&[(0, "the"), (1, "phone")]), &[]),
        (phrase(&[(0, "the"), (3, "phone")]), &[]),
        (phrase(&[(0, "nothing"), (1, "slow")]), &[]),
        (is(Lang, "und"), &[8]),
        (is(Platform, "SHOP"), &[3, 4, 7, 8]),
        (is(Intent, "request"), &[6]),
        (is(Intent, "other"), &[1, 2, 3, 4, 5, 7, 8]),
        (any(Brand), &[8]),
        (not(any(Brand)), &[1, 2, 3, 4, 5, 6, 7]),
        (any(Tag), &[7]),
        (is(Tag, "*"), &[7]),
        (is(Tag, "vip"), &[7]),
        (is(Tag, "vi"), &[]),
        (below(Url, "example.com"), &[2, 3, 4, 5]),
        (below(Url, "example.com/"), &[2, 3, 4]),
        (below(Url, "example.com/a"), &[2, 3]),
        (below(Url, ""), &[2, 3, 4, 5]),
        (below(Url, "f"), &[]),
        (between(Followers, low, high), &[1, 2, 3]),
        (between(Followers, 0.0, 0.0), &[1]),
        (between(Followers, -0.0, -0.0), &[1]),
        (between(Followers, 0.5, 10.0), &[2]),
        (between(Followers, 11.0, high), &[3]),
        (between(Followers, 10.0, 0.0), &[]),
        (between(Followers, f64::NAN, high), &[]),
        (not(between(Followers, low, high)), &[4, 5, 6, 7, 8]),
        (between(Rating, 0.0, 4.0), &[5]),
        (between(Rating, 4.5, 4.5), &[4]),
        (between(SentimentScore, -1.0, -0.5), &[6]),
        (during(TimeField::Published, at(HOUR), at(3 * HOUR)), &[2, 3]),
        (during(TimeField::Ingested, at(7 * HOUR), None), &[8]),
        (during(TimeField::Published, None, at(0)), &[]),
        (during(TimeField::Published, None, None), &ALL),
        (during(TimeField::Published, Some(Moment::FromNow(i64::MIN)), Some(Moment::FromNow(i64::MAX))), &ALL),
        (during(TimeField::Published, Some(Moment::FromNow(i64::MAX)), None), &[]),
        (during(TimeField::Published, Some(Moment::FromNow(0)), None), &[]),
        (clock(ClockPart::MinuteOfDay, 60, 120, "UTC"), &[2, 3]),
        (clock(ClockPart::MinuteOfDay, 60, 120, "Europe/Rome"), &[1, 2]),
        (clock(ClockPart::MinuteOfDay, 300, 0, "UTC"), &[1, 6, 7, 8]),
        (clock(ClockPart::Weekday, 6, 6, "America/New_York"), &[1, 2, 3, 4]),
        (Node::And(vec![is(Platform, "shop"), not(is(Lang, "de"))]), &[3, 7, 8]),
        (Node::And(vec![not(is(Platform, "shop")), not(is(Lang, "it"))]), &[1, 5, 6]),
        (Node::Or(vec![said("slow"), not(is(Platform, "forum"))]), &[1, 3, 4, 7, 8]),
        (Node::Or(vec![not(is(Platform, "forum")), not(is(Platform, "shop"))]), &ALL),
        (not(not(said("slow"))), &[1]),
        (not(Node::Or(vec![is(Platform, "shop"), said("nuovo")])), &[1, 5, 6]),
        (Node::And(vec![Node::All, Node::Or(vec![said("schnell"), said("느려요")])]), &[4, 7]),
        (Node::And(vec![Node::Or(vec![Node::All, said("x")]), clock(ClockPart::MinuteOfDay, 0, 0, "UTC")]), &[1]),
    ];

    let mut bench = Bench::new();
    let versions = mentions();
    // Several segments, so that some lack columns and terms that others have.
    for versions in versions.chunks(3) {
        bench.apply(versions);
        bench.commit(0);
    }
    for (query, expected) in cases {
        // Fields that the tokenizer or the document of a room below may read differently are told by the oracle.
        let obvious: Vec<u64> = versions
            .iter()
            .filter(|version| super::evaluate::matches(&query, version, super::now()))
            .map(|version| version.number.0)
            .collect();
        assert_eq!(bench.numbers(&query), obvious, "{query:?}");
        assert_eq!(obvious, expected, "{query:?}");
    }
}

#[test]
fn a_word_in_spaceless_script_or_with_signs_is_found_by_its_own_query() {
    let texts = ["東京タワーの電話", "#fail again", "C++ и AT&T", "50% off 😡", "โทรศัพท์ใหม่", "caffè", "@shop hello"];
    let mut bench = Bench::new();
    let versions: Vec<Version> = texts.iter().zip(1..).map(|(text, seq)| version(seq, seq, text, 0)).collect();
    bench.apply(&versions);
    bench.commit(0);
    for written in ["東京", "タワー", "#fail", "fail", "C++", "AT&T", "50%", "😡", "ใหม่", "caffe", "caffè", "@shop"]
    {
        let query = said(written);
        let obvious: Vec<u64> = versions
            .iter()
            .filter(|version| super::evaluate::matches(&query, version, super::now()))
            .map(|version| version.number.0)
            .collect();
        assert_eq!(bench.numbers(&query), obvious, "{written}");
    }
}
