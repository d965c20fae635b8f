//! In: the laws of the world as the file has them. Out: their parameters, each with the range its values are kept in.

use super::parameter::Parameters;
use super::{Behaviour, PriceLaw};
use crate::scenario::schema as s;

const INF: f64 = f64::INFINITY;

pub(super) fn price(p: &s::PriceLaw, to: &mut Parameters) -> PriceLaw {
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
