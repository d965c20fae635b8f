//! In: the share of demand not served, each week. Out: `shortage`, fans for the world, each region and each sector.

use super::axis::{Said, Scale};
use super::canvas::{Type, sheet};
use super::events::Marks;
use super::fan::{self, Fan, Grid, Panel};
use super::frame::{FANS, Frame};
use super::say;
use super::theme::{BLACK, BLUE, GREEN, Ink, MARGIN};
use super::{Chart, Missing};
use crate::results::{Results, Series, Stat};

/// Name of the chart's files.
pub const NAME: &str = "shortage";

const VARIABLE: &str = "unmet_share";
const WIDTH: f64 = 1240.0;
/// Height of a section's heading, px.
const HEADING: f64 = 30.0;

/// Draw it.
pub fn chart(results: &Results) -> Result<Chart, Missing> {
    let world: Vec<&Series> = results.series(VARIABLE, "world").into_iter().collect();
    let regions = by_harm(results, "region:");
    let sectors = by_harm(results, "sector:");
    let all: Vec<&Series> = world.iter().chain(&regions).chain(&sectors).copied().collect();
    let highest = all.iter().filter_map(|s| Fan::of(s, BLUE)).map(|f| f.top()).fold(0.0, f64::max);
    // A world without shortage is drawn on a scale on which one would show.
    let scale = Scale::linear(highest.clamp(0.05, 1.0), 4, Said::Percent);
    let section = |series: &[&'_ Series], ink: Ink| -> Vec<Panel<'_>> {
        series.iter().filter_map(|s| panel(results, find(results, s)?, &scale, if s.scope == "world" { BLACK } else { ink })).collect()
    };
    let mut sections = Vec::new();
    let first: Vec<&Series> = world.iter().chain(&regions).copied().collect();
    for (heading, series, ink) in
        [("The world, then regions, most affected first", first, BLUE), ("Sectors, most affected first", sectors.clone(), GREEN)]
    {
        let panels = section(&series, ink);
        if !panels.is_empty() {
            sections.push((heading, panels));
        }
    }
    let most = sections
        .iter()
        .map(|(_, panels)| panels.len())
        .max()
        .ok_or(Missing::Data("no unmet demand was recorded, or fewer than 200 realizations, which a fan needs"))?;
    let columns = if most > 8 { 5 } else { most.clamp(1, 4) };
    let time = fan::time_axis(results);
    let values = scale.label_width() + 12.0;
    let grid = Grid {
        x: MARGIN,
        width: WIDTH - 2.0 * MARGIN,
        columns,
        plot_height: if columns > 2 { 120.0 } else { 200.0 },
        values,
        names: 0.0,
        shared: true,
    };
    let marks = Marks::plan(&results.events, time, grid.plot_width());
    let subtitle = Frame::counted(results, &format!("{FANS}; each week counts alone"));
    let frame = Frame::new(results, WIDTH, "Share of each week’s demand that is not served", &subtitle, marks.key.as_deref());
    let body: f64 = sections.iter().map(|(_, panels)| HEADING + grid.height(panels.len(), &marks)).sum();
    let height = frame.head() + body + frame.foot();
    let svg = sheet(WIDTH, height, |canvas| {
        frame.draw(canvas, height);
        let mut top = frame.head();
        for (heading, panels) in &sections {
            canvas.text(heading, (MARGIN, top + 14.0), Type::new(15.0).bold());
            grid.draw(canvas, panels, top + HEADING, time, &marks);
            top += HEADING + grid.height(panels.len(), &marks);
        }
    })?;
    Ok(Chart { name: NAME, svg, csv: fan::table(results, all)? })
}

/// The series of a kind of scope, the most unmet demand in the mean first.
fn by_harm<'a>(results: &'a Results, prefix: &'a str) -> Vec<&'a Series> {
    let mut series: Vec<&Series> = results.series_of(VARIABLE, prefix).collect();
    let harm = |s: &Series| s.stat(Stat::Mean).map_or(0.0, |v| v.iter().filter(|x| x.is_finite()).sum());
    series.sort_by(|a, b| harm(b).total_cmp(&harm(a)));
    series
}

fn find<'a>(results: &'a Results, series: &Series) -> Option<&'a Series> {
    results.series(&series.variable, &series.scope)
}

fn panel<'a>(results: &'a Results, series: &'a Series, scale: &Scale, ink: Ink) -> Option<Panel<'a>> {
    let fan = Fan::of(series, ink)?;
    let when = |period| say::month_year(results.date(period));
    let note = match (fan.peak(2), fan.peak(4)) {
        (Some((period, worst)), _) if worst > 0.0005 => format!("worst median {}, {}", say::percent(worst), when(period)),
        (_, Some((period, worst))) if worst > 0.0005 => format!("1 in 20 over {}, {}", say::percent(worst), when(period)),
        _ => "no shortage".to_owned(),
    };
    Some(Panel { title: results.name(&series.scope).to_owned(), note, scale: scale.clone(), fans: vec![fan], places: Vec::new() })
}
