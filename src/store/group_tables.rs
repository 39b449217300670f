//! What a group finds and changes beside the log. Everything sees the group's own writes.

use super::{
    AuthorKey, EchoPlace, Error, Group, Head, author_list, durable_subscription, echo, head, label,
    name_key::KeyedName, placeholder, saved_search,
};
use crate::{
    base::Timestamp,
    model::{
        AuthorList, DurableSubscription, Label, Mention, MentionName, MentionNumber, SavedSearch, SavedSearchChange,
        SavedSearchRevision, ThreadId,
    },
};

impl Group<'_> {
    /// The newest state of a mention in short; also of a deleted one.
    ///
    /// # Errors
    /// As SQLite says.
    pub fn head(&mut self, name: &MentionName) -> Result<Option<Head>, Error> {
        let found = head::find(&self.writer.conn, KeyedName::new(self.name_key(), name));
        self.read(found)
    }

    /// Remembers that the source saw a mention unchanged at a later moment. An earlier one changes nothing.
    ///
    /// # Errors
    /// [`Error::Full`]; [`Error::Misuse`] where there is no such mention.
    pub fn observe(&mut self, number: MentionNumber, observed_at: Timestamp) -> Result<(), Error> {
        let known = head::observe(&self.writer.conn, number, observed_at).and_then(|is_known| match is_known {
            true => Ok(()),
            false => Err(Error::misuse(format!("mention number {} was observed, which has no head", number.0))),
        });
        self.written(known)
    }

    /// Heads of the oldest mentions of a thread, deleted ones too, oldest first, at most so many.
    ///
    /// # Errors
    /// As SQLite says.
    pub fn thread_heads(&mut self, thread: ThreadId, count_max: usize) -> Result<Vec<Head>, Error> {
        let found = head::in_thread(&self.writer.conn, thread, None, count_max);
        self.read(found)
    }

    /// Heads of a thread of others' messages that ask for an answer, answered or not, created after one moment up to
    /// another, oldest first.
    ///
    /// # Errors
    /// As SQLite says.
    pub fn asking_heads_between(
        &mut self,
        thread: ThreadId,
        after: Option<Timestamp>,
        created_at_max: Timestamp,
    ) -> Result<Vec<Head>, Error> {
        let found = head::asking_between(&self.writer.conn, thread, after, created_at_max);
        self.read(found)
    }

    /// The brand's latest own message in a thread, created before this moment and not deleted; of several of one moment the last
    /// by name.
    ///
    /// # Errors
    /// As SQLite says.
    pub fn last_own_before(&mut self, thread: ThreadId, before: Timestamp) -> Result<Option<Head>, Error> {
        let found = head::last_own(&self.writer.conn, thread, before);
        self.read(found)
    }

    /// The brand's earliest own message in a thread, created at this moment or later and not deleted; of several of one
    /// moment the first by name.
    ///
    /// # Errors
    /// As SQLite says.
    pub fn first_own_after(&mut self, thread: ThreadId, created_at_min: Timestamp) -> Result<Option<Head>, Error> {
        let found = head::first_own(&self.writer.conn, thread, created_at_min);
        self.read(found)
    }

    /// Heads of the mentions whose `in_reply_to` is this one, in the order of their numbers.
    ///
    /// # Errors
    /// As SQLite says.
    pub fn children_of(&mut self, name: &MentionName) -> Result<Vec<Head>, Error> {
        let found = head::children(&self.writer.conn, KeyedName::new(self.name_key(), name));
        self.read(found)
    }

    /// Heads of the brand's own messages that answer this one, deleted ones left out.
    ///
    /// # Errors
    /// As SQLite says.
    pub fn own_children_of(&mut self, name: &MentionName) -> Result<Vec<Head>, Error> {
        let found = head::own_children(&self.writer.conn, KeyedName::new(self.name_key(), name));
        self.read(found)
    }

    /// Heads of one author's messages, by handle, that answer this one; deleted ones and the brand's own left out. The first that came, at
    /// most so many.
    ///
    /// # Errors
    /// As SQLite says.
    pub fn children_by(&mut self, name: &MentionName, handle: &str, count_max: usize) -> Result<Vec<Head>, Error> {
        let Some(author) = AuthorKey::of(self.name_key(), &name.platform, handle) else { return Ok(Vec::new()) };
        let found = head::children_by(&self.writer.conn, KeyedName::new(self.name_key(), name), author, count_max);
        self.read(found)
    }

    /// The key of whoever wrote a mention, as heads have it.
    #[must_use]
    pub fn author_key(&self, mention: &Mention) -> Option<AuthorKey> {
        AuthorKey::of(self.name_key(), &mention.name.platform, &mention.author.handle)
    }

    /// The thread that waits for a mention that has not arrived.
    ///
    /// # Errors
    /// As SQLite says.
    pub fn placeholder_thread(&mut self, name: &MentionName) -> Result<Option<ThreadId>, Error> {
        let found = placeholder::find(&self.writer.conn, KeyedName::new(self.name_key(), name));
        self.read(found)
    }

    /// Makes a thread wait for a mention, in place of any other that did.
    ///
    /// # Errors
    /// [`Error::Full`].
    pub fn set_placeholder(&mut self, name: &MentionName, thread: ThreadId) -> Result<(), Error> {
        let put = placeholder::put(&self.writer.conn, KeyedName::new(self.name_key(), name), thread);
        self.written(put)
    }

    /// The thread that waits for a mention; it waits no longer.
    ///
    /// # Errors
    /// [`Error::Full`].
    pub fn take_placeholder(&mut self, name: &MentionName) -> Result<Option<ThreadId>, Error> {
        let taken = placeholder::take(&self.writer.conn, KeyedName::new(self.name_key(), name));
        self.written(taken)
    }

    /// Whatever one thread waits for, the other waits for from now on: the two turned out to be one.
    ///
    /// # Errors
    /// [`Error::Full`].
    pub fn move_placeholders(&mut self, from: ThreadId, to: ThreadId) -> Result<(), Error> {
        let moved = placeholder::move_all(&self.writer.conn, from, to);
        self.written(moved)
    }

    /// The newest state of a mention in short, by its number.
    ///
    /// # Errors
    /// As SQLite says.
    pub fn head_of_number(&mut self, number: MentionNumber) -> Result<Option<Head>, Error> {
        let found = head::of_number(&self.writer.conn, number);
        self.read(found)
    }

    /// Files a mention among those that say the same.
    ///
    /// # Errors
    /// [`Error::Full`].
    pub fn put_echo(&mut self, place: &EchoPlace) -> Result<(), Error> {
        let put = echo::put(&self.writer.conn, place);
        self.written(put)
    }

    /// Takes a mention out from among those that say the same.
    ///
    /// # Errors
    /// [`Error::Full`].
    pub fn remove_echo(&mut self, place: &EchoPlace) -> Result<(), Error> {
        let removed = echo::remove(&self.writer.conn, place);
        self.written(removed)
    }

    /// The next mention before a place that says the same, written at this moment or later.
    ///
    /// # Errors
    /// As SQLite says.
    pub fn echo_before(&mut self, place: &EchoPlace, created_at_min: Timestamp) -> Result<Option<Head>, Error> {
        let found = echo::before(&self.writer.conn, place, created_at_min);
        match self.read(found)? {
            Some(number) => self.head_of_number(number),
            None => Ok(None),
        }
    }

    /// The next mention after a place that says the same, written at this moment or earlier.
    ///
    /// # Errors
    /// As SQLite says.
    pub fn echo_after(&mut self, place: &EchoPlace, created_at_max: Timestamp) -> Result<Option<Head>, Error> {
        let found = echo::after(&self.writer.conn, place, created_at_max);
        match self.read(found)? {
            Some(number) => self.head_of_number(number),
            None => Ok(None),
        }
    }

    /// Keeps what a person said of a mention, in place of what was said before; says whether it is the first.
    ///
    /// # Errors
    /// [`Error::Full`].
    pub fn put_label(&mut self, label: &Label) -> Result<bool, Error> {
        let put = label::put(&self.writer.conn, label);
        self.written(put)
    }

    /// Forgets what was said of a mention; says whether something was.
    ///
    /// # Errors
    /// [`Error::Full`].
    pub fn remove_label(&mut self, number: MentionNumber) -> Result<bool, Error> {
        let removed = label::remove(&self.writer.conn, number);
        self.written(removed)
    }

    /// All that was said of mentions.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn labels(&mut self) -> Result<Vec<Label>, Error> {
        let found = label::all(&self.writer.conn);
        self.read(found)
    }

    /// How many mentions something was said of.
    ///
    /// # Errors
    /// As SQLite says.
    pub fn label_count(&mut self) -> Result<u64, Error> {
        let found = label::count(&self.writer.conn);
        self.read(found)
    }

    /// Lets a brand forget what people said of its mentions; how many labels taught it. Those that teach no other brand are gone.
    ///
    /// # Errors
    /// [`Error::Corrupt`], [`Error::Full`].
    pub fn forget_labels(&mut self, brand: &str) -> Result<u64, Error> {
        let forgotten = label::forget(&self.writer.conn, brand);
        self.written(forgotten)
    }

    /// Lets a brand learn from what people said, or not.
    ///
    /// # Errors
    /// [`Error::Full`].
    pub fn set_resting(&mut self, brand: &str, rests: bool) -> Result<(), Error> {
        let set = label::set_resting(&self.writer.conn, brand, rests);
        self.written(set)
    }

    /// The durable subscription of this name.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn durable_subscription(&mut self, name: &str) -> Result<Option<DurableSubscription>, Error> {
        let found = durable_subscription::find(&self.writer.conn, name);
        self.read(found)
    }

    /// How many durable subscriptions there are.
    ///
    /// # Errors
    /// As SQLite says.
    pub fn durable_subscription_count(&mut self) -> Result<u64, Error> {
        let count = durable_subscription::count(&self.writer.conn);
        self.read(count)
    }

    /// Keeps a durable subscription, in place of any other of its name. Its times are cut to whole microseconds.
    ///
    /// # Errors
    /// [`Error::Full`].
    pub fn put_durable_subscription(&mut self, subscription: &DurableSubscription) -> Result<(), Error> {
        let put = durable_subscription::put(&self.writer.conn, subscription);
        self.written(put)
    }

    /// Forgets a durable subscription; says whether there was one.
    ///
    /// # Errors
    /// [`Error::Full`].
    pub fn remove_durable_subscription(&mut self, name: &str) -> Result<bool, Error> {
        let removed = durable_subscription::remove(&self.writer.conn, name);
        self.written(removed)
    }

    /// The saved search with this id.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn saved_search(&mut self, id: &str) -> Result<Option<SavedSearch>, Error> {
        let found = saved_search::find(&self.writer.conn, id);
        self.read(found)
    }

    /// Keeps a saved search, in place of any other with its id, and notes the edit in its history. Times are cut to whole
    /// microseconds.
    ///
    /// # Errors
    /// [`Error::Full`].
    pub fn put_saved_search(&mut self, search: &SavedSearch) -> Result<(), Error> {
        let put = saved_search::put(&self.writer.conn, search);
        let is_new = self.written(put)?;
        if is_new {
            self.state.saved_searches += 1;
        }
        let change = if is_new { SavedSearchChange::Created } else { SavedSearchChange::Updated };
        let revision = SavedSearchRevision { change, search: search.clone() };
        let noted = saved_search::put_revision(&self.writer.conn, &revision);
        self.written(noted)
    }

    /// Forgets the saved search of this id, and notes in its history that this was its last state; says whether there was one.
    ///
    /// # Errors
    /// [`Error::Full`].
    pub fn remove_saved_search(&mut self, last: &SavedSearch) -> Result<bool, Error> {
        let removed = saved_search::remove(&self.writer.conn, &last.id);
        let removed = self.written(removed)?;
        if removed {
            self.state.saved_searches = self.state.saved_searches.saturating_sub(1);
            let revision = SavedSearchRevision { change: SavedSearchChange::Deleted, search: last.clone() };
            let noted = saved_search::put_revision(&self.writer.conn, &revision);
            self.written(noted)?;
        }
        Ok(removed)
    }

    /// Keeps an author list, in place of any other with its id; adds members and removes others. The caller answers for
    /// `member_count`.
    ///
    /// # Errors
    /// [`Error::Full`].
    pub fn put_author_list(&mut self, list: &AuthorList, added: &[String], removed: &[String]) -> Result<(), Error> {
        let conn = &self.writer.conn;
        let put = author_list::put(conn, list)
            .and_then(|()| author_list::add_members(conn, &list.id, added))
            .and_then(|()| author_list::remove_members(conn, &list.id, removed));
        self.written(put)
    }

    /// Forgets an author list and its members.
    ///
    /// # Errors
    /// [`Error::Full`].
    pub fn remove_author_list(&mut self, id: &str) -> Result<(), Error> {
        let removed = author_list::remove(&self.writer.conn, id);
        self.written(removed)
    }
}
