//! What stands in `#[ws_route(…)]`: the pattern, and what holds for the sockets of this route alone.

use std::num::NonZeroU32;

use converse_flow::check_origin;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ExprArray, ExprLit, Lit, LitStr, Token};

use crate::diagnostics::{Diagnostic, Diagnostics, did_you_mean};
use crate::syntax::time;

/// Both, as far as they can be read.
pub(super) struct Arguments {
    pub(super) pattern: Option<LitStr>,
    /// Calls of the policy's methods, one for each argument; nothing where there is none.
    pub(super) policy: TokenStream,
    /// Where it says that what is said may be dropped.
    pub(super) drops: Option<Span>,
}

const NAMES: [&str; 10] = [
    "max_message",
    "max_fragments",
    "max_messages_per_second",
    "inbox",
    "outbox",
    "when_full",
    "ping",
    "pong",
    "origins",
    "protocols",
];

/// Instead of a time: no pings at all.
const OFF: &str = "off";

/// What is written as a list of texts.
struct Texts {
    example: &'static str,
    /// What one is not, or else what is amiss with it, and what to write.
    check: fn(&str) -> Result<(), (&'static str, String)>,
    is_same: fn(&str, &str) -> bool,
}

const ORIGINS: Texts = Texts {
    example: "write `origins = [\"https://app.example.org\"]`",
    check: |text| check_origin(text).map_err(|wrong| ("is not an origin", wrong.to_string())),
    is_same: str::eq_ignore_ascii_case,
};

const PROTOCOLS: Texts =
    Texts { example: "write `protocols = [\"chat.v2\", \"chat.v1\"]`", check: is_protocol, is_same: str::eq };

/// What conversations speak with clients that offer it.
const CONVERSE: &str = "converse.v1";

/// How small a queue is that gets the size that is written, and how large it is, or a message, in bytes.
const LEAST: usize = 1 << 10;
const MOST: usize = 511 << 20;

/// A ping that comes once in more than a day, in milliseconds, finds nobody out.
const DAY: u64 = 86_400_000;

const HELP: &str = "write `#[ws_route(\"/rooms/{room}\")]`";

impl Arguments {
    pub(super) fn parse(cx: &mut Diagnostics, arguments: TokenStream) -> Self {
        let (mut policy, mut drops) = (TokenStream::new(), None);
        let parse = |input: ParseStream<'_>| {
            let pattern = match input.parse::<LitStr>() {
                Ok(literal) => literal,
                Err(_) if input.is_empty() => {
                    cx.error(Span::call_site(), "`#[ws_route]` has no pattern").help(HELP);
                    return Ok(None);
                }
                Err(error) => {
                    cx.error(error.span(), "the pattern of a route is a string literal").help(HELP);
                    return input.parse::<TokenStream>().map(|_| None);
                }
            };
            (policy, drops) = settings(cx, input);
            input.parse::<TokenStream>().map(|_| Some(pattern))
        };
        let pattern = parse.parse2(arguments).ok().flatten();
        Arguments { pattern, policy, drops }
    }
}

/// `, NAME = VALUE` any number of times.
fn settings(cx: &mut Diagnostics, input: ParseStream<'_>) -> (TokenStream, Option<Span>) {
    let mut calls = TokenStream::new();
    let mut seen: Vec<String> = Vec::new();
    let (mut is_off, mut pong, mut drops) = (false, None, None);
    while !input.is_empty() {
        let (comma, here) = (input.parse::<Token![,]>(), input.span());
        if comma.is_ok() && input.is_empty() {
            break;
        }
        let name = input.call(Ident::parse_any).and_then(|name| input.parse::<Token![=]>().map(|_| name));
        let (Ok(_), Ok(name)) = (comma, name) else {
            cx.error(here, "behind the pattern of a route stands what holds for its sockets")
                .help("write `#[ws_route(\"/rooms/{room}\", max_message = \"16 KiB\")]`");
            break;
        };
        let value = match input.parse::<Expr>() {
            Ok(value) => value,
            Err(_) => {
                match help(&name.to_string()) {
                    Some(help) => cx.error(name.span(), format_args!("`{name}` needs a value")).help(help),
                    None => unknown(cx, &name),
                };
                break;
            }
        };
        let text = name.to_string();
        if seen.contains(&text) {
            cx.error(name.span(), format_args!("`{name}` stands here twice"));
        } else if let Some(call) = setting(cx, &name, &value) {
            calls.extend(call);
        }
        match &*text {
            "ping" => is_off |= self::text(&value).as_deref() == Some(OFF),
            "pong" => pong = Some(name.span()),
            "when_full" if matches!(&value, Expr::Path(path) if path.path.is_ident("drop")) => {
                drops = Some(value.span());
            }
            _ => {}
        }
        seen.push(text);
    }
    if let Some(pong) = pong.filter(|_| is_off) {
        cx.error(pong, "where there are no pings, nobody waits for a pong")
            .help("leave out `pong`, or write how often there is a `ping`, as in `\"30s\"`");
    }
    (calls, drops)
}

/// What to write behind this name; nothing where a route knows none that is called so.
fn help(name: &str) -> Option<&'static str> {
    Some(match name {
        "max_message" => "write a whole number with its unit: `\"512 B\"`, `\"16 KiB\"`, `\"1 MiB\"`",
        "inbox" | "outbox" => "write a whole number with its unit: `\"16 KiB\"`, `\"1 MiB\"`",
        "max_fragments" | "max_messages_per_second" => "write a whole number from 1 to 4294967295, as in `20`",
        "when_full" => "write `wait`, `close`, or, where the handler drives its socket by hand, `drop`",
        "ping" => "write how often, in `ms`, `s`, `min`, `h` or `d`, as in `\"30s\"`; or `\"off\"`",
        "pong" => "write how long to wait for it, in `ms`, `s`, `min`, `h` or `d`, as in `\"20s\"`",
        "origins" => ORIGINS.example,
        "protocols" => PROTOCOLS.example,
        _ => return None,
    })
}

/// Reports a name that a route does not know.
fn unknown<'d>(cx: &'d mut Diagnostics, name: &Ident) -> &'d mut Diagnostic {
    let wrong = name.to_string();
    let error = cx.error(name.span(), format_args!("a route knows no `{wrong}`"));
    match did_you_mean(&wrong, NAMES) {
        Some(meant) => error.help(format_args!("did you mean `{meant}`?")),
        None => error.help(format_args!("it knows `{}`", NAMES.join("`, `"))),
    }
}

fn setting(cx: &mut Diagnostics, name: &Ident, value: &Expr) -> Option<TokenStream> {
    let Some(help) = help(&name.to_string()) else {
        unknown(cx, name);
        return None;
    };
    let method = Ident::new(&name.to_string(), Span::mixed_site());
    let span = Span::mixed_site().located_at(value.span());
    let value = match &*name.to_string() {
        "max_message" | "inbox" | "outbox" => {
            let bytes = text(value).and_then(|text| bytes(&text));
            let bytes = expected(cx, value, name, bytes, "a size", help)?;
            check_size(cx, value, name, bytes)?;
            quote_spanned!(span=> #bytes)
        }
        "max_fragments" | "max_messages_per_second" => {
            let read = number(value);
            let help = match &read {
                Some(Err(ty)) => &*format!("leave out its type: `{ty}` has no such number"),
                _ => help,
            };
            let number = expected(cx, value, name, read.and_then(Result::ok), "a whole number", help)?;
            let number = match u32::try_from(number) {
                Ok(number) => NonZeroU32::new(number).ok_or("at least `1`"),
                Err(_) => Err("at most `4294967295`"),
            };
            let number = number.map_err(|bound| cx.error(value.span(), format_args!("`{name}` is {bound}")).help(help));
            let number = number.ok()?.get();
            quote_spanned!(span=> #number)
        }
        "when_full" => {
            let what = match value {
                Expr::Path(path) => path.path.get_ident().and_then(when_full),
                _ => None,
            };
            let what = expected(cx, value, name, what, "one of three words", help)?;
            quote_spanned!(span=> ::converse::WhenFull::#what)
        }
        "ping" if text(value).as_deref() == Some(OFF) => {
            return Some(quote_spanned!(span=> .no_pings()));
        }
        "ping" | "pong" => {
            let millis = text(value).and_then(|text| time::millis(&text)).filter(|millis| *millis > 0);
            let millis = expected(cx, value, name, millis, "a time", help)?;
            if millis > DAY {
                cx.error(value.span(), format_args!("`{name}` is at most `\"1d\"`")).help(help);
                return None;
            }
            quote_spanned!(span=> ::core::time::Duration::from_millis(#millis))
        }
        "origins" if matches!(value, Expr::Path(path) if path.path.is_ident("dangerous_any")) => {
            return Some(quote_spanned!(span=> .any_origin()));
        }
        "origins" | "protocols" => {
            let kind = if method == "origins" { &ORIGINS } else { &PROTOCOLS };
            let texts = list(cx, value, name, help)?;
            for (index, text) in texts.iter().enumerate() {
                let is_it = |before: &LitStr| (kind.is_same)(&before.value(), &text.value());
                if let Err((amiss, help)) = (kind.check)(&text.value()) {
                    cx.error(text.span(), format_args!("`{}` {amiss}", text.value())).help(help);
                } else if texts[..index].iter().any(is_it) {
                    cx.error(text.span(), format_args!("`{}` stands here twice", text.value()));
                }
            }
            quote_spanned!(span=> &[#(#texts),*])
        }
        _ => unreachable!("each name has its help"),
    };
    Some(quote_spanned!(span=> .#method(#value)))
}

/// What is called so.
fn when_full(word: &Ident) -> Option<Ident> {
    let name = match &*word.to_string() {
        "wait" => "Wait",
        "drop" => "Drop",
        "close" => "Close",
        _ => return None,
    };
    Some(Ident::new(name, Span::mixed_site()))
}

fn expected<T>(cx: &mut Diagnostics, value: &Expr, name: &Ident, read: Option<T>, what: &str, help: &str) -> Option<T> {
    if read.is_none() {
        cx.error(value.span(), format_args!("`{name}` is {what}, and this is none")).help(help);
    }
    read
}

/// Reports a queue that would not be of this size, and a message that no queue has room for.
fn check_size(cx: &mut Diagnostics, value: &Expr, name: &Ident, bytes: usize) -> Option<()> {
    let (message, help) = match bytes {
        _ if bytes < LEAST && name != "max_message" => {
            ("at least `\"1 KiB\"`", "so much the smallest message takes of it: write `\"1 KiB\"`, or more")
        }
        _ if bytes > MOST => {
            ("at most `\"511 MiB\"`", "each connection may hold so much: write what one is worth, as in `\"1 MiB\"`")
        }
        _ => return Some(()),
    };
    cx.error(value.span(), format_args!("`{name}` is {message}")).help(help);
    None
}

fn text(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}

/// A whole number, of whichever type it is written as; that type, if it has no such number.
fn number(value: &Expr) -> Option<Result<u128, String>> {
    let Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) = value else { return None };
    let most = match number.suffix() {
        "" | "u128" => u128::MAX,
        "u8" => u8::MAX.into(),
        "u16" => u16::MAX.into(),
        "u32" => u32::MAX.into(),
        // As wide as on any machine that this may be compiled for.
        "u64" | "usize" => u64::MAX.into(),
        "i8" => i8::MAX as u128,
        "i16" => i16::MAX as u128,
        "i32" => i32::MAX as u128,
        "i64" | "isize" => i64::MAX as u128,
        "i128" => i128::MAX as u128,
        _ => return None,
    };
    let read = number.base10_parse().ok()?;
    Some(if read <= most { Ok(read) } else { Err(number.suffix().to_owned()) })
}

fn list(cx: &mut Diagnostics, value: &Expr, name: &Ident, help: &str) -> Option<Vec<LitStr>> {
    let literals = |elements: &Punctuated<Expr, Token![,]>| {
        let literal = |element: &Expr| match element {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.clone()),
            _ => None,
        };
        elements.iter().map(literal).collect::<Option<Vec<_>>>()
    };
    let list = match value {
        Expr::Array(ExprArray { elems, .. }) => literals(elems),
        _ => None,
    };
    expected(cx, value, name, list, "a list of string literals", help)
}

/// `16 KiB` in bytes.
fn bytes(text: &str) -> Option<usize> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let unit: usize = match text[digits..].trim_start() {
        "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        _ => return None,
    };
    text[..digits].parse::<usize>().ok()?.checked_mul(unit).filter(|bytes| *bytes > 0)
}

/// Whether this is a name that a route can have for what it speaks.
fn is_protocol(text: &str) -> Result<(), (&'static str, String)> {
    if !is_token(text) {
        let help = "write one word, without spaces, commas and quotes: of letters, digits and signs such as `.`, `-`, `_` and `+`";
        return Err(("is not the name of a subprotocol", help.to_owned()));
    }
    if text == CONVERSE {
        let help = "leave it out: where a handler returns a conversation, a client that offers it has it anyway";
        return Err(("is spoken by conversations alone", help.to_owned()));
    }
    Ok(())
}

/// Whether it is a token of HTTP (RFC 9110 §5.6.2).
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subprotocol_is_a_token() {
        for name in ["chat.v1", "x+json", "!#$%&'*+-.^_`|~", "Converse.v1", "converse.v2"] {
            assert_eq!(is_protocol(name), Ok(()), "{name}");
        }
        for wrong in ["", "chat, v2", "a b", "\"a\"", "a/b", "a:b", "\u{fc}", "converse.v1"] {
            assert!(is_protocol(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_number_is_one_of_any_type() {
        let read = |text: &str| number(&syn::parse_str(text).expect("an expression"));
        let number = |text: &str| read(text).and_then(Result::ok);
        assert_eq!(
            (number("10"), number("10u8"), number("1_000i64"), number("0x10")),
            (Some(10), Some(10), Some(1000), Some(16))
        );
        for (text, most) in [("255u8", 255), ("127i8", 127), ("4294967295u32", u32::MAX.into()), ("0u8", 0)] {
            assert_eq!(number(text), Some(most), "{text}");
        }
        for (text, ty) in [("300u8", "u8"), ("128i8", "i8"), ("4294967296u32", "u32")] {
            assert_eq!(read(text), Some(Err(ty.to_owned())), "{text}");
        }
        for wrong in ["10.0", "10f32", "10x", "-1", "\"10\""] {
            assert_eq!(number(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!(bytes("16 KiB"), Some(16 << 10));
        assert_eq!((bytes("512B"), bytes("2 MiB")), (Some(512), Some(2 << 20)));
        for wrong in ["16", "16 KB", "KiB", "1.5 MiB", "-1 B", "0 B", "99999999999999999999 B", ""] {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
    }
}
