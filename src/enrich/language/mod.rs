//! In which language a text is written: its script alone where one language has it, short frequent words, letter statistics; and
//! `und` where these do not suffice. Never what the source claims.

mod judge;
mod letters;
mod script;
mod statistics;
mod votes;

pub(super) use judge::LanguageJudge;
