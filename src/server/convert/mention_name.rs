use crate::{
    engine::EngineError,
    model::MentionName,
    server::convert::checks::{external_id, platform, rejection, shown},
};

/// Reads and checks `platform/external_id`.
pub(crate) fn mention_name_from_wire(field: &str, name: &str) -> Result<MentionName, EngineError> {
    let parsed = MentionName::parse(name)
        .ok_or_else(|| rejection(field, format!("{} is not of the form `platform/external_id`", shown(name))));
    parsed
        .and_then(|parsed| {
            platform(field, &parsed.platform)?;
            external_id(field, &parsed.external_id)?;
            Ok(parsed)
        })
        .map_err(|at_fault| EngineError::InvalidArgument { field: at_fault.field, message: at_fault.message })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_platform_and_anything_after_the_first_slash() {
        let name = mention_name_from_wire("name", "forum/thread/7?page=2").unwrap();
        assert_eq!((name.platform.as_str(), name.external_id.as_str()), ("forum", "thread/7?page=2"));
    }

    #[test]
    fn a_bad_name_is_an_invalid_argument_with_its_field() {
        for (name, message) in [
            ("", "name: `` is not of the form `platform/external_id`"),
            ("twitter", "name: `twitter` is not of the form `platform/external_id`"),
            ("twitter/", "name: `twitter/` is not of the form `platform/external_id`"),
            ("Twitter/1", "name: `Twitter` has upper-case letters; write `twitter`"),
            ("twitter/a\u{7}", "name: `a\\u{7}` has the control character U+0007; remove it"),
        ] {
            assert_eq!(mention_name_from_wire("name", name).unwrap_err().to_string(), message);
        }
    }
}
