//! A study lists its forms by their hashes: whether one may have gaps stands in the form, and the study says in its policy that
//! it means it.

use device::study::sign;
use fhir::Value;

use super::kept::Ward;
use super::{key, signed};

const MIXED: &str = r#""extension":[{"url":"https://attesta.example/fhir/StructureDefinition/mixed-language","valueCode":"ar"}],"#;

/// English, and of its two texts only the title in Arabic.
fn document(extra: &str) -> String {
    format!(
        r#"{{"resourceType":"Questionnaire","id":"weight","url":"https://study.example/weight","version":"1","status":"active",
            "language":"en",{extra}"title":"Weight","_title":{{"extension":[{{
                "url":"http://hl7.org/fhir/StructureDefinition/translation","extension":[
                    {{"url":"lang","valueCode":"ar"}},{{"url":"content","valueString":"الوزن"}}]}}]}},
            "item":[{{"linkId":"1","type":"decimal","text":"Your weight in kg?"}}]}}"#
    )
}

fn listing(ward: &Ward, document: &str, policy: Value) -> Value {
    let form = questionnaire::import_bytes(document.as_bytes()).unwrap();
    ward.study(2, |members| {
        let listed = fhir::object! {
            "canonical" => form.canonical(), "sha256" => form.sha256(),
            "resource" => Value::parse(document.as_bytes()).unwrap(),
        };
        members.insert("questionnaires", fhir::array![listed]);
        members.insert("policy", policy);
    })
}

fn allowing() -> Value {
    fhir::object! { "pinDigits" => 4, "mixedLanguages" => fhir::array!["ar"] }
}

/// Loads the study, and gives the languages of the form that visits are started with from then on.
fn offered(ward: &Ward, study: &Value) -> Vec<String> {
    let device = ward.device();
    device.load_study(signed(study, 11).as_bytes(), Some("Another form."), &ward.staff).unwrap();
    device.follow_study().unwrap();
    let all = device.store().read(device::store::form::all).unwrap();
    let form = all.into_iter().find(|form| form.url.ends_with("/weight")).unwrap();
    device.form_report(&form.id).unwrap();
    let resource =
        device.store().read(|connection| device::store::form::resource(connection, &form.id)).unwrap();
    questionnaire::import_bytes(resource.as_bytes()).unwrap().languages()
}

#[test]
fn a_form_that_says_that_it_may_have_gaps_is_listed_only_where_the_policy_says_so_too() {
    let ward = Ward::new();
    let without = listing(&ward, &document(MIXED), fhir::object! { "pinDigits" => 4 });
    let refused = sign(without.to_json().as_bytes(), &key(11)).unwrap_err().to_string();
    assert!(refused.contains("https://study.example/weight|1"), "{refused}");
    assert!(refused.contains("policy.mixedLanguages"), "{refused}");

    assert_eq!(offered(&ward, &listing(&ward, &document(MIXED), allowing())), ["en", "ar"]);
}

#[test]
fn a_form_that_is_listed_as_it_is_stays_as_it_is() {
    let ward = Ward::new();
    assert_eq!(offered(&ward, &listing(&ward, &document(""), allowing())), ["en"]);
    let from_a_file = ward.device().check_form(document("").as_bytes()).unwrap();
    let form = from_a_file.questionnaire().unwrap();
    let listed = questionnaire::import_bytes(document("").as_bytes()).unwrap();
    assert_eq!(form.sha256(), listed.sha256(), "another hash is one that the study does not list");
}
