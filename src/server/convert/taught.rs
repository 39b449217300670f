//! What brands were taught, to the wire.

use super::{time_to_wire, version_to_wire::corrected_values_to_wire};
use crate::{
    base::Timestamp,
    engine::{BrandTaught, EngineError, KeptLabel},
    learn::{Lesson, TaughtFigures, TaughtTask},
    proto::v1::{self as wire, TaughtState},
};

/// Checks that a brand is named at all; whether there is such a one, the engine knows.
pub(crate) fn taught_brand_from_wire(brand: String) -> Result<String, EngineError> {
    if brand.is_empty() {
        let message = "is empty; give the id of a brand".to_owned();
        return Err(EngineError::InvalidArgument { field: "brand".to_owned(), message });
    }
    Ok(brand)
}

pub(crate) fn taught_to_wire(taught: &BrandTaught) -> wire::Taught {
    let (sentiment_at, needs_reply_at) = taught.newest_at;
    wire::Taught {
        brand: taught.brand.clone(),
        labels: count(taught.labels),
        sentiment: Some(task_to_wire(taught, &taught.report.sentiment, sentiment_at)),
        needs_reply: Some(task_to_wire(taught, &taught.report.needs_reply, needs_reply_at)),
        paused: taught.paused,
    }
}

fn task_to_wire(taught: &BrandTaught, task: &TaughtTask, newest_at: Option<Timestamp>) -> wire::TaughtTask {
    let state = match task.lesson {
        _ if !taught.known => TaughtState::UnknownBrand,
        Lesson::TooFew => TaughtState::TooFew,
        Lesson::OneSided => TaughtState::OneSided,
        Lesson::NotBetter => TaughtState::NotBetter,
        Lesson::Learnt if taught.paused => TaughtState::Paused,
        Lesson::Learnt => TaughtState::InEffect,
    };
    let figures =
        |figures: TaughtFigures| wire::TaughtFigures { macro_f1: figures.macro_f1, accuracy: figures.accuracy };
    wire::TaughtTask {
        state: state.into(),
        labels: count(task.labels),
        before: task.figures.map(|(before, _)| figures(before)),
        after: task.figures.map(|(_, after)| figures(after)),
        since: newest_at.map(time_to_wire),
    }
}

pub(crate) fn label_to_wire(label: KeptLabel) -> wire::Label {
    wire::Label {
        name: label.mention.name.to_string(),
        title: label.mention.title,
        text: label.mention.text,
        language: label.language,
        values: Some(corrected_values_to_wire(&label.values)),
        brands: label.brands,
    }
}

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
