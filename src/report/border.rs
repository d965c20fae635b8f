//! In: what quotas earn, what smugglers carry. Out: `quota-rent`, a panel a quota, and `smuggling`, a panel a commodity.

use super::axis::{Said, Scale};
use super::fan::{self, Fan, Panel};
use super::frame::FANS;
use super::panels::{self, Layout};
use super::say;
use super::theme::{BLUE, Ink, VERMILLION};
use super::{Chart, Missing};
use crate::results::{Results, Series};

/// Name of the files of the chart of rents.
pub const RENT: &str = "quota-rent";
/// Name of the files of the chart of smuggling.
pub const SMUGGLING: &str = "smuggling";

const WIDTH: f64 = 1200.0;

/// Variables drawn in one panel, with their colours and labels.
type Lines = &'static [(&'static str, Ink, &'static str)];

/// Whether the results tell of quotas that earn anything.
pub fn has_rents(results: &Results) -> bool {
    results.series_of("quota_rent", "event:").next().is_some()
}

/// Whether the results tell of smugglers.
pub fn has_smuggling(results: &Results) -> bool {
    results.series_of("smuggled", "commodity:").next().is_some()
}

/// Draw what quotas earn.
pub fn rent(results: &Results) -> Result<Chart, Missing> {
    let title = "What a kilogram earns under the quota";
    let meaning = format!("{FANS}. Mean margin between the two sides of the border beyond the opening one, weighted by opening trade");
    draw(results, RENT, title, &meaning, "event:", &[("quota_rent", VERMILLION, "")])
}

/// Draw what smugglers carry.
pub fn smuggling(results: &Results) -> Result<Chart, Missing> {
    let meaning = format!("{FANS}. Orange: let through; blue: seized. Each panel has its own scale");
    let lines: Lines = &[("smuggled", VERMILLION, "through"), ("seized", BLUE, "seized")];
    draw(results, SMUGGLING, "Smuggled past the border", &meaning, "commodity:", lines)
}

fn draw(results: &Results, name: &'static str, title: &str, meaning: &str, prefix: &'static str, lines: Lines) -> Result<Chart, Missing> {
    let series: Vec<&Series> = lines.iter().flat_map(|(variable, ..)| results.series_of(variable, prefix)).collect();
    let mut scopes: Vec<&str> = series.iter().map(|s| s.scope.as_str()).collect();
    scopes.sort_by_key(|scope| results.names.iter().position(|(s, _)| s == scope).unwrap_or(usize::MAX));
    scopes.dedup();
    let panels: Vec<Panel<'_>> = scopes.iter().filter_map(|scope| panel(results, scope, lines)).collect();
    if panels.is_empty() {
        return Err(Missing::Data("fewer than 200 realizations, which a fan needs"));
    }
    let columns = if panels.len() == 1 { 1 } else { 2 };
    let layout = Layout {
        width: WIDTH,
        title,
        meaning,
        columns,
        plot_height: if columns == 1 { 300.0 } else { 220.0 },
        names: fan::name_width(&panels),
        shared: false,
    };
    let svg = panels::draw(results, &panels, &layout)?;
    Ok(Chart { name, svg, csv: fan::table(results, series)? })
}

fn panel<'a>(results: &'a Results, scope: &'a str, lines: Lines) -> Option<Panel<'a>> {
    let told = |variable: &str| results.series(variable, scope);
    let unit = told(lines[0].0)?.unit.as_str();
    let fans: Vec<Fan<'a>> =
        lines.iter().filter_map(|(variable, ink, label)| Fan::of(told(variable)?, *ink).map(|fan| fan.labelled(label))).collect();
    let high = fans.iter().map(Fan::top).fold(0.0, f64::max);
    let peak = fans.first()?.peak(2).filter(|(_, value)| *value > 0.0);
    let peak = peak.map(|(period, value)| format!("; median peaks at {}, {}", say::short(value), say::month_year(results.date(period))));
    let note = format!("{unit}{}", peak.unwrap_or_default());
    Some(Panel { title: results.name(scope).to_owned(), note, scale: Scale::linear(high, 4, Said::Number), fans, places: Vec::new() })
}
