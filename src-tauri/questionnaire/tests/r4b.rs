//! FHIR R4B (4.3.0): its Questionnaire is R4's, with `choice` and `open-choice`; it has resources that R4 lacks, such as
//! `ClinicalUseDefinition`, and value sets of its own version.

use crate::common;

use common::{ACTOR, AT, Filling, context, option, text};
use fhir::Value;
use questionnaire::{import, respondent, validate};

const R4B: &str = include_str!("fixtures/r4b.json");

#[test]
fn a_form_written_for_r4b_is_filled_in_and_its_response_is_valid() {
    let raw = Value::parse(R4B.as_bytes()).unwrap();
    let form = import(&raw).unwrap_or_else(|report| panic!("{report}"));
    let mut filling = Filling::new(&form);
    filling.fill("gender", option("http://hl7.org/fhir/administrative-gender|female"));
    filling.fill("use", option("ClinicalUseDefinition/driving"));
    filling.fill("other", text("Not with alcohol"));
    filling.confirm().unwrap();
    let response = filling.response();
    assert_eq!(
        response.get("item").unwrap().to_json(),
        r#"[{"linkId":"gender","text":"Which gender stands in your papers?","answer":[{"valueCoding":{"system":"http://hl7.org/fhir/administrative-gender","code":"female","display":"Female"}}]},{"linkId":"use","text":"Which warning did you read?","answer":[{"valueReference":{"reference":"ClinicalUseDefinition/driving","display":"Not when driving"}}]},{"linkId":"other","text":"Which other one?","answer":[{"valueString":"Not with alcohol"}]}]"#
    );
    let found = validate(&raw, &response, validate::Options::default());
    assert!(found.findings.is_empty(), "{:?}", found.findings);
    // The value set of that version is held against answers.
    let other = Value::parse(response.to_json().replace("female", "of-no-set").as_bytes()).unwrap();
    let found = validate(&raw, &other, validate::Options::default());
    assert!(
        found.errors().any(|finding| finding.rule == validate::Rule::NotAnOption),
        "{:?}",
        found.findings
    );
}

#[test]
fn whoever_fills_it_in_the_response_is_valid() {
    let raw = Value::parse(R4B.as_bytes()).unwrap();
    let form = import(&raw).unwrap_or_else(|report| panic!("{report}"));
    for seed in 0..20 {
        let (session, _) = respondent::fill(&form, "en", seed, AT, ACTOR).unwrap();
        let response = session.response(&context()).unwrap();
        let found = validate(&raw, &response, validate::Options { unsigned: true, ..Default::default() });
        assert!(found.is_valid(), "{seed}: {:?}", found.errors().collect::<Vec<_>>());
    }
}
