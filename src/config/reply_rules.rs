//! `[brand.reply]` of a profile: what every answer keeps to.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::{
    base::limits::{REPLY_RULE_BYTES_MAX, REPLY_RULES_MAX},
    model::{AccountRule, BrandAccount, ReplyRules},
    text::Tokens,
};

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Reply {
    signature: String,
    greetings: BTreeMap<String, Vec<String>>,
    avoid: Vec<String>,
    lengths: BTreeMap<String, u32>,
    number_patterns: Vec<String>,
    contacts: Vec<String>,
    exclamations_max: Option<u32>,
    account: Vec<Account>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    platform: String,
    handle: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    product: String,
}

/// The rules of a profile with these accounts; the error says the key and the mend.
pub(super) fn rules(reply: Reply, own: &[BrandAccount]) -> Result<ReplyRules, String> {
    let lists = [("avoid", &reply.avoid), ("number_patterns", &reply.number_patterns), ("contacts", &reply.contacts)];
    for (key, list) in lists.into_iter().chain(reply.greetings.values().map(|list| ("greetings", list))) {
        check_list(key, list)?;
    }
    check_size("signature", &reply.signature)?;
    let without_agent = reply.signature.replace(ReplyRules::AGENT, "");
    if without_agent.contains(['{', '}']) {
        return Err(format!("reply.signature: `{}` may hold no other placeholder than {{agent}}", reply.signature));
    }
    if let Some((language, _)) = reply.greetings.iter().find(|(language, list)| {
        list.is_empty() || !(2..=3).contains(&language.len()) || !language.bytes().all(|it| it.is_ascii_lowercase())
    }) {
        return Err(format!(
            "reply.greetings.{language}: write a language code such as `it` and at least one greeting"
        ));
    }
    for (key, list) in lists.into_iter().take(1).chain(reply.greetings.values().map(|list| ("greetings", list))) {
        if let Some(silent) = list.iter().find(|phrase| Tokens::of(phrase, "").is_empty()) {
            return Err(format!("reply.{key}: `{silent}` holds no word; write words that can be found"));
        }
    }
    if let Some(plain) = reply.number_patterns.iter().find(|pattern| !pattern.contains('#')) {
        return Err(format!("reply.number_patterns: `{plain}` needs a # for each digit, e.g. NW-######"));
    }
    if let Some((platform, _)) = reply.lengths.iter().find(|(_, max)| **max == 0) {
        return Err(format!(
            "reply.lengths.{platform}: 0 leaves room for nothing; leave the line out or give a number"
        ));
    }
    let mut accounts: Vec<AccountRule> = Vec::new();
    let mut seen = BTreeSet::new();
    for Account { platform, handle, language, product } in reply.account {
        let lower = handle.to_lowercase();
        if !own.iter().any(|account| account.platform == platform && account.handle.to_lowercase() == lower) {
            return Err(format!(
                "reply.account: {platform}:{handle} is no account of the brand; add it as [[brand.account]]"
            ));
        }
        if !product.is_empty() && Tokens::of(&product, "").is_empty() {
            return Err(format!("reply.account: the product `{product}` holds no word"));
        }
        if !seen.insert((platform.clone(), language.clone(), product.to_lowercase())) {
            return Err(format!(
                "reply.account: two accounts answer the same on {platform}; say which in which language"
            ));
        }
        accounts.push(AccountRule { platform, handle, language, product });
    }
    Ok(ReplyRules {
        signature: reply.signature,
        greetings: reply.greetings,
        avoid: reply.avoid,
        lengths: reply.lengths,
        number_patterns: reply.number_patterns,
        contacts: reply.contacts,
        exclamations_max: reply.exclamations_max,
        accounts,
    })
}

fn check_list(key: &str, list: &[String]) -> Result<(), String> {
    if list.len() > REPLY_RULES_MAX {
        return Err(format!("reply.{key}: has {} entries, {REPLY_RULES_MAX} are allowed", list.len()));
    }
    list.iter().try_for_each(|entry| check_size(key, entry))
}

fn check_size(key: &str, entry: &str) -> Result<(), String> {
    if entry.len() > REPLY_RULE_BYTES_MAX {
        return Err(format!("reply.{key}: an entry has {} bytes, {REPLY_RULE_BYTES_MAX} are allowed", entry.len()));
    }
    Ok(())
}
