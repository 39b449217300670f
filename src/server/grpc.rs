use std::convert::Infallible;

use axum::{Router, body::Body, extract::Request, middleware::from_fn_with_state};
use tonic::server::NamedService;
use tonic_health::pb::health_server::{Health, HealthServer};
use tonic_reflection::server::Builder as Reflection;
use tower::Service;

use super::{
    ServerError,
    layers::{CallContext, around_call},
    services::{
        Alerts, Arguments, AuthorLists, Brands, Care, Context, Corrections, Ingest, SavedSearches, Search,
        Subscriptions, System, Webhooks,
    },
};
use crate::{
    base::limits::MESSAGE_BYTES_MAX,
    proto::{
        DESCRIPTORS,
        v1::{
            alert_service_server::AlertServiceServer, argument_service_server::ArgumentServiceServer,
            author_list_service_server::AuthorListServiceServer, brand_service_server::BrandServiceServer,
            care_service_server::CareServiceServer, correction_service_server::CorrectionServiceServer,
            ingest_service_server::IngestServiceServer, saved_search_service_server::SavedSearchServiceServer,
            subscription_service_server::SubscriptionServiceServer, system_service_server::SystemServiceServer,
            webhook_service_server::WebhookServiceServer,
        },
        written::search_service_server::SearchServiceServer,
    },
};

/// All gRPC services, with what lies around every call. gRPC-Web is put around it by the port, not here: calls from
/// inside the process need none.
pub(super) fn router(
    context: &Context,
    calls: CallContext,
    health: HealthServer<impl Health>,
) -> Result<Router, ServerError> {
    macro_rules! sized {
        ($service:expr) => {
            $service.max_decoding_message_size(MESSAGE_BYTES_MAX).max_encoding_message_size(MESSAGE_BYTES_MAX)
        };
    }
    let router = Router::new();
    let router = add(router, sized!(IngestServiceServer::new(Ingest(context.clone()))));
    let router = add(router, sized!(SearchServiceServer::new(Search(context.clone()))));
    let router = add(router, sized!(SubscriptionServiceServer::new(Subscriptions(context.clone()))));
    let router = add(router, sized!(SavedSearchServiceServer::new(SavedSearches(context.clone()))));
    let router = add(router, sized!(AuthorListServiceServer::new(AuthorLists(context.clone()))));
    let router = add(router, sized!(AlertServiceServer::new(Alerts(context.clone()))));
    let router = add(router, sized!(CorrectionServiceServer::new(Corrections(context.clone()))));
    let router = add(router, sized!(BrandServiceServer::new(Brands(context.clone()))));
    let router = add(router, sized!(CareServiceServer::new(Care(context.clone()))));
    let router = add(router, sized!(WebhookServiceServer::new(Webhooks(context.clone()))));
    let router = add(router, sized!(ArgumentServiceServer::new(Arguments(context.clone()))));
    let router = add(router, sized!(SystemServiceServer::new(System(context.clone()))));
    let router = add(router, health);
    // Old clients, grpcurl of a few years ago among them, know the alpha version only.
    let router = add(router, reflection().build_v1().map_err(|error| unreadable(&error))?);
    let router = add(router, reflection().build_v1alpha().map_err(|error| unreadable(&error))?);
    Ok(router.layer(from_fn_with_state(calls, around_call)))
}

/// Our own protos, and those of the details of our errors.
fn reflection() -> Reflection<'static> {
    Reflection::configure()
        .register_encoded_file_descriptor_set(DESCRIPTORS)
        .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
}

fn unreadable(error: &tonic_reflection::server::Error) -> ServerError {
    ServerError::Descriptors { message: error.to_string() }
}

fn add<S>(router: Router, service: S) -> Router
where
    S: Service<Request, Response = http::Response<tonic::body::Body>, Error = Infallible>
        + NamedService
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send,
{
    let service = tower::ServiceExt::<Request<Body>>::map_response(service, |response| response.map(Body::new));
    router.route_service(&format!("/{}/{{*method}}", S::NAME), service)
}
