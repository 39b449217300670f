use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::BuildHasher as _,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{mpsc, oneshot, watch};

use super::{Replaced, Watch};
use crate::base::{Seq, limits::REPLACEMENTS_WAITING_MAX};

/// The live subscriptions that are open, and which of them has which durable name.
#[derive(Debug, Default)]
pub struct OpenSubscriptions {
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    open: usize,
    by_id: HashMap<Arc<str>, mpsc::Sender<Replacement>>,
    by_name: HashMap<String, Named>,
}

#[derive(Debug)]
struct Named {
    id: Arc<str>,
    ending: watch::Sender<Option<Ending>>,
}

/// Something else for a subscription to watch.
#[derive(Debug)]
pub struct Replacement {
    /// What to watch.
    pub watch: Watch,
    /// Whether it begins with a snapshot.
    pub kind: Replaced,
    /// Is told the last seq that was judged as before.
    pub replaced: oneshot::Sender<Seq>,
}

/// Why what a subscription watches cannot be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotReplaced {
    /// None is open under this id.
    Unknown,
    /// Too many replacements wait for it already.
    Busy,
}

/// Why a subscription has to end though its subscriber listens and the server goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Another stream has taken its name.
    TakenOver,
    /// Its name was deleted.
    Deleted,
}

impl OpenSubscriptions {
    /// How many are open.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lock().open
    }

    /// Whether one is open under this name.
    #[must_use]
    pub fn is_connected(&self, name: &str) -> bool {
        self.lock().by_name.contains_key(name)
    }

    /// A place for one more, unless `count_max` are open. Whoever had the name loses it: a client whose connection broke comes
    /// back before the server has noticed, and must not find itself in its own way.
    #[must_use]
    pub fn enter(self: &Arc<Self>, name: Option<&str>, count_max: usize) -> Option<Place> {
        let mut held = self.lock();
        if held.open >= count_max {
            return None;
        }
        held.open += 1;
        let id = fresh_id(held.by_id.len());
        let (replace, replacements) = mpsc::channel(REPLACEMENTS_WAITING_MAX);
        held.by_id.insert(Arc::clone(&id), replace);
        let (ending, ended) = watch::channel(None);
        if let Some(name) = name {
            let before = held.by_name.insert(name.to_owned(), Named { id: Arc::clone(&id), ending });
            if let Some(before) = before {
                before.ending.send_replace(Some(Ending::TakenOver));
            }
        }
        Some(Place {
            subscriptions: Arc::clone(self),
            id,
            name: name.map(str::to_owned),
            ended,
            replacements: Some(Replacements(replacements)),
        })
    }

    /// Gives the subscription of this id something else to watch; it comes to that when it has told what it is about to tell.
    ///
    /// # Errors
    /// None is open under this id, or too many replacements wait for it.
    pub fn replace(&self, id: &str, replacement: Replacement) -> Result<(), NotReplaced> {
        let held = self.lock();
        let replace = held.by_id.get(id).ok_or(NotReplaced::Unknown)?;
        replace.try_send(replacement).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => NotReplaced::Busy,
            mpsc::error::TrySendError::Closed(_) => NotReplaced::Unknown,
        })
    }

    /// Ends the one that has this name, because the name is deleted.
    pub fn end_deleted(&self, name: &str) {
        if let Some(named) = self.lock().by_name.remove(name) {
            named.ending.send_replace(Some(Ending::Deleted));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An id that says nothing and comes to nobody by guessing: who knows it may change what another is told.
fn fresh_id(salt: usize) -> Arc<str> {
    let random = || RandomState::new().hash_one(salt);
    Arc::from(format!("{:016x}{:016x}", random(), random()))
}

/// One open subscription's place among them; given back when it is dropped.
#[derive(Debug)]
pub struct Place {
    subscriptions: Arc<OpenSubscriptions>,
    id: Arc<str>,
    name: Option<String>,
    ended: watch::Receiver<Option<Ending>>,
    replacements: Option<Replacements>,
}

/// What a subscription is to watch instead, one after the other.
#[derive(Debug)]
pub(super) struct Replacements(mpsc::Receiver<Replacement>);

impl Replacements {
    /// Waits for the next; for ever, if nobody wants that.
    pub(super) async fn next(&mut self) -> Replacement {
        match self.0.recv().await {
            Some(replacement) => replacement,
            None => std::future::pending().await,
        }
    }
}

impl Place {
    /// By which its subscriber can replace what it watches.
    pub(super) fn id(&self) -> Arc<str> {
        Arc::clone(&self.id)
    }

    /// Hands over what comes by that id; to whoever asks first.
    pub(super) fn replacements(&mut self) -> Replacements {
        let nothing = || Replacements(mpsc::channel(1).1);
        self.replacements.take().unwrap_or_else(nothing)
    }

    /// Waits until it has to end; for ever, if nothing ends it.
    pub(super) async fn ended(&mut self) -> Ending {
        let ending = self.ended.wait_for(Option::is_some).await.ok().and_then(|ending| *ending);
        match ending {
            Some(ending) => ending,
            None => std::future::pending().await,
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.subscriptions.lock();
        held.open -= 1;
        held.by_id.remove(&self.id);
        if let Some(name) = &self.name
            && held.by_name.get(name).is_some_and(|named| named.id == self.id)
        {
            held.by_name.remove(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_newest_has_the_name_and_the_one_before_is_told() {
        let open = Arc::new(OpenSubscriptions::default());
        let mut first = open.enter(Some("desk"), 9).unwrap();
        let mut second = open.enter(Some("desk"), 9).unwrap();
        assert_eq!(first.ended().await, Ending::TakenOver);
        drop(first);
        assert!(open.is_connected("desk"), "the second still has it");
        open.end_deleted("desk");
        assert_eq!(second.ended().await, Ending::Deleted);
        drop(second);
        assert!(!open.is_connected("desk"));
        assert_eq!(open.count(), 0);
    }

    #[test]
    fn a_full_house_takes_nobody_in_and_takes_no_name_away() {
        let open = Arc::new(OpenSubscriptions::default());
        let first = open.enter(Some("desk"), 1).unwrap();
        assert!(open.enter(Some("desk"), 1).is_none());
        assert_eq!(*first.ended.borrow(), None);
        drop(first);
        assert!(open.enter(None, 1).is_some());
    }
}
