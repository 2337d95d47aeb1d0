//! What is changed: responses with everything that one can have, and the Provenances about them.

use fhir::{Value, Version, array, object};
use seal::profile::{About, BASE_R5, PART11, Profile};
use seal::testing::{self, TestAuthority, number};

/// Responses of every kind of content, each small, and the Provenances about the first of them, which is signed as a device of this
/// release does it.
pub(super) fn all(version: Version) -> Vec<Value> {
    let authority = TestAuthority::new(40);
    let signer = authority.signer(7, testing::DEVICE_IDENTIFIER);
    let (device, patient, at) = (testing::device(), testing::patient(), testing::signed_at());
    let sign = |response: &Value| {
        seal::capture(response, &testing::statement(), at, &device, &patient, &signer).unwrap()
    };
    let signed = sign(&structured(version));
    let returned = testing::returned(&signed);
    let (target, activity) = ("QuestionnaireResponse/r1/_history/1", seal::Activity::Create);
    let signature =
        seal::persistence(&returned, target, &activity, at, &device, "Attesta tests", &signer).unwrap();
    let about = About { resource: &returned, signature: &signature, version, transaction: None };
    let profiles: &[&dyn Profile] = if version == Version::R5 { &[PART11, BASE_R5] } else { &[PART11] };
    let mut all = vec![signed];
    all.extend(profiles.iter().map(|profile| profile.provenance(&about).unwrap()));
    // Not signed: each leaf of a signature is changed in the first one.
    all.extend([answered(version), extended(version)]);
    all
}

/// The response that the tests of signatures use, as this release has it, with these members beside.
fn response(version: Version, more: &[(&str, Value)]) -> Value {
    let mut response = testing::response();
    let members = response.as_object_mut().unwrap();
    if version == Version::R5 {
        let identifier = members.get("identifier").unwrap().clone();
        members.insert("identifier", array![identifier]);
    }
    for (name, value) in more {
        members.insert(*name, value.clone());
    }
    response
}

/// Groups in groups, items under answers, several answers; references, and labels of its own.
fn structured(version: Version) -> Value {
    let meta = object! {
        "profile" => array!["https://attesta.example/p/1", "https://attesta.example/p/2"],
        "security" => array![object! { "system" => "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code" => "R" }],
        "tag" => array![object! { "system" => "https://attesta.example/tags", "code" => "t", "display" => "Tag" }],
    };
    let leaf = |link: &str, answer: Value| object! { "linkId" => link, "answer" => array![answer] };
    let items = array![
        object! {
            "linkId" => "g",
            "definition" => "https://attesta.example/StructureDefinition/g#g",
            "text" => "Group",
            "item" => array![
                object! {
                    "linkId" => "g.g",
                    "text" => "Group in a group",
                    "item" => array![
                        leaf("g.g.1", object! { "valueDecimal" => number("72.50") }),
                        leaf("g.g.2", object! { "valueInteger" => number("-3") }),
                    ],
                },
                leaf("g.1", object! { "valueBoolean" => false }),
            ],
        },
        object! {
            "id" => "several",
            "linkId" => "m",
            "text" => "Several answers",
            "answer" => array![
                object! {
                    "valueCoding" => object! { "code" => "a" },
                    "item" => array![object! {
                        "linkId" => "m.1",
                        "answer" => array![object! {
                            "valueString" => "under an answer",
                            "item" => array![leaf("m.1.1", object! { "valueInteger" => number("0") })],
                        }],
                    }],
                },
                object! { "valueCoding" => object! { "code" => "b" } },
                object! { "valueString" => "open – “so” 1.0 ﷽" },
            ],
        },
    ];
    response(
        version,
        &[
            ("meta", meta),
            ("basedOn", array![object! { "reference" => "CarePlan/c" }]),
            (
                "partOf",
                array![object! { "reference" => "Observation/o" }, object! { "display" => "A visit" }],
            ),
            ("encounter", object! { "reference" => "Encounter/e" }),
            ("item", items),
        ],
    )
}

/// An answer of every type that both releases have.
fn answered(version: Version) -> Value {
    // R5 has 64 bits, which JSON writes as text.
    let size = match version {
        Version::R4 => Value::from(number("1024")),
        Version::R5 => Value::from("1024"),
    };
    let attachment = object! {
        "contentType" => "image/png",
        "language" => "en",
        "data" => "iVBORw0KGgo=",
        "url" => "https://attesta.example/Binary/b",
        "size" => size,
        "hash" => "2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
        "title" => "A picture",
        "creation" => "2026-11-21T09:40:00+01:00",
    };
    let quantity = object! {
        "value" => number("0.1200"),
        "comparator" => "<=",
        "unit" => "kg",
        "system" => "http://unitsofmeasure.org",
        "code" => "kg",
    };
    let reference = object! {
        "reference" => "Practitioner/p",
        "type" => "Practitioner",
        "identifier" => object! {
            "use" => "official",
            "type" => object! { "text" => "Number" },
            "system" => "https://attesta.example/staff",
            "value" => "0042",
            "period" => object! { "start" => "2026-01-01", "end" => "2026-12-31" },
            "assigner" => object! { "display" => "Site 014" },
        },
        "display" => "M. Okafor",
    };
    let coding = object! {
        "system" => "http://loinc.org",
        "version" => "2.78",
        "code" => "LA6570-1",
        "display" => "More than half the days",
        "userSelected" => true,
    };
    let answers: [(&str, Value); 14] = [
        ("valueBoolean", true.into()),
        ("valueDecimal", number("72.50").into()),
        ("valueDecimal", number("1e-7").into()),
        ("valueInteger", number("2147483647").into()),
        ("valueDate", "2026-11".into()),
        ("valueDateTime", "2026-11-21T09:40:58.120+01:00".into()),
        ("valueTime", "09:40:00".into()),
        ("valueString", "  two\nlines\t".into()),
        ("valueString", "a & <b> \"c\" é e\u{301}".into()),
        ("valueUri", "urn:oid:1.2.3".into()),
        ("valueAttachment", attachment),
        ("valueCoding", coding),
        ("valueQuantity", quantity),
        ("valueReference", reference),
    ];
    let items = answers.into_iter().enumerate().map(|(number, (name, value))| {
        object! {
            "linkId" => number.to_string(),
            "answer" => array![object! { name => value }],
        }
    });
    response(version, &[("item", Value::Array(items.collect()))])
}

/// Extensions with values of several types, one in the other, on complex and on primitive elements, with and without a value.
fn extended(version: Version) -> Value {
    let absent = || {
        array![object! {
            "url" => "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
            "valueCode" => "asked-declined",
        }]
    };
    let of = |name: &str, value: Value| {
        object! { "url" => format!("https://attesta.example/x/{name}"), name => value }
    };
    let concept = object! {
        "coding" => array![object! { "system" => "http://snomed.info/sct", "code" => "22253000" }],
        "text" => "Pain",
    };
    let translation = object! {
        "url" => "http://hl7.org/fhir/StructureDefinition/translation",
        "extension" => array![
            object! { "url" => "lang", "valueCode" => "ar" },
            object! { "url" => "content", "valueString" => "ألم" },
        ],
    };
    let extensions = array![
        of("valueCodeableConcept", concept),
        of("valuePeriod", object! { "start" => "2026-11-20", "end" => "2026-11-21" }),
        of(
            "valueRange",
            object! { "low" => object! { "value" => number("1.0") }, "high" => object! { "value" => number("2") } }
        ),
        of("valueIdentifier", object! { "system" => "urn:ietf:rfc:3986", "value" => "urn:oid:1.2" }),
        of("valueInstant", "2026-11-21T08:40:58.000Z".into()),
        of("valueBase64Binary", "AAECAw==".into()),
        object! {
            "url" => "https://attesta.example/x/many",
            "extension" => array![
                of("valueDecimal", number("1.00").into()),
                of("valuePositiveInt", number("3").into()),
                translation.clone(),
            ],
        },
    ];
    let items = array![
        object! {
            "extension" => array![of("valueBoolean", true.into())],
            "modifierExtension" => array![of("valueCode", "by-proxy".into())],
            "linkId" => "1",
            "_linkId" => object! { "id" => "link" },
            "text" => "Pain",
            "_text" => object! { "extension" => array![translation] },
            "answer" => array![
                object! { "valueString" => "a", "_valueString" => object! { "id" => "v", "extension" => absent() } },
                object! { "_valueDate" => object! { "extension" => absent() } },
                object! { "id" => "a", "modifierExtension" => absent(), "valueBoolean" => false },
                object! { "extension" => absent() },
            ],
        },
        object! { "linkId" => "2", "extension" => absent() },
    ];
    let person = object! {
        "resourceType" => "RelatedPerson",
        "id" => "p",
        "patient" => object! { "reference" => "Patient/014-0027" },
        "name" => array![object! { "family" => "Okafor", "given" => array!["Ada"] }],
    };
    let div = r#"<div xmlns="http://www.w3.org/1999/xhtml"><p>Pain: <b>a</b></p></div>"#;
    let meta = object! {
        "profile" => array![Value::Null, "https://attesta.example/p"],
        "_profile" => array![object! { "extension" => absent() }, object! { "id" => "p" }],
    };
    response(
        version,
        &[
            ("meta", meta),
            ("implicitRules", "https://attesta.example/rules".into()),
            ("text", object! { "status" => "generated", "div" => div }),
            ("contained", array![person]),
            ("extension", extensions),
            ("modifierExtension", array![of("valueUri", "urn:oid:1.2".into())]),
            ("_authored", object! { "extension" => array![of("valueString", "by hand".into())] }),
            ("item", items),
        ],
    )
}
