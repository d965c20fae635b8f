//! In: finished cases. Out: one long tidy table of inputs and outcomes, the table of points, the table of parameters.

use std::collections::BTreeSet;
use std::io::Write;

use serde::{Deserialize, Serialize};

use super::outcome::Outcome;
use super::point::Ran;
use super::{Case, Study};
use crate::ensemble::shard::Shard;
use crate::results::Stat;
use crate::results::csv::{cells, number};
use crate::results::manifest::program;

/// What a sweep is, without its numbers: enough to write its tables, draw its charts and merge its shards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Version of the program, as [`program`] says it.
    pub version: String,
    /// Digest of everything that decides the numbers.
    pub identity: String,
    /// The study's title.
    pub title: String,
    /// Word of the design.
    pub design: String,
    /// Names of scenarios.
    pub scenarios: Vec<String>,
    /// Names of policies.
    pub policies: Vec<String>,
    /// What varies.
    pub inputs: Vec<Input>,
    /// Outcomes as the study has them, `metric@scope`.
    pub outcomes: Vec<String>,
    /// Number of points of the design.
    pub points: usize,
    /// Realizations of a point (of the first scenario's, if they differ).
    pub realizations: u64,
    /// Seed of the realizations, likewise.
    pub seed: u64,
    /// Which shard; none: the whole.
    pub shard: Option<Shard>,
}

/// A parameter as tables and charts know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Its column.
    pub id: String,
    /// Dotted path in the scenario.
    pub path: String,
    /// For people.
    pub name: String,
    /// Unit; empty: none.
    pub unit: String,
}

/// A finished case.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its place among all cases.
    pub case: usize,
    /// Index of its scenario.
    pub scenario: usize,
    /// Index of its policy.
    pub policy: usize,
    /// Index of its point.
    pub point: usize,
    /// Inputs as written in tables; empty: as the scenario has it.
    pub inputs: Vec<String>,
    /// What came out.
    pub ran: Ran,
}

/// A sweep that has been run, or a shard of one.
#[derive(Debug, Clone)]
pub struct Swept {
    /// What it is.
    pub head: Head,
    /// Its cases, in order.
    pub entries: Vec<Entry>,
}

/// Cases of a shard: as even as can be, in order.
pub fn span(cases: usize, shard: Option<Shard>) -> std::ops::Range<usize> {
    match shard {
        Some(Shard { number, of }) if of > 0 => {
            let cut = |k: u32| (cases as u128 * u128::from(k) / u128::from(of)) as usize;
            cut(number.saturating_sub(1))..cut(number)
        }
        _ => 0..cases,
    }
}

impl Head {
    /// Of a study.
    pub fn new(study: &Study, identity: String, (realizations, seed): (u64, u64), shard: Option<Shard>) -> Head {
        let input = |p: &super::Parameter| Input { id: p.id.clone(), path: p.path.clone(), name: p.name.clone(), unit: p.unit.clone() };
        Head {
            version: program(),
            identity,
            title: study.title.clone(),
            design: study.design.word().to_owned(),
            scenarios: study.scenarios.iter().map(|s| s.name.clone()).collect(),
            policies: study.policies.iter().map(|p| p.id.clone()).collect(),
            inputs: study.parameters.iter().map(input).collect(),
            outcomes: study.outcomes.iter().map(Outcome::to_string).collect(),
            points: study.points.len(),
            realizations,
            seed,
            shard,
        }
    }

    /// Number of cases of the whole.
    pub fn cases(&self) -> usize {
        self.scenarios.len() * self.policies.len() * self.points
    }

    /// The cases that belong to this shard.
    pub fn span(&self) -> std::ops::Range<usize> {
        span(self.cases(), self.shard)
    }
}

impl Entry {
    /// A case of a study with what came out.
    pub fn new(study: &Study, case: Case, ran: Ran) -> Entry {
        let inputs = study.points[case.point].iter().map(|x| x.map_or_else(String::new, number)).collect();
        let Case { index, scenario, policy, point } = case;
        Entry { case: index, scenario, policy, point, inputs, ran }
    }

    /// The value of one line; none: it is not told, or too few realizations lie behind it.
    pub fn value(&self, metric: &str, scope: &str, stat: Stat) -> Option<f64> {
        self.ran.rows.iter().find(|r| r.stat == stat && r.metric == metric && r.scope == scope).and_then(|r| r.value)
    }

    /// An input as a number; none: as the scenario has it.
    pub fn input(&self, index: usize) -> Option<f64> {
        self.inputs.get(index)?.parse().ok()
    }
}

impl Swept {
    /// Largest relative error of element mass of all cases.
    pub fn mass_error(&self) -> f64 {
        self.entries.iter().fold(0.0, |worst, e| e.ran.mass_error.max(worst))
    }

    /// Metrics and scopes that came out, in the order in which the study asks for them.
    pub fn outcomes(&self) -> Vec<(String, String)> {
        // Scenarios may tell different things, so every case is asked.
        let (mut list, mut seen) = (vec![], BTreeSet::new());
        for outcome in self.head.outcomes.iter().map(|text| Outcome::read(text)) {
            for row in self.entries.iter().flat_map(|e| &e.ran.rows).filter(|row| outcome.means(&row.metric, &row.scope)) {
                if seen.insert((&row.metric, &row.scope)) {
                    list.push((row.metric.clone(), row.scope.clone()));
                }
            }
        }
        list
    }
}

/// `sweep.csv`: point, scenario, policy, one column a parameter, metric, scope, stat, value, se, lo95, hi95, n.
pub fn sweep<W: Write>(swept: &Swept, out: W) -> Result<(), csv::Error> {
    let mut table = csv::Writer::from_writer(out);
    let ids = swept.head.inputs.iter().map(|i| i.id.as_str());
    let after = ["metric", "scope", "stat", "value", "se", "lo95", "hi95", "n"];
    table.write_record(["point", "scenario", "policy"].into_iter().chain(ids).chain(after))?;
    for entry in &swept.entries {
        let (point, head) = (entry.point.to_string(), &swept.head);
        for row in &entry.ran.rows {
            table.write_field(&point)?;
            table.write_field(&head.scenarios[entry.scenario])?;
            table.write_field(&head.policies[entry.policy])?;
            for input in &entry.inputs {
                table.write_field(input)?;
            }
            table.write_record(cells(row))?;
        }
    }
    Ok(table.flush()?)
}

/// `design.csv`: point, one column a parameter; in the parameter's unit, blank: as the scenario has it.
pub fn design<W: Write>(swept: &Swept, out: W) -> Result<(), csv::Error> {
    let mut table = csv::Writer::from_writer(out);
    table.write_field("point")?;
    table.write_record(swept.head.inputs.iter().map(|i| &i.id))?;
    let mut points: Vec<&Entry> = swept.entries.iter().collect();
    points.sort_by_key(|e| e.point);
    points.dedup_by_key(|e| e.point);
    for entry in points {
        table.write_field(entry.point.to_string())?;
        table.write_record(&entry.inputs)?;
    }
    Ok(table.flush()?)
}

/// `parameters.csv`: parameter, path, name, unit.
pub fn parameters<W: Write>(swept: &Swept, out: W) -> Result<(), csv::Error> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(["parameter", "path", "name", "unit"])?;
    for input in &swept.head.inputs {
        table.write_record([&input.id, &input.path, &input.name, &input.unit])?;
    }
    Ok(table.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::SummaryRow;

    #[test]
    fn what_only_the_last_of_many_cases_tells_is_not_forgotten() {
        let row = |scope: &str| {
            let (metric, scope) = ("unmet_share".to_owned(), scope.to_owned());
            SummaryRow { metric, scope, stat: Stat::Mean, value: Some(0.5), se: None, lo95: None, hi95: None, n: 1 }
        };
        let head = Head {
            version: String::new(),
            identity: String::new(),
            title: String::new(),
            design: "grid".into(),
            scenarios: vec!["a".into(), "b".into()],
            policies: vec!["none".into()],
            inputs: vec![],
            outcomes: vec!["unmet_share@region:*".into()],
            points: 300,
            realizations: 1,
            seed: 1,
            shard: None,
        };
        let case = |case: usize| {
            let scope = if case < 300 { "region:A" } else { "region:B" };
            Entry {
                case,
                scenario: case / 300,
                policy: 0,
                point: case % 300,
                inputs: vec![],
                ran: Ran { rows: vec![row(scope)], ..Ran::default() },
            }
        };
        let swept = Swept { head, entries: (0..600).map(case).collect() };
        let scopes: Vec<String> = swept.outcomes().into_iter().map(|(_, scope)| scope).collect();
        assert_eq!(scopes, ["region:A", "region:B"]);
        assert_eq!(swept.gists().iter().map(|g| (g.scenario.as_str(), g.points)).collect::<Vec<_>>(), [("a", 300), ("b", 300)]);
    }

    #[test]
    fn shards_cut_the_cases_evenly_and_leave_none_out() {
        for (cases, of) in [(10, 3), (3, 16), (1, 1), (1024, 7)] {
            let cut: Vec<usize> = (1..=of).flat_map(|number| span(cases, Some(Shard { number, of }))).collect();
            assert_eq!(cut, (0..cases).collect::<Vec<_>>());
        }
        assert_eq!(span(10, None), 0..10);
    }
}
