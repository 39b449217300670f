use crate::model::MentionName;

/// What mentions are looked up by: an index over 8 bytes is a fraction of one over whole names.
///
/// Two names may share a key, so whoever finds one compares the names. Replaceable, so that tests can make all of them collide.
pub(super) type NameKey = fn(platform: &str, external_id: &str) -> i64;

/// The key of a name. It is stored: it never changes.
pub(super) fn name_key(platform: &str, external_id: &str) -> i64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(platform.as_bytes());
    // Neither side holds control characters, so the two cannot run together.
    hasher.update(&[0]);
    hasher.update(external_id.as_bytes());
    let mut first_bytes = [0; 8];
    first_bytes.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    i64::from_le_bytes(first_bytes)
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
    use super::name_key;

    #[test]
    fn stored_keys_stay_what_they_are() {
        assert_eq!(name_key("twitter", "1"), 3_657_293_660_766_521_107);
        assert_ne!(name_key("ab", "c"), name_key("a", "bc"));
    }
}
