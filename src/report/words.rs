//! In: finished results. Out: the page of words printed after a run, in at most 100 columns.
