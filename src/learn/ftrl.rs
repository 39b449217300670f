use crate::linear::softmax;

/// How fast and how far weights move.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// Size of the first steps.
    pub alpha: f32,
    /// Holds the first steps back.
    pub beta: f32,
    /// A weight that has less reason than this is 0: rare features leave the table empty, and the file small.
    pub l1: f32,
    /// Pulls weights towards 0.
    pub l2: f32,
}

impl Default for Rates {
    fn default() -> Self {
        Self { alpha: 0.2, beta: 1.0, l1: 0.5, l2: 5.0 }
    }
}

/// A gradient this small moves nothing that is seen; most classes of most texts have one, and are passed over.
const GRADIENT_MIN: f32 = 1e-3;

/// FTRL-proximal (McMahan and others 2013) for a softmax over hashed features. It learns online: an example at a time, at any time.
#[derive(Clone, Debug)]
pub struct Ftrl {
    rates: Rates,
    classes: usize,
    mask: u32,
    /// One cell for each class of each row; the biases behind them.
    cells: Vec<Cell>,
    scores: Vec<f32>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    weight: f32,
    /// Sum of gradients, corrected for what the weight was.
    z: f32,
    /// Root of the sum of squared gradients.
    root: f32,
}

impl Cell {
    fn learn(&mut self, gradient: f32, rates: Rates) {
        let root = self.root.mul_add(self.root, gradient * gradient).sqrt();
        let sigma = (root - self.root) / rates.alpha;
        self.z += gradient - sigma * self.weight;
        self.root = root;
        self.weight = if self.z.abs() <= rates.l1 {
            0.0
        } else {
            -(self.z - self.z.signum() * rates.l1) / ((rates.beta + root) / rates.alpha + rates.l2)
        };
    }
}

impl Ftrl {
    /// A table of two to the power of `bits` rows that knows nothing yet.
    #[must_use]
    pub fn new(classes: usize, bits: u32, rates: Rates) -> Self {
        let rows = 1_usize << bits;
        Self {
            rates,
            classes,
            mask: u32::try_from(rows - 1).unwrap_or(u32::MAX),
            cells: vec![Cell::default(); (rows + 1) * classes],
            scores: Vec::new(),
        }
    }

    fn row(&self, feature: u32) -> usize {
        (feature & self.mask) as usize * self.classes
    }

    fn bias_row(&self) -> usize {
        (self.mask as usize + 1) * self.classes
    }

    /// Scores of the classes; a softmax makes probabilities of them.
    pub fn score(&self, features: &[u32], scores: &mut Vec<f32>) {
        scores.clear();
        scores.resize(self.classes, 0.0);
        for feature in features {
            let start = self.row(*feature);
            let row = self.cells.get(start..start + self.classes).unwrap_or_default();
            for (score, cell) in scores.iter_mut().zip(row) {
                *score += cell.weight;
            }
        }
        let norm = norm(features.len());
        for (score, bias) in scores.iter_mut().zip(self.biases()) {
            *score = score.mul_add(norm, bias);
        }
    }

    /// Learns one example; `weight` is how often it counts.
    pub fn learn(&mut self, features: &[u32], class: usize, weight: f32) {
        self.learn_beyond(&[], features, class, weight);
    }

    /// Learns what is to be added to log odds that something else gives; none are zeros.
    pub fn learn_beyond(&mut self, odds: &[f32], features: &[u32], class: usize, weight: f32) {
        let mut scores = std::mem::take(&mut self.scores);
        self.score(features, &mut scores);
        for (score, odds) in scores.iter_mut().zip(odds) {
            *score += odds;
        }
        softmax(&mut scores);
        for (other, score) in scores.iter_mut().enumerate() {
            *score = (*score - f32::from(u8::from(other == class))) * weight;
        }
        let moved: Vec<usize> =
            scores.iter().enumerate().filter(|(_, it)| it.abs() > GRADIENT_MIN).map(|(at, _)| at).collect();
        let norm = norm(features.len());
        for feature in features {
            let start = self.row(*feature);
            self.learn_row(start, &scores, &moved, norm);
        }
        self.learn_row(self.bias_row(), &scores, &moved, 1.0);
        self.scores = scores;
    }

    fn learn_row(&mut self, start: usize, gradients: &[f32], moved: &[usize], norm: f32) {
        for class in moved {
            if let (Some(cell), Some(gradient)) = (self.cells.get_mut(start + class), gradients.get(*class)) {
                cell.learn(gradient * norm, self.rates);
            }
        }
    }

    /// The weights of all rows, one for each class.
    pub(super) fn weights(&self) -> impl Iterator<Item = f32> {
        self.cells.iter().take(self.bias_row()).map(|cell| cell.weight)
    }

    /// The score of each class where a text says nothing.
    pub(super) fn biases(&self) -> impl Iterator<Item = f32> {
        self.cells.iter().skip(self.bias_row()).map(|cell| cell.weight)
    }
}

/// As the served model has it: a score grows with the root of the number of features.
fn norm(features: usize) -> f32 {
    1.0 / f32::from(u16::try_from(features.max(1)).unwrap_or(u16::MAX)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn learns_what_tells_classes_apart() {
        let mut ftrl = Ftrl::new(3, 8, Rates { alpha: 1.0, beta: 1.0, l1: 0.0, l2: 0.0 });
        for _ in 0..200 {
            for class in 0..3 {
                ftrl.learn(&[class, 100, 101], class as usize, 1.0);
            }
        }
        let mut scores = Vec::new();
        for class in 0..3 {
            ftrl.score(&[class, 100, 101], &mut scores);
            softmax(&mut scores);
            assert!(scores[class as usize] > 0.8, "{class}: {scores:?}");
        }
        ftrl.score(&[200], &mut scores);
        softmax(&mut scores);
        assert!(scores.iter().all(|score| (0.2..0.5).contains(score)), "nothing is known of it: {scores:?}");
    }

    #[test]
    fn a_rare_feature_leaves_no_weight() {
        let mut ftrl = Ftrl::new(2, 8, Rates { l1: 1.0, ..Rates::default() });
        ftrl.learn(&[7], 1, 1.0);
        assert!(ftrl.weights().all(|weight| weight == 0.0));
    }
}
