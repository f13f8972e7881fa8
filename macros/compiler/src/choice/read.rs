//! The enum as its options: labels, and every name that each is read by.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Expr, ExprLit, Fields, Ident, Lit, LitStr, MetaNameValue, Token, Variant};

use super::words::{normal, spoken};
use crate::diagnostics::{Diagnostics, did_you_mean};

/// What the attribute looks like, for those who wrote another one.
const USAGE: &str = "write `#[choice(label = \"XL\", alias = \"extra\")]`, with any number of aliases";

/// A variant that can be chosen.
pub(super) struct Choosable {
    pub(super) variant: Ident,
    /// What a prompt shows.
    pub(super) label: String,
    /// What a reply is compared with, as `normal` leaves it.
    pub(super) names: Vec<String>,
}

/// A name, and where an error about it points.
struct Name {
    text: String,
    span: Span,
}

/// The variants that can be chosen. Whatever is wrong was reported.
pub(super) fn options(cx: &mut Diagnostics, item: &DeriveInput) -> Vec<Choosable> {
    let name = &item.ident;
    for attribute in item.attrs.iter().filter(|attribute| attribute.path().is_ident("choice")) {
        cx.error_under(attribute, "`#[choice]` belongs to a variant: it says what that one is called").help(USAGE);
    }
    if !item.generics.params.is_empty() {
        cx.error_under(&item.generics, format_args!("`{name}` is generic, and the options of a choice are all known"))
            .help("derive `Choice` for an enum without parameters");
    }
    let variants = match &item.data {
        Data::Enum(data) => &data.variants,
        Data::Struct(_) | Data::Union(_) => {
            cx.error(name.span(), format_args!("`{name}` is no enum, so there is nothing to choose from"))
                .help("derive `Choice` for an enum with one variant for each option");
            return Vec::new();
        }
    };
    if variants.is_empty() {
        cx.error(name.span(), format_args!("`{name}` has no variants, so there is nothing to choose from"))
            .help("give it one variant for each option");
    }
    let mut taken: Vec<(String, Ident)> = Vec::new();
    let count = variants.len();
    variants.iter().enumerate().map(|(index, variant)| option(cx, variant, (index + 1, count), &mut taken)).collect()
}

fn option(
    cx: &mut Diagnostics,
    variant: &Variant,
    (number, count): (usize, usize),
    taken: &mut Vec<(String, Ident)>,
) -> Choosable {
    let ident = &variant.ident;
    if !matches!(variant.fields, Fields::Unit) {
        cx.error_under(&variant.fields, format_args!("`{ident}` has fields, and a reply only chooses"))
            .help("leave them out, and ask for what they hold by a question of its own");
    }
    let plain = ident.unraw().to_string();
    let (label, aliases) = attributes(cx, variant);
    let own = [spoken(&plain), normal(&plain)].map(|text| Name { text, span: ident.span() });
    let written = label.iter().chain(&aliases).map(|name| Name { text: normal(&name.text), span: name.span });
    let mut names: Vec<String> = Vec::new();
    for name in own.into_iter().chain(written) {
        if names.contains(&name.text) {
            continue;
        }
        check(cx, &name, ident, (number, count), taken);
        taken.push((name.text.clone(), ident.clone()));
        names.push(name.text);
    }
    let label = label.map_or_else(|| names[0].clone(), |label| label.text);
    Choosable { variant: ident.clone(), label, names }
}

/// Reports a name that no reply can mean, or that another option has.
fn check(
    cx: &mut Diagnostics,
    name: &Name,
    variant: &Ident,
    (number, count): (usize, usize),
    taken: &[(String, Ident)],
) {
    let Name { text, span } = name;
    if text.is_empty() {
        cx.error(*span, format_args!("`{variant}` has a name without a letter")).help("a reply has to say something");
    }
    if text.contains(',') {
        cx.error(*span, format_args!("`{text}` has a comma, which separates the choices of a `Vec`"))
            .help("write it without");
    }
    if let Some((_, other)) = taken.iter().find(|(known, _)| known == text) {
        cx.error(*span, format_args!("`{text}` means `{other}` already, so `{variant}` cannot be told from it"))
            .help("give one of them another name: case, hyphens and underscores make no difference");
    }
    if text.parse::<usize>().is_ok_and(|meant| meant != number && (1..=count).contains(&meant)) {
        cx.error(*span, format_args!("`{text}` is the number of another option, and `{variant}` is number {number}"))
            .help("replies may be numbers, counted from 1: write the name with a letter");
    }
}

/// The label, and the aliases.
fn attributes(cx: &mut Diagnostics, variant: &Variant) -> (Option<Name>, Vec<Name>) {
    let (mut label, mut aliases) = (None, Vec::new());
    for attribute in variant.attrs.iter().filter(|attribute| attribute.path().is_ident("choice")) {
        for argument in arguments(cx, attribute) {
            let key = argument.path.get_ident().map(ToString::to_string).unwrap_or_default();
            if !["label", "alias"].contains(&key.as_str()) {
                let error = cx.error_under(&argument.path, format_args!("`#[choice]` knows no `{key}`"));
                match did_you_mean(&key, ["label", "alias"]) {
                    Some(meant) => error.help(format_args!("did you mean `{meant}`?")),
                    None => error.help(USAGE),
                };
                continue;
            }
            let Some(text) = string(&argument.value) else {
                cx.error_under(&argument.value, format_args!("`{key}` is a string")).help(USAGE);
                continue;
            };
            let name = Name { text: text.value(), span: text.span() };
            match (key.as_str(), &label) {
                ("alias", _) => aliases.push(name),
                (_, None) => label = Some(name),
                (_, Some(_)) => {
                    cx.error_under(&argument.path, format_args!("`{}` has a `label` already", variant.ident))
                        .help("further names are aliases: write `alias`");
                }
            }
        }
    }
    (label, aliases)
}

fn arguments(cx: &mut Diagnostics, attribute: &Attribute) -> Punctuated<MetaNameValue, Token![,]> {
    attribute.parse_args_with(Punctuated::parse_terminated).unwrap_or_else(|_| {
        cx.error_under(attribute, "`#[choice]` says what an option is called").help(USAGE);
        Punctuated::new()
    })
}

fn string(value: &Expr) -> Option<&LitStr> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text),
        _ => None,
    }
}
