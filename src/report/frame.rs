//! In: a chart's title, what its lines mean, its events. Out: the head and foot of the sheet, and where the plots may stand.

use super::canvas::{Canvas, Type};
use super::say;
use super::theme::{EVENT, GREY, MARGIN, SOURCE, SUBTITLE, TITLE, fit, wrap};
use crate::results::Results;

/// What fans say, for every subtitle that has them.
pub const FANS: &str = "line = median, shaded = 50 % and 90 % of realizations";

/// Head and foot of a sheet.
pub struct Frame {
    width: f64,
    title: Vec<String>,
    subtitle: Vec<String>,
    key: Vec<String>,
    source: String,
}

impl Frame {
    /// A frame for a sheet `width` px wide; `key` explains letters that stand for events.
    pub fn new(results: &Results, width: f64, title: &str, subtitle: &str, key: Option<&str>) -> Frame {
        Frame::about(&results.title, width, title, subtitle, key)
    }

    /// The same for anything that has a title of its own, which the source line names.
    pub fn about(what: &str, width: f64, title: &str, subtitle: &str, key: Option<&str>) -> Frame {
        let room = width - 2.0 * MARGIN;
        let version = env!("CARGO_PKG_VERSION");
        let source = format!("coercivity {version} · {what}");
        Frame {
            width,
            title: wrap(title, room, TITLE, true),
            subtitle: wrap(subtitle, room, SUBTITLE, false),
            key: key.map(|k| wrap(k, room, LABEL_KEY, false)).unwrap_or_default(),
            source: fit(&source, room, SOURCE, false),
        }
    }

    /// Subtitle's beginning: `10,000 realizations; `, then what the marks mean.
    pub fn counted(results: &Results, meaning: &str) -> String {
        format!("{}; {meaning}", say::realizations(results.realizations))
    }

    /// Height of the head, px: plots begin under it.
    pub fn head(&self) -> f64 {
        let key = if self.key.is_empty() { 0.0 } else { 4.0 + self.key.len() as f64 * 15.0 };
        MARGIN + self.title.len() as f64 * 25.0 + self.subtitle.len() as f64 * 17.0 + key + 18.0
    }

    /// Height of the foot, px.
    pub fn foot(&self) -> f64 {
        34.0
    }

    /// Draw head and foot on a sheet `height` px high.
    pub fn draw(&self, canvas: &mut Canvas<'_>, height: f64) {
        let mut y = MARGIN - 4.0;
        for line in &self.title {
            y += 25.0;
            canvas.text(line, (MARGIN, y - 6.0), Type::new(TITLE).bold());
        }
        for line in &self.subtitle {
            y += 17.0;
            canvas.text(line, (MARGIN, y), Type::new(SUBTITLE).ink(GREY));
        }
        y += 4.0;
        for line in &self.key {
            y += 15.0;
            canvas.text(line, (MARGIN, y), Type::new(LABEL_KEY).ink(EVENT));
        }
        canvas.text(&self.source, (MARGIN, height - 14.0), Type::new(SOURCE).ink(GREY));
    }

    /// Width of the sheet, px.
    pub fn width(&self) -> f64 {
        self.width
    }
}

/// Size of the key of events, px.
const LABEL_KEY: f64 = 11.0;
