//! The study's forms: checked, completed, offered, replaced, withdrawn.

mod launched;

use crate::common;

use common::delivery::deliver;
use common::{ACTOR, Bench, PARTICIPANT, PIN, WORDS, configuration, events};
use device::store::form::{self, FormState};
use device::store::visit::Visit;
use device::{CheckedForm, Device, Error, Opening, Policy, clock};
use fhir::Value;
use practice::{Options, Seeds, Server};
use questionnaire::{Action, Answer, EventKind, Reason, Session};

/// A form with these items; `extra` stands before them.
fn form(version: &str, extra: &str, items: &str) -> Vec<u8> {
    format!(
        r#"{{"resourceType":"Questionnaire","id":"weight","url":"https://study.example/weight","version":"{version}",
            "status":"active","title":"Weight",{extra}"item":[{items}]}}"#
    )
    .into_bytes()
}

const ENGLISH: &str = r#""language":"en","#;
const WEIGHT: &str = r#"{"linkId":"weight","type":"decimal","text":"Your weight in kg?"}"#;
const COLOUR: &str = r#"{"linkId":"colour","type":"choice","text":"Which colour?",
    "answerValueSet":"https://study.example/vs/colours"}"#;

/// The bench under another policy.
fn under(bench: &mut Bench, policy: Policy) {
    bench.device = None;
    let configuration =
        device::Configuration { policy, ..configuration(bench.folder.path(), bench.authority.anchor()) };
    let opening = Opening {
        data_folder: bench.folder.path().to_path_buf(),
        keystore: bench.keystore.clone(),
        configuration,
        clock: bench.clock.clock(),
    };
    bench.device = Some(Device::open(opening).unwrap());
}

fn checked(bench: &Bench, document: &[u8]) -> CheckedForm {
    bench.device().check_form(document).unwrap()
}

fn add(bench: &Bench, document: &[u8]) -> form::Form {
    let checked = checked(bench, document);
    assert!(checked.questionnaire().is_some(), "{}", checked.report());
    bench.device().add_form(&checked, &bench.staff).unwrap()
}

fn states(bench: &Bench) -> Vec<(String, FormState)> {
    let all = bench.device().store().read(form::all).unwrap();
    all.into_iter().map(|form| (form.canonical, form.state)).collect()
}

/// Starts the visit's session with what the device gives, and stores its first event.
fn begin(bench: &Bench, visit: &Visit) -> Session {
    let device = bench.device();
    let launch = device.launch(&visit.id, &bench.staff).unwrap();
    let form = device.questionnaire(&visit.id).unwrap();
    let at = clock::text(&device.now());
    let (session, first) = Session::start_with(&form, "en", launch, &at, "staff/anna").unwrap();
    device.append(&visit.id, &first).unwrap();
    session
}

fn act(bench: &Bench, visit: &Visit, session: &mut Session, action: &Action) {
    let event = session.plan(action, &clock::text(&bench.device().now()), ACTOR).unwrap();
    bench.device().append(&visit.id, &event).unwrap();
    session.apply(&event);
}

#[test]
fn a_newer_form_takes_the_place_of_an_older_one_and_a_withdrawn_one_starts_no_visit() {
    let mut bench = Bench::new();
    let first = add(&bench, &form("1", ENGLISH, WEIGHT));
    assert_eq!(first.id, "weight", "the form's own id, while nothing else has it");
    let old = bench.device().start_visit_with(PARTICIPANT, &first.id, &bench.staff).unwrap();

    let again = checked(&bench, &form("1", ENGLISH, WEIGHT));
    assert!(again.is_known());
    assert!(matches!(bench.device().add_form(&again, &bench.staff), Err(Error::FormKnown)));

    let newer = checked(&bench, &form("2", ENGLISH, WEIGHT));
    assert_eq!(newer.replaces().map(|form| form.id.as_str()), Some("weight"));
    let newer = bench.device().add_form(&newer, &bench.staff).unwrap();
    assert_ne!(newer.id, "weight");
    let url = "https://study.example/weight";
    assert_eq!(
        states(&bench),
        [(format!("{url}|2"), FormState::Offered), (format!("{url}|1"), FormState::Replaced)]
    );
    let refused = bench.device().start_visit_with(PARTICIPANT, "weight", &bench.staff);
    assert!(matches!(refused, Err(Error::WrongState(_))), "the older version starts no visit");
    assert_eq!(
        bench.device().questionnaire(&old.id).unwrap().version(),
        Some("1"),
        "the visit goes on with it"
    );

    assert!(matches!(bench.device().withdraw_form(&newer.id, &bench.staff, " "), Err(Error::ReasonMissing)));
    bench.device().withdraw_form(&newer.id, &bench.staff, "Wrong unit").unwrap();
    bench.reopen();
    let refused = bench.device().start_visit_with(PARTICIPANT, &newer.id, &bench.staff);
    assert!(matches!(refused, Err(Error::WrongState(_))));
    let again = bench.device().withdraw_form(&newer.id, &bench.staff, "Twice");
    assert!(matches!(again, Err(Error::WrongState(_))));
    assert_eq!(events(&bench, "form/weight"), ["form.added", "form.replaced"]);
    assert_eq!(events(&bench, &format!("form/{}", newer.id)), ["form.added", "form.withdrawn"]);
    for sql in ["DELETE FROM form", "UPDATE form SET resource = ''", "UPDATE form SET state = 'offered'"] {
        let result = bench.device().store().write(move |tx| Ok(tx.execute(sql, [])?));
        assert!(result.is_err(), "{sql} must be refused by the database itself");
    }
}

#[test]
fn forms_checked_at_the_same_time_do_not_take_each_others_place() {
    let bench = Bench::new();
    let (one, other) =
        (checked(&bench, &form("1", ENGLISH, WEIGHT)), checked(&bench, &form("2", ENGLISH, WEIGHT)));
    bench.device().add_form(&one, &bench.staff).unwrap();
    let late = bench.device().add_form(&other, &bench.staff);
    assert!(
        matches!(late, Err(Error::StaleRevision)),
        "the report did not say that it replaces one: {late:?}"
    );
}

#[test]
fn what_comes_with_the_program_is_brought_once() {
    let bench = Bench::new();
    let form = String::from_utf8(form("1", ENGLISH, WEIGHT)).unwrap();
    bench.device().bring_form(&form).unwrap();
    bench.device().withdraw_form("weight", &bench.staff, "Not in this study").unwrap();
    bench.device().bring_form(&form).unwrap();
    assert_eq!(states(&bench).len(), 1, "what staff withdrew stays withdrawn");
}

#[test]
fn a_refused_form_is_reported_and_never_stored() {
    let bench = Bench::new();
    let unusable = form("1", ENGLISH, r#"{"linkId":"a","type":"choice","text":"?"}"#);
    let large = vec![b' '; questionnaire::MAX_BYTES + 1];
    for (document, reason) in [
        (unusable, Reason::AnswerOption),
        (b"{".to_vec(), Reason::NotJson),
        (
            br#"<Questionnaire xmlns="http://hl7.org/fhir"><nonsense/></Questionnaire>"#.to_vec(),
            Reason::NotXml,
        ),
        (large, Reason::TooLarge),
        (br#"{"resourceType":"Patient"}"#.to_vec(), Reason::NotAQuestionnaire),
        // No server is configured, and the form has not the value set.
        (form("1", ENGLISH, COLOUR), Reason::AnswerValueSet),
        (form("1", "", WEIGHT), Reason::Missing),
    ] {
        let checked = checked(&bench, &document);
        let report = checked.report();
        assert!(report.problems.iter().any(|problem| problem.reason == reason), "{report}");
        assert!(matches!(bench.device().add_form(&checked, &bench.staff), Err(Error::Questionnaire)));
    }
    assert!(states(&bench).is_empty());
}

#[test]
fn a_form_in_xml_is_stored_as_the_same_form_in_json() {
    let bench = Bench::new();
    let json = form("1", ENGLISH, WEIGHT);
    let xml = fhir::xml::to_xml(&Value::parse(&json).unwrap(), fhir::Version::R4).unwrap();
    let of_json = checked(&bench, &json);
    let of_xml = checked(&bench, &[b"\xef\xbb\xbf", xml.as_bytes()].concat());
    assert_eq!(of_xml.report(), of_json.report());
    let sha256 = |form: &CheckedForm| form.questionnaire().unwrap().sha256().clone();
    assert_eq!(sha256(&of_xml), sha256(&of_json));
    let added = bench.device().add_form(&of_xml, &bench.staff).unwrap();
    assert_eq!(added.sha256, sha256(&of_json));
    assert!(bench.device().form_report(&added.id).unwrap().questionnaire.is_some());
}

#[test]
fn a_form_without_a_language_is_taken_and_stored_in_the_studys() {
    let mut bench = Bench::new();
    under(&mut bench, Policy { form_language: Some("de".to_owned()), ..Policy::default() });
    let checked = checked(&bench, &form("1", "", WEIGHT));
    let first = &checked.report().notices[0];
    assert_eq!((first.reason, first.path.as_str()), (Reason::Completed, "Questionnaire.language"));
    assert!(first.message.contains("taken as de"), "{}", first.message);
    let added = bench.device().add_form(&checked, &bench.staff).unwrap();
    // What was said is said again, though the form names its language now: also after the program was opened again.
    let again = |bench: &Bench| bench.device().form_report(&added.id).unwrap().report;
    assert_eq!(&again(&bench), checked.report());
    bench.reopen();
    assert_eq!(&again(&bench), checked.report());
    let resource = bench.device().store().read(|connection| form::resource(connection, &added.id)).unwrap();
    assert_eq!(Value::parse(resource.as_bytes()).unwrap().str("language"), Some("de"));
    let visit = bench.device().start_visit_with(PARTICIPANT, &added.id, &bench.staff).unwrap();
    assert_eq!(bench.device().questionnaire(&visit.id).unwrap().languages(), ["de"]);
}

/// A question in French, and in these languages besides.
fn in_french_and(languages: &[&str]) -> Vec<u8> {
    let translated = |tag: &&str| {
        format!(
            r#"{{"url":"http://hl7.org/fhir/StructureDefinition/translation","extension":[
                {{"url":"lang","valueCode":"{tag}"}},{{"url":"content","valueString":"in {tag}"}}]}}"#
        )
    };
    let extension = languages.iter().map(translated).collect::<Vec<_>>().join(",");
    let translations = |name: &str| {
        if languages.is_empty() {
            String::new()
        } else {
            format!(r#","{name}":{{"extension":[{extension}]}}"#)
        }
    };
    let (title, text) = (translations("_title"), translations("_text"));
    format!(
        r#"{{"resourceType":"Questionnaire","url":"https://study.example/fhir/Questionnaire/weight","version":"1","status":"active",
            "language":"fr","title":"Poids"{title},"item":[{{"linkId":"1","type":"decimal","text":"Votre poids en kg ?"{text}}}]}}"#
    )
    .into_bytes()
}

#[test]
fn a_form_in_no_language_of_the_app_is_refused_and_one_in_some_says_which_are_left_out() {
    let bench = Bench::new();
    let refused = checked(&bench, &in_french_and(&[]));
    assert!(refused.questionnaire().is_none());
    let [problem] = &refused.report().problems[..] else { panic!("{}", refused.report()) };
    assert_eq!((problem.reason, problem.path.as_str()), (Reason::Language, "Questionnaire.language"));
    assert!(problem.message.contains("speaks en, de, es, ar, and the form only fr"), "{}", problem.message);

    let usable = checked(&bench, &in_french_and(&["DE-ch"]));
    let notices: Vec<_> =
        usable.report().notices.iter().filter(|one| one.reason == Reason::Language).collect();
    let [notice] = &notices[..] else { panic!("{notices:?}") };
    assert!(notice.message.starts_with("fr is not offered"), "{}", notice.message);
    bench.device().add_form(&usable, &bench.staff).unwrap();
}

/// English, and of its two texts only the title in Arabic.
fn half_in_arabic(extra: &str) -> Vec<u8> {
    format!(
        r#"{{"resourceType":"Questionnaire","url":"https://study.example/fhir/Questionnaire/weight","version":"1","status":"active",
            "language":"en","title":"Weight","_title":{{"extension":[{{
                "url":"http://hl7.org/fhir/StructureDefinition/translation","extension":[
                    {{"url":"lang","valueCode":"ar"}},{{"url":"content","valueString":"الوزن"}}]}}]}},{extra}
            "item":[{{"linkId":"1","type":"decimal","text":"Your weight in kg?"}}]}}"#
    )
    .into_bytes()
}

#[test]
fn a_form_with_gaps_is_offered_in_the_languages_in_which_the_study_allows_them() {
    let mut bench = Bench::new();
    let (document, untouched) = (half_in_arabic(""), Policy::default());
    let complete = checked(&bench, &document);
    assert_eq!(complete.questionnaire().unwrap().languages(), ["en"]);

    under(&mut bench, Policy { mixed_languages: vec!["de".to_owned(), "AR".to_owned()], ..untouched });
    let mixed = checked(&bench, &document);
    let first = &mixed.report().notices[0];
    assert_eq!((first.reason, first.path.as_str()), (Reason::Completed, "Questionnaire"));
    assert!(first.message.contains("the study allows that the form is offered in ar"), "{}", first.message);
    let added = bench.device().add_form(&mixed, &bench.staff).unwrap();
    assert_ne!(
        Some(added.sha256.clone()),
        complete.questionnaire().map(questionnaire::Questionnaire::sha256)
    );

    // What was taken stays as it is for those who answer it, whatever the study says later.
    under(&mut bench, Policy::default());
    assert_eq!(&bench.device().form_report(&added.id).unwrap().report, mixed.report());
    let visit = bench.device().start_visit_with(PARTICIPANT, &added.id, &bench.staff).unwrap();
    let questionnaire = bench.device().questionnaire(&visit.id).unwrap();
    assert_eq!(questionnaire.languages(), ["en", "ar"]);
    let (session, _) = Session::start(&questionnaire, "ar", "2026-11-21T09:41:07Z", ACTOR).unwrap();
    assert_eq!(session.untranslated().unwrap().lines, ["Your weight in kg?"]);
}

#[test]
fn what_only_the_form_itself_allows_is_refused() {
    let mut bench = Bench::new();
    let document = half_in_arabic(
        r#""extension":[{"url":"https://attesta.example/fhir/StructureDefinition/mixed-language","valueCode":"ar"}],"#,
    );
    let refused = checked(&bench, &document);
    assert!(refused.questionnaire().is_none());
    let [problem] = &refused.report().problems[..] else { panic!("{}", refused.report()) };
    assert_eq!((problem.reason, problem.path.as_str()), (Reason::Language, "Questionnaire"));
    assert!(problem.message.contains("policy.mixedLanguages"), "{}", problem.message);

    under(&mut bench, Policy { mixed_languages: vec!["ar".to_owned()], ..Policy::default() });
    let taken = checked(&bench, &document);
    let same = Value::parse(&document).unwrap().to_json();
    let added = bench.device().add_form(&taken, &bench.staff).unwrap();
    let stored = bench.device().store().read(|connection| form::resource(connection, &added.id)).unwrap();
    assert_eq!(stored, same, "nothing is added to a form that says it already");
}

/// Its next question may lack what its title has.
#[test]
fn an_adaptive_form_has_the_permission_of_the_study_before_it_has_a_gap() {
    const ADAPTIVE: &str = r#"{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-questionnaireAdaptive",
        "valueUri":"https://forms.example/fhir"}"#;
    const MIXED: &str =
        r#"{"url":"https://attesta.example/fhir/StructureDefinition/mixed-language","valueCode":"ar"}"#;
    let document = |extensions: &str| {
        let text = String::from_utf8(half_in_arabic(&format!(r#""extension":[{extensions}],"#))).unwrap();
        let items = text.find(r#""item""#).unwrap();
        format!("{}}}", text[..items].trim_end().trim_end_matches(',')).into_bytes()
    };
    let mut bench = Bench::new();
    let refused = checked(&bench, &document(&format!("{ADAPTIVE},{MIXED}")));
    let [problem] = &refused.report().problems[..] else { panic!("{}", refused.report()) };
    assert!(problem.message.contains("policy.mixedLanguages"), "{}", problem.message);
    let without = checked(&bench, &document(ADAPTIVE));
    assert!(without.questionnaire().unwrap().mixed_languages().is_empty());

    under(&mut bench, Policy { mixed_languages: vec!["ar".to_owned()], ..Policy::default() });
    for given in [ADAPTIVE.to_owned(), format!("{ADAPTIVE},{MIXED}")] {
        let taken = checked(&bench, &document(&given));
        assert_eq!(taken.questionnaire().unwrap().mixed_languages(), ["ar"], "{}", taken.report());
    }
}

fn terminology() -> Vec<Value> {
    let system = r#"{"resourceType":"CodeSystem","id":"colours","url":"https://study.example/cs/colours","status":
        "active","content":"complete","concept":[{"code":"red","display":"Red"},{"code":"blue","display":"Blue"}]}"#;
    let set = r#"{"resourceType":"ValueSet","id":"colours","url":"https://study.example/vs/colours","version":"3",
        "status":"active","compose":{"include":[{"system":"https://study.example/cs/colours"}]}}"#;
    [system, set].map(|one| Value::parse(one.as_bytes()).unwrap()).to_vec()
}

#[test]
fn value_sets_are_expanded_once_and_stored_with_the_form() {
    let folder = tempfile::TempDir::new().unwrap();
    let server = Server::start(Options {
        data_dir: folder.path().to_owned(),
        port: 0,
        seeds: Seeds { terminology: terminology(), ..Seeds::default() },
        version: fhir::Version::R4,
    })
    .unwrap();
    let mut bench = Bench::new();
    let policy = Policy { terminology_servers: vec![server.base_url().to_owned()], ..Policy::default() };
    under(&mut bench, policy);

    let unknown = COLOUR.replace("vs/colours", "vs/shapes").replace("\"colour\"", "\"shape\"");
    let half = checked(&bench, &form("1", ENGLISH, &format!("{COLOUR},{unknown}")));
    assert!(half.questionnaire().is_none(), "with half of its value sets a form is of no use");
    let said: Vec<_> =
        half.report().problems.iter().map(|one| (one.link_id.as_deref(), one.reason)).collect();
    assert!(said.iter().all(|(link_id, _)| *link_id == Some("shape")), "{said:?}");

    let whole = checked(&bench, &form("1", ENGLISH, COLOUR));
    let [stored] = whole.value_sets() else { panic!("{:?}", whole.report()) };
    assert_eq!((stored.concepts, stored.version.as_deref()), (2, Some("3")));
    assert_eq!(stored.server, server.base_url());
    let added = bench.device().add_form(&whole, &bench.staff).unwrap();

    server.stop();
    let away = checked(&bench, &form("2", ENGLISH, COLOUR));
    assert!(away.questionnaire().is_none());
    let said = away.report().problems.iter().any(|one| one.message.contains("could not be asked"));
    assert!(said, "{}", away.report());

    bench.reopen();
    let kept = bench.device().form_report(&added.id).unwrap();
    assert_eq!((&kept.report, kept.value_sets.as_slice()), (whole.report(), whole.value_sets()));
    let visit = bench.device().start_visit_with(PARTICIPANT, &added.id, &bench.staff).unwrap();
    let mut session = begin(&bench, &visit);
    act(&bench, &visit, &mut session, &Action::Begin);
    let shown = format!("{:?}", session.screen());
    assert!(shown.contains("Red") && shown.contains("Blue"), "without a server: {shown}");
}
