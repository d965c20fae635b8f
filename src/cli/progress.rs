//! In: realizations done. Out: a bar on standard error with rate and time left, if a person is there to see it.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar for `total` realizations; hidden when `quiet` or when standard error is no terminal.
pub(crate) fn bar(total: u64, quiet: bool) -> ProgressBar {
    let bar = ProgressBar::new(total);
    if quiet {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let style = ProgressStyle::with_template("{wide_bar:.cyan} {human_pos}/{human_len} realizations  {per_sec}  {eta} left");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}

/// A bar for the points of a sweep, which moves with their realizations: `realizations` in all, so many points done already.
pub(crate) fn points(realizations: u64, (done, all): (usize, usize), quiet: bool) -> ProgressBar {
    let bar = ProgressBar::new(realizations);
    if quiet {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let style = ProgressStyle::with_template("{wide_bar:.cyan} {prefix}  {human_pos}/{human_len} realizations  {per_sec}  {eta} left");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.set_prefix(format!("{done} of {all} points"));
    bar
}
