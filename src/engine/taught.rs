//! Brands learn from their corrections: one thread makes their models anew when labels have changed, and what is judged next is judged by them.
//! What was recorded before stays as it was judged.

use std::{
    collections::{BTreeMap, BTreeSet},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use tokio::sync::watch;

use super::{
    Engine, EngineError, Recorded, Work, committer::CorrectionWork, ingest::mixed_up, lock, understand::Understander,
};
use crate::{
    base::{Seq, Timestamp},
    care,
    enrich::{Taught, TaughtBrand},
    learn::{TaughtReport, teach},
    model::{CorrectedValues, Label, Mention, MentionNumber},
    store,
};

/// After a round the teacher rests three times as long as it took: labels that come by the thousand must not take a processor for themselves.
const REST_PER_WORK: u32 = 3;
/// It rests no longer than this.
const REST_MAX: Duration = Duration::from_secs(1);

/// What one brand was taught.
#[derive(Clone, Debug, PartialEq)]
pub struct BrandTaught {
    /// Its id.
    pub brand: String,
    /// Mentions of it that people corrected.
    pub labels: usize,
    /// It was told not to go by what it was taught.
    pub paused: bool,
    /// It has a profile; a brand without one is not taught.
    pub known: bool,
    /// Each task, with figures.
    pub report: TaughtReport,
    /// When the newest label was recorded that each task was taught with: sentiment, needs a reply.
    pub newest_at: (Option<Timestamp>, Option<Timestamp>),
}

/// A label as it is kept, with the language of its words.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptLabel {
    /// Of which mention.
    pub number: MentionNumber,
    /// The mention, as it was.
    pub mention: Mention,
    /// Its language by its words.
    pub language: String,
    /// What was said.
    pub values: CorrectedValues,
    /// Whom it teaches.
    pub brands: Vec<String>,
}

/// All brands that were taught something.
#[derive(Default)]
struct Book {
    brands: BTreeMap<String, Page>,
}

struct Page {
    /// Which labels, and whether they may teach: the same ones teach the same.
    from: (bool, Vec<(Seq, MentionNumber)>),
    model: TaughtBrand,
    told: BrandTaught,
}

/// What the teacher has come to.
#[derive(Clone)]
struct Told {
    /// Calls of [`Teacher::labels_changed`] that it knows of.
    heard: u64,
    brands: Arc<BTreeMap<String, BrandTaught>>,
    /// Why it learns nothing more.
    problem: Option<String>,
}

#[derive(Default)]
struct Asked {
    times: u64,
    stop: bool,
}

/// Makes the models of brands anew, one after the other, on a thread of its own.
pub(super) struct Teacher {
    asked: Arc<(Mutex<Asked>, Condvar)>,
    told: watch::Receiver<Told>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Teacher {
    /// Learns all that is known, so that a restart changes no judgement, and starts the thread. Blocking.
    ///
    /// # Errors
    /// What keeps the labels from being read; the system gives no thread.
    pub(super) fn start(store: store::Reader, understander: Arc<Understander>) -> Result<Self, EngineError> {
        let mut pupil = Pupil { store, understander, book: Book::default() };
        let brands = pupil.learn()?;
        let (tell, told) = watch::channel(Told { heard: 0, brands, problem: None });
        let asked: Arc<(Mutex<Asked>, Condvar)> = Arc::default();
        let heard = Arc::clone(&asked);
        let thread = thread::Builder::new().name("teacher".into()).spawn(move || {
            if catch_unwind(AssertUnwindSafe(|| run(&mut pupil, &heard, &tell))).is_err() {
                tracing::error!("the teacher panicked; brands learn nothing more until the server is restarted");
                tell.send_modify(|told| {
                    told.heard = u64::MAX;
                    told.problem = Some("learning from corrections has failed; restart the server".to_owned());
                });
            }
        });
        let thread = thread.map_err(|error| EngineError::Internal { message: error.to_string() })?;
        Ok(Self { asked, told, thread: Mutex::new(Some(thread)) })
    }

    /// Labels have come or gone.
    pub(super) fn labels_changed(&self) {
        lock(&self.asked.0).times += 1;
        self.asked.1.notify_all();
    }

    /// A mention is gone; its label, if it had one, too.
    pub(super) fn mention_gone(&self) {
        if !self.told.borrow().brands.is_empty() {
            self.labels_changed();
        }
    }

    /// What all brands were taught by the labels recorded so far: waits until they are learnt.
    async fn brands(&self) -> Result<Arc<BTreeMap<String, BrandTaught>>, EngineError> {
        let wanted = lock(&self.asked.0).times;
        let mut told = self.told.clone();
        let told = told.wait_for(|told| told.heard >= wanted).await.map_err(|_| super::stopping())?;
        match &told.problem {
            Some(message) => Err(EngineError::Internal { message: message.clone() }),
            None => Ok(Arc::clone(&told.brands)),
        }
    }

    /// Ends the thread and waits for it. Blocking.
    pub(super) fn stop(&self) {
        lock(&self.asked.0).stop = true;
        self.asked.1.notify_all();
        // A panic was told where it happened.
        let _ = lock(&self.thread).take().map(JoinHandle::join);
    }
}

fn run(pupil: &mut Pupil, asked: &(Mutex<Asked>, Condvar), tell: &watch::Sender<Told>) {
    let (state, changed) = asked;
    let mut heard = 0;
    loop {
        let now = lock(state);
        let now = changed.wait_while(now, |now| now.times == heard && !now.stop);
        let now = now.unwrap_or_else(PoisonError::into_inner);
        if now.stop {
            return;
        }
        heard = now.times;
        drop(now);
        let begun = Instant::now();
        let learnt = pupil.learn();
        if let Err(error) = &learnt {
            tracing::error!(%error, "corrections cannot be learnt; brands stay as they were taught before");
        }
        tell.send_modify(|told| {
            told.heard = heard;
            told.problem = learnt.as_ref().err().map(ToString::to_string);
            if let Ok(brands) = learnt {
                told.brands = brands;
            }
        });
        let rest = (begun.elapsed() * REST_PER_WORK).min(REST_MAX);
        let now = lock(state);
        drop(changed.wait_timeout_while(now, rest, |now| !now.stop));
    }
}

/// Reads labels and makes models of them.
struct Pupil {
    store: store::Reader,
    understander: Arc<Understander>,
    book: Book,
}

impl Pupil {
    /// Learns what has changed since the last time and brings it into force.
    fn learn(&mut self) -> Result<Arc<BTreeMap<String, BrandTaught>>, EngineError> {
        let (labels, paused) = (self.store.labels()?, self.store.resting_brands()?);
        let mut by_brand: BTreeMap<&str, Vec<&Label>> = BTreeMap::new();
        for brand in &paused {
            by_brand.entry(brand).or_default();
        }
        for label in &labels {
            label.brands.iter().for_each(|brand| by_brand.entry(brand).or_default().push(label));
        }
        let paused: BTreeSet<&str> = paused.iter().map(String::as_str).collect();
        let mut before = std::mem::take(&mut self.book.brands);
        for (brand, labels) in &by_brand {
            let is_paused = paused.contains(brand);
            let from = (is_paused, labels.iter().map(|label| (label.seq, label.number)).collect::<Vec<_>>());
            let page = match before.remove(*brand) {
                Some(page) if page.from == from => page,
                _ => self.page(brand, labels, from),
            };
            self.book.brands.insert((*brand).to_owned(), page);
        }
        let mut taught = Taught::default();
        for (brand, page) in &self.book.brands {
            taught.put(brand, page.model.clone());
        }
        self.understander.teach(taught);
        Ok(Arc::new(self.book.brands.iter().map(|(brand, page)| (brand.clone(), page.told.clone())).collect()))
    }

    fn page(&self, brand: &str, labels: &[&Label], from: (bool, Vec<(Seq, MentionNumber)>)) -> Page {
        let known = self.understander.brand_ids().iter().any(|id| id == brand);
        let paused = from.0;
        let (model, report) = if known {
            teach(brand, labels, self.understander.enricher(), |label| self.went_by_conversation(label))
        } else {
            Default::default()
        };
        let recorded = |seq: Seq| self.store.version(seq).ok().map(|version| version.recorded_at);
        let newest_at = (recorded(report.sentiment.newest), recorded(report.needs_reply.newest));
        let told = BrandTaught { brand: brand.to_owned(), labels: labels.len(), paused, known, report, newest_at };
        Page { from, model: if paused { TaughtBrand::default() } else { model }, told }
    }

    /// Whether the need of a reply that a person judged followed from the conversation. What is not known any more is taken by its words.
    fn went_by_conversation(&self, label: &Label) -> bool {
        self.store.version(label.seq).is_ok_and(|version| care::goes_by_conversation(version.judged()))
    }
}

impl Engine {
    /// What all brands were taught that have labels or rest, by id; waits until the labels recorded so far are learnt.
    ///
    /// # Errors
    /// [`EngineError::Internal`] where labels cannot be learnt.
    pub async fn list_taught(&self) -> Result<Vec<BrandTaught>, EngineError> {
        Ok(self.teacher.brands().await?.values().cloned().collect())
    }

    /// The same of one brand.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] for one without labels and without a profile; as [`Engine::list_taught`].
    pub async fn taught(&self, brand: &str) -> Result<BrandTaught, EngineError> {
        let brands = self.teacher.brands().await?;
        if let Some(told) = brands.get(brand) {
            return Ok(told.clone());
        }
        if !self.understander.brand_ids().iter().any(|id| id == brand) {
            return Err(EngineError::NotFound { what: "brand", name: brand.to_owned() });
        }
        Ok(BrandTaught {
            brand: brand.to_owned(),
            labels: 0,
            paused: false,
            known: true,
            report: TaughtReport::default(),
            newest_at: (None, None),
        })
    }

    /// Lets a brand forget what it was taught: its labels are gone, the corrections of the mentions themselves stay.
    ///
    /// # Errors
    /// As [`Engine::taught`].
    pub async fn reset_taught(&self, brand: &str) -> Result<BrandTaught, EngineError> {
        self.taught(brand).await?;
        self.record_taught(CorrectionWork::Forget { brand: brand.to_owned() }).await?;
        self.taught_again(brand).await
    }

    /// Lets a brand go by what it was taught, or not; its labels stay.
    ///
    /// # Errors
    /// As [`Engine::taught`].
    pub async fn pause_taught(&self, brand: &str, paused: bool) -> Result<BrandTaught, EngineError> {
        self.taught(brand).await?;
        self.record_taught(CorrectionWork::Pause { brand: brand.to_owned(), paused }).await?;
        self.taught_again(brand).await
    }

    async fn record_taught(&self, work: CorrectionWork) -> Result<(), EngineError> {
        match self.record(Work::Correction(work)).await? {
            Recorded::Taught => {
                self.teacher.labels_changed();
                Ok(())
            }
            other => Err(mixed_up(&other)),
        }
    }

    /// A brand without a profile is gone from the list when its labels are.
    async fn taught_again(&self, brand: &str) -> Result<BrandTaught, EngineError> {
        match self.taught(brand).await {
            Err(EngineError::NotFound { .. }) => Ok(BrandTaught {
                brand: brand.to_owned(),
                labels: 0,
                paused: false,
                known: false,
                report: TaughtReport::default(),
                newest_at: (None, None),
            }),
            other => other,
        }
    }

    /// Labels behind the mention of this number, in the order of the numbers, at most `limit`; of one brand, or of all where `brand` is empty.
    ///
    /// # Errors
    /// What keeps the store from being read.
    pub async fn labels(&self, brand: &str, after: MentionNumber, limit: usize) -> Result<Vec<KeptLabel>, EngineError> {
        let (store, understander, brand) = (self.store.clone(), Arc::clone(&self.understander), brand.to_owned());
        super::run_blocking(move || {
            let (mut kept, mut after) = (Vec::new(), after);
            while kept.len() < limit {
                let labels = store.labels_after(after, limit)?;
                let Some(last) = labels.last() else { break };
                after = last.number;
                let wanted = labels.into_iter().filter(|label| brand.is_empty() || label.brands.contains(&brand));
                kept.extend(wanted.map(|label| KeptLabel {
                    number: label.number,
                    language: understander.enricher().basis(&label.mention, &[], &Taught::default()).language,
                    mention: label.mention,
                    values: label.values,
                    brands: label.brands,
                }));
            }
            kept.truncate(limit);
            Ok(kept)
        })
        .await
    }
}
