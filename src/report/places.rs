//! In: a comparison. Out: `places`: for the world, each region and each sector the mean difference as a dot with its interval.

use super::axis::{Said, Scale};
use super::canvas::{Anchor, Canvas, Type, sheet};
use super::fan::finish;
use super::frame::Frame;
use super::say;
use super::theme::{AXIS, BLACK, GREY, GRID, LABEL, MARGIN, PANEL, fit, text_width};
use super::versus::{self, Legend};
use super::{Chart, Missing};
use crate::results::csv::{number, optional};
use crate::results::{Stat, SummaryRow};
use crate::study::compare::{Comparison, Difference};
use crate::study::compare_tables::CHANCES;

/// Name of the chart's files.
pub const NAME: &str = "places";

const WIDTH: f64 = 1240.0;
/// Height of a line of one variant, and of what stands between places, px.
const LINE: f64 = 15.0;
const GAP: f64 = 8.0;
/// Height of a section's name, px.
const SECTION: f64 = 26.0;
/// Width of the column of words, px.
const WORDS: f64 = 150.0;

/// Metrics shown side by side: name, heading, unit, how they are written.
const COLUMNS: [(&str, &str, &str, Said); 3] = [
    ("unmet_share", "Demand not served", "percentage points", Said::Points),
    ("line_down_weeks", "Lines more than 5 % short", "weeks", Said::Number),
    ("triangle_area", "Lost output", "weeks of normal output", Said::Number),
];

struct Column<'a> {
    metric: &'static str,
    heading: &'static str,
    unit: &'static str,
    scale: Scale,
    cells: Vec<&'a Difference>,
}

/// Draw it.
pub fn chart(comparison: &Comparison) -> Result<Chart, Missing> {
    let sections = sections(comparison);
    let scopes: Vec<&str> = sections.iter().flat_map(|(_, list)| list.iter().copied()).collect();
    let variants = comparison.variants.len() - 1;
    let columns: Vec<Column<'_>> = COLUMNS.iter().filter_map(|c| column(comparison, &scopes, *c)).collect();
    if columns.is_empty() {
        return Err(Missing::Data("no outcome of the world, a region or a sector is known of all variants"));
    }
    let results = &comparison.first().results;
    let names = scopes.iter().map(|s| text_width(results.name(s), LABEL + 1.0, false)).fold(0.0, f64::max).min(260.0) + 14.0;
    let meaning =
        "dot = mean difference, thick line = its 95 % interval, thin line = 90 % of futures; right of the grey line there is more of it";
    let subtitle = Frame::counted(results, meaning);
    let frame = Frame::of(&versus::source(comparison), WIDTH, "Whom the change helps, and whom it harms", &subtitle, None);
    let legend = Legend::new(comparison, 1, WIDTH).plain();
    let top = frame.head() + legend.height() + 40.0;
    let row = variants as f64 * LINE + GAP;
    let body: f64 = sections.iter().map(|(_, list)| SECTION + list.len() as f64 * row).sum();
    let height = top + body + 40.0 + frame.foot();
    let left = MARGIN + names;
    let each = (WIDTH - MARGIN - WORDS - left) / columns.len() as f64;
    let svg = sheet(WIDTH, height, |canvas| {
        frame.draw(canvas, height);
        legend.draw(canvas, frame.head() - 6.0);
        for (i, c) in columns.iter().enumerate() {
            axis(canvas, c, (left + each * i as f64 + 12.0, each - 40.0), (top, body));
        }
        let face = Type::new(LABEL).ink(GREY);
        canvas.text("share of futures in which", (WIDTH - WORDS - 8.0, top - 24.0), face);
        canvas.text("less / more is not served", (WIDTH - WORDS - 8.0, top - 10.0), face);
        let mut y = top;
        for (heading, list) in &sections {
            canvas.text(heading, (MARGIN, y + 17.0), Type::new(PANEL).bold());
            y += SECTION;
            for scope in list {
                let name = fit(results.name(scope), names - 10.0, LABEL + 1.0, false);
                canvas.text(&name, (left - 6.0, y + row / 2.0 + 1.0), Type::new(LABEL + 1.0).ink(BLACK).anchor(Anchor::End));
                for (i, c) in columns.iter().enumerate() {
                    for d in c.cells.iter().filter(|d| d.scope == **scope) {
                        let at = y + (d.variant - 1) as f64 * LINE + (LINE + GAP) / 2.0 - 3.0;
                        mark(canvas, d, c, (left + each * i as f64 + 12.0, each - 40.0), at);
                        if c.metric == "unmet_share" {
                            chances(canvas, d, at);
                        }
                    }
                }
                y += row;
            }
        }
    })?;
    Ok(Chart { name: NAME, svg, csv: table(comparison, &columns)? })
}

/// The world; regions and sectors, the most changed first.
fn sections(comparison: &Comparison) -> Vec<(&'static str, Vec<&str>)> {
    let mut list = vec![];
    for (heading, prefix) in [("World", "world"), ("Regions", "region:"), ("Sectors", "sector:")] {
        let mut scopes: Vec<(&str, f64)> = vec![];
        for d in comparison.differences.iter().filter(|d| d.metric == "unmet_share" && d.scope.starts_with(prefix)) {
            let size = d.row(Stat::Mean).and_then(|r| r.value).unwrap_or(0.0).abs();
            match scopes.iter_mut().find(|(scope, _)| *scope == d.scope) {
                Some((_, largest)) => *largest = largest.max(size),
                None => scopes.push((&d.scope, size)),
            }
        }
        scopes.sort_by(|a, b| b.1.total_cmp(&a.1));
        if !scopes.is_empty() {
            list.push((heading, scopes.into_iter().map(|(scope, _)| scope).collect()));
        }
    }
    list
}

fn column<'a>(
    comparison: &'a Comparison,
    scopes: &[&str],
    (metric, heading, unit, said): (&'static str, &'static str, &'static str, Said),
) -> Option<Column<'a>> {
    let cells: Vec<&Difference> =
        comparison.differences.iter().filter(|d| d.metric == metric && scopes.contains(&d.scope.as_str())).collect();
    let ends = || {
        cells.iter().flat_map(|d| {
            let [low, high] = [Stat::P05, Stat::P95].map(|stat| d.row(stat).and_then(|r| r.value));
            let mean = d.row(Stat::Mean);
            [low, high, mean.and_then(|r| r.lo95), mean.and_then(|r| r.hi95)]
        })
    };
    let (low, high) = ends().flatten().fold((0.0, 0.0), |(a, b): (f64, f64), x| (a.min(x), b.max(x)));
    (!cells.is_empty()).then(|| Column { metric, heading, unit, scale: Scale::around_zero(low, high, 4, said), cells })
}

fn axis(canvas: &mut Canvas<'_>, c: &Column<'_>, (x, width): (f64, f64), (top, body): (f64, f64)) {
    canvas.text(&fit(c.heading, width, PANEL, true), (x, top - 24.0), Type::new(PANEL).bold());
    canvas.text(&fit(c.unit, width, LABEL, false), (x, top - 10.0), Type::new(LABEL).ink(GREY));
    for (value, label) in &c.scale.ticks {
        let at = x + width * c.scale.place(*value);
        canvas.line(&[(at, top), (at, top + body)], if *value == 0.0 { GREY } else { GRID }, if *value == 0.0 { 1.2 } else { 1.0 });
        canvas.text(label, (at, top + body + 16.0), Type::new(LABEL).ink(GREY).anchor(Anchor::Middle));
    }
    canvas.line(&[(x, top + body), (x + width, top + body)], AXIS, 1.0);
}

fn mark(canvas: &mut Canvas<'_>, d: &Difference, c: &Column<'_>, (x, width): (f64, f64), y: f64) {
    let (ink, _) = versus::style(d.variant);
    let at = |value: f64| x + width * c.scale.place(value);
    let value = |stat: Stat| d.row(stat).and_then(|r: &SummaryRow| r.value);
    if let (Some(low), Some(high)) = (value(Stat::P05), value(Stat::P95)) {
        canvas.line(&[(at(low), y), (at(high), y)], ink.with_alpha(0.45), 1.3);
    }
    let Some((mean, low, high)) = d.row(Stat::Mean).and_then(|r| Some((r.value?, r.lo95?, r.hi95?))) else { return };
    canvas.line(&[(at(low), y), (at(high), y)], ink, 4.0);
    let ring: Vec<(f64, f64)> =
        (0..24).map(|i| f64::from(i) * std::f64::consts::TAU / 24.0).map(|a| (at(mean) + 3.6 * a.cos(), y + 3.6 * a.sin())).collect();
    canvas.area(&ring, ink);
}

fn chances(canvas: &mut Canvas<'_>, d: &Difference, y: f64) {
    let [Some(worse), Some(_), Some(better)] = d.chances else { return };
    let (ink, _) = versus::style(d.variant);
    canvas.text(
        &format!("{} / {}", say::chance(better.value), say::chance(worse.value)),
        (WIDTH - WORDS - 8.0, y + 3.7),
        Type::new(LABEL).ink(ink),
    );
}

fn table(comparison: &Comparison, columns: &[Column<'_>]) -> Result<String, csv::Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let head = ["metric", "scope", "name", "variant", "against", "mean", "se", "lo95", "hi95", "p05", "p95"];
    table.write_record(head.iter().chain(&CHANCES).chain(&["n", "unit"]))?;
    let first = comparison.first();
    for c in columns {
        // What is drawn in percentage points is written as a share.
        let unit = if c.metric == "unmet_share" { "share" } else { "weeks" };
        for d in &c.cells {
            let value = |stat: Stat| optional(d.row(stat).and_then(|r| r.value));
            let mean = d.row(Stat::Mean);
            for text in [c.metric, &d.scope, first.results.name(&d.scope), &comparison.variants[d.variant].label, &first.label] {
                table.write_field(text)?;
            }
            for text in [mean.and_then(|r| r.value), mean.and_then(|r| r.se), mean.and_then(|r| r.lo95), mean.and_then(|r| r.hi95)] {
                table.write_field(optional(text))?;
            }
            table.write_field(value(Stat::P05))?;
            table.write_field(value(Stat::P95))?;
            for chance in &d.chances {
                table.write_field(chance.map_or_else(String::new, |e| number(e.value)))?;
            }
            table.write_record([d.n.to_string().as_str(), unit])?;
        }
    }
    finish(table)
}
