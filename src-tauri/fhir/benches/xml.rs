//! A Bundle of 1 MB from JSON to XML and back, each step by itself and as a whole.
//!
//! `cargo bench -p fhir --bench xml`.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fhir::xml::{Document, from_xml, to_xml};
use fhir::{Number, Value, Version, array, object};

/// One answered item with a coding, its score and a text in three scripts.
fn item(number: usize) -> Value {
    object! {
        "linkId" => format!("/question-{number}"),
        "text" => format!("Over the last two weeks, how often were you bothered by problem {number} of the list?"),
        "answer" => array![object! {
            "valueCoding" => object! {
                "extension" => array![object! {
                    "url" => "http://hl7.org/fhir/StructureDefinition/ordinalValue",
                    "valueDecimal" => Number::new(format!("{}.0", number % 4)).unwrap(),
                }],
                "system" => "http://loinc.org",
                "code" => format!("LA656{number}-5"),
                "display" => "Several days – einige Tage – عدة أيام",
            },
        }],
    }
}

/// Responses with a narrative and answered items.
fn bundle() -> Value {
    let entry = |number: usize| {
        let div = format!(
            "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Answers &amp; scores <b>{number}</b></p></div>"
        );
        object! {
            "fullUrl" => format!("urn:uuid:00000000-0000-4000-8000-{number:012}"),
            "resource" => object! {
                "resourceType" => "QuestionnaireResponse",
                "id" => format!("r{number}"),
                "meta" => object! { "versionId" => "1", "lastUpdated" => "2026-11-21T08:42:00.000Z" },
                "text" => object! { "status" => "generated", "div" => div },
                "questionnaire" => "https://attesta.example/Questionnaire/bench|1.0.0",
                "status" => "completed",
                "subject" => object! { "reference" => "Patient/p" },
                "authored" => "2026-11-21T09:41:07+01:00",
                "item" => (1..=9).map(item).collect::<Vec<_>>(),
            },
        }
    };
    let entries: Vec<Value> = (0..285).map(entry).collect();
    object! { "resourceType" => "Bundle", "type" => "collection", "entry" => entries }
}

fn xml(criterion: &mut Criterion) {
    let json = bundle().to_json();
    let value = Value::parse(json.as_bytes()).unwrap();
    let text = to_xml(&value, Version::R4).unwrap();
    assert!((1_000_000..1_100_000).contains(&json.len()), "{}", json.len());
    assert_eq!(from_xml(text.as_bytes(), Version::R4).unwrap(), value);

    let mut group = criterion.benchmark_group("bundle of 1 MB");
    group.throughput(Throughput::Bytes(json.len() as u64)).sample_size(40);
    group.bench_function("parse JSON", |bench| {
        bench.iter(|| Value::parse(black_box(json.as_bytes())).unwrap());
    });
    group.bench_function("to XML", |bench| bench.iter(|| to_xml(black_box(&value), Version::R4).unwrap()));
    group.bench_function("parse XML", |bench| {
        bench.iter(|| Document::parse(black_box(text.as_bytes())).unwrap());
    });
    group.bench_function("from XML", |bench| {
        bench.iter(|| from_xml(black_box(text.as_bytes()), Version::R4).unwrap());
    });
    group.bench_function("write JSON", |bench| bench.iter(|| black_box(&value).to_json()));
    group.bench_function("JSON to XML to JSON", |bench| {
        bench.iter(|| {
            let value = Value::parse(black_box(json.as_bytes())).unwrap();
            let text = to_xml(&value, Version::R4).unwrap();
            from_xml(text.as_bytes(), Version::R4).unwrap().to_json()
        });
    });
    group.finish();
}

criterion_group!(benches, xml);
criterion_main!(benches);
