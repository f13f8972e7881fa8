//! The conversation over as many connections as it takes: a server that has gone away for a while is come back to.

use std::pin::pin;

use tokio::signal::ctrl_c;
use tokio::time::{Instant, sleep, timeout};

use crate::backoff::Backoff;
use crate::connect::{Server, Socket, Unopened};
use crate::input::Input;
use crate::line::Line;
use crate::screen::Screen;
use crate::talk::{Ending, Interrupted, talk};

/// Talks until either side ends it, and comes back where neither has.
pub(crate) async fn stay(mut server: Server, mut socket: Socket, mut input: Input, screen: &mut Screen) -> Ending {
    let mut backoff = Backoff::new();
    loop {
        let since = Instant::now();
        let Interrupted(ending) = match talk(socket, &mut input, screen).await {
            Ok(ending) => return ending,
            Err(interrupted) => interrupted,
        };
        backoff.held(since.elapsed());
        screen.warn(&format!("{ending}; trying again"));
        let patience = input.patience;
        let back = come_back(&mut server, &mut backoff, &mut input, screen);
        let back = match patience {
            Some(patience) => timeout(patience, back).await.unwrap_or(Err(ending)),
            None => back.await,
        };
        socket = match back {
            Ok(socket) => socket,
            Err(ending) => return ending,
        };
        screen.note("connected again");
    }
}

/// Tries until the server is there again, or the person does not want it any more.
async fn come_back(
    server: &mut Server,
    backoff: &mut Backoff,
    input: &mut Input,
    screen: &mut Screen,
) -> Result<Socket, Ending> {
    let mut said = String::new();
    loop {
        let wait = backoff.wait();
        let mut attempt = pin!(async {
            sleep(wait).await;
            server.open().await
        });
        let opened = loop {
            tokio::select! {
                opened = &mut attempt => break opened,
                leaves = leaves(input) => match leaves {
                    true => return Err(Ending::Left),
                    false => screen.warn("not connected: this was not sent"),
                },
            }
        };
        match opened {
            Ok(socket) => return Ok(socket),
            Err(Unopened { why, for_good: true }) => return Err(Ending::Lost(why)),
            // Once is enough.
            Err(Unopened { why, .. }) if why == said => {}
            Err(Unopened { why, .. }) => {
                screen.warn(&why);
                said = why;
            }
        }
    }
}

/// Waits for what is typed while nobody hears it: whether that was to leave. A script goes on when the server does.
async fn leaves(input: &mut Input) -> bool {
    if input.is_script() {
        return ctrl_c().await.is_ok();
    }
    match input.lines.recv().await {
        Some(line) => matches!(Line::read(&line), Line::Close { .. }),
        None => true,
    }
}
