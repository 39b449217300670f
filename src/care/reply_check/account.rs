//! Which of the brand's accounts answers.

use super::phrases::places_of;
use crate::{
    model::{AccountRole, AccountRule, Brand, BrandAccount, Mention},
    text::Tokens,
};

/// An account that should answer, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountProposal {
    /// As in [`crate::model::MentionName::platform`].
    pub platform: String,
    /// Without `@`.
    pub handle: String,
    /// For people.
    pub reason: String,
}

/// The account that answers a mention written in this language; `None` where the brand has none on its platform.
///
/// The rules of the profile come first, the one that asks for most before the others; then the account that was spoken to if it answers
/// customers or speaks for a product, then the one that answers customers on the platform, then whichever was spoken to.
#[must_use]
pub fn propose_account(brand: &Brand, mention: &Mention, language: &str) -> Option<AccountProposal> {
    let platform = mention.name.platform.as_str();
    let text = format!("{}\n{}", mention.title, mention.text);
    let tokens = Tokens::of_asked(&text, "", false);
    let propose = |handle: &str, reason: String| {
        Some(AccountProposal { platform: platform.to_owned(), handle: handle.to_owned(), reason })
    };
    let fits = |rule: &&AccountRule| {
        rule.platform == platform
            && (rule.language.is_empty() || rule.language == language)
            && (rule.product.is_empty() || !places_of(&tokens, &rule.product).is_empty())
    };
    let asks = |rule: &&AccountRule| u8::from(!rule.product.is_empty()) * 2 + u8::from(!rule.language.is_empty());
    // Of several that ask for as much, the first of the profile.
    if let Some(rule) = brand.reply.accounts.iter().rev().filter(fits).max_by_key(asks) {
        let mut why = vec![format!("the profile has it answer on {platform}")];
        if !rule.language.is_empty() {
            why.push(format!("in `{language}`"));
        }
        if !rule.product.is_empty() {
            why.push(format!("about `{}`", rule.product));
        }
        return propose(&rule.handle, why.join(" "));
    }
    let own: Vec<&BrandAccount> = brand.accounts.iter().filter(|account| account.platform == platform).collect();
    let is_addressed = |account: &BrandAccount| {
        let answered = mention.to_handle.as_deref().is_some_and(|handle| same(handle, &account.handle));
        answered || tokens.iter().any(|token| token.term.strip_prefix('@').is_some_and(|it| same(it, &account.handle)))
    };
    let addressed: Vec<&BrandAccount> = own.iter().copied().filter(|account| is_addressed(account)).collect();
    let of_role = |accounts: &[&BrandAccount], role| {
        accounts.iter().find(|account| account.role == role).map(|it| it.handle.clone())
    };
    if let Some(handle) = of_role(&addressed, AccountRole::Care).or_else(|| of_role(&addressed, AccountRole::Product)) {
        return propose(&handle, "it was spoken to".to_owned());
    }
    if let Some(handle) = of_role(&own, AccountRole::Care) {
        return propose(&handle, format!("it answers customers on {platform}"));
    }
    if let Some(account) = addressed.first() {
        return propose(&account.handle, "it was spoken to, and no account answers customers here".to_owned());
    }
    let handle = of_role(&own, AccountRole::Institutional)?;
    propose(&handle, format!("it speaks for the house on {platform}, and no account answers customers there"))
}

fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}
