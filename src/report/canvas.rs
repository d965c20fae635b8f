//! In: lines, areas and texts in pixels. Out: an SVG drawn by plotters at ten times the size, so that its whole pixels do not show.

use plotters::coord::Shift;
use plotters::element::{Drawable, PathElement, Polygon, Rectangle, Text};
use plotters::prelude::{DrawingArea, IntoDrawingArea, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontStyle, IntoFont, ShapeStyle, TextStyle};

use super::theme::{self, BLACK, Ink};

/// Drawn units per pixel.
const SCALE: f64 = 10.0;
/// plotters divides font sizes by this.
const FONT_DIVISOR: f64 = 1.24;
/// plotters puts the top of a text this many ems above its baseline.
const TOP_TO_BASELINE: f64 = 0.76;

/// A chart could not be drawn.
#[derive(Debug, thiserror::Error)]
#[error("the chart could not be drawn: {0}")]
pub struct DrawError(String);

/// Which end of a text stands at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text looks.
#[derive(Debug, Clone, Copy)]
pub struct Type {
    /// px.
    pub size: f64,
    /// Bold rather than regular.
    pub bold: bool,
    /// Colour.
    pub ink: Ink,
    /// Which end stands at the given place.
    pub anchor: Anchor,
}

impl Type {
    /// Regular dark text starting at its place.
    pub const fn new(size: f64) -> Type {
        Type { size, bold: false, ink: BLACK, anchor: Anchor::Start }
    }
    /// In bold.
    pub const fn bold(self) -> Type {
        Type { bold: true, ..self }
    }
    /// In a colour.
    pub const fn ink(self, ink: Ink) -> Type {
        Type { ink, ..self }
    }
    /// Centred on its place, or ending there.
    pub const fn anchor(self, anchor: Anchor) -> Type {
        Type { anchor, ..self }
    }
}

/// A sheet to draw on; the origin is its top left corner, the unit is the pixel.
pub struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
    failure: Option<String>,
}

/// Draw a sheet of `width` × `height` px.
pub fn sheet(width: f64, height: f64, draw: impl FnOnce(&mut Canvas<'_>)) -> Result<String, DrawError> {
    theme::register();
    let (width, height) = (width.ceil(), height.ceil());
    let size = ((width * SCALE) as u32, (height * SCALE) as u32);
    let mut svg = String::new();
    let failure = {
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        let mut canvas = Canvas { area, failure: None };
        canvas.rectangle((0.0, 0.0), (width, height), theme::WHITE);
        draw(&mut canvas);
        if let Err(error) = canvas.area.present() {
            canvas.failure.get_or_insert(error.to_string());
        }
        canvas.failure
    };
    if let Some(failure) = failure {
        return Err(DrawError(failure));
    }
    let drawn = format!("width=\"{}\" height=\"{}\" viewBox", size.0, size.1);
    let shown = format!("width=\"{width}\" height=\"{height}\" stroke-linejoin=\"round\" viewBox");
    Ok(svg.replacen(&drawn, &shown, 1).replace("font-family=\"Noto Sans\"", &format!("font-family=\"{}\"", theme::FAMILY_STACK)))
}

fn units((x, y): (f64, f64)) -> (i32, i32) {
    ((x * SCALE).round() as i32, (y * SCALE).round() as i32)
}

impl<'a> Canvas<'a> {
    fn put<E>(&mut self, element: E)
    where
        for<'b> &'b E: plotters::element::PointCollection<'b, (i32, i32)>,
        E: Drawable<SVGBackend<'a>>,
    {
        if let Err(error) = self.area.draw(&element) {
            self.failure.get_or_insert(error.to_string());
        }
    }

    /// A line through points, `width` px wide.
    pub fn line(&mut self, points: &[(f64, f64)], ink: Ink, width: f64) {
        let style = ShapeStyle { color: ink.plotters(), filled: false, stroke_width: (width * SCALE).round() as u32 };
        self.put(PathElement::new(points.iter().map(|p| units(*p)).collect::<Vec<_>>(), style));
    }

    /// The same in strokes and gaps of the given lengths, px, in turn; none: one stroke.
    pub fn dashed(&mut self, points: &[(f64, f64)], ink: Ink, width: f64, lengths: &[f64]) {
        if lengths.iter().sum::<f64>() <= 0.0 {
            return self.line(points, ink, width);
        }
        let Some(&start) = points.first() else { return };
        let (mut turn, mut left, mut stroke) = (0, lengths[0], vec![start]);
        for pair in points.windows(2) {
            let (mut from, to) = (pair[0], pair[1]);
            let mut rest = (to.0 - from.0).hypot(to.1 - from.1);
            while rest > left {
                let share = left / rest;
                from = (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share);
                stroke.push(from);
                if turn % 2 == 0 {
                    self.line(&stroke, ink, width);
                }
                stroke = vec![from];
                rest -= left;
                turn += 1;
                left = lengths[turn % lengths.len()].max(0.1);
            }
            left -= rest;
            stroke.push(to);
        }
        if turn % 2 == 0 && stroke.len() > 1 {
            self.line(&stroke, ink, width);
        }
    }

    /// A filled area.
    pub fn area(&mut self, points: &[(f64, f64)], ink: Ink) {
        self.put(Polygon::new(points.iter().map(|p| units(*p)).collect::<Vec<_>>(), ShapeStyle::from(ink.plotters()).filled()));
    }

    /// A filled rectangle between two corners.
    pub fn rectangle(&mut self, from: (f64, f64), to: (f64, f64), ink: Ink) {
        self.put(Rectangle::new([units(from), units(to)], ShapeStyle::from(ink.plotters()).filled()));
    }

    /// A text whose baseline passes through the place.
    pub fn text(&mut self, text: &str, (x, baseline): (f64, f64), face: Type) {
        if text.is_empty() {
            return;
        }
        let style = if face.bold { FontStyle::Bold } else { FontStyle::Normal };
        let horizontal = match face.anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let font = (theme::FAMILY, face.size * SCALE * FONT_DIVISOR).into_font().style(style);
        let ink = face.ink.plotters();
        let style = TextStyle::from(font).color(&ink).pos(Pos::new(horizontal, VPos::Top));
        let place = units((x, baseline - TOP_TO_BASELINE * face.size));
        self.put(Text::new(text.to_owned(), place, style));
    }
}
