//! Where a pattern stands in one text, from where its words stand. Pure, and bounded for every pattern and text.
//!
//! A stretch is a run of positions, first to last, inclusive. Which stretches a pattern has is told by the evaluator of the
//! matcher, which tries everything; here the same is computed in a time that hostile texts and patterns cannot blow up.
//!
//! Stretches are kept as rows of bits: one row for each first position, one bit for each last one. Two facts follow. A text
//! of `p` positions and a pattern that spans `s` never hold more than `p * s` bits, however many ways there are to the same
//! stretch; and "begins at most so far behind an end" is a shift.

mod rows;
#[cfg(test)]
mod tests;
mod window;

pub use rows::Stretches;
pub use window::{WindowPart, window_exists};

/// Whether a part of `left` and a part of `right` that do not overlap have at most `distance` positions between them, the
/// left one first where `ordered`. Every left part is `left_width` positions wide, every right part `right_width`; both
/// lists hold the first positions and rise. Linear.
#[must_use]
pub fn near_exists(
    (left, left_width): (&[u32], u32),
    (right, right_width): (&[u32], u32),
    distance: u32,
    ordered: bool,
) -> bool {
    if left_width == 1 && right_width == 1 {
        return words_near(left, right, distance, ordered);
    }
    follows(left, left_width, right, distance) || (!ordered && follows(right, right_width, left, distance))
}

/// The same of single words, in one pass over both: nearly all there is to compare, so without a branch that depends on which
/// of two positions is the lower one. Two that are near and have none of the others between them meet.
fn words_near(left: &[u32], right: &[u32], distance: u32, ordered: bool) -> bool {
    let (mut at_left, mut at_right) = (0, 0);
    while let (Some(&l), Some(&r)) = (left.get(at_left), right.get(at_right)) {
        // Numbers below zero wrap around to large ones.
        let is_after = r.wrapping_sub(l).wrapping_sub(1) <= distance;
        let is_before = l.wrapping_sub(r).wrapping_sub(1) <= distance;
        if is_after | (is_before & !ordered) {
            return true;
        }
        // At one position stand several forms: each side may still be near the next of the other.
        if l == r && right.get(at_right + 1).is_some_and(|&next| next - l - 1 <= distance) {
            return true;
        }
        let step_left = l <= r;
        at_left += usize::from(step_left);
        at_right += usize::from(!step_left);
    }
    false
}

/// Whether one of `later` begins behind the end of one of `earlier`, with at most `distance` positions between.
fn follows(earlier: &[u32], width: u32, later: &[u32], distance: u32) -> bool {
    let mut later = later.iter().copied();
    let Some(mut next) = later.next() else { return false };
    for &first in earlier {
        let end = first + width;
        while next < end {
            match later.next() {
                Some(after) => next = after,
                None => return false,
            }
        }
        if next - end <= distance {
            return true;
        }
    }
    false
}

/// Takes out of `firsts` what is not in `others` moved back by `offset`. Both rise; so does what is left.
pub fn keep_followed(firsts: &mut Vec<u32>, others: &[u32], offset: u32) {
    let mut at = 0;
    firsts.retain(|&first| {
        let wanted = first + offset;
        while others.get(at).is_some_and(|&other| other < wanted) {
            at += 1;
        }
        others.get(at) == Some(&wanted)
    });
}
