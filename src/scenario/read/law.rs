//! In: `[price]`, `[behaviour]`, `[thrift]`. Out: how prices, facilities and designs respond; what is not said has its default.

use super::super::locate;
use super::super::names::Sort;
use super::super::ranges::{
    ANY, AT_LEAST_ONE, BELOW_ZERO, CORRELATION, COUNT_A_WEEK, FACTOR, Field, PART, POSITIVE, SHARE, SHARE_A_WEEK, SIGMA, SPAN,
};
use super::super::reader::{Reader, Sheet};
use super::super::schema::{Behaviour, Dist, PriceLaw, Thrift};
use super::super::value::Table;

/// A drift of a logarithm a week: no price doubles every week for long.
const DRIFT: Field = Field { least: -0.5, most: 0.5, ..SHARE_A_WEEK };
/// Jumps a week, perhaps none; the count of one week ends at a dozen.
const JUMPS: Field = Field { most: 2.0, least_allowed: true, ..COUNT_A_WEEK };

/// `[price]`, or its defaults.
pub fn price(r: &mut Reader, sheet: Option<Sheet<'_>>) -> PriceLaw {
    let empty = Table::default();
    let mut s = sheet.unwrap_or_else(|| Sheet::new(&empty, "price"));
    let law = PriceLaw {
        beta: s.dist_or(r, "beta", FACTOR, 0.76),
        beta_glut: s.dist_or(r, "beta_glut", FACTOR, 0.3),
        gamma: s.dist_or(r, "gamma", FACTOR, 0.66),
        epsilon: s.dist_or(r, "epsilon", FACTOR, 0.06),
        epsilon_long: s.dist_or(r, "epsilon_long", FACTOR, 0.0),
        psi: s.dist_or(r, "psi", FACTOR, 0.0),
        alpha_up: s.dist_or(r, "alpha_up", SHARE, 0.47),
        alpha_down: s.dist_or(r, "alpha_down", SHARE, 0.16),
        phi_min: s.dist_or(r, "phi_min", PART, 0.155),
        kappa0: s.dist_or(r, "kappa0", POSITIVE, 0.02),
        floor: s.dist_or(r, "floor", BELOW_ZERO, -1.0),
        noise: s.dist_or(r, "noise", FACTOR, 0.0),
        noise_rho: s.dist_or(r, "noise_rho", CORRELATION, 0.98),
        noise_common: s.dist_or(r, "noise_common", SHARE, 0.5),
        walk: s.dist_or(r, "walk", SHARE, 0.0),
        drift: s.dist_or(r, "drift", DRIFT, 0.0),
        jump_rate: s.dist_or(r, "jump_rate", JUMPS, 0.0),
        jump_mean: s.dist_or(r, "jump_mean", ANY, 0.0),
        jump_sd: s.dist_or(r, "jump_sd", SIGMA, 0.0),
        smoothing: s.plain_or(r, "smoothing", PART, 0.12),
        inflow_smoothing: s.plain_or(r, "inflow_smoothing", PART, 0.3),
        mine_elasticity: s.dist_or(r, "mine_elasticity", FACTOR, 0.0),
        cover_factor: s.dist_or(r, "cover_factor", POSITIVE, 1.0),
        cover_commodities: s.names(r, "cover_commodities", Sort::Commodity),
    };
    finish(r, s);
    law
}

/// `[behaviour]`, or its defaults.
pub fn behaviour(r: &mut Reader, sheet: Option<Sheet<'_>>) -> Behaviour {
    let empty = Table::default();
    let mut s = sheet.unwrap_or_else(|| Sheet::new(&empty, "behaviour"));
    let behaviour = Behaviour {
        correction: s.dist_or(r, "correction", PART, 0.25),
        output_correction: s.dist_or(r, "output_correction", PART, 0.5),
        forecast: s.dist_or(r, "forecast", SHARE, 0.1),
        lead: s.dist_or(r, "lead", SHARE, 0.08),
        lead_max: s.plain_or(r, "lead_max", SPAN, 40.0),
        phantom: s.dist_or(r, "phantom", FACTOR, 0.0),
        phantom_max: s.plain_or(r, "phantom_max", AT_LEAST_ONE, 3.0),
        scare_gain: s.dist_or(r, "scare_gain", FACTOR, 0.15),
        scare_decay: s.dist_or(r, "scare_decay", SHARE, 0.08),
        expertise_limits: s.flag(r, "expertise_limits", true),
        priority_sensitive: s.plain_or(r, "priority_sensitive", POSITIVE, 1.0),
        priority_military: s.plain_or(r, "priority_military", POSITIVE, 1.0),
    };
    finish(r, s);
    behaviour
}

/// `[thrift]`.
pub fn thrift(r: &mut Reader, mut s: Sheet<'_>) -> Thrift {
    s.need(r, "from");
    let from = s.names(r, "from", Sort::Commodity);
    let to = s.need_name(r, "to", Sort::Commodity);
    if from.contains(&to) {
        r.problems.error(s.at("to"), format!("`{to}` cannot give way to itself"));
    }
    s.need(r, "prices");
    let mut prices = Vec::new();
    if let Some(inner) = s.sheet(r, "prices") {
        for (element, value) in &inner.table.0 {
            let path = inner.at(element);
            let known = r.known(&locate::key(&path), element, Sort::Element);
            if let (Some(commodity), true) = (r.name(&path, value, Sort::Commodity), known) {
                prices.push((element.clone(), commodity));
            }
        }
    }
    prices.sort();
    let thrift = Thrift {
        from,
        to,
        prices,
        least: s.dist_or(r, "least", SHARE, 0.3),
        lag: s.dist(r, "lag", SPAN).unwrap_or(Dist::Fixed(67.0)),
        fall: s.dist_or(r, "fall", SHARE_A_WEEK, 0.002),
        rise: s.dist_or(r, "rise", SHARE_A_WEEK, 0.0004),
    };
    finish(r, s);
    thrift
}

fn finish(r: &mut Reader, mut s: Sheet<'_>) {
    s.value("source");
    s.value("sources");
    s.finish(r);
}
