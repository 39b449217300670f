use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use arc_swap::ArcSwap;
use tantivy::Searcher;
use tokio::sync::watch;

use super::{columns::Columns, directory::Image, schema::Fields};
use crate::base::Seq;

/// The searching side: shared by all who search, replaced behind their backs by every commit.
pub struct Index {
    dir: PathBuf,
    store_id: String,
    published: ArcSwap<Published>,
    visible: watch::Sender<Seq>,
}

/// A searcher and the seq it covers, always replaced together.
pub(super) struct Published {
    pub(super) searcher: Searcher,
    pub(super) columns: Columns,
    pub(super) seq: Seq,
    pub(super) fields: Fields,
}

impl Published {
    pub(super) fn of(image: &Image) -> Self {
        let searcher = image.reader.searcher();
        let columns = Columns::of(searcher.segment_readers().len());
        Self { searcher, columns, seq: Seq(image.payload.seq), fields: image.fields.clone() }
    }
}

impl Index {
    pub(super) fn new(dir: &Path, store_id: &str, published: Published) -> Self {
        let (visible, _) = watch::channel(published.seq);
        Self {
            dir: dir.to_owned(),
            store_id: store_id.to_owned(),
            published: ArcSwap::from_pointee(published),
            visible,
        }
    }

    pub(super) fn publish(&self, published: Published) {
        let seq = published.seq;
        self.published.store(Arc::new(published));
        // After the searcher: who hears of a seq must find it.
        self.visible.send_replace(seq);
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(super) fn store_id(&self) -> &str {
        &self.store_id
    }

    /// Everything up to here is found by a search that begins now.
    #[must_use]
    pub fn visible_seq(&self) -> Seq {
        self.published.load().seq
    }

    /// Tells every change of [`Self::visible_seq`], after it happened.
    #[must_use]
    pub fn watch_visible(&self) -> watch::Receiver<Seq> {
        self.visible.subscribe()
    }

    /// Waits until everything up to this seq is found.
    pub async fn wait_for(&self, seq: Seq) {
        // It fails only when the index is gone, and this is it.
        let _ = self.watch_visible().wait_for(|visible| *visible >= seq).await;
    }

    /// The present state, which stays as it is however long it is kept. Cheap; it keeps its files on disk.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot { published: self.published.load_full() }
    }
}

/// The state of all mentions at one seq.
#[derive(Clone)]
pub struct Snapshot {
    pub(super) published: Arc<Published>,
}

impl Snapshot {
    /// The seq it shows.
    #[must_use]
    pub fn seq(&self) -> Seq {
        self.published.seq
    }

    /// Mentions in it.
    #[must_use]
    pub fn mention_count(&self) -> u64 {
        self.published.searcher.num_docs()
    }
}
