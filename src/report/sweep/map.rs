//! In: an outcome over two parameters. Out: `map`: a heat map over the two that move the first outcome most, a panel an outcome.

use super::super::axis::Scale;
use super::super::canvas::{Anchor, Canvas, Type, sheet};
use super::super::fan::finish;
use super::super::frame::Frame;
use super::super::theme::{BLACK, GREY, Ink, LABEL, MARGIN, PANEL, WHITE, fit, text_width};
use super::super::{Chart, Missing};
use super::{pick, words};
use crate::results::csv::number;
use crate::study::shape::{Map, View};
use crate::study::table::{Input, Swept};

/// Name of the chart's files.
pub const NAME: &str = "map";

const WIDTH: f64 = 1240.0;
const PLOT_HEIGHT: f64 = 300.0;
/// Panels drawn at most.
const PANELS: usize = 4;
const COLUMNS: usize = 2;
/// Space above and below a plot, and for the colour key right of it, px.
const HEAD: f64 = 30.0;
const FOOT: f64 = 58.0;
const KEY: f64 = 96.0;

/// From little to much: even steps in lightness, safe for the colour-blind.
const STOPS: [(f64, f64, f64); 5] =
    [(247.0, 245.0, 241.0), (250.0, 205.0, 150.0), (231.0, 138.0, 61.0), (176.0, 66.0, 14.0), (84.0, 20.0, 6.0)];

fn colour(share: f64) -> Ink {
    let at = share.clamp(0.0, 1.0) * (STOPS.len() - 1) as f64;
    let i = (at as usize).min(STOPS.len() - 2);
    let (a, b, t) = (STOPS[i], STOPS[i + 1], at - i as f64);
    let mix = |a: f64, b: f64| (a + (b - a) * t).round() as u8;
    Ink::solid(mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
}

/// Draw it.
pub fn chart(swept: &Swept) -> Result<Chart, Missing> {
    let views = pick::views(swept, PANELS);
    let first = views.first().ok_or(Missing::Data("no outcome is told"))?;
    let moving: Vec<usize> = pick::inputs(swept, first).into_iter().filter(|i| swept.response(first, *i).len() > 1).collect();
    let [a, b, ..] = moving[..] else { return Err(Missing::Data("fewer than two parameters are varied freely")) };
    let maps: Vec<(View, Map)> = views.into_iter().filter_map(|v| Some((v.clone(), swept.map(&v, [a, b])?))).collect();
    if maps.is_empty() {
        return Err(Missing::Data("fewer than two parameters are varied freely"));
    }
    let inputs = [&swept.head.inputs[a], &swept.head.inputs[b]];
    let exact = maps.iter().all(|(_, m)| m.exact == [true, true]);
    let cells = if exact { "each cell = mean of its points" } else { "each cell = mean of the points that fall into it" };
    let others = if moving.len() > 2 {
        format!("; of {} parameters the two that move the first outcome most, while all vary", moving.len())
    } else {
        String::new()
    };
    let subtitle = format!("{}; mean outcome: {cells}{others}", pick::counted(swept));
    let frame = Frame::of(&swept.head.title, WIDTH, "Outcomes over two parameters at once", &subtitle, None);
    let rows = maps.len().div_ceil(COLUMNS) as f64;
    let top = frame.head();
    let height = top + rows * (HEAD + PLOT_HEIGHT + FOOT) + frame.foot();
    let svg = sheet(WIDTH, height, |canvas| {
        frame.draw(canvas, height);
        let step = (WIDTH - 2.0 * MARGIN + 30.0) / COLUMNS as f64;
        for (i, (view, map)) in maps.iter().enumerate() {
            let (x, y) = (MARGIN + (i % COLUMNS) as f64 * step, top + (i / COLUMNS) as f64 * (HEAD + PLOT_HEIGHT + FOOT));
            // Variants of one outcome share their colours.
            let alike = maps.iter().filter(|(v, _)| (&v.metric, &v.scope) == (&view.metric, &view.scope));
            let told = alike.flat_map(|(_, m)| m.cells.iter().flatten()).filter(|c| c.1 > 0).map(|c| c.0);
            let range = told.fold((f64::INFINITY, f64::NEG_INFINITY), |e, v| (e.0.min(v), e.1.max(v)));
            panel(canvas, swept, (view, map, range), inputs, (x, y, step - 30.0));
        }
    })?;
    Ok(Chart { name: NAME, svg, csv: table(swept, [a, b])? })
}

/// Edges of cells, 0 … 1 along an axis, and what is marked there.
type Axis = (Vec<(f64, f64)>, Vec<(f64, String)>);

fn axis(ranges: &[(f64, f64)], exact: bool) -> Axis {
    let n = ranges.len() as f64;
    if exact {
        let edges = (0..ranges.len()).map(|i| (i as f64 / n, (i + 1) as f64 / n)).collect();
        let marks = ranges.iter().enumerate().map(|(i, r)| ((i as f64 + 0.5) / n, number(r.0))).collect();
        return (edges, marks);
    }
    let (low, high) = (ranges[0].0, ranges[ranges.len() - 1].1);
    let scale = Scale::exactly(low, high, 5, super::super::axis::Said::Number);
    // A cell reaches half-way to its neighbours: between two parts there is no point.
    let edge = |i: usize| match i {
        0 => 0.0,
        i if i == ranges.len() => 1.0,
        i => scale.place(0.5 * (ranges[i - 1].1 + ranges[i].0)),
    };
    ((0..ranges.len()).map(|i| (edge(i), edge(i + 1))).collect(), scale.ticks.iter().map(|(v, l)| (scale.place(*v), l.clone())).collect())
}

fn panel(
    canvas: &mut Canvas<'_>,
    swept: &Swept,
    (view, map, (low, high)): (&View, &Map, (f64, f64)),
    inputs: [&Input; 2],
    (x, y, room): (f64, f64, f64),
) {
    let share = |value: f64| if high > low { (value - low) / (high - low) } else { 0.0 };
    let face = Type::new(LABEL).ink(GREY);
    canvas.text(&fit(&pick::view(swept, view), room, PANEL, true), (x, y + 12.0), Type::new(PANEL).bold());
    let ((across, marks), (up, beside)) = (axis(&map.ranges[0], map.exact[0]), axis(&map.ranges[1], map.exact[1]));
    let labels = beside.iter().map(|(_, l)| text_width(l, LABEL, false)).fold(0.0, f64::max);
    let (left, top) = ((x + labels + 8.0).ceil(), (y + HEAD + 14.0).ceil());
    let (width, height) = ((x + room - KEY - left).floor(), PLOT_HEIGHT - 14.0);
    canvas.text(&fit(&pick::input(inputs[1]), room, LABEL, false), (x, top - 8.0), Type::new(LABEL));
    let snap = |v: f64| v.round();
    for (i, column) in map.cells.iter().enumerate() {
        for (j, (value, points)) in column.iter().enumerate() {
            let ((a, b), (c, d)) = (across[i], up[j]);
            let (from, to) =
                ((snap(left + width * a), snap(top + height * (1.0 - d))), (snap(left + width * b), snap(top + height * (1.0 - c))));
            let ink = if *points > 0 { colour(share(*value)) } else { WHITE };
            canvas.rectangle(from, to, ink);
            let text = if *points > 0 { words::value(&view.metric, *value) } else { "–".into() };
            if to.0 - from.0 > text_width(&text, LABEL, false) + 4.0 && to.1 - from.1 > 15.0 {
                let ink = if share(*value) > 0.55 { WHITE } else { BLACK };
                let middle = (0.5 * (from.0 + to.0), 0.5 * (from.1 + to.1) + 3.7);
                canvas.text(&text, middle, Type::new(LABEL).ink(ink).anchor(Anchor::Middle));
            }
        }
    }
    let mut free = f64::NEG_INFINITY;
    for (at, label) in &marks {
        let (middle, half) = (left + width * at, text_width(label, LABEL, false) / 2.0);
        if middle - half > free + 4.0 {
            canvas.text(label, (middle, top + height + 15.0), face.anchor(Anchor::Middle));
            free = middle + half;
        }
    }
    for (at, label) in &beside {
        canvas.text(label, (left - 6.0, top + height * (1.0 - at) + 3.7), face.anchor(Anchor::End));
    }
    let name = fit(&pick::input(inputs[0]), room, LABEL, false);
    canvas.text(&name, (left + width / 2.0, top + height + 33.0), Type::new(LABEL).anchor(Anchor::Middle));
    key(canvas, &view.metric, (low, high), (left + width + 16.0, top, height));
}

/// The colours and what they mean.
fn key(canvas: &mut Canvas<'_>, metric: &str, (low, high): (f64, f64), (x, top, height): (f64, f64, f64)) {
    const STEPS: usize = 60;
    for step in (0..STEPS).rev() {
        let y = top + height * (1.0 - (step + 1) as f64 / STEPS as f64);
        canvas.rectangle((x, y), (x + 14.0, top + height), colour(step as f64 / (STEPS - 1) as f64));
    }
    for part in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let label = words::value(metric, low + (high - low) * part);
        let y = top
            + height * (1.0 - part)
            + if part == 0.0 {
                0.0
            } else if part == 1.0 {
                8.0
            } else {
                3.7
            };
        canvas.text(&label, (x + 19.0, y), Type::new(LABEL).ink(GREY));
    }
}

/// One line a cell, for every outcome and variant.
fn table(swept: &Swept, inputs: [usize; 2]) -> Result<String, csv::Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let head =
        ["metric", "scope", "scenario", "policy", "parameter_1", "low_1", "high_1", "parameter_2", "low_2", "high_2", "points", "mean"];
    table.write_record(head)?;
    let [one, two] = inputs.map(|i| &swept.head.inputs[i].id);
    for (metric, scope) in swept.outcomes() {
        for variant in swept.variants() {
            let view = View { metric: metric.clone(), scope: scope.clone(), variant };
            let Some(map) = swept.map(&view, inputs) else { continue };
            for (a, column) in map.ranges[0].iter().zip(&map.cells) {
                for (b, (mean, points)) in map.ranges[1].iter().zip(column) {
                    for text in [&metric, &scope, &swept.head.scenarios[variant.0], &swept.head.policies[variant.1], one] {
                        table.write_field(text)?;
                    }
                    let texts = [number(a.0), number(a.1), two.clone(), number(b.0), number(b.1), points.to_string(), number(*mean)];
                    table.write_record(texts)?;
                }
            }
        }
    }
    finish(table)
}
