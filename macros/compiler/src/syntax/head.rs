//! Reads a conversation: its head, `pub Order<T>(item: T) with (kitchen: Kitchen) hears News -> Receipt`, and its body.

use std::fmt::Display;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, Generics, Token, Type, TypeParam, WherePredicate, braced, parenthesized};

use super::ast::{Block, Conversation, Older, Parameter, Statement};
use super::older;
use super::parse::block;
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
            return Some(conversation.with(body));
        }
    };
    check_parameters(cx, &mut head.conversation);
    let body = Block::of(cx, head.body, head.end);
    Some(head.conversation.with(body))
}

impl Conversation {
    /// The same with this body, at whose head may stand what becomes of states that cannot be read.
    fn with(mut self, mut body: Block) -> Conversation {
        let is_outdated = |statement: &Statement| matches!(statement, Statement::Outdated(_));
        let end = body.statements.iter().position(|statement| !is_outdated(statement));
        let rest = body.statements.split_off(end.unwrap_or(body.statements.len()));
        for statement in std::mem::replace(&mut body.statements, rest) {
            self.outdated.extend(if let Statement::Outdated(outdated) = statement { Some(outdated) } else { None });
        }
        Conversation { body, ..self }
    }
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
        let order = "in this order: `Name(parameters) with (dependencies) hears Event -> Output { … }`";
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
    let outdated = Vec::new();
    let conversation = Conversation {
        attributes,
        visibility,
        name,
        generics,
        parameters,
        dependencies,
        hears,
        output,
        outdated,
        body: nothing,
    };
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
    if input.peek(Token![<]) {
        return Err(input.error("what is wrong may be its generics, and then every item of it is"));
    }
    let generics = Generics::default();
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
    let (dependencies, outdated) = (Vec::new(), Vec::new());
    let conversation = Conversation {
        attributes,
        visibility,
        name,
        generics,
        parameters,
        dependencies,
        hears,
        output,
        outdated,
        body: nothing,
    };
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
        Ok(Parameter { attributes, older: Older::default(), name, ty: input.parse()? })
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
    for parameter in &mut conversation.parameters {
        parameter.older = older::take(cx, &mut parameter.attributes);
    }
    for dependency in &mut conversation.dependencies {
        if let Some(place) = older::take(cx, &mut dependency.attributes).place {
            let name = &dependency.name;
            cx.error(place, format_args!("`{name}` is a dependency, and never stored")).help("take the attribute out");
        }
    }
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
