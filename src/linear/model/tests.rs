use super::*;

/// Weights that differ from row to row and class to class.
fn model(classes: usize, bits: u32) -> (LinearModel, Vec<i8>) {
    let rows = 1_usize << bits;
    let weights: Vec<i8> =
        (0..rows * classes).map(|n| i8::try_from((n * 37 + n / 7) % 255).map_or(-127, |n| n)).collect();
    let header = Header {
        task: "test".to_owned(),
        features: 1,
        classes: (0..classes).map(|class| format!("c{class}")).collect(),
        bits,
        scale: 0.01,
        bias: vec![0.25; classes],
        temperature: 2.0,
        groups: Vec::new(),
        about: String::new(),
    };
    (LinearModel::new(header, &weights).unwrap(), weights)
}

#[test]
fn adds_rows_whatever_their_width() {
    let features: Vec<u32> = (0..700_u32).map(|n| n.wrapping_mul(2_654_435_761)).collect();
    for classes in [2, 3, 4, 5, 8, 9, 16, 17, 32, 33, 48, 60, 64, 65, 100] {
        let (model, weights) = model(classes, 6);
        let mut sums = Sums::default();
        model.begin(&mut sums);
        model.add(&mut sums, &features[..300]);
        model.add(&mut sums, &features[300..]);
        let mut scores = Vec::new();
        model.scores(&sums, &mut scores);
        assert_eq!(scores.len(), classes);
        for (class, score) in scores.iter().enumerate() {
            let sum: i32 =
                features.iter().map(|feature| i32::from(weights[(*feature as usize & 63) * classes + class])).sum();
            let expected = (f64::from(sum) * 0.01 / 700_f64.sqrt() + 0.25) / 2.0;
            assert!((f64::from(*score) - expected).abs() < 1e-3, "{classes}: {class}: {score} for {expected}");
        }
        let shares: f32 = features.iter().map(|feature| model.share(*feature, 1, 700)).sum();
        assert!((shares + 0.125 - scores[1]).abs() < 1e-2, "the shares are the parts of the score");
    }
}

#[test]
fn begins_anew_and_knows_its_classes() {
    let (model, _) = model(3, 4);
    let mut sums = Sums::default();
    model.begin(&mut sums);
    model.add(&mut sums, &[1, 2, 3]);
    model.begin(&mut sums);
    let mut scores = Vec::new();
    model.scores(&sums, &mut scores);
    assert_eq!(scores, [0.125; 3]);
    assert_eq!((model.class("c2"), model.class("d")), (Some(2), None));
}
