//! Reads the shaped tokens as the tree.

use std::fmt::Display;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    Attribute, Expr, ExprMacro, Generics, Pat, Stmt, StmtMacro, Token, Type, TypeParam, WherePredicate, braced,
    parenthesized,
};

use super::ast::{Arm, Block, Control, Conversation, Parameter, Statement, Value};
use super::shape::{ASK, HEAR, ON, ONCE, REVISE, RUN, SAY, TYPED, VERB, shape};
use super::{amiss, clauses, message, once, recover, run, verb};
use crate::diagnostics::Diagnostics;
use crate::types::{named, unnamed};

/// The conversation in `tokens`; nothing where not even its name can be read.
pub(crate) fn parse(cx: &mut Diagnostics, tokens: TokenStream) -> Option<Conversation> {
    let mut head = match head.parse2(tokens.clone()) {
        Ok(head) => head,
        Err(error) => {
            cx.syntax(error);
            let (conversation, body) = what_is_known.parse2(tokens).ok()?;
            let body = body.map_or_else(|| Block::empty(conversation.name.span()), |body| block(cx, &body));
            return Some(Conversation { body, ..conversation });
        }
    };
    check_parameters(cx, &mut head.conversation);
    let body = Block::of(cx, head.body, head.end);
    Some(Conversation { body, ..head.conversation })
}

/// What is read before the body is.
struct Head {
    conversation: Conversation,
    body: TokenStream,
    end: Span,
}

fn head(input: ParseStream<'_>) -> syn::Result<Head> {
    let attributes = input.call(Attribute::parse_outer)?;
    let visibility = input.parse()?;
    let name: Ident = input.parse().map_err(|error| {
        let message = "expected the conversation's name, as in `pub Introduction -> Person { … }`";
        let keyword = input.fork().call(Ident::parse_any).ok();
        let help = match keyword.map(|keyword| keyword.to_string()) {
            Some(word) if ["async", "fn", "struct"].contains(&word.as_str()) => format!("leave out `{word}`"),
            Some(word) => format!("`{word}` is a word of Rust's own: take another"),
            None => "write `conversation! { pub Introduction -> Person { … } }`".to_owned(),
        };
        with_help(error.span(), message, help)
    })?;
    let mut generics: Generics = input.parse()?;
    if let Some(lifetime) = generics.lifetimes().next() {
        return Err(syn::Error::new(
            lifetime.span(),
            "a conversation outlives every borrow: its generics are types and constants",
        ));
    }
    let parameters = if input.peek(syn::token::Paren) { parameters_in(input)? } else { Vec::new() };
    let word = |input: ParseStream<'_>, word: &str| {
        input.peek(syn::Ident) && input.fork().parse::<Ident>().is_ok_and(|ident| ident == word)
    };
    let mut dependencies = Vec::new();
    if word(input, "with") {
        let with: Ident = input.parse()?;
        if !input.peek(syn::token::Paren) {
            let help = "write `with (kitchen: Kitchen)`";
            return Err(with_help(with.span(), "`with` lists what the conversation depends on in parentheses", help));
        }
        dependencies = parameters_in(input)?;
    }
    let mut hears = None;
    if word(input, "hears") {
        input.parse::<Ident>()?;
        hears = Some(input.parse()?);
    }
    let output = match input.parse::<Option<Token![->]>>()? {
        Some(arrow) if input.is_empty() || input.peek(syn::token::Brace) => {
            let help = "write `-> Person`, or leave the arrow out where nothing comes out";
            return Err(with_help(arrow.span(), "`->` needs the type that the conversation ends with", help));
        }
        Some(_) => Some(input.parse()?),
        None => None,
    };
    generics.where_clause = input.parse()?;
    if input.is_empty() {
        let help = format!("write `{name} {{ say \"Hello!\"; }}`");
        return Err(with_help(
            name.span(),
            format_args!("`{name}` has no body: what it says and asks, in braces"),
            help,
        ));
    }
    if !input.peek(syn::token::Brace) {
        let order = "in this order: `Name(parameters) with (dependencies) -> Output { … }`";
        return Err(with_help(input.span(), "expected the conversation's body, in braces", order));
    }
    let content;
    let braces = braced!(content in input);
    let body: TokenStream = content.parse()?;
    if !input.is_empty() {
        return Err(with_help(
            input.span(),
            "nothing stands after the conversation's body: one `conversation!` holds one conversation",
            "write another `conversation! { … }` for this",
        ));
    }
    if let Some(error) = generics_of(&generics, &parameters) {
        return Err(error);
    }
    let end = braces.span.close();
    let nothing = Block::empty(end);
    let conversation =
        Conversation { attributes, visibility, name, generics, parameters, dependencies, hears, output, body: nothing };
    Ok(Head { conversation, body, end })
}

/// What is wrong with type parameters without which the conversation's struct would be none.
fn generics_of(generics: &Generics, parameters: &[Parameter]) -> Option<syn::Error> {
    let types = parameters.iter().map(|parameter| &parameter.ty);
    let unused = unnamed(generics, quote!(#(#types)*)).into_iter().map(|name| {
        let text = format!(
            "no parameter of the conversation has the type `{name}` in it\n\n  = help: write one that has, or `(marker: PhantomData<fn() -> {name}>)`"
        );
        syn::Error::new(name.span(), text)
    });
    let bounded = |name: &Ident| {
        let bounds = generics.where_clause.iter().flat_map(|bounds| &bounds.predicates);
        bounds
            .filter_map(|bound| if let WherePredicate::Type(bound) = bound { Some(&bound.bounded_ty) } else { None })
            .any(|ty| named(ty).is_some_and(|(bounded, _)| bounded == name))
    };
    let unbounded =
        generics.type_params().filter(|parameter| parameter.bounds.is_empty() && !bounded(&parameter.ident));
    let unbounded = unbounded.map(|TypeParam { ident: name, .. }| {
        let text = format!(
            "`{name}` may be anything, and not all can be kept while a question waits\n\n  = help: write `{name}: Remember`; or `{name}: Send + 'static`, where no question needs a `{name}` after it"
        );
        syn::Error::new(name.span(), text)
    });
    unused.chain(unbounded).reduce(|mut all, error| {
        all.combine(error);
        all
    })
}

/// What can be told of a conversation whose head was reported, and its body, so that the rest is checked beside.
fn what_is_known(input: ParseStream<'_>) -> syn::Result<(Conversation, Option<Group>)> {
    let (attributes, visibility) = (input.call(Attribute::parse_outer)?, input.parse()?);
    let name: Ident = input.parse()?;
    let generics: Generics = input.parse().unwrap_or_default();
    let parameters = if input.peek(syn::token::Paren) { parameters_in(input).unwrap_or_default() } else { Vec::new() };
    let (mut hears, mut output, mut body) = (None, None, None);
    while !input.is_empty() && body.is_none() {
        if input.parse::<Option<Token![->]>>()?.is_some() {
            output = input.parse().ok();
        } else if input.peek(syn::Ident) && input.parse::<Ident>()? == "hears" {
            hears = input.parse().ok();
        } else if let TokenTree::Group(group) = input.parse()?
            && group.delimiter() == Delimiter::Brace
        {
            body = Some(group);
        }
    }
    input.parse::<TokenStream>()?;
    let nothing = Block::empty(name.span());
    let dependencies = Vec::new();
    let conversation =
        Conversation { attributes, visibility, name, generics, parameters, dependencies, hears, output, body: nothing };
    Ok((conversation, body))
}

/// `(name: Type, …)`
fn parameters_in(input: ParseStream<'_>) -> syn::Result<Vec<Parameter>> {
    let content;
    parenthesized!(content in input);
    let parameter = |input: ParseStream<'_>| {
        let attributes = input.call(Attribute::parse_outer)?;
        let name: Ident = input.parse().map_err(|error| {
            with_help(error.span(), "expected the name of a parameter", "write `name: Type`, without `mut` or `&`")
        })?;
        if input.parse::<Option<Token![:]>>()?.is_none() {
            let help = format!("write `{name}: Type`");
            return Err(with_help(name.span(), format_args!("`{name}` needs its type"), help));
        }
        Ok(Parameter { attributes, name, ty: input.parse()? })
    };
    Ok(content.parse_terminated(parameter, Token![,])?.into_iter().collect())
}

/// An error of the head, which ends the reading.
fn with_help(span: Span, message: impl Display, help: impl Display) -> syn::Error {
    syn::Error::new(span, format_args!("{message}\n\n  = help: {help}"))
}

/// Reports parameters and dependencies that share a name, and leaves the later ones out; and parameters that are borrowed.
fn check_parameters(cx: &mut Diagnostics, conversation: &mut Conversation) {
    let mut known: Vec<Ident> = Vec::new();
    let mut check = |parameter: &Parameter| {
        let name = &parameter.name;
        let is_new = !known.contains(name);
        if !is_new {
            cx.error(name.span(), format_args!("`{name}` is already a parameter or a dependency of this conversation"))
                .help("give this one another name");
        }
        known.push(name.clone());
        is_new
    };
    conversation.parameters.retain(&mut check);
    conversation.dependencies.retain(&mut check);
    for parameter in conversation.parameters.iter_mut().chain(&mut conversation.dependencies) {
        if let Type::Reference(borrow) = &parameter.ty
            && borrow.lifetime.is_none()
        {
            cx.error_under(
                &parameter.ty,
                format_args!("a conversation owns what it is given, and `{}` borrows", parameter.name),
            )
            .help("write `String` for `&str`, `Vec<T>` for `&[T]`, `T` for `&T`");
            // Beside that error, not one of rustc's about its lifetime.
            let owned = &borrow.elem;
            parameter.ty = syn::parse_quote!(&'static #owned);
        }
    }
}

/// The block in a brace group of the source.
pub(crate) fn block(cx: &mut Diagnostics, group: &Group) -> Block {
    Block::of(cx, group.stream(), group.span_close())
}

impl Block {
    fn empty(end: Span) -> Block {
        Block { statements: Vec::new(), tail: None, end }
    }

    /// The block of these tokens, which nothing has shaped yet.
    pub(crate) fn of(cx: &mut Diagnostics, tokens: TokenStream, end: Span) -> Block {
        let shaped = shape(cx, tokens);
        let statements = recover::statements(cx, shaped);
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
        Stmt::Macro(call) => match marker(&call.mac) {
            Some(SAY) => message::message(cx, call.mac.path.span(), call.mac.tokens).map(Statement::Say),
            Some(VERB) => verb::verb(cx, call.mac.tokens).map(Statement::Verb),
            Some(ON) => clauses::on(cx, call.mac.path.span(), call.mac.tokens).map(Statement::On),
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

fn local(cx: &mut Diagnostics, local: syn::Local) -> Option<Statement> {
    let Some(init) = &local.init else { return Some(Statement::Rust(Stmt::Local(local))) };
    if let Expr::Macro(call) = &*init.expr
        && let Some(kind @ (ASK | RUN | ONCE | HEAR)) = marker(&call.mac)
    {
        let word = call.mac.path.span();
        if let Some((_, otherwise)) = &init.diverge {
            cx.error(otherwise.span(), "a question has its `else` before the `;`, not a `let … else`")
                .help("write `let answer: Type = ask …;` and take it apart afterwards");
        }
        let (name, mutable, ty) = answer(cx, &local.pat)?;
        let (answer, tokens) = ((name, mutable, ty), call.mac.tokens.clone());
        return match kind {
            RUN => run::run(cx, word, Some(answer), tokens).map(Statement::Run),
            ONCE => once::once(cx, word, Some(answer), tokens).map(Statement::Once),
            HEAR => Some(Statement::Ask(clauses::hear(cx, answer, tokens))),
            _ => clauses::ask(cx, word, answer, tokens).map(Statement::Ask),
        };
    }
    if !holds_question(&init.expr) || init.diverge.is_some() {
        report_lost_questions(cx, &Stmt::Local(local.clone()));
        return Some(Statement::Rust(Stmt::Local(local)));
    }
    let value = *local.init.expect("looked at above").expr;
    let (pattern, ty) = match local.pat {
        Pat::Type(typed) => (*typed.pat, Some(*typed.ty)),
        pattern => (pattern, None),
    };
    control(cx, value).ok().map(|value| Statement::Let { pattern, ty, value })
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

/// `name: Type` on the left of an `ask`.
fn answer(cx: &mut Diagnostics, pattern: &Pat) -> Option<(Ident, bool, Option<syn::Type>)> {
    match pattern {
        Pat::Type(typed) => answer(cx, &typed.pat).map(|(name, mutable, _)| (name, mutable, Some((*typed.ty).clone()))),
        Pat::Ident(name) if name.by_ref.is_none() && name.subpat.is_none() && name.ident != "self" => {
            Some((name.ident.clone(), name.mutability.is_some(), None))
        }
        other => {
            let error =
                cx.error_under(other, "the answer to a question goes into one variable, which names the question");
            match other {
                Pat::Wild(_) => error.help("write `let _answer: Type = ask …;` where the answer does not matter"),
                _ => error.help("write `let answer: Type = ask …;` and take it apart afterwards"),
            };
            None
        }
    }
}

/// Control flow as the language's own. What is none is given back: the questions in it were reported.
fn control(cx: &mut Diagnostics, value: Expr) -> Result<Control, Box<Expr>> {
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
