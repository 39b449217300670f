//! Saved searches over the wire: edits and their history, folders, references, tags, and what is told before saving.

mod edits;
mod explain;
mod files;
mod lists;
mod preview;
mod references;
mod tags;

use ascolto::proto::v1 as wire;
use tonic::Status;

use crate::support::TestServer;

fn search(id: &str, query: &str) -> wire::SavedSearch {
    wire::SavedSearch { id: id.to_owned(), query: query.to_owned(), ..Default::default() }
}

async fn save(server: &TestServer, search: wire::SavedSearch) -> Result<wire::SavedSearch, Status> {
    let request = wire::CreateSavedSearchRequest { saved_search: Some(search), editor: "anna".to_owned() };
    Ok(server.client.saved_searches().create_saved_search(request).await?.into_inner())
}

async fn get(server: &TestServer, id: &str) -> Result<wire::SavedSearch, Status> {
    let request = wire::GetSavedSearchRequest { id: id.to_owned() };
    Ok(server.client.saved_searches().get_saved_search(request).await?.into_inner())
}

/// Gives a saved search another query, whatever it is at present.
async fn requery(server: &TestServer, id: &str, query: &str) -> Result<wire::SavedSearch, Status> {
    let request = wire::UpdateSavedSearchRequest {
        saved_search: Some(search(id, query)),
        update_mask: Some(prost_types::FieldMask { paths: vec!["query".to_owned()] }),
        etag: String::new(),
        editor: "bea".to_owned(),
    };
    Ok(server.client.saved_searches().update_saved_search(request).await?.into_inner())
}

async fn remove(server: &TestServer, id: &str, force: bool) -> Result<(), Status> {
    let request = wire::DeleteSavedSearchRequest { id: id.to_owned(), force, ..Default::default() };
    server.client.saved_searches().delete_saved_search(request).await.map(drop)
}
