//! In: a sweep. Out: which outcomes and parameters its charts show, and what they are called.

use super::super::axis::Said;
use super::super::say;
use super::words;
use crate::study::shape::View;
use crate::study::table::{Input, Swept};

/// What charts show one beside the other: outcomes of the one variant, or variants of the first outcome.
pub fn views(swept: &Swept, most: usize) -> Vec<View> {
    let variants = swept.variants();
    let outcomes = outcomes(swept, if variants.len() > 1 { 1 } else { most });
    let view = |(metric, scope): &(String, String), variant| View { metric: metric.clone(), scope: scope.clone(), variant };
    outcomes.iter().flat_map(|o| variants.iter().map(|v| view(o, *v))).take(most).collect()
}

/// The first outcome of each metric, in the study's order; then others, up to so many.
pub fn outcomes(swept: &Swept, most: usize) -> Vec<(String, String)> {
    let all = swept.outcomes();
    let mut list: Vec<(String, String)> = vec![];
    for one in &all {
        if !list.iter().any(|(metric, _)| *metric == one.0) {
            list.push(one.clone());
        }
    }
    let rest: Vec<(String, String)> = all.into_iter().filter(|o| !list.contains(o)).collect();
    list.extend(rest);
    list.truncate(most);
    list
}

/// What an outcome is called.
pub fn outcome(metric: &str, scope: &str) -> String {
    let name = match metric {
        "unmet_share" => "Demand not served",
        "peak_unmet" => "Worst week's demand not served",
        "fill_rate" => "Demand served on time",
        "lost_output" => "Lost output (t)",
        "triangle_area" => "Loss (weeks of full demand)",
        "line_down_weeks" => "Weeks with lines short",
        "time_to_survive" => "Weeks until demand is missed",
        "time_to_recover" => "Weeks until supply is normal",
        "not_recovered" => "Futures not recovered",
        "min_cover" => "Lowest stock (weeks of use)",
        "peak_price_inside" => "Highest price inside (× opening)",
        "peak_price_outside" => "Highest price outside (× opening)",
        "peak_premium" => "Highest premium outside",
        other => other,
    };
    match scope.split_once(':') {
        None => name.to_owned(),
        Some((_, id)) => format!("{name}, {id}"),
    }
}

/// What a view is called where variants stand side by side.
pub fn view(swept: &Swept, view: &View) -> String {
    let (name, variant) = (outcome(&view.metric, &view.scope), swept.variant_name(view.variant));
    if variant.is_empty() { name } else { format!("{name}: {variant}") }
}

/// How numbers of a metric are said.
pub fn said(metric: &str) -> Said {
    if words::is_share(metric) { Said::Percent } else { Said::Number }
}

/// What a parameter is called, with its unit.
pub fn input(input: &Input) -> String {
    // An own name may be a dotted path, whose end says most.
    let name = if input.name == input.path { input.path.rsplit('.').next().unwrap_or(&input.path) } else { &input.name };
    if input.unit.is_empty() { name.to_owned() } else { format!("{name} ({})", input.unit) }
}

/// The parameters that move a view, the widest swing first.
pub fn inputs(swept: &Swept, view: &View) -> Vec<usize> {
    swept.swings(view).map(|(_, list)| list.iter().map(|s| s.input).collect()).unwrap_or_default()
}

/// `1,024 points of a scrambled Sobol design, 500 realizations each`.
pub fn counted(swept: &Swept) -> String {
    let points = super::super::say::fixed(swept.head.points as f64, 0);
    let realizations = super::super::say::realizations(swept.head.realizations);
    format!("{points} points of a {} design, {realizations} each", words::design(&swept.head))
}

/// A warning where parameters move together; empty where they do not.
pub fn together(swept: &Swept) -> String {
    swept.together().map_or_else(String::new, |r| {
        format!("; parameters move together (rank correlation up to {}): what one seems to do may be another's", say::fixed(r, 2))
    })
}
