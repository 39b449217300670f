//! What corrections of one brand bring: some of its labelled texts teach it, the others measure.

use std::collections::BTreeMap;

use super::{Labelled, Lesson, Random, Score, teach};
use crate::{
    base::Seq,
    enrich::{Attributed, Enricher, Taught, Wrote},
    model::{CorrectedValues, Kind, Label, Mention, MentionName, MentionNumber, SentimentLabel},
};

/// Draws of the texts that teach; figures are means over them.
const DRAWS: u32 = 5;
/// With fewer texts left to measure by, figures would say little.
const MEASURED_MIN: usize = 100;

/// Macro-F1 of sentiment on the texts of one brand that did not teach it, 0 to 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Adaptation {
    /// The brand; the data set where the texts name none.
    pub brand: String,
    /// Labelled texts of it.
    pub texts: usize,
    /// How many of them taught it.
    pub labels: usize,
    /// Without what it was taught, mean over the draws.
    pub before: f64,
    /// With it, mean over the draws. Where a brand's model did not take effect, that is as before.
    pub after: f64,
    /// The worst and the best draw.
    pub range: (f64, f64),
    /// Draws in which the brand's model took effect.
    pub learnt: u32,
    /// Draws in all.
    pub draws: u32,
}

/// Teaches each brand that has enough texts with as many of them as each of `labels` says, as a server would be taught by corrections, and
/// measures with the others. `told` hears which brand is next.
#[must_use]
pub fn adapt(lines: &[Labelled], enricher: &Enricher, labels: &[usize], mut told: impl FnMut(&str)) -> Vec<Adaptation> {
    let mut by_brand: BTreeMap<&str, Vec<(&Labelled, SentimentLabel)>> = BTreeMap::new();
    for line in lines {
        let label = line.sentiment.as_deref().and_then(SentimentLabel::from_word);
        if let Some(label) = label.filter(|label| *label != SentimentLabel::Unscored) {
            let brand = line.brand.as_deref().filter(|brand| !brand.is_empty()).unwrap_or(&line.set);
            by_brand.entry(brand).or_default().push((line, label));
        }
    }
    let mut adaptations = Vec::new();
    for (brand, texts) in by_brand {
        for &labels in labels.iter().filter(|labels| texts.len() >= **labels + MEASURED_MIN) {
            told(brand);
            adaptations.push(adaptation(brand, &texts, enricher, labels));
        }
    }
    adaptations
}

fn adaptation(brand: &str, texts: &[(&Labelled, SentimentLabel)], enricher: &Enricher, labels: usize) -> Adaptation {
    let mut sum = Adaptation {
        brand: brand.to_owned(),
        texts: texts.len(),
        labels,
        range: (1.0, 0.0),
        draws: DRAWS,
        ..Adaptation::default()
    };
    for draw in 1..=DRAWS {
        let mut texts = texts.to_vec();
        Random::new(u64::from(draw)).shuffle(&mut texts);
        let (teaching, measuring) = texts.split_at(labels.min(texts.len()));
        let corrections: Vec<Label> =
            (1..).zip(teaching).map(|(number, text)| correction(brand, number, *text)).collect();
        let (model, report) = teach(brand, &corrections.iter().collect::<Vec<_>>(), enricher, |_| false);
        let mut taught = Taught::default();
        taught.put(brand, model);
        let (mut before, mut after) = (Score::default(), Score::default());
        for (line, label) in measuring {
            let mention = mention(line);
            let attributed = [Attributed { brand, named: Vec::new() }];
            let judge = |taught: &Taught, score: &mut Score| {
                let judged = enricher.understand_after(&mention, &attributed, &Wrote::default(), taught);
                score.add(label.word(), judged.sentiment.label.word(), None);
            };
            judge(&Taught::default(), &mut before);
            judge(&taught, &mut after);
        }
        let is_learnt = report.sentiment.lesson == Lesson::Learnt;
        sum.learnt += u32::from(is_learnt);
        sum.before += before.macro_f1() / f64::from(DRAWS);
        sum.after += after.macro_f1() / f64::from(DRAWS);
        sum.range = (sum.range.0.min(after.macro_f1()), sum.range.1.max(after.macro_f1()));
    }
    sum
}

fn mention(line: &Labelled) -> Mention {
    let name = MentionName { platform: "labelled".to_owned(), external_id: "1".to_owned() };
    let mut mention = Mention::new(name, Kind::Post, jiff::Timestamp::UNIX_EPOCH);
    mention.text.clone_from(&line.text);
    mention
}

fn correction(brand: &str, number: u64, (line, label): (&Labelled, SentimentLabel)) -> Label {
    Label {
        number: MentionNumber(number),
        seq: Seq(number),
        mention: mention(line),
        values: CorrectedValues { sentiment: Some(label), ..CorrectedValues::default() },
        brands: vec![brand.to_owned()],
    }
}
