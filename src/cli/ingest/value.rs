use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Map, Value};

/// What is wrong with one field of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Fault {
    /// Its path, e.g. `author.followers`; empty where the whole record is wrong.
    pub(in crate::cli) field: String,
    /// What is wrong and how to mend it.
    pub(in crate::cli) message: String,
}

impl Fault {
    pub(super) fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

/// A JSON object that is read field by field and remembers which were read. Absent, `null` and blank are the same.
pub(super) struct Object<'a> {
    map: &'a Map<String, Value>,
    prefix: &'static str,
    read: BTreeSet<&'static str>,
}

impl<'a> Object<'a> {
    /// `prefix` stands before the names of its fields in messages: empty, or ending in a dot.
    pub(super) fn new(map: &'a Map<String, Value>, prefix: &'static str) -> Self {
        Self { map, prefix, read: BTreeSet::new() }
    }

    /// Paths of the fields nobody asked for.
    pub(super) fn unread(&self) -> impl Iterator<Item = String> {
        self.map.keys().filter(|key| !self.read.contains(key.as_str())).map(|key| format!("{}{key}", self.prefix))
    }

    pub(super) fn text(&mut self, key: &'static str) -> Result<String, Fault> {
        match self.value(key) {
            None => Ok(String::new()),
            Some(value) => text_of(value, || self.path(key)),
        }
    }

    pub(super) fn required_text(&mut self, key: &'static str) -> Result<String, Fault> {
        let text = self.text(key)?;
        if text.is_empty() {
            return Err(self.fault(key, "is missing; every mention has one"));
        }
        Ok(text)
    }

    pub(super) fn texts(&mut self, key: &'static str) -> Result<Vec<String>, Fault> {
        match self.value(key) {
            None => Ok(Vec::new()),
            Some(Value::Array(values)) => values
                .iter()
                .enumerate()
                .map(|(place, value)| text_of(value, || format!("{}[{place}]", self.path(key))))
                .collect(),
            Some(other) => Err(self.fault(key, format!("is {}; write a list of texts", sort(other)))),
        }
    }

    pub(super) fn moment(&mut self, key: &'static str) -> Result<Option<Timestamp>, Fault> {
        const FORM: &str = "write RFC 3339 with a zone, e.g. 2026-11-21T08:00:00Z";
        match self.value(key) {
            None => Ok(None),
            Some(Value::String(text)) => {
                text.trim().parse().map(Some).map_err(|_| self.fault(key, format!("`{text}` is no time; {FORM}")))
            }
            Some(other) => Err(self.fault(key, format!("is {}; {FORM}", sort(other)))),
        }
    }

    pub(super) fn count(&mut self, key: &'static str) -> Result<Option<u64>, Fault> {
        let Some(value) = self.value(key) else { return Ok(None) };
        let written =
            written_number(value).ok_or_else(|| self.fault(key, format!("is {}; write a number", sort(value))))?;
        // Some tools write every number with a fraction.
        let whole = written.strip_suffix(".0").unwrap_or(&written);
        whole.parse().map(Some).map_err(|_| self.fault(key, format!("`{written}` is no whole number from 0 on")))
    }

    pub(super) fn number(&mut self, key: &'static str) -> Result<Option<f64>, Fault> {
        let Some(value) = self.value(key) else { return Ok(None) };
        let written =
            written_number(value).ok_or_else(|| self.fault(key, format!("is {}; write a number", sort(value))))?;
        match written.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Some(number)),
            _ => Err(self.fault(key, format!("`{written}` is no number"))),
        }
    }

    pub(super) fn truth(&mut self, key: &'static str) -> Result<bool, Fault> {
        match self.value(key) {
            None => Ok(false),
            Some(Value::Bool(truth)) => Ok(*truth),
            Some(value) => match written_number(value).unwrap_or_default().to_lowercase().as_str() {
                "true" | "1" => Ok(true),
                "false" | "0" => Ok(false),
                other => Err(self.fault(key, format!("`{other}` is neither true nor false"))),
            },
        }
    }

    pub(super) fn object(&mut self, key: &'static str) -> Result<Option<&'a Map<String, Value>>, Fault> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::Object(map)) => Ok(Some(map)),
            Some(other) => Err(self.fault(key, format!("is {}; write an object", sort(other)))),
        }
    }

    fn value(&mut self, key: &'static str) -> Option<&'a Value> {
        self.read.insert(key);
        self.map.get(key).filter(|value| match value {
            Value::Null => false,
            Value::String(text) => !text.trim().is_empty(),
            _ => true,
        })
    }

    fn path(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    fn fault(&self, key: &str, message: impl Into<String>) -> Fault {
        Fault::new(self.path(key), message)
    }
}

/// Ids come as numbers from many tools; their digits are the text.
fn text_of(value: &Value, path: impl Fn() -> String) -> Result<String, Fault> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        other => Err(Fault::new(path(), format!("is {}; write a text", sort(other)))),
    }
}

fn written_number(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.trim().to_owned()),
        _ => None,
    }
}

fn sort(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
