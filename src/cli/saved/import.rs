use std::{
    collections::{HashMap, HashSet},
    fs,
    path::PathBuf,
    sync::Arc,
};

use clap::Args;
use futures_util::{StreamExt as _, stream};
use jiff::tz::TimeZone;
use prost_types::FieldMask;

use super::{
    super::{
        exit::{Exit, Failure},
        output::Output,
        render::{
            escape::escape,
            style::{BAD, CHANGED, GOOD, styled},
        },
    },
    Editor,
    file::{self, Read},
    folder::{self, Found, Unusable},
    for_each,
    show::differences,
};
use crate::{
    base::limits::{MESSAGE_BYTES_MAX, SAVED_SEARCHES_BATCH_MAX},
    client::Client,
    live::{Definition, Definitions, references},
    proto::v1::{
        BatchCreateSavedSearchesRequest, CheckQueryRequest, DeleteSavedSearchRequest, Problem, SavedSearch,
        SavedSearchCreation, UpdateSavedSearchRequest, problem::Severity,
    },
    query,
};

/// Calls on their way at once.
const CALLS_MAX: usize = 16;
/// Bytes of saved searches in one call; leaves room for what is around them.
const BATCH_BYTES_MAX: usize = MESSAGE_BYTES_MAX / 2;

/// Bring saved searches in from a folder of files; the same again changes nothing.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The folder: a file ID.search for each, folders as directories
    dir: PathBuf,
    /// Only say what would be changed, and what is wrong with the files
    #[arg(long)]
    dry_run: bool,
    /// Forget saved searches that have no file
    #[arg(long)]
    prune: bool,
    #[command(flatten)]
    editor: Editor,
}

/// A file with the saved search in it.
struct Local {
    found: Found,
    read: Read,
}

/// What an import comes to.
#[derive(Default)]
struct Plan {
    create: Vec<Local>,
    /// With what is on the server.
    update: Vec<(Local, SavedSearch)>,
    remove: Vec<SavedSearch>,
    unchanged: usize,
}

pub(super) async fn run(arguments: Arguments, client: &Client, output: &mut Output) -> Result<Exit, Failure> {
    let (locals, unusable, mut broken) = read_all(&arguments.dir, output)?;
    // What is wrong with a file does not mean that its saved search may go.
    let with_file: HashSet<String> = locals.iter().map(|local| local.read.search.id.clone()).chain(unusable).collect();
    let plan = plan(client, locals, &with_file, arguments.prune).await?;
    let (creates, updates, removes, unchanged) =
        (plan.create.len(), plan.update.len(), plan.remove.len(), plan.unchanged);
    tell(&plan, output)?;
    broken += if arguments.dry_run {
        check(client, &plan, &with_file, output).await?
    } else {
        let editor = arguments.editor.editor;
        create(client, plan.create, &editor, output).await?
            + update(client, plan.update, &editor, output).await?
            + remove(client, plan.remove, &editor, output).await?
    };
    let verb = if arguments.dry_run { "would be " } else { "" };
    output.note(&format!(
        "{creates} {verb}new, {updates} {verb}changed, {removes} {verb}forgotten, {unchanged} unchanged, {broken} refused"
    ))?;
    match broken {
        0 => Ok(Exit::Done),
        _ if arguments.dry_run => Ok(Exit::Failed),
        _ => Ok(Exit::PartlyDone),
    }
}

/// Reads every file. Those that are no saved searches are told and counted; their ids are given too.
fn read_all(dir: &std::path::Path, output: &mut Output) -> Result<(Vec<Local>, Vec<String>, usize), Failure> {
    let (files, unusable) = folder::find(dir)?;
    let mut broken = unusable.len();
    for Unusable { path, reason } in unusable {
        complain(&path.display().to_string(), 1, &reason, output)?;
    }
    let (mut locals, mut ids): (Vec<Local>, Vec<String>) = (Vec::new(), Vec::new());
    let mut seen: HashMap<String, PathBuf> = HashMap::new();
    for found in files {
        let read = match fs::read_to_string(&found.path) {
            Ok(text) => file::read(&found.id, &found.folder, &text),
            Err(error) => Err(file::Fault { line: 1, reason: format!("cannot be read: {error}") }),
        };
        let read = match (read, seen.get(&found.id)) {
            (Ok(_), Some(other)) => {
                let reason = format!("the id `{}` has another file: {}", found.id, other.display());
                Err(file::Fault { line: 1, reason })
            }
            (read, _) => read,
        };
        match read {
            Ok(read) => {
                seen.insert(found.id.clone(), found.path.clone());
                locals.push(Local { found, read });
            }
            Err(fault) => {
                broken += 1;
                complain(&found.path.display().to_string(), fault.line, &fault.reason, output)?;
                ids.push(found.id);
            }
        }
    }
    Ok((locals, ids, broken))
}

/// Holds the files against the server.
async fn plan(client: &Client, locals: Vec<Local>, with_file: &HashSet<String>, prune: bool) -> Result<Plan, Failure> {
    let mut plan = Plan::default();
    let mut waiting: HashMap<String, Local> =
        locals.into_iter().map(|local| (local.read.search.id.clone(), local)).collect();
    for_each(client, "", |search| {
        match waiting.remove(&search.id) {
            Some(local) if differences(&search, &local.read.search).is_empty() => plan.unchanged += 1,
            Some(local) => plan.update.push((local, search)),
            None if prune && !with_file.contains(&search.id) => plan.remove.push(search),
            None => {}
        }
        Ok(())
    })
    .await?;
    plan.create = waiting.into_values().collect();
    plan.create.sort_unstable_by(|a, b| a.found.cmp(&b.found));
    Ok(plan)
}

fn tell(plan: &Plan, output: &mut Output) -> Result<(), Failure> {
    for local in &plan.create {
        output.line(&format!("{} {}", styled(GOOD, "+"), escape(&local.read.search.id)))?;
    }
    for (local, search) in &plan.update {
        let fields: Vec<&str> = differences(search, &local.read.search).iter().map(|(name, _, _)| *name).collect();
        output.line(&format!("{} {} ({})", styled(CHANGED, "~"), escape(&search.id), fields.join(", ")))?;
    }
    for search in &plan.remove {
        output.line(&format!("{} {}", styled(BAD, "-"), escape(&search.id)))?;
    }
    Ok(())
}

/// What is wrong with the queries of files that would be brought in.
async fn check(
    client: &Client,
    plan: &Plan,
    with_file: &HashSet<String>,
    output: &mut Output,
) -> Result<usize, Failure> {
    let changed = || plan.create.iter().chain(plan.update.iter().map(|(local, _)| local));
    let definitions = afterwards(client, plan, changed()).await?;
    let calls = changed().map(|local| async move {
        let SavedSearch { query, time_zone, .. } = local.read.search.clone();
        let answer = client.search().check_query(CheckQueryRequest { query, time_zone }).await?;
        Ok::<_, Failure>((local, answer.into_inner().problems))
    });
    let mut answers = stream::iter(calls).buffered(CALLS_MAX);
    let mut broken = 0;
    while let Some(answer) = answers.next().await {
        let (local, problems) = answer?;
        // What comes in with it is not there yet.
        let is_wrong = |problem: &&Problem| {
            problem.severity() == Severity::Error
                && !(problem.code == "UNKNOWN_SEARCH"
                    && with_file.iter().any(|id| problem.message.contains(&format!("`{id}`"))))
        };
        if let Some(problem) = problems.iter().find(is_wrong) {
            broken += 1;
            complain_of(local, std::slice::from_ref(problem), "", output)?;
        } else if let Some(circle) = circle(&definitions, &local.read.search) {
            broken += 1;
            let line = file::line_of(&local.read, circle.span.start);
            complain(&local.found.path.display().to_string(), line, &circle.message, output)?;
        }
    }
    Ok(broken)
}

/// What all saved searches would say after the import. The server cannot be asked for that without changing it.
async fn afterwards<'l>(
    client: &Client,
    plan: &Plan,
    changed: impl Iterator<Item = &'l Local>,
) -> Result<Definitions, Failure> {
    let mut definitions = Definitions::default();
    let mut put = |search: &SavedSearch| {
        let zone = query::time_zone(&search.time_zone).unwrap_or(TimeZone::UTC);
        let parsed = query::parse(&search.query, &zone);
        let references = parsed.query.map_or_else(Vec::new, |query| references(&query.root));
        let definition = Definition {
            query: search.query.as_str().into(),
            zone,
            folder: search.folder.as_str().into(),
            references: references.into(),
        };
        definitions.put_search(&Arc::from(search.id.as_str()), definition);
    };
    for_each(client, "", |search| {
        put(&search);
        Ok(())
    })
    .await?;
    changed.for_each(|local| put(&local.read.search));
    plan.remove.iter().for_each(|search| definitions.remove_search(&search.id));
    Ok(definitions)
}

/// The circle that a saved search would lie in.
fn circle(definitions: &Definitions, search: &SavedSearch) -> Option<query::Problem> {
    let compiled = definitions.compile_search(&search.id)?;
    compiled.problems.into_iter().find(|problem| problem.code == query::ProblemCode::CircularSearch)
}

/// Creates them. Those that refer to some that come later are tried again until nothing moves any more.
async fn create(client: &Client, locals: Vec<Local>, editor: &str, output: &mut Output) -> Result<usize, Failure> {
    let mut left = locals;
    loop {
        let before = left.len();
        let mut refused: Vec<(Local, SavedSearchCreation)> = Vec::new();
        for batch in batches(left) {
            let saved_searches = batch.iter().map(|local| local.read.search.clone()).collect();
            let request = BatchCreateSavedSearchesRequest { saved_searches, editor: editor.to_owned() };
            let answer = client.saved_searches().batch_create_saved_searches(request).await?.into_inner();
            let creations = batch.into_iter().zip(answer.creations);
            refused.extend(creations.filter(|(_, creation)| creation.saved_search.is_none()));
        }
        let may_refer_to_later = refused
            .iter()
            .any(|(_, creation)| creation.problems.iter().any(|problem| problem.code == "UNKNOWN_SEARCH"));
        if refused.len() == before || !may_refer_to_later {
            for (local, creation) in &refused {
                complain_of(local, &creation.problems, &creation.message, output)?;
            }
            return Ok(refused.len());
        }
        left = refused.into_iter().map(|(local, _)| local).collect();
    }
}

/// In pieces that fit into a call.
fn batches(locals: Vec<Local>) -> Vec<Vec<Local>> {
    let mut batches: Vec<Vec<Local>> = Vec::new();
    let mut bytes = 0;
    for local in locals {
        let search = &local.read.search;
        let own = search.query.len() + search.note.len() + 1024;
        bytes += own;
        match batches.last_mut() {
            Some(last) if last.len() < SAVED_SEARCHES_BATCH_MAX && bytes <= BATCH_BYTES_MAX => last.push(local),
            _ => {
                bytes = own;
                batches.push(vec![local]);
            }
        }
    }
    batches
}

async fn update(
    client: &Client,
    changed: Vec<(Local, SavedSearch)>,
    editor: &str,
    output: &mut Output,
) -> Result<usize, Failure> {
    let calls = changed.into_iter().map(|(local, search)| async move {
        let paths = differences(&search, &local.read.search).iter().map(|(name, _, _)| (*name).to_owned()).collect();
        let request = UpdateSavedSearchRequest {
            saved_search: Some(local.read.search.clone()),
            update_mask: Some(FieldMask { paths }),
            etag: search.etag,
            editor: editor.to_owned(),
        };
        (local, client.saved_searches().update_saved_search(request).await)
    });
    let mut answers = stream::iter(calls).buffer_unordered(CALLS_MAX);
    let mut refused = 0;
    while let Some((local, answer)) = answers.next().await {
        let Err(status) = answer else { continue };
        if crate::client::is_connection_lost(&status) {
            return Err(status.into());
        }
        refused += 1;
        let problems = if status.code() == tonic::Code::InvalidArgument {
            let SavedSearch { query, time_zone, .. } = local.read.search.clone();
            let answer = client.search().check_query(CheckQueryRequest { query, time_zone }).await?;
            answer.into_inner().problems
        } else {
            Vec::new()
        };
        complain_of(&local, &problems, status.message(), output)?;
    }
    Ok(refused)
}

/// Forgets them, those first that others of them refer to last.
async fn remove(
    client: &Client,
    mut searches: Vec<SavedSearch>,
    editor: &str,
    output: &mut Output,
) -> Result<usize, Failure> {
    loop {
        let before = searches.len();
        let mut refused = Vec::new();
        for search in searches {
            let request = DeleteSavedSearchRequest {
                id: search.id.clone(),
                etag: search.etag.clone(),
                editor: editor.to_owned(),
                force: false,
            };
            match client.saved_searches().delete_saved_search(request).await {
                Ok(_) => {}
                Err(status) if crate::client::is_connection_lost(&status) => return Err(status.into()),
                Err(status) => refused.push((search, status)),
            }
        }
        if refused.is_empty() || refused.len() == before {
            for (_, status) in &refused {
                output.complaint(&format!("{}", escape(status.message())))?;
            }
            return Ok(refused.len());
        }
        searches = refused.into_iter().map(|(search, _)| search).collect();
    }
}

fn complain(path: &str, line: usize, reason: &str, output: &mut Output) -> Result<(), Failure> {
    output.complaint(&format!("{}:{line}: {}", escape(path), escape(reason)))
}

/// Says the first error of a query at its line of the file; without one, what the server said.
fn complain_of(local: &Local, problems: &[Problem], message: &str, output: &mut Output) -> Result<(), Failure> {
    let error = problems.iter().find(|problem| problem.severity() == Severity::Error);
    let (line, reason) =
        error.map_or((1, message), |problem| (file::line_of(&local.read, problem.start), problem.message.as_str()));
    complain(&local.found.path.display().to_string(), line, reason, output)
}
