//! In: weeks of cover of finished magnets at manufacturers. Out: `cover`, a fan for the world and each region.

use super::axis::{Said, Scale};
use super::canvas::sheet;
use super::events::Marks;
use super::fan::{self, Fan, Grid, Panel};
use super::frame::{FANS, Frame};
use super::say;
use super::theme::{BLACK, BLUE, MARGIN};
use super::{Chart, Missing};
use crate::results::{Results, Series, Stat};

/// Name of the chart's files.
pub const NAME: &str = "cover";

const VARIABLE: &str = "cover";
const WIDTH: f64 = 1240.0;

/// Draw it.
pub fn chart(results: &Results) -> Result<Chart, Missing> {
    let least = |s: &Series| s.stat(Stat::P50).map_or(f64::INFINITY, |v| v.iter().copied().fold(f64::INFINITY, f64::min));
    let mut series: Vec<&Series> = results.series_of(VARIABLE, "region:").collect();
    series.sort_by(|a, b| least(a).total_cmp(&least(b)));
    series.splice(0..0, results.series(VARIABLE, "world"));
    let fans: Vec<(&Series, Fan<'_>)> =
        series.iter().filter_map(|s| Some((*s, Fan::of(s, if s.scope == "world" { BLACK } else { BLUE })?))).collect();
    if fans.is_empty() {
        return Err(Missing::Data("no cover was recorded, or fewer than 200 realizations, which a fan needs"));
    }
    let scale = Scale::linear(fans.iter().map(|(_, f)| f.top()).fold(0.0, f64::max), 4, Said::Number);
    let panels: Vec<Panel<'_>> = fans
        .into_iter()
        .map(|(s, fan)| {
            let least =
                |(period, weeks)| format!("weeks; lowest median {}, {}", say::fixed(weeks, 1), say::month_year(results.date(period)));
            let note = fan.trough().map_or_else(|| "weeks".to_owned(), least);
            Panel { title: results.name(&s.scope).to_owned(), note, scale: scale.clone(), fans: vec![fan], places: Vec::new() }
        })
        .collect();
    let time = fan::time_axis(results);
    let columns = if panels.len() > 8 { 5 } else { panels.len().clamp(1, 4) };
    let values = scale.label_width() + 12.0;
    let grid = Grid {
        x: MARGIN,
        width: WIDTH - 2.0 * MARGIN,
        columns,
        plot_height: if columns > 2 { 140.0 } else { 200.0 },
        values,
        names: 0.0,
        shared: true,
    };
    let marks = Marks::plan(&results.events, time, grid.plot_width());
    let subtitle = Frame::counted(results, &format!("{FANS}; after the world, the region with the least cover first"));
    let title = "How many weeks manufacturers could run on the magnets they hold";
    let frame = Frame::new(results, WIDTH, title, &subtitle, marks.key.as_deref());
    let height = frame.head() + grid.height(panels.len(), &marks) + frame.foot();
    let svg = sheet(WIDTH, height, |canvas| {
        frame.draw(canvas, height);
        grid.draw(canvas, &panels, frame.head(), time, &marks);
    })?;
    Ok(Chart { name: NAME, svg, csv: fan::table(results, series)? })
}
