//! In: nothing. Out: what every chart shares: colours safe for the colour-blind, the bundled font, sizes, widths of text.

use plotters::style::{FontDesc, FontFamily, FontStyle, RGBAColor, register_font};

/// A colour with its opacity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ink {
    /// Red, green, blue.
    pub rgb: (u8, u8, u8),
    /// 0 clear … 1 solid.
    pub alpha: f64,
}

impl Ink {
    /// A solid colour.
    pub const fn solid(r: u8, g: u8, b: u8) -> Ink {
        Ink { rgb: (r, g, b), alpha: 1.0 }
    }

    /// The same colour, thinner.
    pub const fn with_alpha(self, alpha: f64) -> Ink {
        Ink { rgb: self.rgb, alpha }
    }

    pub(crate) fn plotters(self) -> RGBAColor {
        RGBAColor(self.rgb.0, self.rgb.1, self.rgb.2, self.alpha)
    }
}

// Okabe and Ito's palette, distinct under every common form of colour blindness.
/// Blue: the inside, and whatever stands alone.
pub const BLUE: Ink = Ink::solid(0, 114, 178);
/// Vermillion: the outside, and loss.
pub const VERMILLION: Ink = Ink::solid(213, 94, 0);
/// Bluish green.
pub const GREEN: Ink = Ink::solid(0, 158, 115);
/// Reddish purple.
pub const PURPLE: Ink = Ink::solid(204, 121, 167);
/// Orange.
pub const ORANGE: Ink = Ink::solid(230, 159, 0);
/// Sky blue.
pub const SKY: Ink = Ink::solid(86, 180, 233);
/// Text, and the world as a whole.
pub const BLACK: Ink = Ink::solid(36, 41, 51);
/// Secondary text.
pub const GREY: Ink = Ink::solid(92, 99, 112);
/// Axes.
pub const AXIS: Ink = Ink::solid(150, 155, 163);
/// Grid lines.
pub const GRID: Ink = Ink::solid(226, 228, 232);
/// Event lines and their names.
pub const EVENT: Ink = Ink::solid(120, 60, 90);
/// Paper.
pub const WHITE: Ink = Ink::solid(255, 255, 255);

/// Colours of lines that stand side by side, in order of use.
pub const LINES: [Ink; 7] = [VERMILLION, BLUE, GREEN, PURPLE, ORANGE, SKY, GREY];

/// Size of a chart's title, px.
pub const TITLE: f64 = 20.0;
/// Size of its subtitle, px.
pub const SUBTITLE: f64 = 12.5;
/// Size of a panel's title, px.
pub const PANEL: f64 = 13.0;
/// Size of labels on axes, px.
pub const LABEL: f64 = 10.5;
/// Size of the source line, px.
pub const SOURCE: f64 = 10.0;
/// Free space around a chart, px.
pub const MARGIN: f64 = 24.0;

/// Family of the bundled font.
pub const FAMILY: &str = "Noto Sans";
/// What readers of an SVG without that font get instead.
pub(crate) const FAMILY_STACK: &str = "Noto Sans, Helvetica, Arial, sans-serif";

/// Ratio of the font's line height to its em: plotters measures text by the former.
const LINE_PER_EM: f64 = 1.362;

/// Make the bundled font known to plotters; cheap to repeat.
pub(crate) fn register() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        // A refusal leaves texts unmeasured (estimated below), never undrawn: resvg loads the same bytes itself.
        let _ = register_font(FAMILY, FontStyle::Normal, notosans::REGULAR_TTF);
        let _ = register_font(FAMILY, FontStyle::Bold, notosans::BOLD_TTF);
    });
}

/// Width of a text, px, at a size in px.
pub fn text_width(text: &str, size: f64, bold: bool) -> f64 {
    register();
    let style = if bold { FontStyle::Bold } else { FontStyle::Normal };
    // Made anew: a font's `style` method changes its name but not the letters measured.
    let font = FontDesc::new(FontFamily::Name(FAMILY), 1000.0, style);
    match font.box_size(text) {
        Ok((width, _)) => f64::from(width) / 1000.0 * LINE_PER_EM * size,
        Err(_) => text.chars().count() as f64 * 0.6 * size,
    }
}

/// The text, cut with "…" where it would be wider than `width` px.
pub fn fit(text: &str, width: f64, size: f64, bold: bool) -> String {
    if text_width(text, size, bold) <= width {
        return text.to_owned();
    }
    let mut kept: Vec<char> = text.chars().collect();
    while kept.pop().is_some() {
        let shorter = format!("{}…", kept.iter().collect::<String>().trim_end());
        if text_width(&shorter, size, bold) <= width {
            return shorter;
        }
    }
    String::new()
}

/// The largest size of at most `size` px and at least 0.84 of it at which the text is no wider than `width` px, and the text, cut if need be.
pub fn shrink(text: &str, width: f64, size: f64, bold: bool) -> (f64, String) {
    let sizes = [1.0, 0.92, 0.84].map(|share| share * size);
    let fitting = sizes.into_iter().find(|s| text_width(text, *s, bold) <= width);
    fitting.map_or_else(|| (sizes[2], fit(text, width, sizes[2], bold)), |s| (s, text.to_owned()))
}

/// The text broken at spaces into lines of at most `width` px.
pub fn wrap(text: &str, width: f64, size: f64, bold: bool) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if !line.is_empty() && text_width(&longer, size, bold) > width {
            lines.push(std::mem::replace(&mut line, word.to_owned()));
        } else {
            line = longer;
        }
    }
    lines.push(line);
    lines.into_iter().map(|line| fit(&line, width, size, bold)).collect()
}
