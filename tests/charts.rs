//! Every chart draws from a made-up run, is well formed, keeps its texts on the sheet and apart, and comes with its data.

mod legible;
mod synthetic;

use coercivity::report::{Chart, draw_all, png, sweep, theme};
use coercivity::results::until::{Goal, Until};
use coercivity::results::{ConvergenceRow, EventMark, Stat, SummaryRow};
use coercivity::study::point::Ran;
use coercivity::study::table::{Entry, Head, Input, Swept};
use jiff::civil::date;
use legible::{legible, texts};

fn check(chart: &Chart) {
    legible(chart.name, &chart.svg);
    let tree = png::tree(&chart.svg).unwrap_or_else(|e| panic!("{}: {e}", chart.name));
    let (width, height) = (tree.size().width(), tree.size().height());
    let mut table = csv::Reader::from_reader(chart.csv.as_bytes());
    let columns = table.headers().expect("a head").len();
    let rows: Vec<csv::StringRecord> = table.records().map(|r| r.expect("a row as wide as the head")).collect();
    assert!(columns >= 5 && rows.len() > 10, "{}: {columns} columns, {} rows", chart.name, rows.len());
    let picture = png::png(&chart.svg).expect("a picture");
    assert_eq!(&picture[..8], b"\x89PNG\r\n\x1a\n");
    let side = |at: usize| u32::from_be_bytes([picture[at], picture[at + 1], picture[at + 2], picture[at + 3]]);
    assert_eq!((side(16) as f32, side(20) as f32), (width * png::SCALE, height * png::SCALE));
    assert!(picture.len() > 20_000 && picture.len() < 3_000_000, "{}: {} bytes", chart.name, picture.len());
    keep(chart, &picture);
}

/// For the eye: `COERCIVITY_CHARTS=FOLDER cargo test --test charts` leaves the pictures there.
fn keep(chart: &Chart, picture: &[u8]) {
    if let Some(folder) = std::env::var_os("COERCIVITY_CHARTS") {
        let folder = std::path::Path::new(&folder);
        std::fs::create_dir_all(folder).expect("a folder");
        std::fs::write(folder.join(format!("{}.png", chart.name)), picture).expect("a place for the picture");
        std::fs::write(folder.join(format!("{}.svg", chart.name)), &chart.svg).expect("a place for the drawing");
    }
}

#[test]
fn every_chart_of_a_run_is_legible_and_carries_its_data() {
    let drawn = draw_all(&synthetic::results());
    assert_eq!(drawn.notes, Vec::<String>::new());
    let names: Vec<&str> = drawn.charts.iter().map(|c| c.name).collect();
    assert_eq!(names, ["prices", "shortage", "magnet-exports", "cover", "exceedance", "facility-weeks", "convergence"]);
    drawn.charts.iter().for_each(check);
    assert_eq!(draw_all(&synthetic::results()).charts, drawn.charts, "the same results draw the same bytes");
}

#[test]
fn a_crowd_of_events_and_long_names_still_fits() {
    {
        let mut results = synthetic::results();
        results.title = "A title that goes on and on ".repeat(12);
        results.events = (1..=11)
            .map(|i| EventMark {
                id: format!("e{i}"),
                name: format!("An event with a rather long name, number {i}"),
                date: date(2025, 1 + i % 12, 9),
                end: None,
            })
            .collect();
        for (_, name) in &mut results.names {
            name.push_str(", with a name much longer than anybody would give it");
        }
        for chart in draw_all(&results).charts {
            check(&Chart { name: Box::leak(format!("crowd-{}", chart.name).into_boxed_str()), ..chart });
        }
    }
}

#[test]
fn the_precision_that_was_asked_for_is_drawn_beside_the_mean_it_was_asked_of() {
    let mut results = synthetic::results();
    let rows: Vec<_> = results.convergence.iter().filter(|r| r.metric == "line_down_weeks").cloned().collect();
    let rows: Vec<_> = rows.into_iter().map(|r| ConvergenceRow { scope: "region:EUR".into(), metric: "min_cover".into(), ..r }).collect();
    for (metric, scope, panels) in [("lost_output", "world", 4), ("min_cover", "region:EUR", 5)] {
        let goal = Goal { metric: metric.into(), scope: scope.into(), target: 0.03 };
        let rows =
            if scope == "world" { results.convergence.iter().filter(|r| r.metric == metric).cloned().collect() } else { rows.clone() };
        results.until = Some(Until { goal, half_width: Some(0.0274), reached: true, realizations: 10_000, rows });
        let drawn = draw_all(&results);
        let chart = drawn.charts.into_iter().find(|c| c.name == "convergence").expect("the chart");
        assert_eq!(chart.svg.matches("Realizations (log scale)").count(), panels);
        assert!(chart.svg.contains("± 3"), "no word of what was asked for");
        let mut table = csv::Reader::from_reader(chart.csv.as_bytes());
        let targets = table.records().filter(|r| r.as_ref().is_ok_and(|r| &r[0] == metric && !r[8].is_empty())).count();
        assert!(targets > 10, "{targets}");
        check(&Chart { name: Box::leak(format!("until-{}", chart.name).into_boxed_str()), ..chart });
    }
}

#[test]
fn short_and_long_horizons_have_legible_dates() {
    for horizon in [8usize, 20, 52, 1040] {
        let mut results = synthetic::results();
        results.horizon = horizon;
        for series in &mut results.series {
            for (_, values) in &mut series.stats {
                *values = (0..horizon).map(|i| values[i * 156 / horizon]).collect();
            }
        }
        results.exports.clear();
        let drawn = draw_all(&results);
        assert_eq!(drawn.charts.len(), 6, "{:?}", drawn.notes);
        for chart in drawn.charts {
            check(&Chart { name: Box::leak(format!("h{horizon}-{}", chart.name).into_boxed_str()), ..chart });
        }
    }
}

#[test]
fn a_small_chain_with_gaps_in_its_numbers_is_drawn_too() {
    let mut results = synthetic::results();
    results.realizations = 16; // too few for `convergence`
    let kept = ["world", "commodity:dy_oxide", "region:EUR", "facility:mine_1", "facility:magnet_4"];
    results.series.retain(|s| kept.contains(&s.scope.as_str()) && s.variable != "price_outside");
    results.exports.retain(|e| e.destination == "EUR");
    results.exceedance.retain(|e| e.scope == "region:EUR");
    for series in &mut results.series {
        for (_, values) in &mut series.stats {
            values[..9].fill(f64::NAN);
        }
    }
    let drawn = draw_all(&results);
    assert_eq!(drawn.charts.len(), 6, "{:?}", drawn.notes);
    for chart in drawn.charts {
        assert!(!chart.svg.contains("NaN") && !chart.svg.contains("inf"));
        check(&Chart { name: Box::leak(format!("small-{}", chart.name).into_boxed_str()), ..chart });
    }
}

/// A made-up sweep over `inputs` parameters: outcomes rise with the first and fall with the second.
fn swept(design: &str, inputs: usize, points: usize, variants: usize) -> Swept {
    let name =
        |i: usize| if i == 2 { "A parameter with a name longer than anybody would give it, surely".into() } else { format!("Input {i}") };
    let input =
        |i: usize| Input { id: format!("x{i}"), path: format!("event.e.x{i}"), name: name(i), unit: ["weeks", "%", ""][i % 3].into() };
    let outcomes = ["unmet_share@world", "lost_output@world", "time_to_survive@world", "peak_price_outside@commodity:dy_oxide"];
    let head = Head {
        version: "0".into(),
        identity: "0".into(),
        title: "A made-up sweep".into(),
        design: design.into(),
        scenarios: vec!["april".into()],
        policies: (0..variants).map(|v| format!("policy_{v}")).collect(),
        inputs: (0..inputs).map(input).collect(),
        outcomes: outcomes.map(str::to_owned).to_vec(),
        points,
        realizations: 500,
        seed: 1,
        shard: None,
    };
    let entry = |case: usize| {
        let (policy, point) = (case / points, case % points);
        let share = |i: usize| (point as f64 * [0.618_034, 0.414_214, 0.732_051, 0.236_068][i % 4]).fract();
        let x = |i: usize| match design {
            "grid" => Some(((point / 5usize.pow(i as u32)) % 5) as f64 * 12_500.0),
            "one_at_a_time" => (point > 0 && (point - 1) / 2 == i).then_some(if point % 2 == 1 { 1.5 } else { 20.0 }),
            _ => Some(3.0 + 15.0 * share(i)),
        };
        let rows = head.outcomes.iter().enumerate().map(|(k, outcome)| {
            let (metric, scope) = outcome.split_once('@').expect("both");
            let size = [0.01, 1234.0, 4.0, 1.0][k];
            let value = size * (10.0 + x(0).unwrap_or(9.0) - 0.4 * x(1).unwrap_or(5.0) + policy as f64).max(0.0);
            let (value, n) = (Some(value), 500);
            SummaryRow { metric: metric.into(), scope: scope.into(), stat: Stat::Mean, value, se: None, lo95: None, hi95: None, n }
        });
        let inputs = (0..inputs).map(|i| x(i).map_or_else(String::new, |x| x.to_string())).collect();
        Entry { case, scenario: 0, policy, point, inputs, ran: Ran { rows: rows.collect(), ..Ran::default() } }
    };
    let entries = (0..points * variants).map(entry).collect();
    Swept { head, entries }
}

#[test]
fn every_chart_of_a_sweep_is_legible_and_carries_its_data() {
    for (design, inputs, points, variants) in [("sobol", 4, 128, 1), ("latin_hypercube", 9, 64, 3), ("grid", 2, 25, 1), ("grid", 3, 125, 4)]
    {
        let drawn = sweep::draw_all(&swept(design, inputs, points, variants));
        assert_eq!((drawn.notes, drawn.charts.len()), (vec![], 3));
        for chart in drawn.charts {
            let name = format!("sweep-{design}-{inputs}-{variants}-{}", chart.name);
            check(&Chart { name: Box::leak(name.into_boxed_str()), ..chart });
        }
    }
    let drawn = sweep::draw_all(&swept("one_at_a_time", 6, 13, 1));
    assert_eq!(drawn.charts.iter().map(|c| c.name).collect::<Vec<_>>(), ["tornado", "response"]);
    assert!(drawn.notes.len() == 1 && drawn.notes[0].contains("left out"), "{:?}", drawn.notes);
    check(&Chart { name: "sweep-one-tornado", ..drawn.charts[0].clone() });
    let mut nothing = swept("sobol", 2, 8, 1);
    nothing.entries.iter_mut().for_each(|e| e.ran.rows.clear());
    assert_eq!(sweep::draw_all(&nothing).notes.len(), 3);
}

#[test]
fn a_run_without_data_draws_nothing_and_says_why() {
    let mut results = synthetic::results();
    results.series.clear();
    results.exceedance.clear();
    results.exports.clear();
    results.convergence.clear();
    let drawn = draw_all(&results);
    assert!(drawn.charts.is_empty());
    assert_eq!(drawn.notes.len(), 7);
    assert!(drawn.notes.iter().all(|note| note.contains("left out")));
}

#[test]
fn texts_are_as_wide_as_they_are_measured() {
    for (words, bold) in [("Other automotive motors and sensors", true), ("10,000 realizations; shaded = 95 % WAVE", false)] {
        let weight = if bold { "bold" } else { "normal" };
        let svg = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="900" height="90"><text y="50" font-family="Noto Sans" font-size="20" font-weight="{weight}">{words}</text></svg>"#
        );
        let mut found = Vec::new();
        texts(png::tree(&svg).expect("an SVG").root(), &mut found);
        let (drawn, measured) = (f64::from(found[0].1.width()), theme::text_width(words, 20.0, bold));
        assert!((drawn / measured - 1.0).abs() < 0.02, "`{words}`: {drawn} drawn, {measured} measured");
    }
}
