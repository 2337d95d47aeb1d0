//! Reading, writing and canonicalising a response of PHQ-9's size, beside `serde_json` in the same run.
//!
//! `cargo bench -p fhir`. The comparison is not like for like: `serde_json::Value` drops duplicate names and number
//! text, which this crate must not. It says what exactness costs.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fhir::{Value, canonical, diff, object};

/// Nine answered questions and their texts: some 3 kB, as they are before the signature is added.
fn response() -> Value {
    let items: Vec<Value> = (1..=9)
        .map(|number: u32| {
            object! {
                "linkId" => format!("/question-{number}"),
                "text" => format!("Over the last two weeks, how often were you bothered by problem {number} of the list?"),
                "answer" => vec![object! {
                    "valueCoding" => object! {
                        "extension" => vec![object! {
                            "url" => "http://hl7.org/fhir/StructureDefinition/ordinalValue",
                            "valueDecimal" => fhir::Number::new(format!("{}.0", number % 4)).unwrap(),
                        }],
                        "system" => "http://loinc.org",
                        "code" => format!("LA656{number}-5"),
                        "display" => "Several days – einige Tage – عدة أيام",
                    },
                }],
            }
        })
        .collect();
    object! {
        "resourceType" => "QuestionnaireResponse",
        "language" => "en",
        "identifier" => object! {
            "system" => "urn:ietf:rfc:3986",
            "value" => "urn:uuid:3d1b51f5-2c9e-4a07-8a0e-a1f3d8c0b7aa",
        },
        "questionnaire" => "https://attesta.example/Questionnaire/bench|1.0.0",
        "status" => "completed",
        "authored" => "2026-11-21T09:41:07+01:00",
        "item" => items,
    }
}

fn json(criterion: &mut Criterion) {
    let response = response();
    let text = response.to_json();
    let theirs: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut changed = response.clone();
    changed.as_object_mut().unwrap().insert("status", "amended");
    let size = Throughput::Bytes(text.len() as u64);

    let mut group = criterion.benchmark_group("parse");
    group.throughput(size.clone());
    group.bench_function("fhir", |bench| bench.iter(|| Value::parse(black_box(text.as_bytes())).unwrap()));
    group.bench_function("serde_json", |bench| {
        bench.iter(|| serde_json::from_slice::<serde_json::Value>(black_box(text.as_bytes())).unwrap());
    });
    group.finish();

    let mut group = criterion.benchmark_group("write");
    group.throughput(size.clone());
    group.bench_function("fhir", |bench| bench.iter(|| black_box(&response).to_json()));
    group.bench_function("serde_json", |bench| bench.iter(|| black_box(&theirs).to_string()));
    group.finish();

    let mut group = criterion.benchmark_group("canonical");
    group.throughput(size);
    group.bench_function("jcs", |bench| bench.iter(|| canonical::jcs(black_box(&response)).unwrap()));
    group.bench_function("number_text", |bench| bench.iter(|| canonical::number_text(black_box(&response))));
    group.bench_function("differences, one", |bench| {
        bench.iter(|| diff::differences(black_box(&response), black_box(&changed)));
    });
    group.finish();
}

criterion_group!(benches, json);
criterion_main!(benches);
