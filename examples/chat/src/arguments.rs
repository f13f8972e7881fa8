//! The command line.

use std::time::Duration;

use tokio_tungstenite::tungstenite::http::Uri;

pub(crate) const USAGE: &str = "usage: chat [--patience SECONDS] ws://HOST[:PORT]/PATH\n       chat --help";

pub(crate) const HELP: &str = "\
Talks to a WebSocket server, line by line.

usage: chat [--patience SECONDS] ws://HOST[:PORT]/PATH

Every line that you type is sent as a text message; an empty line is an empty message.
  /binary FILE             sends the file as a binary message
  /close [CODE [REASON]]   closes the socket, with 1000 unless told otherwise
  /help                    lists these
  //…                      sends a text that begins with a slash
Ctrl-D and Ctrl-C close the socket and leave.

A connection that is lost, or that the server closes with 1001, 1012 or 1013, is opened again, with the server's cookies.

Where the standard input is no terminal, its lines are a script: each is sent once the server has answered the one
before, or has been silent for SECONDS (3 unless told otherwise); at the end the server gets that long to say more,
and if it goes away, to come back.

exit status: 0 closed with 1000, or by you · 1 no connection, or lost · 2 wrong command line · 3 closed with another code
NO_COLOR=1 switches the colours off.";

/// What the command line asks for.
#[derive(Debug, PartialEq)]
pub(crate) enum Request {
    Help,
    Talk(Arguments),
}

#[derive(Debug, PartialEq)]
pub(crate) struct Arguments {
    pub(crate) url: Uri,
    /// How long a script waits for an answer.
    pub(crate) patience: Duration,
}

pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Request, String> {
    let mut arguments = arguments.into_iter();
    let mut url = None;
    let mut patience = Duration::from_secs(3);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "-h" | "--help" => return Ok(Request::Help),
            "--patience" => patience = seconds(arguments.next())?,
            option if option.starts_with('-') => return Err(format!("there is no option `{option}`")),
            address if url.is_none() => url = Some(self::url(address)?),
            extra => return Err(format!("one address is enough, and `{extra}` is a second one")),
        }
    }
    match url {
        Some(url) => Ok(Request::Talk(Arguments { url, patience })),
        None => Err("say where to connect".to_owned()),
    }
}

fn seconds(value: Option<String>) -> Result<Duration, String> {
    let value = value.ok_or("`--patience` needs a number of seconds")?;
    let seconds = value.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.ok_or_else(|| format!("`{value}` is no number of seconds"))
}

fn url(address: &str) -> Result<Uri, String> {
    let Some((scheme, rest)) = address.split_once("://") else {
        return Err(format!("`{address}` is no WebSocket address: did you mean `ws://{address}`?"));
    };
    match scheme {
        "ws" => {}
        "wss" => return Err("`wss://` is spoken over TLS, which this client leaves out".to_owned()),
        _ => return Err(format!("`{address}` is no WebSocket address: did you mean `ws://{rest}`?")),
    }
    let url: Uri = address.parse().map_err(|error| format!("`{address}` is no address: {error}"))?;
    if url.host().is_none_or(str::is_empty) {
        return Err(format!("`{address}` names no host"));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Request, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn an_address_is_enough() {
        let url = Uri::from_static("ws://127.0.0.1:8080/introduce");
        let patience = Duration::from_secs(3);
        assert_eq!(parsed("ws://127.0.0.1:8080/introduce"), Ok(Request::Talk(Arguments { url, patience })));
    }

    #[test]
    fn patience_may_be_a_fraction_and_stand_anywhere() {
        let url = Uri::from_static("ws://h/");
        let patience = Duration::from_millis(250);
        assert_eq!(parsed("ws://h/ --patience 0.25"), Ok(Request::Talk(Arguments { url, patience })));
        assert_eq!(parsed("--patience x ws://h/"), Err("`x` is no number of seconds".to_owned()));
        assert_eq!(parsed("--patience -1 ws://h/"), Err("`-1` is no number of seconds".to_owned()));
        assert_eq!(parsed("ws://h/ --patience"), Err("`--patience` needs a number of seconds".to_owned()));
    }

    #[test]
    fn help_wins() {
        assert_eq!(parsed("ws://h/ --help"), Ok(Request::Help));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let error = |line| parsed(line).unwrap_err();
        assert_eq!(error(""), "say where to connect");
        assert_eq!(error("--loud ws://h/"), "there is no option `--loud`");
        assert_eq!(error("ws://a/ ws://b/"), "one address is enough, and `ws://b/` is a second one");
        assert_eq!(error("h:80/x"), "`h:80/x` is no WebSocket address: did you mean `ws://h:80/x`?");
        assert_eq!(error("http://h/x"), "`http://h/x` is no WebSocket address: did you mean `ws://h/x`?");
        assert_eq!(error("wss://h/"), "`wss://` is spoken over TLS, which this client leaves out");
        assert!(error("ws://").starts_with("`ws://` is no address: "), "{}", error("ws://"));
    }
}
