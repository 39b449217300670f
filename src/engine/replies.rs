use std::sync::Arc;

use super::{Engine, EngineError, run_blocking};
use crate::{
    base::limits::TEXT_BYTES_MAX,
    care::{self, AccountProposal, Draft, Finding, Severity},
    model::{Brand, Kind, Language, Mention, MentionName, Responsible, Version},
};

/// The draft of an answer.
#[derive(Clone, Debug, Default)]
pub struct ReplyDraft {
    /// Its words.
    pub text: String,
    /// Who wrote it, for the signature; may be empty.
    pub agent: String,
    /// The account it is to be sent from, without `@`; empty for the one that should answer.
    pub account: String,
    /// In whose name; empty for the brand of the mention, of several the first that has an account on its platform.
    pub brand: String,
}

/// A draft that was held against its brand's rules.
#[derive(Clone, Debug)]
pub struct CheckedReply {
    /// Against whose.
    pub brand: String,
    /// What is not right: what must be mended first, then in the order of the text.
    pub findings: Vec<Finding>,
    /// The account that should answer; `None` where the brand has none on the platform.
    pub account: Option<AccountProposal>,
    /// Of the draft; `und` where nobody can tell.
    pub language: String,
    /// Of the mention.
    pub customer_language: String,
    /// In the units in which the platform counts.
    pub length: u32,
    /// Most of them; `None` where nothing bounds it.
    pub length_max: Option<u32>,
    /// Whom the brand names for what the mention is about.
    pub responsible: Option<Responsible>,
}

impl CheckedReply {
    /// No finding forbids that it goes out.
    #[must_use]
    pub fn may_go_out(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity != Severity::Refuses)
    }
}

impl Engine {
    /// Holds the draft of an answer to a mention against the rules of its brand and of its platform. Nothing is recorded.
    ///
    /// # Errors
    /// As [`Engine::check_draft`]; [`EngineError::NotFound`] for a mention that is not there, also for a deleted one.
    pub async fn check_reply(
        self: &Arc<Self>,
        name: &MentionName,
        draft: ReplyDraft,
    ) -> Result<CheckedReply, EngineError> {
        let (engine, to) = (Arc::clone(self), self.get(name).await?);
        run_blocking(move || engine.check_draft(&to, &draft)).await
    }

    /// The same for a version of the mention that is known already. Takes up to some milliseconds for long drafts.
    ///
    /// # Errors
    /// [`EngineError::InvalidArgument`] for a draft that is too long, a mention that is about no brand, a brand or an account there is not.
    pub fn check_draft(&self, to: &Version, draft: &ReplyDraft) -> Result<CheckedReply, EngineError> {
        if draft.text.len() > TEXT_BYTES_MAX {
            let message = format!("has {} bytes, {TEXT_BYTES_MAX} are allowed; shorten it", draft.text.len());
            return Err(invalid("text", message));
        }
        let brand = self.brand_of(to, &draft.brand)?;
        let platform = to.mention.name.platform.as_str();
        if !draft.account.is_empty() && !has_account(brand, platform, &draft.account) {
            let own = brand.accounts.iter().filter(|account| account.platform == platform);
            let known = own.map(|account| format!("`{}`", account.handle)).collect::<Vec<_>>();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            let message = format!(
                "`{}` is no account of brand `{}` on {platform}; known there: {known}",
                draft.account, brand.id
            );
            return Err(invalid("account", message));
        }
        let customer_language = to.understanding.language.code.as_str();
        let account = care::propose_account(brand, &to.mention, customer_language);
        let language = self.language_of(to, &draft.text);
        let held = Draft {
            text: &draft.text,
            language: &language,
            customer_language,
            platform,
            is_private: to.mention.kind == Kind::Dm,
            agent: &draft.agent,
            account: &draft.account,
        };
        let findings = care::check_reply(&held, brand, account.as_ref());
        let (length, length_max) = care::length_of(&draft.text, platform, &brand.reply);
        let topics = to.understanding.topics.iter().map(|judged| judged.topic.as_str());
        Ok(CheckedReply {
            brand: brand.id.clone(),
            findings,
            account,
            customer_language: customer_language.to_owned(),
            length,
            length_max,
            responsible: care::responsible_for(brand, topics).cloned(),
            language,
        })
    }

    /// In whose name a mention is answered.
    fn brand_of(&self, to: &Version, asked: &str) -> Result<&Brand, EngineError> {
        if !asked.is_empty() {
            let unknown = || invalid("brand", format!("there is no brand `{asked}`; `ListBrands` has all of them"));
            return self.brands.get(asked).ok_or_else(unknown);
        }
        let of_mention = || to.understanding.brands.iter().filter_map(|brand| self.brands.get(&brand.brand));
        let platform = to.mention.name.platform.as_str();
        let is_there = |brand: &&Brand| brand.accounts.iter().any(|account| account.platform == platform);
        of_mention().find(is_there).or_else(|| of_mention().next()).ok_or_else(|| {
            invalid("brand", format!("is empty, and `{}` is about no brand; name the brand", to.mention.name))
        })
    }

    /// The language of a draft, told as it will be once the draft is a mention.
    fn language_of(&self, to: &Version, text: &str) -> String {
        if text.trim().is_empty() {
            return Language::UNDETERMINED.to_owned();
        }
        let now = self.clock.now();
        let reply = Mention { text: text.to_owned(), ..Mention::new(to.mention.name.clone(), Kind::Reply, now) };
        self.understander.understand_after(reply, &Default::default(), now).understanding.language.code
    }
}

fn has_account(brand: &Brand, platform: &str, handle: &str) -> bool {
    let handle = handle.to_lowercase();
    brand.accounts.iter().any(|own| own.platform == platform && own.handle.to_lowercase() == handle)
}

fn invalid(field: &str, message: String) -> EngineError {
    EngineError::InvalidArgument { field: field.to_owned(), message }
}
