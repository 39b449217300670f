//! The real `ascolto serve`, as a service manager starts and stops it.

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

/// A running program. Dropped, it is killed.
pub struct Program {
    child: Child,
    /// `http://…`, as it announced itself.
    pub url: String,
    announced: BufReader<ChildStdout>,
}

/// How a program ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

fn command(data_dir: &Path, listen: &str, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ascolto"));
    command.args(["serve", "--log-level", "error", "--listen", listen, "--data-dir"]).arg(data_dir).args(more);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

impl Program {
    /// Starts it on a free port and waits until it says where it listens. Blocking.
    pub fn serve(data_dir: &Path) -> Self {
        let mut child = command(data_dir, "127.0.0.1:0", &[]).spawn().unwrap();
        let mut announced = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        announced.read_line(&mut line).unwrap();
        let Some((_, url)) = line.trim().split_once("listens on ") else {
            let mut stderr = String::new();
            child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
            panic!("the server did not start: {line:?} {stderr}");
        };
        Self { url: url.to_owned(), child, announced }
    }

    pub fn terminate(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    /// Waits until it has ended by itself. Blocking.
    pub fn ended(mut self) -> Ended {
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.announced.read_to_string(&mut stdout).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        Ended { code: self.child.wait().unwrap().code(), stdout, stderr }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Both fail where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A start that is expected to fail. Blocking.
pub fn refused(data_dir: &Path, listen: &str, more: &[&str]) -> Ended {
    let output = command(data_dir, listen, more).output().unwrap();
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
