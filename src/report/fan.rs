//! In: percentiles of one or two variables over time. Out: a panel with median and bands, and grids of such panels.

use super::axis::{Scale, TimeAxis};
use super::canvas::{Anchor, Canvas, Type};
use super::events::Marks;
use super::theme::{AXIS, GREY, GRID, Ink, LABEL, PANEL, fit, shrink, text_width};
use crate::results::csv::{FAN, number};
use crate::results::{Results, Series, Stat};

/// Percentiles of one variable, to be drawn in one colour.
#[derive(Debug, Clone)]
pub struct Fan<'a> {
    /// Percentiles 5, 25, 50, 75, 95, each with one value a point.
    pub bands: [&'a [f64]; 5],
    /// Colour of line and bands.
    pub ink: Ink,
    /// Name beside the end of the line; none where it stands alone.
    pub label: Option<String>,
    /// Lengths of strokes and gaps of the line, px; empty: one stroke.
    pub dash: &'static [f64],
    /// Opacity of the bands: 1 where the fan stands alone, less where several lie on one another, 0 none.
    pub veil: f64,
}

impl<'a> Fan<'a> {
    /// The fan of a series; none where a percentile is missing.
    pub fn of(series: &'a Series, ink: Ink) -> Option<Fan<'a>> {
        let get = |stat| series.stat(stat).filter(|values| !values.is_empty());
        let bands = [get(Stat::P05)?, get(Stat::P25)?, get(Stat::P50)?, get(Stat::P75)?, get(Stat::P95)?];
        Some(Fan::plain(bands, ink))
    }

    /// A fan that stands alone.
    pub fn plain(bands: [&'a [f64]; 5], ink: Ink) -> Fan<'a> {
        Fan { bands, ink, label: None, dash: &[], veil: 1.0 }
    }

    /// The same with a name at the end of its line.
    pub fn labelled(self, label: &str) -> Fan<'a> {
        Fan { label: Some(label.to_owned()), ..self }
    }

    /// Highest finite value of the 95th percentile.
    pub fn top(&self) -> f64 {
        self.bands[4].iter().copied().filter(|v| v.is_finite()).fold(0.0, f64::max)
    }

    /// Lowest positive value of the 5th percentile.
    pub fn bottom(&self) -> f64 {
        self.bands[0].iter().copied().filter(|v| *v > 0.0).fold(f64::INFINITY, f64::min)
    }

    /// Index and value of the highest point of a band (0 … 4, median 2).
    pub fn peak(&self, band: usize) -> Option<(usize, f64)> {
        let finite = self.bands[band].iter().copied().enumerate().filter(|(_, v)| v.is_finite());
        finite.fold(None, |best: Option<(usize, f64)>, (i, v)| if best.is_none_or(|(_, b)| v > b) { Some((i, v)) } else { best })
    }

    /// Index and value of the lowest point of the median.
    pub fn trough(&self) -> Option<(usize, f64)> {
        let finite = self.bands[2].iter().copied().enumerate().filter(|(_, v)| v.is_finite());
        finite.fold(None, |best: Option<(usize, f64)>, (i, v)| if best.is_none_or(|(_, b)| v < b) { Some((i, v)) } else { best })
    }
}

/// One panel: what stands over it and in it.
pub struct Panel<'a> {
    /// Its name.
    pub title: String,
    /// A line under the name: unit and what matters.
    pub note: String,
    /// Scale of the values.
    pub scale: Scale,
    /// What is drawn.
    pub fans: Vec<Fan<'a>>,
    /// Places of the points along the time axis; empty: evenly from end to end.
    pub places: Vec<f64>,
}

/// Height of a panel's name and note, px.
pub const HEAD: f64 = 34.0;
/// Space for dates under a panel, px.
pub const DATES: f64 = 36.0;

/// The rectangle of a panel's plot, px.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct Plot {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
    /// Where the panel's head begins.
    pub left: f64,
    /// Free space right of the plot.
    pub room: f64,
    /// Values stand beside the left axis.
    pub labelled: bool,
}

/// Draw a panel.
pub fn draw(canvas: &mut Canvas<'_>, panel: &Panel<'_>, plot: Plot, time: TimeAxis, marks: &Marks) {
    let Plot { x, y, width, height, left, room, labelled } = plot;
    let head = y - marks.height() - HEAD;
    let wide = x + width + room - left;
    let (size, title) = shrink(&panel.title, wide, PANEL, true);
    canvas.text(&title, (left, head + 12.0), Type::new(size).bold());
    canvas.text(&fit(&panel.note, wide, LABEL, false), (left, head + 27.0), Type::new(LABEL).ink(GREY));
    for (value, label) in &panel.scale.ticks {
        let at = y + height * (1.0 - panel.scale.place(*value));
        canvas.line(&[(x, at), (x + width, at)], GRID, 1.0);
        if labelled {
            canvas.text(label, (x - 7.0, at + 3.7), Type::new(LABEL).ink(GREY).anchor(Anchor::End));
        }
    }
    let points = |band: &[f64]| -> Vec<(f64, f64)> {
        let last = band.len().saturating_sub(1).max(1) as f64;
        let place = |i: usize| panel.places.get(i).copied().unwrap_or(i as f64 / last);
        let finite = band.iter().enumerate().filter(|(_, v)| v.is_finite());
        finite.map(|(i, v)| (x + width * place(i), y + height * (1.0 - panel.scale.place(*v)))).collect()
    };
    for fan in &panel.fans {
        for (low, high, alpha) in [(0, 4, 0.17), (1, 3, 0.30)] {
            if fan.veil == 0.0 {
                continue;
            }
            let mut ring = points(fan.bands[high]);
            ring.extend(points(fan.bands[low]).into_iter().rev());
            canvas.area(&ring, fan.ink.with_alpha(alpha * fan.veil));
        }
    }
    if panel.scale.low < 0.0 {
        let zero = y + height * (1.0 - panel.scale.place(0.0));
        canvas.line(&[(x, zero), (x + width, zero)], GREY, 1.2);
    }
    for fan in &panel.fans {
        canvas.dashed(&points(fan.bands[2]), fan.ink, 2.0, fan.dash);
    }
    canvas.line(&[(x, y), (x, y + height)], AXIS, 1.0);
    marks.draw(canvas, (x, y), (width, height));
    time.draw(canvas, x, y + height, width);
    name_ends(canvas, panel, plot);
}

/// Names beside the ends of the lines, moved apart where they would meet.
fn name_ends(canvas: &mut Canvas<'_>, panel: &Panel<'_>, plot: Plot) {
    let end = |fan: &Fan<'_>| fan.bands[2].iter().rev().copied().find(|v| v.is_finite()).unwrap_or(0.0);
    let named = panel.fans.iter().filter_map(|f| f.label.as_ref().map(|l| (l, f.ink, f)));
    let mut names: Vec<(f64, &String, Ink)> =
        named.map(|(l, ink, f)| (plot.y + plot.height * (1.0 - panel.scale.place(end(f))), l, ink)).collect();
    names.sort_by(|a, b| a.0.total_cmp(&b.0));
    const APART: f64 = 14.0;
    for i in 1..names.len() {
        let overlap = names[i - 1].0 + APART - names[i].0;
        if overlap > 0.0 {
            names[i - 1].0 -= overlap / 2.0;
            names[i].0 += overlap / 2.0;
        }
    }
    let beyond = names.last().map_or(0.0, |last| (last.0 - (plot.y + plot.height - 4.0)).max(0.0));
    for (y, name, ink) in names {
        canvas.text(name, (plot.x + plot.width + 6.0, y - beyond + 3.7), Type::new(LABEL).bold().ink(ink));
    }
}

/// Px that the names of lines need to the right of a plot.
pub fn name_width(panels: &[Panel<'_>]) -> f64 {
    let names = panels.iter().flat_map(|p| &p.fans).filter_map(|f| f.label.as_ref());
    names.map(|l| text_width(l, LABEL, true) + 8.0).fold(8.0, f64::max)
}

/// Panels of one size side by side and under one another.
pub struct Grid {
    /// Left edge, px.
    pub x: f64,
    /// Width over all columns, px.
    pub width: f64,
    /// Columns.
    pub columns: usize,
    /// Height of each plot, px.
    pub plot_height: f64,
    /// Space for values left of each plot, px.
    pub values: f64,
    /// Space for names right of each plot, px.
    pub names: f64,
    /// All panels share one scale: values are written once a row.
    pub shared: bool,
}

impl Grid {
    /// Space between columns, px.
    const GAP: f64 = 22.0;

    /// Width of one plot, px.
    pub fn plot_width(&self) -> f64 {
        let columns = self.columns.max(1) as f64;
        let values = if self.shared { self.values / columns } else { self.values };
        (self.width - Self::GAP * (columns - 1.0)) / columns - values - self.names
    }

    /// Height of one row of panels, px.
    pub fn row_height(&self, marks: &Marks) -> f64 {
        HEAD + marks.height() + self.plot_height + DATES + 12.0
    }

    /// Height of so many panels, px.
    pub fn height(&self, panels: usize, marks: &Marks) -> f64 {
        panels.div_ceil(self.columns.max(1)) as f64 * self.row_height(marks)
    }

    /// Draw the panels from `top` px down, row by row.
    pub fn draw(&self, canvas: &mut Canvas<'_>, panels: &[Panel<'_>], top: f64, time: TimeAxis, marks: &Marks) {
        let width = self.plot_width();
        for (index, panel) in panels.iter().enumerate() {
            let (row, column) = (index / self.columns, index % self.columns);
            let step = width + self.names + Self::GAP + if self.shared { 0.0 } else { self.values };
            let x = self.x + self.values + column as f64 * step;
            let y = top + row as f64 * self.row_height(marks) + HEAD + marks.height();
            let labelled = !self.shared || column == 0;
            let left = if labelled { x - self.values } else { x };
            let plot = Plot { x, y, width, height: self.plot_height, left, room: self.names, labelled };
            draw(canvas, panel, plot, time, marks);
        }
    }
}

/// The time axis of a run.
pub fn time_axis(results: &Results) -> TimeAxis {
    TimeAxis { start: results.start, end: results.date(results.horizon.saturating_sub(1)) }
}

/// A chart's data: one line a date and series, one column a percentile, then the mean.
pub fn table<'a>(results: &Results, series: impl IntoIterator<Item = &'a Series>) -> Result<String, csv::Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_field("date")?;
    table.write_record(
        ["variable", "scope", "name"].map(str::to_owned).into_iter().chain(FAN.map(|s| s.to_string())).chain(["unit".into()]),
    )?;
    for one in series {
        for period in 0..results.horizon {
            for text in [&results.date(period).to_string(), one.variable.as_str(), &one.scope, results.name(&one.scope)] {
                table.write_field(text)?;
            }
            for stat in FAN {
                table.write_field(cell(one, stat, period))?;
            }
            table.write_record([&one.unit])?;
        }
    }
    finish(table)
}

/// The text of a finished table.
pub fn finish(table: csv::Writer<Vec<u8>>) -> Result<String, csv::Error> {
    let bytes = table.into_inner().map_err(|e| csv::Error::from(e.into_error()))?;
    String::from_utf8(bytes).map_err(|e| csv::Error::from(std::io::Error::other(e)))
}

/// A cell of a table for a statistic that may be missing.
pub fn cell(series: &Series, stat: Stat, period: usize) -> String {
    series.stat(stat).and_then(|values| values.get(period)).map_or_else(String::new, |v| number(*v))
}
