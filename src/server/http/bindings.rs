//! Which address is which method.

use axum::routing::MethodFilter;

/// An address and the unary method behind it.
#[derive(Debug)]
pub(super) struct Binding {
    pub(super) verb: Verb,
    /// In axum's notation. `{platform}/{*external_id}` is the field `name`; other variables are fields themselves.
    pub(super) path: &'static str,
    /// `Service/Method`.
    pub(super) method: &'static str,
}

/// Where the fields come from: a `POST` has them in its body, the others in the query string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Get,
    Post,
    Delete,
}

impl Verb {
    pub(super) const fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Post => MethodFilter::POST,
            Self::Delete => MethodFilter::DELETE,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

const fn bind(verb: Verb, path: &'static str, method: &'static str) -> Binding {
    Binding { verb, path, method }
}

/// Every unary method of every service.
pub(super) static BINDINGS: [Binding; 88] = [
    bind(Verb::Post, "/v1/mentions:ingest", "IngestService/IngestBatch"),
    bind(Verb::Delete, "/v1/mentions/{platform}/{*external_id}", "IngestService/Delete"),
    bind(Verb::Get, "/v1/mentions/{platform}/{*external_id}", "SearchService/Get"),
    bind(Verb::Post, "/v1/mentions:batchGet", "SearchService/BatchGet"),
    bind(Verb::Get, "/v1/mentions:search", "SearchService/Search"),
    bind(Verb::Post, "/v1/mentions:search", "SearchService/Search"),
    bind(Verb::Get, "/v1/mentions:count", "SearchService/Count"),
    bind(Verb::Post, "/v1/mentions:count", "SearchService/Count"),
    bind(Verb::Get, "/v1/conversations/{platform}/{*external_id}", "SearchService/GetConversation"),
    bind(Verb::Post, "/v1/mentions:correct", "CorrectionService/Correct"),
    bind(Verb::Post, "/v1/mentions:revertCorrection", "CorrectionService/RevertCorrection"),
    bind(Verb::Post, "/v1/queue:claimNext", "CareService/ClaimNext"),
    bind(Verb::Post, "/v1/mentions:claim", "CareService/Claim"),
    bind(Verb::Post, "/v1/mentions:renewClaim", "CareService/RenewClaim"),
    bind(Verb::Post, "/v1/mentions:releaseClaim", "CareService/ReleaseClaim"),
    bind(Verb::Post, "/v1/mentions:reply", "CareService/RecordReply"),
    bind(Verb::Post, "/v1/mentions:takeStep", "CareService/TakeStep"),
    bind(Verb::Post, "/v1/mentions:takeSteps", "CareService/TakeSteps"),
    bind(Verb::Get, "/v1/queue", "CareService/ListQueue"),
    bind(Verb::Post, "/v1/queue:list", "CareService/ListQueue"),
    bind(Verb::Get, "/v1/queue:count", "CareService/CountQueue"),
    bind(Verb::Post, "/v1/queue:count", "CareService/CountQueue"),
    bind(Verb::Get, "/v1/history/{platform}/{*external_id}", "CareService/GetHistory"),
    bind(Verb::Get, "/v1/brands", "BrandService/ListBrands"),
    bind(Verb::Get, "/v1/brands/{id}", "BrandService/GetBrand"),
    bind(Verb::Post, "/v1/brands:check", "BrandService/CheckBrands"),
    bind(Verb::Post, "/v1/replies:check", "BrandService/CheckReply"),
    bind(Verb::Get, "/v1/taught", "CorrectionService/ListTaught"),
    bind(Verb::Get, "/v1/taught/{brand}", "CorrectionService/GetTaught"),
    bind(Verb::Post, "/v1/taught:reset", "CorrectionService/ResetTaught"),
    bind(Verb::Post, "/v1/taught:pause", "CorrectionService/PauseTaught"),
    bind(Verb::Post, "/v1/taught:resume", "CorrectionService/ResumeTaught"),
    bind(Verb::Get, "/v1/labels", "CorrectionService/ListLabels"),
    bind(Verb::Get, "/v1/queries:check", "SearchService/CheckQuery"),
    bind(Verb::Post, "/v1/queries:check", "SearchService/CheckQuery"),
    bind(Verb::Get, "/v1/queries:explain", "SearchService/ExplainMatch"),
    bind(Verb::Post, "/v1/queries:explain", "SearchService/ExplainMatch"),
    bind(Verb::Get, "/v1/queries:preview", "SearchService/PreviewQuery"),
    bind(Verb::Post, "/v1/queries:preview", "SearchService/PreviewQuery"),
    bind(Verb::Post, "/v1/savedSearches", "SavedSearchService/CreateSavedSearch"),
    bind(Verb::Post, "/v1/savedSearches:batchCreate", "SavedSearchService/BatchCreateSavedSearches"),
    bind(Verb::Post, "/v1/savedSearches:update", "SavedSearchService/UpdateSavedSearch"),
    bind(Verb::Get, "/v1/savedSearches/{id}/revisions", "SavedSearchService/ListSavedSearchRevisions"),
    bind(Verb::Get, "/v1/savedSearches/{id}/preview", "SavedSearchService/PreviewSavedSearch"),
    bind(Verb::Post, "/v1/savedSearches:preview", "SavedSearchService/PreviewSavedSearch"),
    bind(Verb::Get, "/v1/savedSearches", "SavedSearchService/ListSavedSearches"),
    bind(Verb::Get, "/v1/savedSearchFolders", "SavedSearchService/ListFolders"),
    bind(Verb::Get, "/v1/savedSearches/{id}", "SavedSearchService/GetSavedSearch"),
    bind(Verb::Delete, "/v1/savedSearches/{id}", "SavedSearchService/DeleteSavedSearch"),
    bind(Verb::Post, "/v1/authorLists", "AuthorListService/CreateAuthorList"),
    bind(Verb::Get, "/v1/authorLists", "AuthorListService/ListAuthorLists"),
    bind(Verb::Post, "/v1/authorLists:update", "AuthorListService/UpdateAuthorList"),
    bind(Verb::Post, "/v1/authorLists:addMembers", "AuthorListService/AddAuthorListMembers"),
    bind(Verb::Post, "/v1/authorLists:removeMembers", "AuthorListService/RemoveAuthorListMembers"),
    bind(Verb::Get, "/v1/authorLists/{id}", "AuthorListService/GetAuthorList"),
    bind(Verb::Delete, "/v1/authorLists/{id}", "AuthorListService/DeleteAuthorList"),
    bind(Verb::Get, "/v1/authorLists/{id}/members", "AuthorListService/ListAuthorListMembers"),
    bind(Verb::Get, "/v1/subscriptions", "SubscriptionService/ListSubscriptions"),
    bind(Verb::Get, "/v1/subscriptions/{name}", "SubscriptionService/GetSubscription"),
    bind(Verb::Post, "/v1/subscriptions:acknowledge", "SubscriptionService/AcknowledgeSubscription"),
    bind(Verb::Post, "/v1/subscriptions:replace", "SubscriptionService/ReplaceSubscription"),
    bind(Verb::Delete, "/v1/subscriptions/{name}", "SubscriptionService/DeleteSubscription"),
    bind(Verb::Post, "/v1/alerts", "AlertService/CreateAlert"),
    bind(Verb::Get, "/v1/alerts", "AlertService/ListAlerts"),
    bind(Verb::Post, "/v1/alerts:update", "AlertService/UpdateAlert"),
    bind(Verb::Get, "/v1/alerts/{id}", "AlertService/GetAlert"),
    bind(Verb::Delete, "/v1/alerts/{id}", "AlertService/DeleteAlert"),
    bind(Verb::Get, "/v1/firings", "AlertService/ListFirings"),
    bind(Verb::Post, "/v1/webhooks", "WebhookService/CreateWebhook"),
    bind(Verb::Get, "/v1/webhooks", "WebhookService/ListWebhooks"),
    bind(Verb::Post, "/v1/webhooks:update", "WebhookService/UpdateWebhook"),
    bind(Verb::Post, "/v1/webhooks:test", "WebhookService/TestWebhook"),
    bind(Verb::Post, "/v1/webhooks:redeliver", "WebhookService/RedeliverDeadLetters"),
    bind(Verb::Get, "/v1/webhooks/{id}", "WebhookService/GetWebhook"),
    bind(Verb::Delete, "/v1/webhooks/{id}", "WebhookService/DeleteWebhook"),
    bind(Verb::Get, "/v1/webhooks/{id}/deadLetters", "WebhookService/ListDeadLetters"),
    bind(Verb::Post, "/v1/arguments", "ArgumentService/PutArgument"),
    bind(Verb::Get, "/v1/arguments", "ArgumentService/ListArguments"),
    bind(Verb::Post, "/v1/arguments:import", "ArgumentService/ImportArguments"),
    bind(Verb::Get, "/v1/arguments:suggest", "ArgumentService/SuggestReplies"),
    bind(Verb::Post, "/v1/arguments:suggest", "ArgumentService/SuggestReplies"),
    bind(Verb::Post, "/v1/arguments:addExample", "ArgumentService/AddArgumentExample"),
    bind(Verb::Get, "/v1/arguments:duplicates", "ArgumentService/FindDuplicateArguments"),
    bind(Verb::Get, "/v1/arguments:coverage", "ArgumentService/GetArgumentCoverage"),
    bind(Verb::Post, "/v1/arguments:coverage", "ArgumentService/GetArgumentCoverage"),
    bind(Verb::Get, "/v1/arguments/{id}", "ArgumentService/GetArgument"),
    bind(Verb::Delete, "/v1/arguments/{id}", "ArgumentService/DeleteArgument"),
    bind(Verb::Get, "/v1/status", "SystemService/GetServerStatus"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use prost_reflect::DescriptorPool;

    use super::*;
    use crate::proto::DESCRIPTORS;

    #[test]
    fn every_unary_method_has_an_address_and_every_address_a_method() {
        let pool = DescriptorPool::decode(DESCRIPTORS).unwrap();
        let methods = pool.services().flat_map(|service| service.methods().collect::<Vec<_>>());
        let unary: BTreeSet<String> = methods
            .filter(|method| !method.is_client_streaming() && !method.is_server_streaming())
            .map(|method| format!("{}/{}", method.parent_service().name(), method.name()))
            .collect();
        let bound: BTreeSet<String> = BINDINGS.iter().map(|binding| binding.method.to_owned()).collect();
        assert_eq!(bound, unary);
    }

    #[test]
    fn every_address_and_method_is_documented() {
        let page = include_str!("../../../docs/api.md");
        for Binding { verb, path, method } in &BINDINGS {
            let path = path.replace('*', "");
            let row = page.lines().find(|line| line.starts_with(&format!("| `{method}` |"))).expect(method);
            assert!(row.contains(verb.name()) && row.contains(&format!("{path}`")), "{row} lacks {verb:?} {path}");
        }
    }

    #[test]
    fn every_variable_of_an_address_is_a_field_of_the_request() {
        let pool = DescriptorPool::decode(DESCRIPTORS).unwrap();
        for binding in &BINDINGS {
            let (service, method) = binding.method.split_once('/').unwrap();
            let service = pool.get_service_by_name(&format!("ascolto.v1.{service}")).unwrap();
            let input = service.methods().find(|candidate| candidate.name() == method).unwrap().input();
            let field = match binding.path.split_once('{') {
                None => continue,
                Some((_, "platform}/{*external_id}")) => "name",
                Some((_, variable)) => variable.split('}').next().unwrap_or_default(),
            };
            assert!(input.get_field_by_name(field).is_some(), "{binding:?}");
        }
    }
}
