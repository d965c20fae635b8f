//! In: a [`Comparison`]. Out: what its charts share: the colour and stroke of each variant, a legend, events of all, headline series.

use super::axis::Said;
use super::canvas::{Canvas, Type};
use super::fan::{cell, finish};
use super::theme::{BLUE, GREEN, GREY, Ink, LABEL, MARGIN, ORANGE, PURPLE, SKY, VERMILLION, fit, text_width};
use crate::results::csv::FAN;
use crate::results::{EventMark, Series, Stat};
use crate::study::compare::Comparison;

/// Colour and stroke of variants in their order; told apart without colour too.
const STYLES: [(Ink, &[f64]); 6] = [
    (BLUE, &[]),
    (VERMILLION, &[7.0, 3.0]),
    (GREEN, &[2.0, 2.5]),
    (PURPLE, &[9.0, 3.0, 2.0, 3.0]),
    (ORANGE, &[13.0, 4.0]),
    (SKY, &[4.0, 4.0]),
];

/// How many variants a chart tells apart.
pub const MOST: usize = STYLES.len();

/// Colour and stroke of a variant, of [`MOST`].
pub fn style(variant: usize) -> (Ink, &'static [f64]) {
    STYLES[variant % STYLES.len()]
}

/// Opacity of the bands of so many fans on one another.
pub fn veil(fans: usize) -> f64 {
    match fans {
        0 | 1 => 1.0,
        2 => 0.8,
        3 => 0.5,
        _ => 0.0,
    }
}

/// What is compared, for the line of the source.
pub fn source(comparison: &Comparison) -> String {
    let mut titles: Vec<&str> = vec![];
    for variant in &comparison.variants {
        if !titles.contains(&variant.results.title.as_str()) {
            titles.push(&variant.results.title);
        }
    }
    titles.join(" · ")
}

/// Events of all variants, each once.
pub fn events(comparison: &Comparison) -> Vec<EventMark> {
    let mut events: Vec<EventMark> = vec![];
    for event in comparison.variants.iter().flat_map(|v| &v.results.events) {
        if !events.iter().any(|e| e.name == event.name && e.date == event.date) {
            events.push(event.clone());
        }
    }
    events.sort_by(|a, b| (a.date, &a.id).cmp(&(b.date, &b.id)));
    events
}

/// A series worth a panel.
#[derive(Debug, Clone, PartialEq)]
pub struct Headline {
    /// Variable.
    pub variable: &'static str,
    /// Scope.
    pub scope: String,
    /// Name of the panel.
    pub title: String,
    /// Unit of its values.
    pub unit: &'static str,
    /// How they are written.
    pub said: Said,
}

/// The stages of which most more is made outside, the world, the region and the sector that change most, exports, and the prices that change most: six at most.
pub fn headlines(comparison: &Comparison) -> Vec<Headline> {
    let name = |scope: &str| comparison.first().results.name(scope).to_owned();
    let mut list = vec![];
    let mut stages = most_changed(comparison, "outside_share", "stage:", false);
    // What everybody asks about first, where it is told.
    stages.sort_by_key(|scope| !["stage:separation_heavy", "stage:magnet"].contains(&scope.as_str()));
    for scope in stages.into_iter().take(2) {
        let title = format!("{}: made outside the border", name(&scope));
        list.push(Headline { variable: "outside_share", scope, title, unit: "share of the stage’s output", said: Said::Percent });
    }
    for prefix in ["world", "region:", "sector:"] {
        for scope in most_changed(comparison, "unmet_share", prefix, false).into_iter().take(1) {
            let title = format!("{}: demand not served", name(&scope));
            list.push(Headline { variable: "unmet_share", scope, title, unit: "share of the week’s demand", said: Said::Percent });
        }
    }
    for scope in most_changed(comparison, "exports", "world", false) {
        let title = "Exports of finished goods from inside the border".to_owned();
        list.push(Headline { variable: "exports", scope, title, unit: "t a week", said: Said::Number });
    }
    for (variable, side) in [("price_outside", "outside"), ("price_inside", "inside")] {
        for scope in most_changed(comparison, variable, "commodity:", true).into_iter().take(6 - list.len().min(6)) {
            list.push(Headline { variable, title: format!("{}: price {side}", name(&scope)), scope, unit: "USD/kg", said: Said::Number });
        }
    }
    list
}

/// Scopes of a variable, the most changed week first; `relative`: against the opening value.
fn most_changed(comparison: &Comparison, variable: &str, prefix: &str, relative: bool) -> Vec<String> {
    let mut scores: Vec<(String, f64)> = vec![];
    for d in comparison.series.iter().filter(|d| d.series.variable == variable && d.series.scope.starts_with(prefix)) {
        let opening = comparison.first().results.series(variable, &d.series.scope).and_then(|s| s.stat(Stat::Mean)?.first().copied());
        let scale = if relative { opening.unwrap_or(1.0).abs().max(f64::MIN_POSITIVE) } else { 1.0 };
        let largest = d.series.stat(Stat::Mean).map_or(0.0, |v| v.iter().fold(0.0, |m: f64, x| m.max(x.abs()))) / scale;
        match scores.iter_mut().find(|(scope, _)| *scope == d.series.scope) {
            Some((_, score)) => *score = score.max(largest),
            None => scores.push((d.series.scope.clone(), largest)),
        }
    }
    scores.sort_by(|a, b| b.1.total_cmp(&a.1));
    scores.into_iter().map(|(scope, _)| scope).collect()
}

/// Lines and names of variants from `first` on, under one another or side by side.
pub struct Legend {
    rows: Vec<Vec<(usize, String)>>,
    /// Whether bands are drawn.
    bands: bool,
}

/// Width of a sample of a line, px; height of a row, px.
const SAMPLE: f64 = 34.0;
const ROW: f64 = 18.0;

impl Legend {
    /// Of the variants from `first` on, on a sheet `width` px wide.
    pub fn new(comparison: &Comparison, first: usize, width: f64) -> Legend {
        let room = width - 2.0 * MARGIN;
        let (mut rows, mut used): (Vec<Vec<(usize, String)>>, f64) = (vec![vec![]], 0.0);
        for (v, variant) in comparison.variants.iter().enumerate().skip(first) {
            let words = if first > 0 { format!("{} minus {}", variant.label, comparison.first().label) } else { variant.label.clone() };
            let name = fit(&words, room - SAMPLE - 10.0, LABEL + 1.5, true);
            let needed = SAMPLE + 8.0 + text_width(&name, LABEL + 1.5, true) + 26.0;
            if used + needed > room && used > 0.0 {
                rows.push(vec![]);
                used = 0.0;
            }
            used += needed;
            if let Some(row) = rows.last_mut() {
                row.push((v, name));
            }
        }
        let drawn = comparison.variants.len() - first.min(comparison.variants.len());
        Legend { rows, bands: veil(drawn) > 0.0 }
    }

    /// The same for a chart without bands.
    pub fn plain(self) -> Legend {
        Legend { bands: false, ..self }
    }

    /// Height, px.
    pub fn height(&self) -> f64 {
        self.rows.len() as f64 * ROW + 10.0
    }

    /// Draws it from `top` down.
    pub fn draw(&self, canvas: &mut Canvas<'_>, top: f64) {
        for (i, row) in self.rows.iter().enumerate() {
            let (mut x, y) = (MARGIN, top + i as f64 * ROW + 6.0);
            for (v, name) in row {
                let (ink, dash) = style(*v);
                if self.bands {
                    canvas.rectangle((x, y - 5.0), (x + SAMPLE, y + 5.0), ink.with_alpha(0.18));
                }
                canvas.dashed(&[(x, y), (x + SAMPLE, y)], ink, 2.4, dash);
                canvas.text(name, (x + SAMPLE + 8.0, y + 4.2), Type::new(LABEL + 1.5).bold().ink(GREY));
                x += SAMPLE + 8.0 + text_width(name, LABEL + 1.5, true) + 26.0;
            }
        }
    }
}

/// A chart's data: one line a date and series of a variant; `against`: it is a difference.
pub fn table<'a>(
    comparison: &Comparison,
    rows: impl IntoIterator<Item = (usize, &'a Series)>,
    against: bool,
) -> Result<String, csv::Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let first = comparison.first();
    let mut head: Vec<String> = ["date", "variable", "scope", "name", "variant"].map(str::to_owned).to_vec();
    if against {
        head.push("against".into());
    }
    head.extend(FAN.iter().map(|s| s.to_string()));
    head.push("unit".into());
    table.write_record(&head)?;
    for (v, series) in rows {
        for period in 0..first.results.horizon {
            let date = first.results.date(period).to_string();
            for text in [&date, &series.variable, &series.scope, first.results.name(&series.scope), &comparison.variants[v].label] {
                table.write_field(text)?;
            }
            if against {
                table.write_field(&first.label)?;
            }
            for stat in FAN {
                table.write_field(cell(series, stat, period))?;
            }
            table.write_record([&series.unit])?;
        }
    }
    finish(table)
}
