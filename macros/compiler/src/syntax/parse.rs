//! Reads the shaped tokens of a body as statements.

use proc_macro2::{Group, Ident, Span, TokenStream};
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Expr, ExprMacro, Pat, Stmt, StmtMacro, Token, parse_quote, parse_quote_spanned};

use super::ast::{Arm, Ask, Block, Control, Once, Run, Statement, Value};
use super::shape::{ASK, HEAR, ON, ONCE, REVISE, RUN, SAY, TYPED, VERB, shape};
use super::{amiss, clauses, message, older, on, once, outdated, recover, run, verb};
use crate::diagnostics::Diagnostics;

/// The block in a brace group of the source.
pub(crate) fn block(cx: &mut Diagnostics, group: &Group) -> Block {
    Block::of(cx, group.stream(), group.span_close())
}

impl Block {
    pub(crate) fn empty(end: Span) -> Block {
        Block { statements: Vec::new(), tail: None, end }
    }

    /// The block of these tokens, which nothing has shaped yet.
    pub(crate) fn of(cx: &mut Diagnostics, tokens: TokenStream, end: Span) -> Block {
        let shaped = shape(cx, tokens);
        let mut statements = recover::statements(cx, shaped);
        statements.iter_mut().for_each(|statement| Untyped { cx }.visit_stmt_mut(statement));
        Block::of_statements(cx, statements, end)
    }

    fn of_syn(cx: &mut Diagnostics, block: syn::Block) -> Block {
        Block::of_statements(cx, block.stmts, block.brace_token.span.close())
    }

    /// An expression where a block could stand: a match arm, an `else if`.
    fn of_value(cx: &mut Diagnostics, value: Expr) -> Block {
        match value {
            Expr::Block(block) if block.label.is_none() && block.attrs.is_empty() => Block::of_syn(cx, block.block),
            value => {
                let end = value.span();
                Block::of_statements(cx, vec![Stmt::Expr(value, None)], end)
            }
        }
    }

    fn of_statements(cx: &mut Diagnostics, mut statements: Vec<Stmt>, end: Span) -> Block {
        let tail = match statements.pop() {
            Some(Stmt::Expr(value, None)) if !is_marker(&value) => Some(value),
            Some(Stmt::Macro(StmtMacro { attrs, mac, semi_token: None })) if marker(&mac).is_none() => {
                Some(Expr::Macro(ExprMacro { attrs, mac }))
            }
            Some(last) => {
                statements.push(last);
                None
            }
            None => None,
        };
        let statements = statements.into_iter().filter_map(|statement| self::statement(cx, statement)).collect();
        let tail = tail.map(|value| match holds_question(&value) {
            true => {
                control(cx, value).map_or_else(|value| Value::Rust(*value), |control| Value::Control(Box::new(control)))
            }
            false => Value::Rust(value),
        });
        Block { statements, tail, end }
    }
}

/// A statement in the language's terms; nothing where it was reported to be none.
fn statement(cx: &mut Diagnostics, statement: Stmt) -> Option<Statement> {
    match statement {
        Stmt::Macro(mut call) => match marker(&call.mac) {
            Some(_) if older::take(cx, &mut call.attrs).report_without_variable(cx) => None,
            Some(SAY) => message::message(cx, call.mac.path.span(), call.mac.tokens).map(Statement::Say),
            Some(VERB) => verb::verb(cx, call.mac.tokens).map(Statement::Verb),
            Some(ON) if outdated::is_outdated(&call.mac.tokens) => {
                outdated::outdated(cx, call.mac.tokens).map(Statement::Outdated)
            }
            Some(ON) => on::on(cx, call.mac.path.span(), call.mac.tokens).map(Statement::On),
            Some(RUN) => run::run(cx, call.mac.path.span(), None, call.mac.tokens).map(Statement::Run),
            Some(ONCE) => once::once(cx, call.mac.path.span(), None, call.mac.tokens).map(Statement::Once),
            Some(REVISE) => revise(cx, call.mac.path.span(), call.mac.tokens).map(Statement::Revise),
            Some(_) => {
                cx.error(
                    call.mac.path.span(),
                    "the answer to a question goes into a variable, which names the question",
                )
                .help("write `let answer: Type = ask …;`");
                None
            }
            None => {
                let call = Stmt::Macro(call);
                report_lost_questions(cx, &call);
                Some(Statement::Rust(call))
            }
        },
        Stmt::Expr(Expr::Macro(call), semicolon) if marker(&call.mac).is_some() => {
            let call = StmtMacro { attrs: call.attrs, mac: call.mac, semi_token: semicolon };
            self::statement(cx, Stmt::Macro(call))
        }
        Stmt::Local(local) => self::local(cx, local),
        Stmt::Expr(value @ Expr::Path(_), Some(_)) if amiss::misspelt_verb(cx, &value) => None,
        Stmt::Expr(value, semicolon) if holds_question(&value) => match control(cx, value) {
            Ok(control) => Some(Statement::Control(control)),
            Err(value) => Some(Statement::Rust(Stmt::Expr(*value, semicolon))),
        },
        other => Some(Statement::Rust(other)),
    }
}

fn local(cx: &mut Diagnostics, mut local: syn::Local) -> Option<Statement> {
    let Some(init) = &local.init else { return Some(Statement::Rust(Stmt::Local(local))) };
    if let Expr::Macro(call) = &*init.expr
        && let Some(kind @ (ASK | RUN | ONCE | HEAR)) = marker(&call.mac)
    {
        let word = call.mac.path.span();
        let older = older::take(cx, &mut local.attrs);
        report_attributes(cx, &local.attrs);
        if let Some((_, otherwise)) = &init.diverge {
            cx.error(otherwise.span(), "a question has its `else` before the `;`, not a `let … else`")
                .help("write `let answer: Type = ask …;` and take it apart afterwards");
        }
        let (name, mutable, ty) = answer(cx, kind, &local.pat)?;
        let (answer, tokens) = ((name, mutable, ty), call.mac.tokens.clone());
        return match kind {
            RUN => run::run(cx, word, Some(answer), tokens).map(|run| Statement::Run(Run { older, ..run })),
            ONCE => once::once(cx, word, Some(answer), tokens).map(|once| Statement::Once(Once { older, ..once })),
            HEAR => Some(Statement::Ask(Ask { older, ..clauses::hear(cx, answer, tokens) })),
            _ => clauses::ask(cx, word, answer, tokens).map(|ask| Statement::Ask(Ask { older, ..ask })),
        };
    }
    if !holds_question(&init.expr) || init.diverge.is_some() {
        report_lost_questions(cx, &Stmt::Local(local.clone()));
        return Some(Statement::Rust(Stmt::Local(local)));
    }
    let older = older::take(cx, &mut local.attrs);
    report_attributes(cx, &local.attrs);
    let value = *local.init.expect("looked at above").expr;
    let (pattern, ty) = match local.pat {
        Pat::Type(typed) => (*typed.pat, Some(*typed.ty)),
        pattern => (pattern, None),
    };
    control(cx, value).ok().map(|value| Statement::Let { pattern, ty, value, older })
}

/// The question that a `revise` names.
fn revise(cx: &mut Diagnostics, word: Span, tokens: TokenStream) -> Option<Ident> {
    let nothing = tokens.is_empty();
    let parsed = syn::parse2(tokens);
    if let Err(error) = &parsed {
        cx.error(if nothing { word } else { error.span() }, "`revise` asks a question again")
            .help("write `revise name`, with the name of a question");
    }
    parsed.ok()
}

/// `name: Type` on the left of an `ask`, or of what else has this marker.
fn answer(cx: &mut Diagnostics, kind: &str, pattern: &Pat) -> Option<(Ident, bool, Option<syn::Type>)> {
    match pattern {
        Pat::Type(typed) => {
            answer(cx, kind, &typed.pat).map(|(name, mutable, _)| (name, mutable, Some((*typed.ty).clone())))
        }
        Pat::Ident(name) if name.by_ref.is_none() && name.subpat.is_none() && name.ident != "self" => {
            Some((name.ident.clone(), name.mutability.is_some(), None))
        }
        other => {
            let (text, example) = match kind {
                ONCE => ("the value of a `once` goes into one variable, which names it", "value: Type = once …"),
                HEAR => (
                    "an event goes into one variable, which names the place where it is waited for",
                    "event: Type = hear",
                ),
                _ => (
                    "the answer to a question goes into one variable, which names the question",
                    "answer: Type = ask …",
                ),
            };
            let error = cx.error_under(other, text);
            match other {
                Pat::Wild(_) => error.help(format_args!("write `let _{example};` where it does not matter")),
                _ => error.help(format_args!("write `let {example};` and take it apart afterwards")),
            };
            None
        }
    }
}

/// Reports attributes at what becomes part of the graph: there is no one statement left that they would be about.
fn report_attributes(cx: &mut Diagnostics, attributes: &[Attribute]) {
    for attribute in attributes {
        cx.error_under(attribute, "an attribute cannot stand at a question, or around one")
            .help("take it away: a question is always there, and what it is called is what is stored");
    }
}

/// The attributes of control flow.
fn attributes_of(value: &Expr) -> &[Attribute] {
    match value {
        Expr::If(value) => &value.attrs,
        Expr::Match(value) => &value.attrs,
        Expr::Loop(value) => &value.attrs,
        Expr::While(value) => &value.attrs,
        Expr::ForLoop(value) => &value.attrs,
        Expr::Block(value) => &value.attrs,
        _ => &[],
    }
}

/// Control flow as the language's own. What is none is given back: the questions in it were reported.
fn control(cx: &mut Diagnostics, value: Expr) -> Result<Control, Box<Expr>> {
    report_attributes(cx, attributes_of(&value));
    Ok(match value {
        Expr::If(branch) => {
            report_question_in(cx, &branch.cond);
            Control::If {
                then: Block::of_syn(cx, branch.then_branch),
                otherwise: branch.else_branch.map(|(_, otherwise)| Box::new(Block::of_value(cx, *otherwise))),
                condition: *branch.cond,
            }
        }
        Expr::Match(choice) => {
            report_question_in(cx, &choice.expr);
            let arms =
                choice.arms.into_iter().map(|arm| Arm { pattern: arm.pat, body: Block::of_value(cx, *arm.body) });
            Control::Match { arms: arms.collect(), scrutinee: *choice.expr }
        }
        Expr::Loop(repeat) => Control::Loop { label: repeat.label, body: Block::of_syn(cx, repeat.body) },
        Expr::While(repeat) => {
            report_question_in(cx, &repeat.cond);
            Control::While { label: repeat.label, condition: *repeat.cond, body: Block::of_syn(cx, repeat.body) }
        }
        Expr::Block(block) => Control::Block { label: block.label, body: Block::of_syn(cx, block.block) },
        Expr::Paren(paren) => return control(cx, *paren.expr),
        Expr::ForLoop(repeat) => {
            report_question_in(cx, &repeat.expr);
            let (pattern, ty) = typed(cx, *repeat.pat);
            Control::For { label: repeat.label, pattern, ty, items: *repeat.expr, body: Block::of_syn(cx, repeat.body) }
        }
        other => {
            report_question_in(cx, &other);
            return Err(Box::new(other));
        }
    })
}

/// The pattern of a `for`, and its type where one is written.
fn typed(cx: &mut Diagnostics, pattern: Pat) -> (Pat, Option<syn::Type>) {
    let Pat::Macro(call) = &pattern else { return (pattern, None) };
    if !call.mac.path.is_ident(TYPED) {
        return (pattern, None);
    }
    let parse = |input: ParseStream<'_>| {
        let pattern = Pat::parse_single(input)?;
        input.parse::<Token![:]>()?;
        Ok((pattern, input.parse()?))
    };
    match parse.parse2(call.mac.tokens.clone()) {
        Ok((pattern, ty)) => (pattern, Some(ty)),
        Err(error) => {
            cx.syntax(error);
            (pattern, None)
        }
    }
}

/// Makes Rust of every `for x: T in …` that holds no question: the type goes to a `let` in its body.
struct Untyped<'c> {
    cx: &'c mut Diagnostics,
}

impl VisitMut for Untyped<'_> {
    fn visit_expr_for_loop_mut(&mut self, repeat: &mut syn::ExprForLoop) {
        visit_mut::visit_expr_for_loop_mut(self, repeat);
        let mut questions = Questions::default();
        questions.visit_expr_for_loop(repeat);
        if questions.0.is_empty()
            && let (pattern, Some(ty)) = typed(self.cx, (*repeat.pat).clone())
        {
            let item = Ident::new("item", Span::mixed_site());
            repeat.body.stmts.insert(0, parse_quote_spanned!(pattern.span()=> let #pattern: #ty = #item;));
            *repeat.pat = parse_quote!(#item);
        }
    }
}

/// Which of the markers of `shape` a macro call is.
pub(crate) fn marker(call: &syn::Macro) -> Option<&'static str> {
    [SAY, ASK, RUN, VERB, ON, ONCE, HEAR, REVISE].into_iter().find(|marker| call.path.is_ident(marker))
}

fn is_marker(value: &Expr) -> bool {
    matches!(value, Expr::Macro(call) if marker(&call.mac).is_some())
}

/// Where questions stand in some Rust.
#[derive(Default)]
struct Questions(Vec<(Span, &'static str)>);

impl<'ast> Visit<'ast> for Questions {
    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        if let Some(marker @ (ASK | RUN | ONCE | HEAR | REVISE)) = marker(call) {
            self.0.push((call.path.span(), marker));
        }
        self.0.extend(amiss::questions_in_macro(call).into_iter().map(|span| (span, ASK)));
        visit::visit_macro(self, call);
    }
}

fn holds_question(value: &Expr) -> bool {
    let mut questions = Questions::default();
    questions.visit_expr(value);
    !questions.0.is_empty()
}

fn report_question_in(cx: &mut Diagnostics, value: &Expr) {
    let mut questions = Questions::default();
    questions.visit_expr(value);
    report(cx, &questions);
}

fn report_lost_questions(cx: &mut Diagnostics, statement: &Stmt) {
    let mut questions = Questions::default();
    questions.visit_stmt(statement);
    report(cx, &questions);
}

fn report(cx: &mut Diagnostics, questions: &Questions) {
    for (span, marker) in &questions.0 {
        let (text, help) = match *marker {
            ONCE => (
                "a `once` stands alone, not inside another expression",
                "write `let value: Type = once …;` as a statement of its own, and use `value` here",
            ),
            HEAR => (
                "a `hear` stands alone, not inside another expression",
                "write `let event: Type = hear;` as a statement of its own, and use `event` here",
            ),
            REVISE => (
                "a `revise` stands alone, not inside another expression",
                "write it as a statement of the conversation, where it can wait",
            ),
            _ => {
                amiss::question_inside(cx, *span);
                continue;
            }
        };
        cx.error(*span, text).help(help);
    }
}
