use std::{
    collections::HashSet,
    sync::{Arc, PoisonError},
};

use rusqlite::Connection;
use tokio::sync::watch;

use super::{
    Error, Head, author_list, durable_subscription, head, label, log, name_key::KeyedName, saved_search, shared::Shared,
};
use crate::{
    base::{Seq, Timestamp},
    model::{
        AuthorList, DurableSubscription, Label, MentionName, MentionNumber, SavedSearch, SavedSearchRevision, ThreadId,
        Version,
    },
};

/// Reads what is durable, from any thread; a clone costs nothing. All calls that give a `Result` may read from the disk.
#[derive(Clone)]
pub struct Reader {
    pub(super) shared: Arc<Shared>,
}

impl Reader {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// What tells this store from every other.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.shared.id
    }

    /// The newest version recorded; zero when there is none.
    #[must_use]
    pub fn last_seq(&self) -> Seq {
        self.shared.last_seq()
    }

    /// The oldest version kept.
    #[must_use]
    pub fn oldest_seq(&self) -> Seq {
        self.shared.oldest_seq
    }

    /// Tells the newest durable seq after each commit that recorded a version. Only the newest: who is late misses the others.
    #[must_use]
    pub fn wake_ups(&self) -> watch::Receiver<Seq> {
        self.shared.newest.subscribe()
    }

    /// Mentions that are not deleted.
    #[must_use]
    pub fn mention_count(&self) -> u64 {
        self.shared.mention_count()
    }

    /// Saved searches.
    #[must_use]
    pub fn saved_search_count(&self) -> u64 {
        self.shared.saved_search_count()
    }

    /// The version with this seq.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Damaged`].
    pub fn version(&self, seq: Seq) -> Result<Arc<Version>, Error> {
        match self.shared.held_version(seq) {
            Some(version) => Ok(version),
            None => self.shared.with_connection(|conn| self.shared.version_with(conn, seq)),
        }
    }

    /// The versions with these seqs, in the order given.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Damaged`].
    pub fn versions(&self, seqs: &[Seq]) -> Result<Vec<Arc<Version>>, Error> {
        let held: Vec<_> = seqs.iter().map(|&seq| (seq, self.shared.held_version(seq))).collect();
        if held.iter().all(|(_, version)| version.is_some()) {
            return Ok(held.into_iter().filter_map(|(_, version)| version).collect());
        }
        self.shared.at_one_moment(|conn| {
            let read =
                |(seq, version): (Seq, Option<_>)| version.map_or_else(|| self.shared.read_version(conn, seq), Ok);
            held.into_iter().map(read).collect()
        })
    }

    /// The versions after a seq in order, without holes: at most so many, and no more than so many bytes of bodies, but always
    /// one where there is one.
    ///
    /// # Errors
    /// [`Error::Missing`] where the next version is not kept any more; [`Error::Damaged`].
    pub fn versions_after(&self, after: Seq, count_max: usize, bytes_max: usize) -> Result<Vec<Arc<Version>>, Error> {
        let (oldest, newest) = (self.oldest_seq(), self.last_seq());
        if after.next() < oldest {
            return Err(Error::Missing { seq: after.next(), oldest, newest });
        }
        if after >= newest || count_max == 0 {
            return Ok(Vec::new());
        }
        let mut versions = Vec::new();
        let mut bytes = 0;
        {
            let recent = self.shared.recent.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(held) = recent.from(after.next()) {
                // Memory may be a moment ahead of what readers are told of.
                for recorded in held.take(count_max).take_while(|recorded| recorded.version.seq <= newest) {
                    bytes += recorded.body_bytes;
                    if bytes > bytes_max && !versions.is_empty() {
                        break;
                    }
                    versions.push(Arc::clone(&recorded.version));
                }
                return Ok(versions);
            }
        }
        self.shared.with_connection(|conn| {
            log::read_range(conn, after, newest, |version, body_bytes| {
                bytes += body_bytes;
                let fits = bytes <= bytes_max || versions.is_empty();
                if fits {
                    versions.push(Arc::new(version));
                }
                fits && versions.len() < count_max
            })
        })?;
        Ok(versions)
    }

    /// The newest state of a mention in short; also of a deleted one.
    ///
    /// # Errors
    /// As SQLite says.
    pub fn head(&self, name: &MentionName) -> Result<Option<Head>, Error> {
        let name = KeyedName::new(self.shared.name_key, name);
        self.shared.with_connection(|conn| head::find(conn, name))
    }

    /// The same for many, in the order given.
    ///
    /// # Errors
    /// As SQLite says.
    pub fn heads(&self, names: &[MentionName]) -> Result<Vec<Option<Head>>, Error> {
        let key = self.shared.name_key;
        self.shared.at_one_moment(|conn| names.iter().map(|name| head::find(conn, KeyedName::new(key, name))).collect())
    }

    /// Newest versions of mentions that nobody has answered and no agent closed: those with a higher number than this, at most so many, in
    /// the order of their numbers.
    ///
    /// # Errors
    /// As SQLite says.
    pub fn open_mentions_after(
        &self,
        number: MentionNumber,
        count_max: usize,
    ) -> Result<Vec<(MentionNumber, Seq)>, Error> {
        self.shared.with_connection(|conn| head::open(conn, number, count_max))
    }

    /// The deleted ones among some mentions.
    ///
    /// # Errors
    /// As SQLite says.
    pub fn deleted_among(
        &self,
        numbers: impl IntoIterator<Item = MentionNumber>,
    ) -> Result<HashSet<MentionNumber>, Error> {
        self.shared.at_one_moment(|conn| {
            let mut deleted = HashSet::new();
            for number in numbers {
                if head::is_deleted(conn, number)? {
                    deleted.insert(number);
                }
            }
            Ok(deleted)
        })
    }

    /// Heads of a thread, deleted mentions too, oldest first: those after the given place, at most so many.
    ///
    /// # Errors
    /// As SQLite says.
    pub fn thread_heads(
        &self,
        thread: ThreadId,
        after: Option<(Timestamp, MentionNumber)>,
        count_max: usize,
    ) -> Result<Vec<Head>, Error> {
        self.shared.with_connection(|conn| head::in_thread(conn, thread, after, count_max))
    }

    /// All that people said of mentions, in the order of the mentions' numbers.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn labels(&self) -> Result<Vec<Label>, Error> {
        self.shared.with_connection(label::all)
    }

    /// What people said of mentions behind a number, in the order of their numbers, at most `limit`.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn labels_after(&self, number: MentionNumber, limit: usize) -> Result<Vec<Label>, Error> {
        self.shared.with_connection(|conn| label::after(conn, number, limit))
    }

    /// How many mentions people said something of.
    ///
    /// # Errors
    /// As SQLite says.
    pub fn label_count(&self) -> Result<u64, Error> {
        self.shared.with_connection(label::count)
    }

    /// Ids of the brands that must not learn from what people said, ordered.
    ///
    /// # Errors
    /// As SQLite says.
    pub fn resting_brands(&self) -> Result<Vec<String>, Error> {
        self.shared.with_connection(label::resting)
    }

    /// The last version recorded before a moment; one before the oldest kept where there is none. Times of recording never fall
    /// from one version to the next, so the place is found by halving.
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn last_seq_before(&self, moment: Timestamp) -> Result<Seq, Error> {
        let (mut low, mut high) = (self.oldest_seq().0, self.last_seq().next().0);
        while low < high {
            let middle = low.midpoint(high);
            if self.version(Seq(middle))?.recorded_at < moment {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(Seq(low.saturating_sub(1)))
    }

    /// The durable subscription of this name.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn durable_subscription(&self, name: &str) -> Result<Option<DurableSubscription>, Error> {
        self.shared.with_connection(|conn| durable_subscription::find(conn, name))
    }

    /// Durable subscriptions ordered by name: those after the given one, at most so many.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn durable_subscriptions_after(&self, name: &str, count_max: usize) -> Result<Vec<DurableSubscription>, Error> {
        self.shared.with_connection(|conn| durable_subscription::after(conn, name, count_max))
    }

    /// The saved search with this id.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn saved_search(&self, id: &str) -> Result<Option<SavedSearch>, Error> {
        self.shared.with_connection(|conn| saved_search::find(conn, id))
    }

    /// Saved searches ordered by id: those after the given one, at most so many.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn saved_searches_after(&self, id: &str, count_max: usize) -> Result<Vec<SavedSearch>, Error> {
        self.shared.with_connection(|conn| saved_search::after(conn, id, count_max))
    }

    /// Saved searches in a folder and below it, ordered by folder and id: those after the given place, at most so many.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn saved_searches_in(
        &self,
        folder: &str,
        after: (&str, &str),
        count_max: usize,
    ) -> Result<Vec<SavedSearch>, Error> {
        self.shared.with_connection(|conn| saved_search::in_folder_after(conn, folder, after, count_max))
    }

    /// The history of a saved search, the latest edit first: edits before this number, at most so many.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn saved_search_revisions(
        &self,
        id: &str,
        before: u64,
        count_max: usize,
    ) -> Result<Vec<SavedSearchRevision>, Error> {
        self.shared.with_connection(|conn| saved_search::revisions_before(conn, id, before, count_max))
    }

    /// The author list with this id.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn author_list(&self, id: &str) -> Result<Option<AuthorList>, Error> {
        self.shared.with_connection(|conn| author_list::find(conn, id))
    }

    /// Author lists ordered by id: those after the given one, at most so many.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn author_lists_after(&self, id: &str, count_max: usize) -> Result<Vec<AuthorList>, Error> {
        self.shared.with_connection(|conn| author_list::after(conn, id, count_max))
    }

    /// All members of a list, in the order of their bytes.
    ///
    /// # Errors
    /// [`Error::Corrupt`], also where there are more or fewer than the list says.
    pub fn author_list_members(&self, list: &AuthorList) -> Result<Vec<String>, Error> {
        self.shared.with_connection(|conn| author_list::members(conn, list))
    }

    /// Members of a list in the order of their bytes: those after the given one, at most so many.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn author_list_members_after(&self, id: &str, handle: &str, count_max: usize) -> Result<Vec<String>, Error> {
        self.shared.with_connection(|conn| author_list::members_after(conn, id, handle, count_max))
    }
}

impl Shared {
    /// From memory, or else from the log.
    pub(super) fn version_with(&self, conn: &Connection, seq: Seq) -> Result<Arc<Version>, Error> {
        self.held_version(seq).map_or_else(|| self.read_version(conn, seq), Ok)
    }

    /// From memory: recorded or read lately.
    fn held_version(&self, seq: Seq) -> Option<Arc<Version>> {
        let recent = self.recent.read().unwrap_or_else(PoisonError::into_inner).get(seq);
        recent.or_else(|| self.read_lately.get(seq))
    }

    fn read_version(&self, conn: &Connection, seq: Seq) -> Result<Arc<Version>, Error> {
        let (oldest, newest) = (self.oldest_seq, self.last_seq());
        if seq < oldest || seq > newest {
            return Err(Error::Missing { seq, oldest, newest });
        }
        let (version, body_bytes) = log::read(conn, seq)?.ok_or_else(|| log::missing_row(seq))?;
        let version = Arc::new(version);
        self.read_lately.keep(&version, body_bytes);
        Ok(version)
    }
}
