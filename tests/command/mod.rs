//! A place of its own for a test, and commands run in it.
#![allow(dead_code)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use coercivity::report::png;
use resvg::tiny_skia::Rect;
use resvg::usvg::{Group, Node};

pub fn scenario(name: &str) -> String {
    format!("{}/scenarios/{name}", env!("CARGO_MANIFEST_DIR"))
}

pub struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    pub fn new() -> Desk {
        Desk { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_coercivity"));
        command.args(arguments).current_dir(self.path()).output().expect("the command starts")
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
    }

    pub fn write(&self, path: &str, text: &str) {
        fs::write(self.path().join(path), text).expect("a writable folder");
    }

    /// Every file and folder below, relative, with `/`; hidden ones too.
    pub fn files(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        walk(self.path(), self.path(), &mut found);
        found
    }
}

fn walk(root: &Path, folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a readable folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(root, &path, found);
        }
        let relative = path.strip_prefix(root).expect("below");
        found.insert(relative.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"));
    }
}

pub fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

pub fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn done(output: &Output) {
    assert_eq!(code(output), 0, "{}", told(output));
}

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

fn texts(group: &Group, found: &mut Vec<(String, Rect)>) {
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
