//! `#[was = "phone"]` and `#[default(0)]`: how a variable is read from what a build before this one has stored.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, Meta, parse_quote_spanned};

use super::ast::Older;
use crate::diagnostics::Diagnostics;
use crate::names::plain;

/// Whether an attribute says something of older states.
pub(crate) fn is_older(attribute: &Attribute) -> bool {
    attribute.path().is_ident("was") || attribute.path().is_ident("default")
}

/// Takes out of a variable's attributes what they say of older states.
pub(crate) fn take(cx: &mut Diagnostics, attributes: &mut Vec<Attribute>) -> Older {
    let mut older = Older::default();
    attributes.retain(|attribute| {
        if !is_older(attribute) {
            return true;
        }
        older.place.get_or_insert(attribute.path().span());
        if attribute.path().is_ident("was") {
            older.was.extend(name(cx, attribute).filter(|(name, span)| is_new(cx, &older, name, *span)));
        } else {
            if older.default.is_some() {
                cx.error_under(attribute, "this variable has a `#[default]` already").help("keep one of them");
            }
            older.default = value(cx, attribute);
        }
        false
    });
    older
}

/// `"phone"` of `#[was = "phone"]`
fn name(cx: &mut Diagnostics, attribute: &Attribute) -> Option<(String, Span)> {
    if let Meta::NameValue(pair) = &attribute.meta
        && let Expr::Lit(ExprLit { lit: Lit::Str(name), .. }) = &pair.value
        && !name.value().is_empty()
    {
        return Some((name.value(), name.span()));
    }
    cx.error_under(attribute, "`#[was]` needs the name that was stored").help("write `#[was = \"phone\"]`");
    None
}

fn is_new(cx: &mut Diagnostics, older: &Older, name: &str, span: Span) -> bool {
    let known = older.was.iter().any(|(known, _)| known == name);
    if known {
        cx.error(span, format_args!("`{name}` is said here twice")).help("take one of the two out");
    }
    !known
}

/// `0` of `#[default(0)]`; without one, what the type itself has for a default.
fn value(cx: &mut Diagnostics, attribute: &Attribute) -> Option<Expr> {
    let parsed = match &attribute.meta {
        Meta::Path(path) => {
            let place = path.span().resolved_at(Span::mixed_site());
            return Some(parse_quote_spanned!(place=> ::core::default::Default::default()));
        }
        Meta::List(_) => attribute.parse_args::<Expr>().ok(),
        Meta::NameValue(_) => None,
    };
    if parsed.is_none() {
        cx.error_under(attribute, "`#[default]` has its value in parentheses, or none")
            .help("write `#[default(0)]`, or `#[default]` for the default of the type");
    }
    parsed
}

impl Older {
    /// What a question was called that is called `name` now: where a `revise` asks it again, the name of the question itself, and
    /// more behind it.
    pub(crate) fn names(&self, question: &Ident, name: &Ident) -> Vec<(String, Span)> {
        let (question, name) = (plain(question), plain(name));
        let more = name.strip_prefix(&question).unwrap_or_default();
        self.was.iter().map(|(was, span)| (format!("{was}{more}"), *span)).collect()
    }

    /// Reports, where something is said, that there is no variable that it is said of.
    pub(crate) fn report_without_variable(&self, cx: &mut Diagnostics) -> bool {
        if let Some(place) = self.place {
            cx.error(place, "this is said of a variable, and here is none").help("put it in front of a `let`");
        }
        self.place.is_some()
    }
}
