//! JSON to XML and back: a Bundle of 1 MB, the same in every run. `scripts/bench-xml` measures HAPI FHIR beside it.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fhir::xml::{Document, from_xml, to_xml};
use fhir::{Number, Value, Version, array, canonical, object};

const SIZE: usize = 1 << 20;

/// Xorshift with a fixed seed: the same resources in every run.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let sides = u64::try_from(from.len()).unwrap();
        from[usize::try_from(self.throw(sides)).unwrap()]
    }

    fn base64(&mut self, length: usize) -> String {
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        (0..length).map(|_| char::from(ALPHABET[usize::try_from(self.throw(64)).unwrap()])).collect()
    }
}

fn reference(kind: &str, id: u64) -> Value {
    object! {
        "reference" => format!("{kind}/{id}"),
        "identifier" => object! { "system" => "https://attesta.example/ids", "value" => format!("{kind}-{id}") },
    }
}

fn patient(id: u64, dice: &mut Dice) -> Value {
    object! {
        "resourceType" => "Patient",
        "id" => id.to_string(),
        "identifier" => array![object! {
            "system" => "https://attesta.example/ids", "value" => format!("Patient-{id}"),
        }],
        "name" => array![object! {
            "family" => dice.pick(&["Åkesson", "Ben Salah", "Okafor", "García", "Müller"]),
            "given" => array![dice.pick(&["Maria", "Yusuf", "Zoë", "علي"])],
        }],
        "gender" => dice.pick(&["female", "male", "other", "unknown"]),
        "birthDate" => format!("19{}-0{}-1{}", 30 + dice.throw(70), 1 + dice.throw(9), dice.throw(10)),
    }
}

fn answer(dice: &mut Dice) -> Value {
    match dice.throw(4) {
        0 => {
            object! { "valueDecimal" => Number::new(format!("{}.{}0", dice.throw(200), dice.throw(10))).unwrap() }
        }
        1 => object! { "valueBoolean" => dice.throw(2) == 0 },
        2 => {
            object! { "valueString" => dice.pick(&["Better after a walk", "a < b & c", "„besser“ – أفضل", "\"no\""]) }
        }
        _ => object! { "valueCoding" => object! {
            "extension" => array![object! {
                "url" => "http://hl7.org/fhir/StructureDefinition/ordinalValue",
                "valueDecimal" => Number::new(dice.throw(4).to_string()).unwrap(),
            }],
            "system" => "http://loinc.org",
            "code" => dice.pick(&["LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9"]),
            "display" => "More than half the days – أكثر من نصف الأيام",
        } },
    }
}

fn response(id: u64, dice: &mut Dice) -> Value {
    let items: Vec<Value> = (0..9)
        .map(|number| {
            object! {
                "linkId" => format!("/{number}"),
                "text" => "Over the last 2 weeks, how often have you been bothered by any of the following problems?",
                "answer" => array![answer(dice)],
            }
        })
        .collect();
    object! {
        "resourceType" => "QuestionnaireResponse",
        "id" => id.to_string(),
        "meta" => object! { "versionId" => "1", "lastUpdated" => "2026-11-21T08:41:07.000Z" },
        "language" => "en",
        "text" => object! {
            "status" => "generated",
            "div" => format!("<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Answers &amp; scores <b>{id}</b></p></div>"),
        },
        "identifier" => object! {
            "system" => "urn:ietf:rfc:3986", "value" => format!("urn:uuid:00000000-0000-4000-8000-{id:012}"),
        },
        "questionnaire" => "https://attesta.example/fhir/Questionnaire/phq-9|1.0.0",
        "status" => "completed",
        "subject" => reference("Patient", id),
        "authored" => "2026-11-21T09:41:07+01:00",
        "author" => reference("Device", 3),
        "source" => reference("Patient", id),
        "item" => array![object! { "linkId" => "/", "text" => "Your mood", "item" => items }],
    }
}

fn provenance(id: u64, dice: &mut Dice) -> Value {
    object! {
        "resourceType" => "Provenance",
        "id" => id.to_string(),
        "target" => array![object! { "reference" => format!("QuestionnaireResponse/{id}/_history/1") }],
        "occurredDateTime" => "2026-11-21T08:41:07Z",
        "recorded" => "2026-11-21T08:41:07Z",
        "agent" => array![object! { "who" => reference("Device", 3), "onBehalfOf" => reference("Patient", id) }],
        "signature" => array![object! {
            "type" => array![object! {
                "system" => "urn:iso-astm:E1762-95:2013", "code" => "1.2.840.10065.1.12.1.14",
            }],
            "when" => "2026-11-21T08:41:07Z",
            "who" => reference("Device", 3),
            "sigFormat" => "application/jose",
            "data" => dice.base64(2000),
        }],
    }
}

/// Patients, responses and Provenances until the JSON has 1 MB.
fn bundle() -> Value {
    let mut dice = Dice(0x0a77_e57a);
    let (mut entries, mut size, mut id) = (Vec::new(), 0, 0);
    while size < SIZE {
        id += 1;
        for resource in [patient(id, &mut dice), response(id, &mut dice), provenance(id, &mut dice)] {
            let kind = resource.resource_type().unwrap().to_owned();
            let url = format!("https://attesta.example/fhir/{kind}/{id}");
            let entry = object! { "fullUrl" => url, "resource" => resource };
            size += entry.to_json().len() + 1;
            entries.push(entry);
        }
    }
    object! { "resourceType" => "Bundle", "type" => "collection", "entry" => entries }
}

fn there_and_back(json: &str) -> String {
    let resource = Value::parse(json.as_bytes()).unwrap();
    let xml = to_xml(&resource, Version::R4).unwrap();
    from_xml(xml.as_bytes(), Version::R4).unwrap().to_json()
}

fn xml(criterion: &mut Criterion) {
    let bundle = bundle();
    let json = bundle.to_json();
    let back = Value::parse(there_and_back(&json).as_bytes()).unwrap();
    assert_eq!(canonical::number_text(&back), canonical::number_text(&bundle), "nothing is lost");
    if let Some(folder) = std::env::var_os("ATTESTA_BENCH_XML") {
        std::fs::write(folder, &json).expect("the Bundle is written for the other program");
    }
    let mut group = criterion.benchmark_group("xml");
    group.throughput(Throughput::Bytes(u64::try_from(json.len()).unwrap()));
    group.bench_function("there and back", |bench| bench.iter(|| there_and_back(black_box(&json))));
    let xml = to_xml(&bundle, Version::R4).unwrap();
    group.bench_function("parse JSON", |bench| {
        bench.iter(|| Value::parse(black_box(json.as_bytes())).unwrap());
    });
    group.bench_function("write XML", |bench| {
        bench.iter(|| to_xml(black_box(&bundle), Version::R4).unwrap());
    });
    group.bench_function("the document alone", |bench| {
        bench.iter(|| Document::parse(black_box(xml.as_bytes())).unwrap());
    });
    group.bench_function("parse XML", |bench| {
        bench.iter(|| from_xml(black_box(xml.as_bytes()), Version::R4).unwrap());
    });
    group.bench_function("write JSON", |bench| bench.iter(|| black_box(&bundle).to_json()));
    group.finish();
}

criterion_group!(benches, xml);
criterion_main!(benches);
