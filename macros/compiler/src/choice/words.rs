//! Names as a person says and types them.

/// `ExtraLarge` as `extra large`, `HTMLPage` as `html page`.
pub(super) fn spoken(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut words = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let after_lower = at > 0 && !letters[at - 1].is_uppercase();
        let before_lower = letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        if letter.is_uppercase() && at > 0 && (after_lower || before_lower) {
            words.push(' ');
        }
        words.push(*letter);
    }
    normal(&words)
}

/// A name without case, and with one space where words meet. The runtime does the same to a reply.
pub(super) fn normal(name: &str) -> String {
    let lowercase = name.to_lowercase();
    let words = lowercase.split(|letter: char| letter.is_whitespace() || matches!(letter, '-' | '_'));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variant_is_spoken_as_its_words() {
        for (name, words) in [
            ("Small", "small"),
            ("ExtraLarge", "extra large"),
            ("HTMLPage", "html page"),
            ("Size2", "size2"),
            ("Größe_Über", "größe über"),
            ("XL", "xl"),
        ] {
            assert_eq!(spoken(name), words);
        }
    }

    #[test]
    fn case_and_what_joins_words_make_no_difference() {
        for name in ["extra large", " Extra-Large", "EXTRA_LARGE", "extra  -  large"] {
            assert_eq!(normal(name), "extra large");
        }
    }
}
