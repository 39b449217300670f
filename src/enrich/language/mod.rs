//! In which language a text is written: its script alone where one language has it, trained models of words and letter groups, a
//! second opinion by letter statistics, frequent words; what the author wrote in before, where these leave doubt; and `und` where nothing
//! suffices. Never what the source claims.

mod judge;
mod models;
mod statistics;
mod votes;
mod wrote;

pub(super) use judge::LanguageJudge;
pub(super) use models::MODELS;
pub use wrote::Wrote;
