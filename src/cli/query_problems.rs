use tonic::{Code, Status};

use super::{exit::Failure, output::Output, render::problem::problem};
use crate::{
    client::Client,
    proto::v1::{CheckQueryRequest, Problem},
};

/// Writes the problems of a query to standard error, a blank line between them.
pub(super) fn tell(query: &str, problems: &[Problem], output: &mut Output) -> Result<(), Failure> {
    for one in problems {
        let lines = problem(query, one, output.width());
        output.complaint(&lines.join("\n"))?;
        output.complaint("")?;
    }
    Ok(())
}

/// What a refused call means. Where the query is at fault its problems are told with their places; a status carries only a
/// sentence, so the server is asked once more.
pub(super) async fn explain(
    status: Status,
    client: &Client,
    query: &str,
    time_zone: &str,
    output: &mut Output,
) -> Result<Failure, Failure> {
    if status.code() != Code::InvalidArgument || query.is_empty() {
        return Ok(status.into());
    }
    let request = CheckQueryRequest { query: query.to_owned(), time_zone: time_zone.to_owned() };
    match client.search().check_query(request).await {
        Ok(answer) if !answer.get_ref().valid => {
            tell(query, &answer.get_ref().problems, output)?;
            Ok(Failure::Told)
        }
        // The query is right: something else of the request is not.
        _ => Ok(status.into()),
    }
}
