//! `coercivity check`: in: a scenario file. Out: everything wrong with it; then what it holds and its undisturbed balance.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::{Outcome, load};
use crate::network::{CheckRow, check_rows, surplus_rows};

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
    let e = scenario.evidence;
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
            "balance": balance, "surplus": surplus, "warnings": loaded.warnings.len()});
        println!("{}", serde_json::to_string_pretty(&value)?);
        return Ok(Outcome::Done);
    }
    if a.quiet {
        return Ok(Outcome::Done);
    }
    println!("{}", scenario.title);
    println!(
        "{} facilities ({} with cohorts), {} lanes ({}), {} commodities, {} regions, {} markets, {} events",
        scenario.facilities.len(),
        network.facilities.len(),
        lanes,
        network.lanes.len(),
        scenario.commodities.len(),
        scenario.regions.len(),
        network.markets.len(),
        scenario.events.len()
    );
    println!("Numbers of the world: {} sourced, {} derived, {} assumed, {} unsourced", e.sourced, e.derived, e.assumed, e.unsourced);
    println!("\nThe undisturbed balance against sourced totals");
    println!("  {:<52} {:>10} {:>10} {:>8}  in range", "", "ours", "source", "off by");
    rows.iter().for_each(print_row);
    println!("\nSurplus sinks (t/yr): made together with what is wanted, and sold off or stored");
    for (name, flow) in surplus_rows(network).iter().take(12).filter(|(_, f)| *f > 0.0) {
        println!("  {name:<52} {flow:>10.1}");
    }
    println!("\nNothing is wrong with it.");
    Ok(Outcome::Done)
}

fn print_row(r: &CheckRow) {
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
    println!("  {:<52} {:>10} {:>10} {:>+7.1} %  {inside}", r.name, say(r.ours), say(r.expected), 100.0 * r.deviation);
    if r.deviation.abs() > 0.1 {
        println!("      {}", r.reason);
    }
}
