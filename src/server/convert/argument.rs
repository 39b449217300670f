use super::{
    checks::{rejection, shown, within, without_control},
    editor_from_wire, mention_name_from_wire, page_size_from_wire, time_to_wire,
};
use crate::{
    base::{
        Timestamp,
        limits::{ARGUMENT_ID_BYTES_MAX, QUERY_BYTES_MAX, SUGGESTIONS_DEFAULT, SUGGESTIONS_MAX},
    },
    engine::{
        ArgumentImport, Coverage, CoverageRequest, DuplicateArguments, EngineError, ImportOutcome, Proposal, Rejection,
        SuggestRequest, SuggestWhat, SuggestedReply, Suggestions,
    },
    model::{Argument, ArgumentExample, ResponsiblePerson, StandardAnswer},
    proto::v1::{self as wire, argument_import::Outcome},
    server::{
        convert::time::any_time_from_wire,
        status::{reason, status_from_engine},
    },
};

/// Takes an entry of the argument base from the wire, with who edits it. Whatever the server sets by itself is left out. What its parts may be
/// is the engine's affair.
pub(crate) fn argument_from_wire(wire: Option<wire::Argument>, editor: &str) -> Result<Argument, EngineError> {
    let wire = wire.ok_or_else(|| invalid(rejection("argument", "is missing; give its id and its title")))?;
    let moment = |field: &str, time: Option<prost_types::Timestamp>| {
        time.map(|time| any_time_from_wire(field, time)).transpose().map_err(invalid)
    };
    let responsible = wire.responsible.unwrap_or_default();
    let example = |example: wire::ArgumentExample| ArgumentExample {
        text: example.text,
        language: example.language,
        mention: String::new(),
    };
    let answer = |answer: wire::StandardAnswer| StandardAnswer { language: answer.language, text: answer.text };
    Ok(Argument {
        id: argument_id_from_wire("argument.id", wire.id)?,
        brand: wire.brand,
        title: wire.title,
        examples: wire.examples.into_iter().map(example).collect(),
        answers: wire.answers.into_iter().map(answer).collect(),
        theses: wire.theses,
        responsible: ResponsiblePerson { name: responsible.name, contact: responsible.contact },
        links: wire.links,
        valid_from: moment("argument.valid_from", wire.valid_from)?,
        valid_until: moment("argument.valid_until", wire.valid_until)?,
        tags: wire.tags,
        revision: 0,
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
        editor: editor_from_wire(editor)?,
    })
}

/// Checks the id of an entry of the argument base.
pub(crate) fn argument_id_from_wire(field: &str, id: String) -> Result<String, EngineError> {
    if id.is_empty() {
        return Err(invalid(rejection(field, "is empty; give the id of an argument, e.g. `card-lost`")));
    }
    within(field, &id, ARGUMENT_ID_BYTES_MAX).map_err(invalid)?;
    if id.bytes().all(|letter| matches!(letter, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.')) {
        return Ok(id);
    }
    let message = format!("{} is no id; allowed are lower-case letters a to z, digits, `-`, `_` and `.`", shown(&id));
    Err(invalid(rejection(field, message)))
}

/// An entry for the wire.
pub(crate) fn argument_to_wire(argument: Argument) -> wire::Argument {
    let ResponsiblePerson { name, contact } = argument.responsible.clone();
    let is_named = !name.is_empty() || !contact.is_empty();
    wire::Argument {
        etag: argument.etag(),
        id: argument.id,
        brand: argument.brand,
        title: argument.title,
        examples: argument.examples.into_iter().map(example_to_wire).collect(),
        answers: argument.answers.into_iter().map(answer_to_wire).collect(),
        theses: argument.theses,
        responsible: is_named.then_some(wire::ResponsiblePerson { name, contact }),
        links: argument.links,
        valid_from: argument.valid_from.map(time_to_wire),
        valid_until: argument.valid_until.map(time_to_wire),
        tags: argument.tags,
        created_at: Some(time_to_wire(argument.created_at)),
        updated_at: Some(time_to_wire(argument.updated_at)),
        editor: argument.editor,
    }
}

/// An example for the wire.
pub(crate) fn example_to_wire(example: ArgumentExample) -> wire::ArgumentExample {
    wire::ArgumentExample { text: example.text, language: example.language, mention: example.mention }
}

fn answer_to_wire(answer: StandardAnswer) -> wire::StandardAnswer {
    wire::StandardAnswer { language: answer.language, text: answer.text }
}

/// What became of an entry that was to be imported.
pub(crate) fn import_to_wire(id: String, answer: Result<ArgumentImport, EngineError>) -> wire::ArgumentImport {
    match answer {
        Ok(ArgumentImport { argument, outcome }) => {
            let outcome = match outcome {
                ImportOutcome::Created => Outcome::Created,
                ImportOutcome::Updated => Outcome::Updated,
                ImportOutcome::Unchanged => Outcome::Unchanged,
            };
            wire::ArgumentImport { id: argument.id, outcome: outcome.into(), ..wire::ArgumentImport::default() }
        }
        Err(error) => {
            let status = status_from_engine(&error);
            wire::ArgumentImport {
                id,
                outcome: Outcome::Refused.into(),
                code: status.code().into(),
                reason: reason(&status),
                message: status.message().to_owned(),
            }
        }
    }
}

/// Takes a question to the argument base from the wire.
pub(crate) fn suggest_from_wire(wire: wire::SuggestRepliesRequest) -> Result<SuggestRequest, EngineError> {
    let what = match (wire.name.is_empty(), wire.text.is_empty()) {
        (false, true) => SuggestWhat::Mention(mention_name_from_wire("name", &wire.name)?),
        (true, false) => {
            without_control("language", &wire.language).map_err(invalid)?;
            SuggestWhat::Text { text: wire.text, language: wire.language }
        }
        (true, true) => return Err(invalid(rejection("name", "and `text` are both empty; give one of them"))),
        (false, false) => return Err(invalid(rejection("text", "stands beside `name`; give one of them"))),
    };
    let count = page_size_from_wire(wire.count, SUGGESTIONS_DEFAULT, SUGGESTIONS_MAX).map_err(|_| {
        let message = format!("is {}; 1 to {SUGGESTIONS_MAX} are allowed, 0 means {SUGGESTIONS_DEFAULT}", wire.count);
        invalid(rejection("count", message))
    })?;
    Ok(SuggestRequest { what, brand: wire.brand, count })
}

/// What the argument base says, for the wire.
pub(crate) fn suggestions_to_wire(told: Suggestions) -> wire::SuggestRepliesResponse {
    let language = told.language;
    let reply = |reply: SuggestedReply| wire::SuggestedReply {
        other_language: reply.answer.is_some() && !reply.answers_in(&language),
        argument: Some(argument_to_wire((*reply.argument).clone())),
        score: reply.score,
        words: reply.words,
        example: Some(example_to_wire(reply.example)),
        answer: reply.answer.map(answer_to_wire),
    };
    wire::SuggestRepliesResponse {
        none_fits: told.replies.is_empty(),
        suggestions: told.replies.into_iter().map(reply).collect(),
        best_score: told.best_score,
        best_argument: told.best,
        threshold: told.threshold,
        language,
    }
}

/// A pair of duplicates for the wire.
pub(crate) fn duplicates_to_wire(pair: DuplicateArguments) -> wire::DuplicateArguments {
    wire::DuplicateArguments {
        one: pair.one.id.clone(),
        other: pair.other.id.clone(),
        one_title: pair.one.title.clone(),
        other_title: pair.other.title.clone(),
        score: pair.score,
        words: pair.words,
    }
}

/// Takes the question for a coverage from the wire.
pub(crate) fn coverage_from_wire(wire: wire::GetArgumentCoverageRequest) -> Result<CoverageRequest, EngineError> {
    within("query", &wire.query, QUERY_BYTES_MAX).map_err(invalid)?;
    let moment = |field: &str, time: Option<prost_types::Timestamp>| {
        time.map(|time| any_time_from_wire(field, time)).transpose().map_err(invalid)
    };
    Ok(CoverageRequest {
        created_from: moment("created_from", wire.created_from)?,
        created_before: moment("created_before", wire.created_before)?,
        query: wire.query,
        time_zone: wire.time_zone,
        brand: wire.brand,
    })
}

/// A coverage for the wire.
pub(crate) fn coverage_to_wire(coverage: Coverage) -> wire::GetArgumentCoverageResponse {
    let proposal = |proposal: Proposal| wire::ArgumentProposal {
        requests: proposal.requests,
        words: proposal.words,
        languages: proposal
            .languages
            .into_iter()
            .map(|(language, requests)| wire::LanguageCount { language, requests })
            .collect(),
        sample: proposal
            .sample
            .into_iter()
            .map(|(name, text)| wire::ProposalRequest { name: name.to_string(), text })
            .collect(),
    };
    wire::GetArgumentCoverageResponse {
        mentions: coverage.mentions,
        looked_at: coverage.looked_at,
        requests: coverage.requests,
        covered: coverage.covered,
        used: coverage
            .used
            .into_iter()
            .map(|used| wire::ArgumentUse {
                argument: used.argument.id.clone(),
                title: used.argument.title.clone(),
                requests: used.requests,
            })
            .collect(),
        proposals: coverage.proposals.into_iter().map(proposal).collect(),
        created_from: Some(time_to_wire(coverage.created_from)),
        visible_seq: coverage.visible_seq.0,
    }
}

fn invalid(rejection: Rejection) -> EngineError {
    EngineError::InvalidArgument { field: rejection.field, message: rejection.message }
}
