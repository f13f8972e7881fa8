//! What is logged while a test runs.

use std::io::{self, Write};
use std::sync::{Arc, LazyLock, Mutex};

use tracing::Dispatch;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::{DefaultGuard, NoSubscriber};
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::util::SubscriberInitExt;

/// What this thread logs from now on; of a test whose runtime has no other thread that is everything.
pub(crate) struct Log {
    written: Written,
    _guard: DefaultGuard,
}

/// Nobody looks at this one. With one subscriber alone, tracing asks the thread that first comes to a place whether anybody wants
/// to know of it, and believes that for all others; with two, it asks them.
static OTHER: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::new()));

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// At `info` and above.
    pub(crate) fn here() -> Self {
        Log::of(LevelFilter::INFO)
    }

    /// Everything at all, and each span when it begins.
    pub(crate) fn of_everything() -> Self {
        Log::of(LevelFilter::TRACE)
    }

    fn of(level: LevelFilter) -> Self {
        LazyLock::force(&OTHER);
        let written = Written::default();
        let writer = written.clone();
        let subscriber = tracing_subscriber::fmt().without_time().with_target(false).with_ansi(false);
        let subscriber = subscriber.with_max_level(level).with_span_events(FmtSpan::NEW);
        let guard = subscriber.with_writer(move || writer.clone()).finish().set_default();
        Log { written, _guard: guard }
    }

    /// Every line so far, each beginning with its level.
    pub(crate) fn lines(&self) -> Vec<String> {
        let written = self.written.0.lock().expect("nothing panics here");
        let text = std::str::from_utf8(&written).expect("a log is text");
        text.lines().map(|line| line.trim().to_owned()).collect()
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nothing panics here").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
