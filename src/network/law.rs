//! In: the laws of prices and of behaviour as the file has them. Out: the same as parameters.

use super::{Param, Parameters};
use crate::scenario::schema as s;

const INF: f64 = f64::INFINITY;

/// Parameters of the price law (MODEL 6.6).
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct PriceLaw {
    pub beta: Param,
    pub beta_glut: Param,
    pub gamma: Param,
    pub epsilon: Param,
    pub epsilon_long: Param,
    pub psi: Param,
    pub alpha_up: Param,
    pub alpha_down: Param,
    pub phi_min: Param,
    pub kappa0: Param,
    pub floor: Param,
    pub noise: Param,
    pub noise_rho: Param,
    pub noise_common: Param,
    pub walk: Param,
    pub drift: Param,
    pub jump_rate: Param,
    pub jump_mean: Param,
    pub jump_sd: Param,
    pub mine_elasticity: Param,
    pub cover_factor: Param,
    pub smoothing: f64,
    pub inflow_smoothing: f64,
}

/// Parameters of ordering and sharing (MODEL 6.2, 6.3).
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct Behaviour {
    pub correction: Param,
    pub output_correction: Param,
    pub forecast: Param,
    pub lead: Param,
    pub lead_max: f64,
    pub phantom: Param,
    pub phantom_max: f64,
    pub scare_gain: Param,
    pub scare_decay: Param,
    pub priority: [f64; 3],
}

pub(super) fn price_law(p: &s::PriceLaw, to: &mut Parameters) -> PriceLaw {
    let mut add = |name: &str, dist: &s::Dist, low: f64, high: f64| to.add(format!("price.{name}"), dist, low, high);
    PriceLaw {
        beta: add("beta", &p.beta, 0.0, 10.0),
        beta_glut: add("beta_glut", &p.beta_glut, 0.0, 10.0),
        gamma: add("gamma", &p.gamma, 0.0, 10.0),
        epsilon: add("epsilon", &p.epsilon, 0.0, 5.0),
        epsilon_long: add("epsilon_long", &p.epsilon_long, 0.0, 5.0),
        psi: add("psi", &p.psi, 0.0, 10.0),
        alpha_up: add("alpha_up", &p.alpha_up, 0.0, 1.0),
        alpha_down: add("alpha_down", &p.alpha_down, 0.0, 1.0),
        phi_min: add("phi_min", &p.phi_min, 1e-6, 1.0),
        kappa0: add("kappa0", &p.kappa0, 0.0, 10.0),
        floor: add("floor", &p.floor, -INF, 0.0),
        noise: add("noise", &p.noise, 0.0, 2.0),
        noise_rho: add("noise_rho", &p.noise_rho, 0.0, 0.9999),
        noise_common: add("noise_common", &p.noise_common, 0.0, 1.0),
        walk: add("walk", &p.walk, 0.0, 1.0),
        drift: add("drift", &p.drift, -0.5, 0.5),
        jump_rate: add("jump_rate", &p.jump_rate, 0.0, 2.0),
        jump_mean: add("jump_mean", &p.jump_mean, -10.0, 10.0),
        jump_sd: add("jump_sd", &p.jump_sd, 0.0, 10.0),
        mine_elasticity: add("mine_elasticity", &p.mine_elasticity, 0.0, 5.0),
        cover_factor: add("cover_factor", &p.cover_factor, 0.0, 20.0),
        smoothing: p.smoothing,
        inflow_smoothing: p.inflow_smoothing,
    }
}

pub(super) fn behaviour(b: &s::Behaviour, to: &mut Parameters) -> Behaviour {
    let mut add = |name: &str, dist: &s::Dist, low: f64, high: f64| to.add(format!("behaviour.{name}"), dist, low, high);
    Behaviour {
        correction: add("correction", &b.correction, 0.0, 1.0),
        output_correction: add("output_correction", &b.output_correction, 0.0, 1.0),
        forecast: add("forecast", &b.forecast, 0.0, 1.0),
        lead: add("lead", &b.lead, 0.0, 1.0),
        lead_max: b.lead_max,
        phantom: add("phantom", &b.phantom, 0.0, 10.0),
        phantom_max: b.phantom_max,
        scare_gain: add("scare_gain", &b.scare_gain, 0.0, 1.0),
        scare_decay: add("scare_decay", &b.scare_decay, 0.0, 1.0),
        priority: [1.0, b.priority_sensitive, b.priority_military],
    }
}
