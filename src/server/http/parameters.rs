//! The query string of an address, as the JSON of the message it stands for.

use std::borrow::Cow;

use axum::extract::Query;
use http::Uri;
use prost_reflect::{Cardinality, FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value};

/// The parameters of an address, decoded, in their order.
///
/// # Errors
/// They are not percent-encoded UTF-8.
pub(super) fn parameters(uri: &Uri) -> Result<Vec<(String, String)>, String> {
    // The decoder would put U+FFFD in their place, and the question would be another one than was asked.
    if !is_utf8(uri.query().unwrap_or_default()) {
        return Err("the query string cannot be read: what is percent-encoded there must be UTF-8".to_owned());
    }
    match Query::try_from_uri(uri) {
        Ok(Query(parameters)) => Ok(parameters),
        Err(error) => Err(format!("the query string cannot be read: {error}")),
    }
}

/// Whether a text is UTF-8 when its `%XX` have become bytes.
fn is_utf8(encoded: &str) -> bool {
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let [byte, after @ ..] = rest {
        let hex = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(|_| *byte == b'%') {
            Some(escaped) => {
                decoded.push(escaped);
                rest = &after[2..];
            }
            None => {
                decoded.push(*byte);
                rest = after;
            }
        }
    }
    std::str::from_utf8(&decoded).is_ok()
}

/// A JSON object with the parameters as fields of the message. `q` stands for `query`; enum values may be written as
/// words (`newest`); a list is a parameter given several times, or values with commas between.
///
/// # Errors
/// A parameter the message has no field for, one that is given twice, or a word that is none of its values.
pub(super) fn as_json(message: &MessageDescriptor, parameters: Vec<(String, String)>) -> Result<Value, String> {
    let mut object = Map::new();
    for (name, value) in parameters {
        let field = field(message, &name).ok_or_else(|| unknown(message, &name))?;
        let key = field.json_name().to_owned();
        if field.cardinality() == Cardinality::Repeated {
            let values = value.split(',').filter(|value| !value.is_empty()).map(|value| json_value(&field, value));
            match object.entry(key).or_insert_with(|| Value::Array(Vec::new())) {
                Value::Array(list) => list.extend(values.collect::<Result<Vec<_>, _>>()?),
                _ => return Err(format!("parameter `{name}` cannot be a list")),
            }
        } else if object.insert(key, json_value(&field, &value)?).is_some() {
            return Err(format!("parameter `{name}` is given twice; give it once"));
        }
    }
    Ok(Value::Object(object))
}

/// Fields that a word or a number can be written for.
fn field(message: &MessageDescriptor, name: &str) -> Option<FieldDescriptor> {
    let name = if name == "q" { "query" } else { name };
    let field = message.get_field_by_name(name).or_else(|| message.get_field_by_json_name(name))?;
    is_plain(&field).then_some(field)
}

fn is_plain(field: &FieldDescriptor) -> bool {
    match field.kind() {
        Kind::Message(message) => message.full_name() == "google.protobuf.Timestamp",
        _ => true,
    }
}

fn unknown(message: &MessageDescriptor, name: &str) -> String {
    let shown: String = name.chars().take(64).collect();
    let known: Vec<String> = message.fields().filter(is_plain).map(|field| format!("`{}`", field.name())).collect();
    if known.is_empty() {
        return format!("there is no parameter `{shown}`; none is taken here");
    }
    format!("there is no parameter `{shown}`; known are {}", known.join(", "))
}

/// The mapping reads numbers and times from strings; only truth values and enum words need help.
fn json_value(field: &FieldDescriptor, value: &str) -> Result<Value, String> {
    match field.kind() {
        Kind::Bool => match value {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(format!("parameter `{}` must be `true` or `false`", field.name())),
        },
        Kind::Enum(descriptor) => {
            // `newest` of `Sort` is `SORT_NEWEST`: our enums all carry their name in front.
            let prefix = format!("{}_", upper_snake(descriptor.name()));
            let upper = value.to_ascii_uppercase();
            let names = [format!("{prefix}{upper}"), upper];
            if let Some(name) = names.into_iter().find(|name| descriptor.get_value_by_name(name).is_some()) {
                return Ok(Value::String(name));
            }
            let known = descriptor.values().filter(|value| value.number() != 0);
            let known = known.map(|value| value.name().trim_start_matches(&prefix).to_ascii_lowercase());
            let known = known.collect::<Vec<_>>().join(", ");
            Err(format!("parameter `{}` has no such value; known are {known}", field.name()))
        }
        _ => Ok(Value::String(value.to_owned())),
    }
}

fn upper_snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for (at, letter) in name.char_indices() {
        if at > 0 && letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_uppercase());
    }
    snake
}

/// The field `name` from the variables of an address, and every other variable under its own name.
pub(super) fn path_fields<'a>(variables: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<(&'static str, String)> {
    let (mut platform, mut external_id, mut fields) = (Cow::Borrowed(""), None, Vec::new());
    for (name, value) in variables {
        match name {
            "platform" => platform = Cow::Owned(value.to_owned()),
            "external_id" => external_id = Some(value),
            "id" => fields.push(("id", value.to_owned())),
            "name" => fields.push(("name", value.to_owned())),
            "brand" => fields.push(("brand", value.to_owned())),
            _ => {}
        }
    }
    if let Some(external_id) = external_id {
        fields.push(("name", format!("{platform}/{external_id}")));
    }
    fields
}

#[cfg(test)]
mod tests {
    use prost_reflect::DescriptorPool;
    use serde_json::json;

    use super::*;

    fn search(uri: &str) -> Result<Value, String> {
        let pool = DescriptorPool::decode(crate::proto::DESCRIPTORS).unwrap();
        let message = pool.get_message_by_name("ascolto.v1.SearchRequest").unwrap();
        as_json(&message, parameters(&uri.parse().unwrap())?)
    }

    #[test]
    fn parameters_become_fields() {
        let shown = search(
            "/v1/mentions:search?q=caff%C3%A8+AND%20lang:it&page_size=5&sort=newest&facets=lang,type&facets=brand",
        );
        let expected = json!({
            "query": "caffè AND lang:it", "pageSize": "5", "sort": "SORT_NEWEST", "facets": ["lang", "type", "brand"],
        });
        assert_eq!(shown.unwrap(), expected);
        assert_eq!(search("/x?pageSize=5&minSeq=9").unwrap(), json!({"pageSize": "5", "minSeq": "9"}));
        assert_eq!(search("/x").unwrap(), json!({}));
        let time = json!({"createdFrom": "2026-11-20T00:00:00Z"});
        assert_eq!(search("/x?created_from=2026-11-20T00:00:00Z").unwrap(), time);
    }

    #[test]
    fn wrong_parameters_are_named() {
        let unknown = search("/x?limit=5").unwrap_err();
        assert!(unknown.starts_with("there is no parameter `limit`; known are `query`, `created_from`"), "{unknown}");
        let sort = search("/x?sort=best").unwrap_err();
        assert_eq!(sort, "parameter `sort` has no such value; known are newest, oldest, relevance, reach, engagement");
        assert_eq!(search("/x?q=a&query=b").unwrap_err(), "parameter `query` is given twice; give it once");
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        for uri in ["/x?q=caf%E9", "/x?q=%FF", "/x?q=%C3&page_size=5"] {
            assert!(search(uri).unwrap_err().contains("must be UTF-8"), "{uri}");
        }
        // A sign that stands for itself.
        assert_eq!(search("/x?q=50%25+%zz%").unwrap(), json!({"query": "50% %zz%"}));
    }

    #[test]
    fn a_name_is_put_together_again() {
        let variables = [("platform", "forum"), ("external_id", "thread/7")];
        assert_eq!(path_fields(variables.into_iter()), [("name", "forum/thread/7".to_owned())]);
        for field in ["id", "name", "brand"] {
            assert_eq!(path_fields([(field, "a")].into_iter()), [(field, "a".to_owned())]);
        }
    }
}
