use std::{
    sync::{Arc, Mutex, Weak},
    time::Duration,
};

use tokio::sync::oneshot;

use super::{
    Engine, EngineError,
    committer::{Committer, DeskStep, DeskWork, Job, Recorded, Reply, Work},
    ingest::mixed_up,
    lock, page_token,
    record::desk::{NotTaken, Replied},
    replies::ReplyDraft,
    run_blocking, stopping,
};
use crate::{
    base::{
        Seq, Timestamp,
        limits::{DESK_BATCH_MAX, HISTORY_VERSIONS_MAX},
    },
    care::{self, Finding, QueueCounts, Step, Wanted},
    live::TimeKeeper,
    model::{Author, Kind, Mention, MentionName, MentionNumber, Version},
};

/// How often another mention is tried where somebody else was quicker; the queue reserves, so this is for what changes meanwhile.
const CLAIMS_TRIED_MAX: usize = 100;
/// Bytes of the hash in the id of a reply for which the platform has not told one.
const REPLY_ID_BYTES: usize = 12;

/// A reply that an agent has sent, or is about to send.
#[derive(Clone, Debug)]
pub struct ReplyRequest {
    /// What it answers.
    pub to: MentionName,
    /// The claim's; `None` where the mention is unclaimed.
    pub token: Option<u64>,
    /// The agent.
    pub by: String,
    /// The account of the brand it goes out from, without `@`; empty for the one that should answer.
    pub account: String,
    /// Its words.
    pub text: String,
    /// The platform's id of it; empty where the platform has not told one.
    pub external_id: String,
    /// Where it can be read; empty where that is not known.
    pub url: String,
    /// When it was sent; `None` for now.
    pub created_at: Option<Timestamp>,
    /// Record it although the rules of the brand forbid it.
    pub despite_findings: bool,
}

/// A reply as it was recorded.
#[derive(Clone, Debug)]
pub struct RecordedReply {
    /// What it answers, as it stands now.
    pub mention: Arc<Version>,
    /// The reply itself.
    pub reply: Arc<Version>,
    /// What is not right with it by the rules of the brand.
    pub findings: Vec<Finding>,
}

/// A page of the queue.
#[derive(Clone, Debug)]
pub struct QueuePage {
    /// In the order in which they should be answered.
    pub versions: Vec<Arc<Version>>,
    /// Empty on the last page.
    pub next_page_token: String,
}

/// Records through the committer what the clock says of mentions.
pub(super) struct Clockwork {
    pub(super) committer: Weak<Mutex<Committer>>,
}

impl TimeKeeper for Clockwork {
    fn record(&self, mentions: Vec<MentionNumber>) -> Result<(), String> {
        let committer = self.committer.upgrade().ok_or("the server has stopped")?;
        let door = lock(&committer).door().ok_or("the server is stopping")?;
        drop(committer);
        let (caller, recorded) = oneshot::channel();
        let work = Work::Desk(DeskWork::Tick(mentions));
        door.blocking_send(Job { work, reply: Reply { caller, in_flight: None } })
            .map_err(|_| "nothing is recorded any more")?;
        match recorded.blocking_recv() {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("nothing is recorded any more".to_owned()),
        }
    }
}

impl Engine {
    /// Claims the mention that this agent should answer next, of those they want; `None` where nothing waits. Everything acknowledged
    /// before the call is looked at.
    ///
    /// # Errors
    /// What keeps the log from being written.
    pub async fn claim_next(
        &self,
        agent: &str,
        lease: Duration,
        wanted: &Wanted,
    ) -> Result<Option<Arc<Version>>, EngineError> {
        self.reach_queue().await?;
        for _ in 0..CLAIMS_TRIED_MAX {
            let Some((number, seq)) = self.care_follower.queue().reserve_next(agent, wanted) else { return Ok(None) };
            let mut reservation = Reservation { engine: self, number, claimed: None };
            let name = self.store.version(seq)?.mention.name.clone();
            let step = Step::Claim { agent: agent.to_owned(), lease };
            match self.take_step(name, step, agent).await {
                Ok(version) => {
                    reservation.claimed = Some(version.seq);
                    return Ok(Some(version));
                }
                // It was answered, deleted, or taken by name meanwhile.
                Err(EngineError::StepRefused { .. } | EngineError::NotFound { .. }) => {
                    drop(reservation);
                    self.reach_queue().await?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Takes a step with a mention; the newest version of it.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::StepRefused`].
    pub async fn take_step(&self, name: MentionName, step: Step, by: &str) -> Result<Arc<Version>, EngineError> {
        let mut taken = self.take_steps(vec![name], step, by).await?;
        taken.pop().unwrap_or_else(|| Err(EngineError::Internal { message: "a step went astray".to_owned() }))
    }

    /// Takes the same step with many mentions, each by itself: the newest version of each, or why it was not taken.
    ///
    /// # Errors
    /// [`EngineError::InvalidArgument`] for too many.
    pub async fn take_steps(
        &self,
        names: Vec<MentionName>,
        step: Step,
        by: &str,
    ) -> Result<Vec<Result<Arc<Version>, EngineError>>, EngineError> {
        if names.len() > DESK_BATCH_MAX {
            let message =
                format!("has {} names; at most {DESK_BATCH_MAX} are allowed, send them in parts", names.len());
            return Err(EngineError::InvalidArgument { field: "names".to_owned(), message });
        }
        let steps = names.iter().map(|name| DeskStep { name: name.clone(), step: step.clone(), by: by.to_owned() });
        match self.record(Work::Desk(DeskWork::Steps(steps.collect()))).await? {
            Recorded::Steps(taken) => {
                Ok(taken.into_iter().zip(names).map(|(taken, name)| taken.map_err(|it| not_taken(it, &name))).collect())
            }
            other => Err(mixed_up(&other)),
        }
    }

    /// Records a reply to a mention and ends the claim of it. The same reply once more changes nothing, so that a caller who was cut off
    /// may try again.
    ///
    /// # Errors
    /// [`EngineError::InvalidArgument`], [`EngineError::NotFound`], [`EngineError::StepRefused`], [`EngineError::ReplyRefused`] where the
    /// rules of the brand forbid it and it has not been sent yet.
    pub async fn record_reply(self: &Arc<Self>, request: ReplyRequest) -> Result<RecordedReply, EngineError> {
        let mention = self.get(&request.to).await?;
        let (to, token, by) = (request.to.clone(), request.token, request.by.clone());
        let has_own_id = !request.external_id.is_empty();
        let findings = self.findings(&request, &mention).await?;
        let reply = self.reply_of(request, &mention)?;
        let room = self.in_flight.room_for(std::slice::from_ref(&reply)).await.map_err(|_| stopping())?;
        let reply = Box::new(self.understander.understand_after(reply, &Default::default(), self.clock.now()));
        if !reply.understanding.is_own() {
            let platform = &to.platform;
            let known = self.brands.accounts_on(platform).map(|account| format!("`{account}`")).collect::<Vec<_>>();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            let message = format!(
                "`{}` is no account of a brand on {platform}; known there: {known}",
                reply.mention.author.handle
            );
            return Err(EngineError::InvalidArgument { field: "account".to_owned(), message });
        }
        let work = Work::Desk(DeskWork::Reply { to: to.clone(), token, by, reply, has_own_id });
        let recorded = self.hand_over(work, Some(room)).await?.await;
        match recorded.unwrap_or_else(|_| Err(super::not_recorded()))? {
            Recorded::Replied(Ok(Replied { mention, reply })) => Ok(RecordedReply { mention, reply, findings }),
            Recorded::Replied(Err(refused)) => Err(not_taken(refused, &to)),
            other => Err(mixed_up(&other)),
        }
    }

    /// What is not right with a reply; what must not go out is refused, unless it has.
    async fn findings(
        self: &Arc<Self>,
        request: &ReplyRequest,
        to: &Arc<Version>,
    ) -> Result<Vec<Finding>, EngineError> {
        // Without a brand there are no rules.
        if to.understanding.brands.is_empty() {
            return Ok(Vec::new());
        }
        let draft = ReplyDraft {
            text: request.text.clone(),
            agent: request.by.clone(),
            account: request.account.clone(),
            brand: String::new(),
        };
        let (engine, to) = (Arc::clone(self), Arc::clone(to));
        let checked = run_blocking(move || engine.check_draft(&to, &draft)).await?;
        let is_out = !request.external_id.is_empty() || request.despite_findings;
        if is_out || checked.may_go_out() {
            return Ok(checked.findings);
        }
        Err(EngineError::ReplyRefused { findings: checked.findings })
    }

    /// The mention that a reply is.
    fn reply_of(&self, request: ReplyRequest, to: &Version) -> Result<Mention, EngineError> {
        let account = if request.account.is_empty() { self.answering_account(to)? } else { request.account };
        let now = self.clock.now();
        let created_at = request.created_at.unwrap_or(now.max(to.mention.created_at));
        if created_at < to.mention.created_at {
            let message = format!("lies before the mention was written, {}", to.mention.created_at);
            return Err(EngineError::InvalidArgument { field: "created_at".to_owned(), message });
        }
        let external_id = if request.external_id.is_empty() {
            reply_id(&request.to, request.token, &account, &request.text)
        } else {
            request.external_id
        };
        let kind = if to.mention.kind == Kind::Dm { Kind::Dm } else { Kind::Reply };
        let name = MentionName { platform: request.to.platform.clone(), external_id };
        Ok(Mention {
            author: Author { handle: account, ..Author::default() },
            text: request.text,
            observed_at: now.max(created_at),
            in_reply_to: Some(request.to.external_id),
            to_handle: Some(to.mention.author.handle.clone()).filter(|handle| !handle.is_empty()),
            url: Some(request.url).filter(|url| !url.is_empty()),
            ..Mention::new(name, kind, created_at)
        })
    }

    /// The account that should answer a mention.
    fn answering_account(&self, to: &Version) -> Result<String, EngineError> {
        let language = &to.understanding.language.code;
        let profiles = to.understanding.brands.iter().filter_map(|brand| self.brands.get(&brand.brand));
        let mut proposed = profiles.filter_map(|brand| care::propose_account(brand, &to.mention, language));
        let proposed = proposed.next().map(|proposed| proposed.handle);
        proposed.ok_or_else(|| EngineError::InvalidArgument {
            field: "account".to_owned(),
            message: format!(
                "is empty, and no brand of the mention has an account on {} that could be meant; name it, or add it to the profile of the brand",
                to.mention.name.platform
            ),
        })
    }

    /// What waits for agents, in the order in which it should be answered.
    ///
    /// # Errors
    /// [`EngineError::BadPageToken`].
    pub async fn queue(&self, wanted: &Wanted, page_token: &str, page_size: usize) -> Result<QueuePage, EngineError> {
        let after = page_token::read_queue(page_token)?;
        self.reach_queue().await?;
        let mut listed = self.care_follower.queue().list(wanted, after, page_size + 1);
        let has_more = listed.len() > page_size;
        listed.truncate(page_size);
        let next = listed.last().filter(|_| has_more).map(|(place, _)| page_token::write_queue(*place));
        let store = self.store.clone();
        let seqs: Vec<Seq> = listed.into_iter().map(|(_, seq)| seq).collect();
        let versions = run_blocking(move || Ok(store.versions(&seqs)?)).await?;
        Ok(QueuePage { versions, next_page_token: next.unwrap_or_default() })
    }

    /// Open mentions, counted.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`] when the server is stopping.
    pub async fn queue_counts(&self, wanted: &Wanted) -> Result<QueueCounts, EngineError> {
        self.reach_queue().await?;
        Ok(self.care_follower.queue().counts(wanted))
    }

    /// The versions of a mention, newest first, at most [`HISTORY_VERSIONS_MAX`]: who did what with it, and when.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], also for a deleted one.
    pub async fn history(&self, name: &MentionName) -> Result<Vec<Arc<Version>>, EngineError> {
        let newest = self.get(name).await?;
        let store = self.store.clone();
        run_blocking(move || {
            let (mut versions, oldest) = (vec![newest], store.oldest_seq());
            while let Some(last) = versions.last()
                && last.previous_seq >= oldest
                && last.previous_seq != Seq::ZERO
                && versions.len() < HISTORY_VERSIONS_MAX
            {
                let before = store.version(last.previous_seq)?;
                versions.push(before);
            }
            Ok(versions)
        })
        .await
    }

    /// Waits until the queue holds everything that was acknowledged before.
    async fn reach_queue(&self) -> Result<(), EngineError> {
        match self.care_follower.reach(self.store.last_seq()).await {
            true => Ok(()),
            false => Err(stopping()),
        }
    }
}

/// A mention that is kept for one caller while the claim is recorded; also where the caller goes away meanwhile.
struct Reservation<'e> {
    engine: &'e Engine,
    number: MentionNumber,
    claimed: Option<Seq>,
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        let mut queue = self.engine.care_follower.queue();
        match self.claimed {
            Some(seq) => queue.claimed(self.number, seq),
            None => queue.give_up(self.number),
        }
    }
}

fn not_taken(refused: NotTaken, name: &MentionName) -> EngineError {
    let name = name.to_string();
    match refused {
        NotTaken::NotFound => EngineError::NotFound { what: "mention", name },
        NotTaken::Refused(refusal) => EngineError::StepRefused { name, refusal },
    }
}

/// The same for the same reply under the same claim.
fn reply_id(to: &MentionName, token: Option<u64>, account: &str, text: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in [&to.to_string(), &token.unwrap_or(0).to_string(), account, text] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    format!("desk-{}", &hasher.finalize().to_hex()[..2 * REPLY_ID_BYTES])
}
