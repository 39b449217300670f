use std::{io, net::SocketAddr, path::PathBuf, sync::Arc};

use clap::{Args, ValueEnum};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use super::{
    exit::{Exit, Failure},
    output::Output,
};
use crate::{
    base::{Seq, SystemClock},
    config::IndexConfig,
    engine::{Engine, EngineOptions},
    server::{self, ServerOptions, WebhookOptions},
};

/// Run the server.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Where everything is kept; made where it does not exist
    #[arg(long, env = "ASCOLTO_DATA_DIR", value_name = "DIR")]
    data_dir: PathBuf,
    /// Where to listen; only addresses of this machine
    #[arg(long, env = "ASCOLTO_LISTEN", default_value = "127.0.0.1:7500", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Folder with brands and word lists; the built-in ones where not given
    #[arg(long, env = "ASCOLTO_INDEX_CONFIG", value_name = "DIR")]
    index_config: Option<PathBuf>,
    /// Most bytes the log may take on disk; mentions are refused beyond
    #[arg(long, env = "ASCOLTO_STORE_BYTES_MAX", value_name = "BYTES")]
    store_bytes_max: Option<u64>,
    /// Let webhooks call this machine and private networks
    #[arg(long, env = "ASCOLTO_ALLOW_PRIVATE_WEBHOOKS")]
    allow_private_webhooks: bool,
    /// A fault point for tests: the matcher stands still when it has come to this seq
    #[arg(long, hide = true, value_name = "SEQ")]
    fault_stall_matcher_at: Option<u64>,
    /// How the log on standard error is written
    #[arg(long, env = "ASCOLTO_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
    /// What is logged: error, warn, info, debug, trace, or a filter as in tracing
    #[arg(long, env = "ASCOLTO_LOG_LEVEL", default_value = "info", value_name = "LEVEL")]
    log_level: String,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

pub(super) async fn run(arguments: Arguments, output: &mut Output) -> Result<Exit, Failure> {
    start_log(arguments.log_format, &arguments.log_level)?;
    let listener = listen(arguments.listen).await?;
    let index_config = load_index_config(arguments.index_config.as_ref())?;
    let engine = open_engine(EngineOptions {
        data_dir: arguments.data_dir.clone(),
        index_config,
        clock: Arc::new(SystemClock),
        store_bytes_max: arguments.store_bytes_max,
        stall_matcher_at: arguments.fault_stall_matcher_at.map(Seq),
    })
    .await?;
    // From here on a signal is ours; before, there is nothing to save.
    let stop = StopSignal::listen()?;
    let address = local_address(&listener)?;
    output.note(&format!("ascolto {} listens on http://{address}", env!("CARGO_PKG_VERSION")))?;

    let webhooks = WebhookOptions { allow_private: arguments.allow_private_webhooks, ..WebhookOptions::default() };
    let options = ServerOptions { webhooks, ..ServerOptions::default() };
    // It closes the engine before it returns.
    let served = server::run(engine, listener, options, stop.first()).await;
    served.map_err(|error| Failure::Failed(error.to_string()))?;
    output.note("stopped; everything acknowledged is on disk")?;
    Ok(Exit::Done)
}

fn start_log(format: LogFormat, level: &str) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(level)
        .map_err(|error| Failure::WrongUsage(format!("--log-level: `{level}` is no level: {error}")))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    let started = match format {
        LogFormat::Text => log.with_ansi(io::IsTerminal::is_terminal(&io::stderr())).try_init(),
        LogFormat::Json => log.json().try_init(),
    };
    started.map_err(|error| Failure::Failed(format!("cannot start the log: {error}")))
}

/// Opens the port, or says why not and what to do.
pub(super) async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    // Without keys, whoever reaches the port may read and write everything.
    if !address.ip().is_loopback() {
        return Err(Failure::WrongUsage(format!(
            "--listen {address}: this version has no access keys, so it listens only on this machine; \
             use 127.0.0.1:{port} or [::1]:{port}, and a proxy that checks who calls for others",
            port = address.port()
        )));
    }
    TcpListener::bind(address).await.map_err(|error| {
        Failure::Failed(match error.kind() {
            io::ErrorKind::AddrInUse => {
                format!("{address} is in use, perhaps by another `ascolto serve`; stop that, or choose another port with --listen")
            }
            io::ErrorKind::PermissionDenied => {
                format!("{address} may not be opened by this user; choose a port from 1024 on with --listen")
            }
            _ => format!("cannot listen on {address}: {error}"),
        })
    })
}

pub(super) fn local_address(listener: &TcpListener) -> Result<SocketAddr, Failure> {
    listener.local_addr().map_err(|error| Failure::Failed(format!("the port has no address: {error}")))
}

pub(super) fn load_index_config(folder: Option<&PathBuf>) -> Result<IndexConfig, Failure> {
    let loaded = match folder {
        Some(folder) => IndexConfig::load(folder),
        None => IndexConfig::built_in(),
    };
    loaded.map_err(|error| Failure::Failed(error.to_string()))
}

pub(super) async fn open_engine(options: EngineOptions) -> Result<Arc<Engine>, Failure> {
    let opened = tokio::task::spawn_blocking(move || Engine::open(options)).await;
    opened
        .map_err(|error| Failure::Failed(format!("opening the data directory broke off: {error}")))?
        .map_err(|error| Failure::Failed(error.to_string()))
}

/// SIGTERM and Ctrl-C: the first stops gracefully, the second at once.
pub(super) struct StopSignal {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl StopSignal {
    pub(super) fn listen() -> Result<Self, Failure> {
        use tokio::signal::unix::{SignalKind, signal};
        let failed = |error: io::Error| Failure::Failed(format!("cannot listen for signals: {error}"));
        Ok(Self {
            terminate: signal(SignalKind::terminate()).map_err(failed)?,
            interrupt: signal(SignalKind::interrupt()).map_err(failed)?,
        })
    }

    async fn first(mut self) {
        self.next().await;
        tracing::info!("stopping; a second signal stops at once");
        tokio::spawn(async move {
            self.next().await;
            std::process::exit(i32::from(Exit::Interrupted.code()));
        });
    }

    /// The next of either.
    pub(super) async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_this_machine_may_call() {
        for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:7500"] {
            let failure = listen(address.parse().unwrap()).await.unwrap_err();
            assert_eq!(failure.exit(), Exit::WrongUsage);
            assert!(failure.to_string().contains("127.0.0.1"), "{failure}");
        }
    }

    #[tokio::test]
    async fn a_port_in_use_is_named_with_the_mend() {
        let taken = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = taken.local_addr().unwrap();
        let failure = listen(address).await.unwrap_err().to_string();
        assert!(failure.contains(&address.to_string()) && failure.contains("--listen"), "{failure}");
    }
}
