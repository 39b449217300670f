//! Questions and their answers.

use super::{
    checks::{rejection, shown},
    page_size_from_wire,
    time::any_time_from_wire,
    version_to_wire,
    version_to_wire::decimal,
};
use crate::{
    base::{
        Seq, Span, Timestamp,
        limits::{PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX},
    },
    engine::{CheckedQuery, EngineError, Facet, FacetField, Hit, Rejection, SearchAnswer, SearchRequest, Sort},
    proto::{
        v1::{self as wire, problem::Severity as WireSeverity},
        written,
    },
    query::{Problem, Severity, TextField},
    server::written_lately::WrittenLately,
};

/// Takes a search from the wire.
pub(crate) fn search_from_wire(wire: wire::SearchRequest) -> Result<SearchRequest, EngineError> {
    let page_size = page_size_from_wire(wire.page_size, PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX)?;
    let (created_from, created_before) = range(wire.created_from, wire.created_before)?;
    Ok(SearchRequest {
        sort: sort(wire.sort).map_err(invalid)?,
        facets: facets(&wire.facets).map_err(invalid)?,
        query: wire.query,
        time_zone: wire.time_zone,
        created_from,
        created_before,
        page_size,
        page_token: wire.page_token,
        min_seq: Seq(wire.min_seq),
    })
}

/// Takes a count from the wire.
pub(crate) fn count_from_wire(wire: wire::CountRequest) -> Result<SearchRequest, EngineError> {
    let (created_from, created_before) = range(wire.created_from, wire.created_before)?;
    Ok(SearchRequest {
        query: wire.query,
        time_zone: wire.time_zone,
        created_from,
        created_before,
        min_seq: Seq(wire.min_seq),
        ..SearchRequest::default()
    })
}

fn invalid(at_fault: Rejection) -> EngineError {
    EngineError::InvalidArgument { field: at_fault.field, message: at_fault.message }
}

type WireTime = Option<prost_types::Timestamp>;

fn range(from: WireTime, before: WireTime) -> Result<(Option<Timestamp>, Option<Timestamp>), EngineError> {
    let from = from.map(|time| any_time_from_wire("created_from", time)).transpose().map_err(invalid)?;
    let before = before.map(|time| any_time_from_wire("created_before", time)).transpose().map_err(invalid)?;
    match (from, before) {
        (Some(from), Some(before)) if before <= from => Err(invalid(rejection(
            "created_before",
            format!("{before} is not after created_from {from}; nothing can lie between them"),
        ))),
        range => Ok(range),
    }
}

fn sort(number: i32) -> Result<Sort, Rejection> {
    match wire::Sort::try_from(number) {
        Ok(wire::Sort::Unspecified | wire::Sort::Newest) => Ok(Sort::Newest),
        Ok(wire::Sort::Oldest) => Ok(Sort::Oldest),
        Ok(wire::Sort::Relevance) => Ok(Sort::Relevance),
        Ok(wire::Sort::Reach) => Ok(Sort::Reach),
        Ok(wire::Sort::Engagement) => Ok(Sort::Engagement),
        Err(_) => Err(rejection(
            "sort",
            format!("{number} is no known sort; known are 1 newest, 2 oldest, 3 relevance, 4 reach, 5 engagement"),
        )),
    }
}

/// Fields to count, each once, in the order asked.
fn facets(names: &[String]) -> Result<Vec<FacetField>, Rejection> {
    let mut facets = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let facet = FacetField::ALL.into_iter().find(|facet| facet.name() == name).ok_or_else(|| {
            let known = FacetField::ALL.map(FacetField::name).join(", ");
            rejection(format!("facets[{at}]"), format!("{} cannot be counted; known are {known}", shown(name)))
        })?;
        if !facets.contains(&facet) {
            facets.push(facet);
        }
    }
    Ok(facets)
}

/// The answer to a search.
pub(crate) fn search_answer_to_wire(answer: SearchAnswer, lately: &WrittenLately) -> written::SearchResponse {
    let hits = answer.hits.iter().map(|hit| written::Hit {
        version: lately.write(&hit.version),
        highlights: highlights_to_wire(&hit.highlights),
        score: decimal(hit.score),
    });
    written::SearchResponse {
        hits: hits.collect(),
        total: answer.total,
        next_page_token: answer.next_page_token,
        facets: answer.facets.into_iter().map(facet_to_wire).collect(),
        visible_seq: answer.visible_seq.0,
        problems: answer.problems.iter().map(problem_to_wire).collect(),
    }
}

pub(super) fn hit_to_wire(hit: &Hit) -> wire::Hit {
    wire::Hit {
        version: Some(version_to_wire(&hit.version)),
        highlights: highlights_to_wire(&hit.highlights),
        score: decimal(hit.score),
    }
}

pub(crate) fn highlights_to_wire(highlights: &[(TextField, Span)]) -> Vec<wire::Highlight> {
    highlights
        .iter()
        .map(|(field, span)| wire::Highlight { field: field.name().to_owned(), start: span.start, end: span.end })
        .collect()
}

fn facet_to_wire(facet: Facet) -> wire::Facet {
    wire::Facet {
        field: facet.field.name().to_owned(),
        values: facet.values.into_iter().map(|(value, count)| wire::FacetValue { value, count }).collect(),
        other: facet.other,
    }
}

/// A problem of a query, its place in bytes of the query text.
pub(crate) fn problem_to_wire(problem: &Problem) -> wire::Problem {
    let severity = match problem.severity {
        Severity::Error => WireSeverity::Error,
        Severity::Warning => WireSeverity::Warning,
    };
    wire::Problem {
        severity: severity.into(),
        code: problem.code.name().to_owned(),
        start: problem.span.start,
        end: problem.span.end,
        message: problem.message.clone(),
        suggestion: problem.suggestion.clone(),
    }
}

/// What the checker says.
pub(crate) fn checked_query_to_wire(checked: CheckedQuery) -> wire::CheckQueryResponse {
    wire::CheckQueryResponse {
        valid: checked.valid,
        problems: checked.problems.iter().map(problem_to_wire).collect(),
        canonical: checked.canonical,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(request: wire::SearchRequest) -> String {
        search_from_wire(request).unwrap_err().to_string()
    }

    #[test]
    fn a_search_of_nothing_but_a_query_gets_the_defaults() {
        let request = search_from_wire(wire::SearchRequest { query: "zug".to_owned(), ..Default::default() }).unwrap();
        assert_eq!((request.sort, request.page_size, request.min_seq), (Sort::Newest, PAGE_SIZE_DEFAULT, Seq::ZERO));
    }

    #[test]
    fn faults_name_the_field_and_what_is_known() {
        let second = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
        let wrong = [
            (
                wire::SearchRequest { sort: 9, ..Default::default() },
                "sort: 9 is no known sort; known are 1 newest, 2 oldest, 3 relevance, 4 reach, 5 engagement",
            ),
            (
                wire::SearchRequest { facets: vec!["lang".into(), "mood".into()], ..Default::default() },
                "facets[1]: `mood` cannot be counted; known are platform, type, lang, sentiment, intent, stage, topic, brand, \
                 status, country, tag",
            ),
            (
                wire::SearchRequest { created_from: second(60), created_before: second(60), ..Default::default() },
                "created_before: 1970-01-01T00:01:00Z is not after created_from 1970-01-01T00:01:00Z; nothing can \
                 lie between them",
            ),
            (
                wire::SearchRequest { page_size: 501, ..Default::default() },
                "page_size: is 501; 1 to 500 are allowed, 0 means 20",
            ),
        ];
        for (request, message) in wrong {
            assert_eq!(fault(request), message);
        }
    }

    #[test]
    fn a_facet_asked_for_twice_is_counted_once() {
        let facets = vec!["lang".to_owned(), "type".to_owned(), "lang".to_owned()];
        let request = search_from_wire(wire::SearchRequest { facets, ..Default::default() }).unwrap();
        assert_eq!(request.facets, [FacetField::Lang, FacetField::Type]);
    }
}
