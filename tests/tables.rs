//! The tables of a run have the promised columns, and as many rows as there are numbers.

mod synthetic;

use coercivity::results::csv;

fn read(text: &[u8]) -> (String, Vec<::csv::StringRecord>) {
    let mut table = ::csv::Reader::from_reader(text);
    let head = table.headers().expect("a head").iter().collect::<Vec<_>>().join(",");
    (head, table.records().map(|r| r.expect("a row as wide as the head")).collect())
}

#[test]
fn every_table_has_its_columns_and_all_its_rows() {
    let results = synthetic::results();
    let folder = tempfile::tempdir().expect("a folder");
    csv::write_all(&results, folder.path()).expect("written tables");
    let table = |name: &str| read(&std::fs::read(folder.path().join(name)).expect("a table"));

    let (head, rows) = table("summary.csv");
    assert_eq!((head.as_str(), rows.len()), ("metric,scope,stat,value,se,lo95,hi95,n", results.summary.len()));
    let (head, rows) = table("timeseries.csv");
    let numbers: usize = results.series.iter().flat_map(|s| &s.stats).map(|(_, values)| values.len()).sum();
    assert_eq!((head.as_str(), rows.len()), ("period,date,variable,scope,stat,value,unit", numbers));
    assert_eq!(&rows[1][1], "2025-01-13");
    let (head, rows) = table("realizations.csv");
    assert_eq!((head.as_str(), rows.len()), ("realization,review_weeks,lost_output_world", 100));
    let (head, rows) = table("exceedance.csv");
    assert_eq!((head.as_str(), rows.len()), ("metric,scope,threshold,probability,lo95,hi95,n", results.exceedance.len()));
    assert_eq!(table("convergence.csv").0, "metric,scope,n,mean,se");
}

#[test]
fn the_table_of_magnet_exports_is_the_one_that_was_asked_for() {
    let mut text = Vec::new();
    csv::exports(&synthetic::results(), &mut text).expect("a table");
    let (head, rows) = read(&text);
    assert_eq!(head, "month,destination,p05,p25,p50,p75,p95,mean,unit,partial");
    assert_eq!((&rows[0][0], &rows[0][8], &rows[0][9], &rows[1][9]), ("2025-01", "t/month", "true", "false"));
}
