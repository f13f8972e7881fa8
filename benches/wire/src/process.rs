//! A server as a process of its own: on its core, with what it has taken of the processor and of memory.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use converse_wire::client::Target;
use nix::sched::{CpuSet, sched_setaffinity};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::unistd::Pid;

use crate::Result;
use crate::servers::Kind;

const SERVERS_CORE: usize = 0;
const OUR_CORE: usize = 1;

/// A server that runs until this is dropped.
pub(crate) struct Process {
    child: Child,
    pub(crate) target: Target,
}

impl Process {
    pub(crate) fn start(kind: &Kind) -> Result<Self> {
        Process::start_under(&[], kind)
    }

    /// Starts a server by a command that takes another one behind it, as valgrind and strace are.
    pub(crate) fn start_under(wrapper: &[&str], kind: &Kind) -> Result<Self> {
        let program = if kind.is_ours { us()? } else { peers()?.join("release/peers") };
        let mut words = wrapper.iter().map(Path::new).chain([program.as_path()]);
        let mut command = Command::new(words.next().expect("the program is the last of them"));
        command.args(words).arg(kind.server);
        Process::serve(command, kind.path)
    }

    /// Starts our server with other arguments.
    pub(crate) fn start_ours(arguments: &[&OsStr], path: &'static str) -> Result<Self> {
        let mut command = Command::new(us()?);
        command.args(arguments);
        Process::serve(command, Some(path))
    }

    fn serve(command: Command, path: Option<&'static str>) -> Result<Self> {
        let (child, said) = begin(command, SERVERS_CORE)?;
        let address = said.parse().map_err(|error| format!("a server says {said:?}: {error}"))?;
        Ok(Process { child, target: Target { address, path } })
    }

    /// Ends it at once, whatever it does.
    pub(crate) fn kill(mut self) -> Result {
        self.child.kill().map_err(|error| format!("the server cannot be killed: {error}"))
    }

    /// What all its threads have taken of a core so far, in µs.
    pub(crate) fn cpu(&self) -> Result<f64> {
        let mut nanoseconds = 0.0;
        for thread in fs::read_dir(self.proc("task")).map_err(|error| format!("there is no such server: {error}"))? {
            let thread = thread.map_err(|error| format!("its threads cannot be listed: {error}"))?;
            let text = read(&thread.path().join("schedstat"))?;
            nanoseconds += text.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or(0.0);
        }
        Ok(nanoseconds / 1000.0)
    }

    /// What it has of memory, in KiB.
    pub(crate) fn memory(&self) -> Result<f64> {
        kib(&self.proc("status"), "VmRSS:")
    }

    fn proc(&self, file: &str) -> PathBuf {
        Path::new("/proc").join(self.child.id().to_string()).join(file)
    }
}

/// Clients in a process of their own, since one may only have so many files open; they stay until this is dropped.
pub(crate) struct Clients(Child);

impl Clients {
    /// Starts them, and returns what they say once they are all there.
    pub(crate) fn start(arguments: &[String]) -> Result<(Self, String)> {
        let mut command = Command::new(us()?);
        command.args(arguments);
        let (child, said) = begin(command, OUR_CORE)?;
        Ok((Clients(child), said))
    }

    /// Whether none of them has been sent away.
    pub(crate) fn are_there(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(None))
    }
}

impl Drop for Clients {
    fn drop(&mut self) {
        end(&mut self.0);
    }
}

/// Starts a program on this core; the first line that it says.
fn begin(mut command: Command, core: usize) -> Result<(Child, String)> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    // A process begins where the one that starts it is.
    stand_on(core)?;
    let child = command.spawn();
    stand_on(OUR_CORE)?;
    let mut child = child.map_err(|error| format!("{command:?} cannot be run: {error}"))?;
    let mut said = String::new();
    let read = BufReader::new(child.stdout.as_mut().expect("it is piped")).read_line(&mut said);
    read.map_err(|error| format!("{command:?} says nothing: {error}"))?;
    Ok((child, said.trim().to_owned()))
}

fn end(child: &mut Child) {
    drop(child.stdin.take());
    let _ = child.wait();
}

/// Ends it, and waits until it has.
impl Drop for Process {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// Has this process do with as many files as it may have, and its children; how many that are.
pub(crate) fn raise_limits() -> Result<u64> {
    let limit = getrlimit(Resource::RLIMIT_NOFILE);
    let raised = limit.and_then(|(_, most)| setrlimit(Resource::RLIMIT_NOFILE, most, most).map(|()| most));
    raised.map_err(|error| format!("the limit of open files cannot be raised: {error}"))
}

/// Builds the peers, whose workspace is not ours.
pub(crate) fn build_peers() -> Result {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/Cargo.toml");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--release", "--locked", "--manifest-path"]).arg(manifest).arg("--target-dir").arg(peers()?);
    let status = cargo.status().map_err(|error| format!("{cargo:?} cannot be run: {error}"))?;
    if status.success() { Ok(()) } else { Err("the peers cannot be built".to_owned()) }
}

fn us() -> Result<PathBuf> {
    std::env::current_exe().map_err(|error| format!("this program does not know where it is: {error}"))
}

/// The folder that the peers are built in, beside those of this workspace.
fn peers() -> Result<PathBuf> {
    let us = us()?;
    us.ancestors().nth(2).map(|target| target.join("wire")).ok_or_else(|| "this program is nowhere".to_owned())
}

fn stand_on(core: usize) -> Result {
    let mut cores = CpuSet::new();
    let moved = cores.set(core).and_then(|()| sched_setaffinity(Pid::from_raw(0), &cores));
    moved.map_err(|error| format!("two cores are needed, and {core} cannot be stood on: {error}"))
}

/// What a file of Linux says behind this, in KiB.
pub(crate) fn kib(file: &Path, what: &str) -> Result<f64> {
    let text = read(file)?;
    let line = text.lines().find_map(|line| line.strip_prefix(what));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
    kib.ok_or_else(|| format!("{} does not say {what}", file.display()))
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).map_err(|error| format!("cannot read {}: {error}", file.display()))
}
