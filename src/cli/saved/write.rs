use clap::Args;
use prost_types::FieldMask;

use super::super::{exit::Failure, output::Output, query_problems, render::escape::escape};
use crate::{
    client::Client,
    proto::v1::{CreateSavedSearchRequest, DeleteSavedSearchRequest, SavedSearch, UpdateSavedSearchRequest},
};

/// What there is to a saved search beside its query.
#[derive(Debug, Args)]
pub(super) struct Details {
    /// What people call it
    #[arg(long)]
    title: Option<String>,
    /// Zone of dates without a time in the query, e.g. Europe/Rome; UTC where not given
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// Where it lies, e.g. airline/crisis
    #[arg(long)]
    folder: Option<String>,
    /// Who answers for it
    #[arg(long)]
    owner: Option<String>,
    /// For people
    #[arg(long)]
    note: Option<String>,
    /// Set this tag on mentions that match from now on; several times for several, '' for none
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
}

/// A change of a saved search.
pub(super) struct Edit {
    pub(super) id: String,
    pub(super) query: Option<String>,
    pub(super) details: Details,
    pub(super) etag: String,
    pub(super) editor: String,
}

/// The search with these details, and the names of those that were given.
fn search(id: String, query: Option<String>, details: Details) -> (SavedSearch, Vec<String>) {
    let mut search = SavedSearch { id, ..Default::default() };
    let mut given = Vec::new();
    for (name, value, place) in [
        ("query", query, &mut search.query),
        ("title", details.title, &mut search.title),
        ("time_zone", details.time_zone, &mut search.time_zone),
        ("folder", details.folder, &mut search.folder),
        ("owner", details.owner, &mut search.owner),
        ("note", details.note, &mut search.note),
    ] {
        if let Some(value) = value {
            *place = value;
            given.push(name.to_owned());
        }
    }
    if !details.tags.is_empty() {
        search.tags = details.tags.into_iter().filter(|tag| !tag.is_empty()).collect();
        given.push("tags".to_owned());
    }
    (search, given)
}

pub(super) async fn add(
    client: &Client,
    id: String,
    query: String,
    details: Details,
    editor: String,
    output: &mut Output,
) -> Result<(), Failure> {
    let (search, _) = search(id, Some(query), details);
    let request = CreateSavedSearchRequest { saved_search: Some(search.clone()), editor };
    match client.saved_searches().create_saved_search(request).await {
        Ok(answer) if output.is_json() => output.json(answer.get_ref()),
        Ok(answer) => output.note(&format!("saved as `{}`", escape(&answer.get_ref().id))),
        Err(status) => Err(query_problems::explain(status, client, &search.query, &search.time_zone, output).await?),
    }
}

pub(super) async fn edit(client: &Client, edit: Edit, output: &mut Output) -> Result<(), Failure> {
    let (search, paths) = search(edit.id, edit.query, edit.details);
    if paths.is_empty() {
        return Err(Failure::WrongUsage("say what to change, e.g. --query or --title".to_owned()));
    }
    let request = UpdateSavedSearchRequest {
        saved_search: Some(search.clone()),
        update_mask: Some(FieldMask { paths }),
        etag: edit.etag,
        editor: edit.editor,
    };
    match client.saved_searches().update_saved_search(request).await {
        Ok(answer) if output.is_json() => output.json(answer.get_ref()),
        Ok(answer) => output.note(&format!("`{}` is changed", escape(&answer.get_ref().id))),
        Err(status) => Err(query_problems::explain(status, client, &search.query, &search.time_zone, output).await?),
    }
}

pub(super) async fn remove(
    client: &Client,
    id: String,
    force: bool,
    editor: String,
    output: &mut Output,
) -> Result<(), Failure> {
    let request = DeleteSavedSearchRequest { id: id.clone(), force, editor, etag: String::new() };
    client.saved_searches().delete_saved_search(request).await?;
    output.note(&format!("`{}` is forgotten", escape(&id)))
}
