use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::Spanned;

use super::{
    ConfigError, coverage,
    error::line_of,
    reply_rules::{self, Reply},
    responsible::{self, Responsible},
};
use crate::{
    base::limits::PRIORITY_POINTS_MAX,
    model::{AccountRole, Brand, BrandAccount},
};

/// From which score on a mention needs a reply where the profile does not say: best balance measured on labelled English and Russian
/// mentions of airlines, banks and carriers.
const REPLY_THRESHOLD_DEFAULT: f32 = 1.2;
/// Above every score the rules can give, so that a profile can switch the signal off.
const REPLY_THRESHOLD_MAX: f32 = 100.0;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    brand: Vec<Spanned<Profile>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Profile {
    id: String,
    title: String,
    query: Spanned<String>,
    #[serde(default)]
    reply_threshold: Option<f32>,
    #[serde(default)]
    account: Vec<Spanned<Account>>,
    #[serde(default)]
    coverage: Option<Spanned<coverage::Coverage>>,
    #[serde(default)]
    target: Vec<Spanned<coverage::Target>>,
    #[serde(default)]
    responsible: Vec<Spanned<Responsible>>,
    #[serde(default)]
    reply: Reply,
    #[serde(default)]
    priority: Priority,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Priority {
    /// Points by tag.
    #[serde(default)]
    tags: BTreeMap<String, i32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    platform: String,
    handle: String,
    role: Role,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Role {
    Institutional,
    Care,
    Product,
    Personal,
}

impl From<Role> for AccountRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Institutional => Self::Institutional,
            Role::Care => Self::Care,
            Role::Product => Self::Product,
            Role::Personal => Self::Personal,
        }
    }
}

/// A profile, with what is needed to speak of its query: that is read by the engine, which knows the query language.
#[derive(Clone, Debug, PartialEq)]
pub struct WrittenBrand {
    /// The profile.
    pub brand: Brand,
    /// The line of its query, from 1.
    pub query_line: usize,
}

/// Reads `brands.toml`, ordered by id.
pub(super) fn read(file: &str, text: &str) -> Result<Vec<Brand>, ConfigError> {
    Ok(read_brands(file, text)?.into_iter().map(|written| written.brand).collect())
}

/// Reads the text of brand profiles as a start of the server would, ordered by id. `file` is what errors call it.
///
/// # Errors
/// [`ConfigError::Invalid`] with the line and the mend; the first where there are several.
pub fn read_brands(file: &str, text: &str) -> Result<Vec<WrittenBrand>, ConfigError> {
    let parsed: File = toml::from_str(text).map_err(|error| ConfigError::of_toml(file, text, &error))?;
    let mut brands = BTreeMap::new();
    let mut owners = BTreeMap::new();
    for profile in parsed.brand {
        let place = profile.span();
        let refuse = |message: String| ConfigError::at(file, text, Some(&place), message);
        let profile = profile.into_inner();
        let id = profile.id;
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
            return Err(refuse(format!("the brand id `{id}` must be of lower-case letters a-z, digits and -")));
        }
        if profile.query.get_ref().trim().is_empty() {
            return Err(refuse(format!("the brand `{id}` needs a query that finds its mentions")));
        }
        let reply_threshold = profile.reply_threshold.unwrap_or(REPLY_THRESHOLD_DEFAULT);
        if !(0.0..=REPLY_THRESHOLD_MAX).contains(&reply_threshold) {
            return Err(refuse(format!(
                "the reply_threshold {reply_threshold} of brand `{id}` must be from 0 to {REPLY_THRESHOLD_MAX}"
            )));
        }
        let mut accounts = Vec::new();
        let mut own = BTreeSet::new();
        for account in profile.account {
            let place = account.span();
            let refuse = |message: String| ConfigError::at(file, text, Some(&place), message);
            let Account { platform, handle, role } = account.into_inner();
            if !coverage::is_platform(&platform) {
                return Err(refuse(coverage::wrong_platform(&platform)));
            }
            // Inside it blanks may stand: on forums and review sites an account is called as the house is.
            if handle.is_empty() || handle.starts_with('@') || handle.trim() != handle {
                return Err(refuse(format!("write the handle `{handle}` without @ and without blanks around it")));
            }
            let name = (platform.clone(), handle.to_lowercase());
            if !own.insert(name.clone()) {
                return Err(refuse(format!("the account {platform}:{handle} stands twice in brand `{id}`")));
            }
            if let Some(other) = owners.insert(name, id.clone()) {
                return Err(refuse(format!("the account {platform}:{handle} belongs to brand `{other}` already")));
            }
            accounts.push(BrandAccount { platform, handle, role: role.into() });
        }
        let refuse_at =
            |(place, message)| ConfigError::at(file, text, Some(&place), format!("brand `{id}`: {message}"));
        let coverage = match profile.coverage {
            None => None,
            Some(written) => Some(coverage::coverage(written.span(), written.into_inner()).map_err(&refuse_at)?),
        };
        let targets = coverage::targets(place.clone(), profile.target, coverage.as_ref()).map_err(&refuse_at)?;
        let responsible = responsible::responsible(profile.responsible).map_err(refuse_at)?;
        let query_line = line_of(text, profile.query.span().start);
        let reply = reply_rules::rules(profile.reply, &accounts)
            .map_err(|message| refuse(format!("brand `{id}`: {message}")))?;
        let priority_tags = points(profile.priority).map_err(|message| refuse(format!("brand `{id}`: {message}")))?;
        let brand = Brand {
            id: id.clone(),
            title: profile.title,
            query: profile.query.into_inner(),
            accounts,
            coverage,
            targets,
            responsible,
            reply_threshold,
            reply,
            priority_tags,
        };
        if brands.insert(id.clone(), WrittenBrand { brand, query_line }).is_some() {
            return Err(refuse(format!("the brand id `{id}` stands twice")));
        }
    }
    Ok(brands.into_values().collect())
}

/// Points by tag, as the profile says.
fn points(priority: Priority) -> Result<Vec<(String, i32)>, String> {
    let within = -PRIORITY_POINTS_MAX..=PRIORITY_POINTS_MAX;
    for (tag, points) in &priority.tags {
        if tag.trim().is_empty() || *points == 0 || !within.contains(points) {
            return Err(format!(
                "priority.tags: `{tag}` = {points}: name a tag, and give it 1 to {PRIORITY_POINTS_MAX} points, or as many below zero"
            ));
        }
    }
    Ok(priority.tags.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BRAND: &str = "[[brand]]\nid = \"a\"\ntitle = \"A\"\nquery = \"a\"\n\
        [[brand.account]]\nplatform = \"twitter\"\nhandle = \"Acare\"\nrole = \"care\"\n";

    #[test]
    fn reply_rules_are_read() {
        let text = format!(
            "{BRAND}[brand.reply]\nsignature = \"^{{agent}}\"\navoid = [\"保証\"]\nexclamations_max = 0\n\
             lengths = {{ twitter = 200 }}\nnumber_patterns = [\"A-####\"]\ngreetings = {{ it = [\"Ciao\"] }}\n\
             [[brand.reply.account]]\nplatform = \"twitter\"\nhandle = \"acare\"\nlanguage = \"it\"\n"
        );
        let brands = read("brands.toml", &text).unwrap();
        let reply = &brands[0].reply;
        assert_eq!((reply.signature.as_str(), reply.exclamations_max), ("^{agent}", Some(0)));
        assert_eq!((reply.lengths["twitter"], reply.greetings["it"].as_slice()), (200, &["Ciao".to_owned()][..]));
        assert_eq!((reply.avoid.len(), reply.number_patterns.len(), reply.accounts[0].language.as_str()), (1, 1, "it"));
    }

    #[test]
    fn reply_rules_that_cannot_be_kept_are_refused_with_key_and_mend() {
        for (rules, said) in [
            ("signature = \"^{agnet}\"", "{agent}"),
            ("avoid = [\"!!!\"]", "reply.avoid"),
            ("number_patterns = [\"ABC\"]", "# for each digit"),
            ("lengths = { twitter = 0 }", "reply.lengths.twitter"),
            ("greetings = { it = [] }", "reply.greetings.it"),
            ("greetings = { Italian = [\"Ciao\"] }", "language code"),
            ("avoids = [\"x\"]", "the nearest is `avoid`"),
            ("account = [{ platform = \"twitter\", handle = \"other\" }]", "[[brand.account]]"),
            (
                "account = [{ platform = \"twitter\", handle = \"acare\" }, { platform = \"twitter\", handle = \"Acare\" }]",
                "answer the same",
            ),
        ] {
            let error = read("brands.toml", &format!("{BRAND}[brand.reply]\n{rules}\n")).unwrap_err().to_string();
            assert!(error.contains(said) && error.starts_with("brands.toml, line "), "{rules}: {error}");
        }
    }
}
