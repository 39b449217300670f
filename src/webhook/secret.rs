//! Deliveries are signed as [Standard Webhooks](https://www.standardwebhooks.com) has it, so that receivers in most languages find a
//! library that checks them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::{
    hmac,
    rand::{SecureRandom as _, SystemRandom},
};

use crate::model::WebhookSecret;

/// Begins a secret as it is shown, so that scanners of repositories know it for one.
pub const SECRET_PREFIX: &str = "whsec_";
/// As long as what HMAC-SHA256 gives: more adds nothing.
const SECRET_BYTES: usize = 32;

/// A secret nobody can guess; `None` where the system gives no random numbers.
#[must_use]
pub fn new_secret() -> Option<WebhookSecret> {
    let mut bytes = vec![0; SECRET_BYTES];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(WebhookSecret(bytes))
}

/// A secret as its owner is shown it, once.
#[must_use]
pub fn shown_secret(secret: &WebhookSecret) -> String {
    format!("{SECRET_PREFIX}{}", STANDARD.encode(&secret.0))
}

/// The signature of a delivery: over its id, the second it is sent in, and its body, so that neither can be used again with
/// another.
#[must_use]
pub fn signature(secret: &WebhookSecret, id: &str, timestamp: i64, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &secret.0);
    let mut context = hmac::Context::with_key(&key);
    context.update(format!("{id}.{timestamp}.").as_bytes());
    context.update(body);
    format!("v1,{}", STANDARD.encode(context.sign()))
}
