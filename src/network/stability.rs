//! In: markets and the price law. Out: the proof that the inventory–price loop does not oscillate (MODEL 6.6, oracle O32).
//!
//! The loop gain ε β S/I is largest when stock has run out; softening by κ0 bounds it by ε β/(κ0 C), C the opening cover. It must
//! stay below −ln(1−α) − ln(1−α_P): an error if central values break it, a warning if a draw may (ruling 4).

use super::{Market, Network, Param, Role};
use crate::scenario::problem::Problems;
use crate::scenario::schema::Scenario;

/// Elasticity with which usage in a market answers its own price, by a reading of parameters (central or worst).
fn response(n: &Network, m: &Market, read: &dyn Fn(Param) -> f64) -> f64 {
    let mut e = 0.0;
    for &s in &m.slots {
        if let Some(u) = n.slots[s].user {
            e += read(n.users[u].elasticity) * n.users[u].demand / m.flow;
        }
    }
    if let Some(t) = &n.thrift {
        let k = n.markets.iter().position(|x| x.name == m.name);
        if t.oxides.iter().any(|o| o.iter().flatten().any(|(i, w)| Some(*i) == k && *w > 1e-9)) {
            e += read(n.price.epsilon);
        }
    }
    e
}

/// Opening cover of a market, weeks.
pub(crate) fn opening_cover(n: &Network, m: &Market, read: &dyn Fn(Param) -> f64) -> f64 {
    let stock: f64 = m
        .slots
        .iter()
        .map(|&s| {
            let slot = &n.slots[s];
            let factor = if slot.cover_outside { read(n.price.cover_factor) } else { 1.0 };
            let level = slot.base_stock.map(|level| (level - slot.lead * slot.flow).max(0.0));
            slot.stock.or(level).unwrap_or_else(|| read(slot.cover) * slot.cover_factor * factor * slot.flow)
        })
        .sum();
    stock / m.flow
}

pub(super) fn check(sc: &Scenario, n: &Network, problems: &mut Problems) {
    let central = |p: Param| n.parameters.central(p);
    let mut swings = vec![false; n.parameters.rows.rows.len().max(1)];
    let (mut shaky, mut worst) = (0, (0.0, ""));
    for m in &n.markets {
        if m.slots.iter().all(|&s| n.slots[s].role == Role::Stock) {
            continue;
        }
        let limit = |alpha: f64| -(1.0 - alpha.min(0.999)).ln() - (1.0 - n.price.smoothing.min(0.999)).ln();
        let gain = |e: f64, beta: f64, kappa0: f64, cover: f64| {
            let push = e * beta * m.scarcity;
            if push == 0.0 { 0.0 } else { push / (kappa0 * cover).max(1e-12) }
        };
        let at_centre = gain(response(n, m, &central), central(n.price.beta), central(n.price.kappa0), opening_cover(n, m, &central));
        let limit_centre = limit(central(n.price.alpha_down));
        // Columns of joint draws are read row by row: their extremes do not occur together.
        let (mut at_corner, mut limit_corner) = (0.0, f64::INFINITY);
        for row in 0..swings.len() {
            let high = |p: Param| n.parameters.in_row(p, row).unwrap_or_else(|| n.parameters.support(p).1);
            let low = |p: Param| n.parameters.in_row(p, row).unwrap_or_else(|| n.parameters.support(p).0);
            let here = gain(response(n, m, &high), high(n.price.beta), low(n.price.kappa0), opening_cover(n, m, &low));
            let there = limit(low(n.price.alpha_down));
            swings[row] |= here > there;
            if here / there > at_corner / limit_corner {
                (at_corner, limit_corner) = (here, there);
            }
        }
        if at_centre > limit_centre && !sc.run.allow_unstable {
            problems
                .error(
                    "price.kappa0",
                    format!(
                        "the price loop of {} oscillates at central values: gain {at_centre:.2} above the limit {limit_centre:.2}",
                        m.name
                    ),
                )
                .help(format!(
                    "with {:.1} weeks of cover, kappa0 must be at least {:.3}; or set [run] allow_unstable = true",
                    opening_cover(n, m, &central),
                    central(n.price.kappa0) * at_centre / limit_centre
                ));
        } else if at_corner > limit_corner && !sc.run.allow_unstable {
            shaky += 1;
            if at_corner / limit_corner > worst.0 {
                worst = (at_corner / limit_corner, m.name.as_str());
            }
        }
    }
    if shaky > 0 {
        problems
            .warning(
                "price.kappa0",
                format!(
                    "prices may swing while stocks are near zero: in {shaky} of {} markets, most of all {}, in {} of {} joint draws with every other range at its worst",
                    n.markets.len(),
                    worst.1,
                    swings.iter().filter(|x| **x).count(),
                    swings.len()
                ),
            )
            .help("at central values the loop is stable; to be safe in every draw, narrow the ranges of beta, the elasticities or cover, or raise kappa0");
    }
}
