use prost::Message as _;

use super::read::time;
use crate::{
    base::Timestamp,
    model::{Argument, ArgumentExample, ResponsiblePerson, StandardAnswer},
    proto::record::{ArgumentExampleRecord, ArgumentRecord, StandardAnswerRecord},
};

pub(in crate::store) fn encode_argument(argument: &Argument) -> Vec<u8> {
    let example = |example: &ArgumentExample| ArgumentExampleRecord {
        text: example.text.clone(),
        language: example.language.clone(),
        mention: example.mention.clone(),
    };
    let answer =
        |answer: &StandardAnswer| StandardAnswerRecord { language: answer.language.clone(), text: answer.text.clone() };
    ArgumentRecord {
        id: argument.id.clone(),
        brand: argument.brand.clone(),
        title: argument.title.clone(),
        examples: argument.examples.iter().map(example).collect(),
        answers: argument.answers.iter().map(answer).collect(),
        theses: argument.theses.clone(),
        responsible_name: argument.responsible.name.clone(),
        responsible_contact: argument.responsible.contact.clone(),
        links: argument.links.clone(),
        valid_from_us: argument.valid_from.map(Timestamp::as_microsecond),
        valid_until_us: argument.valid_until.map(Timestamp::as_microsecond),
        tags: argument.tags.clone(),
        revision: argument.revision,
        created_at_us: argument.created_at.as_microsecond(),
        updated_at_us: argument.updated_at.as_microsecond(),
        editor: argument.editor.clone(),
    }
    .encode_to_vec()
}

pub(in crate::store) fn decode_argument(body: &[u8]) -> Result<Argument, String> {
    let record = ArgumentRecord::decode(body).map_err(|error| error.to_string())?;
    let example = |ArgumentExampleRecord { text, language, mention }| ArgumentExample { text, language, mention };
    let answer = |StandardAnswerRecord { language, text }| StandardAnswer { language, text };
    Ok(Argument {
        id: record.id,
        brand: record.brand,
        title: record.title,
        examples: record.examples.into_iter().map(example).collect(),
        answers: record.answers.into_iter().map(answer).collect(),
        theses: record.theses,
        responsible: ResponsiblePerson { name: record.responsible_name, contact: record.responsible_contact },
        links: record.links,
        valid_from: record.valid_from_us.map(|at| time("valid_from_us", at)).transpose()?,
        valid_until: record.valid_until_us.map(|at| time("valid_until_us", at)).transpose()?,
        tags: record.tags,
        revision: record.revision,
        created_at: time("created_at_us", record.created_at_us)?,
        updated_at: time("updated_at_us", record.updated_at_us)?,
        editor: record.editor,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_reads_back() {
        let moment = |us| Timestamp::from_microsecond(us).unwrap();
        let argument = Argument {
            id: "card-lost".into(),
            brand: "luna-bank".into(),
            title: "Карта потеряна".into(),
            examples: vec![
                ArgumentExample {
                    text: "ทำบัตรหาย".into(), language: "th".into(), mention: String::new()
                },
                ArgumentExample { text: "lost it".into(), language: String::new(), mention: "x/1".into() },
            ],
            answers: vec![StandardAnswer { language: "it".into(), text: "La blocchiamo subito".into() }],
            theses: vec!["blocking is free".into()],
            responsible: ResponsiblePerson { name: "Anna".into(), contact: "desk 4".into() },
            links: vec!["https://luna.example/card".into()],
            valid_from: Some(moment(1)),
            valid_until: Some(moment(2)),
            tags: vec!["card".into()],
            revision: 3,
            created_at: moment(4),
            updated_at: moment(5),
            editor: "ben".into(),
        };
        assert_eq!(decode_argument(&encode_argument(&argument)).unwrap(), argument);
        let open = Argument { valid_from: None, valid_until: None, ..argument };
        assert_eq!(decode_argument(&encode_argument(&open)).unwrap(), open);
        assert!(decode_argument(&[0xff]).is_err());
    }
}
