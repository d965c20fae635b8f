//! In: finished magnets leaving the inside by calendar month. Out: `magnet-exports`, one wide panel and one a destination.

use jiff::civil::Date;

use super::axis::{Said, Scale, TimeAxis};
use super::canvas::sheet;
use super::events::Marks;
use super::fan::{self, Fan, Grid, Panel};
use super::frame::{FANS, Frame};
use super::say;
use super::theme::{BLACK, BLUE, MARGIN};
use super::{Chart, Missing};
use crate::results::{ExportRow, Results, csv};

/// Name of the chart's files.
pub const NAME: &str = "magnet-exports";

const WIDTH: f64 = 1200.0;
/// Destinations drawn, the largest first; all of them are in the table.
const DESTINATIONS: usize = 8;

/// Whole months of one destination.
struct Flow {
    scope: String,
    months: Vec<Date>,
    bands: [Vec<f64>; 5],
    total: f64,
}

/// Draw it.
pub fn chart(results: &Results) -> Result<Chart, Missing> {
    let mut flows = flows(&results.exports);
    let time = fan::time_axis(results);
    if flows.iter().all(|f| f.months.len() < 2) {
        return Err(Missing::Data("the run covers fewer than two whole months of exports"));
    }
    flows.sort_by(|a, b| b.total.total_cmp(&a.total));
    let (world, mut destinations): (Vec<Flow>, Vec<Flow>) = flows.into_iter().partition(|f| f.scope == "world");
    let left_out = destinations.iter().skip(DESTINATIONS).filter(|f| f.total > 0.0).count();
    destinations.truncate(DESTINATIONS);
    destinations.retain(|f| f.total > 0.0);
    let wide: Vec<Panel<'_>> = world.iter().map(|f| panel(results, f, time, 5)).collect();
    let small: Vec<Panel<'_>> = destinations.iter().map(|f| panel(results, f, time, 3)).collect();
    let room = WIDTH - 2.0 * MARGIN;
    let values = |panels: &[Panel<'_>]| panels.iter().map(|p| p.scale.label_width()).fold(0.0, f64::max) + 12.0;
    let columns = if small.len() > 4 { 4 } else { small.len().max(1) };
    let large = Grid { x: MARGIN, width: room, columns: 1, plot_height: 230.0, values: values(&wide), names: 10.0, shared: false };
    let grid = Grid {
        x: MARGIN,
        width: room,
        columns,
        plot_height: if columns > 2 { 110.0 } else { 180.0 },
        values: values(&small),
        names: 6.0,
        shared: false,
    };
    let marks = Marks::plan(&results.events, time, grid.plot_width().min(large.plot_width()));
    let wide_marks = if marks.key.is_some() { Marks::lettered } else { Marks::plan }(&results.events, time, large.plot_width());
    let rest = if left_out > 0 { format!("; smaller destinations ({left_out}) are in the table only") } else { String::new() };
    let meaning = format!("{FANS}; whole calendar months, drawn at mid-month; a panel a destination, each with its own scale{rest}");
    let subtitle = Frame::counted(results, &meaning);
    let frame = Frame::new(results, WIDTH, "Exports of finished magnets from inside the border", &subtitle, marks.key.as_deref());
    let top = frame.head() + large.height(wide.len(), &wide_marks);
    let height = top + grid.height(small.len(), &marks) + frame.foot();
    let svg = sheet(WIDTH, height, |canvas| {
        frame.draw(canvas, height);
        large.draw(canvas, &wide, frame.head(), time, &wide_marks);
        grid.draw(canvas, &small, top, time, &marks);
    })?;
    let mut table = Vec::new();
    csv::exports(results, &mut table)?;
    Ok(Chart { name: NAME, svg, csv: String::from_utf8_lossy(&table).into_owned() })
}

fn flows(rows: &[ExportRow]) -> Vec<Flow> {
    let mut flows: Vec<Flow> = Vec::new();
    for row in rows.iter().filter(|r| !r.partial) {
        let Ok(middle) = format!("{}-15", row.month).parse::<Date>() else { continue };
        let scope = if row.destination == "world" { "world".to_owned() } else { format!("region:{}", row.destination) };
        let index = flows.iter().position(|f| f.scope == scope).unwrap_or_else(|| {
            flows.push(Flow { scope, months: Vec::new(), bands: Default::default(), total: 0.0 });
            flows.len() - 1
        });
        let flow = &mut flows[index];
        flow.months.push(middle);
        for (band, value) in flow.bands.iter_mut().zip(row.values) {
            band.push(value);
        }
        flow.total += if row.values[5].is_finite() { row.values[5] } else { 0.0 };
    }
    flows
}

fn panel<'a>(results: &Results, flow: &'a Flow, time: TimeAxis, ticks: usize) -> Panel<'a> {
    let world = flow.scope == "world";
    let ink = if world { BLACK } else { BLUE };
    let [p05, p25, p50, p75, p95] = &flow.bands;
    let fan = Fan::plain([p05, p25, p50, p75, p95], ink);
    let least = fan.trough().and_then(|(index, tonnes)| Some((flow.months.get(index)?, tonnes)));
    let least = least.map(|(month, tonnes)| format!("; lowest median {}, {}", say::short(tonnes), say::month_year(*month)));
    let title = if world { "All destinations".to_owned() } else { results.name(&flow.scope).to_owned() };
    Panel {
        title,
        note: format!("t a month{}", least.unwrap_or_default()),
        scale: Scale::linear(fan.top(), ticks, Said::Number),
        fans: vec![fan],
        places: flow.months.iter().map(|m| time.place(*m)).collect(),
    }
}
