//! What a program prints, line by line, while it runs.

use std::io::{BufRead, BufReader, Read};
use std::sync::mpsc;
use std::thread;

/// The lines that come from `pipe`, which is read to its end whether anybody wants them or not.
pub(crate) fn lines(pipe: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    lines
}
