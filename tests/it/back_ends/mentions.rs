//! Random mentions and what happens to them.

use ascolto::{
    base::{Seq, Timestamp},
    model::*,
};
use proptest::prelude::*;

/// Hours into the story.
pub(super) fn moment(hour: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + hour * 3_600).unwrap()
}

/// Words that meet each other: accents, letter case, signs, scripts without spaces, and the same letters in another shape.
pub(super) fn words() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "caffè",
        "caffe",
        "Caffe",
        "ёлка",
        "елка",
        "apple",
        "Apple",
        "music",
        "#fail",
        "#Fail",
        "fail",
        "@anna",
        "anna",
        "東京",
        "京都",
        "東",
        "กรุงเทพ",
        "เทพ",
        "C++",
        "C",
        "AT&T",
        "at",
        "50%",
        "👍",
        "👍🏽",
        "😡",
        "مرحبا",
        "مَرحبا",
        "हिन्दी",
        "straße",
        "strasse",
        "https://shop.it/a",
        "$AAPL",
        "wi-fi",
        "l'acqua",
        ",",
        "?",
        "서울",
    ])
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec((words(), prop::sample::select(vec![" ", " ", " ", "", ", "])), 0..8)
        .prop_map(|parts| parts.into_iter().map(|(word, gap)| format!("{word}{gap}")).collect())
}

/// What happens to a mention: a first or a further state, or its deletion; and whether the index commits behind it.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// The state, or which mention is deleted.
    pub(super) what: Result<Box<Version>, u64>,
    pub(super) commit: bool,
}

/// Up to so many steps on as many mentions as fit twice: about half of them are changed or deleted again.
pub(super) fn steps(steps_max: usize) -> impl Strategy<Value = Vec<Step>> {
    let places = (0..3_usize, 0..4_usize, 0..3_usize, 0..3_i64, 0..4_usize);
    let figures = (prop::option::of(0..3_u64), prop::option::of(0..3_u64), prop::option::of(0..5_u8), -1.0_f32..1.0);
    let numbers = 1..=(steps_max as u64 / 2 + 1);
    let state = (numbers.clone(), text(), text(), places, figures, text()).prop_map(
        |(number, title, text, places, figures, parent)| {
            Ok(Box::new(version(number, title, text, places, figures, parent)))
        },
    );
    let what = prop_oneof![9 => state, 1 => numbers.prop_map(Err)];
    let step = (what, prop::bool::weighted(0.25)).prop_map(|(what, commit)| Step { what, commit });
    prop::collection::vec(step, 1..=steps_max)
}

fn version(
    number: u64,
    title: String,
    text: String,
    (platform, label, status, hour, lang): (usize, usize, usize, i64, usize),
    (likes, followers, rating, score): (Option<u64>, Option<u64>, Option<u8>, f32),
    parent: String,
) -> Version {
    let label = SentimentLabel::ALL[label];
    Version {
        seq: Seq::ZERO,
        previous_seq: Seq::ZERO,
        number: MentionNumber(number),
        cause: Cause::Ingested,
        recorded_at: moment(hour),
        ingested_at: moment(hour),
        mention: Mention {
            author: Author { handle: "Anna".into(), name: "Anna Bianchi".into(), followers, ..Author::default() },
            title,
            text,
            to_handle: (platform == 1).then(|| "Apple".into()),
            url: (platform == 2).then(|| "https://www.shop.it/a/b".into()),
            engagement: Engagement { likes, ..Engagement::default() },
            rating: rating.map(f64::from),
            country: (hour == 1).then(|| "IT".into()),
            tags: if likes == Some(1) { vec!["vip".into(), "music".into()] } else { vec![] },
            ..Mention::new(
                MentionName { platform: ["twitter", "vk", "web"][platform].into(), external_id: number.to_string() },
                Kind::ALL[number as usize % Kind::ALL.len()],
                moment(hour),
            )
        },
        understanding: Understanding {
            language: Language {
                code: ["it", "ru", "und", "en"][lang].into(),
                confidence: 0.5,
                evidence: LanguageEvidence::Statistics,
                pieces: Vec::new(),
            },
            sentiment: Sentiment {
                label,
                score: if label == SentimentLabel::Unscored { 0.0 } else { score },
                evidence: vec![],
            },
            intents: vec![IntentJudgement { intent: Intent::ALL[lang], evidence: vec![] }],
            brands: (lang == 0)
                .then(|| BrandMatch {
                    brand: "aurora".into(),
                    own: hour == 2,
                    reasons: vec![BrandReason::Query],
                    sentiment: None,
                })
                .into_iter()
                .collect(),
            stage: Stage::ALL.get(lang).map(|&stage| StageJudgement { stage, evidence: vec![] }).filter(|_| hour == 1),
            topics: vec![TopicJudgement { topic: ["app", "billing", "delay"][status].into(), evidence: vec![] }],
            ..Understanding::nothing()
        },
        thread: ThreadId(1 + number % 2),
        status: Status::ALL[status],
        parent: (!parent.is_empty()).then(|| Parent { handle: "Apple".into(), text: parent }),
        answered_by: None,
        repeats: None,
        correction: None,
        desk: None,
        due: None,
        priority: None,
        course: Course::beginning(moment(hour)),
        deleted: false,
    }
}
