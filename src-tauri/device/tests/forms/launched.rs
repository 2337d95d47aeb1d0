//! What a visit's session is started with.

use super::*;

fn expression(name: &str, text: &str) -> String {
    format!(
        r#"{{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-{name}",
            "valueExpression":{{"language":"text/fhirpath","expression":"{text}"}}}}"#
    )
}

fn launch(name: &str, kind: &str) -> String {
    format!(
        r#"{{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-launchContext","extension":[
            {{"url":"name","valueId":"{name}"}},{{"url":"type","valueCode":"{kind}"}}]}}"#
    )
}

/// A question of strings that an expression begins.
fn begun(link_id: &str, text: &str) -> String {
    let extension = expression("initialExpression", text);
    format!(r#"{{"linkId":"{link_id}","type":"string","text":"{link_id}?","extension":[{extension}]}}"#)
}

/// What the session began its questions with.
fn beginnings(session: &Session) -> Vec<(String, Option<String>)> {
    session.review().rows.into_iter().map(|row| (row.text, row.answer)).collect()
}

#[test]
fn a_session_is_started_with_what_the_form_reads_and_nothing_else() {
    let bench = Bench::new();
    let items = [
        begun("number", "%patient.identifier.value"),
        begun("birth", "%patient.birthDate.toString()"),
        begun("staff", "%user.name.text"),
        begun("visit", "%encounter.identifier.value"),
        begun("state", "%encounter.status"),
    ];
    let added = add(&bench, &form("1", ENGLISH, &items.join(",")));
    let visit = bench.device().start_visit_with(PARTICIPANT, &added.id, &bench.staff).unwrap();
    let launch = bench.device().launch(&visit.id, &bench.staff).unwrap();
    let names: Vec<_> = launch.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["encounter", "patient", "user"]);
    let patient = &launch[1].resource;
    assert_eq!(
        patient,
        r#"{"resourceType":"Patient","id":"patient-014-0027","identifier":[{"system":"https://attesta.example/participants","value":"014-0027"}]}"#
    );
    begin(&bench, &visit);
    let session = bench.device().session(&visit.id).unwrap().expect("the log replays");
    let expected = [
        ("number?", Some(PARTICIPANT.to_owned())),
        ("birth?", None),
        ("staff?", Some("ANNA".to_owned())),
        ("visit?", Some(format!("urn:uuid:{}", visit.id))),
        ("state?", Some("in-progress".to_owned())),
    ];
    assert_eq!(beginnings(&session), expected.map(|(text, answer)| (text.to_owned(), answer)));

    let plain = add(&bench, &form("2", ENGLISH, WEIGHT));
    let visit = bench.device().start_visit_with(PARTICIPANT, &plain.id, &bench.staff).unwrap();
    assert!(bench.device().launch(&visit.id, &bench.staff).unwrap().is_empty());
}

#[test]
fn what_the_device_cannot_give_is_refused_where_more_than_a_beginning_depends_on_it() {
    let bench = Bench::new();
    let place = launch("place", "Location");
    let declared = format!(r#"{ENGLISH}"extension":[{place}],"#);
    let begins = checked(&bench, &form("1", &declared, &begun("place", "%place.name")));
    let told = begins.report().notices.iter().find(|notice| notice.reason == Reason::LaunchContext);
    assert_eq!(told.and_then(|notice| notice.link_id.as_deref()), Some("place"), "{}", begins.report());
    assert!(begins.questionnaire().is_some());

    let calculated = begun("place", "%place.name").replace("initialExpression", "calculatedExpression");
    let depends = checked(&bench, &form("1", &declared, &format!("{WEIGHT},{calculated}")));
    let [problem] = depends.report().problems.as_slice() else { panic!("{}", depends.report()) };
    assert_eq!((problem.reason, problem.link_id.as_deref()), (Reason::LaunchContext, Some("place")));

    let unread = checked(&bench, &form("1", &declared, WEIGHT));
    assert!(unread.questionnaire().is_some(), "nobody needs what nothing reads");
}

/// FHIRPath makes nothing of an element that is not there: without this, everybody has the factor of men.
#[test]
fn an_element_that_the_device_does_not_give_is_refused_where_more_than_a_beginning_depends_on_it() {
    let bench = Bench::new();
    let say = |items: &str| checked(&bench, &form("1", ENGLISH, items));
    let score = |name: &str, text: &str| {
        let extension = expression(name, text);
        format!(
            r#"{WEIGHT},{{"linkId":"score","type":"decimal","text":"Score","readOnly":true,"extension":[{extension}]}}"#
        )
    };
    let refused = |items: &str, extension: &str, said: &str| {
        let report = say(items);
        assert!(
            report.questionnaire().is_none() && report.report().problems.len() == 1,
            "{}",
            report.report()
        );
        let problem = &report.report().problems[0];
        assert_eq!((problem.reason, problem.link_id.as_deref()), (Reason::LaunchContext, Some("score")));
        assert_eq!(problem.path, "Questionnaire.item[1].extension[0]");
        assert!(problem.extension.as_deref().is_some_and(|url| url.ends_with(extension)), "{problem:?}");
        assert!(problem.message.contains(said) && problem.message.contains("ask for it"), "{problem:?}");
    };
    let factor = "iif(%patient.gender = 'female', 0.742, 1)";
    refused(
        &score("calculatedExpression", factor),
        "calculatedExpression",
        "reads %patient.gender (line 1, column 14); the device gives of %patient only id, identifier.system, \
         identifier.value",
    );
    refused(
        &score("enableWhenExpression", "%user.id.exists()"),
        "enableWhenExpression",
        "%user.id (line 1, column 7)",
    );
    refused(
        &score("calculatedExpression", "%encounter.period.end.exists().toInteger()"),
        "calculatedExpression",
        "%encounter.period.end",
    );
    let read = [
        begun("number", "%patient.id & %patient.identifier.value & %user.name.text"),
        begun("birth", "%patient.birthDate.toString()"),
    ];
    let begins = say(&read.join(","));
    assert!(begins.questionnaire().is_some(), "{}", begins.report());
    let told = begins.report().notices.iter().filter(|notice| notice.reason == Reason::LaunchContext);
    let told: Vec<_> = told.map(|notice| (notice.link_id.as_deref(), notice.message.as_str())).collect();
    let [(Some("birth"), message)] = told.as_slice() else { panic!("{told:?}") };
    assert!(message.contains("%patient.birthDate (line 1, column 10)"), "{message}");
    assert!(message.ends_with("begins without an answer"), "{message}");
    let whole = "%patient.identifier.where(system.exists()).value.count() + %encounter.period.start.yearOf()";
    assert!(say(&score("calculatedExpression", whole)).questionnaire().is_some());
}

/// What forms are judged by is what they are given.
#[test]
fn a_launch_gives_the_elements_that_forms_are_judged_by() {
    fn paths(value: &fhir::Value, path: &str, found: &mut Vec<String>) {
        match value {
            fhir::Value::Object(object) => {
                for (name, inner) in object.iter() {
                    let dot = if path.is_empty() { "" } else { "." };
                    paths(inner, &format!("{path}{dot}{name}"), found);
                }
            }
            fhir::Value::Array(elements) => elements.iter().for_each(|inner| paths(inner, path, found)),
            _ => found.push(path.to_owned()),
        }
    }
    let bench = Bench::new();
    let items = [begun("a", "%patient.id"), begun("b", "%user.name.text"), begun("c", "%encounter.status")];
    let added = add(&bench, &form("1", ENGLISH, &items.join(",")));
    let visit = bench.device().start_visit_with(PARTICIPANT, &added.id, &bench.staff).unwrap();
    let launch = bench.device().launch(&visit.id, &bench.staff).unwrap();
    assert_eq!(launch.len(), questionnaire::LAUNCH_ELEMENTS.len());
    for (name, elements) in questionnaire::LAUNCH_ELEMENTS {
        let given = launch.iter().find(|one| one.name == name).unwrap();
        let mut found = Vec::new();
        paths(&fhir::Value::parse(given.resource.as_bytes()).unwrap(), "", &mut found);
        assert_eq!(found, elements, "{name}");
    }
}

/// SDC defines the names: what stands under another one is not the participant because it is a Patient.
#[test]
fn nobody_is_taken_for_the_participant_by_a_name_that_sdc_does_not_define() {
    let bench = Bench::new();
    for (name, kind, said) in [
        (
            "mother",
            "Patient",
            "%mother is no name that SDC defines for a launch context, so nothing is given under this name",
        ),
        ("last-stay", "Encounter", "nothing is given under this name"),
        ("Patient", "Patient", "nothing is given under this name"),
        ("study", "ResearchStudy", "%study is not known on the device"),
        // Who answers may be another one, and whoever hands over is a member of staff.
        ("user", "Patient", "%user is not known on the device"),
        ("patient", "RelatedPerson", "%patient is not known on the device"),
    ] {
        let declared = format!(r#"{ENGLISH}"extension":[{}],"#, launch(name, kind));
        let read = format!("%`{name}`.id");
        let begins = checked(&bench, &form("1", &declared, &begun("other", &read)));
        let notice = begins.report().notices.iter().find(|notice| notice.reason == Reason::LaunchContext);
        let notice = notice.unwrap_or_else(|| panic!("{name}: {}", begins.report()));
        assert!(
            notice.message.contains(said) && notice.message.ends_with("begins without an answer"),
            "{notice:?}"
        );

        let calculated = begun("other", &read).replace("initialExpression", "calculatedExpression");
        let depends = checked(&bench, &form("1", &declared, &format!("{WEIGHT},{calculated}")));
        let [problem] = depends.report().problems.as_slice() else { panic!("{name}: {}", depends.report()) };
        assert!(problem.reason == Reason::LaunchContext && problem.message.contains(said), "{problem:?}");
    }

    let contexts = [launch("mother", "Patient"), launch("patient", "Patient")].join(",");
    let declared = format!(r#"{ENGLISH}"extension":[{contexts}],"#);
    let items = [begun("hers", "%mother.identifier.value"), begun("own", "%patient.identifier.value")];
    let added = add(&bench, &form("1", &declared, &items.join(",")));
    let visit = bench.device().start_visit_with(PARTICIPANT, &added.id, &bench.staff).unwrap();
    let launch = bench.device().launch(&visit.id, &bench.staff).unwrap();
    assert_eq!(launch.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["patient"]);
    let answers = beginnings(&begin(&bench, &visit)).into_iter().map(|(_, answer)| answer);
    assert_eq!(answers.collect::<Vec<_>>(), [None, Some(PARTICIPANT.to_owned())]);
}

#[test]
fn a_form_may_begin_with_the_participants_newest_proven_response() {
    let bench = Bench::new();
    let declared = format!(r#"{ENGLISH}"extension":[{}],"#, launch("last", "QuestionnaireResponse"));
    let extension = expression("initialExpression", "%last.item.where(linkId='weight').answer.value");
    let weight = format!(
        r#"{{"linkId":"weight","type":"decimal","text":"Your weight in kg?","extension":[{extension}]}}"#
    );
    let document = form("1", &declared, &weight);
    let said = checked(&bench, &document);
    let warned = |reason| {
        said.report()
            .notices
            .iter()
            .any(|one| one.reason == reason && one.link_id.as_deref() == Some("weight"))
    };
    assert!(warned(Reason::PreAnswered) && warned(Reason::LaunchContext), "{}", said.report());
    let added = bench.device().add_form(&said, &bench.staff).unwrap();

    let visit = bench.device().start_visit_with(PARTICIPANT, &added.id, &bench.staff).unwrap();
    let mut session = begin(&bench, &visit);
    assert_eq!(beginnings(&session)[0].1, None, "there is no earlier response yet");
    act(&bench, &visit, &mut session, &Action::Begin);
    let answers = vec![Answer::Number { text: "72.50".to_owned() }];
    act(&bench, &visit, &mut session, &Action::Answer { key: "weight".to_owned(), answers });
    act(&bench, &visit, &mut session, &Action::Next);
    act(&bench, &visit, &mut session, &Action::Confirm);
    bench.device().choose_pin(PARTICIPANT, PIN, PIN).unwrap();
    let pin = bench.device().verify_pin(&visit.id, &session, PARTICIPANT, PIN).unwrap();
    bench.device().freeze(&visit.id, &session, pin, WORDS).unwrap();

    let early = bench.device().start_visit_with(PARTICIPANT, &added.id, &bench.staff).unwrap();
    assert_eq!(beginnings(&begin(&bench, &early))[0].1, None, "what is not proven counts for nothing");
    deliver(&bench);

    let newer = form("2", &declared, &weight);
    let newer = add(&bench, &newer);
    let visit = bench.device().start_visit_with(PARTICIPANT, &newer.id, &bench.staff).unwrap();
    begin(&bench, &visit);
    let session = bench.device().session(&visit.id).unwrap().unwrap();
    assert_eq!(beginnings(&session)[0].1.as_deref(), Some("72.50"), "another version of the same form");
    let events = bench
        .device()
        .store()
        .read(|connection| device::store::draft_event::of_visit(connection, &visit.id))
        .unwrap();
    let EventKind::Started { initial, launch, .. } = &events[0].kind else { panic!("{events:?}") };
    assert_eq!((initial.len(), launch.len()), (1, 1), "what was filled in, and from what, is in the log");
}
