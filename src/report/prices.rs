//! In: prices inside and outside the border. Out: `prices`, a panel a commodity, both sides in one picture.

use super::axis::{Said, Scale};
use super::fan::{self, Fan, Panel};
use super::frame::FANS;
use super::panels::{self, Layout};
use super::say;
use super::theme::{BLUE, VERMILLION};
use super::{Chart, Missing};
use crate::results::{Results, Series};

/// Name of the chart's files.
pub const NAME: &str = "prices";

const WIDTH: f64 = 1200.0;
/// A range wider than this is drawn on a logarithmic axis.
const LOG_FROM: f64 = 5.0;

/// Draw it.
pub fn chart(results: &Results) -> Result<Chart, Missing> {
    let series: Vec<&Series> =
        results.series_of("price_inside", "commodity:").chain(results.series_of("price_outside", "commodity:")).collect();
    let mut scopes: Vec<&str> = Vec::new();
    for one in &series {
        if !scopes.contains(&one.scope.as_str()) {
            scopes.push(&one.scope);
        }
    }
    // Names are listed in the order of the chain; the table is sorted by id.
    scopes.sort_by_key(|scope| results.names.iter().position(|(s, _)| s == scope).unwrap_or(usize::MAX));
    let panels: Vec<Panel<'_>> = scopes.iter().filter_map(|scope| panel(results, scope)).collect();
    if panels.is_empty() {
        return Err(Missing::Data("no prices were recorded, or fewer than 200 realizations, which a fan needs"));
    }
    let columns = match panels.len() {
        1 => 1,
        2 | 4 => 2,
        3..=9 => 3,
        _ => 4,
    };
    let sides = match panels.iter().any(|p| p.fans.len() > 1) {
        true => ". Blue: price inside the border of the exporter; orange: price that buyers outside pay",
        false => "",
    };
    let layout = Layout {
        width: WIDTH,
        title: "Prices inside and outside the border",
        meaning: &format!("{FANS}{sides}"),
        columns,
        plot_height: if columns == 1 { 300.0 } else { 190.0 },
        names: fan::name_width(&panels),
        shared: false,
    };
    let svg = panels::draw(results, &panels, &layout)?;
    Ok(Chart { name: NAME, svg, csv: fan::table(results, series)? })
}

fn panel<'a>(results: &'a Results, scope: &'a str) -> Option<Panel<'a>> {
    let inside = results.series("price_inside", scope);
    let outside = results.series("price_outside", scope);
    let unit = inside.or(outside)?.unit.as_str();
    let of = |series: Option<&'a Series>, ink, label| series.and_then(|s| Fan::of(s, ink)).map(|f: Fan<'a>| f.labelled(label));
    let fans: Vec<Fan<'a>> = [of(inside, BLUE, "inside"), of(outside, VERMILLION, "outside")].into_iter().flatten().collect();
    let low = fans.iter().map(Fan::bottom).fold(f64::INFINITY, f64::min);
    let high = fans.iter().map(Fan::top).fold(0.0, f64::max);
    let log = low.is_finite() && high > low * LOG_FROM;
    let scale = if log { Scale::logarithmic(low, high, Said::Number) } else { Scale::linear(high, 4, Said::Number) };
    let peak = fans.last().and_then(|fan| fan.peak(2)).map(|(period, value)| {
        let side = if outside.is_some() { "outside" } else { "inside" };
        format!("; median {side} peaks at {}, {}", say::short(value), say::month_year(results.date(period)))
    });
    let note = format!("{unit}{}{}", if log { ", log scale" } else { "" }, peak.unwrap_or_default());
    (!fans.is_empty()).then(|| Panel { title: results.name(scope).to_owned(), note, scale, fans, places: Vec::new() })
}
