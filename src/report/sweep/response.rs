//! In: how outcomes answer to each parameter. Out: `response`: a row an outcome, a column a parameter, lines with their bands.

use super::super::axis::Scale;
use super::super::canvas::{Anchor, Canvas, Type, sheet};
use super::super::fan::finish;
use super::super::frame::Frame;
use super::super::theme::{AXIS, GREY, GRID, LABEL, LINES, MARGIN, PANEL, fit, text_width};
use super::super::{Chart, Missing};
use super::pick;
use crate::results::csv::number;
use crate::study::shape::{Part, View};
use crate::study::table::Swept;

/// Name of the chart's files.
pub const NAME: &str = "response";

const WIDTH: f64 = 1240.0;
const PLOT_HEIGHT: f64 = 170.0;
/// Rows, columns and lines drawn at most; the table has all.
const ROWS: usize = 3;
const COLUMNS: usize = 4;
const VARIANTS: usize = 4;
/// Space between columns, and for a row's title and its labels, px.
const GAP: f64 = 30.0;
const HEAD: f64 = 32.0;
const FOOT: f64 = 52.0;

/// Draw it.
pub fn chart(swept: &Swept) -> Result<Chart, Missing> {
    let outcomes = pick::outcomes(swept, ROWS);
    let variants: Vec<(usize, usize)> = swept.variants().into_iter().take(VARIANTS).collect();
    let view = |(metric, scope): &(String, String), variant| View { metric: metric.clone(), scope: scope.clone(), variant };
    let first = outcomes.first().zip(variants.first()).map(|(o, v)| view(o, *v)).ok_or(Missing::Data("no outcome is told"))?;
    let moving: Vec<usize> = pick::inputs(swept, &first).into_iter().filter(|i| swept.response(&first, *i).len() > 1).collect();
    let shown: Vec<usize> = moving.iter().copied().take(COLUMNS).collect();
    if shown.is_empty() {
        return Err(Missing::Data("no parameter is varied freely"));
    }
    let which = match moving.len() {
        n if n > shown.len() => format!("; of {n} parameters the {} that move the first outcome most", shown.len()),
        _ => String::new(),
    };
    let bands = variants.len() < 3;
    let marks = if bands { "line = median of points, shaded = 5 to 95 % of points" } else { "line = median of points" };
    let others = if swept.head.design == "one_at_a_time" { "the others as they stand" } else { "while all parameters vary" };
    let together = pick::together(swept);
    let subtitle = format!("{}; mean outcome of each point, {others}; {marks}{which}{together}", pick::counted(swept));
    let frame = Frame::of(&swept.head.title, WIDTH, "How outcomes answer to each parameter", &subtitle, None);
    let legend = if variants.len() > 1 { 24.0 } else { 0.0 };
    let top = frame.head() + legend;
    let height = top + outcomes.len() as f64 * (HEAD + PLOT_HEIGHT + FOOT) + frame.foot();
    let svg = sheet(WIDTH, height, |canvas| {
        frame.draw(canvas, height);
        let mut x = MARGIN;
        for (variant, ink) in variants.iter().zip(LINES).filter(|_| legend > 0.0) {
            let name = swept.variant_name(*variant);
            canvas.line(&[(x, top - 22.0), (x + 20.0, top - 22.0)], ink, 3.0);
            canvas.text(&name, (x + 26.0, top - 18.0), Type::new(LABEL));
            x += 46.0 + text_width(&name, LABEL, false);
        }
        for (r, outcome) in outcomes.iter().enumerate() {
            let lines: Vec<Vec<Vec<Part>>> =
                shown.iter().map(|i| variants.iter().map(|v| swept.response(&view(outcome, *v), *i)).collect()).collect();
            let y = top + r as f64 * (HEAD + PLOT_HEIGHT + FOOT);
            row(canvas, swept, outcome, (&shown, &lines), y, bands);
        }
    })?;
    Ok(Chart { name: NAME, svg, csv: table(swept)? })
}

/// A row of panels that share the scale of the outcome.
fn row(
    canvas: &mut Canvas<'_>,
    swept: &Swept,
    (metric, scope): &(String, String),
    (shown, lines): (&[usize], &[Vec<Vec<Part>>]),
    y: f64,
    bands: bool,
) {
    let all = || lines.iter().flatten().flatten();
    let high = all().map(|p| if bands { p.band[2] } else { p.band[1] }).fold(0.0, f64::max);
    let low = all().map(|p| if bands { p.band[0] } else { p.band[1] }).fold(0.0, f64::min);
    let mut scale = Scale::linear(high, 4, pick::said(metric));
    if low < 0.0 {
        scale = Scale::exactly(low, high.max(low + 1e-9), 4, pick::said(metric));
    }
    let left = MARGIN + scale.label_width().max(24.0) + 10.0;
    let columns = shown.len() as f64;
    let width = ((WIDTH - MARGIN - left - GAP * (columns - 1.0)) / columns).min(520.0);
    let (top, bottom) = (y + HEAD, y + HEAD + PLOT_HEIGHT);
    canvas.text(&pick::outcome(metric, scope), (MARGIN, y + 14.0), Type::new(PANEL).bold());
    let face = Type::new(LABEL).ink(GREY);
    for (c, (input, variants)) in shown.iter().zip(lines).enumerate() {
        let x = left + c as f64 * (width + GAP);
        let ends = variants.iter().flatten().fold((f64::INFINITY, f64::NEG_INFINITY), |e, p| (e.0.min(p.range.0), e.1.max(p.range.1)));
        let across = Scale::exactly(ends.0, ends.1, 4, super::super::axis::Said::Number);
        let place = |value: f64, outcome: f64| (x + width * across.place(value), bottom - PLOT_HEIGHT * scale.place(outcome));
        for (value, label) in &scale.ticks {
            let at = place(across.low, *value).1;
            canvas.line(&[(x, at), (x + width, at)], GRID, 1.0);
            if c == 0 {
                canvas.text(label, (x - 7.0, at + 3.7), face.anchor(Anchor::End));
            }
        }
        for (value, label) in &across.ticks {
            let at = place(*value, scale.low).0;
            canvas.line(&[(at, bottom), (at, bottom + 4.0)], AXIS, 1.0);
            canvas.text(label, (at, bottom + 17.0), face.anchor(Anchor::Middle));
        }
        for (parts, ink) in variants.iter().zip(LINES).filter(|_| bands) {
            let mut ring: Vec<(f64, f64)> = parts.iter().map(|p| place(p.at, p.band[2])).collect();
            ring.extend(parts.iter().rev().map(|p| place(p.at, p.band[0])));
            canvas.area(&ring, ink.with_alpha(0.2));
        }
        for (parts, ink) in variants.iter().zip(LINES) {
            canvas.line(&parts.iter().map(|p| place(p.at, p.band[1])).collect::<Vec<_>>(), ink, 2.0);
        }
        canvas.line(&[(x, top), (x, bottom), (x + width, bottom)], AXIS, 1.0);
        let name = fit(&pick::input(&swept.head.inputs[*input]), width + GAP / 2.0, LABEL, false);
        canvas.text(&name, (x + width / 2.0, bottom + 35.0), Type::new(LABEL).anchor(Anchor::Middle));
    }
}

/// One line a part of a parameter's range, for every outcome, parameter and variant.
fn table(swept: &Swept) -> Result<String, csv::Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record([
        "metric",
        "scope",
        "scenario",
        "policy",
        "parameter",
        "unit",
        "low",
        "high",
        "at",
        "points",
        "mean",
        "p05",
        "p50",
        "p95",
    ])?;
    for (metric, scope) in swept.outcomes() {
        for variant in swept.variants() {
            let view = View { metric: metric.clone(), scope: scope.clone(), variant };
            for (i, input) in swept.head.inputs.iter().enumerate() {
                for part in swept.response(&view, i) {
                    for text in [&metric, &scope, &swept.head.scenarios[variant.0], &swept.head.policies[variant.1], &input.id, &input.unit]
                    {
                        table.write_field(text)?;
                    }
                    let numbers =
                        [part.range.0, part.range.1, part.at, part.points as f64, part.mean, part.band[0], part.band[1], part.band[2]];
                    table.write_record(numbers.map(number))?;
                }
            }
        }
    }
    finish(table)
}
