//! Tasks whose Questionnaire needs a value set that it does not contain: the set is had of the study's terminology server once, or
//! of the server that keeps it beside the Questionnaire, kept with the form, and there when no server is.

use std::sync::Arc;

use device::Device;
use device::assignment::Assigned;
use device::store::form;
use device::store::visit::Visit;
use fhir::{Value, Version};
use practice::faults::{Armed, Fault, On};
use practice::{Handle, seeds};
use questionnaire::{Answer, Control, Position, Session};
use tempfile::TempDir;

use crate::common::clinic::{Clinic, PHQ9, parse, started};
use crate::common::delivery::Deliverer;
use crate::common::{ACTOR, PARTICIPANT, PIN, WORDS};

const PERIOD: (&str, &str) = ("2026-01-01", "2099-12-31");
const PAINT: &str = "https://study.example/paint|1";
const URL: &str = "https://study.example/vs/colours";
const COMPOSE: &str = r#""compose":{"include":[{"system":"https://study.example/cs/colours",
    "concept":[{"code":"red","display":"Red"},{"code":"blue","display":"Blue"}]}]}"#;
const EXPANSION: &str = r#""expansion":{"timestamp":"2026-01-01T00:00:00Z","contains":[
    {"system":"https://study.example/cs/colours","code":"red","display":"Red"},
    {"system":"https://study.example/cs/colours","code":"blue","display":"Blue"}]}"#;
const COLOURS: &str = r#"{"resourceType":"ValueSet","id":"colours","url":"https://study.example/vs/colours","version":"3",
    "status":"active","compose":{"include":[{"system":"https://study.example/cs/colours",
    "concept":[{"code":"red","display":"Red"},{"code":"blue","display":"Blue"}]}]}}"#;
/// The same as a form contains it.
const CONTAINED: &str = r#""contained":[{"resourceType":"ValueSet","id":"colours","url":"https://study.example/vs/colours",
    "version":"3","status":"active","expansion":{"timestamp":"2026-01-01T00:00:00Z","contains":[
    {"system":"https://study.example/cs/colours","code":"red","display":"Red"},
    {"system":"https://study.example/cs/colours","code":"blue","display":"Blue"}]}}],"#;

/// A form of one question, whose answers stand in a value set.
fn paint(contained: &str, value_set: &str) -> Value {
    parse(&format!(
        r#"{{"resourceType":"Questionnaire","id":"paint","url":"https://study.example/paint","version":"1",
        "status":"active","title":"Paint","language":"en",{contained}"item":[{{"linkId":"colour","type":"choice",
        "text":"Which colour?","answerValueSet":"{value_set}"}}]}}"#
    ))
}

/// A clinic with a Task for `form` and one for the PHQ-9, in a study that names this terminology server; without one, its own.
fn clinic(form: Value, sets: &[&str], terminology: Option<&Handle>) -> Clinic {
    clinic_of(form, sets, |own| vec![terminology.map_or(own, |server| server.base_url()).to_owned()])
}

/// The same in a study that names these terminology servers, given the address of its own.
fn clinic_of(form: Value, sets: &[&str], terminology: impl FnOnce(&str) -> Vec<String>) -> Clinic {
    let clinic = Clinic::of(
        Version::R4,
        |seeds| {
            seeds.questionnaires.push(form);
            seeds.terminology.extend(sets.iter().map(|set| parse(set)));
        },
        |configuration| {
            configuration.policy.terminology_servers = terminology(&configuration.server);
        },
    );
    clinic.put(&seeds::task("paint", PARTICIPANT, PAINT, PERIOD));
    clinic.put(&seeds::task("other", PARTICIPANT, PHQ9, PERIOD));
    clinic
}

fn expansions(server: &Handle) -> usize {
    server.faults().requests().iter().filter(|one| one.path.contains("ValueSet")).count()
}

fn due(known: &Assigned) -> Vec<&str> {
    let mut due: Vec<_> = known.due.iter().map(|due| due.id.as_str()).collect();
    due.sort_unstable();
    due
}

/// Answers the one question with its second colour, and signs.
fn signed(device: &Arc<Device>, visit: &Visit) -> String {
    let at = device::clock::text(&device.now());
    let form = device.questionnaire(&visit.id).unwrap();
    let (mut session, event) = Session::start(&form, "en", &at, ACTOR).unwrap();
    device.append(&visit.id, &event).unwrap();
    let mut event = session.begin(&at, ACTOR).unwrap();
    device.append(&visit.id, &event).unwrap();
    let Position::Screen { screen } = session.screen() else { panic!("a question") };
    let Control::Choice { options, .. } = &screen.control else { panic!("{:?}", screen.control) };
    let labels: Vec<_> = options.iter().map(|option| option.label.as_str()).collect();
    assert_eq!(labels, ["Red", "Blue"]);
    let answer = Answer::Choice { option: options[1].key.clone() };
    event = session.answer(&screen.key, vec![answer], &at, ACTOR).unwrap();
    device.append(&visit.id, &event).unwrap();
    event = session.next(&at, ACTOR).unwrap();
    device.append(&visit.id, &event).unwrap();
    event = session.confirm_review(&at, ACTOR).unwrap();
    device.append(&visit.id, &event).unwrap();
    device.choose_pin(PARTICIPANT, PIN, PIN).unwrap();
    let act = device.verify_pin(&visit.id, &session, PARTICIPANT, PIN).unwrap();
    device.freeze(&visit.id, &session, act, WORDS).unwrap().record
}

/// Without a server, and after a start, a patient answers; the code is on the server afterwards.
fn answered_offline(mut clinic: Clinic) {
    clinic.server.close_listener();
    clinic.close();
    let configuration = clinic.configuration.clone();
    clinic.open(&configuration);
    assert_eq!(clinic.pulled().problem, Some("refused"));
    let visit = clinic.device().start_assigned_visit("paint", &clinic.staff).unwrap();
    signed(clinic.device(), &visit);
    clinic.server.reopen_listener().unwrap();
    Deliverer::start(clinic.device()).delivered(1);
    assert!(!clinic.assignments().tell_now().unwrap(), "all is told");
    let stored = practice::storage::read_all(clinic.server_data.path(), "QuestionnaireResponse").unwrap();
    let [(.., response)] = &stored[..] else { panic!("one response") };
    let coding = parse(response).list("item")[0].list("answer")[0].get("valueCoding").unwrap().clone();
    assert_eq!(coding.str("system"), Some("https://study.example/cs/colours"));
    assert_eq!((coding.str("code"), coding.str("display")), (Some("blue"), Some("Blue")));
}

#[test]
fn a_value_set_is_had_once_kept_with_the_form_and_used_offline() {
    let clinic = clinic(paint("", "https://study.example/vs/colours"), &[COLOURS], None);
    let pulled = clinic.pulled();
    assert_eq!((due(&pulled), &pulled.refused[..]), (vec!["other", "paint"], &[][..]));
    let asked = expansions(&clinic.server);
    assert!(asked > 0, "it was asked for");
    let task = pulled.due.iter().find(|due| due.id == "paint").unwrap();
    let report = clinic.device().form_report(&task.form).unwrap();
    let [kept] = &report.value_sets[..] else { panic!("{}", report.report) };
    let version = kept.version.as_deref().unwrap_or_default();
    assert!(version.ends_with('3'), "the version that the server expanded: {version}");
    assert_eq!((kept.reference.as_str(), kept.concepts), ("https://study.example/vs/colours", 2));
    assert_eq!(kept.server, clinic.server.base_url());
    clinic.pulled();
    assert_eq!(expansions(&clinic.server), asked, "it is not asked for again");
    answered_offline(clinic);
}

#[test]
fn a_value_set_that_the_form_brings_is_asked_for_nowhere() {
    let clinic = clinic(paint(CONTAINED, "#colours"), &[], None);
    let pulled = clinic.pulled();
    assert_eq!((due(&pulled), &pulled.refused[..]), (vec!["other", "paint"], &[][..]));
    assert_eq!(expansions(&clinic.server), 0);
    answered_offline(clinic);
}

/// The Task with the value set is set aside alone, and says why with these words; nothing of its form is kept.
fn set_aside(clinic: &Clinic, words: &[&str]) {
    let pulled = clinic.pulled();
    assert_eq!((pulled.problem, due(&pulled)), (None, vec!["other"]));
    let [refused] = &pulled.refused[..] else { panic!("{pulled:?}") };
    assert_eq!((refused.id.as_str(), refused.reason.as_str()), ("paint", "value-set-not-given"));
    for word in words.iter().chain(&[PAINT, "https://study.example/vs/colours"]) {
        assert!(refused.detail.contains(word), "{word}: {}", refused.detail);
    }
    let offered =
        clinic.device().store().read(|connection| form::offered(connection, "https://study.example/paint"));
    assert!(offered.unwrap().is_none());
}

#[test]
fn a_value_set_that_no_server_gives_sets_its_task_aside_alone() {
    let clinic = clinic(paint("", "https://study.example/vs/colours"), &[], None);
    set_aside(&clinic, &["gave no expansion"]);
    let all = clinic.assignments();
    all.pull().unwrap();
    let asked = expansions(&clinic.server);
    for _ in 0..3 {
        all.round(true).unwrap();
        assert_eq!(all.list().unwrap().refused.len(), 1);
    }
    assert_eq!(expansions(&clinic.server), asked, "it waits longer than a round");
    let client = client::Client::new(clinic.server.base_url(), client::Options::default()).unwrap();
    let put = client.update("ValueSet", "colours", COLOURS.as_bytes(), None);
    assert!(clinic.runtime.block_on(put).unwrap().is_success());
    all.pull().unwrap();
    let known = all.list().unwrap();
    assert_eq!((due(&known), &known.refused[..]), (vec!["other", "paint"], &[][..]), "a person asks");
    drop(all);
    answered_offline(clinic);
}

#[test]
fn a_terminology_server_that_is_away_or_refuses_sets_that_task_aside_alone() {
    let folder = TempDir::new().unwrap();
    let terminology = started(folder.path(), Version::R4, |seeds| seeds.terminology.push(parse(COLOURS)));
    let clinic = clinic(paint("", "https://study.example/vs/colours"), &[], Some(&terminology));
    terminology.close_listener();
    set_aside(&clinic, &["could not be asked", "check the form again"]);
    terminology.reopen_listener().unwrap();
    for status in [404, 500] {
        let refuses = Fault::Refuse { status, retry_after: None };
        terminology.faults().set(Armed::new(refuses, 1).for_type("ValueSet").on(On::Any));
        set_aside(&clinic, &["the study's terminology server"]);
    }
    terminology.faults().clear();
    let pulled = clinic.pulled();
    assert_eq!((due(&pulled), &pulled.refused[..]), (vec!["other", "paint"], &[][..]));
}

#[test]
fn a_terminology_server_that_wants_a_sign_in_sets_that_task_aside_and_learns_nothing() {
    let folder = TempDir::new().unwrap();
    let terminology = started(folder.path(), Version::R4, |seeds| seeds.terminology.push(parse(COLOURS)));
    terminology.authorization().demand();
    let clinic = clinic(paint("", "https://study.example/vs/colours"), &[], Some(&terminology));
    set_aside(&clinic, &["asks for a sign-in", "policy.terminologyServers"]);
    assert_eq!(terminology.authorization().issued(), 0, "it learned no credentials");
}

/// What the server keeps instead: with this definition or expansion.
fn kept(version: &str, rest: &str) -> String {
    format!(
        r#"{{"resourceType":"ValueSet","id":"colours-{version}","url":"{URL}","version":"{version}","status":"active",
        "text":{{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">Colours</div>"}},{rest}}}"#
    )
}

fn put(clinic: &Clinic, value_set: &str) {
    let client = client::Client::new(clinic.server.base_url(), client::Options::default()).unwrap();
    let id = parse(value_set).str("id").unwrap().to_owned();
    let answer = client.update("ValueSet", &id, value_set.as_bytes(), None);
    assert!(clinic.runtime.block_on(answer).unwrap().is_success());
}

/// The Task is due with its form; what was stored of the value set, and the form's hash, which covers it.
fn taken(clinic: &Clinic, version: &str) -> (Value, String) {
    let pulled = clinic.pulled();
    assert_eq!((due(&pulled), &pulled.refused[..]), (vec!["other", "paint"], &[][..]));
    let id = &pulled.due.iter().find(|due| due.id == "paint").unwrap().form;
    let report = clinic.device().form_report(id).unwrap();
    let [set] = &report.value_sets[..] else { panic!("{}", report.report) };
    assert_eq!((set.version.as_deref(), set.concepts), (Some(version), 2));
    assert_eq!(set.server, format!("{}/ValueSet/colours-{version}", clinic.server.base_url()));
    let read = |connection: &_| Ok((form::by_id(connection, id)?, form::resource(connection, id)?));
    let (row, resource) = clinic.device().store().read(read).unwrap();
    let hash = |text: &str| questionnaire::import_bytes(text.as_bytes()).unwrap().sha256();
    assert_eq!(row.sha256, hash(&resource));
    assert_ne!(row.sha256, hash(&resource.replace("\"Blue\"", "\"Green\"")), "the hash covers it");
    let resource = parse(&resource);
    let [contained] = resource.list("contained") else { panic!("one value set") };
    assert_eq!((contained.str("url"), contained.str("version")), (Some(URL), Some(version)));
    assert!(contained.get("meta").is_none() && contained.get("text").is_none(), "as FHIR wants it");
    (contained.clone(), row.sha256)
}

#[test]
fn a_value_set_with_its_expansion_is_found_beside_the_form_and_used_offline() {
    // The study's server is its terminology server too, and cannot expand what it only keeps.
    let clinic = clinic(paint("", URL), &[&kept("3", EXPANSION)], None);
    let (contained, _) = taken(&clinic, "3");
    assert!(contained.get("expansion").is_some());
    let asked = expansions(&clinic.server);
    clinic.pulled();
    assert_eq!(expansions(&clinic.server), asked, "it is not asked for again");
    answered_offline(clinic);
}

#[test]
fn a_value_set_that_lists_its_concepts_is_found_in_the_version_that_the_form_names() {
    let sets = ["2", "3"].map(|version| kept(version, COMPOSE));
    let sets: Vec<_> = sets.iter().map(String::as_str).collect();
    let start = || clinic_of(paint("", &format!("{URL}|3")), &sets, |_| Vec::new());
    let (clinic, again) = (start(), start());
    let (contained, hash) = taken(&clinic, "3");
    assert!(contained.get("compose").is_some() && contained.get("expansion").is_none());
    assert_eq!(taken(&again, "3").1, hash, "nothing of when and where it was asked for");
    answered_offline(clinic);
}

#[test]
fn one_of_several_versions_is_not_guessed() {
    let sets = ["2", "3"].map(|version| kept(version, COMPOSE));
    let clinic = clinic_of(paint("", URL), &[&sets[0], &sets[1]], |_| Vec::new());
    set_aside(&clinic, &["names no terminology server", "several value sets"]);
    put(&clinic, &sets[0].replace("active", "retired"));
    taken(&clinic, "3");
}

#[test]
fn a_value_set_that_is_not_whole_or_has_to_be_expanded_sets_its_task_aside() {
    const SYSTEM: &str = r#"{"resourceType":"CodeSystem","id":"colours","url":"https://study.example/cs/colours",
        "status":"active","content":"complete","concept":[{"code":"red"},{"code":"blue"}]}"#;
    let clinic = clinic_of(paint("", &format!("{URL}|3")), &[SYSTEM, &kept("2", COMPOSE)], |_| Vec::new());
    set_aside(&clinic, &["keeps no value set of that address and version"]);
    let part = |more: &str| EXPANSION.replacen(r#""contains""#, &format!(r#"{more},"contains""#), 1);
    let too_costly = r#""extension":[{"url":"http://hl7.org/fhir/StructureDefinition/valueset-toocostly",
        "valueBoolean":true}]"#;
    let include = |more: &str| format!(r#""compose":{{"include":[{{{more}}}]}}"#);
    let system = r#""system":"https://study.example/cs/colours""#;
    let filter = r#""filter":[{"property":"concept","op":"is-a","value":"red"}]"#;
    let refused = [
        (part(r#""total":3"#), "not complete"),
        (part(r#""offset":0"#), "not complete"),
        (part(r#""total":3,"offset":1"#), "pages"),
        (part(too_costly), "not complete"),
        // It says itself that its list is not whole, so what it is made of is not taken for it.
        (format!("{COMPOSE},{}", part(too_costly)), "not complete"),
        (include(&format!("{system},{filter}")), "a terminology server has to expand it"),
        (include(system), "a terminology server has to expand it"),
        (include(r#""valueSet":["https://study.example/vs/warm"]"#), "a terminology server has to expand it"),
        (r#""description":"Colours""#.to_owned(), "not a value set with its expansion"),
        (format!(r#""implicitRules":"https://study.example/rules",{COMPOSE}"#), "implicit rules"),
    ];
    for (rest, word) in &refused {
        put(&clinic, &kept("3", rest));
        set_aside(&clinic, &["ValueSet/colours-3", word]);
    }
    put(&clinic, &kept("3", COMPOSE));
    taken(&clinic, "3");
}

#[test]
fn a_server_that_searches_no_value_sets_holds_up_no_other_task() {
    let clinic = clinic_of(paint("", URL), &[&kept("3", COMPOSE)], |_| Vec::new());
    for status in [400, 401, 403, 404, 500, 501] {
        let refuses = Fault::Refuse { status, retry_after: None };
        clinic.server.faults().set(Armed::new(refuses, 1).for_type("ValueSet").on(On::Any));
        set_aside(&clinic, &["does not give it as a resource"]);
    }
    clinic.server.faults().clear();
    let rest = Fault::Refuse { status: 429, retry_after: Some(120) };
    clinic.server.faults().set(Armed::new(rest, 1).for_type("ValueSet").on(On::Any));
    assert_eq!(clinic.pulled().problem, Some("status"), "what it asks for everything is kept to");
    taken(&clinic, "3");
}

#[test]
fn what_the_server_keeps_is_taken_while_the_terminology_server_is_away() {
    let folder = TempDir::new().unwrap();
    let terminology = started(folder.path(), Version::R4, |seeds| seeds.terminology.push(parse(COLOURS)));
    terminology.close_listener();
    let clinic = clinic(paint("", URL), &[], Some(&terminology));
    set_aside(&clinic, &["could not be asked", "keeps no value set"]);
    put(&clinic, &kept("3", COMPOSE));
    taken(&clinic, "3");
}
