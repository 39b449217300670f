use axum::{Router, middleware::from_fn_with_state, routing::post};
use futures_util::{FutureExt, stream};
use prost_reflect::DescriptorPool;
use tower::ServiceExt;

use super::*;

const UNARY: &str = "/ascolto.v1.SearchService/Get";

fn context() -> CallContext {
    CallContext {
        methods: Arc::new(Methods::of(&DescriptorPool::decode(crate::proto::DESCRIPTORS).unwrap())),
        metrics: Arc::new(Metrics::new()),
        options: Arc::default(),
        stop: Stop::new(),
        work: Work::new(),
    }
}

/// A service that answers in the given way, with the layer around it.
fn service<F: Future<Output = Response> + Send + 'static>(
    context: &CallContext,
    path: &str,
    answer: impl Fn() -> F + Clone + Send + Sync + 'static,
) -> Router {
    Router::new().route(path, post(answer)).layer(from_fn_with_state(context.clone(), around_call))
}

async fn call(service: Router, path: &str, timeout: &str) -> Response {
    let request = Request::builder().method("POST").uri(path).header("grpc-timeout", timeout);
    let Ok(response) = service.oneshot(request.body(Body::empty()).unwrap()).await;
    response
}

fn told(response: &Response) -> Code {
    code_in(response.headers()).unwrap()
}

#[tokio::test]
async fn a_panic_ends_its_call_as_internal() {
    let context = context();
    let service = service(&context, UNARY, || async { panic!("in a handler") });
    assert_eq!(told(&call(service, UNARY, "1S").await), Code::Internal);
    assert_eq!(context.work.done().now_or_never(), Some(()), "the call is still counted as work");
}

#[tokio::test]
async fn a_unary_call_ends_at_its_deadline() {
    let context = context();
    let service = service(&context, UNARY, std::future::pending::<Response>);
    assert_eq!(told(&call(service, UNARY, "1m").await), Code::DeadlineExceeded);
}

#[tokio::test]
async fn what_cannot_be_read_is_the_client_s_fault() {
    let answer = || async { Status::internal("failed to decode Protobuf message: Mention.text: bad").into_http() };
    let response = call(service(&context(), UNARY, answer), UNARY, "1S").await;
    assert_eq!(told(&response), Code::InvalidArgument);
}

#[tokio::test]
async fn an_error_at_the_end_of_an_answer_is_made_clear_too() {
    let answer = || async {
        let mut trailers = HeaderMap::new();
        Status::out_of_range("Error, encoded message length too large: found 9").add_header(&mut trailers).unwrap();
        let body = Empty::<Bytes>::new().with_trailers(async { Some(Ok(trailers)) });
        Response::new(Body::new(body))
    };
    let response = call(service(&context(), UNARY, answer), UNARY, "1S").await;
    let body = response.into_body().collect().await.unwrap();
    assert_eq!(code_in(body.trailers().unwrap()), Some(Code::ResourceExhausted));
}

#[tokio::test]
async fn a_call_is_at_work_until_its_answer_is_gone() {
    let context = context();
    let open = || async { Response::new(Body::from_stream(stream::pending::<Result<Bytes, axum::Error>>())) };
    let response = call(service(&context, UNARY, open), UNARY, "1S").await;
    assert_eq!(context.work.done().now_or_never(), None);
    drop(response);
    assert_eq!(context.work.done().now_or_never(), Some(()));
}

#[tokio::test]
async fn a_foreign_stream_ends_with_the_server_and_holds_up_nothing() {
    let context = context();
    let path = "/grpc.health.v1.Health/Watch";
    let open = || async { Response::new(Body::from_stream(stream::pending::<Result<Bytes, axum::Error>>())) };
    let response = call(service(&context, path, open), path, "1S").await;
    assert_eq!(context.work.done().now_or_never(), Some(()));
    context.stop.begin();
    let body = response.into_body().collect().await.unwrap();
    assert_eq!(code_in(body.trailers().unwrap()), Some(Code::Unavailable));
}
