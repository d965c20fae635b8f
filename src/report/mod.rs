//! In: finished [`Results`]. Out: charts as SVG, PNG and CSV, and the page of words; nothing is computed again here.

pub mod assumptions;
mod axis;
pub mod border;
pub mod canvas;
pub mod compare_words;
pub mod convergence;
pub mod cover;
pub mod events;
pub mod exceedance;
pub mod explain_words;
pub mod exports;
pub mod fan;
pub mod frame;
pub mod heatmap;
pub mod outside;
pub mod overlay;
mod page;
mod panels;
pub mod places;
pub mod png;
pub mod prices;
pub mod say;
pub mod shortage;
pub mod sweep;
pub mod theme;
pub mod timeline;
mod unfolding;
pub mod versus;
pub mod words;

use crate::results::Results;
use crate::study::compare::Comparison;
use crate::study::explain::Explanation;

/// One chart with the numbers behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// Name of its files, without extension.
    pub name: &'static str,
    /// The drawing.
    pub svg: String,
    /// The data behind it.
    pub csv: String,
}

/// Why there is no chart.
#[derive(Debug, thiserror::Error)]
pub enum Missing {
    /// The results hold nothing to draw.
    #[error("{0}")]
    Data(&'static str),
    /// The drawing failed.
    #[error(transparent)]
    Draw(#[from] canvas::DrawError),
    /// The table failed.
    #[error("its table could not be written: {0}")]
    Table(#[from] csv::Error),
}

/// All charts of a run, and a sentence for each that could not be drawn.
#[derive(Debug, Clone, Default)]
pub struct Drawn {
    /// In the order of reading.
    pub charts: Vec<Chart>,
    /// Charts left out, and why.
    pub notes: Vec<String>,
}

/// Names of all charts and what draws them, in the order of reading.
type Draw = fn(&Results) -> Result<Chart, Missing>;
const CHARTS: [(&str, Draw); 8] = [
    (prices::NAME, prices::chart),
    (shortage::NAME, shortage::chart),
    (exports::NAME, exports::chart),
    (outside::NAME, outside::chart),
    (cover::NAME, cover::chart),
    (exceedance::NAME, exceedance::chart),
    (heatmap::NAME, heatmap::chart),
    (convergence::NAME, convergence::chart),
];

/// Draw every chart the results have data for.
pub fn draw_all(results: &Results) -> Drawn {
    let mut drawn = Drawn::default();
    for (name, draw) in CHARTS {
        // A world without projects does not miss what it cannot have.
        if name == outside::NAME && results.series_of(outside::VARIABLE, "").next().is_none() {
            continue;
        }
        drawn.add(name, draw(results));
    }
    // Where there is no quota and no smuggler nobody misses their charts.
    if border::has_rents(results) {
        drawn.add(border::RENT, border::rent(results));
    }
    if border::has_smuggling(results) {
        drawn.add(border::SMUGGLING, border::smuggling(results));
    }
    drawn
}

/// Draw every chart of a comparison that it has data for.
pub fn draw_comparison(comparison: &Comparison) -> Drawn {
    type Draw = fn(&Comparison) -> Result<Chart, Missing>;
    let charts: [(&str, Draw); 3] =
        [(overlay::VARIANTS, overlay::variants), (overlay::DIFFERENCE, overlay::difference), (places::NAME, places::chart)];
    let mut drawn = Drawn::default();
    for (name, draw) in charts {
        drawn.add(name, draw(comparison));
    }
    drawn
}

/// Draw every chart of an explanation that it has data for.
pub fn draw_explanation(explanation: &Explanation) -> Drawn {
    let mut drawn = Drawn::default();
    drawn.add(timeline::NAME, timeline::chart(explanation));
    drawn
}

impl Drawn {
    /// Takes a chart in, or the reason why there is none.
    fn add(&mut self, name: &str, chart: Result<Chart, Missing>) {
        match chart {
            Ok(chart) => self.charts.push(chart),
            Err(missing) => self.notes.push(format!("chart `{name}` left out: {missing}")),
        }
    }
}
