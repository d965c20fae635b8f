//! In: a finished Results. Out: charts and the page of words.
