//! What can be known of Rust that the compiler leaves as it is: the names it uses, binds and assigns, and whether
//! anything can follow it.
//!
//! Names inside a macro call are counted conservatively: every identifier there might be a variable, and so might every
//! `{name}` in a string literal, since that is how format strings capture.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Expr, Local, Pat, Stmt};

use crate::names::plain;
use crate::syntax::shape::VERB;

/// The names that some Rust uses and does not bind itself.
#[derive(Debug, Default)]
pub(crate) struct Uses {
    /// Used before anything inside binds them.
    pub(crate) free: BTreeSet<String>,
    /// Bound anywhere inside.
    pub(crate) bound: BTreeSet<String>,
    /// Whether it awaits, outside of closures and `async` blocks.
    pub(crate) awaits: bool,
    scopes: Vec<BTreeSet<String>>,
    /// How many closures and `async` blocks stand around.
    nested: usize,
}

impl Uses {
    pub(crate) fn of_expression(value: &Expr) -> Uses {
        let mut uses = Uses::default();
        uses.within(|uses| uses.visit_expr(value));
        uses
    }

    pub(crate) fn of_statement(statement: &Stmt) -> Uses {
        let mut uses = Uses::default();
        uses.within(|uses| match statement {
            // What is assigned as a whole is not used.
            Stmt::Expr(Expr::Assign(assign), _) if assigned(statement).is_some() => uses.visit_expr(&assign.right),
            _ => uses.visit_stmt(statement),
        });
        uses
    }

    pub(crate) fn of_tokens(tokens: &TokenStream) -> Uses {
        let mut uses = Uses::default();
        uses.tokens(tokens.clone());
        uses
    }

    /// Of a match arm's pattern and guard.
    pub(crate) fn of_pattern(pattern: &Pat) -> Uses {
        let mut uses = Uses::default();
        uses.within(|uses| uses.pattern(pattern));
        uses
    }

    fn within(&mut self, visit: impl FnOnce(&mut Self)) {
        self.scopes.push(BTreeSet::new());
        visit(self);
        self.scopes.pop();
    }

    fn name(&mut self, name: String) {
        if !self.scopes.iter().any(|scope| scope.contains(&name)) {
            self.free.insert(name);
        }
    }

    /// Visits a pattern's constants and guard, then brings its names into scope.
    fn pattern(&mut self, pattern: &Pat) {
        let (pattern, guard) = match pattern {
            Pat::Guard(guarded) => (&*guarded.pat, Some(&*guarded.guard)),
            pattern => (pattern, None),
        };
        self.visit_pat(pattern);
        for name in bindings(pattern).into_iter().map(|binding| plain(&binding.name)) {
            self.bound.insert(name.clone());
            self.scopes.last_mut().expect("visits begin with a scope").insert(name);
        }
        if let Some(guard) = guard {
            self.visit_expr(guard);
        }
    }

    fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let punct = |at: Option<usize>, character: char| matches!(at.and_then(|at| tokens.get(at)), Some(TokenTree::Punct(p)) if p.as_char() == character);
        for (at, token) in tokens.iter().enumerate() {
            let (one, two) = (at.checked_sub(1), at.checked_sub(2));
            match token {
                TokenTree::Ident(ident) => {
                    let member = punct(one, '.') && !punct(two, '.');
                    let path = punct(one, ':') && punct(two, ':');
                    self.awaits |= member && ident == "await" && self.nested == 0;
                    if !member && !path {
                        self.name(plain(ident));
                    }
                }
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Literal(literal) => {
                    if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                        captures(&text.value(), &mut |name| self.name(name.to_owned()));
                    }
                }
                TokenTree::Punct(_) => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Uses {
    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        match path.path.get_ident() {
            Some(ident) if path.qself.is_none() => self.name(plain(ident)),
            _ => visit::visit_expr_path(self, path),
        }
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        if !call.path.is_ident(VERB) {
            self.tokens(call.tokens.clone());
            return;
        }
        // The word is no variable, and neither is what `goto` leads to.
        let mut tokens = call.tokens.clone().into_iter();
        if !matches!(tokens.next(), Some(TokenTree::Ident(word)) if word == "goto") {
            self.tokens(tokens.collect());
        }
    }

    fn visit_block(&mut self, block: &'ast syn::Block) {
        self.within(|uses| visit::visit_block(uses, block));
    }

    fn visit_local(&mut self, local: &'ast Local) {
        if let Some(init) = &local.init {
            self.visit_expr(&init.expr);
            if let Some((_, otherwise)) = &init.diverge {
                self.visit_expr(otherwise);
            }
        }
        self.pattern(&local.pat);
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        self.nested += 1;
        self.within(|uses| {
            closure.inputs.iter().for_each(|input| uses.pattern(input));
            uses.visit_expr(&closure.body);
        });
        self.nested -= 1;
    }

    fn visit_expr_async(&mut self, block: &'ast syn::ExprAsync) {
        self.nested += 1;
        visit::visit_expr_async(self, block);
        self.nested -= 1;
    }

    fn visit_expr_await(&mut self, expr: &'ast syn::ExprAwait) {
        self.awaits |= self.nested == 0;
        visit::visit_expr_await(self, expr);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        self.within(|uses| {
            uses.pattern(&arm.pat);
            uses.visit_expr(&arm.body);
        });
    }

    fn visit_expr_let(&mut self, condition: &'ast syn::ExprLet) {
        self.visit_expr(&condition.expr);
        self.pattern(&condition.pat);
    }

    fn visit_expr_if(&mut self, branch: &'ast syn::ExprIf) {
        self.within(|uses| {
            uses.visit_expr(&branch.cond);
            uses.visit_block(&branch.then_branch);
        });
        if let Some((_, otherwise)) = &branch.else_branch {
            self.visit_expr(otherwise);
        }
    }

    fn visit_expr_while(&mut self, repeat: &'ast syn::ExprWhile) {
        self.within(|uses| {
            uses.visit_expr(&repeat.cond);
            uses.visit_block(&repeat.body);
        });
    }

    fn visit_expr_for_loop(&mut self, repeat: &'ast syn::ExprForLoop) {
        self.visit_expr(&repeat.expr);
        self.within(|uses| {
            uses.pattern(&repeat.pat);
            uses.visit_block(&repeat.body);
        });
    }

    /// Items see none of the variables around them.
    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

/// A name that a pattern binds.
pub(crate) struct Binding {
    pub(crate) name: Ident,
    pub(crate) mutable: bool,
    /// Whether there is more to the pattern than the name.
    pub(crate) nested: bool,
}

/// The names that a pattern binds, in their order. One with a capital letter is a constant or a variant, and `self` is no
/// name.
pub(crate) fn bindings(pattern: &Pat) -> Vec<Binding> {
    struct Names {
        found: Vec<Binding>,
        nested: bool,
    }
    impl<'ast> Visit<'ast> for Names {
        fn visit_pat_ident(&mut self, name: &'ast syn::PatIdent) {
            if !plain(&name.ident).starts_with(char::is_uppercase) && name.ident != "self" {
                let (name, mutable, nested) = (name.ident.clone(), name.mutability.is_some(), self.nested);
                self.found.push(Binding { name, mutable, nested });
            }
            visit::visit_pat_ident(self, name);
        }
        fn visit_expr(&mut self, _: &'ast Expr) {}
    }
    let mut names = Names { found: Vec::new(), nested: !matches!(pattern, Pat::Ident(_)) };
    names.visit_pat(pattern);
    names.found
}

/// The patterns of the `let`s in a condition: `if let Some(x) = a && let Some(y) = b`.
pub(crate) fn condition_patterns(condition: &Expr) -> Vec<&Pat> {
    match condition {
        Expr::Let(condition) => vec![&condition.pat],
        Expr::Binary(both) => [condition_patterns(&both.left), condition_patterns(&both.right)].concat(),
        _ => Vec::new(),
    }
}

/// The variable that a statement assigns as a whole: `x = …;`.
pub(crate) fn assigned(statement: &Stmt) -> Option<&Ident> {
    match statement {
        Stmt::Expr(Expr::Assign(assign), _) => match &*assign.left {
            Expr::Path(path) => path.path.get_ident(),
            _ => None,
        },
        _ => None,
    }
}

/// The names that are assigned as a whole anywhere inside of a statement.
pub(crate) fn assigned_inside(statement: &Stmt) -> BTreeSet<String> {
    struct Assigned(BTreeSet<String>);
    impl<'ast> Visit<'ast> for Assigned {
        fn visit_expr_assign(&mut self, assign: &'ast syn::ExprAssign) {
            if let Expr::Path(path) = &*assign.left {
                self.0.extend(path.path.get_ident().map(plain));
            }
            visit::visit_expr_assign(self, assign);
        }
        fn visit_item(&mut self, _: &'ast syn::Item) {}
    }
    let mut assigned = Assigned(BTreeSet::new());
    assigned.visit_stmt(statement);
    assigned.0
}

/// Finds `{name}`, `{name:?}`, `{:width$}` and `{:.precision$}` in a format string.
pub(crate) fn captures(text: &str, found: &mut dyn FnMut(&str)) {
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        rest = &rest[open + 1..];
        if let Some(escaped) = rest.strip_prefix('{') {
            rest = escaped;
            continue;
        }
        let Some(close) = rest.find('}') else { return };
        let (argument, format) = rest[..close].split_once(':').unwrap_or((&rest[..close], ""));
        // A width and a precision are named before a `$`.
        let mut sizes = format
            .split('$')
            .map(|before| before.trim_start_matches(|c| !is_name_part(c)).rsplit(|c| !is_name_part(c)).next());
        sizes.next_back();
        [Some(argument.trim())].into_iter().chain(sizes).flatten().filter(|name| is_name(name)).for_each(&mut *found);
        rest = &rest[close + 1..];
    }
}

fn is_name_part(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c == '_' || c.is_alphabetic()) && name.chars().all(is_name_part)
}

/// Whether nothing can follow, as far as the syntax tells.
pub(crate) fn diverges(statement: &Stmt) -> bool {
    match statement {
        Stmt::Expr(value, _) => value_diverges(value),
        Stmt::Macro(call) => macro_diverges(&call.mac),
        Stmt::Local(local) => local.init.as_ref().is_some_and(|init| value_diverges(&init.expr)),
        Stmt::Item(_) => false,
    }
}

pub(crate) fn value_diverges(value: &Expr) -> bool {
    match value {
        Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) => true,
        Expr::Macro(call) => macro_diverges(&call.mac),
        Expr::Block(block) => block.label.is_none() && block.block.stmts.iter().any(diverges),
        Expr::If(branch) => {
            let otherwise = branch.else_branch.as_ref().is_some_and(|(_, otherwise)| value_diverges(otherwise));
            otherwise && branch.then_branch.stmts.iter().any(diverges)
        }
        Expr::Match(choice) => !choice.arms.is_empty() && choice.arms.iter().all(|arm| value_diverges(&arm.body)),
        Expr::Paren(paren) => value_diverges(&paren.expr),
        _ => false,
    }
}

fn macro_diverges(call: &syn::Macro) -> bool {
    const DIVERGING: [&str; 5] = ["panic", "unreachable", "todo", "unimplemented", VERB];
    call.path.segments.last().is_some_and(|last| DIVERGING.iter().any(|name| last.ident == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn free(source: &str, expected: &str) {
        let block: syn::Block = syn::parse_str(&format!("{{ {source} }}")).expect("Rust");
        let mut uses = Uses::default();
        uses.within(|uses| uses.visit_block(&block));
        let found: Vec<&str> = uses.free.iter().map(String::as_str).collect();
        assert_eq!(found.join(" "), expected, "{source}");
    }

    #[test]
    fn names_bound_inside_are_not_free() {
        free("let f = |name: &str| name.len() + total; f(x)", "total x");
        free("let name = name.trim().to_string(); name.len()", "name");
        free("match x { Some(n) if n > limit => n, None => other, Some(_) => 0 }", "limit other x");
        free("if let Some(a) = optional && a > b { a } else { a }", "a b optional");
        free("for i in 0..n { acc += i; }", "acc n");
        free("let Some(a) = b else { return c }; a", "b c");
        free("let r#type = kind; r#type", "kind");
    }

    #[test]
    fn fields_methods_and_paths_are_not_variables() {
        free("Order { id, total: sum, ..base }", "base id sum");
        free("x.name = y.len(); a::b(c); arr[i] = v", "arr c i v x y");
    }

    #[test]
    fn macros_are_counted_conservatively() {
        free(r#"println!("You're {name}");"#, "name");
        free(r#"println!("{{escaped}} {0} {:>width$.prec$} {x:?} {z:w$}", y.z, 0..n);"#, "n prec w width x y z");
        free(r##"let s = format!(r#"{"q"} {name:>w$}"#);"##, "name w");
        free(r#"json!({ "name": person.name, "k": key })"#, "key person");
        free(r#"info!(user = %name, ?age, "hello {city}");"#, "age city name user");
    }

    #[test]
    fn awaits_are_seen_outside_of_closures_only() {
        let awaits = |source: &str| Uses::of_statement(&syn::parse_str(source).expect("Rust")).awaits;
        assert!(awaits("let x = client.get().await?;"));
        assert!(awaits(r#"println!("{}", x.await);"#));
        assert!(!awaits("let later = async { x.await };"));
    }

    #[test]
    fn what_cannot_go_on() {
        let diverge = |source: &str| diverges(&syn::parse_str(source).expect("Rust"));
        assert!(diverge("if a { return 1 } else { panic!() }"));
        assert!(diverge("match a { 1 => return 2, _ => { b(); return 3 } }"));
        assert!(!diverge("if a { return 1 }"));
        assert!(!diverge("match a { 1 => return 2, _ => {} }"));
    }
}
