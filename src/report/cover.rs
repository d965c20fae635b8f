//! In: weeks of cover of finished magnets at manufacturers. Out: `cover`, a fan for the world and each region.

use super::axis::{Said, Scale};
use super::fan::{self, Fan, Panel};
use super::frame::FANS;
use super::panels::{self, Layout};
use super::say;
use super::theme::{BLACK, BLUE};
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
    let columns = if panels.len() > 8 { 5 } else { panels.len().clamp(1, 4) };
    let layout = Layout {
        width: WIDTH,
        title: "How many weeks manufacturers could run on the magnets they hold",
        meaning: &format!("{FANS}; after the world, the region with the least cover first"),
        columns,
        plot_height: if columns > 2 { 140.0 } else { 200.0 },
        names: 0.0,
        shared: true,
    };
    let svg = panels::draw(results, &panels, &layout)?;
    Ok(Chart { name: NAME, svg, csv: fan::table(results, series)? })
}
