//! In: each facility's mean output, relative to the undisturbed baseline. Out: `facility-weeks`, a row a facility, a column a week.

use super::axis::TimeAxis;
use super::canvas::{Anchor, Canvas, Type, sheet};
use super::events::Marks;
use super::fan::{self, finish};
use super::frame::Frame;
use super::theme::{BLACK, GREY, Ink, LABEL, MARGIN, fit, text_width};
use super::{Chart, Missing};
use crate::results::csv::number;
use crate::results::{Results, Stat};

/// Name of the chart's files.
pub const NAME: &str = "facility-weeks";

const WIDTH: f64 = 1240.0;
/// Rows drawn at most.
const ROWS: usize = 60;
/// Height of a row and of a stage's name, px; whole, so that no seams show.
const ROW: f64 = 14.0;
const STAGE: f64 = 24.0;
/// Width of facilities' names at most, px.
const NAMES: f64 = 250.0;
/// Space for the colour key, px.
const KEY: f64 = 78.0;
/// Height of its ramp, px.
const KEY_HEIGHT: f64 = 180.0;
/// Output that has the darkest blue.
const TOP: f64 = 2.0;
/// Steps of colour on either side of normal.
const STEPS: f64 = 50.0;

/// Colours from no output, through normal, to twice normal: even steps in lightness on either side, safe for the colour-blind.
const STOPS: [(f64, (f64, f64, f64)); 9] = [
    (0.00, (84.0, 20.0, 6.0)),
    (0.25, (158.0, 52.0, 8.0)),
    (0.50, (213.0, 100.0, 28.0)),
    (0.75, (240.0, 172.0, 112.0)),
    (1.00, (244.0, 243.0, 240.0)),
    (1.25, (166.0, 205.0, 228.0)),
    (1.50, (92.0, 160.0, 205.0)),
    (1.75, (34.0, 108.0, 166.0)),
    (2.00, (8.0, 58.0, 110.0)),
];

/// Colour of an output, relative to normal.
fn colour(output: f64) -> Ink {
    if !output.is_finite() {
        return NO_NUMBER;
    }
    let at = ((output.clamp(0.0, TOP) - 1.0) * STEPS).round() / STEPS + 1.0;
    let upper = STOPS.iter().position(|(stop, _)| *stop >= at - 1e-9).unwrap_or(STOPS.len() - 1).max(1);
    let ((from, a), (to, b)) = (STOPS[upper - 1], STOPS[upper]);
    let share = ((at - from) / (to - from)).clamp(0.0, 1.0);
    let mix = |a: f64, b: f64| (a + (b - a) * share).round() as u8;
    Ink::solid(mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
}

/// Where there is nothing to compare with, such as a facility idle at the opening.
const NO_NUMBER: Ink = Ink::solid(205, 208, 214);

struct Row<'a> {
    scope: &'a str,
    stage: &'a str,
    output: &'a [f64],
}

impl Row<'_> {
    /// Mean shortfall from normal over the weeks.
    fn shortfall(&self) -> f64 {
        self.output.iter().filter(|v| v.is_finite()).map(|v| (1.0 - v).max(0.0)).sum::<f64>() / self.output.len().max(1) as f64
    }
}

/// Draw it.
pub fn chart(results: &Results) -> Result<Chart, Missing> {
    let all = rows(results);
    if all.is_empty() {
        return Err(Missing::Data("no facility's output was recorded"));
    }
    let mut worst: Vec<&Row<'_>> = all.iter().collect();
    worst.sort_by(|a, b| b.shortfall().total_cmp(&a.shortfall()));
    let kept: Vec<&str> = worst.iter().take(ROWS).map(|r| r.scope).collect();
    let shown: Vec<&Row<'_>> = all.iter().filter(|r| kept.contains(&r.scope)).collect();
    let of = match all.len() {
        n if n > ROWS => format!("the {ROWS} of {n} facilities that fall furthest below normal"),
        1 => "the only facility".to_owned(),
        n => format!("all {n} facilities"),
    };
    // Cells have width: the axis ends with the last week, not at its first day.
    let time = TimeAxis { start: results.start, end: results.date(results.horizon) };
    let names = shown.iter().map(|r| text_width(results.name(r.scope), LABEL, false)).fold(0.0, f64::max).min(NAMES).ceil() + 10.0;
    let left = (MARGIN + names).ceil();
    let room = WIDTH - MARGIN - KEY - left;
    // Half pixels are whole ones in the PNG.
    let cell = (room * 2.0 / results.horizon.max(1) as f64).floor().max(1.0) / 2.0;
    let width = cell * results.horizon as f64;
    let marks = Marks::plan(&results.events, time, width);
    let meaning = format!("mean weekly output of {of}, relative to the undisturbed baseline");
    let subtitle = Frame::counted(results, &meaning);
    let frame = Frame::new(results, WIDTH, "Whose output falls or rises, and when", &subtitle, marks.key.as_deref());
    let top = (frame.head() + marks.height() + 6.0).ceil();
    let body = place_rows(&shown, top);
    let bottom = body.last().map_or(top, |(y, _)| y + ROW);
    let height = (bottom + fan::DATES).max(top + STAGE + KEY_HEIGHT + 36.0) + frame.foot();
    let svg = sheet(WIDTH, height, |canvas| {
        frame.draw(canvas, height);
        cells(canvas, results, &body, left, cell);
        marks.draw(canvas, (left, top), (width, bottom - top));
        time.draw(canvas, left, bottom + 2.0, width);
        let gaps = shown.iter().any(|r| r.output.iter().any(|v| !v.is_finite()));
        key(canvas, left + width + 24.0, top + STAGE, gaps);
    })?;
    Ok(Chart { name: NAME, svg, csv: table(results, &all)? })
}

/// Facilities in order of display; those without a place in it come last.
fn rows(results: &Results) -> Vec<Row<'_>> {
    let series = || results.series_of("output_share", "facility:");
    let listed = results.facility_order.iter().filter_map(|(scope, stage)| {
        let output = results.series("output_share", scope)?.stat(Stat::Mean)?;
        Some(Row { scope, stage, output })
    });
    let known = |scope: &str| results.facility_order.iter().any(|(s, _)| s == scope);
    let others =
        series().filter(|s| !known(&s.scope)).filter_map(|s| Some(Row { scope: &s.scope, stage: "other", output: s.stat(Stat::Mean)? }));
    let mut rows: Vec<Row<'_>> = listed.chain(others).filter(|r| r.output.iter().any(|v| v.is_finite())).collect();
    let mut stages: Vec<&str> = Vec::new();
    for row in &rows {
        if !stages.contains(&row.stage) {
            stages.push(row.stage);
        }
    }
    rows.sort_by_key(|r| stages.iter().position(|s| *s == r.stage));
    rows
}

/// Top of each row, px: stages stand apart, with their name between.
fn place_rows<'a>(shown: &[&'a Row<'a>], top: f64) -> Vec<(f64, &'a Row<'a>)> {
    let mut y = top;
    let mut stage = None;
    let mut placed = Vec::new();
    for row in shown {
        if stage != Some(row.stage) {
            stage = Some(row.stage);
            y += STAGE;
        }
        placed.push((y, *row));
        y += ROW;
    }
    placed
}

fn cells(canvas: &mut Canvas<'_>, results: &Results, body: &[(f64, &Row<'_>)], left: f64, cell: f64) {
    let mut stage = None;
    for (y, row) in body {
        if stage != Some(row.stage) {
            stage = Some(row.stage);
            let mut name: String = row.stage.to_owned();
            if let Some(first) = name.get_mut(0..1) {
                first.make_ascii_uppercase();
            }
            canvas.text(&fit(&name, NAMES, 12.0, true), (MARGIN, y - 6.0), Type::new(12.0).bold());
        }
        let name = fit(results.name(row.scope), NAMES, LABEL, false);
        canvas.text(&name, (left - 8.0, y + 10.5), Type::new(LABEL).ink(BLACK).anchor(Anchor::End));
        // Each colour reaches to the row's end; the next is drawn over it, so no seam can show between weeks.
        let mut last = None;
        for (week, output) in row.output.iter().take(results.horizon).enumerate() {
            let ink = colour(*output);
            if last != Some(ink) {
                let end = left + cell * results.horizon as f64;
                canvas.rectangle((left + cell * week as f64, *y), (end, y + ROW - 1.0), ink);
                last = Some(ink);
            }
        }
    }
}

fn key(canvas: &mut Canvas<'_>, x: f64, top: f64, gaps: bool) {
    if gaps {
        canvas.rectangle((x, top + KEY_HEIGHT + 12.0), (x + 14.0, top + KEY_HEIGHT + 24.0), NO_NUMBER);
        canvas.text("no figure", (x + 19.0, top + KEY_HEIGHT + 22.0), Type::new(LABEL).ink(GREY));
    }
    canvas.text("output", (x, top - 8.0), Type::new(LABEL).ink(GREY));
    let steps = (TOP * STEPS) as usize;
    let each = KEY_HEIGHT / (steps + 1) as f64;
    for step in (0..=steps).rev() {
        let y = top + KEY_HEIGHT - each * (step + 1) as f64;
        canvas.rectangle((x, y), (x + 14.0, top + KEY_HEIGHT), colour(step as f64 / STEPS));
    }
    for (output, label) in [(0.0, "0 %"), (0.5, "50 %"), (1.0, "normal"), (1.5, "150 %"), (2.0, "200 % +")] {
        let y = top + KEY_HEIGHT - each / 2.0 - (KEY_HEIGHT - each) * output / TOP;
        canvas.text(label, (x + 19.0, y + 3.7), Type::new(LABEL).ink(GREY));
    }
}

fn table(results: &Results, rows: &[Row<'_>]) -> Result<String, csv::Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["date", "facility", "name", "stage", "output_share"])?;
    for row in rows {
        for (week, output) in row.output.iter().enumerate() {
            let id = row.scope.strip_prefix("facility:").unwrap_or(row.scope);
            table.write_record([&results.date(week).to_string(), id, results.name(row.scope), row.stage, &number(*output)])?;
        }
    }
    finish(table)
}
