//! The function under `#[ws_route]`, opened as far as its signature. Its body is nobody's business here.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, FnArg, Pat, ReturnType, Safety, Signature, Token, Type, Visibility};

use crate::diagnostics::Diagnostics;

/// What `#[ws_route]` has to know of its function.
pub(super) struct Handler {
    /// Its `#[cfg]`s: what is emitted beside it is there when it is there.
    pub(super) conditions: Vec<Attribute>,
    pub(super) visibility: Visibility,
    pub(super) asyncness: Option<Token![async]>,
    pub(super) name: Ident,
    pub(super) parameters: Vec<Parameter>,
    /// What it returns, with `()` spelt out; `None` for an `impl Trait`, which cannot be.
    pub(super) output: Option<Type>,
    /// Whether it returns nothing at all.
    pub(super) returns_nothing: bool,
    /// Whether it has a `self`, and so stands in an `impl`.
    pub(super) is_method: bool,
}

/// One parameter of a handler.
pub(super) struct Parameter {
    /// Its name, where its pattern is one.
    pub(super) name: Option<Ident>,
    pub(super) ty: Type,
}

impl Handler {
    /// Reads the signature. `None` if the item is no function, which has been reported.
    pub(super) fn parse(cx: &mut Diagnostics, item: TokenStream) -> Option<Self> {
        let not_a_function = not_a_function(&item);
        let parse = |input: ParseStream<'_>| {
            let attributes = Attribute::parse_outer(input)?;
            let visibility = input.parse()?;
            let signature = input.parse::<Signature>()?;
            input.parse::<TokenStream>()?;
            Ok((attributes, visibility, signature))
        };
        match parse.parse2(item) {
            Ok((attributes, visibility, signature)) => Some(Self::read(cx, attributes, visibility, signature)),
            Err(error) => {
                match not_a_function {
                    Some(span) => {
                        cx.error(span, "`#[ws_route]` stands on an `async fn`, and this is none");
                    }
                    None => cx.syntax(error),
                }
                None
            }
        }
    }

    fn read(cx: &mut Diagnostics, attributes: Vec<Attribute>, visibility: Visibility, signature: Signature) -> Self {
        check(cx, &signature);
        let is_method = signature.receiver().is_some();
        let asyncness = signature.asyncness;
        let (output, returns_nothing) = match signature.output {
            ReturnType::Default => (Some(syn::parse_quote!(())), true),
            ReturnType::Type(_, ty) => match *ty {
                Type::Tuple(tuple) if tuple.elems.is_empty() => (Some(Type::Tuple(tuple)), true),
                ty if mentions_impl(&ty) => (None, false),
                ty => (Some(ty), false),
            },
        };
        let typed = signature.inputs.into_iter().filter_map(|input| match input {
            FnArg::Typed(typed) => Some(typed),
            _ => None,
        });
        let parameters = typed.map(|typed| Parameter { name: name(*typed.pat), ty: *typed.ty }).collect();
        let conditions = attributes.into_iter().filter(|attribute| attribute.path().is_ident("cfg")).collect();
        Handler {
            conditions,
            visibility,
            asyncness,
            name: signature.ident,
            parameters,
            output,
            returns_nothing,
            is_method,
        }
    }
}

/// Reports what a route cannot call.
fn check(cx: &mut Diagnostics, signature: &Signature) {
    let name = signature.ident.unraw();
    let mut error = |span, message: String, help: &str| {
        cx.error(span, message).help(help);
    };
    if signature.asyncness.is_none() {
        error(signature.fn_token.span, format!("`{name}` is not `async`"), &format!("write `async fn {name}`"));
    }
    if let Safety::Unsafe(token) = &signature.safety {
        error(token.span, format!("`{name}` is `unsafe`, and whoever connects calls it"), "take `unsafe` away");
    }
    if let (Some(first), Some(_)) = (&signature.generics.lt_token, &signature.generics.gt_token) {
        error(first.span, format!("`{name}` is generic, and a route is one handler"), "name the types");
    }
    if let Some(receiver) = signature.receiver() {
        let help = "move the handler out of the `impl`; it gets what it needs as `State(app): State<App>`";
        error(receiver.self_token.span, "a route has no `self`".to_owned(), help);
    }
    for input in &signature.inputs {
        let FnArg::Typed(typed) = input else { continue };
        match &*typed.ty {
            Type::Reference(reference) => {
                let owned = match &*reference.elem {
                    Type::Path(path) if path.path.is_ident("str") => "write `String`",
                    _ => "take it by value",
                };
                error(reference.and_token.span, "a handler owns its parameters".to_owned(), owned);
            }
            ty if mentions_impl(ty) => {
                error(
                    ty.span(),
                    format!("`impl …` makes `{name}` generic, and a route is one handler"),
                    "name the type",
                );
            }
            _ => {}
        }
    }
}

/// `room` and `mut room`, but not `State(app)`.
fn name(pattern: Pat) -> Option<Ident> {
    match pattern {
        Pat::Ident(pattern) if pattern.by_ref.is_none() && pattern.subpat.is_none() => Some(pattern.ident),
        _ => None,
    }
}

fn mentions_impl(ty: &Type) -> bool {
    struct Finder(bool);
    impl<'ast> syn::visit::Visit<'ast> for Finder {
        fn visit_type_impl_trait(&mut self, _: &'ast syn::TypeImplTrait) {
            self.0 = true;
        }
    }
    let mut finder = Finder(false);
    syn::visit::Visit::visit_type(&mut finder, ty);
    finder.0
}

/// The token after the attributes and the visibility, if there is no `fn` in sight.
fn not_a_function(item: &TokenStream) -> Option<Span> {
    let mut tokens = item.clone().into_iter().peekable();
    if item.clone().into_iter().any(|token| matches!(&token, TokenTree::Ident(word) if word == "fn")) {
        return None;
    }
    while let Some(TokenTree::Punct(hash)) = tokens.peek()
        && hash.as_char() == '#'
    {
        tokens.next();
        tokens.next();
    }
    Some(tokens.next().map_or_else(Span::call_site, |token| token.span()))
}
