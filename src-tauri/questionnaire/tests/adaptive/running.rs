//! Headers and footers that the server of an adaptive form sends stand on every screen from then on: also on that on which
//! the patient waits.

use questionnaire::{Position, RunningText};

use super::{FIRST, SECOND, Visit, with_items, yes};

/// A text at the edge of the form, or of a group.
fn edge(link_id: &str, control: &str) -> String {
    format!(
        r#"{{"linkId":"{link_id}","text":"{link_id}.","type":"display","extension":[{{
        "url":"http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl",
        "valueCodeableConcept":{{"coding":[{{"code":"{control}"}}]}}}}]}}"#
    )
}

/// What stands at the upper and at the lower edge now.
fn edges(visit: &Visit) -> [Vec<String>; 2] {
    let (header, footer) = match visit.session.screen() {
        Position::Screen { screen } => (screen.header, screen.footer),
        Position::Ahead { ahead } => (ahead.header, ahead.footer),
        Position::Review { .. } => panic!("the server has not ended the form"),
    };
    [header, footer].map(|texts: Vec<RunningText>| texts.into_iter().map(|text| text.text).collect())
}

#[test]
fn they_stand_where_the_patient_waits_too() {
    let mut visit = Visit::begun();
    assert_eq!(edges(&visit), [Vec::<String>::new(), Vec::new()], "nothing is known yet");
    let group =
        format!(r#"{{"linkId":"g","text":"G","type":"group","item":[{},{FIRST}]}}"#, edge("Part", "header"));
    visit.take(&with_items(&visit, &[&edge("Top", "header"), &edge("End", "footer"), &group])).unwrap();
    let form = [vec!["Top.".to_owned()], vec!["End.".to_owned()]];
    assert_eq!(edges(&visit), [vec!["Top.".to_owned(), "Part.".to_owned()], vec!["End.".to_owned()]]);
    visit.answer("1", yes()).unwrap();
    assert_eq!(visit.key(), "ahead");
    assert_eq!(edges(&visit), form, "those of the form, and not those of a group");
    visit.take(&with_items(&visit, &[SECOND])).unwrap();
    assert_eq!(visit.key(), "2");
    assert_eq!(edges(&visit), form);
}
