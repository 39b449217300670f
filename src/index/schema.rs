use tantivy::schema::{
    Field, IndexRecordOption, NumericOptions, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};

use super::tokenizer::{TERMS_TOKENIZER, TextTokenizer};
use crate::{
    query::{KeywordField, NumberField, TextField, TimeField},
    text::stemmed_languages,
};

/// The facts whose values can be counted.
pub const FACET_FIELDS: [KeywordField; 11] = [
    KeywordField::Platform,
    KeywordField::Type,
    KeywordField::Lang,
    KeywordField::Sentiment,
    KeywordField::Intent,
    KeywordField::Stage,
    KeywordField::Topic,
    KeywordField::Brand,
    KeywordField::Status,
    KeywordField::Country,
    KeywordField::Tag,
];

/// Column of the mention's number; also indexed, because updates find the old document by it.
pub(super) const NUMBER: &str = "number";
/// Column of the seq of the version.
pub(super) const SEQ: &str = "seq";
/// Indexed field of all facts.
const FACTS: &str = "facts";

/// Raise it when documents are filled differently in a way that neither the schema nor the probe text shows.
const FORMAT: u32 = 1;

/// Goes through the tokenizer in every language when the fingerprint is taken: a tokenizer that cuts differently, or a stemmer
/// that stems differently, makes a new index.
const PROBE: &str = "Größe caffè İstanbul ёлка й ﷺ كِتَاب שָׁלוֹם हिन्दी 東京タワー ไทย 한국어 #Fail @Handle $AAPL C++ AT&T 50% \
                     don't e-mail 😡👍🏽 https://example.com/A?b=c a.b@example.org ½ ① services службы servizi servicios services \
                     Dienste dienstverleningen usługami υπηρεσίες सेवाओं خدمات tjänster palveluita szolgáltatások hizmetler";

/// Where everything of a mention lies in the index.
#[derive(Clone, Debug)]
pub(super) struct Fields {
    /// By [`TextField`] as index.
    pub(super) texts: [Field; 5],
    /// Terms made by [`fact_term`] and [`set_term`].
    pub(super) facts: Field,
    pub(super) number: Field,
    pub(super) seq: Field,
    /// Microseconds since 1970.
    pub(super) published: Field,
    /// Microseconds since 1970.
    pub(super) ingested: Field,
    /// As [`crate::query::document::sample`] gives it.
    pub(super) sample: Field,
    /// By [`NumberField`] as index.
    pub(super) numbers: [Field; NumberField::ALL.len()],
    /// By place in [`FACET_FIELDS`].
    pub(super) facets: [Field; 11],
}

/// The schema and its fields. There is one schema only; it is built the same way every time.
pub(super) fn build() -> (Schema, Fields) {
    let (builder, fields) = builder();
    (builder.build(), fields)
}

/// The same, to be added to.
pub(super) fn builder() -> (SchemaBuilder, Fields) {
    let mut builder = Schema::builder();
    let words = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(TERMS_TOKENIZER)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions),
    );
    let facts = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_index_option(IndexRecordOption::Basic)
            .set_fieldnorms(false),
    );
    // Counted, never looked up: a column without postings.
    let facet = TextOptions::default().set_fast("raw");
    let column = NumericOptions::default().set_fast();

    let fields = Fields {
        texts: TextField::ALL.map(|field| builder.add_text_field(field.name(), words.clone())),
        facts: builder.add_text_field(FACTS, facts),
        number: builder.add_u64_field(NUMBER, column.clone().set_indexed()),
        seq: builder.add_u64_field(SEQ, column.clone()),
        published: builder.add_i64_field(TimeField::Published.name(), column.clone()),
        ingested: builder.add_i64_field(TimeField::Ingested.name(), column.clone()),
        sample: builder.add_u64_field("sample", column.clone()),
        numbers: numbers(&mut builder, &column),
        facets: FACET_FIELDS.map(|field| builder.add_text_field(field.name(), facet.clone())),
    };
    (builder, fields)
}

fn numbers(builder: &mut SchemaBuilder, column: &NumericOptions) -> [Field; NumberField::ALL.len()] {
    std::array::from_fn(|index| builder.add_f64_field(NumberField::ALL[index].name(), column.clone()))
}

impl Fields {
    pub(super) fn text(&self, field: TextField) -> Field {
        self.texts[field as usize]
    }

    pub(super) fn number_of(&self, field: NumberField) -> Field {
        self.numbers[field as usize]
    }
}

/// The term that stands for "one of the values of this field is that".
pub(super) fn write_fact_term(term: &mut String, field: KeywordField, value: &str) {
    term.clear();
    term.push_str(field.name());
    term.push(':');
    term.push_str(value);
}

/// The same as a new string.
pub(super) fn fact_term(field: KeywordField, value: &str) -> String {
    let mut term = String::with_capacity(field.name().len() + 1 + value.len());
    write_fact_term(&mut term, field, value);
    term
}

/// The term that stands for "this field has a value". It has no colon, so no value can look like it.
pub(super) fn set_term(field: KeywordField) -> &'static str {
    field.name()
}

/// The same for a field of words.
pub(super) fn text_set_term(field: TextField) -> &'static str {
    field.name()
}

/// Changes whenever documents made now would differ from those made before.
pub(super) fn fingerprint(schema: &Schema) -> Result<String, serde_json::Error> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&FORMAT.to_le_bytes());
    hasher.update(serde_json::to_string(schema)?.as_bytes());
    for language in stemmed_languages() {
        TextTokenizer::for_each_term(PROBE, language, |position, term| {
            hasher.update(&position.to_le_bytes());
            hasher.update(term.as_bytes());
            hasher.update(&[0]);
        });
    }
    Ok(hasher.finalize().to_hex().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enums_index_their_fields() {
        let (schema, fields) = build();
        for field in TextField::ALL {
            assert_eq!(schema.get_field_name(fields.text(field)), field.name());
        }
        for &field in NumberField::ALL {
            assert_eq!(schema.get_field_name(fields.number_of(field)), field.name());
        }
    }

    #[test]
    fn no_value_looks_like_a_set_marker() {
        for &field in KeywordField::ALL {
            for value in ["", "*", ":", "tag"] {
                assert!(KeywordField::ALL.iter().all(|&other| set_term(other) != fact_term(field, value)));
            }
            assert!(TextField::ALL.iter().all(|&text| text_set_term(text) != set_term(field)));
        }
    }

    #[test]
    fn the_fingerprint_is_stable_within_a_build() {
        let (schema, _) = build();
        assert_eq!(fingerprint(&schema).unwrap(), fingerprint(&build().0).unwrap());
    }
}
