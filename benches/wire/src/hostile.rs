//! How long a bystander's turns take while others mean harm, beside how long they take in peace, in the same run.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use converse_wire::client::{Client, TEXT, frame};
use converse_wire::harm::{KINDS, harm};
use converse_wire::ours::COUNT;
use converse_wire::start;

use crate::Result;
use crate::process::Process;
use crate::report::{self, number, table};
use crate::servers::Kind;

/// How many turns are timed, and how many come before that.
const TURNS: usize = 3_000;
const WARM: usize = 300;
/// So that whoever means harm has begun.
const BEGUN: Duration = Duration::from_millis(500);

/// The argument with which this program means harm: it is followed by how, and by the server's address.
pub(crate) const HARM: &str = "harm";

const SERVER: Kind = Kind::ours("**converse**", COUNT);

pub(crate) async fn bystanders() -> Result {
    let columns = ["a turn beside", "p50, µs", "p99, µs", "p50 / in peace", "p99 / in peace"];
    let mut rows = Vec::new();
    for kind in KINDS {
        let server = Process::start(&SERVER)?;
        let said = |error| format!("beside {kind}: {error}");
        let mut client = Client::connect(&server.target).await.map_err(said)?;
        let mut told = Told::default();
        told.times(&mut client, WARM).await.map_err(said)?;
        let peace = told.times(&mut client, TURNS).await.map_err(said)?;
        let mut harm = Harm::begin(kind, &server)?;
        tokio::time::sleep(BEGUN).await;
        let harmed = told.times(&mut client, TURNS).await.map_err(said)?;
        if !harm.is_at_work() {
            return Err(format!("nobody does harm by {kind} any more"));
        }
        let at = |times: &[f64], share: f64| times[(times.len() as f64 * share) as usize];
        let ratio = |share| number(at(&harmed, share) / at(&peace, share));
        rows.push(vec![kind.to_owned(), number(at(&harmed, 0.5)), number(at(&harmed, 0.99)), ratio(0.5), ratio(0.99)]);
    }
    let table = table(&columns, rows);
    println!("{table}");
    report::write("wire hostile", &table)
}

/// What this program does as the other process.
pub(crate) async fn mean_harm(kind: &str, address: &str) -> Result {
    let kind = KINDS.into_iter().find(|known| *known == kind).ok_or_else(|| format!("nobody does harm by {kind}"))?;
    let address = address.parse().map_err(|error| format!("{address} is no address: {error}"))?;
    start::end_with_input();
    harm(kind, address).await;
    Ok(())
}

/// How often the conversation was told something.
#[derive(Default)]
struct Told(usize);

impl Told {
    /// So many turns, and how many µs each took, in order.
    async fn times(&mut self, client: &mut Client, turns: usize) -> std::io::Result<Vec<f64>> {
        let mut took = Vec::with_capacity(turns);
        if self.0 == 0 {
            client.hear().await?;
            client.note_times()?;
        }
        for _ in 0..turns {
            self.0 += 1;
            let (time, heard) = client.turn(&frame(TEXT, b"more")).await?;
            took.push(time.as_secs_f64() * 1e6);
            assert_eq!(heard, self.0.to_string().into_bytes(), "the dialogue goes on");
        }
        took.sort_unstable_by(f64::total_cmp);
        Ok(took)
    }
}

/// A process that means harm until this is dropped. It yields to the bystander, with whom it shares a core.
struct Harm(Child);

impl Harm {
    fn begin(kind: &str, server: &Process) -> Result<Self> {
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let mut command = Command::new("nice");
        command.args(["-n", "19"]).arg(program).args([HARM, kind, &server.target.address.to_string()]);
        let child = command.stdin(Stdio::piped()).spawn();
        child.map(Harm).map_err(|error| format!("{command:?} cannot be run: {error}"))
    }
}

impl Harm {
    fn is_at_work(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(None))
    }
}

impl Drop for Harm {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}
