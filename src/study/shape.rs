//! In: a sweep. Out: how an outcome answers to one parameter, to two, and to the ends of each.
//!
//! What is described is the mean of a point. A parameter that takes few values is shown at each of them; one that is drawn is cut into
//! parts with as many points each. Other parameters vary meanwhile, and are averaged over: these are main effects, not causes apart.

use super::table::{Entry, Swept};
use crate::results::Stat;
use crate::results::rank::rank_correlation;

/// Most values that are each shown for themselves.
const FEW: usize = 12;

/// Share of points at each end of a drawn parameter that make its end.
const END: f64 = 0.2;

/// An outcome in one scenario under one policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Metric.
    pub metric: String,
    /// Scope.
    pub scope: String,
    /// Index of scenario and policy.
    pub variant: (usize, usize),
}

/// Points whose input lies in one part of its range.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Least and largest input; the same for a value by itself.
    pub range: (f64, f64),
    /// Middle of the inputs.
    pub at: f64,
    /// Number of points.
    pub points: usize,
    /// Mean of the outcome over these points.
    pub mean: f64,
    /// 5th, 50th and 95th percentile of the outcome over these points.
    pub band: [f64; 3],
}

/// A map over two parameters: what is told of it where both lie in a part.
#[derive(Debug, Clone, PartialEq)]
pub struct Map {
    /// Parts of the two parameters: inputs' ranges.
    pub ranges: [Vec<(f64, f64)>; 2],
    /// Whether each part is one value.
    pub exact: [bool; 2],
    /// Mean outcome and number of points, first parameter by second; no points: NaN.
    pub cells: Vec<Vec<(f64, usize)>>,
}

/// An outcome at both ends of a parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Swing {
    /// Index of the parameter.
    pub input: usize,
    /// Mean input at the low and the high end.
    pub ends: [f64; 2],
    /// Mean outcome there.
    pub outcome: [f64; 2],
}

impl Swing {
    /// How far apart the ends are.
    pub fn width(&self) -> f64 {
        (self.outcome[1] - self.outcome[0]).abs()
    }
}

/// Rank correlation of two parameters from which on what one seems to do may be the other's.
const TOGETHER: f64 = 0.3;

impl Swept {
    /// Whether parameters are blank at some points, as in a design of one at a time.
    fn alone(&self) -> bool {
        self.head.design == "one_at_a_time"
    }

    /// Largest rank correlation, either way, of two parameters over the points, if it is large enough to mislead.
    pub fn together(&self) -> Option<f64> {
        let (scenario, policy) = *self.variants().first()?;
        let points = self.of(scenario, policy);
        let columns: Vec<Vec<f64>> =
            (0..self.head.inputs.len()).filter_map(|i| points.iter().map(|e| e.input(i)).collect::<Option<Vec<f64>>>()).collect();
        let pairs = (0..columns.len()).flat_map(|a| (0..a).map(move |b| (a, b)));
        let most = pairs.map(|(a, b)| rank_correlation(&columns[a], &columns[b]).abs()).filter(|r| r.is_finite()).fold(0.0, f64::max);
        (most >= TOGETHER).then_some(most)
    }

    /// Points of a view where the outcome is told.
    fn told(&self, view: &View) -> Vec<(&Entry, f64)> {
        let entries = self.of(view.variant.0, view.variant.1).into_iter();
        entries.filter_map(|e| Some((e, e.value(&view.metric, &view.scope, Stat::Mean).filter(|x| x.is_finite())?))).collect()
    }

    /// How an outcome answers to one parameter; empty if it is not varied freely.
    pub fn response(&self, view: &View, input: usize) -> Vec<Part> {
        let told = self.told(view);
        // Where it is blank at some points, what it does there is not known: nothing is compared but in a design made for it.
        if !self.alone() && told.iter().any(|(e, _)| e.input(input).is_none()) {
            return vec![];
        }
        let pairs: Vec<(f64, f64)> = told.into_iter().filter_map(|(e, y)| Some((e.input(input)?, y))).collect();
        let xs: Vec<f64> = pairs.iter().map(|p| p.0).collect();
        let most = (pairs.len() / 16).clamp(4, 16);
        let describe = |(low, high): (f64, f64)| {
            let inside: Vec<&(f64, f64)> = pairs.iter().filter(|(x, _)| *x >= low && *x <= high).collect();
            let mut rising: Vec<f64> = inside.iter().map(|(_, y)| *y).collect();
            rising.sort_by(f64::total_cmp);
            let last = rising.len().saturating_sub(1) as f64;
            // Low ranks round down and high ones up: of a few points the band shows all.
            let band = [(0.05 * last).floor(), (0.5 * last).floor(), (0.95 * last).ceil()].map(|rank| rising[rank as usize]);
            let n = inside.len() as f64;
            let mean = |f: fn(&(f64, f64)) -> f64| inside.iter().map(|p| f(p)).sum::<f64>() / n;
            Part { range: (low, high), at: mean(|p| p.0), points: inside.len(), mean: mean(|p| p.1), band }
        };
        parts(&xs, most).0.into_iter().map(describe).collect()
    }

    /// An outcome over two parameters; none if they are not both varied freely.
    pub fn map(&self, view: &View, inputs: [usize; 2]) -> Option<Map> {
        let points: Vec<([f64; 2], f64)> =
            self.told(view).into_iter().filter_map(|(e, y)| Some(([e.input(inputs[0])?, e.input(inputs[1])?], y))).collect();
        let most = ((points.len() as f64 / 8.0).sqrt() as usize).clamp(2, FEW);
        let [(a, first), (b, second)] = [0, 1].map(|k| parts(&points.iter().map(|p| p.0[k]).collect::<Vec<_>>(), most));
        let within = |x: f64, (low, high): (f64, f64)| x >= low && x <= high;
        let cell = |i: usize, j: usize| {
            let inside: Vec<f64> = points.iter().filter(|(x, _)| within(x[0], a[i]) && within(x[1], b[j])).map(|p| p.1).collect();
            (inside.iter().sum::<f64>() / inside.len() as f64, inside.len())
        };
        let cells: Vec<Vec<(f64, usize)>> = (0..a.len()).map(|i| (0..b.len()).map(|j| cell(i, j)).collect()).collect();
        (a.len() > 1 && b.len() > 1).then_some(Map { ranges: [a, b], exact: [first, second], cells })
    }

    /// The outcome in the middle of things, and at both ends of each parameter, the widest swing first.
    ///
    /// One at a time: the scenario as it stands, and each parameter's two points. Few values: all points, and those at the least and
    /// largest value. Drawn: all points, and the fifth of them at either end.
    pub fn swings(&self, view: &View) -> Option<(f64, Vec<Swing>)> {
        let told = self.told(view);
        let alone = self.alone();
        let all: Vec<f64> = told.iter().filter(|(e, _)| !alone || e.inputs.iter().all(String::is_empty)).map(|(_, y)| *y).collect();
        let mut list: Vec<Swing> = (0..self.head.inputs.len())
            .filter(|input| alone || told.iter().all(|(e, _)| e.input(*input).is_some()))
            .filter_map(|input| {
                let mut pairs: Vec<(f64, f64)> = told.iter().filter_map(|(e, y)| Some((e.input(input)?, *y))).collect();
                pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
                let (least, largest) = (pairs.first()?.0, pairs.last()?.0);
                let xs: Vec<f64> = pairs.iter().map(|p| p.0).collect();
                let (low, high) = if parts(&xs, FEW).1 {
                    (xs.partition_point(|x| *x <= least), xs.partition_point(|x| *x < largest))
                } else {
                    let fifth = ((xs.len() as f64 * END).round() as usize).max(1);
                    (fifth, xs.len() - fifth)
                };
                let mean = |part: &[(f64, f64)]| {
                    let n = part.len() as f64;
                    (part.iter().map(|p| p.0).sum::<f64>() / n, part.iter().map(|p| p.1).sum::<f64>() / n)
                };
                let (low, high) = (mean(&pairs[..low]), mean(&pairs[high..]));
                (least < largest).then_some(Swing { input, ends: [low.0, high.0], outcome: [low.1, high.1] })
            })
            .collect();
        list.sort_by(|a, b| b.width().total_cmp(&a.width()).then(a.input.cmp(&b.input)));
        (!list.is_empty() && !all.is_empty()).then(|| (all.iter().sum::<f64>() / all.len() as f64, list))
    }
}

/// Parts of a parameter's range: each of few values by itself (`true`), else at most `most` parts with as many points each.
fn parts(xs: &[f64], most: usize) -> (Vec<(f64, f64)>, bool) {
    let mut rising = xs.to_vec();
    rising.sort_by(f64::total_cmp);
    let mut values = rising.clone();
    values.dedup();
    // Few values are values by themselves only if they come again, or there is nothing else.
    if values.len() <= FEW && (values.len() < xs.len() || xs.len() <= most) {
        return (values.into_iter().map(|x| (x, x)).collect(), true);
    }
    let n = rising.len();
    let cut = |k: usize| n * k / most;
    let mut list: Vec<(f64, f64)> = vec![];
    for k in 0..most {
        let (Some(low), Some(high)) = (rising.get(cut(k)), rising.get((cut(k + 1)).saturating_sub(1))) else { continue };
        // Where a value spreads over a cut, the part before it takes all of it.
        let low =
            if list.last().is_some_and(|(_, last)| last >= low) { rising.iter().find(|x| **x > list[list.len() - 1].1) } else { Some(low) };
        if let Some(low) = low.filter(|low| *low <= high) {
            list.push((*low, *high));
        }
    }
    (list, false)
}

#[cfg(test)]
mod tests {
    use super::super::point::Ran;
    use super::super::table::{Head, Input};
    use super::*;
    use crate::results::SummaryRow;

    /// A sweep over `a` and `b` whose outcome is `f`.
    fn swept(design: &str, points: &[[Option<f64>; 2]], f: impl Fn(f64, f64) -> f64) -> Swept {
        let input = |id: &str| Input { id: id.into(), path: id.into(), name: id.into(), unit: String::new() };
        let head = Head {
            version: String::new(),
            identity: String::new(),
            title: "made up".into(),
            design: design.into(),
            scenarios: vec!["s".into()],
            policies: vec!["none".into()],
            inputs: vec![input("a"), input("b")],
            outcomes: vec!["unmet_share@world".into()],
            points: points.len(),
            realizations: 1,
            seed: 1,
            shard: None,
        };
        let entry = |(i, x): (usize, &[Option<f64>; 2])| {
            let value = Some(f(x[0].unwrap_or(1.0), x[1].unwrap_or(1.0)));
            let (metric, scope) = ("unmet_share".to_owned(), "world".to_owned());
            let row = SummaryRow { metric, scope, stat: Stat::Mean, value, se: None, lo95: None, hi95: None, n: 1 };
            let inputs = x.iter().map(|x| x.map_or_else(String::new, |x| x.to_string())).collect();
            Entry { case: i, scenario: 0, policy: 0, point: i, inputs, ran: Ran { rows: vec![row], ..Ran::default() } }
        };
        Swept { head, entries: points.iter().enumerate().map(entry).collect() }
    }

    fn view() -> View {
        View { metric: "unmet_share".into(), scope: "world".into(), variant: (0, 0) }
    }

    #[test]
    fn a_grid_is_described_at_its_values() {
        let points: Vec<[Option<f64>; 2]> = (0..15).map(|i| [Some(f64::from(i / 5)), Some(f64::from(i % 5))]).collect();
        let swept = swept("grid", &points, |a, b| 10.0 * a + b);
        let parts = swept.response(&view(), 0);
        let said: Vec<(f64, f64, [f64; 3])> = parts.iter().map(|p| (p.at, p.mean, p.band)).collect();
        assert_eq!(said, [(0.0, 2.0, [0.0, 2.0, 4.0]), (1.0, 12.0, [10.0, 12.0, 14.0]), (2.0, 22.0, [20.0, 22.0, 24.0])]);
        let map = swept.map(&view(), [0, 1]).expect("both vary");
        assert_eq!((map.exact, map.cells[2][3]), ([true, true], (23.0, 1)));
        let (middle, swings) = swept.swings(&view()).expect("they swing");
        assert_eq!((middle, swings[0].input, swings[0].outcome, swings[1].outcome), (12.0, 0, [2.0, 22.0], [10.0, 14.0]));
    }

    #[test]
    fn drawn_points_are_described_in_parts_of_as_many_points() {
        let points: Vec<[Option<f64>; 2]> = (0..200).map(|i| [Some(f64::from(i)), Some(f64::from(i * 7 % 200))]).collect();
        let swept = swept("sobol", &points, |a, _| a);
        let parts = swept.response(&view(), 0);
        assert_eq!(parts.iter().map(|p| p.points).sum::<usize>(), 200);
        assert!(parts.len() == 12 && parts.windows(2).all(|w| w[0].range.1 < w[1].range.0 && w[0].mean < w[1].mean));
        let (middle, swings) = swept.swings(&view()).expect("they swing");
        assert_eq!((middle, swings[0].ends, swings[0].outcome), (99.5, [19.5, 179.5], [19.5, 179.5]));
        let map = swept.map(&view(), [0, 1]).expect("both vary");
        assert_eq!(map.cells.iter().flatten().map(|c| c.1).sum::<usize>(), 200);
    }

    #[test]
    fn one_at_a_time_is_held_against_the_scenario_as_it_stands() {
        let points = [[None, None], [Some(0.0), None], [Some(3.0), None], [None, Some(0.0)], [None, Some(9.0)]];
        let swept = swept("one_at_a_time", &points, |a, b| a * b);
        let (middle, swings) = swept.swings(&view()).expect("they swing");
        assert_eq!((middle, swings[0].input, swings[0].outcome, swings[1].outcome), (1.0, 1, [0.0, 9.0], [0.0, 3.0]));
        assert!(swept.map(&view(), [0, 1]).is_none());
    }
}
