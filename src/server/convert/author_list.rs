use super::{
    checks::{rejection, within, without_control},
    editor_from_wire, saved_search_id_from_wire, time_to_wire,
};
use crate::{
    base::{
        Timestamp,
        limits::{NOTE_BYTES_MAX, SAVED_SEARCH_TITLE_BYTES_MAX},
    },
    engine::{EngineError, Rejection},
    model::AuthorList,
    proto::v1 as wire,
};

/// Takes an author list from the wire, with who edits it. Whatever the server sets by itself is left out.
pub(crate) fn author_list_from_wire(wire: Option<wire::AuthorList>, editor: &str) -> Result<AuthorList, EngineError> {
    let invalid =
        |at_fault: Rejection| EngineError::InvalidArgument { field: at_fault.field, message: at_fault.message };
    let wire = wire.ok_or_else(|| invalid(rejection("author_list", "is missing; give its id")))?;
    within("author_list.title", &wire.title, SAVED_SEARCH_TITLE_BYTES_MAX).map_err(invalid)?;
    without_control("author_list.title", &wire.title).map_err(invalid)?;
    within("author_list.note", &wire.note, NOTE_BYTES_MAX).map_err(invalid)?;
    Ok(AuthorList {
        id: saved_search_id_from_wire("author_list.id", wire.id)?,
        title: wire.title,
        note: wire.note,
        member_count: 0,
        revision: 0,
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
        editor: editor_from_wire(editor)?,
    })
}

/// An author list for the wire.
pub(crate) fn author_list_to_wire(list: AuthorList) -> wire::AuthorList {
    wire::AuthorList {
        etag: list.etag(),
        id: list.id,
        title: list.title,
        note: list.note,
        member_count: list.member_count,
        created_at: Some(time_to_wire(list.created_at)),
        updated_at: Some(time_to_wire(list.updated_at)),
        editor: list.editor,
    }
}
