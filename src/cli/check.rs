//! `coercivity check`: in: a scenario file. Out: everything wrong with it; then what it holds and its undisturbed balance.

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::{Outcome, load};
use crate::network::{CheckRow, Network, check_rows, concentration, surplus_rows};
use crate::results::collect::stage_name;

/// Arguments of `check`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  coercivity check scenarios/first.toml
  coercivity check scenarios/worlds/magnets-2024.toml --json")]
pub(crate) struct CheckArguments {
    /// Scenario file (TOML).
    scenario: PathBuf,
    /// Override a field by its dotted path (repeatable).
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = load::override_of)]
    sets: Vec<(String, String)>,
    /// Print counts and balance as JSON.
    #[arg(long)]
    json: bool,
    /// Print nothing but problems.
    #[arg(long)]
    quiet: bool,
}

pub(crate) fn check(a: &CheckArguments) -> Result<Outcome> {
    let Some(loaded) = load::compile(&a.scenario, &a.sets, false)? else { return Ok(Outcome::Wrong) };
    let (scenario, network) = (&loaded.scenario, &loaded.network);
    let rows = check_rows(scenario, network);
    let lanes: usize = scenario.supplies.iter().map(|s| s.from.len()).chain(scenario.pushes.iter().map(|p| p.to.len())).sum();
    let e = &scenario.evidence;
    if a.json {
        let balance: Vec<serde_json::Value> = rows
            .iter()
            .map(|r| {
                serde_json::json!({"id": r.id, "name": r.name, "ours": r.ours, "expected": r.expected, "low": r.low, "high": r.high,
                    "deviation": r.deviation, "unit": if r.share { "share" } else { "t/yr" }, "source": r.source, "reason": r.reason})
            })
            .collect();
        let surplus: Vec<serde_json::Value> =
            surplus_rows(network).iter().map(|(name, flow)| serde_json::json!({"slot": name, "t_per_year": flow})).collect();
        let value = serde_json::json!({
            "facilities": scenario.facilities.len(), "lanes": lanes, "commodities": scenario.commodities.len(), "regions": scenario.regions.len(),
            "facilities_with_cohorts": network.facilities.len(), "lanes_with_cohorts": network.lanes.len(),
            "slots": network.slots.len(), "markets": network.markets.len(), "events": scenario.events.len(),
            "numbers": {"sourced": e.sourced, "derived": e.derived, "assumed": e.assumed, "unsourced": e.unsourced},
            "balance": balance, "surplus": surplus, "concentration": concentration_json(network), "warnings": loaded.warnings.len()});
        super::print(&(serde_json::to_string_pretty(&value)? + "\n"))?;
        return Ok(Outcome::Done);
    }
    if a.quiet {
        return Ok(Outcome::Done);
    }
    let mut text = String::new();
    writeln!(text, "{}", scenario.title)?;
    writeln!(
        text,
        "{} facilities ({} with cohorts), {} lanes ({}), {} commodities, {} regions, {} markets, {} events",
        scenario.facilities.len(),
        network.facilities.len(),
        lanes,
        network.lanes.len(),
        scenario.commodities.len(),
        scenario.regions.len(),
        network.markets.len(),
        scenario.events.len()
    )?;
    writeln!(text, "Numbers of the world: {} sourced, {} derived, {} assumed, {} unsourced", e.sourced, e.derived, e.assumed, e.unsourced)?;
    writeln!(text, "\nThe undisturbed balance against sourced totals")?;
    writeln!(text, "  {:<52} {:>10} {:>10} {:>8}  in range", "", "ours", "source", "off by")?;
    for row in &rows {
        write_row(&mut text, row)?;
    }
    writeln!(text, "\nSurplus sinks (t/yr): made together with what is wanted, and sold off or stored")?;
    for (name, flow) in surplus_rows(network).iter().take(12).filter(|(_, f)| *f > 0.0) {
        writeln!(text, "  {name:<52} {flow:>10.1}")?;
    }
    concentrations(&mut text, network)?;
    let warnings = loaded.warnings.len();
    let said = if warnings == 0 {
        "Nothing is wrong with it.".to_owned()
    } else {
        format!("No errors; {warnings} warning{} above.", if warnings == 1 { "" } else { "s" })
    };
    writeln!(text, "\n{said}")?;
    super::print(&text)?;
    Ok(Outcome::Done)
}

/// How much of each stage lies in few regions, and from how few each region gets its finished goods.
fn concentrations(text: &mut String, n: &Network) -> std::fmt::Result {
    let mut rows: Vec<(String, f64, usize, f64)> = vec![];
    rows.extend(concentration::of_output(n).into_iter().map(|(stage, index, r, share)| (stage_name(stage).to_owned(), index, r, share)));
    let inflow = concentration::of_inflow(n).into_iter();
    rows.extend(inflow.map(|(to, index, r, share)| (format!("finished goods used in {}", n.regions[to]), index, r, share)));
    if !rows.is_empty() {
        writeln!(text, "\nConcentration: Herfindahl–Hirschman index of regions, 10,000 if one has all")?;
    }
    for (name, index, region, share) in rows {
        writeln!(text, "  {name:<52} {index:>10.0}   {} {:.0} %", n.regions[region], 100.0 * share)?;
    }
    Ok(())
}

/// The same as JSON.
fn concentration_json(n: &Network) -> serde_json::Value {
    let row = |scope: String, index: f64, r: usize, share: f64| serde_json::json!({"scope": scope, "hhi": index, "largest": n.regions[r], "share": share});
    let output =
        concentration::of_output(n).into_iter().map(|(stage, i, r, share)| row(format!("output of {}", stage_name(stage)), i, r, share));
    let inflow = concentration::of_inflow(n).into_iter().map(|(to, i, r, share)| row(format!("inflow of {}", n.regions[to]), i, r, share));
    output.chain(inflow).collect()
}

fn write_row(text: &mut String, r: &CheckRow) -> std::fmt::Result {
    let say = |x: f64| {
        if r.share {
            format!("{:.1} %", 100.0 * x)
        } else if x >= 10_000.0 {
            format!("{:.1} kt", x / 1000.0)
        } else {
            format!("{x:.0} t")
        }
    };
    let inside = match (r.low, r.high) {
        (Some(low), Some(high)) => {
            if r.ours >= low && r.ours <= high {
                "yes"
            } else {
                "no"
            }
        }
        _ => "–",
    };
    writeln!(text, "  {:<52} {:>10} {:>10} {:>+7.1} %  {inside}", r.name, say(r.ours), say(r.expected), 100.0 * r.deviation)?;
    if r.deviation.abs() > 0.1 {
        writeln!(text, "      {}", r.reason)?;
    }
    Ok(())
}
