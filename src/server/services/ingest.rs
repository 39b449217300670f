use std::pin::Pin;

use futures_util::Stream;
use tonic::{Request, Response, Status, Streaming};

use super::{Context, ingest_stream::acknowledgements};
use crate::{
    base::{Timestamp, limits::BATCH_MENTIONS_MAX},
    engine::{Acknowledgement, Outcome, Rejection},
    model::Mention,
    proto::v1::{self as wire, ingest_service_server::IngestService},
    server::{
        convert::{mention_from_wire, mention_name_from_wire},
        layers::guarded_stream,
        metrics::Metrics,
        status::{internal, too_many},
    },
};

/// How mentions come in and go.
pub(crate) struct Ingest(pub(crate) Context);

#[tonic::async_trait]
impl IngestService for Ingest {
    type IngestStream = Pin<Box<dyn Stream<Item = Result<wire::IngestResponse, Status>> + Send>>;

    async fn ingest(
        &self,
        request: Request<Streaming<wire::IngestRequest>>,
    ) -> Result<Response<Self::IngestStream>, Status> {
        let answers = acknowledgements(self.0.clone(), request.into_inner());
        Ok(Response::new(Box::pin(guarded_stream(answers))))
    }

    async fn ingest_batch(
        &self,
        request: Request<wire::IngestBatchRequest>,
    ) -> Result<Response<wire::IngestBatchResponse>, Status> {
        let checked = Checked::from_wire(request.into_inner().mentions, self.0.clock.now())?;
        let acknowledged = if checked.accepted.is_empty() {
            Vec::new()
        } else {
            self.0.engine.submit(checked.accepted).await?.acknowledged().await?
        };
        let acknowledgements = checked.rejections.answer(0, acknowledged, &self.0.metrics)?;
        Ok(Response::new(wire::IngestBatchResponse { acknowledgements }))
    }

    async fn delete(&self, request: Request<wire::DeleteRequest>) -> Result<Response<wire::DeleteResponse>, Status> {
        let name = mention_name_from_wire("name", &request.into_inner().name)?;
        let seq = self.0.engine.delete(&name).await?;
        Ok(Response::new(wire::DeleteResponse { seq: seq.0 }))
    }
}

/// The mentions of one message, good and bad apart.
pub(super) struct Checked {
    pub(super) accepted: Vec<Mention>,
    pub(super) rejections: Rejections,
}

/// For each mention of a message, in order, why it was rejected.
pub(super) struct Rejections(Vec<Option<Rejection>>);

impl Checked {
    /// Checks every mention by itself: a bad one does not touch its neighbours.
    ///
    /// # Errors
    /// Only for more mentions than one message may hold.
    pub(super) fn from_wire(mentions: Vec<wire::Mention>, received_at: Timestamp) -> Result<Self, Status> {
        if mentions.len() > BATCH_MENTIONS_MAX {
            return Err(too_many("mentions", mentions.len(), BATCH_MENTIONS_MAX));
        }
        let mut accepted = Vec::with_capacity(mentions.len());
        let mut rejections = Vec::with_capacity(mentions.len());
        for mention in mentions {
            match mention_from_wire(mention, received_at) {
                Ok(mention) => {
                    accepted.push(mention);
                    rejections.push(None);
                }
                Err(rejection) => rejections.push(Some(rejection)),
            }
        }
        Ok(Self { accepted, rejections: Rejections(rejections) })
    }
}

impl Rejections {
    /// How many mentions the message held.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Joins rejections and what the engine says of the accepted ones into one acknowledgement for each mention.
    pub(super) fn answer(
        self,
        first_position: u64,
        acknowledged: Vec<Acknowledgement>,
        metrics: &Metrics,
    ) -> Result<Vec<wire::Acknowledgement>, Status> {
        let mut acknowledged = acknowledged.into_iter();
        let answer = |(position, rejection): (u64, Option<Rejection>)| {
            let acknowledgement = match rejection {
                Some(rejection) => rejected(position, rejection),
                None => {
                    let acknowledgement = acknowledged
                        .next()
                        .ok_or_else(|| internal("the engine acknowledged fewer mentions than it was given"))?;
                    recorded(position, acknowledgement)
                }
            };
            metrics.mention_answered(acknowledgement.outcome());
            Ok(acknowledgement)
        };
        (first_position..).zip(self.0).map(answer).collect()
    }
}

fn rejected(position: u64, rejection: Rejection) -> wire::Acknowledgement {
    wire::Acknowledgement {
        position,
        outcome: wire::Outcome::Rejected.into(),
        seq: 0,
        rejection: Some(wire::Rejection { field: rejection.field, message: rejection.message }),
    }
}

fn recorded(position: u64, acknowledgement: Acknowledgement) -> wire::Acknowledgement {
    let outcome = match acknowledgement.outcome {
        Outcome::Created => wire::Outcome::Created,
        Outcome::Updated => wire::Outcome::Updated,
        Outcome::Unchanged => wire::Outcome::Unchanged,
    };
    wire::Acknowledgement { position, outcome: outcome.into(), seq: acknowledgement.seq.0, rejection: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Seq;

    fn mention(external_id: &str) -> wire::Mention {
        wire::Mention {
            platform: "forum".to_owned(),
            external_id: external_id.to_owned(),
            text: "Täglich grüßt der Ausfall".to_owned(),
            created_at: Some(prost_types::Timestamp { seconds: 60, nanos: 0 }),
            ..Default::default()
        }
    }

    fn received_at() -> Timestamp {
        Timestamp::from_second(120).unwrap()
    }

    #[test]
    fn a_bad_mention_is_answered_in_its_place() {
        let checked = Checked::from_wire(vec![mention("1"), mention(""), mention("3")], received_at()).unwrap();
        let ids: Vec<&str> = checked.accepted.iter().map(|mention| mention.name.external_id.as_str()).collect();
        assert_eq!(ids, ["1", "3"]);

        let acknowledged = [(Outcome::Created, 10), (Outcome::Unchanged, 4)]
            .map(|(outcome, seq)| Acknowledgement { outcome, seq: Seq(seq) });
        let answer = checked.rejections.answer(100, acknowledged.to_vec(), &Metrics::new()).unwrap();
        let told: Vec<_> = answer.iter().map(|answer| (answer.position, answer.outcome(), answer.seq)).collect();
        assert_eq!(
            told,
            [(100, wire::Outcome::Created, 10), (101, wire::Outcome::Rejected, 0), (102, wire::Outcome::Unchanged, 4)]
        );
        assert_eq!(answer[1].rejection.as_ref().unwrap().field, "external_id");
    }

    #[test]
    fn too_many_mentions_are_refused_with_the_bound() {
        let error = Checked::from_wire(vec![wire::Mention::default(); 10_000], received_at()).err().unwrap();
        assert_eq!(error.code(), tonic::Code::InvalidArgument);
        assert_eq!(error.message(), "mentions: holds 10000, 1000 are allowed in one message; split it");
    }

    #[test]
    fn an_empty_message_has_an_empty_answer() {
        let checked = Checked::from_wire(Vec::new(), received_at()).unwrap();
        assert_eq!(checked.rejections.answer(5, Vec::new(), &Metrics::new()).unwrap(), []);
    }
}
