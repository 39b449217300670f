//! Under which terms a query is filed: of what it requires, what the fewest mentions hold.

use super::{
    plan::{Places, Plan},
    term::TermId,
};

/// Terms of which a mention must hold one for a plan to match.
///
/// Invariant (matching stands on it): if the plan matches a mention, the mention holds the term and the guard of one of its anchors.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Cover {
    /// Share of mentions that hold one, at most: the sum of their shares.
    pub(super) cost: f32,
    pub(super) anchors: Vec<Anchor>,
}

/// A term to be filed under, and a second one that has to be held with it; [`TermId::TRUE`] where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Anchor {
    pub(super) term: TermId,
    pub(super) guard: TermId,
}

/// How often terms are held, as a share of mentions, by their number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shares<'a>(pub(super) &'a [f32]);

impl Shares<'_> {
    /// Of one term.
    pub(super) fn of(self, term: TermId) -> f32 {
        self.0.get(term.0 as usize).copied().unwrap_or(1.0)
    }

    /// Of a mention holding one of several, at most.
    pub(super) fn sum(self, terms: &[TermId]) -> f32 {
        terms.iter().map(|term| self.of(*term)).sum()
    }
}

impl Cover {
    fn of_terms(terms: &[TermId], shares: Shares<'_>) -> Self {
        let anchors = terms.iter().map(|&term| Anchor { term, guard: TermId::TRUE }).collect();
        Self { cost: shares.sum(terms), anchors }
    }

    /// Asks for a guard where the anchors have none or a more frequent one.
    pub(super) fn guard(&mut self, guard: TermId, shares: Shares<'_>) {
        for anchor in &mut self.anchors {
            if guard != anchor.term && shares.of(guard) < shares.of(anchor.guard) {
                anchor.guard = guard;
            }
        }
    }

    fn join(mut self, other: Self) -> Self {
        self.cost += other.cost;
        self.anchors.extend(other.anchors);
        self
    }

    /// Each anchor once. One without a guard lets through all that the same one with a guard does; different guards of one
    /// term stay apart, because each is enough.
    pub(super) fn distinct(mut self) -> Self {
        self.anchors.sort_unstable();
        self.anchors.dedup();
        let mut free = None;
        // `TRUE` has the lowest number, so it comes first.
        self.anchors.retain(|anchor| {
            if anchor.guard == TermId::TRUE {
                free = Some(anchor.term);
                return true;
            }
            free != Some(anchor.term)
        });
        self
    }
}

/// The cheapest cover; `None` where a mention may match without any term that could be looked up.
pub(super) fn cover(plan: &Plan, shares: Shares<'_>) -> Option<Cover> {
    match plan {
        Plan::Term(term) => Some(Cover::of_terms(&[*term], shares)),
        Plan::Any(terms) => Some(Cover::of_terms(terms, shares)),
        Plan::Places(places) => Some(cover_places(places, shares)),
        Plan::And(parts) => {
            let covers = parts.iter().enumerate().filter_map(|(at, part)| Some((at, cover(part, shares)?)));
            let (chosen, mut best) = covers.min_by(|(_, a), (_, b)| a.cost.total_cmp(&b.cost))?;
            if let Some(guard) = rarest_single(parts, |at| at == chosen, shares) {
                best.guard(guard, shares);
            }
            Some(best)
        }
        Plan::Or(parts) => {
            let mut all = Cover::default();
            for part in parts {
                all = all.join(cover(part, shares)?);
            }
            Some(all)
        }
        Plan::All | Plan::Number(..) | Plan::Time(..) | Plan::Sample(_) | Plan::Rare(_) | Plan::Not(_) => None,
    }
}

/// The rarest part that is a single term, but for those at places that are left out.
pub(super) fn rarest_single(parts: &[Plan], is_out: impl Fn(usize) -> bool, shares: Shares<'_>) -> Option<TermId> {
    let others = parts.iter().enumerate().filter(|(at, _)| !is_out(*at));
    let singles = others.filter_map(|(_, part)| if let Plan::Term(term) = part { Some(*term) } else { None });
    singles.min_by(|a, b| shares.of(*a).total_cmp(&shares.of(*b)))
}

fn cover_places(places: &Places, shares: Shares<'_>) -> Cover {
    match places {
        Places::Word(terms) => Cover::of_terms(terms, shares),
        Places::Phrase(words) => {
            let rarest =
                words.iter().enumerate().min_by(|(_, a), (_, b)| shares.sum(&a.1).total_cmp(&shares.sum(&b.1)));
            let Some((chosen, (_, terms))) = rarest else { return Cover::default() };
            let mut cover = Cover::of_terms(terms, shares);
            for (at, (_, others)) in words.iter().enumerate() {
                if let [single] = others.as_slice()
                    && at != chosen
                {
                    cover.guard(*single, shares);
                }
            }
            cover
        }
        Places::Window { parts, .. } => {
            let covers = parts.iter().map(|part| cover_places(part, shares));
            covers.min_by(|a, b| a.cost.total_cmp(&b.cost)).unwrap_or_default()
        }
        Places::Near { left, right, .. } => {
            let (left_cover, right_cover) = (cover_places(left, shares), cover_places(right, shares));
            let (mut cover, other) =
                if left_cover.cost <= right_cover.cost { (left_cover, right) } else { (right_cover, left) };
            if let Places::Word(terms) = other.as_ref()
                && let [single] = terms.as_slice()
            {
                cover.guard(*single, shares);
            }
            cover
        }
        Places::AnyOf(parts) => parts.iter().fold(Cover::default(), |all, part| all.join(cover_places(part, shares))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARES: [f32; 7] = [1.0, 0.0, 0.3, 0.2, 0.1, 0.01, 0.02];

    fn term(number: u32) -> Plan {
        Plan::Term(TermId(number))
    }

    fn anchors(plan: &Plan) -> Option<Vec<(u32, u32)>> {
        let cover = cover(plan, Shares(&SHARES))?.distinct();
        Some(cover.anchors.iter().map(|anchor| (anchor.term.0, anchor.guard.0)).collect())
    }

    #[test]
    fn a_query_is_filed_under_what_is_rarest() {
        let any = |terms: &[u32]| Plan::any(terms.iter().copied().map(TermId).collect());
        let word = |number| Places::Word(vec![TermId(number)]);
        for (plan, expected) in [
            (term(2), Some(vec![(2, 0)])),
            (any(&[2, 5]), Some(vec![(2, 0), (5, 0)])),
            (Plan::And(vec![term(2), any(&[5, 6])]), Some(vec![(5, 2), (6, 2)])),
            (Plan::And(vec![Plan::not(term(5)), term(2)]), Some(vec![(2, 0)])),
            (Plan::Or(vec![term(5), Plan::not(term(2))]), None),
            (Plan::not(term(5)), None),
            (Plan::Places(Places::Phrase(vec![(0, vec![TermId(2)]), (1, vec![TermId(4)])])), Some(vec![(4, 2)])),
            // The same word twice is no guard of itself.
            (Plan::Places(Places::Phrase(vec![(0, vec![TermId(4)]), (1, vec![TermId(4)])])), Some(vec![(4, 0)])),
            (
                Plan::Places(Places::Near {
                    left: Box::new(word(2)),
                    right: Box::new(Places::AnyOf(vec![word(5), word(6)])),
                    distance: 1,
                    ordered: false,
                }),
                Some(vec![(5, 2), (6, 2)]),
            ),
        ] {
            assert_eq!(anchors(&plan), expected, "{plan:?}");
        }
    }

    /// `(good OR "good player")`: the guard of the phrase must not become that of the word.
    #[test]
    fn guards_of_one_term_are_not_mixed_up() {
        let phrase = |other| Plan::Places(Places::Phrase(vec![(0, vec![TermId(5)]), (1, vec![TermId(other)])]));
        assert_eq!(anchors(&Plan::Or(vec![phrase(2), phrase(3)])), Some(vec![(5, 2), (5, 3)]));
        assert_eq!(anchors(&Plan::Or(vec![phrase(2), term(5)])), Some(vec![(5, 0)]));
    }
}
