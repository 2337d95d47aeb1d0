//! Scores and conditions on a PHQ-9 response, compiled once.
//!
//! `scripts/bench-fhirpath` runs it beside NLM's fhirpath.js and prints the ratios; `cargo bench -p fhirpath` is this half
//! alone.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use fhir::{Value, Version};
use fhirpath::{Context, Expression, Questionnaire};

const EXPRESSIONS: &str = include_str!("../../../scripts/bench-peers/fhirpath.txt");
/// A PHQ-9 with every question answered, and its form.
const RESPONSE: &[u8] = include_bytes!("../../questionnaire/tests/golden/phq-9.response.json");
const FORM: &[u8] = include_bytes!("../../questionnaire/instruments/phq-9.json");

fn scoring(criterion: &mut Criterion) {
    let response = Value::parse(RESPONSE).unwrap();
    let form = Questionnaire::new(Arc::new(Value::parse(FORM).unwrap()));
    let context = Context::new(Version::R4).resource(&response).questionnaire(&form);
    let mut group = criterion.benchmark_group("scoring");
    for line in EXPRESSIONS.lines().filter(|line| !line.starts_with('#')) {
        let (name, text) = line.split_once(" = ").unwrap();
        let expression = Expression::parse(text).unwrap();
        assert_eq!(expression.evaluate(&context, &response).unwrap().len(), 1, "{text} has a result");
        group.bench_function(name, |bench| {
            bench.iter(|| expression.evaluate(black_box(&context), black_box(&response)).unwrap());
        });
    }
    group.bench_function("reading an expression", |bench| {
        bench.iter(|| {
            Expression::parse(black_box("%resource.item.answer.value.weight().sum() > 10")).unwrap()
        });
    });
    group.finish();
}

criterion_group!(benches, scoring);
criterion_main!(benches);
