//! In: nothing. Out: the laws of the world as the file has them: prices, behaviour, thrift, and what its balance is held to.

use super::{Dist, Stage};

/// `[price]`: the law of MODEL section 6.6.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceLaw {
    /// Response to cover below reference (β).
    pub beta: Dist,
    /// Response to cover above reference (β_g).
    pub beta_glut: Dist,
    /// Response to cleared inflow (γ).
    pub gamma: Dist,
    /// Short-run own-price usage elasticity of an element (ε).
    pub epsilon: Dist,
    /// Long-run usage elasticity (ε_L).
    pub epsilon_long: Dist,
    /// Precautionary cover per unit of scare (ψ).
    pub psi: Dist,
    /// Adjustment a week upwards.
    pub alpha_up: Dist,
    /// Adjustment a week downwards.
    pub alpha_down: Dist,
    /// Floor of the inflow ratio (φmin).
    pub phi_min: Dist,
    /// Softening of cover at zero (κ0).
    pub kappa0: Dist,
    /// Floor of the scarcity log-premium.
    pub floor: Dist,
    /// Stationary standard deviation of the log price noise.
    pub noise: Dist,
    /// Its weekly autocorrelation.
    pub noise_rho: Dist,
    /// Share of its variance common to all markets of an element (ν).
    pub noise_common: Dist,
    /// Weekly standard deviation of a random walk of the log price.
    pub walk: Dist,
    /// Its drift a week.
    pub drift: Dist,
    /// Jumps of the log price a week.
    pub jump_rate: Dist,
    /// Mean size of a jump (of the logarithm).
    pub jump_mean: Dist,
    /// Standard deviation of that size.
    pub jump_sd: Dist,
    /// EWMA weight of the price that users react to (0.12).
    pub smoothing: f64,
    /// EWMA weight of cleared inflow (0.3).
    pub inflow_smoothing: f64,
    /// Elasticity of mine output to basket value.
    pub mine_elasticity: Dist,
    /// Factor on the covers of `cover_commodities` outside the border (drawn), median 1.
    pub cover_factor: Dist,
    /// Commodities whose covers outside the border it multiplies.
    pub cover_commodities: Vec<String>,
}

/// `[behaviour]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Behaviour {
    /// Share of the gap to target ordered each week (γ of MODEL 6.2).
    pub correction: Dist,
    /// The same for output targets of producers.
    pub output_correction: Dist,
    /// EWMA weight of forecasts.
    pub forecast: Dist,
    /// EWMA weight of perceived lead time.
    pub lead: Dist,
    /// Cap on perceived lead time, weeks.
    pub lead_max: f64,
    /// Inflation of requests when fill is short (φ_g).
    pub phantom: Dist,
    /// Cap on that inflation.
    pub phantom_max: f64,
    /// Gain of the scare index on scarce inflow.
    pub scare_gain: Dist,
    /// Decay of the scare index a week.
    pub scare_decay: Dist,
    /// Whether the people there are set the clock of projects (false: every clock runs at full speed).
    pub expertise_limits: bool,
    /// Weight of sensitive lanes in sharing, civil = 1.
    pub priority_sensitive: f64,
    /// Weight of military lanes in sharing, civil = 1.
    pub priority_military: f64,
}

/// `[thrift]`: grades that carry dear elements give way to one that does not (MODEL ruling 2).
#[derive(Debug, Clone, PartialEq)]
pub struct Thrift {
    /// Grades that give way.
    pub from: Vec<String>,
    /// The grade that takes their place.
    pub to: String,
    /// Oxides whose prices drive it, with the element each stands for: (element, commodity).
    pub prices: Vec<(String, String)>,
    /// Least share of its opening use to which a grade can fall, slow part.
    pub least: Dist,
    /// Time constant of the slow part, weeks.
    pub lag: Dist,
    /// Fastest fall a week, share of opening use.
    pub fall: Dist,
    /// Fastest return a week, share of opening use.
    pub rise: Dist,
}

/// What a check row measures on the opening flows.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Measure {
    /// Output of facilities of these stages (empty: all) in these regions (empty: all) of these commodities (empty: all), t/yr.
    Output { stages: Vec<Stage>, regions: Vec<String>, commodities: Vec<String> },
    /// The same over its world total, 0..1.
    OutputShare { stages: Vec<Stage>, regions: Vec<String>, commodities: Vec<String> },
    /// Flow on lanes that leave `from` for `to` (empty: every other region), t/yr.
    Shipments { from: Vec<String>, to: Vec<String>, commodities: Vec<String> },
    /// Surplus sinks of these commodities in these regions, t/yr.
    Surplus { regions: Vec<String>, commodities: Vec<String> },
    /// Final demand of these sectors in these regions, t/yr.
    Demand { sectors: Vec<String>, regions: Vec<String> },
}

/// A row of the balance against a sourced total.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// Key.
    pub id: String,
    /// For people.
    pub name: String,
    /// What is measured.
    pub measure: Measure,
    /// The sourced value, t/yr or share.
    pub expected: f64,
    /// Range in the sources.
    pub low: Option<f64>,
    /// Range in the sources.
    pub high: Option<f64>,
    /// Where it comes from.
    pub source: String,
    /// Why ours deviates.
    pub reason: String,
}
