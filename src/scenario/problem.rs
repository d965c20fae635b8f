//! In: what was found wrong. Out: a list of problems, each with the key path it concerns.
//!
//! A problem carries a key path such as `facility[CHN_X].cover_in`; its line and column are looked up only for display.

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; the run goes on.
    Warning,
    /// The scenario cannot be run.
    Error,
}

/// One thing wrong with a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Error or warning.
    pub severity: Severity,
    /// Key path, e.g. `event[april].scope.from[1]`; empty: the whole file. An item without an id is called by its place, `event[#2]`.
    /// ` (key)` at the end means the key instead of its value, ` in FILE` says in which file, `@12..34 in FILE` are bytes of a file.
    pub path: String,
    /// What is wrong, one sentence without a full stop.
    pub message: String,
    /// What to write under the caret; empty: nothing.
    pub label: String,
    /// How to mend it.
    pub help: Option<String>,
}

impl Problem {
    /// Adds how to mend it.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Adds what stands under the caret.
    pub fn label(&mut self, label: impl Into<String>) -> &mut Self {
        self.label = label.into();
        self
    }
}

/// Everything wrong with a scenario, found in one pass.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    list: Vec<Problem>,
}

impl Problems {
    /// Notes an error at a key path.
    pub fn error(&mut self, path: impl Into<String>, message: impl Into<String>) -> &mut Problem {
        self.push(Severity::Error, path.into(), message.into())
    }

    /// Notes a warning at a key path.
    pub fn warning(&mut self, path: impl Into<String>, message: impl Into<String>) -> &mut Problem {
        self.push(Severity::Warning, path.into(), message.into())
    }

    fn push(&mut self, severity: Severity, path: String, message: String) -> &mut Problem {
        self.list.push(Problem { severity, path, message, label: String::new(), help: None });
        let last = self.list.len() - 1;
        &mut self.list[last]
    }

    /// Whether any problem forbids a run.
    pub fn any_error(&self) -> bool {
        self.list.iter().any(|p| p.severity == Severity::Error)
    }

    /// The problems, in the order found.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.list.iter()
    }

    /// Number of problems.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Takes over the problems of another pass.
    pub fn append(&mut self, mut other: Problems) {
        self.list.append(&mut other.list);
    }
}
