//! In: a [`Swept`] study. Out: its charts and its page of words; nothing is run again.

pub mod map;
pub mod pick;
pub mod response;
pub mod tornado;
pub mod words;

use super::{Chart, Drawn, Missing};
use crate::study::table::Swept;

/// Names of all charts and what draws them, in the order of reading.
type Draw = fn(&Swept) -> Result<Chart, Missing>;
const CHARTS: [(&str, Draw); 3] = [(tornado::NAME, tornado::chart), (response::NAME, response::chart), (map::NAME, map::chart)];

/// Draws every chart that the sweep has data for.
pub fn draw_all(swept: &Swept) -> Drawn {
    let mut drawn = Drawn::default();
    for (name, draw) in CHARTS {
        match draw(swept) {
            Ok(chart) => drawn.charts.push(chart),
            Err(missing) => drawn.notes.push(format!("chart `{name}` left out: {missing}")),
        }
    }
    drawn
}
