//! A made-up Results with the shape of a real one: a licence shock in April 2025 over 156 weeks. Deterministic, no simulation.

use coercivity::results::*;
use jiff::civil::date;

pub const REGIONS: [(&str, &str, f64); 9] = [
    ("CHN", "China", 0.0),
    ("EUR", "Europe", 0.34),
    ("USA", "United States", 0.27),
    ("JPN", "Japan", 0.12),
    ("KOR", "South Korea", 0.21),
    ("IND", "India", 0.45),
    ("MMR_SEA", "Myanmar and South-East Asia", 0.03),
    ("ROW", "Rest of the world", 0.24),
    ("AUS_MYS", "Australia and Malaysia", 0.001),
];
pub const SECTORS: [(&str, &str, f64); 8] = [
    ("ev", "Electric vehicle motors", 0.22),
    ("auto_other", "Other automotive motors and sensors", 0.31),
    ("wind", "Wind turbines", 0.12),
    ("robots", "Robots and machine tools", 0.2),
    ("hvac", "Air conditioning and compressors", 0.04),
    ("consumer", "Consumer electronics", 0.02),
    ("defence", "Defence and aerospace", 0.48),
    ("medical", "Medical equipment", 0.0),
];
const PRICES: [(&str, &str, f64, f64); 6] = [
    ("ndpr_oxide", "NdPr oxide", 56.0, 1.35),
    ("dy_oxide", "Dysprosium oxide", 230.0, 3.6),
    ("tb_oxide", "Terbium oxide", 810.0, 4.4),
    ("mag_std", "Sintered magnet, standard grade", 48.0, 1.25),
    ("mag_gbd", "Sintered magnet, grain-boundary diffused", 71.0, 1.9),
    ("mag_hd", "Sintered magnet, high dysprosium", 112.0, 2.6),
];
const STAGES: [(&str, usize); 5] = [("mine", 22), ("separation", 24), ("metal", 18), ("magnet", 36), ("manufacturer", 50)];

/// A little noise that is the same everywhere.
fn wobble(seed: usize, t: usize) -> f64 {
    let x = ((seed * 7919 + t * 104_729 + 13) as f64).sin() * 43_758.545;
    x - x.floor() - 0.5
}

/// A hump: nothing before `onset`, its height soon after, decaying over `decay` weeks.
fn hump(t: f64, onset: f64, rise: f64, decay: f64) -> f64 {
    let s = t - onset;
    if s <= 0.0 { 0.0 } else { (1.0 - (-s / rise).exp()) * (-(s / decay).powi(2)).exp() }
}

fn fan(variable: &str, scope: &str, unit: &str, weeks: usize, f: impl Fn(f64, f64) -> f64) -> Series {
    let z = [(Stat::Mean, 0.1), (Stat::P05, -1.64), (Stat::P25, -0.67), (Stat::P50, 0.0), (Stat::P75, 0.67), (Stat::P95, 1.64)];
    let stats = z.map(|(stat, z)| (stat, (0..weeks).map(|t| f(t as f64, z)).collect()));
    Series { variable: variable.into(), scope: scope.into(), unit: unit.into(), stats: stats.to_vec() }
}

pub fn results() -> Results {
    let weeks = 156;
    let onset = 12.6;
    let mut series = Vec::new();
    let mut names = vec![("world".to_owned(), "World".to_owned())];
    for (i, (id, name, base, peak)) in PRICES.into_iter().enumerate() {
        let scope = format!("commodity:{id}");
        let noise = move |t: f64, z: f64| (0.03 * z * (1.0 + t).sqrt().min(8.0) / 2.0 + 0.02 * wobble(i, t as usize)).exp();
        series.push(fan("price_inside", &scope, "USD/kg", weeks, |t, z| base * noise(t, z) * (1.0 - 0.08 * hump(t, onset, 4.0, 60.0))));
        let outside =
            |t: f64, z: f64| base * 1.03 * noise(t, z) * (1.0 + (peak - 1.0) * hump(t, onset, 7.0, 70.0) * (1.0 + 0.35 * z).max(0.1));
        series.push(fan("price_outside", &scope, "USD/kg", weeks, outside));
        names.push((scope, name.into()));
    }
    let hurt = |variable: &str, scope: &str, peak: f64| {
        fan(variable, scope, "1", weeks, move |t, z| {
            (peak * 1.4 * hump(t, onset + 5.0 - 2.0 * z, 6.0, 34.0 + 9.0 * z) * (1.0 + 0.5 * z)).clamp(0.0, 1.0)
        })
    };
    for (id, name, peak) in REGIONS {
        let scope = format!("region:{id}");
        series.push(hurt("unmet_share", &scope, peak));
        series.push(hurt("lines_down", &scope, peak * 0.5));
        let opening = 6.0 + 3.0 * (peak * 17.0).sin().abs();
        let cover = move |t: f64, z: f64| (opening * (1.0 - 1.6 * peak * hump(t, onset, 8.0, 50.0)) * (1.0 + 0.12 * z)).max(0.2);
        series.push(fan("cover", &scope, "weeks", weeks, cover));
        names.push((scope, name.into()));
    }
    for (id, name, peak) in SECTORS {
        series.push(hurt("unmet_share", &format!("sector:{id}"), peak));
        names.push((format!("sector:{id}"), name.into()));
    }
    series.push(hurt("unmet_share", "world", 0.11));
    series.push(fan("cover", "world", "weeks", weeks, |t, z| 7.0 * (1.0 - 0.4 * hump(t, onset, 8.0, 50.0)) * (1.0 + 0.07 * z)));
    let mut facility_order = Vec::new();
    for (s, (stage, count)) in STAGES.into_iter().enumerate() {
        for i in 0..count {
            let region = REGIONS[(i * 5 + s) % 9];
            let scope = format!("facility:{stage}_{i}");
            let growth = if region.0 == "CHN" || i % 4 != 1 { 0.0 } else { 0.006 };
            let depth = (region.2 * (1.0 + s as f64) / 2.5).min(1.0);
            let value = (0..weeks).map(|t| {
                let t = t as f64;
                (1.0 - depth * hump(t, onset + 3.0 * s as f64, 5.0, 45.0) + growth * (t - 20.0).max(0.0) + 0.01 * wobble(i, t as usize))
                    .max(0.0)
            });
            let stats = vec![(Stat::Mean, value.collect())];
            series.push(Series { variable: "output_share".into(), scope: scope.clone(), unit: "1".into(), stats });
            names.push((scope.clone(), format!("{} {stage} no. {}", region.1, i + 1)));
            facility_order.push((scope, stage.to_owned()));
        }
    }
    series.sort_by(|a, b| (&a.variable, &a.scope).cmp(&(&b.variable, &b.scope)));
    Results {
        title: "China’s April 2025 export licences".into(),
        description: "Seven heavy and medium rare earths, and magnets that hold them, need a licence to leave China.".into(),
        realizations: 10_000,
        start: date(2025, 1, 6),
        horizon: weeks,
        events: vec![
            EventMark { id: "april".into(), name: "April 2025 licences".into(), date: date(2025, 4, 4), end: None },
            EventMark { id: "october".into(), name: "October rules".into(), date: date(2025, 10, 9), end: Some(date(2025, 11, 10)) },
        ],
        series,
        summary: summary(),
        exceedance: exceedance(),
        convergence: convergence(),
        drivers: vec![],
        exports: exports(),
        realization_names: vec!["review_weeks".into(), "lost_output_world".into()],
        realization_values: (0..200).map(|i| 9.0 + f64::from(i) / 7.0).collect(),
        names,
        facility_order,
        notes: vec!["p99 of `time_to_recover` in region India is blank: fewer than 100 realizations lie beyond it.".into()],
        until: None,
    }
}

fn summary() -> Vec<SummaryRow> {
    let mut rows = Vec::new();
    let mut add = |metric: &str, scope: String, mean: f64| {
        let spread = [
            (Stat::Mean, 1.0),
            (Stat::P05, 0.3),
            (Stat::P25, 0.7),
            (Stat::P50, 0.95),
            (Stat::P75, 1.2),
            (Stat::P95, 1.9),
            (Stat::P99, 2.4),
            (Stat::Cvar95, 2.2),
        ];
        for (stat, factor) in spread {
            let value = mean * factor;
            let se = value.abs() * 0.006 * factor;
            rows.push(SummaryRow {
                metric: metric.into(),
                scope: scope.clone(),
                stat,
                value: Some(value),
                se: Some(se),
                lo95: Some(value - 1.96 * se),
                hi95: Some(value + 1.96 * se),
                n: 10_000,
            });
        }
    };
    let scopes =
        REGIONS.map(|(id, _, p)| (format!("region:{id}"), p)).into_iter().chain(SECTORS.map(|(id, _, p)| (format!("sector:{id}"), p)));
    for (scope, peak) in scopes.chain([("world".to_owned(), 0.11)]) {
        let peak = peak.max(0.0001);
        add("unmet_share", scope.clone(), peak * 0.3);
        add("fill_rate", scope.clone(), 1.0 - peak * 0.3);
        add("line_down_weeks", scope.clone(), peak * 41.0);
        add("time_to_survive", scope.clone(), 3.0 / (peak + 0.2));
        add("time_to_recover", scope.clone(), 20.0 + peak * 60.0);
        add("triangle_area", scope.clone(), peak * 18.0);
        add("min_cover", scope.clone(), 6.0 * (1.0 - peak));
        add("lost_output", scope, peak * 9_400.0);
    }
    for (id, _, _, peak) in PRICES {
        add("peak_price_inside", format!("commodity:{id}"), 1.1);
        add("peak_price_outside", format!("commodity:{id}"), peak);
        add("peak_premium", format!("commodity:{id}"), peak - 1.0);
    }
    rows.sort_by(|a, b| (&a.metric, &a.scope, a.stat).cmp(&(&b.metric, &b.scope, b.stat)));
    rows
}

fn convergence() -> Vec<ConvergenceRow> {
    let metrics = [("unmet_share", 0.0249), ("lost_output", 4200.0), ("triangle_area", 1.94), ("line_down_weeks", 7.2)];
    let mut rows = vec![];
    for (i, (metric, mean)) in metrics.into_iter().enumerate() {
        let mut n = 16;
        while n < 10_000 {
            let error = 1.4 / (n as f64).sqrt();
            let mean = mean * (1.0 + error * 2.0 * wobble(i, n as usize / 7));
            rows.push(ConvergenceRow { metric: metric.into(), scope: "world".into(), n, mean, se: mean * error });
            n += n.div_ceil(4);
        }
        rows.push(ConvergenceRow { metric: metric.into(), scope: "world".into(), n: 10_000, mean, se: mean * 0.014 });
    }
    rows
}

fn exceedance() -> Vec<ExceedanceRow> {
    let mut rows = Vec::new();
    for (scope, peak) in REGIONS.map(|(id, _, p)| (format!("region:{id}"), p)).into_iter().chain([("world".to_owned(), 0.9)]) {
        for i in 0..80 {
            let threshold = 10f64.powf(f64::from(i) * 0.06);
            let probability = if peak < 0.0001 { 0.0 } else { 1.0 / (1.0 + (threshold / (peak * 3000.0)).powf(2.2)) };
            let half = 1.96 * (probability * (1.0 - probability) / 10_000f64).sqrt() + 2e-4;
            let (lo95, hi95) = ((probability - half).max(0.0), (probability + half).min(1.0));
            rows.push(ExceedanceRow { metric: "lost_output".into(), scope: scope.clone(), threshold, probability, lo95, hi95, n: 10_000 });
        }
    }
    rows
}

fn exports() -> Vec<ExportRow> {
    let mut rows = Vec::new();
    for (d, (id, base)) in [
        ("world", 4800.0),
        ("EUR", 1900.0),
        ("USA", 620.0),
        ("JPN", 310.0),
        ("KOR", 560.0),
        ("IND", 240.0),
        ("MMR_SEA", 420.0),
        ("ROW", 680.0),
        ("AUS_MYS", 12.0),
    ]
    .into_iter()
    .enumerate()
    {
        for month in 0..36 {
            let t = f64::from(month) * 4.35 + 2.0;
            let shape = |z: f64| {
                base * (1.0 - 0.72 * hump(t, 12.6, 2.0, 24.0 - 8.0 * z) + 0.002 * t) * (1.0 + 0.05 * z + 0.03 * wobble(d, month as usize))
            };
            rows.push(ExportRow {
                month: format!("{}-{:02}", 2025 + month / 12, month % 12 + 1),
                destination: id.into(),
                values: [shape(-1.64), shape(-0.67), shape(0.0), shape(0.67), shape(1.64), shape(0.0)],
                partial: month == 0,
            });
        }
    }
    rows
}
