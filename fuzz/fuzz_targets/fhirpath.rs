//! An expression is read or refused, and evaluated or refused within its steps; the same expression gives the same result,
//! and one of the type that was found out before it ran.
#![no_main]

use std::sync::{Arc, LazyLock};

use fhir::{Value, Version};
use fhirpath::{Context, DateTime, Declarations, Expression, Questionnaire, StaticType};

static RESPONSE: LazyLock<Value> =
    LazyLock::new(|| read(include_bytes!("../../src-tauri/fhirpath/tests/fixtures/response.json")));
static FORM: LazyLock<Questionnaire> = LazyLock::new(|| {
    Questionnaire::new(Arc::new(read(include_bytes!("../../src-tauri/fhirpath/tests/fixtures/phq9.json"))))
});

fn read(document: &[u8]) -> Value {
    Value::parse(document).expect("the fixture is JSON")
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(expression) = Expression::parse(text) else { return };
    let _ = expression.references();
    let now = DateTime::parse("2026-11-21T12:00:00.000Z").expect("this is a time");
    let context = Context::new(Version::R4).now(now).resource(&RESPONSE).questionnaire(&FORM).steps(50_000);
    let kind = StaticType::of(Version::R4, &["QuestionnaireResponse"]);
    let declared = Declarations::new(Version::R4).input(kind.clone()).resource(kind);
    let result = expression.check(&declared).result;
    let shown = || match expression.evaluate(&context, &RESPONSE) {
        Ok(items) => {
            assert!(items.iter().all(|item| result.fits(item)), "the result is not {result}");
            Ok(items.iter().map(|item| item.to_value().map(|value| value.to_json())).collect::<Vec<_>>())
        }
        Err(error) => Err(error.to_string()),
    };
    assert!(shown() == shown(), "the same expression gives two results");
});
