//! In: an explanation. Out: `what-bound`, a row a place along the chain, a colour a reason, darker where more was kept back.

use super::axis::TimeAxis;
use super::canvas::{Anchor, Canvas, Type, sheet};
use super::events::Marks;
use super::fan::{self, finish};
use super::frame::Frame;
use super::theme::{BLACK, BLUE, GREEN, GREY, GRID, Ink, LABEL, MARGIN, ORANGE, PURPLE, SKY, VERMILLION, fit, text_width};
use super::{Chart, Missing};
use crate::ensemble::binding::Kind;
use crate::results::csv::number;
use crate::study::explain::{Explanation, Row};

/// Name of the chart's files.
pub const NAME: &str = "what-bound";

const WIDTH: f64 = 1240.0;
/// Rows drawn at most.
const ROWS: usize = 60;
/// Height of a row and of a section's name, px; whole, so that no seams show.
const ROW: f64 = 14.0;
const SECTION: f64 = 24.0;
/// Width of names at most, px.
const NAMES: f64 = 330.0;
/// Share of normal from which a cell is dark, and from which it is darker.
const LEVELS: [f64; 2] = [0.1, 0.5];

/// Reasons in the order of the legend: colour and words.
const REASONS: [(Kind, Ink, &str); 9] = [
    (Kind::Licence, BLUE, "more filed at a licence desk than let go"),
    (Kind::Refused, PURPLE, "buyers may not order"),
    (Kind::Ban, BLACK, "banned"),
    (Kind::Quota, GREEN, "quota used up"),
    (Kind::Input, VERMILLION, "nothing left to use"),
    (Kind::Capacity, SKY, "at capacity"),
    (Kind::Outage, GREY, "capacity out"),
    (Kind::CatchUp, ORANGE, "catching up at full speed"),
    (Kind::Carrier, Ink::solid(240, 228, 66), "carriers full"),
];

fn ink(kind: Kind, share: f64) -> Ink {
    let ink = REASONS.iter().find(|(k, ..)| *k == kind).map_or(GREY, |(_, ink, _)| *ink);
    ink.with_alpha(if share < LEVELS[0] {
        0.28
    } else if share < LEVELS[1] {
        0.6
    } else {
        1.0
    })
}

/// The reason that keeps back most in a week, and all reasons' share of normal.
fn cell(row: &Row, period: usize) -> Option<(Kind, f64)> {
    let most = row.episodes.iter().max_by(|a, b| a.amounts[period].total_cmp(&b.amounts[period]))?;
    let total: f64 = row.episodes.iter().map(|e| e.amounts[period]).sum();
    (total > 0.0).then_some((most.kind, (total / row.normal).min(1.0)))
}

/// Draw it.
pub fn chart(explanation: &Explanation) -> Result<Chart, Missing> {
    if explanation.rows.is_empty() {
        return Err(Missing::Data("nothing bound in this future"));
    }
    let mut worst: Vec<&Row> = explanation.rows.iter().collect();
    worst.sort_by(|a, b| b.lost_weeks().total_cmp(&a.lost_weeks()));
    let least = worst.get(ROWS.min(worst.len()) - 1).map_or(0.0, |r| r.lost_weeks());
    let shown: Vec<&Row> = explanation.rows.iter().filter(|r| r.lost_weeks() >= least).take(ROWS).collect();
    let time = TimeAxis { start: explanation.start, end: explanation.date(explanation.horizon) };
    let names = shown.iter().map(|r| text_width(&r.name, LABEL, false)).fold(0.0, f64::max).min(NAMES).ceil() + 10.0;
    let left = (MARGIN + names).ceil();
    // Half pixels are whole ones in the PNG.
    let week = ((WIDTH - MARGIN - left) * 2.0 / explanation.horizon.max(1) as f64).floor().max(1.0) / 2.0;
    let width = week * explanation.horizon as f64;
    let marks = Marks::plan(&explanation.events, time, width);
    let of = match explanation.rows.len() {
        n if n > shown.len() => format!("the {} of {n} rows that lose most", shown.len()),
        n => format!("{n} rows"),
    };
    let subtitle = format!(
        "realization {}, one possible future; {of}; the reason that kept back most of the week’s normal flow: pale under 10 %, full colour from 50 %",
        explanation.realization
    );
    let frame = Frame::of(&explanation.title, WIDTH, "What bound where, along the chain", &subtitle, marks.key.as_deref());
    let legend_top = frame.head() - 6.0;
    let top = (frame.head() + legend(None, explanation, legend_top) + marks.height() + 4.0).ceil();
    let mut body: Vec<(f64, &Row)> = vec![];
    let (mut y, mut section) = (top, "");
    for row in &shown {
        if section != row.section {
            section = row.section;
            y += SECTION;
        }
        body.push((y, row));
        y += ROW;
    }
    let height = y + fan::DATES + frame.foot();
    let svg = sheet(WIDTH, height, |canvas| {
        frame.draw(canvas, height);
        legend(Some(canvas), explanation, legend_top);
        let mut section = "";
        for (y, row) in &body {
            if section != row.section {
                section = row.section;
                canvas.text(section, (MARGIN, y - 6.0), Type::new(12.0).bold());
            }
            let name = fit(&row.name, NAMES, LABEL, false);
            canvas.text(&name, (left - 8.0, y + 10.5), Type::new(LABEL).ink(BLACK).anchor(Anchor::End));
            canvas.rectangle((left, *y), (left + width, y + ROW - 1.0), GRID.with_alpha(0.45));
            bars(canvas, row, explanation.horizon, (left, *y, week));
        }
        marks.draw(canvas, (left, top), (width, y - top));
        time.draw(canvas, left, y + 2.0, width);
    })?;
    Ok(Chart { name: NAME, svg, csv: table(explanation)? })
}

/// A row's weeks: those alike that stand side by side are one bar, so no seam can show.
fn bars(canvas: &mut Canvas<'_>, row: &Row, horizon: usize, (left, y, week): (f64, f64, f64)) {
    let inks: Vec<Option<Ink>> = (0..horizon).map(|t| cell(row, t).map(|(kind, share)| ink(kind, share))).collect();
    let mut t = 0;
    while t < horizon {
        let end = (t..horizon).find(|&e| inks[e] != inks[t]).unwrap_or(horizon);
        if let Some(ink) = inks[t] {
            canvas.rectangle((left + week * t as f64, y), (left + week * end as f64, y + ROW - 1.0), ink);
        }
        t = end;
    }
}

/// Draws the reasons that occur, if there is a sheet; returns the height they take.
fn legend(mut canvas: Option<&mut Canvas<'_>>, explanation: &Explanation, top: f64) -> f64 {
    let occurs = |kind: Kind| explanation.rows.iter().any(|r| r.episodes.iter().any(|e| e.kind == kind));
    let (mut x, mut y) = (MARGIN, top + 6.0);
    for (kind, _, words) in REASONS.iter().filter(|(kind, ..)| occurs(*kind)) {
        let wide = 44.0 + text_width(words, LABEL, false) + 22.0;
        if x + wide > WIDTH - MARGIN {
            (x, y) = (MARGIN, y + 18.0);
        }
        if let Some(canvas) = canvas.as_deref_mut() {
            for (i, share) in [0.05, 0.3, 1.0].into_iter().enumerate() {
                canvas.rectangle((x + 12.0 * i as f64, y - 5.0), (x + 12.0 * (i + 1) as f64, y + 6.0), ink(*kind, share));
            }
            canvas.text(words, (x + 44.0, y + 4.2), Type::new(LABEL).ink(GREY));
        }
        x += wide;
    }
    y + 18.0 - top
}

fn table(explanation: &Explanation) -> Result<String, csv::Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["date", "section", "name", "kind", "what", "amount", "share", "unit"])?;
    for row in &explanation.rows {
        for episode in &row.episodes {
            for (period, amount) in episode.amounts.iter().enumerate().filter(|(_, x)| **x > 0.0) {
                let (date, share) = (explanation.date(period).to_string(), number(amount / row.normal));
                table.write_record([
                    &date,
                    row.section,
                    &row.name,
                    episode.kind.name(),
                    &episode.what,
                    &number(*amount),
                    &share,
                    "t/week",
                ])?;
            }
        }
    }
    finish(table)
}
