//! Random events of every type, on a random chain.

use std::fmt::Write;

use super::*;

/// Events of every type. At most one desk a commodity, as the network wants.
pub fn event_tables(chain: &Chain, throws: Vec<Vec<u16>>) -> String {
    let mut out = String::new();
    let mut licensed = false;
    let mut last = String::new();
    let mut moves = vec![];
    for (i, throws) in throws.into_iter().enumerate() {
        let mut dice = Dice::new(throws);
        let kind = dice.pick(&[
            "outage",
            "export_ban",
            "export_licence",
            "export_quota",
            "production_quota",
            "demand_shock",
            "logistics_delay",
            "general_licence",
            "desk_rate",
            "export_licence",
            "stockpile_action",
            "stockpiling_mandate",
            "substitution_breakthrough",
            "recycling_programme",
            "price_dump",
            "smuggling_crackdown",
            "illicit_trade",
            "breakdowns",
            "anti_hoarding_rule",
            "extraterritorial_rule",
            "detente",
            "technology_ban",
            "personnel_restriction",
            "project_delay",
            "project_cancel",
            "offtake",
        ]);
        // What is done to projects needs some.
        let about = ["technology_ban", "personnel_restriction", "project_delay", "project_cancel", "offtake"].contains(&kind);
        let kind = if about && !chain.planned { "outage" } else { kind };
        let kind = if kind == "export_licence" && licensed { "general_licence" } else { kind };
        let kind = if kind == "extraterritorial_rule" && licensed { "desk_rate" } else { kind };
        let kind = if kind == "detente" && i == 0 { "outage" } else { kind };
        licensed |= kind == "export_licence" || kind == "extraterritorial_rule";
        let _ = writeln!(out, "[[event]]\nid = \"e{i}\"\ntype = \"{kind}\"\nsource = \"thrown\"");
        let start = dice.below(30);
        match onset(i, &mut dice) {
            Some(when) => out += &when,
            None if dice.below(4) == 3 => moves.push(i),
            None => {
                let _ = writeln!(out, "start = \"{start} weeks\"");
            }
        }
        if dice.yes() {
            let _ = writeln!(out, "duration = \"{} weeks\"", 1 + dice.below(40));
        }
        if dice.yes() {
            let _ = writeln!(out, "ramp_in = \"{} weeks\"\nramp_out = \"{} weeks\"", dice.below(6), dice.below(6));
        }
        if dice.yes() {
            let _ = writeln!(out, "announce_lead = \"{} weeks\"\nscare = {}", dice.below(4), dice.between(0.0, 0.8));
        }
        if dice.yes() {
            let _ = writeln!(out, "probability = 0.7");
        }
        if kind == "detente" {
            let _ = writeln!(out, "events = [\"e{}\"]", dice.below(i));
        }
        out += &special(kind, &mut dice);
        let scope = if kind == "price_dump" { "commodities = [\"oxide\"]".to_string() } else { scope(chain, kind, &mut dice) };
        // One event in three takes its scope from the one before: effects on the same lanes meet.
        let scope =
            if dice.below(3) == 2 && !last.is_empty() && kind != "production_quota" && kind != "price_dump" { last.clone() } else { scope };
        let _ = writeln!(out, "scope = {{ {scope} }}");
        if !["detente", "breakdowns", "production_quota", "outage", "demand_shock", "price_dump"].contains(&kind) {
            last = scope;
        }
    }
    if !moves.is_empty() {
        let list: Vec<String> = moves.iter().map(|i| format!("{{ event = \"e{i}\" }}")).collect();
        let list = list.join(", ");
        let _ = writeln!(out, "[[escalation]]\nid = \"quarrel\"\nrate = 0.2\nbranching = 0.6\nmoves = [{list}]\nsource = \"thrown\"");
    }
    out
}

/// A condition, for one event in three that is not the first.
fn onset(i: usize, dice: &mut Dice) -> Option<String> {
    if i == 0 || dice.below(3) < 2 {
        return None;
    }
    let delay = 1 + dice.below(5);
    Some(match dice.below(3) {
        0 => format!("when = {{ event = \"e{}\", delay = \"{delay} weeks\" }}\n", dice.below(i)),
        1 => format!("when = {{ measure = \"lines_down\", above = {}, delay = \"{delay} weeks\" }}\n", dice.between(0.0, 0.5)),
        _ => format!("when = {{ measure = \"unmet_share\", above = {} }}\n", dice.between(0.0, 0.3)),
    })
}

fn special(kind: &str, dice: &mut Dice) -> String {
    if let Some(text) = plans::about_projects(kind, dice) {
        return text;
    }
    match kind {
        "outage" => format!("capacity = {}\n", dice.between(0.0, 0.9)),
        "export_ban" => format!("leakage = {}\ndivert = {}\n", dice.between(0.0, 0.5), dice.yes()),
        "demand_shock" => format!("demand = {}\n", dice.between(0.5, 2.0)),
        "logistics_delay" => match dice.below(3) {
            0 => format!("weeks = \"{} weeks\"\n", dice.below(7)),
            1 => format!("weeks = {{ uniform = [\"0 weeks\", \"{} weeks\"] }}\n", 1 + dice.below(8)),
            _ => "weeks = { lognormal = { median = \"2 weeks\", sigma = 0.5 }, max = \"9 weeks\" }\n".to_string(),
        },
        "export_quota" | "production_quota" => illicit::quota(kind, dice),
        "smuggling_crackdown" | "illicit_trade" => illicit::special(kind, dice),
        "breakdowns" => format!("rate = {}\nrepair = \"{} weeks\"\ncommon = {}\n", dice.between(0.01, 0.3), 1 + dice.below(6), dice.yes()),
        "anti_hoarding_rule" => format!("volume_cap_ratio = {}\n", dice.between(0.0, 1.5)),
        "extraterritorial_rule" => {
            format!(
                "origin = [\"{}\"]\nreview = \"{} weeks\"\napproval = {}\n",
                dice.pick(&REGIONS),
                1 + dice.below(9),
                dice.between(0.0, 1.0)
            )
        }
        "detente" => String::new(),
        "stockpile_action" => {
            let target = if dice.yes() { format!("target = \"{} t\"\n", dice.below(300)) } else { String::new() };
            format!("action = \"{}\"\nrate = \"{} t/week\"\n{target}", dice.pick(&["release", "buy"]), 1 + dice.below(40))
        }
        "stockpiling_mandate" => format!("cover = \"{} weeks\"\n", dice.below(20)),
        "substitution_breakthrough" => {
            format!("most = {}\nleast = {}\nfall = 0.02\n", dice.between(0.2, 1.0), dice.between(0.0, 0.5))
        }
        "recycling_programme" => {
            format!("collection = {}\nyield = {}\ncapacity = {}\n", dice.between(0.0, 1.0), dice.between(0.1, 1.0), dice.between(0.5, 3.0))
        }
        "price_dump" => format!("price = {}\n", dice.between(0.3, 1.5)),
        "desk_rate" => format!("rate = {}\n", dice.pick(&[0.0, 0.3, 0.5, 2.0, 3.5])),
        "general_licence" => {
            format!("share = {}\nmultiple = {}\nspan = \"{} weeks\"\n", dice.between(0.1, 1.0), dice.between(0.2, 1.5), 4 + dice.below(30))
        }
        _ => {
            let review = match dice.below(4) {
                0 => format!("\"{} weeks\"", 1 + dice.below(12)),
                1 => format!("{{ uniform = [\"1 week\", \"{} weeks\"] }}", 2 + dice.below(12)),
                2 => "{ lognormal = { median = \"6 weeks\", sigma = 0.4 } }".to_string(),
                _ => "{ triangular = [\"1 week\", \"4 weeks\", \"10 weeks\"] }".to_string(),
            };
            let approval = match dice.below(3) {
                0 => format!("{}", dice.between(0.0, 1.0)),
                1 => "{ civil = { beta = { mean = 0.8, sd = 0.1 } }, military = 0.02, sensitive = 0.5 }".to_string(),
                _ => "{ civil = 0.9, \"civil@BBB\" = 0.3 }".to_string(),
            };
            let mut text = format!("review = {review}\napproval = {approval}\nreturn_rate = {}\n", dice.between(0.0, 0.5));
            if dice.yes() {
                let _ = writeln!(text, "strictness = {}", dice.between(0.0, 1.5));
            }
            if dice.yes() {
                let _ = writeln!(text, "frozen_for = \"{} weeks\"", dice.between(0.0, 8.0));
            }
            if dice.yes() {
                let _ = writeln!(text, "applications = {}", dice.between(0.5, 10.0));
            }
            if dice.yes() {
                let _ = writeln!(text, "controlled_share = {}", dice.between(0.0, 1.0));
            }
            text
        }
    }
}

fn scope(chain: &Chain, kind: &str, dice: &mut Dice) -> String {
    let mut parts = vec![];
    if dice.yes() {
        parts.push(format!("from = [\"{}\"]", dice.pick(&REGIONS)));
    }
    if dice.below(3) == 2 && kind != "outage" && kind != "production_quota" && kind != "demand_shock" {
        parts.push(format!("to = [\"{}\"]", dice.pick(&REGIONS)));
    }
    if dice.yes() {
        parts.push(format!("commodities = [\"{}\"]", dice.pick(&chain.commodities())));
    }
    if dice.yes() {
        parts.push("domestic = true".to_string());
    }
    parts.join(", ")
}
