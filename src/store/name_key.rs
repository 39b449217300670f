use crate::model::MentionName;

/// What mentions are looked up by: an index over 8 bytes is a fraction of one over whole names.
///
/// Two names may share a key, so whoever finds one compares the names. Replaceable, so that tests can make all of them collide.
pub(super) type NameKey = fn(platform: &str, external_id: &str) -> i64;

/// The key of a name. It is stored: it never changes.
///
/// Most platforms count their ids upwards, some with words around the number. The number is added to a hash of the rest, so
/// mentions that come in together lie together in the index; hashed as a whole, every one of them would write a page of its
/// own, which makes the store two to three times slower at a million mentions. An id without order is as good as hashed.
pub(super) fn name_key(platform: &str, external_id: &str) -> i64 {
    let (before, number, after) = split_at_number(external_id);
    let mut hasher = blake3::Hasher::new();
    // Neither part holds control characters, so they cannot run together.
    for part in [platform, "\0", before, "\0", after] {
        hasher.update(part.as_bytes());
    }
    let mut first_bytes = [0; 8];
    first_bytes.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    i64::from_le_bytes(first_bytes).wrapping_add(number.cast_signed())
}

/// The longest run of digits without its leading zeros, the first of several, with what stands around it.
fn split_at_number(external_id: &str) -> (&str, u64, &str) {
    let (mut longest, mut run_start) = (0..0, None);
    for (place, byte) in external_id.bytes().chain([b' ']).enumerate() {
        match (byte, run_start) {
            (b'1'..=b'9', None) => run_start = Some(place),
            (b'0'..=b'9', _) => {}
            (_, Some(start)) => {
                if place - start > longest.len() {
                    longest = start..place;
                }
                run_start = None;
            }
            (_, None) => {}
        }
    }
    let number = external_id.get(longest.clone()).and_then(|digits| digits.parse().ok());
    match (number, external_id.get(..longest.start), external_id.get(longest.end..)) {
        (Some(number), Some(before), Some(after)) => (before, number, after),
        _ => (external_id, 0, ""),
    }
}

/// A name beside its key.
#[derive(Clone, Copy)]
pub(super) struct KeyedName<'a> {
    pub(super) key: i64,
    pub(super) platform: &'a str,
    pub(super) external_id: &'a str,
}

impl<'a> KeyedName<'a> {
    pub(super) fn new(key: NameKey, name: &'a MentionName) -> Self {
        Self::of(key, &name.platform, &name.external_id)
    }

    pub(super) fn of(key: NameKey, platform: &'a str, external_id: &'a str) -> Self {
        Self { key: key(platform, external_id), platform, external_id }
    }
}

#[cfg(test)]
mod tests {
    use super::{name_key, split_at_number};

    #[test]
    fn the_number_of_an_id_is_its_longest_run_of_digits() {
        for (id, expected) in [
            ("119237", ("", 119_237, "")),
            ("reviews-2189773.1", ("reviews-", 2_189_773, ".1")),
            ("a12b34", ("a", 12, "b34")),
            ("007", ("00", 7, "")),
            ("x1000", ("x", 1000, "")),
            ("0", ("0", 0, "")),
            ("", ("", 0, "")),
            ("größe٣", ("größe٣", 0, "")),
            ("99999999999999999999999", ("99999999999999999999999", 0, "")),
        ] {
            assert_eq!(split_at_number(id), expected, "{id}");
        }
    }

    #[test]
    fn stored_keys_stay_what_they_are() {
        let names = [("twitter", "1750000000000000001"), ("forum", "t3_1abcde"), ("forum", "größe")];
        let keys = names.map(|(platform, external_id)| name_key(platform, external_id));
        assert_eq!(keys, [-5_145_607_853_325_669_350, 7_306_883_423_825_322_240, -6_478_143_699_341_863_500]);
    }

    #[test]
    fn ids_that_are_counted_lie_together_and_all_others_apart() {
        let key = |id| name_key("forum", id);
        assert_eq!(key("post 12").wrapping_add(1), key("post 13"));
        let different = ["12", "012", "a12", "12a", "1.2", "2.1", "", "\u{665}"].map(key);
        let distinct: std::collections::HashSet<_> = different.iter().collect();
        assert_eq!(distinct.len(), different.len());
        assert_ne!(name_key("ab", "c"), name_key("a", "bc"));
    }
}
