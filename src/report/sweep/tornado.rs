//! In: outcomes at both ends of each parameter. Out: `tornado`: a bar for each end, the widest swing on top, a panel an outcome.

use super::super::axis::Scale;
use super::super::canvas::{Anchor, Canvas, Type, sheet};
use super::super::fan::finish;
use super::super::frame::Frame;
use super::super::say;
use super::super::theme::{AXIS, BLACK, BLUE, GREY, GRID, LABEL, MARGIN, PANEL, VERMILLION, fit, text_width};
use super::super::{Chart, Missing};
use super::pick;
use crate::results::csv::number;
use crate::study::shape::{Swing, View};
use crate::study::table::Swept;

/// Name of the chart's files.
pub const NAME: &str = "tornado";

const WIDTH: f64 = 1240.0;
/// Panels and bars drawn at most; the table has all.
const PANELS: usize = 4;
const BARS: usize = 10;
const COLUMNS: usize = 2;
/// Height of a parameter's two bars, space above, below and between panels, px.
const BAR: f64 = 30.0;
const HEAD: f64 = 26.0;
const FOOT: f64 = 46.0;
const GAP: f64 = 40.0;
/// Width of the parameters' names at most, px.
const NAMES: f64 = 190.0;

/// Draw it.
pub fn chart(swept: &Swept) -> Result<Chart, Missing> {
    let panels: Vec<(View, f64, Vec<Swing>)> = pick::views(swept, PANELS)
        .into_iter()
        .filter_map(|view| {
            let (middle, mut swings) = swept.swings(&view)?;
            swings.truncate(BARS);
            Some((view, middle, swings))
        })
        .collect();
    if panels.is_empty() {
        return Err(Missing::Data("no parameter has two ends at points that all give it a value"));
    }
    let ends = match swept.head.design.as_str() {
        "one_at_a_time" => "each parameter alone at its low and high end; vertical line = the scenario as it stands",
        "grid" => "points at a parameter's least and largest value, whatever the others are; vertical line = all points",
        _ => "the fifth of points at either end of a parameter, whatever the others are; vertical line = all points",
    };
    let title = "Which parameter moves the outcome most";
    let together = pick::together(swept);
    let subtitle = format!("{}; mean outcome of {ends}; number beside a bar = the parameter there{together}", pick::counted(swept));
    let frame = Frame::of(&swept.head.title, WIDTH, title, &subtitle, None);
    let bars = panels.iter().map(|p| p.2.len()).max().unwrap_or(1) as f64;
    let top = frame.head() + 22.0;
    let row = HEAD + bars * BAR + FOOT;
    let height = top + panels.len().div_ceil(COLUMNS) as f64 * row + frame.foot();
    let svg = sheet(WIDTH, height, |canvas| {
        frame.draw(canvas, height);
        let mut x = MARGIN;
        for (ink, text) in [(BLUE, "low end of the parameter"), (VERMILLION, "high end of the parameter")] {
            canvas.rectangle((x, top - 32.0), (x + 16.0, top - 22.0), ink);
            canvas.text(text, (x + 22.0, top - 23.0), Type::new(LABEL).ink(GREY));
            x += 50.0 + text_width(text, LABEL, false);
        }
        let width = (WIDTH - 2.0 * MARGIN - GAP * (COLUMNS - 1) as f64) / COLUMNS as f64;
        for (i, (view, middle, swings)) in panels.iter().enumerate() {
            let place = (MARGIN + (i % COLUMNS) as f64 * (width + GAP), top + (i / COLUMNS) as f64 * row);
            panel(canvas, swept, (view, *middle, swings), place, width);
        }
    })?;
    Ok(Chart { name: NAME, svg, csv: table(swept)? })
}

fn panel(canvas: &mut Canvas<'_>, swept: &Swept, (view, middle, swings): (&View, f64, &[Swing]), (x, y): (f64, f64), width: f64) {
    let face = Type::new(LABEL).ink(GREY);
    canvas.text(&fit(&pick::view(swept, view), width, PANEL, true), (x, y + 12.0), Type::new(PANEL).bold());
    let name = |s: &Swing| fit(&pick::input(&swept.head.inputs[s.input]), NAMES, LABEL, false);
    let left = x + swings.iter().map(|s| text_width(&name(s), LABEL, false)).fold(0.0, f64::max) + 12.0;
    let input = |s: &Swing, end: usize| {
        let text = say::fixed(s.ends[end], say::decimals(s.ends[end], 3).min(3));
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
    };
    let widest = swings.iter().flat_map(|s| [0, 1].map(|e| text_width(&input(s, e), LABEL, false))).fold(0.0, f64::max) + 8.0;
    let all = || swings.iter().flat_map(|s| s.outcome).chain([middle]);
    let (low, high) = (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
    let scale = Scale::exactly(low, high, 5, pick::said(&view.metric));
    // Room for the ends' values beside the longest bars.
    let (from, room) = (left + widest, x + width - left - 2.0 * widest);
    let place = |value: f64| from + room * scale.place(value);
    let (top, bottom) = (y + HEAD, y + HEAD + swings.len() as f64 * BAR);
    let mut free = f64::NEG_INFINITY;
    for (value, label) in &scale.ticks {
        let (at, half) = (place(*value), text_width(label, LABEL, false) / 2.0);
        canvas.line(&[(at, top), (at, bottom)], GRID, 1.0);
        if at - half > free + 6.0 {
            canvas.text(label, (at, bottom + 16.0), face.anchor(Anchor::Middle));
            free = at + half;
        }
    }
    for (i, swing) in swings.iter().enumerate() {
        let y = top + i as f64 * BAR;
        canvas.text(&name(swing), (left - 8.0, y + BAR / 2.0 + 3.7), Type::new(LABEL).anchor(Anchor::End));
        for (end, ink) in [(0, BLUE), (1, VERMILLION)] {
            let (a, b) = (place(middle), place(swing.outcome[end]));
            let y = y + 3.0 + end as f64 * (BAR / 2.0 - 3.0);
            canvas.rectangle((a.min(b), y), (a.max(b), y + BAR / 2.0 - 4.0), ink);
            let (at, anchor) = if b < a { (b - 4.0, Anchor::End) } else { (b + 4.0, Anchor::Start) };
            canvas.text(&input(swing, end), (at, y + 9.0), face.anchor(anchor));
        }
    }
    canvas.line(&[(place(middle), top), (place(middle), bottom)], BLACK, 1.0);
    canvas.line(&[(from - widest, bottom), (from + room + widest, bottom)], AXIS, 1.0);
}

/// One line a parameter's end, for every outcome and variant.
fn table(swept: &Swept) -> Result<String, csv::Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["metric", "scope", "scenario", "policy", "parameter", "unit", "end", "input", "mean", "middle"])?;
    for (metric, scope) in swept.outcomes() {
        for variant in swept.variants() {
            let view = View { metric: metric.clone(), scope: scope.clone(), variant };
            let Some((middle, swings)) = swept.swings(&view) else { continue };
            for swing in &swings {
                let input = &swept.head.inputs[swing.input];
                for (end, word) in ["low", "high"].into_iter().enumerate() {
                    let (scenario, policy) = (&swept.head.scenarios[variant.0], &swept.head.policies[variant.1]);
                    for text in [metric.as_str(), &scope, scenario, policy, &input.id, &input.unit, word] {
                        table.write_field(text)?;
                    }
                    table.write_record([swing.ends[end], swing.outcome[end], middle].map(number))?;
                }
            }
        }
    }
    finish(table)
}
