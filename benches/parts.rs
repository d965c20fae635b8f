//! The cost of draws, of elementary functions, of tallies and of percentiles, a number each.

#![allow(missing_docs)] // criterion_group writes functions without any

mod common;

use std::hint::black_box;

use coercivity::ensemble::histogram::{Histogram, Note};
use coercivity::shocks::stream::{fill, key, normals};
use coercivity::wide::{self, Row, WIDTH, ZERO};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// Rows that look like prices around 100.
fn rows(n: usize) -> Vec<Row> {
    let k = key(3, "bench", "prices");
    (0..n)
        .map(|i| {
            let z = normals(k, i as u32, 0)[0];
            wide::exp(&wide::each(|w| 4.6 + 0.5 * f64::from(z[w])))
        })
        .collect()
}

fn draws(c: &mut Criterion) {
    // Compiled for the plain instruction set: `model` has them as a run does.
    let mut group = c.benchmark_group("draws, plain instructions");
    let k = key(1, "bench", "x");
    group.throughput(Throughput::Elements(WIDTH as u64));
    group.bench_function("uniform", |b| {
        let mut out = ZERO;
        b.iter(|| fill(black_box(k), 1, 0, &mut out));
    });
    group.throughput(Throughput::Elements(4 * WIDTH as u64));
    group.bench_function("normal", |b| b.iter(|| normals(black_box(k), 1, 0)));
    let row = rows(1)[0];
    group.throughput(Throughput::Elements(WIDTH as u64));
    group.bench_function("exp", |b| b.iter(|| wide::exp(black_box(&row))));
    group.bench_function("ln", |b| b.iter(|| wide::ln(black_box(&row))));
    group.bench_function("normal quantile", |b| b.iter(|| wide::each(|w| wide::normal_quantile1(black_box(&row)[w] / 1e4))));
}

fn tallies(c: &mut Criterion) {
    let mut group = c.benchmark_group("tallies");
    let list = rows(4096);
    group.throughput(Throughput::Elements((list.len() * WIDTH) as u64));
    group.bench_function("note", |b| b.iter(|| list.iter().map(|row| Note::new(row, WIDTH).sum).sum::<f64>()));
    let notes: Vec<Note> = list.iter().map(|row| Note::new(row, WIDTH)).collect();
    group.bench_function("count", |b| {
        let mut h = Histogram::default();
        b.iter(|| notes.iter().for_each(|note| h.add_note(note, WIDTH)));
    });
    let mut counted = Histogram::default();
    notes.iter().for_each(|note| counted.add_note(note, WIDTH));
    group.throughput(Throughput::Elements(5));
    group.bench_function("five percentiles, counted", |b| b.iter(|| counted.percentiles(black_box([0.05, 0.25, 0.5, 0.75, 0.95]))));
    let all: Vec<f64> = list.iter().flat_map(|row| row.iter().copied()).collect();
    group.bench_function("five percentiles, sorted", |b| {
        b.iter(|| {
            let mut sorted = all.clone();
            sorted.sort_unstable_by(f64::total_cmp);
            [0.05, 0.25, 0.5, 0.75, 0.95].map(|q| sorted[(q * (sorted.len() - 1) as f64) as usize])
        });
    });
}

criterion_group!(benches, draws, tallies);
criterion_main!(benches);
