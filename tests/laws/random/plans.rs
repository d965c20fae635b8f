//! Random works that are only planned, people who are short, and projects that come or do not.

use std::fmt::Write;

use super::*;

impl Chain {
    /// Magnet works that are only planned, with two projects.
    pub(super) fn plans(&self, dice: &mut Dice, out: &mut String) {
        let (region, feed) = (dice.pick(&REGIONS), if self.metal { "metal" } else { "oxide" });
        let supplier = if self.metal { &self.metals[0].id } else { &self.light[0].id };
        let amount = if self.metal { 0.4 / 1.1 } else { 0.4 };
        let _ = writeln!(
            out,
            "[[recipe]]\nid = \"press_new\"\ninputs = {{ {feed} = {amount} }}\noutputs = {{ mag = 1.0 }}\n\
             [[facility]]\nid = \"WORKS\"\nregion = \"{region}\"\nstage = \"magnet\"\nrecipe = \"press_new\"\nplanned = true\n\
             cover_in = \"{} weeks\"\ncover_out = \"{} weeks\"\n\
             [[supply]]\nto = \"WORKS\"\ncommodity = \"{feed}\"\nfrom = [{{ facility = \"{supplier}\", share = 1.0 }}]",
            dice.between(0.0, 10.0),
            dice.between(0.0, 4.0)
        );
        let customers: Vec<String> =
            self.users.iter().map(|u| format!("{{ facility = \"{}\", weight = {} }}", u.id, dice.between(0.1, 3.0))).collect();
        let _ = writeln!(out, "[[join]]\nfrom = \"WORKS\"\ncommodity = \"mag\"\nto = [{}]", customers.join(", "));
        let _ = writeln!(
            out,
            "[[expertise]]\nregion = \"{region}\"\nstage = \"magnet\"\npeople = {{ uniform = [5, 60] }}\nattrition = 0.1\ninflow = {}\n\
             training = {}\nceiling = 80\nlearning = {}\nexponent = {}",
            dice.between(0.0, 10.0),
            dice.between(0.0, 0.5),
            dice.between(0.0, 0.1),
            dice.between(0.1, 1.5)
        );
        for id in ["first", "second"] {
            let start = match dice.below(3) {
                0 => format!("start = \"{} weeks\"", dice.below(30)),
                1 => "hazard = { rate = 20, hurdle = 0.8, risk = 0.5, offtake = 0.5 }".to_string(),
                _ => format!("start = {{ uniform = [\"0 weeks\", \"40 weeks\"] }}\nprobability = {}", dice.between(0.2, 1.0)),
            };
            let _ = writeln!(
                out,
                "[[project]]\nid = \"{id}\"\nfacility = \"WORKS\"\ncapacity = \"{} t/week\"\n{start}\npermit = \"{} weeks\"\nbuild = \"{} weeks\"\n\
                 ramp = \"{} weeks\"\nqualification = \"{} weeks\"\npeople = {}\nstarting_loss = {}\nprogress_ratio = {}",
                1 + dice.below(40),
                dice.below(4),
                dice.below(10),
                dice.below(40),
                dice.below(10),
                dice.below(40),
                dice.between(0.0, 0.6),
                dice.between(0.6, 1.0)
            );
        }
    }
}

/// The fields of an event about projects or people; none: it is of another type.
pub(super) fn about_projects(kind: &str, dice: &mut Dice) -> Option<String> {
    Some(match kind {
        "technology_ban" => format!(
            "clock = {}\nbuild = {}\npeople = {}\nloss = {}\n",
            dice.between(0.0, 1.0),
            dice.between(1.0, 3.0),
            dice.between(1.0, 3.0),
            dice.between(1.0, 3.0)
        ),
        "personnel_restriction" => {
            format!("inflow = {}\nrecall = {}\nleak = {}\n", dice.between(0.0, 1.0), dice.between(0.0, 1.0), dice.between(0.0, 1.0))
        }
        "project_delay" => format!("projects = [\"first\", \"second\"]\nweeks = \"{} weeks\"\n", dice.below(20)),
        "project_cancel" => format!("projects = [\"{}\"]\n", dice.pick(&["first", "second"])),
        "offtake" => format!("share = {}\n", dice.between(0.0, 1.0)),
        _ => return None,
    })
}
