use std::path::Path;

use tantivy::Searcher;

use super::{Error, compile::Compiler, schema};
use crate::{base::Timestamp, query::Node};

/// What lies under a [`super::Snapshot`], for the benchmark that holds searches against tantivy itself. Nothing else may use it.
pub struct BareIndex {
    /// Of the last commit at the time of opening.
    pub searcher: Searcher,
    fields: schema::Fields,
}

impl BareIndex {
    /// Opens an index for reading only, also one that a server is writing.
    ///
    /// # Errors
    /// [`Error::Read`].
    pub fn open(dir: &Path) -> Result<Self, Error> {
        let index = tantivy::Index::open_in_dir(dir).map_err(Error::read)?;
        let reader = index.reader().map_err(Error::read)?;
        Ok(Self { searcher: reader.searcher(), fields: schema::build().1 })
    }

    /// The query that tantivy is asked.
    ///
    /// # Errors
    /// As [`super::Snapshot::count`].
    pub fn compile(&self, query: &Node, now: Timestamp) -> Result<Box<dyn tantivy::query::Query>, Error> {
        Compiler::new(&self.searcher, &self.fields, now, false).compile(query)
    }
}
