//! In: what the ensemble counted. Out: the tables of a run.

use jiff::ToSpan;
use jiff::civil::Date;

use super::drivers::drivers;
use super::estimate::{Sample, enough, rows, running};
use super::{ConvergenceRow, EventMark, ExceedanceRow, ExportRow, Results, Series, Stat, SummaryRow};
use crate::ensemble::Plan;
use crate::ensemble::batch::scalar_names;
use crate::ensemble::metrics::low_is_bad;
use crate::ensemble::observe::Watch;
use crate::ensemble::tally::{Cell, Scalar, Step, Tally};
use crate::network::{Network, stage_word};
use crate::scenario::schema::{Scenario, Stage};
use crate::shocks::Shocks;

const FAN: [(Stat, f64); 5] = [(Stat::P05, 0.05), (Stat::P25, 0.25), (Stat::P50, 0.5), (Stat::P75, 0.75), (Stat::P95, 0.95)];

/// Share of its opening output below which a facility's baseline is too little to compare with.
const LITTLE: f64 = 0.05;

/// Turns a tally into results.
pub fn collect(scenario: &Scenario, network: &Network, shocks: &Shocks, watch: &Watch, plan: &Plan, tally: &Tally) -> Results {
    let names = scalar_names(network, shocks, watch, plan);
    let horizon = scenario.run.horizon;
    let samples: Vec<Sample> = tally.scalars.iter().map(|s| Sample::of(s, tally.count)).collect();
    let mut results = Results {
        title: scenario.title.clone(),
        description: scenario.description.clone(),
        realizations: tally.count,
        start: scenario.run.start,
        horizon,
        events: marks(scenario, shocks),
        series: series(watch, tally, horizon),
        summary: summary(&names, &samples),
        exceedance: exceedance(&names, &samples),
        drivers: drivers(&names, tally, &scenario.evidence),
        convergence: convergence(&names, tally),
        exports: exports(network, watch, tally),
        realization_names: vec![],
        realization_values: vec![],
        names: labels(scenario, network),
        facility_order: facility_order(watch),
        notes: notes(tally).into_iter().chain(loose_quotas(scenario, &names, tally)).collect(),
        until: None,
    };
    if plan.keep {
        realizations(&names, tally, &mut results);
    }
    results
}

fn day(start: Date, period: f64) -> Date {
    start.checked_add(((period * 7.0).round() as i64).days()).unwrap_or(start)
}

fn marks(scenario: &Scenario, shocks: &Shocks) -> Vec<EventMark> {
    let horizon = scenario.run.horizon as f64;
    let mut list: Vec<EventMark> = shocks
        .marks()
        .into_iter()
        .filter(|(_, _, onset, _)| *onset < horizon)
        .map(|(id, name, onset, end)| EventMark {
            id,
            name,
            date: day(scenario.run.start, onset),
            end: end.filter(|e| *e < horizon).map(|e| day(scenario.run.start, e)),
        })
        .collect();
    list.sort_by(|a, b| (a.date, &a.id).cmp(&(b.date, &b.id)));
    list
}

/// Mean and percentiles of cells, one a period; those too few realizations stand behind are left out.
pub fn fan(cells: &[&Cell], count: u64) -> Vec<(Stat, Vec<f64>)> {
    let mut told = vec![];
    let mut stats = vec![(Stat::Mean, cells.iter().map(|c| c.sum.value() / count as f64).collect())];
    for (stat, q) in FAN {
        if enough(stat, count) {
            stats.push((stat, vec![]));
            told.push(q);
        }
    }
    for cell in cells {
        let mut all = [1.0; FAN.len()];
        all[..told.len()].copy_from_slice(&told);
        let values = cell.histogram.percentiles(all);
        stats[1..].iter_mut().zip(values).for_each(|((_, list), x)| list.push(x));
    }
    stats
}

fn series(watch: &Watch, tally: &Tally, horizon: usize) -> Vec<Series> {
    let mut list: Vec<Series> = watch
        .series
        .iter()
        .map(|s| {
            let cells: Vec<&Cell> = tally.series[s.reading * horizon..(s.reading + 1) * horizon].iter().collect();
            Series { variable: s.variable.into(), scope: s.scope.clone(), unit: s.unit.into(), stats: fan(&cells, tally.count) }
        })
        .collect();
    for (g, group) in watch.groups.iter().enumerate() {
        // Over the baseline of the same realizations; over the opening where there is none. Where next to nothing is made in the baseline
        // either, a share of it says nothing.
        let span = g * horizon..(g + 1) * horizon;
        let (opening, calm) = (tally.count as f64, &tally.calm_output[span.clone()]);
        let beside = calm.iter().any(|x| x.value() > 0.0);
        let over = |calm: f64| match beside {
            true if calm < LITTLE * opening => f64::NAN,
            true => calm,
            false => opening,
        };
        let means = tally.output[span].iter().zip(calm).map(|(x, calm)| x.value() / over(calm.value())).collect();
        list.push(Series {
            variable: "output_share".into(),
            scope: group.scope.clone(),
            unit: "share".into(),
            stats: vec![(Stat::Mean, means)],
        });
    }
    list.sort_by(|a, b| (&a.variable, &a.scope).cmp(&(&b.variable, &b.scope)));
    list
}

/// Thresholds, in thousandths, whose exceedance is told for a metric.
fn thresholds(metric: &str) -> &'static [u32] {
    match metric {
        "unmet_share" => &[10, 50, 100],
        "peak_unmet" => &[50, 200, 500],
        "line_down_weeks" => &[0, 1000, 4000],
        "peak_price_inside" | "peak_price_outside" => &[2000, 5000],
        "peak_premium" => &[500],
        _ => &[],
    }
}

fn summary(names: &[(String, String)], samples: &[Sample]) -> Vec<SummaryRow> {
    let mut list: Vec<SummaryRow> = names
        .iter()
        .zip(samples)
        .filter(|((metric, _), _)| metric != "parameter")
        .flat_map(|((metric, scope), sample)| rows(metric, scope, sample, thresholds(metric), low_is_bad(metric)))
        .collect();
    list.sort_by(|a, b| (&a.metric, &a.scope, a.stat).cmp(&(&b.metric, &b.scope, b.stat)));
    list
}

fn exceedance(names: &[(String, String)], samples: &[Sample]) -> Vec<ExceedanceRow> {
    const POINTS: usize = 60;
    let mut list = vec![];
    for ((metric, scope), sample) in names.iter().zip(samples) {
        let wanted = matches!(metric.as_str(), "lost_output" | "unmet_share") && (scope == "world" || scope.starts_with("region:"));
        let Some(largest) = sample.largest().filter(|x| wanted && *x > 0.0) else { continue };
        // From a thousandth of the largest to the largest, on a log scale.
        let low = sample.percentile(0.01).value.max(largest * 1e-3);
        for i in 0..POINTS {
            let x = low * (largest / low).powf(i as f64 / (POINTS - 1) as f64);
            let p = sample.exceeds(x);
            list.push(ExceedanceRow {
                metric: metric.clone(),
                scope: scope.clone(),
                threshold: x,
                probability: p.value,
                lo95: p.low,
                hi95: p.high,
                n: sample.count(),
            });
        }
    }
    list
}

fn convergence(names: &[(String, String)], tally: &Tally) -> Vec<ConvergenceRow> {
    let mut list = vec![];
    for ((metric, scope), scalar) in names.iter().zip(&tally.scalars) {
        let headline = scope == "world" && matches!(metric.as_str(), "unmet_share" | "lost_output" | "line_down_weeks" | "triangle_area");
        if !headline {
            continue;
        }
        list.extend(growth(metric, scope, scalar, tally.count));
    }
    list
}

/// The running mean of one outcome, at its steps and at the end.
pub(super) fn growth(metric: &str, scope: &str, scalar: &Scalar, count: u64) -> Vec<ConvergenceRow> {
    let end = Step { count, sum: scalar.sum, squares: scalar.squares };
    let last = scalar.steps.last().is_none_or(|s| s.count < count);
    let steps = scalar.steps.iter().chain(last.then_some(&end));
    steps
        .map(|step| {
            let (mean, se) = running(step.count, step.sum, step.squares);
            ConvergenceRow { metric: metric.into(), scope: scope.into(), n: step.count, mean, se }
        })
        .collect()
}

fn exports(network: &Network, watch: &Watch, tally: &Tally) -> Vec<ExportRow> {
    let columns = watch.destinations.len() + 1;
    let mut list = vec![];
    if watch.destinations.is_empty() {
        return list;
    }
    for (m, (month, partial)) in watch.months.iter().enumerate() {
        for d in 0..columns {
            let cell = &tally.exports[m * columns + d];
            let q = |stat: Stat, q: f64| if enough(stat, tally.count) { cell.histogram.percentile(q) } else { f64::NAN };
            let fan = FAN.map(|(stat, at)| q(stat, at));
            list.push(ExportRow {
                month: month.clone(),
                destination: watch.destinations.get(d).map_or_else(|| "world".to_string(), |r| network.regions[*r].clone()),
                values: [fan[0], fan[1], fan[2], fan[3], fan[4], cell.sum.value() / tally.count as f64],
                partial: *partial,
            });
        }
    }
    list
}

fn realizations(names: &[(String, String)], tally: &Tally, results: &mut Results) {
    let kept: Vec<usize> = (0..names.len()).filter(|&i| names[i].0 == "parameter" || !names[i].1.starts_with("facility:")).collect();
    results.realization_names = kept.iter().map(|&i| format!("{}:{}", names[i].0, names[i].1)).collect();
    let n = tally.count as usize;
    results.realization_values = Vec::with_capacity(n * kept.len());
    for r in 0..n {
        results.realization_values.extend(kept.iter().map(|&i| tally.scalars[i].values[r]));
    }
}

/// Names for people of scopes.
pub fn labels(scenario: &Scenario, network: &Network) -> Vec<(String, String)> {
    let mut list = vec![("world".to_string(), "World".to_string())];
    list.extend(scenario.regions.iter().map(|r| (format!("region:{}", r.id), r.name.clone())));
    list.extend(scenario.sectors.iter().map(|r| (format!("sector:{}", r.id), r.name.clone())));
    list.extend(network.commodities.iter().map(|c| (format!("commodity:{}", c.id), c.name.clone())));
    let mut stages: Vec<Stage> = network.plants.iter().map(|p| network.facilities[p.facility].stage).collect();
    stages.sort();
    stages.dedup();
    list.extend(stages.into_iter().map(|s| (format!("stage:{}", stage_word(s)), stage_name(s).to_string())));
    list.extend(scenario.facilities.iter().map(|f| (format!("facility:{}", f.id), f.name.clone())));
    list.extend(scenario.events.iter().flat_map(|e| ["desk", "event"].map(|kind| (format!("{kind}:{}", e.id), e.name.clone()))));
    list.extend(scenario.escalations.iter().map(|e| (format!("escalation:{}", e.id), e.name.clone())));
    list
}

/// Name of a stage for people.
pub fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::Mine => "Mines",
        Stage::SeparationLight => "Light separation",
        Stage::SeparationHeavy => "Heavy separation",
        Stage::Metal => "Metal",
        Stage::Magnet => "Magnets",
        Stage::Manufacturer => "Manufacturers",
        Stage::Recycler => "Recyclers",
        Stage::Trader => "Traders",
        Stage::Stockpile => "Stockpiles",
    }
}

fn facility_order(watch: &Watch) -> Vec<(String, String)> {
    let mut groups: Vec<_> = watch.groups.iter().collect();
    groups.sort_by(|a, b| (a.stage, &a.scope).cmp(&(b.stage, &b.scope)));
    groups.iter().map(|g| (g.scope.clone(), stage_name(g.stage).to_string())).collect()
}

fn notes(tally: &Tally) -> Vec<String> {
    let mut notes = vec![];
    let n = tally.count;
    if !enough(Stat::P95, n) {
        notes.push(format!("{n} realizations: the 5th and 95th percentiles need 200, so their cells are blank"));
    } else if !enough(Stat::P99, n) {
        notes.push(format!("{n} realizations: p99 and CVaR99 need 10,000, so their cells are blank"));
    }
    notes.extend(fault(tally.mass_error));
    notes
}

/// A quota of which less than this share is used, on average, binds little.
const LOOSE: f64 = 0.95;

/// Quotas that do not bind.
fn loose_quotas(scenario: &Scenario, names: &[(String, String)], tally: &Tally) -> Vec<String> {
    let mut notes = vec![];
    for ((_, scope), scalar) in names.iter().zip(&tally.scalars).filter(|((metric, _), _)| metric == "quota_used") {
        let used = scalar.sum.value() / tally.count.max(1) as f64;
        let event = scenario.events.iter().find(|e| scope.strip_prefix("event:") == Some(e.id.as_str()));
        if let Some(event) = event.filter(|_| used < LOOSE) {
            notes.push(format!("`{}` does not bind all the time: {:.0} % of it is used on average", event.name, 100.0 * used));
        }
    }
    notes
}

/// What must be known of a run whose element mass is off by so much, relatively.
pub fn fault(mass_error: f64) -> Option<String> {
    (mass_error > 1e-9).then(|| format!("element mass is off by {mass_error:.1e} at the end of a run: please report it"))
}
