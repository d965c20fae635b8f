//! The flagship and the common model, a batch at a time: whole, and each verb of a step apart. Throughput counts slots and lanes ×
//! periods × realizations, so that criterion's "elem/s" is the inverse of the cost of one.

#![allow(missing_docs)] // criterion_group writes functions without any

mod common;

use std::time::Duration;

use coercivity::engine::VERBS;
use coercivity::ensemble::dispatch;
use coercivity::ensemble::profile::{Profile, profile_on};
use coercivity::wide::WIDTH;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime};

use common::Case;

fn cases() -> [(&'static str, Case); 3] {
    [
        ("common model, core", Case::shipped("benchmark-core.toml", false, &[])),
        ("common model, full", Case::shipped("benchmark-full.toml", false, &[])),
        ("flagship with baseline", Case::shipped("2025-export-licences.toml", true, &[])),
    ]
}

fn whole(c: &mut Criterion) {
    let mut group = c.benchmark_group("batch");
    group.sample_size(20).measurement_time(Duration::from_secs(5));
    for (name, case) in cases() {
        group.throughput(Throughput::Elements(case.steps() * WIDTH as u64));
        group.bench_function(name, |b| b.iter(|| case.batch()));
    }
}

fn part(group: &mut BenchmarkGroup<'_, WallTime>, case: &Case, name: &str, of: impl Fn(&Profile) -> Duration) {
    group.bench_function(name, |b| {
        b.iter_custom(|n| (0..n).map(|_| of(&profile_on(dispatch::widest(), case.job()))).sum());
    });
}

fn parts(c: &mut Criterion) {
    for (name, case) in cases().into_iter().skip(1) {
        let mut group = c.benchmark_group(format!("verbs, {name}"));
        group.sample_size(10).measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_secs(1));
        let steps = (case.network.slots.len() + case.network.lanes.len()) as u64 * case.plan.horizon as u64;
        group.throughput(Throughput::Elements(steps * WIDTH as u64));
        part(&mut group, &case, "open", |p| p.open);
        part(&mut group, &case, "draw", |p| p.draw);
        for (i, verb) in VERBS.into_iter().enumerate() {
            part(&mut group, &case, verb, |p| p.verbs[i]);
        }
        part(&mut group, &case, "watch", |p| p.watch);
        part(&mut group, &case, "note", |p| p.note);
    }
}

criterion_group!(benches, whole, parts);
criterion_main!(benches);
