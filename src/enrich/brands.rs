//! Whom a mention is about: the brands whose query matched, whose account wrote it, or whose account it speaks to.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Range,
};

use super::{enricher::Attributed, units::Units};
use crate::model::{Brand, BrandMatch, BrandReason, Mention};

/// From which score on a mention needs a reply where no brand says otherwise.
const REPLY_THRESHOLD_DEFAULT: f32 = 1.2;

/// The accounts of all brands.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    /// Platform, then handle in lower case, to the id of the brand.
    by_platform: HashMap<String, HashMap<String, String>>,
    thresholds: HashMap<String, f32>,
}

impl Accounts {
    pub(super) fn new(brands: &[Brand]) -> Self {
        let mut accounts = Self::default();
        for brand in brands {
            accounts.thresholds.insert(brand.id.clone(), brand.reply_threshold);
            for account in &brand.accounts {
                accounts
                    .by_platform
                    .entry(account.platform.clone())
                    .or_default()
                    .insert(account.handle.to_lowercase(), brand.id.clone());
            }
        }
        accounts
    }

    /// All brands with all reasons, ordered by id.
    pub(super) fn attribute(
        &self,
        mention: &Mention,
        units: &Units<'_>,
        attributed: &[Attributed<'_>],
    ) -> Vec<BrandMatch> {
        let mut found: BTreeMap<&str, BTreeSet<BrandReason>> = BTreeMap::new();
        for Attributed { brand, .. } in attributed {
            found.entry(brand).or_default().insert(BrandReason::Query);
        }
        if let Some(accounts) = self.by_platform.get(&mention.name.platform) {
            let owner = |handle: &str| accounts.get(handle.to_lowercase().as_str()).map(String::as_str);
            let mut add = |handle: &str, reason| {
                if let Some(brand) = owner(handle) {
                    found.entry(brand).or_default().insert(reason);
                }
            };
            add(&mention.author.handle, BrandReason::Author);
            if let Some(handle) = &mention.to_handle {
                add(handle, BrandReason::Addressed);
            }
            for place in &units.handles {
                add(units.written(place), BrandReason::Mentioned);
            }
        }
        found
            .into_iter()
            .map(|(brand, reasons)| BrandMatch {
                brand: brand.to_owned(),
                own: reasons.contains(&BrandReason::Author),
                reasons: reasons.into_iter().collect(),
                sentiment: None,
            })
            .collect()
    }

    /// Where accounts of a brand are named.
    pub(super) fn named(&self, mention: &Mention, units: &Units<'_>, brand: &str) -> Vec<Range<usize>> {
        let Some(accounts) = self.by_platform.get(&mention.name.platform) else { return Vec::new() };
        let is_own = |place: &&Range<usize>| {
            accounts.get(units.written(place).to_lowercase().as_str()).is_some_and(|own| own == brand)
        };
        units.handles.iter().filter(is_own).cloned().collect()
    }

    /// The lowest threshold of the brands: whoever wants to answer soonest gets the chance.
    pub(super) fn threshold(&self, brands: &[BrandMatch]) -> f32 {
        brands
            .iter()
            .filter_map(|brand| self.thresholds.get(&brand.brand).copied())
            .min_by(f32::total_cmp)
            .unwrap_or(REPLY_THRESHOLD_DEFAULT)
    }
}
