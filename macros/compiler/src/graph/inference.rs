//! Types that are readable at a glance, where a `let` has none written.

use syn::{Expr, Lit, Local, Pat, Type, parse_quote};

use crate::names::{Arena, Scopes};
use crate::opaque::{Binding, bindings};
use crate::types::argument;

/// The variables that a `let` declares, with the types that its text gives away.
pub(crate) fn declared(local: &Local, scopes: &Scopes, variables: &Arena) -> Vec<(Binding, Option<Type>)> {
    let (pattern, ty) = match &local.pat {
        Pat::Type(typed) => (&*typed.pat, Some((*typed.ty).clone())),
        pattern => (pattern, local.init.as_ref().and_then(|init| of_value(&init.expr, scopes, variables))),
    };
    through(pattern, ty)
}

/// Takes a pattern and its type apart together, as far as both are tuples.
pub(crate) fn through(pattern: &Pat, ty: Option<Type>) -> Vec<(Binding, Option<Type>)> {
    match (pattern, ty) {
        (Pat::Ident(name), ty) if name.subpat.is_none() => {
            let ty = ty.filter(|ty| name.by_ref.is_none() && !matches!(ty, Type::Infer(_)));
            bindings(pattern).into_iter().map(|binding| (binding, ty.clone())).collect()
        }
        (Pat::Paren(inner), ty) => through(&inner.pat, ty),
        (Pat::Tuple(patterns), Some(Type::Tuple(types))) if patterns.elems.len() == types.elems.len() => {
            let pairs = patterns.elems.iter().zip(types.elems);
            pairs.flat_map(|(pattern, ty)| through(pattern, Some(ty))).collect()
        }
        (pattern, _) => bindings(pattern).into_iter().map(|binding| (binding, None)).collect(),
    }
}

/// The type of the items of a variable whose type is a known collection.
pub(crate) fn item_of(items: &Expr, scopes: &Scopes, variables: &Arena) -> Option<Type> {
    const COLLECTIONS: [&str; 5] = ["Vec", "Option", "VecDeque", "BTreeSet", "HashSet"];
    let ty = of_value(items, scopes, variables)?;
    COLLECTIONS.iter().find_map(|known| argument(&ty, known)).cloned()
}

/// The type of a value whose text says it: a literal with a suffix, a variable whose type is known, a tuple of such.
fn of_value(value: &Expr, scopes: &Scopes, variables: &Arena) -> Option<Type> {
    match value {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Bool(_) => Some(parse_quote!(::core::primitive::bool)),
            Lit::Char(_) => Some(parse_quote!(::core::primitive::char)),
            Lit::Int(number) => suffix(number.suffix()),
            Lit::Float(number) => suffix(number.suffix()),
            _ => None,
        },
        Expr::Path(path) => {
            let variable = scopes.resolve(&path.path.get_ident()?.to_string())?;
            variables.get(variable).ty.clone()
        }
        Expr::Paren(inner) => of_value(&inner.expr, scopes, variables),
        Expr::Tuple(values) => {
            let types =
                values.elems.iter().map(|value| of_value(value, scopes, variables)).collect::<Option<Vec<_>>>()?;
            Some(parse_quote!((#(#types,)*)))
        }
        _ => None,
    }
}

fn suffix(suffix: &str) -> Option<Type> {
    (!suffix.is_empty()).then(|| syn::parse_str(&format!("::core::primitive::{suffix}")).ok()).flatten()
}
