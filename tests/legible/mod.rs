//! Whether a chart can be read.
#![allow(dead_code)] // each test file that shares it uses a part

use coercivity::report::png;
use resvg::tiny_skia::Rect;
use resvg::usvg::{Group, Node};

/// No text of a chart is cut off or lies on another.
pub fn legible(name: &str, svg: &str) {
    let tree = png::tree(svg).unwrap_or_else(|e| panic!("{name}: {e}"));
    let (width, height) = (tree.size().width(), tree.size().height());
    let mut found = Vec::new();
    texts(tree.root(), &mut found);
    assert!(found.len() > 5, "{name} has words");
    // Boxes hold the font's whole line height: the letters themselves fill about its middle.
    let trim = |r: &Rect| (r.left() + 0.5, r.right() - 0.5, r.top() + r.height() * 0.2, r.bottom() - r.height() * 0.2);
    for (index, (words, at)) in found.iter().enumerate() {
        let inside = at.left() >= 0.0 && at.top() >= 0.0 && at.right() <= width && at.bottom() <= height;
        assert!(inside, "{name}: `{words}` is cut off at {at:?} of {width} × {height}");
        for (others, there) in &found[..index] {
            let ((a, b, c, d), (e, f, g, h)) = (trim(at), trim(there));
            assert!(b <= e || f <= a || d <= g || h <= c, "{name}: `{words}` overlaps `{others}`");
        }
    }
}

/// Every text with its box on the sheet.
pub fn texts(group: &Group, found: &mut Vec<(String, Rect)>) {
    for node in group.children() {
        match node {
            Node::Group(inner) => texts(inner, found),
            Node::Text(text) => {
                let words = text.chunks().iter().map(|c| c.text()).collect::<String>();
                found.push((words, text.abs_bounding_box()));
            }
            _ => {}
        }
    }
}
