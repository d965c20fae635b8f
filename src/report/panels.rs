//! In: panels of fans over time. Out: the sheet that holds them, with its title, events and source.

use super::Missing;
use super::canvas::sheet;
use super::events::Marks;
use super::fan::{self, Grid, Panel};
use super::frame::Frame;
use super::theme::MARGIN;
use crate::results::Results;

/// How panels lie on their sheet.
pub(super) struct Layout<'a> {
    /// Width of the sheet.
    pub width: f64,
    /// What the chart shows.
    pub title: &'a str,
    /// What lines and bands mean.
    pub meaning: &'a str,
    /// Panels side by side.
    pub columns: usize,
    /// Height of a panel's plot.
    pub plot_height: f64,
    /// Room for names beside the lines.
    pub names: f64,
    /// Whether all panels have one scale.
    pub shared: bool,
}

/// Draws panels under one another and side by side, the run's events over each.
pub(super) fn draw(results: &Results, panels: &[Panel<'_>], layout: &Layout<'_>) -> Result<String, Missing> {
    let Layout { width, title, meaning, columns, plot_height, names, shared } = *layout;
    let time = fan::time_axis(results);
    let values = panels.iter().map(|p| p.scale.label_width()).fold(0.0, f64::max) + 12.0;
    let grid = Grid { x: MARGIN, width: width - 2.0 * MARGIN, columns, plot_height, values, names, shared };
    let marks = Marks::plan(&results.events, time, grid.plot_width());
    let subtitle = Frame::counted(results, meaning);
    let frame = Frame::new(results, width, title, &subtitle, marks.key.as_deref());
    let height = frame.head() + grid.height(panels.len(), &marks) + frame.foot();
    Ok(sheet(width, height, |canvas| {
        frame.draw(canvas, height);
        grid.draw(canvas, panels, frame.head(), time, &marks);
    })?)
}
