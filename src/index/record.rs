use tantivy::TantivyDocument;

use super::{
    schema::{FACET_FIELDS, Fields, set_term, text_set_term, write_fact_term},
    tokenizer::text_in,
};
use crate::{
    model::Version,
    query::{KeywordField, NumberField, TextField, TimeField, document},
};

/// What the index keeps of a version: exactly what [`document`] offers to queries.
pub(super) fn record(version: &Version, fields: &Fields) -> TantivyDocument {
    let mut record = TantivyDocument::new();
    record.add_u64(fields.number, version.number.0);
    record.add_u64(fields.seq, version.seq.0);
    record.add_i64(fields.published, document::time(version, TimeField::Published).as_microsecond());
    record.add_i64(fields.ingested, document::time(version, TimeField::Ingested).as_microsecond());
    record.add_u64(fields.sample, document::sample(&version.mention.name).into());
    for field in TextField::ALL {
        let text = document::text(version, field);
        if !text.is_empty() {
            record.add_text(fields.text(field), text_in(document::language(version), &text));
        }
        if document::has_text(version, field) {
            record.add_text(fields.facts, text_set_term(field));
        }
    }
    for &field in NumberField::ALL {
        if let Some(value) = document::number(version, field).and_then(column_value) {
            record.add_f64(fields.number_of(field), value);
        }
    }
    add_keywords(&mut record, version, fields);
    record
}

fn add_keywords(record: &mut TantivyDocument, version: &Version, fields: &Fields) {
    let mut term = String::new();
    let mut marked: Option<KeywordField> = None;
    for (field, value) in document::keywords(version) {
        write_fact_term(&mut term, field, &value);
        record.add_text(fields.facts, &term);
        // Ordered by field: one marker for all values.
        if marked != Some(field) {
            record.add_text(fields.facts, set_term(field));
            marked = Some(field);
        }
        if let Some(place) = FACET_FIELDS.iter().position(|&facet| facet == field) {
            record.add_text(fields.facets[place], &value);
        }
    }
}

/// Columns are compared by their bits: `-0.0` would lie below zero, and a NaN above everything while no range holds it.
pub(super) fn column_value(value: f64) -> Option<f64> {
    (!value.is_nan()).then_some(value + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_get_no_value_that_sorts_wrongly() {
        assert_eq!(column_value(f64::NAN), None);
        assert_eq!(column_value(-0.0).map(f64::to_bits), Some(0.0_f64.to_bits()));
        assert_eq!(column_value(f64::NEG_INFINITY), Some(f64::NEG_INFINITY));
    }
}
