//! In: lines, paragraphs, rows of cells. Out: a page of words, at most 100 columns wide.

/// Columns of the page.
pub const COLUMNS: usize = 100;

/// A page in the making.
#[derive(Default)]
pub(super) struct Page {
    /// What it says so far.
    pub text: String,
}

impl Page {
    /// One line.
    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// A heading, after an empty line.
    pub(super) fn heading(&mut self, heading: &str) {
        self.line("");
        self.line(heading);
    }

    /// A text broken at spaces; later lines stand under the first word after `mark`.
    pub(super) fn wrapped(&mut self, mark: &str, text: &str) {
        let indent = " ".repeat(mark.chars().count());
        let mut line = mark.to_owned();
        let mut empty = true;
        // A no-break space is white too, and must not break.
        for word in text.split([' ', '\n', '\t']).filter(|w| !w.is_empty()) {
            if !empty && line.chars().count() + 1 + word.chars().count() > COLUMNS {
                self.line(&std::mem::replace(&mut line, indent.clone()));
                empty = true;
            }
            if !empty {
                line.push(' ');
            }
            line.push_str(word);
            empty = false;
        }
        self.line(&line);
    }

    /// Columns set flush: the first to the left, the others to the right.
    pub(super) fn table(&mut self, rows: &[Vec<String>]) {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |c: usize| rows.iter().filter_map(|r| r.get(c)).map(|cell| cell.chars().count()).max().unwrap_or(0);
        let mut widths: Vec<usize> = (0..columns).map(width).collect();
        let over = (widths.iter().sum::<usize>() + 2 * columns).saturating_sub(COLUMNS);
        if let Some(first) = widths.first_mut() {
            *first = first.saturating_sub(over).max(8);
        }
        for row in rows {
            let mut line = String::from(" ");
            for (index, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let cell = if index == 0 { cut(cell, *width) } else { cell.clone() };
                let space = " ".repeat(width.saturating_sub(cell.chars().count()));
                if index == 0 {
                    line.push_str(&format!(" {cell}{space}"));
                } else {
                    line.push_str(&format!("  {space}{cell}"));
                }
            }
            self.line(&line);
        }
    }
}

/// A name cut to a column's width.
fn cut(name: &str, width: usize) -> String {
    if name.chars().count() <= width {
        name.to_owned()
    } else {
        format!("{}…", name.chars().take(width - 1).collect::<String>().trim_end())
    }
}
