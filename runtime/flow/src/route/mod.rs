//! A WebSocket route as plain data, and which two routes cannot stand in one router.

mod words;

use words::Words;

/// A route: what `#[ws_route]` writes beside its handler, and what `routes!` compares.
///
/// ```
/// use converse_flow::Route;
///
/// const ROOM: Route = Route {
///     pattern: "/rooms/{room}/connect",
///     shape: "/rooms/?/connect",
///     catch_all: false,
///     handler: "connect",
///     file: "src/main.rs",
///     line: 12,
/// };
/// const CHAT: Route = Route { pattern: "/rooms/{id}/connect", handler: "chat", line: 20, ..ROOM };
/// assert!(ROOM.conflicts_with(&CHAT));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The pattern as written, in axum's syntax.
    pub pattern: &'static str,
    /// The pattern without its names: a `?`, which no path contains, for each parameter, and the literal text as it
    /// comes in a request. Empty where the pattern is malformed: that conflicts with nothing.
    pub shape: &'static str,
    /// Whether the last parameter is a `{*rest}`, which takes all that is left of the path.
    pub catch_all: bool,
    /// The handler's name.
    pub handler: &'static str,
    /// The source file, as the compiler of the crate saw it.
    pub file: &'static str,
    /// The line of the handler's name, in [`Route::file`].
    pub line: u32,
}

impl Route {
    /// Whether a router refuses to hold both.
    ///
    /// A literal segment takes precedence over a parameter, so `/rooms/lobby` and `/rooms/{room}` go together. Two that
    /// differ in the names of their parameters alone do not, and neither do `/files/{*path}` and anything else that has
    /// a parameter where its own begins.
    pub const fn conflicts_with(&self, other: &Route) -> bool {
        let (this, that) = (self.shape.as_bytes(), other.shape.as_bytes());
        if this.is_empty() || that.is_empty() {
            return false;
        }
        match common(this, that) {
            ([], []) => true,
            ([], _) => self.catch_all,
            (_, []) => other.catch_all,
            _ => false,
        }
    }

    /// For each of `routes` the first of those before it that it conflicts with.
    ///
    /// Sorted by shape, conflicting routes stand next to one another; so this takes few enough steps for a list of many
    /// hundred routes to be checked while it is compiled.
    pub const fn conflicts<const N: usize>(routes: &[Route; N]) -> [Option<usize>; N] {
        let mut conflicts = [None; N];
        let order = sorted(routes);
        let mut at = 0;
        while at < N {
            let mut next = at + 1;
            while next < N && routes[order[at]].conflicts_with(&routes[order[next]]) {
                let (one, other) = (order[at], order[next]);
                let (first, second) = if one < other { (one, other) } else { (other, one) };
                conflicts[second] = match conflicts[second] {
                    Some(known) if known < first => Some(known),
                    _ => Some(first),
                };
                next += 1;
            }
            at += 1;
        }
        conflicts
    }

    /// Fails, in words for whoever wrote the list, if the route at `index` conflicts with one before it.
    ///
    /// # Panics
    ///
    /// If it does: evaluated in a constant, an error of the compiler at the caller's token.
    #[track_caller]
    pub const fn assert_free<const N: usize>(routes: &[Route; N], conflicts: &[Option<usize>; N], index: usize) {
        if let Some(first) = conflicts[index] {
            panic!("{}", Words::new().conflict(&routes[index], &routes[first]).as_str());
        }
    }
}

/// What is left of both after their common prefix.
const fn common<'a>(mut this: &'a [u8], mut that: &'a [u8]) -> (&'a [u8], &'a [u8]) {
    while let ([a, rest_of_this @ ..], [b, rest_of_that @ ..]) = (this, that)
        && *a == *b
    {
        (this, that) = (rest_of_this, rest_of_that);
    }
    (this, that)
}

/// The indices of `routes`, sorted by shape: a merge sort, bottom-up.
const fn sorted<const N: usize>(routes: &[Route; N]) -> [usize; N] {
    let mut order = [0; N];
    let mut index = 0;
    while index < N {
        order[index] = index;
        index += 1;
    }
    let mut width = 1;
    while width < N {
        let runs = order;
        let mut start = 0;
        while start < N {
            let middle = if start + width < N { start + width } else { N };
            let end = if middle + width < N { middle + width } else { N };
            let (mut left, mut right, mut to) = (start, middle, start);
            while to < end {
                let take_left = right == end || left < middle && !before(&routes[runs[right]], &routes[runs[left]]);
                let from = if take_left { &mut left } else { &mut right };
                order[to] = runs[*from];
                *from += 1;
                to += 1;
            }
            start = end;
        }
        width *= 2;
    }
    order
}

/// Whether the shape of `one` sorts before that of `other`, byte by byte.
const fn before(one: &Route, other: &Route) -> bool {
    match common(one.shape.as_bytes(), other.shape.as_bytes()) {
        ([], [_, ..]) => true,
        ([a, ..], [b, ..]) => *a < *b,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn route(shape: &'static str, catch_all: bool) -> Route {
        Route { pattern: shape, shape, catch_all, handler: "handler", file: "src/main.rs", line: 7 }
    }

    #[test]
    fn each_route_names_the_first_before_it_that_it_conflicts_with() {
        let list = [
            route("/rooms/?", false),
            route("/rooms/lobby", false),
            route("/files/?/raw", false),
            route("/rooms/?", false),
            route("/files/?", true),
            route("/rooms/?", false),
            route("/files/?", false),
        ];
        assert_eq!(Route::conflicts(&list), [None, None, None, Some(0), Some(2), Some(0), Some(4)]);
    }

    #[test]
    fn a_malformed_pattern_conflicts_with_nothing() {
        assert_eq!(Route::conflicts(&[route("", false), route("", true), route("/a", false)]), [None; 3]);
    }

    #[test]
    #[should_panic(expected = "`handler` is listed twice")]
    fn a_route_listed_twice_is_told_so() {
        let list = [route("/a", false), route("/a", false)];
        Route::assert_free(&list, &Route::conflicts(&list), 1);
    }
}
