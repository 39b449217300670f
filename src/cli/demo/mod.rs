//! `ascolto demo`: a real server on a free port, a live stream, and a story told through it over gRPC.
//!
//! `story` is what happens, `player` feeds it and shows what the server says. Nothing is faked: what is printed came back
//! from the server.

mod player;
mod story;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use clap::Args;
use jiff::Timestamp;
use player::Player;
use tokio::sync::oneshot;

use super::{
    exit::{Exit, Failure},
    output::Output,
    render::style::{STRONG, styled},
    serve::{StopSignal, listen, load_index_config, local_address, open_engine},
};
use crate::{
    base::SystemClock,
    client::Client,
    engine::EngineOptions,
    server::{self, ServerOptions},
};

/// Show what it does: a server, a live stream and a story in many languages.
#[derive(Debug, Args)]
pub struct Arguments {
    /// End after the story instead of staying up
    #[arg(long)]
    once: bool,
    /// Milliseconds between two mentions, for reading
    #[arg(long, default_value_t = 400, value_name = "MILLISECONDS")]
    pace_ms: u64,
    /// Where to listen; port 0 means a free one
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    listen: SocketAddr,
}

pub(super) async fn run(arguments: Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let steps = story::steps(Timestamp::now()).map_err(Failure::Failed)?;
    let folder =
        tempfile::tempdir().map_err(|error| Failure::Failed(format!("cannot make a folder for the demo: {error}")))?;
    let listener = listen(arguments.listen).await?;
    let address = local_address(&listener)?;
    let engine = open_engine(EngineOptions {
        data_dir: folder.path().to_owned(),
        index_config: load_index_config(None)?,
        clock: Arc::new(SystemClock),
        store_bytes_max: None,
        stall_matcher_at: None,
    })
    .await?;
    let (stop, stopped) = oneshot::channel::<()>();
    let shutdown = async move {
        // A dropped sender means stop as well.
        let _ = stopped.await;
    };
    let mut server = tokio::spawn(server::run(engine, listener, ServerOptions::default(), shutdown));

    // So that the folder goes away with us.
    let mut signal = StopSignal::listen()?;
    let url = format!("http://{address}");
    let told = tokio::select! {
        told = tell(&arguments, &url, steps, output) => told,
        ended = &mut server => {
            let why = match ended {
                Ok(Err(error)) => error.to_string(),
                Ok(Ok(())) => "it stopped by itself".to_owned(),
                Err(error) => error.to_string(),
            };
            return Err(Failure::Failed(format!("the demo's server ended: {why}")));
        }
        () = signal.next() => Err(Failure::Interrupted),
    };
    let _ = stop.send(());
    let ended = server.await;
    match ended {
        Ok(Ok(())) => told,
        Ok(Err(error)) => told.and(Err(Failure::Failed(error.to_string()))),
        Err(error) => told.and(Err(Failure::Failed(format!("the demo's server broke off: {error}")))),
    }
}

/// The story from beginning to end; then stays until somebody ends it.
async fn tell(arguments: &Arguments, url: &str, steps: Vec<story::Step>, output: &mut Output) -> Result<Exit, Failure> {
    output.note(&format!("a server runs at {} on a folder that goes away with it", styled(STRONG, url)))?;
    let client = Client::connect(url).await?;
    let pace = Duration::from_millis(arguments.pace_ms);
    let mut player = Player::begin(&client, pace, output).await?;
    for step in steps {
        player.play(step, output).await?;
    }
    player.catch_up(output).await?;
    player::searches(&client, player.last_seq(), output).await?;
    if arguments.once {
        return Ok(Exit::Done);
    }
    output.note(&format!("\n{}", styled(STRONG, "The server stays up; try in another terminal:")))?;
    for command in [
        "search 'brand:nordwind-air AND NOT is:own' --facet lang sentiment",
        "get twitter/d05",
        "watch 'needs:reply' --start snapshot",
    ] {
        output.note(&format!("  ascolto --server {url} {command}"))?;
    }
    output.note("Ctrl-C ends it.")?;
    // Ended from outside.
    std::future::pending().await
}
