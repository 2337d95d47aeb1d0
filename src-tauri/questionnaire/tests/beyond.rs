//! Which expressions read more of a launched resource than is given of it.

use crate::common;

use common::{form, plain, sdc};
use questionnaire::{LAUNCH_ELEMENTS, LaunchBeyond};

fn beyond(items: &str) -> Vec<LaunchBeyond> {
    form(items).beyond_launch(&LAUNCH_ELEMENTS)
}

/// A text with these extensions.
fn asked(link_id: &str, extensions: &[String]) -> String {
    let extensions = extensions.join(",");
    format!(r#"{{"linkId":"{link_id}","text":"A","type":"string","extension":[{extensions}]}}"#)
}

fn variable(name: &str, expression: &str) -> String {
    sdc("variable", expression).replacen(r#""language""#, &format!(r#""name":"{name}","language""#), 1)
}

/// What is read beyond, by one expression.
#[track_caller]
fn one(expression: &str) -> Option<String> {
    let found = beyond(&asked("a", &[sdc("calculatedExpression", expression)]));
    assert!(found.len() < 2 && found.iter().all(|one| !one.only_begins), "{found:?}");
    found.first().map(ToString::to_string)
}

#[test]
fn an_element_that_nobody_gives_is_found_however_it_is_read() {
    for (expression, element) in [
        ("%patient.gender", "%patient.gender"),
        ("%patient.where(gender = 'female').id", "%patient.gender"),
        ("%patient.Patient.birthDate.toString()", "%patient.Patient"),
        ("%patient.select(Patient.birthDate.toString())", "%patient.birthDate"),
        ("%patient.ofType(Patient).name.first().family", "%patient.name"),
        ("(%patient as Patient).name.family", "%patient.name"),
        ("iif(true, %patient, %user).active.toString()", "%patient.active"),
        ("(%patient | %patient).active.toString()", "%patient.active"),
        ("%patient.defineVariable('p').select(%p.active.toString())", "%patient.active"),
        ("%patient.iif($this.active, 'a', 'b')", "%patient.active"),
        ("%patient.identifier.where(use = 'usual').value", "%patient.identifier.use"),
        ("%patient.identifier.first().type.text", "%patient.identifier.type"),
        ("%patient.children().count().toString()", "%patient.children()"),
        ("%patient.descendants().first().toString()", "%patient.descendants()"),
        ("%patient.extension('http://x.example').exists().toString()", "%patient.extension"),
        ("%encounter.subject.resolve().exists().toString()", "%encounter.subject.resolve()"),
        ("%patient.exists(deceased).toString()", "%patient.deceased"),
        ("%patient.all(active).toString()", "%patient.active"),
        ("coalesce(%patient, %user).active.toString()", "%patient.active"),
    ] {
        let said = one(expression).unwrap_or_else(|| panic!("{expression} is not found"));
        assert!(said.contains(&format!("reads {element} (line 1")), "{expression}: {said}");
    }
}

#[test]
fn nothing_is_said_of_what_is_given_and_of_what_is_read_of_something_else() {
    for expression in [
        "%patient.id",
        "%patient.identifier.where(system = 'x').first().value",
        "%patient.exists().toString()",
        "%user.name.text",
        "%encounter.period.start.toString()",
        "%encounter.class.code",
        "%patient.id.substring(1).length().toString()",
        "%resource.item.where(linkId = 'b').answer.value.toString()",
        "%patient.select(%resource.status)",
    ] {
        let b = plain("b", "string");
        let found = beyond(&format!("{b},{}", asked("a", &[sdc("calculatedExpression", expression)])));
        assert!(found.is_empty(), "{expression}: {found:?}");
    }
}

#[test]
fn what_a_variable_reads_counts_for_whoever_reads_the_variable() {
    let variables =
        [variable("p", "%patient"), variable("sex", "%p.gender"), variable("unread", "%patient.photo")];
    let calculated = sdc("calculatedExpression", "%sex");
    let found = beyond(&asked("a", &[&variables[..], &[calculated]].concat()));
    let [only] = found.as_slice() else { panic!("{found:?}") };
    assert!(!only.only_begins && only.extension.ends_with("calculatedExpression"), "{only:?}");
    assert!(
        only.to_string().starts_with("the expression %p.gender reads %patient.gender (line 1, column 4)"),
        "{only}"
    );
    assert_eq!(
        (only.link_id.as_deref(), only.path.as_str()),
        (Some("a"), "Questionnaire.item[0].extension[3]")
    );

    let begins = beyond(&asked("a", &[&variables[..], &[sdc("initialExpression", "%sex")]].concat()));
    assert!(matches!(begins.as_slice(), [one] if one.only_begins), "{begins:?}");
    // A variable of this name is not what is launched.
    let own = beyond(&asked("a", &[variable("patient", "'x'"), sdc("calculatedExpression", "%patient")]));
    assert!(own.is_empty(), "{own:?}");
}
