use std::sync::Arc;

use super::{Engine, EngineError, Recorded, Work, committer::CorrectionWork, ingest::mixed_up};
use crate::{
    base::limits::LABELS_MAX,
    config,
    model::{CorrectedValues, MentionName, Version},
};

impl Engine {
    /// Records what a person says of a mention in place of what was judged, over what was said before. The version that holds it; the
    /// newest one where nothing is new. It is kept to learn from.
    ///
    /// # Errors
    /// [`EngineError::InvalidArgument`], [`EngineError::NotFound`], [`EngineError::ResourceExhausted`].
    pub async fn correct(
        &self,
        name: &MentionName,
        values: CorrectedValues,
        by: String,
    ) -> Result<Arc<Version>, EngineError> {
        self.check_brands(values.brands.as_deref().unwrap_or_default(), "values.brands")?;
        if self.store.label_count()? >= LABELS_MAX {
            let message = format!(
                "{LABELS_MAX} mentions are corrected; forget what a brand was taught long ago with `ascolto corrections reset`"
            );
            return Err(EngineError::ResourceExhausted { message });
        }
        self.record_correction(CorrectionWork::Correct { name: name.clone(), values, by }, name).await
    }

    /// Takes back what people said of a mention. The version in which it is as judged.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub async fn revert_correction(&self, name: &MentionName) -> Result<Arc<Version>, EngineError> {
        self.record_correction(CorrectionWork::Revert(name.clone()), name).await
    }

    async fn record_correction(&self, work: CorrectionWork, name: &MentionName) -> Result<Arc<Version>, EngineError> {
        match self.record(Work::Correction(work)).await? {
            Recorded::Corrected(Some(version)) => {
                self.teacher.labels_changed();
                Ok(version)
            }
            Recorded::Corrected(None) => Err(EngineError::NotFound { what: "mention", name: name.to_string() }),
            other => Err(mixed_up(&other)),
        }
    }

    /// A brand that nobody has a profile of is a slip of the pen: it would be found by no query and teach nobody.
    pub(super) fn check_brands(&self, brands: &[String], field: &str) -> Result<(), EngineError> {
        let known = self.understander.brand_ids();
        let Some(unknown) = brands.iter().find(|brand| !known.contains(brand)) else { return Ok(()) };
        let nearest = config::nearest(unknown, known.iter().map(String::as_str));
        let mend = nearest.map_or_else(String::new, |nearest| format!("; the nearest is `{nearest}`"));
        Err(EngineError::InvalidArgument {
            field: field.to_owned(),
            message: format!("no brand profile has the id `{unknown}`{mend}"),
        })
    }
}
