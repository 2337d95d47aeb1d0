//! Parents of a signed Bundle that somebody altered, stripped of their signature and made to look like mere children.

use crate::common;

use common::mutants::{Random, graft};
use common::{base64, base64url, finding, from_base64, now, transmitted, with};
use fhir::xml::{from_xml, to_xml};
use fhir::{Value, Version, array, canonical, object};
use seal::testing::TestAuthority;
use seal::verify::{Aspect, BundleReport, Trust, Verdict, verify_bundle};

const BASE: &str = "https://hospital.example/fhir";

fn to(name: &str) -> Value {
    object! { "reference" => name }
}

fn entry(name: &str, resource: Value) -> Value {
    object! { "fullUrl" => format!("{BASE}/{name}"), "resource" => resource }
}

fn composition(id: &str) -> Value {
    let resource = object! {
        "resourceType" => "Composition", "id" => id, "status" => "final",
        "type" => object! { "text" => "Letter" }, "date" => "2026-11-21",
        "author" => array![object! { "display" => "Hospital" }], "title" => "No allergy known",
        "section" => array![object! { "title" => "s", "entry" => array![to(&format!("Observation/{id}"))] }],
    };
    entry(&format!("Composition/{id}"), resource)
}

fn observation(id: &str, focus: &[&str]) -> Value {
    let mut resource = object! {
        "resourceType" => "Observation", "id" => id, "status" => "final", "code" => object! { "text" => "c" },
    };
    if !focus.is_empty() {
        let focus: Vec<Value> = focus.iter().map(|one| to(one)).collect();
        resource.as_object_mut().unwrap().insert("focus", focus);
    }
    entry(&format!("Observation/{id}"), resource)
}

fn signed(entries: Vec<Value>) -> Value {
    let bundle = object! { "resourceType" => "Bundle", "type" => "collection", "entry" => entries };
    transmitted::signed(&bundle)
}

/// Two letters, each with a finding of its own; entries 4 and 5 are their Provenances.
fn two_letters() -> Value {
    signed(vec![composition("a"), composition("b"), observation("a", &[]), observation("b", &[])])
}

fn verify(bundle: &Value) -> BundleReport {
    let authority = TestAuthority::new(40);
    let (anchors, crls) = (authority.anchors(), authority.crls(&[]));
    verify_bundle(bundle, &Trust::new(Some(&anchors), now()).with_crls(&crls)).unwrap()
}

/// The same Bundle, read as JSON and after a way through XML: both must say the same.
fn verify_both(bundle: &Value) -> BundleReport {
    let report = verify(bundle);
    let xml = to_xml(bundle, Version::R4).unwrap();
    assert_eq!(verify(&from_xml(xml.as_bytes(), Version::R4).unwrap()), report, "as XML");
    report
}

fn entries(bundle: &mut Value) -> &mut Vec<Value> {
    bundle.as_object_mut().unwrap().get_mut("entry").unwrap().as_array_mut().unwrap()
}

/// The second letter forged: its Provenance and what names it are gone, and it says something else.
fn forged() -> Value {
    let mut bundle = with(&two_letters(), &["entry", "1", "resource", "title"], "SEVERE ALLERGY");
    entries(&mut bundle).remove(5);
    let letter = entries(&mut bundle)[1].as_object_mut().unwrap().get_mut("resource").unwrap();
    assert!(letter.as_object_mut().unwrap().remove("extension").is_some());
    bundle
}

/// It is kept, since a child's child is a child, but what it says decides nothing.
fn assert_undecided(report: &BundleReport, references: &[&str]) {
    assert!(report.refused.is_empty(), "{report:?}");
    assert_eq!((report.overall(), report.exit_code()), (Verdict::Indeterminate, 3), "{report:?}");
    let undecided = report.reports.iter().filter(|one| one.report.signatures.is_empty());
    let undecided: Vec<_> = undecided.map(|one| (one.reference.as_str(), &one.report)).collect();
    let names: Vec<_> = undecided.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, references);
    for (_, report) in undecided {
        let finding = finding(report, Aspect::Signature);
        assert_eq!((finding.code, finding.verdict), ("child-of-uncovered", Verdict::Indeterminate));
    }
}

#[test]
fn letters_as_they_were_signed_are_valid() {
    let report = verify_both(&two_letters());
    assert_eq!(report.overall(), Verdict::Valid, "{report:?}");
    assert_eq!(report.reports.len(), 2, "children that a signed resource names have no verdict of their own");
}

#[test]
fn a_forged_parent_that_nothing_references_is_refused() {
    let report = verify_both(&forged());
    let codes: Vec<_> = report.refused.iter().map(|one| (one.reference.as_str(), one.code)).collect();
    assert_eq!(codes, [("Composition/b", "provenance-missing"), ("Observation/b", "parent-refused")]);
    assert_eq!(report.overall(), Verdict::Invalid);
}

#[test]
fn a_forged_parent_that_an_uncovered_child_references_is_undecided() {
    let forged = with(&forged(), &["entry", "2", "resource", "focus"], array![to("Composition/b")]);
    assert_undecided(&verify_both(&forged), &["Composition/b", "Observation/b"]);
}

#[test]
fn the_same_by_way_of_two_uncovered_children_and_of_a_cycle() {
    let between = with(&forged(), &["entry", "2", "resource", "focus"], array![to("Observation/x")]);
    let mut between = between;
    entries(&mut between).push(observation("x", &["Composition/b"]));
    assert_undecided(&verify_both(&between), &["Composition/b", "Observation/b", "Observation/x"]);

    // Its own child references it back: then each of the two is a parent, and both are refused.
    let cycle = with(&forged(), &["entry", "2", "resource", "focus"], array![to("Composition/b")]);
    let cycle = with(&cycle, &["entry", "3", "resource", "focus"], array![to("Composition/b")]);
    let report = verify_both(&cycle);
    let codes: Vec<_> = report.refused.iter().map(|one| (one.reference.as_str(), one.code)).collect();
    assert_eq!(codes, [("Composition/b", "provenance-missing"), ("Observation/b", "provenance-missing")]);
    // A cycle with the child of the letter that is whole: that child is held to a signature, too.
    let cycle = with(
        &cycle,
        &["entry", "1", "resource", "section"],
        array![object! {
            "title" => "s", "entry" => array![to("Observation/a")],
        }],
    );
    assert_eq!(verify_both(&cycle).overall(), Verdict::Invalid);
}

#[test]
fn a_forged_parent_under_the_address_of_a_child_is_undecided() {
    let url = format!("{BASE}/Observation/a");
    // Beside the child and in its stead: the letter that is whole names an Observation, and this is none.
    let beside = with(&forged(), &["entry", "1", "fullUrl"], url.as_str());
    assert_undecided(&verify(&beside), &["Composition/b", "Observation/a", "Observation/b"]);
    let mut instead = beside;
    entries(&mut instead).remove(2);
    assert_undecided(&verify(&instead), &["Composition/b", "Observation/b"]);
}

#[test]
fn an_honest_childs_child_is_kept_and_undecided_unless_a_signed_resource_names_it() {
    let chain = signed(vec![composition("a"), observation("a", &["Observation/y"]), observation("y", &[])]);
    assert_undecided(&verify_both(&chain), &["Observation/y"]);
    let mut letter = composition("a");
    let named = array![to("Observation/a"), to("Observation/y")];
    letter = with(&letter, &["resource", "section", "0", "entry"], named);
    let named = signed(vec![letter, observation("a", &["Observation/y"]), observation("y", &[])]);
    assert_eq!(verify_both(&named).overall(), Verdict::Valid);
}

#[test]
fn a_token_over_xml_is_not_wrong_but_undecided() {
    const FORMAT: [&str; 6] = ["entry", "4", "resource", "signature", "0", "targetFormat"];
    let whole = two_letters();
    // Ours says in its signed header that it is over JSON; what nobody signed cannot change that.
    let report = verify(&with(&whole, &FORMAT, "xml"));
    assert_eq!(report.refused[0].code, "canonicalization-mismatch", "{report:?}");

    // Another sender's header says nothing of it.
    let data = ["entry", "4", "resource", "signature", "0", "data"];
    let token = String::from_utf8(from_base64(common::at(&whole, &data).as_str().unwrap())).unwrap();
    let (header, rest) = token.split_once('.').unwrap();
    let mut header = Value::parse(&common::from_base64url(header)).unwrap();
    header.as_object_mut().unwrap().remove("canon");
    let token = format!("{}.{rest}", base64url(header.to_json()));
    let other = with(&with(&whole, &data, base64(token)), &FORMAT, "xml");
    let report = verify(&other);
    assert!(report.refused.is_empty(), "{report:?}");
    assert_eq!((report.overall(), report.kept[0].covered), (Verdict::Indeterminate, false));
    let finding = finding(&report.reports[0].report, Aspect::Signature);
    assert_eq!(finding.code, "transmission-xml-unsupported");
    assert!(finding.reason.contains("not supported"), "{}", finding.reason);
}

/// What makes a mutant valid must be no word of a letter: each that is kept is exactly one that was signed. Who strips a
/// letter of its signature is given every reference that could make it a child.
#[test]
fn no_mutant_with_a_stripped_letter_is_valid() {
    let honest = two_letters();
    let texts: Vec<String> = honest.list("entry")[..2]
        .iter()
        .map(|entry| canonical::number_text(entry.get("resource").unwrap()))
        .collect();
    let intact = |bundle: &Value| {
        let resources = bundle.list("entry").iter().filter_map(|entry| entry.get("resource"));
        let mut letters = resources.filter(|one| one.resource_type() == Some("Composition"));
        letters.all(|one| texts.contains(&canonical::number_text(one)))
    };
    let mut random = Random(15);
    let (mut altered, mut undecided) = (0, 0);
    for round in 0..400 {
        let mut mutant = match round % 4 {
            0 => honest.clone(),
            _ => forged(),
        };
        if round % 4 > 1 {
            let place = ["2", "3"][random.below(2)];
            let name = ["Composition/b", "https://hospital.example/fhir/Composition/b"][random.below(2)];
            mutant = with(&mutant, &["entry", place, "resource", "focus"], array![to(name)]);
        }
        for _ in 0..random.below(3) {
            mutant = graft(&mut random, &mutant, &honest);
        }
        if mutant.resource_type() != Some("Bundle") || intact(&mutant) {
            continue;
        }
        altered += 1;
        let authority = TestAuthority::new(40);
        let (anchors, crls) = (authority.anchors(), authority.crls(&[]));
        let trust = Trust::new(Some(&anchors), now()).with_crls(&crls);
        let Ok(report) = verify_bundle(&mutant, &trust) else { continue };
        assert_ne!(
            report.overall(),
            Verdict::Valid,
            "round {round}: a letter was altered\n{}",
            mutant.to_json()
        );
        undecided += usize::from(report.overall() == Verdict::Indeterminate);
    }
    assert!(altered > 250 && undecided > 50, "{altered} altered, {undecided} undecided");
}
