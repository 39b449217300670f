use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::file::ModelError;
use crate::base::limits::{MODEL_BITS_MAX, MODEL_CLASSES_MAX};

/// What a model says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// What it tells, such as `language-latin`; it also is the name of its file.
    pub task: String,
    /// Version of the features it was trained with.
    pub features: u32,
    /// What it tells apart, each once.
    pub classes: Vec<String>,
    /// The table has two to the power of this many rows.
    pub bits: u32,
    /// One step of a weight, in parts of a score.
    pub scale: f32,
    /// Score of each class where a text says nothing.
    pub bias: Vec<f32>,
    /// Scores are divided by it, so that a probability of 0.8 is right 8 times of 10.
    pub temperature: f32,
    /// The groups of texts it knows, such as languages: of others it was never told anything.
    #[serde(default)]
    pub groups: Vec<String>,
    /// From what it was made, for people: data sets, examples, seed.
    pub about: String,
}

/// A table of weights for hashed features; cheap to clone.
#[derive(Clone, PartialEq)]
pub struct LinearModel {
    header: Arc<Header>,
    mask: u32,
    /// Numbers in one row: the classes, filled up so that rows are added in whole steps of the processor.
    width: usize,
    rows: Arc<[i8]>,
}

impl std::fmt::Debug for LinearModel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LinearModel").field("header", &self.header).finish_non_exhaustive()
    }
}

/// Sums of weights on their way to probabilities; kept by the caller so that judging allocates once.
#[derive(Clone, Debug, Default)]
pub struct Sums {
    totals: Vec<i32>,
    features: usize,
}

/// Rows that can be added in 16 bits before they could overflow: 256 × 127.
const ROWS_IN_16_BITS: usize = 256;

impl LinearModel {
    /// A model with these weights, row after row, one for each class.
    ///
    /// # Errors
    /// The header contradicts itself or the weights: [`ModelError::Invalid`].
    pub fn new(header: Header, weights: &[i8]) -> Result<Self, ModelError> {
        check(&header)?;
        let classes = header.classes.len();
        let count = 1_usize << header.bits;
        if weights.len() != count * classes {
            return Err(ModelError::invalid(format!("{} weights for {count} rows of {classes}", weights.len())));
        }
        let width = width_of(classes);
        let mut rows = vec![0_i8; count * width];
        for (row, told) in rows.chunks_exact_mut(width).zip(weights.chunks_exact(classes)) {
            for (weight, told) in row.iter_mut().zip(told) {
                *weight = *told;
            }
        }
        let mask = (1_u32 << header.bits) - 1;
        Ok(Self { header: Arc::new(header), mask, width, rows: rows.into() })
    }

    /// What it says of itself.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// What it tells apart.
    #[must_use]
    pub fn classes(&self) -> &[String] {
        &self.header.classes
    }

    /// The place of a class.
    #[must_use]
    pub fn class(&self, name: &str) -> Option<usize> {
        self.header.classes.iter().position(|class| class == name)
    }

    /// Forgets what was summed before.
    pub fn begin(&self, sums: &mut Sums) {
        sums.totals.clear();
        sums.totals.resize(self.width, 0);
        sums.features = 0;
    }

    /// Adds the rows of features.
    pub fn add(&self, sums: &mut Sums, features: &[u32]) {
        sums.features += features.len();
        match self.width {
            4 => self.add_narrow(sums, features),
            8 => self.add_rows::<8>(sums, features),
            16 => self.add_rows::<16>(sums, features),
            32 => self.add_rows::<32>(sums, features),
            48 => self.add_rows::<48>(sums, features),
            64 => self.add_rows::<64>(sums, features),
            _ => self.add_any(sums, features),
        }
    }

    fn row(&self, feature: u32) -> &[i8] {
        let start = (feature & self.mask) as usize * self.width;
        self.rows.get(start..start + self.width).unwrap_or_default()
    }

    fn add_narrow(&self, sums: &mut Sums, features: &[u32]) {
        let mut totals = [0_i32; 4];
        for feature in features {
            for (total, weight) in totals.iter_mut().zip(self.row(*feature)) {
                *total += i32::from(*weight);
            }
        }
        for (sum, total) in sums.totals.iter_mut().zip(totals) {
            *sum += total;
        }
    }

    fn add_rows<const WIDTH: usize>(&self, sums: &mut Sums, features: &[u32]) {
        for some in features.chunks(ROWS_IN_16_BITS) {
            let mut totals = [0_i16; WIDTH];
            for feature in some {
                if let Some(row) = self.row(*feature).first_chunk::<WIDTH>() {
                    for (total, weight) in totals.iter_mut().zip(row) {
                        *total += i16::from(*weight);
                    }
                }
            }
            for (sum, total) in sums.totals.iter_mut().zip(totals) {
                *sum += i32::from(total);
            }
        }
    }

    fn add_any(&self, sums: &mut Sums, features: &[u32]) {
        for feature in features {
            for (sum, weight) in sums.totals.iter_mut().zip(self.row(*feature)) {
                *sum += i32::from(*weight);
            }
        }
    }

    /// The score of each class: natural logarithms of probabilities, but for a constant.
    pub fn scores(&self, sums: &Sums, scores: &mut Vec<f32>) {
        let step = self.step(sums.features);
        scores.clear();
        scores.extend(
            self.header
                .bias
                .iter()
                .zip(&sums.totals)
                .map(|(bias, total)| narrow(*total).mul_add(step, bias / self.header.temperature)),
        );
    }

    /// What each feature adds to the score of a class beyond what it adds to another, in a text of these features.
    pub fn differences(&self, features: &[u32], class: usize, other: usize) -> impl Iterator<Item = f32> {
        let step = self.step(features.len());
        features.iter().map(move |feature| {
            let row = self.row(*feature);
            let weight = |class: usize| row.get(class).copied().map_or(0.0, f32::from);
            (weight(class) - weight(other)) * step
        })
    }

    /// What one feature adds to the score of a class, in a text with so many features.
    #[must_use]
    pub fn share(&self, feature: u32, class: usize, features: usize) -> f32 {
        self.row(feature).get(class).map_or(0.0, |weight| f32::from(*weight) * self.step(features))
    }

    /// Long texts do not shout: a score grows with the root of the number of features.
    fn step(&self, features: usize) -> f32 {
        let count = u16::try_from(features.max(1)).unwrap_or(u16::MAX);
        self.header.scale / (f32::from(count).sqrt() * self.header.temperature)
    }

    /// The weights as they are stored, without filling.
    pub(super) fn weights(&self) -> Vec<i8> {
        let classes = self.header.classes.len();
        self.rows.chunks_exact(self.width).flat_map(|row| row.iter().take(classes).copied()).collect()
    }
}

#[expect(clippy::cast_precision_loss, reason = "sums of weights stay far below 2^24 but in texts of repetition")]
fn narrow(total: i32) -> f32 {
    total as f32
}

fn width_of(classes: usize) -> usize {
    match classes {
        0..=4 => 4,
        5..=8 => 8,
        _ => classes.next_multiple_of(16),
    }
}

fn check(header: &Header) -> Result<(), ModelError> {
    let classes = header.classes.len();
    let refuse = |message: String| Err(ModelError::invalid(message));
    if !(2..=MODEL_CLASSES_MAX).contains(&classes) {
        return refuse(format!("{classes} classes; it must be 2 to {MODEL_CLASSES_MAX}"));
    }
    if !(1..=MODEL_BITS_MAX).contains(&header.bits) {
        return refuse(format!("2^{} rows; it must be 2^1 to 2^{MODEL_BITS_MAX}", header.bits));
    }
    let mut names: Vec<&str> = header.classes.iter().map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    if names.len() != classes || names.iter().any(|name| name.is_empty()) {
        return refuse("a class is named twice, or has no name".to_owned());
    }
    if header.bias.len() != classes {
        return refuse(format!("{} biases for {classes} classes", header.bias.len()));
    }
    let is_positive = |number: f32| number.is_finite() && number > 0.0;
    if !is_positive(header.scale) || !is_positive(header.temperature) {
        return refuse("scale and temperature must be above 0".to_owned());
    }
    if header.bias.iter().any(|bias| !bias.is_finite()) {
        return refuse("a bias is no number".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests;
