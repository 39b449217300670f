//! The server under measurement: the program itself, in a process of its own.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use ascolto::{client::Client, proto::v1};

/// What `/proc` counts processor time in; fixed in Linux's interface.
const TICKS_PER_SECOND: f64 = 100.0;
/// How long followers may take to come to the end of the log before the run is given up.
const FOLLOW_PATIENCE: Duration = Duration::from_secs(600);
/// Between two looks at the followers.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// A server; killed where it is not stopped.
pub(crate) struct Server {
    child: Child,
    url: String,
}

/// Resident memory in MB (10^6 bytes).
pub(crate) struct Memory {
    /// At present.
    pub(crate) now: f64,
    /// Of it, not backed by a file: what the index maps can be taken back by the system at any time.
    pub(crate) own: f64,
    /// The most so far.
    pub(crate) peak: f64,
}

impl Server {
    pub(crate) fn start(data_dir: &Path) -> anyhow::Result<Self> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ascolto"))
            .args(["serve", "--listen", "127.0.0.1:0", "--log-level", "warn", "--data-dir"])
            .arg(data_dir)
            .stderr(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(child.stderr.take().context("no standard error")?).lines();
        let url = loop {
            let line = lines.next().context("the server ended before it listened")??;
            if let Some(at) = line.find("http://") {
                break line[at..].trim().to_owned();
            }
            eprint_line(&line);
        };
        // Somebody has to read on, or a full pipe would stop the server.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| eprint_line(&line)));
        Ok(Self { child, url })
    }

    pub(crate) async fn connect(&self) -> anyhow::Result<Client> {
        Ok(Client::connect(&self.url).await?)
    }

    /// Host and port.
    pub(crate) fn address(&self) -> &str {
        self.url.trim_start_matches("http://").trim_end_matches('/')
    }

    pub(crate) fn memory(&self) -> anyhow::Result<Memory> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let megabytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
            kib.map(|kib| kib * 1024.0 / 1e6).with_context(|| format!("/proc has no {name}"))
        };
        Ok(Memory { now: megabytes("VmRSS")?, own: megabytes("RssAnon")?, peak: megabytes("VmHWM")? })
    }

    /// Processor seconds by name of thread; those of threads that have ended are in no entry.
    pub(crate) fn thread_seconds(&self) -> anyhow::Result<BTreeMap<String, f64>> {
        let mut seconds = BTreeMap::new();
        for task in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            // A thread may end while it is looked at.
            let Ok(stat) = fs::read_to_string(task?.path().join("stat")) else { continue };
            let (name, rest) = stat.split_once('(').and_then(|(_, rest)| rest.rsplit_once(')')).context("stat")?;
            *seconds.entry(name.to_owned()).or_default() += seconds_of(rest);
        }
        Ok(seconds)
    }

    /// Processor seconds of the process, ended threads included.
    pub(crate) fn seconds(&self) -> anyhow::Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        Ok(stat.rsplit_once(')').map_or(0.0, |(_, rest)| seconds_of(rest)))
    }

    /// Ends it in order, so that its data can be opened.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        if !told.success() || !self.child.wait()?.success() {
            bail!("the server did not stop in order");
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already gone in most cases.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// User and system time in the part of a stat line behind the name.
fn seconds_of(stat: &str) -> f64 {
    let ticks = stat.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
    ticks.sum::<f64>() / TICKS_PER_SECOND
}

/// Processor seconds of this process.
pub(crate) fn own_seconds() -> f64 {
    fs::read_to_string("/proc/self/stat")
        .ok()
        .and_then(|stat| stat.rsplit_once(')').map(|(_, rest)| seconds_of(rest)))
        .unwrap_or_default()
}

/// When both followers had come to this seq.
pub(crate) struct Followed {
    pub(crate) index: Instant,
    pub(crate) matcher: Instant,
}

pub(crate) async fn wait_for_followers(client: &Client, seq: u64) -> anyhow::Result<Followed> {
    let began = Instant::now();
    let (mut index, mut matcher) = (None, None);
    loop {
        let status = client.system().get_server_status(v1::GetServerStatusRequest {}).await?.into_inner();
        let now = Instant::now();
        for follower in status.followers.iter().filter(|follower| follower.seq >= seq) {
            let reached = if follower.name == "index" { &mut index } else { &mut matcher };
            reached.get_or_insert(now);
        }
        if let (Some(index), Some(matcher)) = (index, matcher) {
            return Ok(Followed { index, matcher });
        }
        if began.elapsed() > FOLLOW_PATIENCE {
            bail!("the followers did not come to seq {seq}: {:?}", status.followers);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// What the server says goes where a person sees it.
pub(crate) fn eprint_line(line: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "{line}");
}
