use std::{collections::BTreeMap, ops::Bound};

use crate::model::Brand;

/// The profiles of the brands, by their ids: what they have promised, and when they are there.
#[derive(Clone, Debug, Default)]
pub struct Brands {
    by_id: BTreeMap<String, Brand>,
}

impl Brands {
    /// Takes the profiles; of two with one id the later.
    #[must_use]
    pub fn new(brands: impl IntoIterator<Item = Brand>) -> Self {
        Self { by_id: brands.into_iter().map(|brand| (brand.id.clone(), brand)).collect() }
    }

    /// Handles of all brands' accounts on a platform, by the letters.
    pub fn accounts_on(&self, platform: &str) -> impl Iterator<Item = &str> {
        let mut handles: Vec<&str> = self
            .by_id
            .values()
            .flat_map(|brand| &brand.accounts)
            .filter(|account| account.platform == platform)
            .map(|account| account.handle.as_str())
            .collect();
        handles.sort_unstable();
        handles.into_iter()
    }

    /// The profiles with a later id than this, in the order of their ids.
    pub fn after(&self, id: &str) -> impl Iterator<Item = &Brand> {
        self.by_id.range::<str, _>((Bound::Excluded(id), Bound::Unbounded)).map(|(_, brand)| brand)
    }

    /// The profile of a brand.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Brand> {
        self.by_id.get(id)
    }
}
