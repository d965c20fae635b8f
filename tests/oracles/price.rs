//! In: markets with noise, cuts and elasticities. Out: the price law's closed forms and its limit of stability (O14, O17, O18, O32).

use coercivity::network::Network;
use coercivity::wide::{each, splat};

use crate::harness::{Case, Sample, case, read, same};

#[test]
fn noise_of_prices_is_a_stationary_process_of_its_parameters() {
    let case = case("noise", &[]);
    let [own, twin, other] = ["widget@B", "twin@B", "other@B"].map(|m| case.market(m));
    let (sd, rho, lag) = (0.2_f64, 0.9_f64, 7);
    let mut past: Vec<_> = vec![];
    let [variance, level, lagged, element, apart] = case.means(800, 100, |_, s| {
        assert!(s.markets.iter().flat_map(|m| m.scarcity).all(|m| m.abs() < 1e-12), "something is scarce");
        if s.period == 101 {
            past.clear();
        }
        let z = s.markets[own].noise;
        past.push(z);
        let then = if past.len() > lag { past[past.len() - 1 - lag] } else { splat(f64::NAN) };
        // The first weeks have no past and count nothing; the others count for them.
        let weight = (case.horizon - 100) as f64 / (case.horizon - 100 - lag) as f64;
        let product = each(|w| if then[w].is_nan() { 0.0 } else { weight * z[w] * then[w] });
        [
            each(|w| z[w] * z[w]),
            s.markets[own].price,
            product,
            each(|w| z[w] * s.markets[twin].noise[w]),
            each(|w| z[w] * s.markets[other].noise[w]),
        ]
    });
    variance.agrees("O14 variance", sd * sd);
    level.agrees("O14 mean price", (sd * sd / 2.0).exp());
    lagged.agrees("O14 autocovariance at 7 weeks", sd * sd * rho.powi(7));
    element.agrees("O14 covariance within an element", 0.5 * sd * sd);
    apart.agrees("O14 covariance between elements", 0.0);
    variance.contradicts("O14 variance, if 0.2 were the weekly shock", sd * sd / (1.0 - rho * rho));
}

/// Values of a market's log price at the end, one a realization.
fn last_log_prices(case: &Case, market: &str, batches: u64) -> Vec<f64> {
    let (k, last, mut out) = (case.market(market), case.horizon - 1, vec![]);
    case.run(batches, &mut |_, t, _, s| {
        if t == last {
            out.extend(s.markets[k].price.iter().map(|p| p.ln()));
        }
    });
    out.sort_by(f64::total_cmp);
    out
}

#[test]
fn a_price_that_walks_has_the_quantiles_of_geometric_brownian_motion() {
    let (drift, sd, weeks) = (0.002, 0.03, 100.0_f64);
    let law = [("price.noise", "0"), ("price.walk", "0.03"), ("price.drift", "0.002"), ("run.horizon", "100 weeks")];
    let logs = last_log_prices(&case("noise", &law), "widget@B", 500);
    let n = logs.len() as f64;
    for (q, z) in [(0.05, -1.644_853_6), (0.25, -0.674_489_8), (0.5, 0.0), (0.75, 0.674_489_8), (0.95, 1.644_853_6_f64)] {
        let (found, theory) = (logs[(q * n) as usize], drift * weeks + sd * weeks.sqrt() * z);
        // Standard error of a quantile: √(q (1 − q)/n) over the density there.
        let density = (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt() / (sd * weeks.sqrt());
        let off = (found - theory) / ((q * (1.0 - q) / n).sqrt() / density);
        println!("| O15 quantile {q} of the log price | {found:.4} | {theory:.4} | {off:+.2} |");
        assert!(off.abs() < 4.0, "quantile {q}: {found} is {off:.1} standard errors from {theory}");
        assert!(q == 0.5 || (found - drift * weeks - sd * z).abs() > 0.05, "it cannot be told from a walk of one week");
    }
}

#[test]
fn a_price_that_jumps_has_the_moments_of_its_jumps() {
    let (rate, mean, sd, walk, weeks) = (0.05, 0.1, 0.2, 0.02_f64, 200.0);
    let law = [
        ("price.noise", "0"),
        ("price.walk", "0.02"),
        ("price.jump_rate", "0.05"),
        ("price.jump_mean", "0.1"),
        ("price.jump_sd", "0.2"),
        ("run.horizon", "200 weeks"),
    ];
    let logs = Sample(last_log_prices(&case("noise", &law), "other@B", 600));
    logs.agrees("O16 mean", weeks * rate * mean);
    logs.contradicts("O16 mean, if no jump came", 0.0);
    let average = weeks * rate * mean;
    let squares = Sample(logs.0.iter().map(|x| (x - average).powi(2)).collect());
    squares.agrees("O16 variance", weeks * (walk * walk + rate * (mean * mean + sd * sd)));
    squares.contradicts("O16 variance, of the walk alone", weeks * walk * walk);
}

/// Mean and standard deviation of a market's log price over the last 600 weeks.
fn settled(case: &Case, market: &str) -> (f64, f64) {
    let k = case.market(market);
    let log: Vec<f64> = case.trace(|s| s.markets[k].price[0].ln());
    let last = &log[log.len() - 600..];
    let mean = last.iter().sum::<f64>() / 600.0;
    (mean, (last.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 600.0).sqrt())
}

#[test]
fn a_permanent_cut_ends_at_the_price_that_clears_the_market() {
    let theory = -(0.75_f64).ln() / 0.15;
    for law in [
        vec![],
        vec![("price.beta", "0.6"), ("price.gamma", "0")],
        vec![("price.beta", "1.0"), ("price.gamma", "0.8"), ("price.kappa0", "0.06")],
        vec![("price.alpha_up", "0.4"), ("price.alpha_down", "0.2")],
        vec![("price.smoothing", "0.2"), ("facility.PRICED.cover_in", "20 weeks")],
    ] {
        let (log, sd) = settled(&case("cut", &law), "widget@B");
        assert!(sd < 1e-6, "{law:?} does not settle: {sd}");
        same(&format!("O17 log price, {law:?}"), log, theory, 1e-6);
    }
    let (log, _) = settled(&case("cut", &[("event.cut.multiple", "0.9")]), "widget@B");
    same("O17 log price, a tenth less", log, -(0.9_f64).ln() / 0.15, 1e-6);
    // A law too weak to reach that price stops at its cap, with no stock left and users unserved.
    let weak = case("cut", &[("price.beta", "0.5")]);
    let (log, _) = settled(&weak, "widget@B");
    same("O17 log price at the cap", log, 0.5 * (1.03_f64 / 0.03).ln() - 0.4 * 0.75_f64.ln(), 1e-6);
    assert!(weak.trace(|s| s.users[0].lost[0]).last().is_some_and(|x| *x > 0.1), "nobody goes short at the cap");
}

#[test]
fn thrift_at_the_end_of_a_chain_clears_the_market_at_its_beginning() {
    let case = case("dy_chain", &[]);
    let (log, sd) = settled(&case, "dy_oxide@B");
    println!("| O17 dysprosium chain, spread of the last 600 weeks | {sd:.2e} | 0 | |");
    same("O17 log price of the oxide", log, -(0.8_f64).ln() / 0.1, 1e-3);
    let (hd, std) = (case.slot("USER/mag_hd"), case.slot("USER/mag_std"));
    let user = |slot: usize| case.network.slots[slot].user.expect("no user");
    same("O17 magnets with dysprosium", *case.trace(|s| s.users[user(hd)].served[0]).last().expect("no week"), 400.0, 1e-3);
    same("O17 magnets without", *case.trace(|s| s.users[user(std)].served[0]).last().expect("no week"), 600.0, 1e-3);
}

#[test]
fn a_full_cut_drives_the_price_up_the_law_of_cover() {
    let case = case("full_cut", &[]);
    let k = case.market("widget@B");
    let price = case.trace(|s| s.markets[k].price[0]);
    let (beta, gamma, phi, cover) = (0.75, 0.65, 0.15_f64, 21.0);
    same("O18 before the cut", price[9], 1.0, 1e-9);
    for age in 0..21 {
        let theory = phi.powf(-gamma) * (1.0 - f64::from(age) / cover).powf(-beta);
        same(&format!("O18 {age} weeks after the cut"), price[10 + age as usize], theory, 1e-6);
    }
    let reaches = |multiple: f64| price.iter().position(|p| *p >= multiple).expect("never so dear") as f64 - 10.0;
    for multiple in [10.0_f64, 30.0] {
        let theory = cover * (1.0 - (multiple * phi.powf(gamma)).powf(-1.0 / beta));
        same(&format!("O18 weeks to {multiple} times the price"), reaches(multiple), theory.ceil(), 0.0);
    }
}

#[test]
fn the_limit_of_stability_tells_damped_from_swinging_prices() {
    // (elasticity, beta, cover, supply left): linearised gain ε β S / I* against −ln(1 − α) − ln(1 − α_P).
    let limit = -(0.9_f64).ln() - (0.88_f64).ln();
    for (elasticity, beta, cover, left) in [
        (0.15, 0.5, 13.0, 0.75),
        (0.15, 0.75, 13.0, 0.75),
        (0.06, 0.75, 13.0, 0.8),
        (0.06, 0.75, 13.0, 0.85),
        (0.1, 0.5, 13.0, 0.75),
        (0.2, 0.5, 13.0, 0.7),
        (0.06, 0.75, 30.0, 0.85_f64),
    ] {
        let theory = -left.ln() / elasticity;
        let gain = elasticity * beta * left / (cover * (-theory / beta).exp());
        let sets = [
            ("facility.PRICED.demand.elasticity", elasticity.to_string()),
            ("price.beta", beta.to_string()),
            ("facility.PRICED.cover_in", format!("{cover} weeks")),
            ("event.cut.multiple", left.to_string()),
            ("price.gamma", "0".into()),
            ("price.kappa0", "1e-4".into()),
            ("run.allow_unstable", "true".into()),
            ("run.horizon", "5000 weeks".into()),
        ];
        let sets: Vec<(&str, &str)> = sets.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let (log, sd) = settled(&case("cut", &sets), "widget@B");
        let stable = gain < limit;
        println!(
            "| O32 ε {elasticity} β {beta} C {cover} S {left}: gain {gain:.3}, limit {limit:.3} | log price {log:.3} ± {sd:.1e} | {theory:.3} | |"
        );
        if stable {
            assert!(sd < 1e-3, "gain {gain} below {limit} swings: {sd}");
        } else {
            assert!(sd > 0.1, "gain {gain} above {limit} is damped: {sd}");
        }
    }
}

#[test]
fn an_unstable_price_law_is_refused_unless_it_is_asked_for() {
    let errors = |sets: &[(&str, &str)]| {
        let (scenario, mut problems) = read("cut", sets);
        let network = Network::compile(&scenario, &mut problems);
        assert_eq!(network.is_none(), problems.any_error());
        problems.any_error()
    };
    assert!(!errors(&[]), "the stable law is refused");
    assert!(errors(&[("price.kappa0", "0.001")]), "an unstable law passes");
    assert!(!errors(&[("price.kappa0", "0.001"), ("run.allow_unstable", "true")]), "what is asked for is refused");
}

#[test]
fn a_sample_knows_its_error() {
    let sample = Sample((0..1000).map(|i| f64::from(i % 2)).collect());
    assert!((sample.mean() - 0.5).abs() < 1e-12 && (sample.error() - 0.015_819_3).abs() < 1e-6);
}
