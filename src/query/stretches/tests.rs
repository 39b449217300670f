use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

type Model = BTreeSet<(u32, u32)>;

/// A pattern as the model has it.
#[derive(Clone, Debug)]
enum Shape {
    Places(Vec<u32>, u32),
    Near(Box<Shape>, Box<Shape>, u32, bool),
    Either(Box<Shape>, Box<Shape>),
}

/// Every stretch, by trying every pair.
fn model(shape: &Shape) -> Model {
    match shape {
        Shape::Places(firsts, width) => firsts.iter().map(|&first| (first, first + width - 1)).collect(),
        Shape::Either(one, other) => &model(one) | &model(other),
        Shape::Near(left, right, distance, ordered) => {
            let mut found = Model::new();
            for l in model(left) {
                for r in model(right) {
                    let is_close = |a: (u32, u32), b: (u32, u32)| b.0 > a.1 && b.0 - a.1 - 1 <= *distance;
                    if is_close(l, r) || (!ordered && is_close(r, l)) {
                        found.insert((l.0.min(r.0), l.1.max(r.1)));
                    }
                }
            }
            found
        }
    }
}

fn computed(shape: &Shape) -> Stretches {
    match shape {
        Shape::Places(firsts, width) => Stretches::of_width(firsts.clone(), *width),
        Shape::Either(one, other) => computed(one).or(computed(other)),
        Shape::Near(left, right, distance, ordered) => computed(left).near(&computed(right), *distance, *ordered),
    }
}

fn firsts(highest: u32) -> impl Strategy<Value = Vec<u32>> {
    prop::collection::btree_set(0..highest, 0..7).prop_map(|firsts| firsts.into_iter().collect())
}

/// Dense where positions are few, and with rows of several words where distances are long.
fn shape() -> impl Strategy<Value = Shape> {
    let distance = || prop_oneof![4 => 0_u32..4, 1 => 50_u32..101];
    let places = (prop_oneof![3 => firsts(12), 1 => firsts(300)], 1_u32..4).prop_map(|(f, w)| Shape::Places(f, w));
    places.prop_recursive(4, 12, 2, move |inner| {
        prop_oneof![
            3 => (inner.clone(), inner.clone(), distance(), any::<bool>())
                .prop_map(|(l, r, d, ordered)| Shape::Near(Box::new(l), Box::new(r), d, ordered)),
            1 => (inner.clone(), inner).prop_map(|(one, other)| Shape::Either(Box::new(one), Box::new(other))),
        ]
    })
}

/// Every choice of one place for each part.
fn model_window(parts: &[(Vec<u32>, u32)], taken: &mut Vec<(u32, u32)>, positions_max: u32) -> bool {
    let Some(((firsts, width), rest)) = parts.split_first() else {
        let first = taken.iter().map(|place| place.0).min().unwrap_or(0);
        let last = taken.iter().map(|place| place.1).max().unwrap_or(0);
        return last - first < positions_max;
    };
    firsts.iter().any(|&first| {
        let place = (first, first + width - 1);
        if taken.iter().any(|other| place.0 <= other.1 && other.0 <= place.1) {
            return false;
        }
        taken.push(place);
        let found = model_window(rest, taken, positions_max);
        taken.pop();
        found
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn rows_hold_exactly_the_stretches_of_the_model(shape in shape()) {
        let expected = model(&shape);
        let found = computed(&shape);
        prop_assert_eq!(found.iter().collect::<Vec<_>>(), expected.iter().copied().collect::<Vec<_>>());
        prop_assert_eq!(found.beginnings(), expected.iter().map(|stretch| stretch.0).collect::<BTreeSet<_>>().len());
        if let Shape::Near(left, right, distance, ordered) = &shape {
            prop_assert_eq!(computed(left).is_near(&computed(right), *distance, *ordered), !expected.is_empty());
            if let (Shape::Places(left, wide), Shape::Places(right, other)) = (left.as_ref(), right.as_ref()) {
                prop_assert_eq!(near_exists((left, *wide), (right, *other), *distance, *ordered), !expected.is_empty());
            }
        }
    }

    #[test]
    fn a_window_is_found_exactly_where_the_model_finds_an_arrangement(
        parts in prop::collection::vec((firsts(9), prop_oneof![4 => Just(1_u32), 1 => 2_u32..4]), 1..6),
        positions_max in 1_u32..12,
    ) {
        let expected = model_window(&parts, &mut Vec::new(), positions_max);
        let given: Vec<WindowPart<'_>> =
            parts.iter().map(|(firsts, width)| WindowPart { firsts, width: *width }).collect();
        prop_assert_eq!(window_exists(&given, positions_max), expected);
    }

    #[test]
    fn what_follows_is_kept(firsts in firsts(20), others in firsts(20), offset in 0_u32..4) {
        let mut kept = firsts.clone();
        keep_followed(&mut kept, &others, offset);
        let expected: Vec<u32> = firsts.into_iter().filter(|first| others.contains(&(first + offset))).collect();
        prop_assert_eq!(kept, expected);
    }
}

/// Every position holds every word: the work must not grow with the number of ways.
#[test]
fn a_text_of_one_word_is_no_trap() {
    let everywhere: Vec<u32> = (0..8_000).collect();
    let word = || Stretches::of_width(everywhere.clone(), 1);
    let nested = word().near(&word(), 100, false).near(&word(), 100, false);
    assert_eq!(nested.beginnings(), 7_998);
    assert!(!nested.is_near(&Stretches::of_width(vec![20_000], 1), 100, true));
    let part = WindowPart { firsts: &everywhere, width: 1 };
    assert!(window_exists(&[part; 64], 64));
    // 64 of them do not fit into 63 places, wherever the window lies.
    assert!(!window_exists(&[part; 64], 63));
    let run = WindowPart { firsts: &everywhere, width: 2 };
    assert!(!window_exists(&[run; 8], 15));
    assert!(window_exists(&[run; 8], 16));
}
