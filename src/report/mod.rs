//! In: finished [`Results`]. Out: charts as SVG, PNG and CSV, and the page of words; nothing is computed again here.

pub mod axis;
pub mod canvas;
pub mod cover;
pub mod events;
pub mod exceedance;
pub mod exports;
pub mod fan;
pub mod frame;
pub mod heatmap;
pub mod png;
pub mod prices;
pub mod say;
pub mod shortage;
pub mod sweep;
pub mod theme;
pub mod words;

use crate::results::Results;

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
const CHARTS: [(&str, Draw); 6] = [
    (prices::NAME, prices::chart),
    (shortage::NAME, shortage::chart),
    (exports::NAME, exports::chart),
    (cover::NAME, cover::chart),
    (exceedance::NAME, exceedance::chart),
    (heatmap::NAME, heatmap::chart),
];

/// Draw every chart the results have data for.
pub fn draw_all(results: &Results) -> Drawn {
    let mut drawn = Drawn::default();
    for (name, draw) in CHARTS {
        match draw(results) {
            Ok(chart) => drawn.charts.push(chart),
            Err(missing) => drawn.notes.push(format!("chart `{name}` left out: {missing}")),
        }
    }
    drawn
}
