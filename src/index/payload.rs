use serde::{Deserialize, Serialize};

/// What travels in every commit: whose image this is and how far it reaches.
///
/// It is replaced in one atomic step together with the list of segments, so it can never claim more, or less, than they hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Payload {
    /// The store whose log this is made from.
    pub(super) store: String,
    /// Everything up to here is in the index.
    pub(super) seq: u64,
    /// Of schema and tokenizer.
    pub(super) fingerprint: String,
}

impl Payload {
    pub(super) fn to_text(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// Reads the payload of an index; the reason why it cannot be continued otherwise.
    pub(super) fn check(text: Option<&str>, store: &str, fingerprint: &str, last_seq: u64) -> Result<Self, String> {
        let text = text.ok_or("it was never committed")?;
        let payload: Self = serde_json::from_str(text).map_err(|error| format!("its payload is not ours: {error}"))?;
        if payload.store != store {
            return Err(format!("it belongs to the store `{}`, this one is `{store}`", payload.store));
        }
        if payload.fingerprint != fingerprint {
            return Err("its schema or tokenizer is of another version".to_owned());
        }
        if payload.seq > last_seq {
            return Err(format!("it reaches to seq {}, but the log ends at {last_seq}", payload.seq));
        }
        Ok(payload)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_payload_is_continued() {
        let own = Payload { store: "s".into(), seq: 7, fingerprint: "f".into() };
        let text = own.to_text().unwrap();
        assert_eq!(Payload::check(Some(&text), "s", "f", 7), Ok(own));
        for (text, store, fingerprint, last_seq, reason) in [
            (None, "s", "f", 9, "never committed"),
            (Some("{}"), "s", "f", 9, "not ours"),
            (Some("\u{0}"), "s", "f", 9, "not ours"),
            (Some(text.as_str()), "t", "f", 9, "belongs to the store `s`"),
            (Some(text.as_str()), "s", "g", 9, "another version"),
            (Some(text.as_str()), "s", "f", 6, "the log ends at 6"),
        ] {
            let refused = Payload::check(text, store, fingerprint, last_seq).unwrap_err();
            assert!(refused.contains(reason), "{refused}");
        }
    }
}
