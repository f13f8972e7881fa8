//! Tables, and the page that they are written into.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Result;

/// A table, of its columns' names and its rows.
pub(crate) fn table(columns: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let head = format!("| {} |\n|{}\n", columns.join(" | "), "---|".repeat(columns.len()));
    rows.into_iter().fold(head, |table, row| table + &format!("| {} |\n", row.join(" | ")))
}

/// A cell for what is not measured.
pub(crate) const NOTHING: &str = "–";

/// Three digits of it, or as many as stand before the point.
pub(crate) fn number(value: f64) -> String {
    let digits = match value.abs() {
        ..10.0 => 2,
        ..100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$}")
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Puts tables between two marks of `docs/performance.md`.
pub(crate) fn write(mark: &str, tables: &str) -> Result {
    let (file, begin, end) = (docs("performance.md"), format!("<!-- {mark} -->\n"), format!("<!-- /{mark} -->"));
    let text = fs::read_to_string(&file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let around = text.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    let Some((before, after)) = around else { return Err(format!("{} has no place for the tables", file.display())) };
    let text = format!("{before}{begin}\n{tables}\n{end}{after}");
    fs::write(&file, text).map_err(|error| format!("cannot write {}: {error}", file.display()))
}

pub(crate) fn docs(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(file)
}
