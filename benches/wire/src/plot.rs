//! Bars, as SVG.

use std::fmt::Write;
use std::fs;

use crate::Result;
use crate::report::{docs, number};

const ROW: usize = 24;
/// Where bars begin, behind their names, and how long the longest is.
const LEFT: usize = 220;
const LONGEST: f64 = 400.0;
const WIDTH: usize = 700;

/// A few bars under a title, the shorter the better.
pub(crate) struct Bars {
    pub(crate) title: &'static str,
    pub(crate) bars: Vec<(&'static str, f64)>,
}

/// Draws one under the other into `docs/wire.svg`.
pub(crate) fn write(plots: &[Bars]) -> Result {
    let rows: usize = plots.iter().map(|plot| plot.bars.len() + 2).sum();
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {0}\" width=\"{WIDTH}\" height=\"{0}\" \
         font-family=\"sans-serif\" font-size=\"13\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
        rows * ROW
    );
    let mut y = 0;
    for Bars { title, bars } in plots {
        y += ROW;
        let _ = writeln!(svg, "<text x=\"8\" y=\"{}\" font-weight=\"bold\">{title}</text>", y - 6);
        let most = bars.iter().map(|(_, value)| *value).fold(f64::MIN_POSITIVE, f64::max);
        for (name, value) in bars {
            let fill = if name.contains("**") { "#c2410c" } else { "#94a3b8" };
            let (name, length, base) = (name.replace(['`', '*'], ""), value.max(0.0) / most * LONGEST, y + 16);
            let _ = writeln!(svg, "<text x=\"{}\" y=\"{base}\" text-anchor=\"end\">{name}</text>", LEFT - 8);
            let _ = writeln!(
                svg,
                "<rect x=\"{LEFT}\" y=\"{}\" width=\"{length:.1}\" height=\"16\" fill=\"{fill}\"/>",
                y + 4
            );
            let end = LEFT as f64 + length + 6.0;
            let _ = writeln!(svg, "<text x=\"{end:.1}\" y=\"{base}\">{}</text>", number(*value));
            y += ROW;
        }
        y += ROW;
    }
    svg.push_str("</svg>\n");
    let file = docs("wire.svg");
    fs::write(&file, svg).map_err(|error| format!("cannot write {}: {error}", file.display()))
}
