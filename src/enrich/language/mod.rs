//! In which language a text is written: its script alone where one language has it, trained models of words and letter groups, a
//! second opinion by letter statistics, frequent words; and `und` where these do not suffice. Never what the source claims.

mod judge;
mod models;
mod statistics;
mod votes;

pub(super) use judge::LanguageJudge;
pub(super) use models::MODELS;
