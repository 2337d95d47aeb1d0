//! `questionnaire expand` against the practice server, and against servers that answer otherwise.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};

use fhir::{Value, Version, array, object};
use practice::{Handle, Options, Seeds};

const MOODS: &str = "https://attesta.example/fhir/ValueSet/moods";
const MANY: &str = "https://attesta.example/fhir/ValueSet/many";

struct Rig {
    server: Handle,
    folder: tempfile::TempDir,
}

fn json(text: &str) -> Value {
    Value::parse(text.as_bytes()).unwrap()
}

/// A code system with a heading, an inactive concept and German words, and value sets over it; one with `many` concepts.
fn terminology(many: usize) -> Vec<Value> {
    let concepts: Vec<Value> = (0..many)
        .map(|n| object! { "code" => format!("c{n}"), "display" => format!("Concept {n}") })
        .collect();
    let system = object! {
        "resourceType" => "CodeSystem", "id" => "many", "url" => "urn:example:many", "status" => "active",
        "content" => "complete", "concept" => concepts,
    };
    let set = |id: &str, version: &str, include: Value| {
        object! {
            "resourceType" => "ValueSet", "id" => id, "url" => format!("https://attesta.example/fhir/ValueSet/{id}"),
            "version" => version, "status" => "active", "compose" => object! { "include" => array![include] },
        }
    };
    let moods = json(
        r#"{"resourceType":"CodeSystem","id":"moods","url":"urn:example:moods","version":"7","status":"active",
        "content":"complete","concept":[{"code":"mood","display":"Mood",
        "property":[{"code":"notSelectable","valueBoolean":true}],"concept":[
        {"code":"good","display":"Good","designation":[{"language":"de","value":"Gut"}]},
        {"code":"bad","display":"Bad","designation":[{"language":"de","value":"Schlecht"}]},
        {"code":"old","display":"Old","property":[{"code":"inactive","valueBoolean":true}]}]}]}"#,
    );
    let below = json(
        r#"{"system":"urn:example:moods","filter":[{"property":"concept","op":"is-a","value":"mood"}]}"#,
    );
    vec![system, moods, set("moods", "2", below), set("many", "1", json(r#"{"system":"urn:example:many"}"#))]
}

fn form(item: &str) -> String {
    format!(
        r#"{{"resourceType":"Questionnaire","url":"https://attesta.example/fhir/Questionnaire/f","version":"1",
        "status":"active","language":"en","title":"Form","item":[{item}]}}"#
    )
}

fn choice(link_id: &str, value_set: &str) -> String {
    format!(r#"{{"linkId":"{link_id}","type":"choice","text":"Which?","answerValueSet":"{value_set}"}}"#)
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn attesta(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_attesta")).current_dir(folder).args(arguments).output().unwrap()
}

/// What a refusal says; it writes nothing.
fn refusal(folder: &Path, base: &str, form: &str) -> (Option<i32>, String) {
    std::fs::write(folder.join("form.json"), form).unwrap();
    let output = attesta(
        folder,
        &["questionnaire", "expand", "form.json", "--terminology", base, "--out", "never.json"],
    );
    assert_eq!(text(&output.stdout), "");
    assert!(!folder.join("never.json").exists());
    (output.status.code(), text(&output.stderr).to_owned())
}

impl Rig {
    fn new(many: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let seeds = Seeds { terminology: terminology(many), ..Seeds::default() };
        let options = Options { data_dir: folder.path().join("data"), port: 0, seeds, version: Version::R4 };
        Self { server: practice::Server::start(options).unwrap(), folder }
    }

    /// The form with its value sets, and what was said.
    fn expanded(&self, form: &str) -> (Value, String) {
        std::fs::write(self.folder.path().join("form.json"), form).unwrap();
        let _ = std::fs::remove_file(self.folder.path().join("whole.json"));
        let base = self.server.base_url();
        let output = attesta(
            self.folder.path(),
            &["questionnaire", "expand", "form.json", "--terminology", base, "--out", "whole.json"],
        );
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let whole = std::fs::read_to_string(self.folder.path().join("whole.json")).unwrap();
        (json(&whole), text(&output.stdout).to_owned())
    }

    fn refusal(&self, form: &str) -> (Option<i32>, String) {
        refusal(self.folder.path(), self.server.base_url(), form)
    }
}

#[test]
fn a_form_with_its_value_sets_is_usable_without_a_server() {
    let rig = Rig::new(3);
    let form = form(&[choice("a", MOODS), choice("b", &format!("{MOODS}|2"))].join(","));
    std::fs::write(rig.folder.path().join("before.json"), &form).unwrap();
    let before = attesta(rig.folder.path(), &["questionnaire", "check", "before.json"]);
    assert_eq!(before.status.code(), Some(1));

    let (whole, said) = rig.expanded(&form);
    let base = rig.server.base_url().to_owned();
    assert!(said.starts_with(&format!("{MOODS}: version 2, 2 concepts, from {base}\n")), "{said}");
    rig.server.stop();
    let after = attesta(rig.folder.path(), &["questionnaire", "check", "whole.json"]);
    assert_eq!(after.status.code(), Some(0), "{}", text(&after.stdout));

    let [first, second] = whole.list("contained") else { panic!("two references, two value sets") };
    assert_eq!((first.str("url"), first.str("version")), (Some(MOODS), Some("2")));
    assert_eq!(whole.list("item")[0].str("answerValueSet"), Some(&*format!("#{}", first.str("id").unwrap())));
    assert_eq!(
        whole.list("item")[1].str("answerValueSet"),
        Some(&*format!("#{}", second.str("id").unwrap()))
    );
    let expansion = first.get("expansion").unwrap();
    let codes: Vec<_> = expansion.list("contains").iter().map(|one| one.str("code").unwrap()).collect();
    assert_eq!(codes, ["good", "bad"], "neither the heading nor what is inactive");
    assert_eq!(expansion.list("contains")[0].list("designation")[0].str("value"), Some("Gut"));
    assert_eq!(expansion.list("parameter")[0].str("valueUri"), Some("urn:example:moods|7"));
    assert!(expansion.str("timestamp").is_some() && expansion.get("identifier").is_none());
}

#[test]
fn a_long_list_is_read_page_by_page() {
    let rig = Rig::new(2_500);
    let (whole, said) = rig.expanded(&form(&choice("a", MANY)));
    assert!(said.contains("2500 concepts"), "{said}");
    let contained = whole.list("contained")[0].get("expansion").unwrap().list("contains");
    assert_eq!(contained.len(), 2_500);
    assert_eq!(contained[2_499].str("code"), Some("c2499"));
}

#[test]
fn what_a_server_does_not_have_or_will_not_list_is_named() {
    let rig = Rig::new(10_001);
    let unknown = choice("b", "https://attesta.example/fhir/ValueSet/none");
    let (code, said) =
        rig.refusal(&form(&[choice("a", MOODS), unknown, choice("c", MANY), choice("d", MANY)].join(",")));
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("ValueSet/none (asked in b) cannot be had: the terminology server does not know it"),
        "{said}"
    );
    assert!(
        said.contains("ValueSet/many (asked in c, d) cannot be had: the value set has more than 10000"),
        "{said}"
    );
    assert!(!said.contains("moods"), "{said}");
    let (_, said) = rig.refusal(&form(&choice("a", &format!("{MOODS}|1"))));
    assert!(said.contains("does not know it"), "another version: {said}");
    let rig = Rig::new(20_001);
    let (code, said) = rig.refusal(&form(&choice("a", MANY)));
    assert_eq!(code, Some(1));
    assert!(
        said.contains("it is too large for the terminology server: the value set has more than 20000"),
        "{said}"
    );
}

#[test]
fn a_contained_value_set_gets_its_expansion_where_it_has_an_address() {
    let rig = Rig::new(1);
    let with = |url: &str| {
        form(&choice("a", "#own")).replace(
            "\"item\":",
            &format!(
                r#""contained":[{{"resourceType":"ValueSet","id":"own",{url}"status":"active","compose":{{"include":[
                {{"system":"urn:example:moods","filter":[{{"property":"concept","op":"is-a","value":"mood"}}]}}]}}}}],"item":"#
            ),
        )
    };
    let (whole, _) = rig.expanded(&with(&format!(r#""url":"{MOODS}","#)));
    assert_eq!(whole.list("contained").len(), 1);
    assert_eq!(whole.list("item")[0].str("answerValueSet"), Some("#own"));
    assert_eq!(whole.list("contained")[0].get("expansion").unwrap().list("contains").len(), 2);
    let (code, said) = rig.refusal(&with(""));
    assert_eq!(code, Some(1));
    assert!(said.contains("it has no address that a server could be asked for"), "{said}");
}

#[test]
fn the_form_s_own_choice_of_server_counts_only_within_those_given() {
    let rig = Rig::new(1);
    let base = rig.server.base_url();
    let preferring = |server: &str| {
        form(&choice("a", MOODS)).replace(
            "\"item\":",
            &format!(
                r#""extension":[{{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-preferredTerminologyServer","valueUrl":"{server}"}}],"item":"#
            ),
        )
    };
    // Nobody listens there; it must not even be tried.
    let (_, said) = rig.expanded(&preferring("https://elsewhere.example/fhir"));
    assert!(said.contains("the form prefers https://elsewhere.example/fhir, which was not given"), "{said}");
    // The same origin with another path is asked there.
    let (code, said) = rig.refusal(&preferring(&base.replace("/fhir", "/other")));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("does not know it"), "{said}");
    let (_, said) = rig.expanded(&preferring(base));
    assert!(!said.contains("note"), "{said}");
}

#[test]
fn a_server_that_asks_for_a_sign_in_is_told_nothing_and_the_error_says_what_to_do() {
    let rig = Rig::new(0);
    rig.server.authorization().demand();
    let (code, said) = rig.refusal(&form(&choice("a", MOODS)));
    assert_eq!(code, Some(2), "{said}");
    for part in ["asks for a sign-in", "lets everybody in", "contain the expansion"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(rig.server.authorization().issued(), 0);
}

fn answering(media_type: &'static str, answer: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    practice::testing::answering(listener, media_type, move |_| answer.clone().into_bytes())
}

#[test]
fn a_wrong_answer_is_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let set = |url: &str, contains: &str, more: &str| {
        format!(
            r#"{{"resourceType":"ValueSet","url":"{url}","version":"2","status":"active","expansion":{{
            "timestamp":"2026-11-21T09:00:00Z",{more}"contains":[{contains}]}}}}"#
        )
    };
    let one = r#"{"system":"urn:s","code":"a","display":"A"}"#;
    let other = r#"{"system":"urn:s","code":"a","display":"B"}"#;
    let fhir = "application/fhir+json";
    for (media_type, answer, said) in [
        ("text/html", "<html>Welcome</html>".to_owned(), "is not FHIR JSON or XML"),
        (fhir, "<html>Welcome</html>".to_owned(), "is not FHIR JSON or XML"),
        ("text/html", set(MOODS, one, ""), "is not FHIR JSON or XML"),
        (fhir, r#"{"resourceType":"Patient"}"#.to_owned(), "is not a value set"),
        (fhir, r#"{"resourceType":"OperationOutcome","issue":[]}"#.to_owned(), "is not a value set"),
        (fhir, set(MANY, one, ""), "another value set"),
        (fhir, set(MOODS, &format!("{one},{other}"), ""), "a code twice"),
        (fhir, set(MOODS, "", ""), "no concept that can be chosen"),
        (fhir, set(MOODS, one, r#""total":3,"#), "in pages that follow each other"),
        (fhir, " ".repeat(11 << 20), "longer than 10485760 octets"),
    ] {
        let base = answering(media_type, answer);
        let (code, why) = refusal(folder.path(), &base, &form(&choice("a", MOODS)));
        assert!(code == Some(1) || code == Some(2), "{why}");
        assert!(why.contains(said), "{said}: {why}");
    }
    let base = answering(fhir, set(MOODS, one, ""));
    let (_, why) = refusal(folder.path(), &base, &form(&choice("a", &format!("{MOODS}|1"))));
    assert!(why.contains("not the version"), "{why}");
}
