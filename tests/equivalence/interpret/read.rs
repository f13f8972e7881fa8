//! How a reply becomes a value, or why it does not.

use crate::tree::{SIZES, Type, Value};

/// Reads a reply as a value of a type, or of those among the options.
pub(super) fn read(ty: Type, reply: &str, verbatim: bool, options: Option<Vec<u32>>) -> Result<Value, String> {
    let text = if verbatim { reply } else { reply.trim() };
    let number = |text: &str| text.parse::<u32>().map_err(|error| error.to_string());
    let parts = || text.split(',').map(str::trim).filter(|part| !part.is_empty());
    match (ty, options) {
        (Type::Number, Some(options)) => among(text, &options).map(Value::Number),
        (Type::Numbers, Some(options)) => {
            parts().map(|part| among(part, &options)).collect::<Result<_, _>>().map(Value::Numbers)
        }
        (_, Some(_)) => unreachable!("only numbers are among others"),
        (Type::Number, None) => number(text).map(Value::Number),
        (Type::Flag, None) => {
            text.parse().map(Value::Flag).map_err(|error: std::str::ParseBoolError| error.to_string())
        }
        (Type::Text, None) => Ok(Value::Text(text.to_owned())),
        (Type::Maybe, None) if text.is_empty() => Ok(Value::Maybe(None)),
        (Type::Maybe, None) => number(text).map(|number| Value::Maybe(Some(number))),
        (Type::Numbers, None) => parts().map(number).collect::<Result<_, _>>().map(Value::Numbers),
        (Type::Size, None) => size(text).map(Value::Size),
        (Type::Note | Type::Generic | Type::Stock, None) => unreachable!("nothing asks for a {ty}"),
    }
}

/// The option whose text this is, or whose number, counted from 1.
fn among(text: &str, options: &[u32]) -> Result<u32, String> {
    let by_name = options.iter().find(|option| option.to_string() == text);
    let by_number = || options.get(text.parse::<usize>().ok()?.checked_sub(1)?);
    by_name.or_else(by_number).copied().ok_or_else(|| {
        let all: Vec<String> = options.iter().map(ToString::to_string).collect();
        format!("expected one of: {}", all.join(", "))
    })
}

/// A name without case, spaces, hyphens and underscores, or a number, counted from 1.
fn size(text: &str) -> Result<usize, String> {
    let plain: String = text.to_lowercase().split([' ', '-', '_']).collect();
    let by_name = SIZES.iter().position(|size| size.to_lowercase() == plain);
    let by_number = || text.parse::<usize>().ok()?.checked_sub(1).filter(|index| *index < SIZES.len());
    by_name.or_else(by_number).ok_or_else(|| "expected one of: small, medium, extra large".to_owned())
}
