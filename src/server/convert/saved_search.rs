use prost_types::FieldMask;

use super::{
    checks::{rejection, shown, within, without_control},
    problem_to_wire, time_to_wire,
};
use crate::{
    base::limits::{EDITOR_BYTES_MAX, NOTE_BYTES_MAX, SAVED_SEARCH_ID_BYTES_MAX, SAVED_SEARCH_TITLE_BYTES_MAX},
    engine::{EngineError, Rejection, SavedSearchField, SavedSearchState, SavedSearchUpdate},
    model::{SavedSearch, SavedSearchChange, SavedSearchRevision},
    proto::v1::{self as wire, saved_search_revision::Change},
    server::status::{reason, status_from_engine},
};

/// Takes a saved search from the wire, with who edits it. Whatever the server sets by itself is left out.
pub(crate) fn saved_search_from_wire(
    wire: Option<wire::SavedSearch>,
    editor: &str,
) -> Result<SavedSearch, EngineError> {
    let wire = wire.ok_or_else(|| invalid(rejection("saved_search", "is missing; give its id and its query")))?;
    check_id("saved_search.id", &wire.id).map_err(invalid)?;
    for (field, text, bytes_max) in [
        ("saved_search.title", &wire.title, SAVED_SEARCH_TITLE_BYTES_MAX),
        ("saved_search.owner", &wire.owner, EDITOR_BYTES_MAX),
    ] {
        within(field, text, bytes_max).map_err(invalid)?;
        without_control(field, text).map_err(invalid)?;
    }
    within("saved_search.note", &wire.note, NOTE_BYTES_MAX).map_err(invalid)?;
    Ok(SavedSearch {
        title: wire.title,
        time_zone: wire.time_zone,
        folder: wire.folder,
        owner: wire.owner,
        note: wire.note,
        tags: wire.tags,
        editor: editor_from_wire(editor)?,
        ..SavedSearch::new(wire.id, wire.query)
    })
}

/// Checks who edits something.
pub(crate) fn editor_from_wire(editor: &str) -> Result<String, EngineError> {
    within("editor", editor, EDITOR_BYTES_MAX).map_err(invalid)?;
    without_control("editor", editor).map_err(invalid)?;
    Ok(editor.to_owned())
}

/// Takes a change of a saved search from the wire.
pub(crate) fn saved_search_update_from_wire(
    wire: wire::UpdateSavedSearchRequest,
) -> Result<SavedSearchUpdate, EngineError> {
    let fields = fields(wire.update_mask)?;
    let search = saved_search_from_wire(wire.saved_search, &wire.editor)?;
    Ok(SavedSearchUpdate { search, fields, etag: wire.etag })
}

fn fields(mask: Option<FieldMask>) -> Result<Vec<SavedSearchField>, EngineError> {
    let paths = mask.map(|mask| mask.paths).unwrap_or_default();
    if paths.is_empty() {
        return Ok(SavedSearchField::ALL.to_vec());
    }
    let field = |path: &String| {
        let known = SavedSearchField::ALL.into_iter().find(|field| field.name() == path);
        known.ok_or_else(|| {
            let known = SavedSearchField::ALL.map(SavedSearchField::name).join(", ");
            invalid(rejection("update_mask", format!("{} cannot be changed; known are {known}", shown(path))))
        })
    };
    paths.iter().map(field).collect()
}

/// Checks the id of a saved search or an author list.
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
        etag: search.etag(),
        id: search.id,
        title: search.title,
        query: search.query,
        time_zone: search.time_zone,
        created_at: Some(time_to_wire(search.created_at)),
        folder: search.folder,
        owner: search.owner,
        note: search.note,
        tags: search.tags,
        updated_at: Some(time_to_wire(search.updated_at)),
        editor: search.editor,
        problems: Vec::new(),
    }
}

/// A saved search with what is wrong with it.
pub(crate) fn saved_search_state_to_wire(state: SavedSearchState) -> wire::SavedSearch {
    let problems = state.problems.iter().map(problem_to_wire).collect();
    wire::SavedSearch { problems, ..saved_search_to_wire(state.search) }
}

/// What became of one of many that were to be created.
pub(crate) fn creation_to_wire(created: Result<SavedSearch, EngineError>) -> wire::SavedSearchCreation {
    match created {
        Ok(search) => {
            wire::SavedSearchCreation { saved_search: Some(saved_search_to_wire(search)), ..Default::default() }
        }
        Err(error) => {
            let status = status_from_engine(&error);
            let problems = match &error {
                EngineError::InvalidQuery { problems } => problems.iter().map(problem_to_wire).collect(),
                _ => Vec::new(),
            };
            wire::SavedSearchCreation {
                saved_search: None,
                code: status.code().into(),
                reason: reason(&status),
                message: status.message().to_owned(),
                problems,
            }
        }
    }
}

/// An edit of a saved search.
pub(crate) fn revision_to_wire(revision: SavedSearchRevision) -> wire::SavedSearchRevision {
    let change = match revision.change {
        SavedSearchChange::Created => Change::Created,
        SavedSearchChange::Updated => Change::Updated,
        SavedSearchChange::Deleted => Change::Deleted,
    };
    wire::SavedSearchRevision { change: change.into(), saved_search: Some(saved_search_to_wire(revision.search)) }
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
        let error = saved_search_from_wire(None, "").unwrap_err().to_string();
        assert_eq!(error, "saved_search: is missing; give its id and its query");
    }

    #[test]
    fn a_mask_names_what_can_be_changed() {
        let mask = |paths: &[&str]| Some(FieldMask { paths: paths.iter().map(ToString::to_string).collect() });
        assert_eq!(fields(None).unwrap(), SavedSearchField::ALL);
        assert_eq!(fields(mask(&["query", "folder"])).unwrap(), [SavedSearchField::Query, SavedSearchField::Folder]);
        assert_eq!(
            fields(mask(&["id"])).unwrap_err().to_string(),
            "update_mask: `id` cannot be changed; known are title, query, time_zone, folder, owner, note, tags"
        );
    }
}
