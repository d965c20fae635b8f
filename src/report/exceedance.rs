//! In: how often lost output exceeds thresholds. Out: `exceedance`, a curve with its Monte Carlo band for the world and the worst regions.

use super::axis::{Said, Scale};
use super::canvas::{Anchor, Canvas, Type, sheet};
use super::fan::finish;
use super::frame::Frame;
use super::say;
use super::theme::{AXIS, BLACK, GREY, GRID, Ink, LABEL, LINES, MARGIN, PANEL, shrink};
use super::{Chart, Missing};
use crate::results::csv::number;
use crate::results::{ExceedanceRow, Results};

/// Name of the chart's files.
pub const NAME: &str = "exceedance";

const METRIC: &str = "lost_output";
const WIDTH: f64 = 1040.0;
const PLOT_HEIGHT: f64 = 430.0;
/// Width of the column that names the curves, px.
const NAMES: f64 = 200.0;
/// Realizations that must lie beyond a point for it to be drawn.
const BEYOND: f64 = 10.0;

/// Threshold, t; chance that more is lost; its interval.
type Point = (f64, f64, f64, f64);

struct Curve<'a> {
    scope: &'a str,
    ink: Ink,
    /// By threshold, above 0.
    points: Vec<Point>,
    /// What it exceeds once in ten times, and how far the further end of its interval lies from that, t.
    one_in_ten: Option<(f64, f64)>,
}

/// Draw it.
pub fn chart(results: &Results) -> Result<Chart, Missing> {
    let rows: Vec<&ExceedanceRow> = results.exceedance.iter().filter(|r| r.metric == METRIC).collect();
    let mut scopes: Vec<&str> = Vec::new();
    for row in &rows {
        if (row.scope == "world" || row.scope.starts_with("region:")) && !scopes.contains(&row.scope.as_str()) {
            scopes.push(&row.scope);
        }
    }
    let mut curves: Vec<Curve<'_>> = scopes.iter().map(|scope| curve(&rows, scope)).filter(|c| c.points.len() > 1).collect();
    if curves.is_empty() {
        return Err(Missing::Data("no realization lost output, or too few did to draw a curve"));
    }
    let size = |c: &Curve<'_>| c.points.windows(2).map(|w| (w[1].0 - w[0].0) * w[0].1).sum::<f64>();
    curves.sort_by(|a, b| (b.scope == "world").cmp(&(a.scope == "world")).then(size(b).total_cmp(&size(a))));
    let others = curves.len().saturating_sub(LINES.len() + 1);
    curves.truncate(LINES.len() + 1);
    let mut inks = LINES.iter();
    for curve in &mut curves {
        curve.ink = if curve.scope == "world" { BLACK } else { *inks.next().unwrap_or(&GREY) };
    }
    let rest = match others {
        0 => String::new(),
        1 => "; one region, which loses least, is in the table only".to_owned(),
        n => format!("; {n} regions, which lose least, are in the table only"),
    };
    let meaning = format!("shaded = 95 % Monte Carlo interval; drawn while at least 10 realizations lie beyond{rest}");
    let frame = Frame::new(results, WIDTH, "Chance that lost output exceeds a given weight", &Frame::counted(results, &meaning), None);
    let all = || curves.iter().flat_map(|c| &c.points);
    let rare = all().map(|p| p.1).fold(1.0, f64::min);
    let x = {
        let high = all().map(|p| p.0).fold(0.0, f64::max);
        // Where every curve is still flat there is nothing to see; four decades at most.
        let low = all().filter(|p| p.1 < 0.99).map(|p| p.0).fold(f64::INFINITY, f64::min);
        let low = if low.is_finite() { low.max(high / 1e4) } else { high / 10.0 };
        Scale::logarithmic(low, high, Said::Number)
    };
    let y = if rare < 0.2 { Scale::logarithmic(rare, 1.0, Said::Percent) } else { Scale::linear(1.0, 5, Said::Percent) };
    let top = frame.head() + 26.0;
    let height = top + PLOT_HEIGHT + 52.0 + frame.foot();
    let svg = sheet(WIDTH, height, |canvas| {
        frame.draw(canvas, height);
        draw(canvas, results, &curves, &x, &y, top);
    })?;
    Ok(Chart { name: NAME, svg, csv: table(results, &rows)? })
}

fn curve<'a>(rows: &[&ExceedanceRow], scope: &'a str) -> Curve<'a> {
    let mut points: Vec<Point> = rows
        .iter()
        .filter(|r| r.scope == scope && r.threshold > 0.0 && r.probability * r.n as f64 >= BEYOND)
        .map(|r| (r.threshold, r.probability, r.lo95, r.hi95))
        .collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    // Where a chance passes one in ten, between two points.
    let passes = |chance: fn(&Point) -> f64| {
        points
            .windows(2)
            .map(|w| (chance(&w[0]), chance(&w[1]), w[0].0, w[1].0))
            .find(|(a, b, ..)| *a >= 0.1 && *b < 0.1)
            .map(|(a, b, from, to)| from + (a - 0.1) / (a - b) * (to - from))
    };
    // Where an end of its interval lies beyond the curve, the other end tells how wide it is.
    let one_in_ten = passes(|p| p.1).map(|t| {
        let ends = [passes(|p| p.2), passes(|p| p.3)].into_iter().flatten();
        (t, ends.map(|end| (end - t).abs()).fold(0.0, f64::max))
    });
    Curve { scope, ink: GREY, points, one_in_ten }
}

fn draw(canvas: &mut Canvas<'_>, results: &Results, curves: &[Curve<'_>], x: &Scale, y: &Scale, top: f64) {
    let left = MARGIN + y.label_width() + 10.0;
    let width = WIDTH - MARGIN - NAMES - 24.0 - left;
    let bottom = top + PLOT_HEIGHT;
    let place = |value: f64, chance: f64| (left + width * x.place(value), bottom - PLOT_HEIGHT * y.place(chance));
    let face = Type::new(LABEL).ink(GREY);
    canvas.text("Probability of losing more", (MARGIN, top - 12.0), face);
    for (chance, label) in &y.ticks {
        let at = place(x.low, *chance).1;
        canvas.line(&[(left, at), (left + width, at)], GRID, 1.0);
        canvas.text(label, (left - 7.0, at + 3.7), face.anchor(Anchor::End));
    }
    for (value, label) in &x.ticks {
        let at = place(*value, y.low).0;
        canvas.line(&[(at, top), (at, bottom)], GRID, 1.0);
        canvas.text(label, (at, bottom + 17.0), face.anchor(Anchor::Middle));
    }
    canvas.line(&[(left, top), (left, bottom), (left + width, bottom)], AXIS, 1.0);
    canvas.text("Lost output over the whole run (t, log scale)", (left + width / 2.0, bottom + 38.0), face.anchor(Anchor::Middle));
    for curve in curves.iter().rev() {
        let shown: Vec<_> = curve.points.iter().filter(|p| p.0 >= x.low * 0.999).collect();
        let mut ring: Vec<(f64, f64)> = shown.iter().map(|p| place(p.0, p.3)).collect();
        ring.extend(shown.iter().rev().map(|p| place(p.0, p.2)));
        canvas.area(&ring, curve.ink.with_alpha(0.2));
        canvas.line(&shown.iter().map(|p| place(p.0, p.1)).collect::<Vec<_>>(), curve.ink, 2.0);
    }
    let key = left + width + 24.0;
    for (index, curve) in curves.iter().enumerate() {
        let at = top + 12.0 + index as f64 * 40.0;
        canvas.line(&[(key, at - 4.0), (key + 18.0, at - 4.0)], curve.ink, 3.0);
        let (size, name) = shrink(results.name(curve.scope), NAMES - 26.0, PANEL, true);
        canvas.text(&name, (key + 26.0, at), Type::new(size).bold());
        let note = curve
            .one_in_ten
            .map_or_else(|| "rarely any loss".to_owned(), |(t, error)| format!("1 in 10: over {} t", say::to_error(t, error)));
        canvas.text(&note, (key + 26.0, at + 15.0), face);
    }
}

fn table(results: &Results, rows: &[&ExceedanceRow]) -> Result<String, csv::Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["metric", "scope", "name", "threshold", "probability", "lo95", "hi95", "n", "unit"])?;
    for row in rows {
        let [threshold, probability, lo, hi] = [row.threshold, row.probability, row.lo95, row.hi95].map(number);
        let name = results.name(&row.scope);
        table.write_record([&row.metric, &row.scope, name, &threshold, &probability, &lo, &hi, &row.n.to_string(), "t"])?;
    }
    finish(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(points: &[(f64, f64, f64, f64)]) -> Vec<ExceedanceRow> {
        let row = |&(threshold, probability, lo95, hi95): &(f64, f64, f64, f64)| ExceedanceRow {
            metric: METRIC.into(),
            scope: "world".into(),
            threshold,
            probability,
            lo95,
            hi95,
            n: 1000,
        };
        points.iter().map(row).collect()
    }

    #[test]
    fn one_in_ten_lies_between_points_and_is_as_wide_as_the_further_end_of_its_interval() {
        let known = rows(&[(100.0, 0.3, 0.25, 0.35), (200.0, 0.2, 0.15, 0.25), (300.0, 0.2 / 3.0, 0.05, 0.15), (400.0, 0.02, 0.0, 0.05)]);
        let found = |rows: &[ExceedanceRow]| curve(&rows.iter().collect::<Vec<_>>(), "world").one_in_ten;
        // 0.2 to 0.0667: the chance is one in ten at three quarters of the way. Ends: 250 below, 350 above.
        assert!(found(&known).is_some_and(|(t, half)| (t - 275.0).abs() < 1e-9 && (half - 75.0).abs() < 1e-9), "{:?}", found(&known));
        // Of the interval only the lower end is on the curve.
        assert!(found(&known[..3]).is_some_and(|(t, half)| (t - 275.0).abs() < 1e-9 && (half - 25.0).abs() < 1e-9));
        assert_eq!(found(&known[..2]), None);
    }
}
