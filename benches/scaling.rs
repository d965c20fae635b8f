//! How the cost of a realization changes with threads, realizations, periods and facilities.

#![allow(missing_docs)] // criterion_group writes functions without any

mod common;

use std::time::Duration;

use coercivity::wide::WIDTH;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

use common::{Case, random_network};

fn threads_and_realizations(c: &mut Criterion) {
    let case = Case::shipped("benchmark-full.toml", false, &[]);
    let mut group = c.benchmark_group("common model, full");
    group.sample_size(10).measurement_time(Duration::from_secs(4));
    let most = std::thread::available_parallelism().map_or(1, usize::from);
    for threads in (0..).map(|k| 1 << k).take_while(|t| *t <= most) {
        group.throughput(Throughput::Elements(20_000));
        group.bench_function(format!("{threads} threads"), |b| b.iter(|| case.run(20_000, threads)));
    }
    for realizations in [1_000, 10_000, 100_000] {
        group.throughput(Throughput::Elements(realizations));
        group.bench_function(format!("{realizations} realizations"), |b| b.iter(|| case.run(realizations, most)));
    }
}

fn periods(c: &mut Criterion) {
    let mut group = c.benchmark_group("common model by periods");
    for weeks in [130, 260, 520, 1040] {
        let case = Case::shipped("benchmark-full.toml", false, &[("run.horizon", &format!("{weeks} weeks"))]);
        group.throughput(Throughput::Elements(weeks * WIDTH as u64));
        group.bench_function(format!("{weeks} weeks"), |b| b.iter(|| case.batch()));
    }
}

fn facilities(c: &mut Criterion) {
    let mut group = c.benchmark_group("random networks by facilities");
    group.sample_size(10).measurement_time(Duration::from_secs(4));
    for facilities in [10, 100, 1_000, 10_000] {
        let case = Case::text(&random_network(facilities, 52));
        group.throughput(Throughput::Elements(case.network.facilities.len() as u64 * 52 * WIDTH as u64));
        group.bench_function(format!("{facilities} facilities"), |b| b.iter(|| case.batch()));
    }
}

criterion_group!(benches, threads_and_realizations, periods, facilities);
criterion_main!(benches);
