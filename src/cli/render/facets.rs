use super::{
    escape::escape,
    style::{DIM, STRONG, styled},
};
use crate::proto::v1::Facet;

/// Values shown of one facet; all of them are in `--output json`.
const VALUES_SHOWN: usize = 12;

/// The values of each facet with their counts, a line each; none for a field that no match has.
pub(crate) fn facets(facets: &[Facet]) -> Vec<String> {
    facets.iter().filter(|facet| !facet.values.is_empty()).map(facet).collect()
}

fn facet(facet: &Facet) -> String {
    let mut parts: Vec<String> = facet
        .values
        .iter()
        .take(VALUES_SHOWN)
        .map(|value| format!("{} {}", escape(&value.value), styled(DIM, &value.count.to_string())))
        .collect();
    let others = facet.other + facet.values.iter().skip(VALUES_SHOWN).map(|value| value.count).sum::<u64>();
    if others > 0 {
        parts.push(styled(DIM, &format!("others {others}")));
    }
    format!("{}  {}", styled(STRONG, &escape(&facet.field)), parts.join(" · "))
}
