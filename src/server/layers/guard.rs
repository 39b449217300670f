//! A panic ends the call it happens in, and nothing else.

use std::{any::Any, panic::AssertUnwindSafe};

use futures_util::{FutureExt, Stream, StreamExt, stream};
use tonic::Status;

use crate::server::status::panicked;

/// Runs a call; a panic in it becomes the status.
///
/// Nothing that the call held is used afterwards, so it does not matter in which state the panic left it.
pub(crate) async fn guarded_call<T>(call: impl Future<Output = T>) -> Result<T, Status> {
    AssertUnwindSafe(call).catch_unwind().await.map_err(|panic| log(&*panic))
}

/// A stream that ends with a status where its making panics. Without it the client would see a connection die.
pub(crate) fn guarded_stream<T>(
    stream: impl Stream<Item = Result<T, Status>> + Send,
) -> impl Stream<Item = Result<T, Status>> + Send
where
    T: Send,
{
    let caught = AssertUnwindSafe(stream).catch_unwind();
    stream::unfold(Some(Box::pin(caught)), async |stream| {
        let mut stream = stream?;
        match stream.next().await? {
            Ok(Ok(item)) => Some((Ok(item), Some(stream))),
            Ok(Err(status)) => Some((Err(status), None)),
            Err(panic) => Some((Err(log(&*panic)), None)),
        }
    })
}

fn log(panic: &(dyn Any + Send)) -> Status {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = text.unwrap_or("of another type"), "a call panicked");
    panicked()
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use tonic::Code;

    use super::*;

    #[test]
    fn a_panic_in_a_call_becomes_its_status() {
        let status = guarded_call(async { panic!("in the middle") }).now_or_never().unwrap().map(|(): ()| ());
        assert_eq!(status.unwrap_err().code(), Code::Internal);
        assert_eq!(guarded_call(async { 7 }).now_or_never().unwrap().unwrap(), 7);
    }

    #[test]
    fn a_panic_in_a_stream_comes_after_what_was_made() {
        let items = stream::iter([1, 2, 3]).map(|item| if item < 3 { Ok(item) } else { panic!("at {item}") });
        let seen: Vec<_> = guarded_stream(items).collect().now_or_never().unwrap();
        let codes: Vec<_> = seen.into_iter().map(|item| item.map_err(|status| status.code())).collect();
        assert_eq!(codes, [Ok(1), Ok(2), Err(Code::Internal)]);
    }
}
