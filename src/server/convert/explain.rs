use super::{
    checks::rejection, highlights_to_wire, mention_name_from_wire, problem_to_wire, saved_search_id_from_wire,
    time_to_wire, version_to_wire,
};
use crate::{
    engine::{CostClass, Difference, EngineError, ExplainRequest, Explained, Preview, PreviewRequest, QueryCost},
    matcher::{self, Clause, ClauseKind},
    proto::v1::{self as wire, clause::Kind, cost::Class},
    server::convert::query::hit_to_wire,
};

/// Takes a question why a mention matches from the wire.
pub(crate) fn explain_from_wire(wire: wire::ExplainMatchRequest) -> Result<ExplainRequest, EngineError> {
    let name = mention_name_from_wire("name", &wire.name)?;
    let at_fault = match (wire.query.is_empty(), wire.saved_search.is_empty()) {
        (false, true) => None,
        (true, false) => {
            saved_search_id_from_wire("saved_search", wire.saved_search.clone())?;
            None
        }
        (true, true) => Some(rejection("query", "is empty; give a query or a saved search")),
        (false, false) => Some(rejection("saved_search", "stands beside a query; give one of the two")),
    };
    if let Some(at_fault) = at_fault {
        return Err(EngineError::InvalidArgument { field: at_fault.field, message: at_fault.message });
    }
    Ok(ExplainRequest { name, query: wire.query, saved_search: wire.saved_search, time_zone: wire.time_zone })
}

/// Why a mention matches, or why not.
pub(crate) fn explained_to_wire(explained: &Explained) -> wire::ExplainMatchResponse {
    wire::ExplainMatchResponse {
        matched: explained.clause.matched,
        clause: Some(clause_to_wire(&explained.clause)),
        query: explained.query.clone(),
        version: Some(version_to_wire(&explained.version)),
        failed: explained.clause.failed().iter().map(clause_to_wire).collect(),
    }
}

/// A part of a query, held against a mention.
pub(crate) fn clause_to_wire(clause: &Clause) -> wire::Clause {
    let kind = match clause.kind {
        ClauseKind::And => Kind::And,
        ClauseKind::Or => Kind::Or,
        ClauseKind::Not => Kind::Not,
        ClauseKind::Leaf => Kind::Leaf,
    };
    wire::Clause {
        kind: kind.into(),
        matched: clause.matched,
        text: clause.text.clone(),
        start: clause.span.start,
        end: clause.span.end,
        places: highlights_to_wire(&clause.places),
        found: clause.found.clone(),
        clauses: clause.clauses.iter().map(clause_to_wire).collect(),
    }
}

/// Takes a question what a query would do from the wire.
pub(crate) fn preview_from_wire(wire: wire::PreviewQueryRequest) -> Result<PreviewRequest, EngineError> {
    Ok(PreviewRequest {
        query: wire.query,
        time_zone: wire.time_zone,
        old_query: wire.old_query,
        hours: wire.hours,
        sample_size: sample_size(wire.sample_size)?,
    })
}

/// Takes a question what an edit of a saved search would do from the wire.
pub(crate) fn saved_preview_from_wire(
    wire: wire::PreviewSavedSearchRequest,
) -> Result<(String, PreviewRequest), EngineError> {
    let id = saved_search_id_from_wire("id", wire.id)?;
    let request = PreviewRequest {
        query: wire.query,
        time_zone: wire.time_zone,
        old_query: String::new(),
        hours: wire.hours,
        sample_size: sample_size(wire.sample_size)?,
    };
    Ok((id, request))
}

fn sample_size(wire: i32) -> Result<usize, EngineError> {
    let message = format!("is {wire}; it cannot be negative");
    usize::try_from(wire).map_err(|_| EngineError::InvalidArgument { field: "sample_size".to_owned(), message })
}

/// What a query would do.
pub(crate) fn preview_to_wire(preview: &Preview) -> wire::PreviewQueryResponse {
    wire::PreviewQueryResponse {
        valid: preview.valid,
        problems: preview.problems.iter().map(problem_to_wire).collect(),
        canonical: preview.canonical.clone(),
        cost: preview.cost.as_ref().map(cost_to_wire),
        count: preview.found.count,
        sample: preview.found.sample.iter().map(hit_to_wire).collect(),
        gained: preview.gained.as_ref().map(difference_to_wire),
        lost: preview.lost.as_ref().map(difference_to_wire),
        created_from: Some(time_to_wire(preview.created_from)),
        visible_seq: preview.visible_seq.0,
    }
}

fn difference_to_wire(difference: &Difference) -> wire::PreviewDifference {
    wire::PreviewDifference { count: difference.count, sample: difference.sample.iter().map(hit_to_wire).collect() }
}

/// Words and facts named as what wakes a query up.
const FILED_UNDER_SHOWN: usize = 5;

fn cost_to_wire(cost: &QueryCost) -> wire::Cost {
    let class = match cost.class {
        CostClass::Low => Class::Low,
        CostClass::Medium => Class::Medium,
        CostClass::High => Class::High,
    };
    let price = &cost.price;
    let explanation = match price.class {
        matcher::CostClass::Always => {
            "looked at with every mention: nothing in it has to be there, so that it could be looked up".to_owned()
        }
        matcher::CostClass::Words | matcher::CostClass::Filter => {
            let shown = price.filed_under.iter().take(FILED_UNDER_SHOWN);
            let shown: Vec<String> = shown.map(|held| format!("{} {:.2} %", held.what, held.share * 100.0)).collect();
            let more = match price.filed_under.len().saturating_sub(FILED_UNDER_SHOWN) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let share = price.wakes_up_on * 100.0;
            format!(
                "looked at with {share:.2} % of mentions (by the newest {}): {}{more}",
                cost.measured_on,
                shown.join(", ")
            )
        }
    };
    wire::Cost { class: class.into(), wakes_on: price.wakes_up_on, explanation }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_query_and_saved_search_is_explained() {
        let ask = |query: &str, saved_search: &str| {
            explain_from_wire(wire::ExplainMatchRequest {
                name: "forum/1".to_owned(),
                query: query.to_owned(),
                saved_search: saved_search.to_owned(),
                ..Default::default()
            })
        };
        assert!(ask("zug", "").is_ok() && ask("", "trains").is_ok());
        assert_eq!(ask("", "").unwrap_err().to_string(), "query: is empty; give a query or a saved search");
        assert_eq!(
            ask("zug", "trains").unwrap_err().to_string(),
            "saved_search: stands beside a query; give one of the two"
        );
        assert!(ask("", "Trains").unwrap_err().to_string().starts_with("saved_search: `Trains` is no id"));
    }
}
