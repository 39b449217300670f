use super::{
    checks::{rejection, shown, within, without_control},
    time_to_wire,
};
use crate::{
    base::{
        Timestamp,
        limits::{SAVED_SEARCH_ID_BYTES_MAX, SAVED_SEARCH_TITLE_BYTES_MAX},
    },
    engine::{EngineError, Rejection},
    model::SavedSearch,
    proto::v1 as wire,
};

/// Takes a new saved search from the wire; it is created now, whatever the client says.
pub(crate) fn saved_search_from_wire(
    wire: Option<wire::SavedSearch>,
    now: Timestamp,
) -> Result<SavedSearch, EngineError> {
    let wire = wire.ok_or_else(|| invalid(rejection("saved_search", "is missing; give its id and its query")))?;
    check_id("saved_search.id", &wire.id).map_err(invalid)?;
    within("saved_search.title", &wire.title, SAVED_SEARCH_TITLE_BYTES_MAX).map_err(invalid)?;
    without_control("saved_search.title", &wire.title).map_err(invalid)?;
    Ok(SavedSearch { id: wire.id, title: wire.title, query: wire.query, time_zone: wire.time_zone, created_at: now })
}

/// Checks the id of a saved search.
pub(crate) fn saved_search_id_from_wire(field: &str, id: String) -> Result<String, EngineError> {
    check_id(field, &id).map_err(invalid)?;
    Ok(id)
}

fn check_id(field: &str, id: &str) -> Result<(), Rejection> {
    if id.is_empty() {
        return Err(rejection(field, "is empty; choose an id, e.g. `unhappy-customers`"));
    }
    within(field, id, SAVED_SEARCH_ID_BYTES_MAX)?;
    if id.bytes().all(|letter| matches!(letter, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.')) {
        return Ok(());
    }
    Err(rejection(
        field,
        format!("{} is no id; allowed are lower-case letters a to z, digits, `-`, `_` and `.`", shown(id)),
    ))
}

fn invalid(at_fault: Rejection) -> EngineError {
    EngineError::InvalidArgument { field: at_fault.field, message: at_fault.message }
}

/// A saved search for the wire.
pub(crate) fn saved_search_to_wire(search: SavedSearch) -> wire::SavedSearch {
    wire::SavedSearch {
        id: search.id,
        title: search.title,
        query: search.query,
        time_zone: search.time_zone,
        created_at: Some(time_to_wire(search.created_at)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_short_plain_and_lower_case() {
        for id in ["a", "unhappy-customers", "it.2026_q4"] {
            assert_eq!(saved_search_id_from_wire("id", id.to_owned()).unwrap(), id);
        }
        for (id, message) in [
            ("", "id: is empty; choose an id, e.g. `unhappy-customers`"),
            ("Ärger", "id: `Ärger` is no id; allowed are lower-case letters a to z, digits, `-`, `_` and `.`"),
            ("a b", "id: `a b` is no id; allowed are lower-case letters a to z, digits, `-`, `_` and `.`"),
        ] {
            assert_eq!(saved_search_id_from_wire("id", id.to_owned()).unwrap_err().to_string(), message);
        }
        let long = saved_search_id_from_wire("id", "x".repeat(65)).unwrap_err().to_string();
        assert_eq!(long, "id: has 65 bytes, 64 are allowed; shorten it");
    }

    #[test]
    fn a_creation_without_a_search_says_what_to_give() {
        let error = saved_search_from_wire(None, Timestamp::UNIX_EPOCH).unwrap_err().to_string();
        assert_eq!(error, "saved_search: is missing; give its id and its query");
    }
}
