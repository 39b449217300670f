use std::sync::LazyLock;

use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, SerializeOptions};
use serde_json::Value;

use crate::proto::{DESCRIPTORS, v1};

/// The descriptors of `proto/`; a build whose own descriptors cannot be read says so with every message.
static POOL: LazyLock<Result<DescriptorPool, String>> =
    LazyLock::new(|| DescriptorPool::decode(DESCRIPTORS).map_err(|error| error.to_string()));

/// A message that has a JSON form: the proto3 mapping, the same as of `/v1/…`, with every field that has a default present.
pub(crate) trait WireMessage: Message + Sized {
    /// Its full name in `proto/`.
    const NAME: &'static str;

    /// As JSON.
    fn to_json(&self) -> Result<Value, String> {
        let pool = POOL.as_ref().map_err(Clone::clone)?;
        let descriptor = pool.get_message_by_name(Self::NAME).ok_or_else(|| format!("no message {}", Self::NAME))?;
        let message =
            DynamicMessage::decode(descriptor, self.encode_to_vec().as_slice()).map_err(|error| error.to_string())?;
        let options = SerializeOptions::new().skip_default_fields(false);
        message.serialize_with_options(serde_json::value::Serializer, &options).map_err(|error| error.to_string())
    }
}

macro_rules! wire_messages {
    ($($message:ident),+ $(,)?) => {
        $(impl WireMessage for v1::$message {
            const NAME: &'static str = concat!("ascolto.v1.", stringify!($message));
        })+

        #[cfg(test)]
        const NAMES: &[&str] = &[$(<v1::$message as WireMessage>::NAME),+];
    };
}

wire_messages! {
    Alert,
    Brand,
    CheckBrandsResponse,
    CheckReplyResponse,
    AddArgumentExampleResponse,
    Argument,
    FindDuplicateArgumentsResponse,
    GetArgumentCoverageResponse,
    SuggestRepliesResponse,
        AuthorList, CreateWebhookResponse, DeadLetter, TestWebhookResponse, UpdateWebhookResponse, Webhook,
    CheckQueryResponse,
    CountQueueResponse,
    CountResponse,
    DeleteResponse,
    DurableSubscription,
    ExplainMatchResponse,
    Firing,
    GetConversationResponse,
    GetHistoryResponse,
    ListAuthorListMembersResponse,
    ListSavedSearchesResponse,
    Mention,
    PreviewQueryResponse,
    QueueItem,
    RecordReplyResponse,
    StepOutcome,
    Folder,
    SavedSearch,
    SavedSearchRevision,
    SearchResponse,
    ServerStatus,
    SubscribeResponse,
    VerifyQueriesResponse,
    Version,
    Taught,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_has_a_descriptor() {
        let pool = POOL.as_ref().unwrap();
        for name in NAMES {
            assert!(pool.get_message_by_name(name).is_some(), "{name}");
        }
    }

    #[test]
    fn keys_are_there_even_when_empty() {
        let answer = v1::CountResponse { count: 7, visible_seq: 0 };
        assert_eq!(answer.to_json().unwrap(), serde_json::json!({"count": "7", "visibleSeq": "0"}));
    }
}
