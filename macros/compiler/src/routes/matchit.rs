//! axum routes by matchit: what this compiler accepts, that accepts, and of what conflicts here, that refuses one.

use converse_flow::Route;
use proc_macro2::Span;
use syn::LitStr;

use super::pattern::Pattern;
use crate::diagnostics::Diagnostics;

/// The pieces that patterns are made of: enough of each kind for two to meet, malformed ones among them.
const PIECES: &[&str] = &[
    "/", "/", "/", "/", "/", "a", "b", "ab", "a-", ".", "{x}", "{y}", "{z}", "{x}", "{*x}", "{*r}", "{{", "}}", "{",
    "}", "*", "{}", "{*}", ":",
];

#[test]
fn every_pattern_that_is_accepted_is_one_of_matchits() {
    let (mut accepted, mut dice) = (0, Dice(0x5EED));
    for _ in 0..30_000 {
        let text = dice.text();
        let theirs = matchit::Router::new().insert(&text, ());
        match route(&text) {
            Some(_) => {
                assert_eq!(theirs, Ok(()), "`{text}` is accepted here");
                accepted += 1;
            }
            None => assert!(theirs.is_err() || is_refused_here_alone(&text), "`{text}` is refused here"),
        }
    }
    assert!(accepted > 2_000, "only {accepted} patterns were well-formed");
}

#[test]
fn two_routes_conflict_where_matchit_refuses_the_second() {
    let (mut conflicts, mut dice) = (0, Dice(0xC0FFEE));
    let mut well_formed = || {
        loop {
            let text = dice.text();
            if route(&text).is_some() {
                return text;
            }
        }
    };
    for _ in 0..30_000 {
        let (one, other) = (well_formed(), well_formed());
        let ours = route(&one).unwrap().conflicts_with(&route(&other).unwrap());
        assert_eq!(ours, is_refused(&[&one, &other]), "`{one}` and `{other}`");
        assert_eq!(ours, is_refused(&[&other, &one]), "`{other}` and `{one}`");
        conflicts += usize::from(ours);
    }
    assert!(conflicts > 250, "only {conflicts} pairs conflicted");
}

#[test]
fn a_list_is_refused_where_matchit_refuses_one_of_it() {
    let (mut refused, mut dice) = (0, Dice(0xB16));
    for _ in 0..2_000 {
        let mut texts = Vec::new();
        while texts.len() < 8 {
            let text = dice.text();
            if route(&text).is_some() && text.len() > 2 {
                texts.push(text);
            }
        }
        let routes: Vec<Route> = texts.iter().map(|text| route(text).unwrap()).collect();
        let ours = Route::conflicts::<8>(routes.as_slice().try_into().unwrap());
        assert_eq!(ours.iter().any(Option::is_some), is_refused(&texts), "{texts:?}");
        for (second, first) in ours.iter().enumerate().filter_map(|(second, first)| Some((second, (*first)?))) {
            assert!(first < second && routes[first].conflicts_with(&routes[second]), "{texts:?}");
        }
        refused += usize::from(ours.iter().any(Option::is_some));
    }
    assert!((200..1_800).contains(&refused), "{refused} lists were refused");
}

/// The route of a pattern, if it is well-formed.
fn route(text: &str) -> Option<Route> {
    let cx = &mut Diagnostics::default();
    let pattern = Pattern::parse(cx, &LitStr::new(text, Span::call_site()));
    let shape: &'static str = Box::leak(pattern.shape.into_boxed_str());
    let route = Route { pattern: "", shape, catch_all: pattern.catch_all, handler: "", file: "", line: 0 };
    let is_sound = cx.is_empty();
    std::mem::take(cx).into_compile_errors();
    is_sound.then_some(route)
}

fn is_refused(patterns: &[impl AsRef<str>]) -> bool {
    let mut router = matchit::Router::new();
    patterns.iter().any(|pattern| router.insert(pattern.as_ref(), ()).is_err())
}

/// Old syntax, which axum refuses, and names that no two parameters of a handler could have.
fn is_refused_here_alone(text: &str) -> bool {
    let unescaped = text.replace("{{", "\u{1}").replace("}}", "\u{2}");
    let (mut names, mut rest) = (Vec::new(), unescaped.as_str());
    while let Some((_, after)) = rest.split_once('{')
        && let Some((name, left)) = after.split_once('}')
    {
        names.push(name.trim_start_matches('*'));
        rest = left;
    }
    !text.starts_with('/')
        || text.split('/').any(|segment| segment.starts_with([':', '*']))
        || names.iter().any(|name| !name.chars().all(char::is_alphanumeric))
        || (1..names.len()).any(|at| names[..at].contains(&names[at]))
}

/// Throws the same on every machine: Marsaglia's xorshift.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }

    fn text(&mut self) -> String {
        let pieces = 1 + self.below(6);
        let rest: String = (0..pieces).map(|_| PIECES[self.below(PIECES.len())]).collect();
        if self.below(20) == 0 { rest } else { format!("/{rest}") }
    }
}
