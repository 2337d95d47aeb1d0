//! Tasks whose Questionnaire needs a value set that it does not contain: the set is had of the study's terminology server once,
//! kept with the form, and there when no server is.

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
    let clinic = Clinic::of(
        Version::R4,
        |seeds| {
            seeds.questionnaires.push(form);
            seeds.terminology.extend(sets.iter().map(|set| parse(set)));
        },
        |configuration| {
            let own = configuration.server.clone();
            configuration.policy.terminology_servers =
                vec![terminology.map_or(own, |server| server.base_url().to_owned())];
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
