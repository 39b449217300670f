/// Turns scores into probabilities, in place. Nothing happens to an empty slice.
pub fn softmax(scores: &mut [f32]) {
    let most = scores.iter().copied().fold(f32::MIN, f32::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - most).exp();
        sum += *score;
    }
    for score in scores.iter_mut() {
        *score /= sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up_to_one_whatever_the_scores() {
        for mut scores in [vec![0.0, 0.0], vec![1000.0, -1000.0, 3.0], vec![-5e30, -4e30], vec![7.0]] {
            softmax(&mut scores);
            assert!((scores.iter().sum::<f32>() - 1.0).abs() < 1e-6, "{scores:?}");
        }
        softmax(&mut []);
    }
}
