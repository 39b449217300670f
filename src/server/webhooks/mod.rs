//! Calls webhooks: one task for each, so that a slow target keeps nobody else waiting.
//!
//! A task reads what it sends as any subscriber does, from the position that is kept, and moves the position when a batch got
//! through. Order is kept because the next batch waits for the one before. Nothing here decides what a mention or a firing is.

mod batch;
mod hook;

use std::{collections::HashMap, sync::Arc, time::Duration};

use tokio::{sync::watch, task::JoinHandle};

use super::{http::Json, options::WebhookOptions, stop::Stop};
use crate::{
    base::Clock,
    engine::{Engine, EngineError, KnownWebhook},
    webhook::Caller,
};
pub(crate) use batch::{message, test_delivery};
use hook::Hook;

/// Webhooks read at once.
const PAGE: usize = 500;
/// How long to leave a store alone that cannot be read.
const RETRY_WAIT: Duration = Duration::from_secs(5);

/// What every webhook needs.
#[derive(Clone)]
pub(crate) struct HookContext {
    pub(crate) engine: Arc<Engine>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) json: Arc<Json>,
    pub(crate) caller: Caller,
    pub(crate) options: WebhookOptions,
    pub(crate) stop: Stop,
}

struct Running {
    revision: u64,
    task: JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // A call that is under way may get through: it is made again then, under the same id.
        self.task.abort();
    }
}

/// Keeps a task running for every enabled webhook, until the stop begins.
pub(crate) async fn keep(context: HookContext) {
    let mut edits = context.engine.webhook_edits();
    let mut running: HashMap<String, Running> = HashMap::new();
    loop {
        edits.mark_unchanged();
        let wait = match all(&context.engine).await {
            Ok(known) => {
                adjust(&context, &mut running, known, &edits);
                None
            }
            Err(error) => {
                tracing::error!(%error, "webhooks cannot be read");
                Some(RETRY_WAIT)
            }
        };
        let retry = async {
            match wait {
                Some(wait) => tokio::time::sleep(wait).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = context.stop.begun() => return,
            changed = edits.changed() => if changed.is_err() { return },
            () = retry => {}
        }
    }
}

async fn all(engine: &Engine) -> Result<Vec<KnownWebhook>, EngineError> {
    let mut known: Vec<KnownWebhook> = Vec::new();
    loop {
        let last = known.last().map_or("", |last| last.webhook.id.as_str()).to_owned();
        let page = engine.webhooks(&last, PAGE).await?;
        if page.is_empty() {
            return Ok(known);
        }
        known.extend(page);
    }
}

/// Ends tasks of webhooks that are gone, disabled or other than they were, and starts those that are missing.
fn adjust(
    context: &HookContext,
    running: &mut HashMap<String, Running>,
    known: Vec<KnownWebhook>,
    edits: &watch::Receiver<u64>,
) {
    let wanted: HashMap<String, KnownWebhook> = known
        .into_iter()
        .filter(|known| known.webhook.enabled)
        .map(|known| (known.webhook.id.clone(), known))
        .collect();
    running.retain(|id, held| {
        wanted.get(id).is_some_and(|known| known.webhook.revision == held.revision) && !held.task.is_finished()
    });
    for (id, known) in wanted {
        let revision = known.webhook.revision;
        running.entry(id).or_insert_with(|| {
            let hook = Hook::new(context.clone(), known, edits.clone());
            Running { revision, task: tokio::spawn(hook.run()) }
        });
    }
}
