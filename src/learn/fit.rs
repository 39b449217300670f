use super::{Example, Examples, Ftrl, Random, Rates, Score, Scores, Split};
use crate::linear::{Header, LinearModel, ModelError, Sums, softmax};

/// How a model is fitted.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// What it tells; the name of its file.
    pub task: String,
    /// Version of the features of the examples.
    pub features: u32,
    /// Its classes, by the numbers the examples have.
    pub classes: Vec<String>,
    /// Names of the groups, by the numbers the examples have.
    pub groups: Vec<String>,
    /// The table has two to the power of this many rows.
    pub bits: u32,
    /// Passes over the examples at most; the best one is kept.
    pub epochs: u32,
    /// Decides the order of the examples.
    pub seed: u64,
    /// How fast and how far weights move.
    pub rates: Rates,
    /// Data sets and counts, for the header.
    pub about: String,
}

/// A fitted model and how good it is.
#[derive(Clone, Debug)]
pub struct Fitted {
    /// The model.
    pub model: LinearModel,
    /// The pass that was best, from 1.
    pub epoch: u32,
    /// On the texts that were held out, by group.
    pub held_out: Scores,
    /// Weights that are not 0, of all.
    pub weights_used: (usize, usize),
}

/// Steps of the search for a temperature; each narrows the range to two thirds.
const TEMPERATURE_STEPS: u32 = 24;

/// Fits a model to the examples of [`Split::Fit`]; [`Split::Choose`] decides which pass is kept and how sure it may sound. `told` hears of
/// each pass: its number and the mean macro-F1 of the choosing texts.
///
/// # Errors
/// The settings contradict themselves.
pub fn fit(examples: &Examples, settings: &Settings, mut told: impl FnMut(u32, f64)) -> Result<Fitted, ModelError> {
    let mut ftrl = Ftrl::new(settings.classes.len(), settings.bits, settings.rates);
    let mut order: Vec<usize> = (0..examples.len())
        .filter(|index| examples.get(*index).is_some_and(|example| example.split == Split::Fit))
        .collect();
    let mut random = Random::new(settings.seed);
    let mut best: Option<(f64, u32, Ftrl)> = None;
    for epoch in 1..=settings.epochs.max(1) {
        random.shuffle(&mut order);
        for index in &order {
            if let Some(example) = examples.get(*index) {
                ftrl.learn(example.features, usize::from(example.class), example.weight);
            }
        }
        let mut scores = Vec::new();
        let chosen = measure(examples, Split::Choose, settings, |example| {
            ftrl.score(example.features, &mut scores);
            softmax(&mut scores);
            scores.clone()
        });
        let value = chosen.mean_f1();
        told(epoch, value);
        if best.as_ref().is_none_or(|(best, ..)| value > *best) {
            best = Some((value, epoch, ftrl.clone()));
        }
    }
    let (_, epoch, ftrl) = best.unwrap_or((0.0, 0, ftrl));
    let mut model = quantised(&ftrl, header(settings, 1.0))?;
    let temperature = temperature(&model, examples);
    if (temperature - 1.0).abs() > f32::EPSILON {
        model = quantised(&ftrl, header(settings, temperature))?;
    }
    let (mut sums, mut scores) = (Sums::default(), Vec::new());
    let held_out = measure(examples, Split::HeldOut, settings, |example| {
        score(&model, example, &mut sums, &mut scores);
        softmax(&mut scores);
        scores.clone()
    });
    let used = ftrl.weights().filter(|weight| *weight != 0.0).count();
    Ok(Fitted { model, epoch, held_out, weights_used: (used, settings.classes.len() << settings.bits) })
}

fn score(model: &LinearModel, example: Example<'_>, sums: &mut Sums, scores: &mut Vec<f32>) {
    model.begin(sums);
    model.add(sums, example.features);
    model.scores(sums, scores);
}

fn measure(
    examples: &Examples,
    split: Split,
    settings: &Settings,
    mut probabilities: impl FnMut(Example<'_>) -> Vec<f32>,
) -> Scores {
    let name = |names: &[String], index: usize| names.get(index).cloned().unwrap_or_default();
    // Names are looked up once and not for each of a hundred thousand texts.
    let mut by_group: Vec<Score> = vec![Score::default(); settings.groups.len().max(1)];
    for example in examples.of(split) {
        let probabilities = probabilities(example);
        let best = probabilities.iter().copied().enumerate().max_by(|left, right| left.1.total_cmp(&right.1));
        let Some((said, probability)) = best else { continue };
        if let (Some(score), Some(truth), Some(said)) = (
            by_group.get_mut(usize::from(example.group)),
            settings.classes.get(usize::from(example.class)),
            settings.classes.get(said),
        ) {
            score.add(truth, said, Some(probability));
        }
    }
    let groups = by_group.into_iter().enumerate().filter(|(_, score)| score.count() > 0);
    Scores { groups: groups.map(|(index, score)| (name(&settings.groups, index), score)).collect() }
}

/// The greatest weight becomes 127: cutting even a few of the greatest costs accuracy, while the coarse steps of the small ones cost none. Scale
/// and biases of the header are those of the weights.
pub(super) fn quantised(ftrl: &Ftrl, header: Header) -> Result<LinearModel, ModelError> {
    let most = ftrl.weights().fold(0.0_f32, |most, weight| most.max(weight.abs()));
    let scale = if most > 0.0 { most / 127.0 } else { 1.0 };
    #[expect(clippy::cast_possible_truncation, reason = "at most 127 by the scale")]
    let weights: Vec<i8> = ftrl.weights().map(|weight| (weight / scale).round() as i8).collect();
    LinearModel::new(Header { scale, bias: ftrl.biases().collect(), ..header }, &weights)
}

fn header(settings: &Settings, temperature: f32) -> Header {
    Header {
        task: settings.task.clone(),
        features: settings.features,
        classes: settings.classes.clone(),
        bits: settings.bits,
        scale: 1.0,
        bias: Vec::new(),
        temperature,
        groups: settings.groups.clone(),
        about: settings.about.clone(),
    }
}

/// The temperature under which the choosing texts are likeliest: by halving the range, the likelihood has one peak.
fn temperature(model: &LinearModel, examples: &Examples) -> f32 {
    let (mut sums, mut all) = (Sums::default(), Vec::new());
    for example in examples.of(Split::Choose) {
        let mut scores = Vec::new();
        score(model, example, &mut sums, &mut scores);
        all.push((scores, usize::from(example.class), example.weight));
    }
    if all.is_empty() {
        return 1.0;
    }
    let loss = |temperature: f32| -> f64 {
        let one = |(scores, class, weight): &(Vec<f32>, usize, f32)| {
            let mut scores: Vec<f32> = scores.iter().map(|score| score / temperature).collect();
            softmax(&mut scores);
            -f64::from(scores.get(*class).copied().unwrap_or_default().max(1e-9).ln() * weight)
        };
        all.iter().map(one).sum()
    };
    let (mut low, mut high) = (0.2_f32, 5.0_f32);
    for _ in 0..TEMPERATURE_STEPS {
        let third = (high - low) / 3.0;
        if loss(low + third) < loss(high - third) {
            high -= third;
        } else {
            low += third;
        }
    }
    f32::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examples() -> Examples {
        let mut examples = Examples::default();
        let mut random = Random::new(5);
        for index in 0..1000_u32 {
            let class = index % 2;
            // One telling feature that is wrong once in ten times, and noise.
            let telling = if random.below(10) == 0 { 1 - class } else { class };
            let noise = u32::try_from(10 + random.below(500)).unwrap();
            let split = match index % 10 {
                0 | 1 => Split::HeldOut,
                2 | 3 => Split::Choose,
                _ => Split::Fit,
            };
            examples.push(Example {
                features: &[telling, noise],
                class: u16::try_from(class).unwrap(),
                group: 0,
                weight: 1.0,
                split,
            });
        }
        examples
    }

    fn settings() -> Settings {
        Settings {
            task: "test".to_owned(),
            features: 1,
            classes: vec!["a".to_owned(), "b".to_owned()],
            groups: vec!["all".to_owned()],
            bits: 10,
            epochs: 4,
            seed: 1,
            rates: Rates::default(),
            about: String::new(),
        }
    }

    #[test]
    fn finds_what_tells_and_how_often_it_is_right() {
        let mut epochs = Vec::new();
        let fitted = fit(&examples(), &settings(), |epoch, _| epochs.push(epoch)).unwrap();
        assert_eq!(epochs, [1, 2, 3, 4]);
        let all = fitted.held_out.all();
        assert!((0.82..0.97).contains(&all.accuracy()), "{}", all.accuracy());
        assert!(all.calibration_error().unwrap() < 0.08, "{:?}", all.calibration_error());
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        let bytes = |seed| {
            let settings = Settings { seed, ..settings() };
            fit(&examples(), &settings, |_, _| {}).unwrap().model.write().unwrap()
        };
        assert_eq!(bytes(1), bytes(1));
        assert_ne!(bytes(1), bytes(2));
    }
}
