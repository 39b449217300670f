use jiff::tz::TimeZone;

use super::{
    super::{
        exit::Failure,
        output::Output,
        query_problems,
        render::{
            escape::escape,
            style::{BAD, DIM, STRONG, styled},
            table::{pairs, table},
            time,
        },
    },
    PAGE_SIZE, for_each,
};
use crate::{
    client::Client,
    proto::v1::{
        GetSavedSearchRequest, ListFoldersRequest, ListSavedSearchRevisionsRequest, SavedSearch, SavedSearchRevision,
        saved_search_revision::Change,
    },
};

/// A table, or a JSON document for each saved search.
pub(super) async fn list(client: &Client, folder: &str, only_broken: bool, output: &mut Output) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for_each(client, folder, |search| {
        if only_broken && search.problems.is_empty() {
            return Ok(());
        }
        if output.is_json() {
            return output.json_line(&search);
        }
        let state = if search.problems.is_empty() { "" } else { "rests" };
        rows.push(vec![search.id, search.folder, search.title, state.to_owned(), search.query]);
        Ok(())
    })
    .await?;
    if output.is_json() {
        return Ok(());
    }
    if rows.is_empty() {
        return output.note(match (folder, only_broken) {
            ("", false) => "there are no saved searches; `ascolto saved add` makes one",
            (_, true) => "none rests",
            _ => "there are none in this folder",
        });
    }
    // Columns that say nothing take room from those that do.
    let head = ["id", "folder", "title", "", "query"];
    let used: Vec<usize> = (0..head.len()).filter(|&column| rows.iter().any(|row| !row[column].is_empty())).collect();
    let head: Vec<&str> = used.iter().map(|&column| head[column]).collect();
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| used.iter().map(|&column| row[column].clone()).collect()).collect();
    for line in table(&head, &rows, &[], output.width()) {
        output.line(&line)?;
    }
    Ok(())
}

/// A table, or a JSON document for each folder.
pub(super) async fn folders(client: &Client, output: &mut Output) -> Result<(), Failure> {
    let mut request = ListFoldersRequest { page_size: PAGE_SIZE, ..Default::default() };
    let mut rows = Vec::new();
    loop {
        let page = client.saved_searches().list_folders(request.clone()).await?.into_inner();
        for folder in page.folders {
            if output.is_json() {
                output.json_line(&folder)?;
            } else {
                rows.push(vec![folder.path, folder.saved_searches.to_string(), folder.total.to_string()]);
            }
        }
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    if output.is_json() {
        return Ok(());
    }
    if rows.is_empty() {
        return output
            .note("there are no folders; `ascolto saved add --folder` and `ascolto saved edit --folder` make one");
    }
    for line in table(&["folder", "in it", "with those below"], &rows, &[1, 2], output.width()) {
        output.line(&line)?;
    }
    Ok(())
}

pub(super) async fn one(client: &Client, id: String, output: &mut Output) -> Result<(), Failure> {
    let search = client.saved_searches().get_saved_search(GetSavedSearchRequest { id }).await?.into_inner();
    if output.is_json() {
        return output.json(&search);
    }
    for line in pairs(&facts(&search)) {
        output.line(&line)?;
    }
    if !search.problems.is_empty() {
        output.complaint("")?;
        query_problems::tell(&search.query, &search.problems, output)?;
        output.complaint("it matches nothing until it is mended")?;
    }
    Ok(())
}

fn facts(search: &SavedSearch) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    let tags = search.tags.join(", ");
    let zone = if search.time_zone.is_empty() { "UTC" } else { &search.time_zone };
    for (name, value) in [
        ("id", search.id.as_str()),
        ("title", &search.title),
        ("folder", &search.folder),
        ("query", &search.query),
        ("time zone", zone),
        ("sets tags", &tags),
        ("owner", &search.owner),
        ("note", &search.note),
    ] {
        if !value.is_empty() {
            rows.push((name, escape(value).into_owned()));
        }
    }
    let zone = TimeZone::system();
    let by = if search.editor.is_empty() { String::new() } else { format!(" by {}", escape(&search.editor)) };
    rows.push(("created", time::full(search.created_at.as_ref(), &zone)));
    rows.push(("edited", time::full(search.updated_at.as_ref(), &zone) + &by));
    rows.push(("etag", escape(&search.etag).into_owned()));
    rows
}

/// The history, the latest edit first, each with what it changed.
pub(super) async fn history(client: &Client, id: String, output: &mut Output) -> Result<(), Failure> {
    let mut request = ListSavedSearchRevisionsRequest { id, ..Default::default() };
    let mut revisions: Vec<SavedSearchRevision> = Vec::new();
    loop {
        let page = client.saved_searches().list_saved_search_revisions(request.clone()).await?.into_inner();
        revisions.extend(page.revisions);
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    if output.is_json() {
        return revisions.iter().try_for_each(|revision| output.json_line(revision));
    }
    for (place, revision) in revisions.iter().enumerate() {
        let now = revision.saved_search.clone().unwrap_or_default();
        let (style, change) = match revision.change() {
            Change::Created => (STRONG, "created"),
            Change::Deleted => (BAD, "deleted"),
            Change::Updated | Change::Unspecified => (STRONG, "edited"),
        };
        let by = if now.editor.is_empty() { String::new() } else { format!(" by {}", escape(&now.editor)) };
        let when = time::full(now.updated_at.as_ref(), &TimeZone::system());
        output.line(&format!("{} {}{by}", styled(style, change), styled(DIM, &when)))?;
        if revision.change() == Change::Deleted {
            continue;
        }
        let before = revisions.get(place + 1).filter(|before| before.change() != Change::Deleted);
        let before = before.and_then(|before| before.saved_search.clone()).unwrap_or_default();
        for (name, was, is) in differences(&before, &now) {
            if !was.is_empty() {
                output.line(&format!("  - {name}: {}", escape(&was)))?;
            }
            output.line(&format!("  + {name}: {}", escape(&is)))?;
        }
    }
    Ok(())
}

/// Fields that are not the same in two saved searches: name, what it was, what it is.
pub(super) fn differences(before: &SavedSearch, now: &SavedSearch) -> Vec<(&'static str, String, String)> {
    let fields = |search: &SavedSearch| {
        [
            ("query", search.query.clone()),
            ("title", search.title.clone()),
            ("time_zone", search.time_zone.clone()),
            ("folder", search.folder.clone()),
            ("owner", search.owner.clone()),
            ("note", search.note.clone()),
            ("tags", search.tags.join(", ")),
        ]
    };
    let pairs = fields(before).into_iter().zip(fields(now));
    pairs.filter(|(was, is)| was != is).map(|((name, was), (_, is))| (name, was, is)).collect()
}
