//! In: licence events. Out: desks: which lanes they hold, what they demand of whom, and how long they take.

use crate::network::{Network, Param, Parameters};
use crate::scenario::problem::Problems;
use crate::scenario::schema::{Class, Dist, Event, Family, Licence, Process, Volume};
use crate::wide::{Row, each, exp, exp1, max, min, splat};

use super::Draws;
use super::stream::{Key, normal_and_uniforms};

/// A licensing authority's queue for a group of goods, destinations and end uses.
#[derive(Debug, Clone)]
pub struct Desk {
    /// Id of its event.
    pub id: String,
    /// Index of its event.
    pub event: usize,
    /// Its lanes, as a range of `Shocks::licensed`.
    pub lanes: std::ops::Range<usize>,
    /// Time of review.
    pub review: Review,
    /// Shares of eligible buyers that differ: by class and destination.
    pub approvals: Vec<Param>,
    /// Standard deviation of strictness (logit scale).
    pub strictness: Param,
    /// Its weekly autocorrelation.
    pub strictness_rho: Param,
    /// Chance that a file is sent back.
    pub return_rate: Param,
    /// Weeks of frozen clock at the start.
    pub frozen: Param,
    /// Applications decided a week; none: no queue.
    pub applications: Option<Param>,
    /// Most filed for a week on a lane over its opening flow; none: no limit.
    pub volume_cap_ratio: Option<Param>,
    /// Share of all finished magnets leaving that it holds; none: what is in scope.
    pub controlled_share: Option<Param>,
    /// Share of finished magnets leaving for its destinations that is in scope, at the opening.
    pub scope_share: f64,
}

/// A lane under a desk.
#[derive(Debug, Clone, Copy)]
pub struct Licensed {
    /// Index of the lane.
    pub lane: usize,
    /// Index of the desk.
    pub desk: usize,
    /// Held though not in scope (finished goods taken for controlled ones).
    pub collateral: bool,
    /// Held by `controlled_share` (finished goods) rather than wholly.
    pub shared: bool,
    /// Index in the desk's `approvals`.
    pub approval: usize,
    /// Number of buyers.
    pub buyers: usize,
    /// First of its buyers in `Draws::buyers`.
    pub first_buyer: usize,
}

/// A general licence: volume that may leave without single licences.
#[derive(Debug, Clone)]
pub struct Permit {
    /// Index of its event.
    pub event: usize,
    /// Licensed lanes it covers and the volume of each a span at share 1, per unit of volume drawn.
    pub lanes: Vec<(usize, f64)>,
    /// Share of buyers that hold one.
    pub share: Param,
    /// Volume drawn: t, or multiple of opening flow.
    pub volume: Param,
    /// Weeks of validity.
    pub span: usize,
}

/// A process distribution whose parameters are drawn once a realization.
#[derive(Debug, Clone)]
pub struct Review {
    family: ReviewFamily,
    max: f64,
}

#[derive(Debug, Clone)]
enum ReviewFamily {
    Fixed(Param),
    Uniform(Param, Param),
    Triangular(Param, Param, Param),
    Normal(Param, Param),
    Lognormal(Param, Param),
    /// Its mean, its largest value, itself.
    Empirical(f64, f64, Dist),
}

impl Review {
    pub(super) fn new(name: &str, process: &Process, to: &mut Parameters) -> Review {
        let mut add = |part: &str, d: &Dist| to.add(format!("{name}.{part}"), d, 0.0, f64::INFINITY);
        let family = match &process.family {
            Family::Fixed(a) => ReviewFamily::Fixed(add("value", a)),
            Family::Uniform(a, b) => ReviewFamily::Uniform(add("low", a), add("high", b)),
            Family::Triangular(a, b, c) => ReviewFamily::Triangular(add("low", a), add("mode", b), add("high", c)),
            Family::Normal(a, b) => ReviewFamily::Normal(add("mean", a), add("sd", b)),
            Family::Lognormal(a, b) => ReviewFamily::Lognormal(add("median", a), add("sigma", b)),
            Family::Empirical(v, p) => {
                let mean = v.iter().zip(p).map(|(x, q)| x * q).sum::<f64>() / p.iter().sum::<f64>();
                let largest = v.iter().copied().fold(0.0, f64::max);
                ReviewFamily::Empirical(mean, largest, Dist::Empirical { values: v.clone(), weights: p.clone() })
            }
        };
        Review { family, max: process.max.unwrap_or(f64::INFINITY) }
    }

    /// The draws of one period at an address, weeks, not rounded; and uniforms from the same block of bits.
    #[inline(always)]
    pub fn raw(&self, key: Key, period: u32, draws: &Draws) -> (Row, Row) {
        let (z, u, v) = normal_and_uniforms(key, period, draws.first);
        let x = match &self.family {
            ReviewFamily::Fixed(a) => *draws.event(*a),
            ReviewFamily::Uniform(a, b) => {
                let (a, b) = (draws.event(*a), draws.event(*b));
                each(|w| a[w] + (b[w] - a[w]) * u[w])
            }
            ReviewFamily::Triangular(a, b, c) => {
                let (a, b, c) = (draws.event(*a), draws.event(*b), draws.event(*c));
                each(|w| {
                    let dist = Dist::Triangular { low: a[w], mode: b[w], high: c[w] };
                    super::sampler::quantile(&dist, u[w], &Default::default(), 0)
                })
            }
            ReviewFamily::Normal(a, b) => {
                let (a, b) = (draws.event(*a), draws.event(*b));
                each(|w| max(a[w] + b[w] * z[w], 0.0))
            }
            ReviewFamily::Lognormal(a, b) => {
                let (a, b) = (draws.event(*a), draws.event(*b));
                let factor = exp(&each(|w| b[w] * z[w]));
                each(|w| a[w] * factor[w])
            }
            ReviewFamily::Empirical(_, _, dist) => each(|w| super::sampler::quantile(dist, u[w], &Default::default(), 0)),
        };
        (each(|w| min(x[w], self.max)), v)
    }

    /// Weeks of review: rounded to whole weeks of the desk's clock, at least 1; and uniforms from the same block of bits.
    #[inline(always)]
    pub fn weeks(&self, key: Key, period: u32, draws: &Draws) -> (Row, Row) {
        let (x, v) = self.raw(key, period, draws);
        (each(|w| max((x[w] + 0.5).floor(), 1.0)), v)
    }

    /// Its mean, weeks: what a desk posts.
    pub fn mean(&self, draws: &Draws) -> Row {
        let mean = match &self.family {
            ReviewFamily::Fixed(a) | ReviewFamily::Normal(a, _) => *draws.event(*a),
            ReviewFamily::Uniform(a, b) => {
                let (a, b) = (draws.event(*a), draws.event(*b));
                each(|w| 0.5 * (a[w] + b[w]))
            }
            ReviewFamily::Triangular(a, b, c) => {
                let (a, b, c) = (draws.event(*a), draws.event(*b), draws.event(*c));
                each(|w| (a[w] + b[w] + c[w]) / 3.0)
            }
            ReviewFamily::Lognormal(a, b) => {
                let (a, b) = (draws.event(*a), draws.event(*b));
                each(|w| a[w] * exp1(0.5 * b[w] * b[w]))
            }
            ReviewFamily::Empirical(mean, ..) => splat(*mean),
        };
        // A file takes a week at least, and the longest review at most.
        each(|w| mean[w].clamp(1.0, self.max.max(1.0)))
    }

    /// Longest review worth a place in a ring, weeks.
    pub(super) fn longest(&self, parameters: &Parameters) -> f64 {
        let high = |p: &Param| parameters.support(*p).1;
        let x = match &self.family {
            ReviewFamily::Fixed(a) => high(a),
            ReviewFamily::Uniform(_, b) => high(b),
            ReviewFamily::Triangular(_, _, c) => high(c),
            ReviewFamily::Normal(a, b) => high(a) + 5.0 * high(b),
            ReviewFamily::Lognormal(a, b) => high(a) * (5.0 * high(b)).exp(),
            ReviewFamily::Empirical(_, largest, _) => *largest,
        };
        x.min(self.max).max(1.0)
    }
}

/// Adds a desk for a licence event over `lanes` in scope.
#[allow(clippy::too_many_arguments)]
pub(super) fn add_desk(
    event: &Event,
    index: usize,
    licence: &Licence,
    lanes: &[usize],
    network: &Network,
    shocks: &mut super::Shocks,
    problems: &mut Problems,
) {
    let path = format!("event.{}", event.id);
    let p = &mut shocks.parameters;
    let review = Review::new(&format!("{path}.review"), &licence.review, p);
    let mut add = |part: &str, d: &Dist, low: f64, high: f64| p.add(format!("{path}.{part}"), d, low, high);
    let frozen = add("frozen_for", &licence.frozen_for, 0.0, f64::INFINITY);
    let strictness = add("strictness", &licence.strictness, 0.0, 10.0);
    let strictness_rho = add("strictness_rho", &licence.strictness_rho, 0.0, 0.9999);
    let return_rate = add("return_rate", &licence.return_rate, 0.0, 0.99);
    let applications = licence.applications.as_ref().map(|d| add("applications", d, 1e-9, f64::INFINITY));
    let volume_cap_ratio = licence.volume_cap_ratio.as_ref().map(|d| add("volume_cap_ratio", d, 0.0, f64::INFINITY));
    let controlled_share = licence.controlled_share.as_ref().map(|d| add("controlled_share", d, 0.0, 1.0));
    let always = add("approval.always", &Dist::Fixed(1.0), 0.0, 1.0);
    let mut approvals = vec![always];
    let mut of_lane: std::collections::BTreeMap<(Class, usize), usize> = std::collections::BTreeMap::new();
    let desk = shocks.desks.len();
    let first = shocks.licensed.len();
    // Finished goods to the desk's destinations: in scope, and all.
    let destinations: std::collections::BTreeSet<usize> = lanes.iter().map(|&l| network.region_of(network.lanes[l].to)).collect();
    let origins: std::collections::BTreeSet<usize> = lanes.iter().map(|&l| network.region_of(network.lanes[l].from)).collect();
    let finished = |l: usize| network.commodities[network.slots[network.lanes[l].from].commodity].finished;
    let all: Vec<usize> = network
        .lawful()
        .filter(|&l| {
            let lane = &network.lanes[l];
            let (a, b) = (network.region_of(lane.from), network.region_of(lane.to));
            finished(l) && a != b && origins.contains(&a) && destinations.contains(&b)
        })
        .collect();
    let flow = |list: &[usize]| list.iter().map(|&l| network.lanes[l].flow).sum::<f64>();
    let scope_finished: Vec<usize> = all.iter().copied().filter(|l| lanes.contains(l)).collect();
    let scope_share = if flow(&all) > 0.0 { flow(&scope_finished) / flow(&all) } else { 1.0 };
    let mut members: Vec<(usize, bool)> = lanes.iter().map(|&l| (l, false)).collect();
    if controlled_share.is_some() {
        members.extend(all.iter().filter(|l| !lanes.contains(l)).map(|&l| (l, true)));
    }
    members.sort_unstable();
    for (l, collateral) in members {
        if shocks.licensed.iter().any(|x| x.lane == l) {
            problems
                .error(
                    format!("event[{}].scope", event.id),
                    format!("lane `{}` is already under another licence regime", network.lanes[l].name),
                )
                .help("a lane has one desk; narrow one scope, or change the regime with desk_rate and general_licence");
            // Lanes of a desk that does not come to be would point at nothing.
            shocks.licensed.truncate(first);
            return;
        }
        let lane = &network.lanes[l];
        let region = network.region_of(lane.to);
        let approval = if collateral {
            0
        } else {
            *of_lane.entry((lane.class, region)).or_insert_with(|| {
                let best = licence
                    .approval
                    .iter()
                    .filter(|(c, r, _)| *c == lane.class && r.as_ref().is_none_or(|r| *r == network.regions[region]))
                    .max_by_key(|(_, r, _)| r.is_some());
                match best {
                    None => 0,
                    Some((class, r, dist)) => {
                        let at = r.as_ref().map(|r| format!("@{r}")).unwrap_or_default();
                        let param = shocks.parameters.add(format!("{path}.approval.{class:?}{at}").to_lowercase(), dist, 0.0, 1.0);
                        approvals.push(param);
                        approvals.len() - 1
                    }
                }
            })
        };
        let first_buyer = shocks.licensed.last().map_or(0, |x| x.first_buyer + x.buyers);
        shocks.licensed.push(Licensed { lane: l, desk, collateral, shared: finished(l), approval, buyers: lane.buyers, first_buyer });
    }
    shocks.capped |= volume_cap_ratio.is_some();
    shocks.desks.push(Desk {
        id: event.id.clone(),
        event: index,
        lanes: first..shocks.licensed.len(),
        review,
        approvals,
        strictness,
        strictness_rho,
        return_rate,
        frozen,
        applications,
        volume_cap_ratio,
        controlled_share,
        scope_share,
    });
}

/// Adds a general licence on desks' lanes.
pub(super) fn add_permit(
    event: &Event,
    index: usize,
    desks: &[usize],
    in_scope: &dyn Fn(usize) -> bool,
    (share, volume, span): (&Dist, &Volume, usize),
    network: &Network,
    shocks: &mut super::Shocks,
) -> bool {
    let path = format!("event.{}", event.id);
    let chosen: Vec<usize> = (0..shocks.licensed.len())
        .filter(|&h| !shocks.licensed[h].collateral && desks.contains(&shocks.licensed[h].desk) && in_scope(shocks.licensed[h].lane))
        .collect();
    let total: f64 = chosen.iter().map(|&h| network.lanes[shocks.licensed[h].lane].flow).sum();
    let share = shocks.parameters.add(format!("{path}.share"), share, 0.0, 1.0);
    let (volume, per_lane): (Param, Box<dyn Fn(f64) -> f64>) = match volume {
        Volume::Mass(d) => {
            (shocks.parameters.add(format!("{path}.volume"), d, 0.0, f64::INFINITY), Box::new(move |f| f / total.max(1e-300)))
        }
        Volume::Multiple(d) => {
            (shocks.parameters.add(format!("{path}.multiple"), d, 0.0, f64::INFINITY), Box::new(move |f| f * span as f64))
        }
    };
    let lanes: Vec<(usize, f64)> = chosen.iter().map(|&h| (h, per_lane(network.lanes[shocks.licensed[h].lane].flow))).collect();
    let some = !lanes.is_empty();
    shocks.permits.push(Permit { event: index, lanes, share, volume, span });
    some
}
