//! In: an SVG of this room. Out: the same picture as a PNG, with the bundled font only, so it looks alike everywhere.

use std::sync::{Arc, LazyLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

use super::theme;

/// PNG pixels per SVG pixel.
pub const SCALE: f32 = 2.0;

/// A PNG could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PngError {
    /// The SVG is not one.
    #[error("the drawing is not readable: {0}")]
    Svg(#[from] resvg::usvg::Error),
    /// No memory for so large a picture.
    #[error("a picture of {0} × {1} pixels does not fit")]
    Size(u32, u32),
    /// The encoder failed.
    #[error("the picture could not be encoded: {0}")]
    Encode(String),
}

static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(notosans::REGULAR_TTF.to_vec());
    fonts.load_font_data(notosans::BOLD_TTF.to_vec());
    fonts.set_sans_serif_family(theme::FAMILY);
    Arc::new(fonts)
});

/// The SVG parsed, with the bundled font.
pub fn tree(svg: &str) -> Result<Tree, PngError> {
    let options = Options { fontdb: Arc::clone(&FONTS), font_family: theme::FAMILY.to_owned(), ..Options::default() };
    Ok(Tree::from_str(svg, &options)?)
}

/// The SVG as PNG, [`SCALE`] times its size.
pub fn png(svg: &str) -> Result<Vec<u8>, PngError> {
    let tree = tree(svg)?;
    let size = tree.size().to_int_size().scale_by(SCALE).ok_or(PngError::Size(0, 0))?;
    let mut picture = Pixmap::new(size.width(), size.height()).ok_or(PngError::Size(size.width(), size.height()))?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut picture.as_mut());
    picture.encode_png().map_err(|error| PngError::Encode(error.to_string()))
}
