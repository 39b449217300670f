//! The real `ascolto serve`, as a service manager starts and stops it.

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, ChildStderr, Command, Stdio},
};

/// A running program. Dropped, it is killed.
pub struct Program {
    child: Child,
    /// `http://…`, as it announced itself.
    pub url: String,
    /// Where it speaks to people.
    notes: BufReader<ChildStderr>,
}

/// How a program ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stderr: String,
}

fn command(data_dir: &Path, listen: &str, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ascolto"));
    command.args(["serve", "--log-level", "error", "--listen", listen, "--data-dir"]).arg(data_dir).args(more);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

impl Program {
    /// Starts it on a free port and waits until it says where it listens. Blocking.
    pub fn serve(data_dir: &Path) -> Self {
        let mut child = command(data_dir, "127.0.0.1:0", &[]).spawn().unwrap();
        let notes = BufReader::new(child.stderr.take().unwrap());
        let mut program = Self { child, url: String::new(), notes };
        let mut said = String::new();
        while program.notes.read_line(&mut said).unwrap() > 0 {
            if let Some((_, url)) = said.trim().split_once(" listens on ") {
                url.clone_into(&mut program.url);
                return program;
            }
        }
        panic!("the server did not start: {said}");
    }

    pub fn terminate(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits until it has ended by itself. Blocking.
    pub fn ended(mut self) -> Ended {
        let mut stderr = String::new();
        self.notes.read_to_string(&mut stderr).unwrap();
        Ended { code: self.child.wait().unwrap().code(), stderr }
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
    Ended { code: output.status.code(), stderr: String::from_utf8(output.stderr).unwrap() }
}
