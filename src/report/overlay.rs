//! In: a comparison. Out: `variants`, fans of the headline series, all variants in one picture; `difference`, fans of what differs.

use super::axis::{Said, Scale};
use super::canvas::sheet;
use super::events::Marks;
use super::fan::{self, Fan, Grid, Panel};
use super::frame::{FANS, Frame};
use super::say;
use super::theme::MARGIN;
use super::versus::{self, Headline, Legend};
use super::{Chart, Missing};
use crate::results::{Series, Stat};
use crate::study::compare::Comparison;

/// Names of the charts' files.
pub const VARIANTS: &str = "variants";
/// The other's.
pub const DIFFERENCE: &str = "difference";

const WIDTH: f64 = 1240.0;
/// A range of prices wider than this is drawn on a logarithmic axis.
const LOG_FROM: f64 = 5.0;

/// The headline series of every variant.
pub fn variants(comparison: &Comparison) -> Result<Chart, Missing> {
    let headlines = versus::headlines(comparison);
    let of = |h: &Headline, v: usize| comparison.variants[v].results.series(h.variable, &h.scope);
    let rows: Vec<(usize, &Series)> =
        headlines.iter().flat_map(|h| (0..comparison.variants.len()).filter_map(move |v| Some((v, of(h, v)?)))).collect();
    let panels: Vec<Panel<'_>> = headlines.iter().filter_map(|h| panel(comparison, h, &rows, false)).collect();
    // Bands of many variants on one another would hide each other.
    let marks = if versus::veil(comparison.variants.len()) > 0.0 { FANS } else { "line = median" };
    let meaning = format!("each future under every variant; {marks}");
    let svg = draw(comparison, &panels, (0, "The same futures under each variant", &meaning))?;
    Ok(Chart { name: VARIANTS, svg, csv: versus::table(comparison, rows.iter().copied(), false)? })
}

/// What each variant has more than the first.
pub fn difference(comparison: &Comparison) -> Result<Chart, Missing> {
    let headlines = versus::headlines(comparison);
    let of = |h: &Headline, v: usize| comparison.difference_series(v, h.variable, &h.scope);
    let rows: Vec<(usize, &Series)> =
        headlines.iter().flat_map(|h| (1..comparison.variants.len()).filter_map(move |v| Some((v, of(h, v)?)))).collect();
    let panels: Vec<Panel<'_>> = headlines.iter().filter_map(|h| panel(comparison, h, &rows, true)).collect();
    let shaded = if versus::veil(comparison.variants.len() - 1) > 0.0 { ", shaded = 50 % and 90 % of futures" } else { "" };
    let meaning = format!(
        "each future under the variant less the same future under the first; line = median difference{shaded}, dark line = no difference"
    );
    let svg = draw(comparison, &panels, (1, "What the change changes, week by week", &meaning))?;
    Ok(Chart { name: DIFFERENCE, svg, csv: versus::table(comparison, rows.iter().copied(), true)? })
}

fn panel<'a>(comparison: &Comparison, h: &Headline, rows: &[(usize, &'a Series)], differ: bool) -> Option<Panel<'a>> {
    let mine: Vec<(usize, &Series)> = rows.iter().copied().filter(|(_, s)| s.variable == h.variable && s.scope == h.scope).collect();
    let fans: Vec<Fan<'a>> = mine
        .iter()
        .filter_map(|(v, series)| {
            let (ink, dash) = versus::style(*v);
            Some(Fan { dash, veil: versus::veil(mine.len()), ..Fan::of(series, ink)? })
        })
        .collect();
    let high = fans.iter().map(Fan::top).fold(0.0, f64::max);
    let low = fans.iter().flat_map(|f| f.bands[0]).copied().filter(|v| v.is_finite()).fold(0.0, f64::min);
    let bottom = fans.iter().map(Fan::bottom).fold(f64::INFINITY, f64::min);
    let price = h.variable.starts_with("price");
    let log = !differ && price && bottom.is_finite() && high > bottom * LOG_FROM;
    let scale = match (differ, h.said) {
        (true, Said::Percent) if high - low < 1e-4 => Scale::around_zero(-0.01, 0.01, 4, Said::Points),
        (true, Said::Percent) => Scale::around_zero(low, high, 4, Said::Points),
        (true, said) => Scale::around_zero(low, high, 4, said),
        (false, Said::Percent) => Scale::linear(high.clamp(0.05, 1.0), 4, h.said),
        (false, said) if log => Scale::logarithmic(bottom, high, said),
        (false, said) => Scale::linear(high, 4, said),
    };
    let unit = if differ && h.said == Said::Percent { "percentage points" } else { h.unit };
    let note = if differ {
        format!("{unit}{}", largest(comparison, &mine, h.said))
    } else {
        format!("{unit}{}", if log { ", log scale" } else { "" })
    };
    (!fans.is_empty()).then(|| Panel { title: h.title.clone(), note, scale, fans, places: Vec::new() })
}

/// The largest mean difference of a week, and when.
fn largest(comparison: &Comparison, rows: &[(usize, &Series)], said: Said) -> String {
    let weeks = rows.iter().filter_map(|(_, s)| s.stat(Stat::Mean)).flat_map(|v| v.iter().copied().enumerate());
    let Some((period, value)) = weeks.max_by(|a, b| a.1.abs().total_cmp(&b.1.abs())).filter(|(_, v)| v.abs() > 1e-6) else {
        return "; no difference".to_owned();
    };
    let value = if said == Said::Percent { value * 100.0 } else { value };
    let sign = if value > 0.0 { "+" } else { "" };
    format!("; largest mean {sign}{}, {}", say::short(value), say::month_year(comparison.first().results.date(period)))
}

fn draw(comparison: &Comparison, panels: &[Panel<'_>], (from, title, meaning): (usize, &str, &str)) -> Result<String, Missing> {
    if panels.is_empty() {
        return Err(Missing::Data("fans need 200 realizations, and a series that all variants have"));
    }
    let results = &comparison.first().results;
    let time = fan::time_axis(results);
    let columns = panels.len().clamp(1, 3);
    let values = panels.iter().map(|p| p.scale.label_width()).fold(0.0, f64::max) + 12.0;
    let grid = Grid { x: MARGIN, width: WIDTH - 2.0 * MARGIN, columns, plot_height: 210.0, values, names: 8.0, shared: false };
    let marks = Marks::plan(&versus::events(comparison), time, grid.plot_width());
    let subtitle = Frame::counted(results, meaning);
    let frame = Frame::of(&versus::source(comparison), WIDTH, title, &subtitle, marks.key.as_deref());
    let legend = Legend::new(comparison, from, WIDTH);
    let top = frame.head() + legend.height();
    let height = top + grid.height(panels.len(), &marks) + frame.foot();
    Ok(sheet(WIDTH, height, |canvas| {
        frame.draw(canvas, height);
        legend.draw(canvas, frame.head() - 6.0);
        grid.draw(canvas, panels, top, time, &marks);
    })?)
}
