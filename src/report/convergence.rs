//! In: running means of the headline metrics. Out: `convergence`, each mean with its 95 % band against the number of realizations.

use super::axis::{Said, Scale};
use super::canvas::{Anchor, Canvas, Type, sheet};
use super::fan::finish;
use super::frame::Frame;
use super::say;
use super::theme::{AXIS, BLUE, GREY, GRID, LABEL, MARGIN, PANEL, VERMILLION, fit, shrink};
use super::{Chart, Missing};
use crate::results::csv::number;
use crate::results::estimate::Z;
use crate::results::until::Until;
use crate::results::{ConvergenceRow, Results};

/// Name of the chart's files.
pub const NAME: &str = "convergence";

const WIDTH: f64 = 1040.0;
const PLOT_HEIGHT: f64 = 180.0;
/// Height of a panel's name and note, px.
const HEAD: f64 = 42.0;
/// Space for numbers under a panel, px.
const FOOT: f64 = 58.0;
const GAP: f64 = 30.0;
/// Realizations from which on a mean is drawn: before, it says little.
const FROM: u64 = 50;
/// Realizations that a chart needs.
const ENOUGH: u64 = 200;
/// Means nearer to zero are rounding.
const NOTHING: f64 = 1e-9;

/// What a metric is called, its unit, and how its values are said.
fn words(metric: &str) -> (&str, &str, Said) {
    match metric {
        "unmet_share" => ("Demand not served", "share of demand over the whole run", Said::Percent),
        "fill_rate" => ("Demand served in its own week", "share of demand over the whole run", Said::Percent),
        "lost_output" => ("Lost output", "t over the whole run", Said::Number),
        "triangle_area" => ("Lost output, in weeks of normal output", "weeks", Said::Number),
        "line_down_weeks" => ("Weeks in which a line is down", "weeks", Said::Number),
        "time_to_survive" => ("Time to survive", "weeks", Said::Number),
        "time_to_recover" => ("Time to recover", "weeks", Said::Number),
        "min_cover" => ("Lowest cover", "weeks", Said::Number),
        "peak_unmet" => ("Demand not served in the worst week", "share of demand", Said::Percent),
        "not_recovered" => ("Not recovered when the run ends", "share of realizations", Said::Percent),
        "peak_price_inside" => ("Highest price inside", "times the opening price", Said::Number),
        "peak_price_outside" => ("Highest price outside", "times the opening price", Said::Number),
        "peak_premium" => ("Highest premium outside", "share of the price inside", Said::Percent),
        other => (other, "", Said::Number),
    }
}

/// The running mean of one metric of one scope.
struct Panel<'a> {
    rows: Vec<&'a ConvergenceRow>,
    /// The last mean with its error.
    end: &'a ConvergenceRow,
    /// What was asked for, if it was asked of this one.
    until: Option<&'a Until>,
}

impl<'a> Panel<'a> {
    /// None where there is no mean to speak of.
    fn new(rows: impl Iterator<Item = &'a ConvergenceRow>, until: Option<&'a Until>) -> Option<Panel<'a>> {
        let rows: Vec<&ConvergenceRow> = rows.filter(|r| r.mean.is_finite() && r.se.is_finite()).collect();
        let end = *rows.last()?;
        (end.mean.abs() > NOTHING).then_some(Panel { rows, end, until })
    }

    fn drawn(&self) -> impl Iterator<Item = &'a ConvergenceRow> {
        self.rows.iter().copied().filter(|r| r.n >= FROM)
    }

    /// The two lines between which the band shall lie in the end.
    fn lines(&self) -> Option<[f64; 2]> {
        self.until.map(|u| [1.0 - u.goal.target, 1.0 + u.goal.target].map(|factor| factor * self.end.mean))
    }

    fn scale(&self, said: Said) -> Scale {
        let ends = self.drawn().flat_map(|r| [r.mean - Z * r.se, r.mean + Z * r.se]).chain(self.lines().into_iter().flatten());
        let (low, high) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
        Scale::between(low, high, 4, said)
    }
}

/// Draw it.
pub fn chart(results: &Results) -> Result<Chart, Missing> {
    if results.realizations < ENOUGH {
        return Err(Missing::Data("it takes 200 realizations to see whether the means hold still"));
    }
    let panels = panels(results);
    if panels.is_empty() {
        return Err(Missing::Data("nothing was lost, so there is no mean to follow"));
    }
    let asked =
        panels.iter().find_map(|p| p.until).map(|u| format!("; orange = the last mean ± {}, as asked for", say::percent(u.goal.target)));
    let meaning = format!(
        "line = mean of the first realizations, shaded = its 95 % Monte Carlo interval; from {FROM} realizations on; values do not begin at zero{}",
        asked.unwrap_or_default()
    );
    let frame = Frame::new(results, WIDTH, "Do the means hold still?", &Frame::counted(results, &meaning), None);
    let x = realizations_axis(results.realizations);
    let columns = panels.len().min(2);
    let row = HEAD + PLOT_HEIGHT + FOOT;
    let height = frame.head() + panels.len().div_ceil(columns) as f64 * row + frame.foot();
    let width = (WIDTH - 2.0 * MARGIN - GAP * (columns - 1) as f64) / columns as f64;
    let svg = sheet(WIDTH, height, |canvas| {
        frame.draw(canvas, height);
        for (i, panel) in panels.iter().enumerate() {
            let left = MARGIN + (i % columns) as f64 * (width + GAP);
            draw(canvas, results, panel, &x, (left, frame.head() + (i / columns) as f64 * row), width);
        }
    })?;
    Ok(Chart { name: NAME, svg, csv: table(results, &panels)? })
}

/// What was asked for first, then the headline metrics in the order of the table.
fn panels(results: &Results) -> Vec<Panel<'_>> {
    let until = results.until.as_ref();
    let asked = |r: &ConvergenceRow| until.is_some_and(|u| u.goal.metric == r.metric && u.goal.scope == r.scope);
    let mut panels: Vec<Panel<'_>> = until.and_then(|u| Panel::new(u.rows.iter(), Some(u))).into_iter().collect();
    let mut seen: Vec<(&str, &str)> = vec![];
    for row in &results.convergence {
        let key = (row.metric.as_str(), row.scope.as_str());
        if !seen.contains(&key) && !asked(row) {
            seen.push(key);
            panels.extend(Panel::new(results.convergence.iter().filter(|r| (r.metric.as_str(), r.scope.as_str()) == key), None));
        }
    }
    panels
}

/// From the first mean that is drawn to the last.
fn realizations_axis(count: u64) -> Scale {
    let mut x = Scale::logarithmic(FROM as f64, count as f64, Said::Number);
    x.high = count as f64;
    x.ticks.retain(|(n, _)| *n <= count as f64);
    x
}

fn draw(canvas: &mut Canvas<'_>, results: &Results, panel: &Panel<'_>, x: &Scale, (left, top): (f64, f64), width: f64) {
    let (name, unit, said) = words(&panel.end.metric);
    let y = panel.scale(said);
    let plot_left = left + y.label_width() + 10.0;
    // The last number of realizations stands centred on the right end.
    let plot_width = left + width - 16.0 - plot_left;
    let (plot_top, bottom) = (top + HEAD, top + HEAD + PLOT_HEIGHT);
    let place = |n: f64, value: f64| (plot_left + plot_width * x.place(n), bottom - PLOT_HEIGHT * y.place(value));
    let face = Type::new(LABEL).ink(GREY);
    let scope = if panel.end.scope == "world" { String::new() } else { format!(", {}", results.name(&panel.end.scope)) };
    let (size, title) = shrink(&format!("{name}{scope}"), width, PANEL, true);
    canvas.text(&title, (left, top + 12.0), Type::new(size).bold());
    let precision = say::percent(Z * panel.end.se / panel.end.mean.abs());
    let note =
        [unit, &format!("± {precision} of the mean in the end")].iter().filter(|s| !s.is_empty()).copied().collect::<Vec<_>>().join("; ");
    canvas.text(&fit(&note, width, LABEL, false), (left, top + 27.0), face);
    for (value, label) in &y.ticks {
        let at = place(x.low, *value).1;
        canvas.line(&[(plot_left, at), (plot_left + plot_width, at)], GRID, 1.0);
        canvas.text(label, (plot_left - 7.0, at + 3.7), face.anchor(Anchor::End));
    }
    for (n, label) in &x.ticks {
        let at = place(*n, y.low).0;
        canvas.line(&[(at, bottom), (at, bottom + 4.0)], AXIS, 1.0);
        canvas.text(label, (at, bottom + 17.0), face.anchor(Anchor::Middle));
    }
    canvas.line(&[(plot_left, plot_top), (plot_left, bottom), (plot_left + plot_width, bottom)], AXIS, 1.0);
    canvas.text("Realizations (log scale)", (plot_left + plot_width / 2.0, bottom + 33.0), face.anchor(Anchor::Middle));
    let mut ring: Vec<(f64, f64)> = panel.drawn().map(|r| place(r.n as f64, r.mean + Z * r.se)).collect();
    let mut lower: Vec<(f64, f64)> = panel.drawn().map(|r| place(r.n as f64, r.mean - Z * r.se)).collect();
    lower.reverse();
    ring.extend(lower);
    canvas.area(&ring, BLUE.with_alpha(0.2));
    for value in panel.lines().into_iter().flatten() {
        let at = place(x.low, value).1;
        canvas.line(&[(plot_left, at), (plot_left + plot_width, at)], VERMILLION, 1.2);
    }
    canvas.line(&panel.drawn().map(|r| place(r.n as f64, r.mean)).collect::<Vec<_>>(), BLUE, 2.0);
}

fn table(results: &Results, panels: &[Panel<'_>]) -> Result<String, csv::Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["metric", "scope", "name", "n", "mean", "se", "lo95", "hi95", "target_lo", "target_hi"])?;
    for panel in panels {
        let [low, high] = panel.lines().map_or_else(Default::default, |lines| lines.map(number));
        for r in &panel.rows {
            let [mean, se, lo, hi] = [r.mean, r.se, r.mean - Z * r.se, r.mean + Z * r.se].map(number);
            table.write_record([&r.metric, &r.scope, results.name(&r.scope), &r.n.to_string(), &mean, &se, &lo, &hi, &low, &high])?;
        }
    }
    finish(table)
}
