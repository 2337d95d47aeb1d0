//! Several questions on a screen: pages, tabs, tables and groups that fold.

use crate::common;
mod random;

use common::{Filling, context, form, no, number, option, text, yes};
use questionnaire::{
    Action, AnswerError, Page, Part, Questionnaire, Screen, Session, Tab, Table, TableLayout,
};

const CONTROL: &str = "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl";

/// A group with this control.
fn group(link_id: &str, control: &str, more: &str, items: &str) -> String {
    let layout = format!(
        r#"{{"url":"{CONTROL}","valueCodeableConcept":{{"coding":[{{"system":"http://hl7.org/fhir/questionnaire-item-control","code":"{control}"}}]}}}}"#
    );
    let extension = if control.is_empty() { String::new() } else { format!(r#""extension":[{layout}],"#) };
    format!(
        r#"{{"linkId":"{link_id}","text":"{}","type":"group",{extension}{more}"item":[{items}]}}"#,
        link_id.to_uppercase()
    )
}

fn choice(link_id: &str, more: &str) -> String {
    format!(
        r#"{{"linkId":"{link_id}","text":"{}?","type":"choice",{more}"answerOption":[{{"valueString":"never"}},{{"valueString":"often"}},{{"valueString":"always"}}]}}"#,
        link_id.to_uppercase()
    )
}

const FOLDED: &str = r#""extension":[{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-collapsible","valueCode":"default-closed"}],"#;
const REPEATS: &str = r#""repeats":true,"#;
const END: &str = r#"{"linkId":"end","text":"End?","type":"boolean"}"#;

/// A page with a question that depends on another, a folded group, a matrix and a table that grows.
fn everything_items() -> String {
    let folded = group(
        "more",
        "",
        FOLDED,
        r#"{"linkId":"why","text":"Why?","type":"string","required":true},{"linkId":"note","text":"Note?","type":"string"}"#,
    );
    let matrix =
        group("often", "table", "", &[choice("sleep", ""), choice("tired", r#""required":true,"#)].join(","));
    let drugs = group(
        "drugs",
        "gtable",
        REPEATS,
        r#"{"linkId":"box","text":"Look at the box.","type":"display"},{"linkId":"name","text":"Name?","type":"string"},
           {"linkId":"daily","text":"Daily?","type":"boolean"},
           {"linkId":"dose","text":"Dose?","type":"integer","enableWhen":[{"question":"daily","operator":"=","answerBoolean":true}]}"#,
    );
    let page = group(
        "p",
        "page",
        "",
        &[
            r#"{"linkId":"any","text":"Any?","type":"boolean"}"#,
            r#"{"linkId":"which","text":"Which?","type":"string","enableWhen":[{"question":"any","operator":"=","answerBoolean":true}]}"#,
            r#"{"linkId":"said","text":"A text.","type":"display"}"#,
            &folded,
            &matrix,
            &drugs,
        ]
        .join(","),
    );
    format!(r#"{{"linkId":"lead","text":"Read this.","type":"display"}},{page},{END}"#)
}

fn everything() -> Questionnaire {
    form(&everything_items())
}

fn page(filling: &Filling) -> Page {
    filling.screen().page.unwrap_or_else(|| panic!("no page"))
}

fn keys(filling: &Filling) -> Vec<String> {
    page(filling).questions().iter().map(|question| question.key.clone()).collect()
}

fn question(filling: &Filling, key: &str) -> Screen {
    let page = page(filling);
    page.questions().into_iter().find(|question| question.key == key).unwrap().clone()
}

fn tables(filling: &Filling) -> Vec<Table> {
    let of = |part: &Part| match part {
        Part::Table { table } => Some(table.clone()),
        _ => None,
    };
    page(filling).parts.iter().filter_map(of).collect()
}

fn open(required: &[&str], optional: &[&str]) -> AnswerError {
    let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
    AnswerError::Open { required: keys(required), optional: keys(optional) }
}

fn notices(form: &Questionnaire) -> Vec<String> {
    form.notices().iter().map(|notice| notice.message.clone()).collect()
}

#[test]
fn a_page_holds_its_questions_as_the_author_wrote_them() {
    let filling = Filling::new(&everything());
    let screen = filling.screen();
    assert_eq!((screen.key.as_str(), screen.text.as_str()), ("p", "P"));
    assert_eq!(screen.context, ["Read this."], "the text before it leads in to it");
    assert_eq!((screen.position, screen.total), (1, 2));
    assert_eq!(keys(&filling), ["any", "why", "note", "sleep", "tired", "name[1]", "daily[1]"]);
    let page = screen.page.unwrap();
    let kinds: Vec<&str> = page
        .parts
        .iter()
        .map(|part| match part {
            Part::Text { .. } => "text",
            Part::Question { .. } => "question",
            Part::Group { closed, .. } => ["group", "closed"][usize::from(*closed == Some(true))],
            Part::Table { .. } => "table",
            Part::Instances { .. } => "instances",
        })
        .collect();
    assert_eq!(kinds, ["question", "text", "closed", "table", "table"]);
    let [often, drugs] = tables(&filling).try_into().unwrap();
    assert_eq!(often.layout, TableLayout::Options);
    assert_eq!(
        often.columns.iter().map(|one| one.text.as_str()).collect::<Vec<_>>(),
        ["never", "often", "always"]
    );
    assert_eq!(often.rows.iter().map(|row| row.text.as_str()).collect::<Vec<_>>(), ["SLEEP?", "TIRED?"]);
    assert_eq!(drugs.layout, TableLayout::Questions);
    assert_eq!(
        drugs.columns.iter().map(|one| one.text.as_str()).collect::<Vec<_>>(),
        ["Name?", "Daily?", "Dose?"]
    );
    assert_eq!(drugs.texts.iter().map(|one| one.text.as_str()).collect::<Vec<_>>(), ["Look at the box."]);
    assert!(drugs.rows[0].cells[2].is_none(), "what is not asked is a gap");
    assert!(drugs.can_add);
}

#[test]
fn questions_come_and_go_on_a_page_and_the_page_stays() {
    let mut filling = Filling::new(&everything());
    filling.answer("any", yes()).unwrap();
    assert_eq!(filling.place(), "p");
    assert_eq!(keys(&filling)[..2], ["any", "which"]);
    filling.answer("which", text("x")).unwrap();
    filling.answer("any", no()).unwrap();
    assert!(!keys(&filling).contains(&"which".to_owned()));
    assert_eq!(filling.answer("which", text("y")), Err(AnswerError::NotShown { key: "which".into() }));
    assert_eq!(filling.skip("which"), Err(AnswerError::NotShown { key: "which".into() }));
    assert_eq!(
        filling.answer("end", yes()),
        Err(AnswerError::NotShown { key: "end".into() }),
        "not on this page"
    );
}

#[test]
fn going_on_names_what_is_open_wherever_it_stands() {
    let mut filling = Filling::new(&everything());
    filling.answer("any", no()).unwrap();
    let optional = ["note", "sleep", "name[1]", "daily[1]"];
    assert_eq!(filling.next(), Err(open(&["why", "tired"], &optional)), "folded or not");
    assert!(question(&filling, "why").missing && question(&filling, "why").required);
    filling.answer("why", text("because")).unwrap();
    filling.answer("tired", option("often")).unwrap();
    let refused = filling.next().unwrap_err();
    assert_eq!(refused, open(&[], &optional));
    assert_eq!(refused.code(), "open-optional");
    for key in optional {
        filling.skip(key).unwrap();
    }
    filling.next().unwrap();
    assert_eq!(filling.place(), "end");
    filling.fill("end", yes());
    assert!(
        filling.items().contains(r#""linkId":"sleep","text":"SLEEP?","extension""#),
        "each is left out on purpose"
    );
    filling.back().unwrap();
    filling.back().unwrap();
    assert_eq!(filling.place(), "p");
}

#[test]
fn the_review_has_a_row_for_each_question_and_leads_to_it() {
    let mut filling = Filling::new(&everything());
    for (key, answer) in [
        ("any", no()),
        ("why", text("x")),
        ("note", text("x")),
        ("sleep", option("never")),
        ("tired", option("often")),
    ] {
        filling.answer(key, answer).unwrap();
    }
    filling.answer("name[1]", text("A")).unwrap();
    filling.answer("daily[1]", no()).unwrap();
    filling.next().unwrap();
    filling.fill("end", yes());
    let rows: Vec<String> = filling.review().rows.into_iter().map(|row| row.key).collect();
    assert_eq!(rows, ["any", "why", "note", "sleep", "tired", "name[1]", "daily[1]", "end"]);
    filling.goto("note").unwrap();
    assert_eq!(filling.place(), "p");
    assert_eq!(page(&filling).focus.as_deref(), Some("note"));
    filling.clear("note").unwrap();
    assert_eq!(filling.next(), Err(open(&[], &["note"])));
    filling.skip("note").unwrap();
    filling.next().unwrap();
    assert_eq!(filling.place(), "review", "back where the patient came from");
    filling.confirm().unwrap();
    let replayed = Session::replay(&filling.form, filling.events.clone()).unwrap();
    assert!(replayed == filling.session);
    assert_eq!(replayed.response(&context()).unwrap(), filling.response());
}

#[test]
fn a_row_is_added_and_taken_away() {
    let mut filling = Filling::new(&everything());
    filling.answer("name[1]", text("A")).unwrap();
    filling.act(&Action::AddInstance { key: "drugs".into() }).unwrap();
    assert_eq!(filling.place(), "p");
    assert_eq!(page(&filling).focus.as_deref(), Some("name[2]"), "the new row is where to go on");
    filling.answer("daily[2]", yes()).unwrap();
    filling.answer("dose[2]", number("5")).unwrap();
    let numbers =
        |filling: &Filling| tables(filling)[1].rows.iter().filter_map(|row| row.number).collect::<Vec<_>>();
    assert_eq!(numbers(&filling), [1, 2]);
    filling.act(&Action::RemoveInstance { key: "drugs".into(), instance: 1 }).unwrap();
    assert_eq!(numbers(&filling), [2]);
    assert_eq!(question(&filling, "dose[2]").answers, [number("5")]);
    assert_eq!(filling.answer("name[1]", text("B")).unwrap_err().code(), "unknown-item");
}

#[test]
fn a_table_that_repeats_is_a_screen_of_its_own() {
    let fields = r#"{"linkId":"n","text":"N?","type":"string"},{"linkId":"d","text":"D?","type":"date"}"#;
    let form = form(&format!("{},{END}", group("g", "gtable", REPEATS, fields)));
    assert_eq!(form.notices(), []);
    let mut filling = Filling::new(&form);
    assert_eq!(filling.place(), "g");
    assert_eq!((filling.screen().position, filling.screen().total), (1, 2));
    filling.act(&Action::AddInstance { key: "g".into() }).unwrap();
    assert_eq!(filling.place(), "g");
    assert_eq!(keys(&filling), ["n[1]", "d[1]", "n[2]", "d[2]"]);
    filling.goto("end").unwrap();
    filling.back().unwrap();
    assert_eq!(filling.place(), "g");
    assert_eq!(page(&filling).focus, None);
}

#[test]
fn a_page_does_not_grow_beyond_what_can_be_shown() {
    let fields: Vec<String> =
        (0..6).map(|at| format!(r#"{{"linkId":"n{at}","text":"N?","type":"string"}}"#)).collect();
    let mut filling = Filling::new(&form(&group("g", "gtable", REPEATS, &fields.join(","))));
    let mut rows = 1;
    while filling.act(&Action::AddInstance { key: "g".into() }).is_ok() {
        rows += 1;
    }
    assert_eq!(rows, 40);
    assert!(!tables(&filling)[0].can_add);
    assert!(Session::replay(&filling.form, filling.events.clone()).unwrap() == filling.session);
}

#[test]
fn groups_inside_a_table_are_its_rows() {
    let row = |name: &str| {
        let fields = format!(
            r#"{{"linkId":"{name}1","text":"Left?","type":"integer"}},{{"linkId":"{name}2","text":"Right?","type":"integer"}}"#
        );
        group(name, "", "", &fields)
    };
    for control in ["grid", "table"] {
        let filling = Filling::new(&form(&group("g", control, "", &[row("a"), row("b")].join(","))));
        let [table] = tables(&filling).try_into().unwrap();
        assert_eq!(
            table.columns.iter().map(|one| one.text.as_str()).collect::<Vec<_>>(),
            ["Left?", "Right?"]
        );
        assert_eq!(table.rows.iter().map(|row| row.text.as_str()).collect::<Vec<_>>(), ["A", "B"]);
        assert!(!table.can_add);
    }
}

#[test]
fn each_tab_is_a_page_and_knows_what_is_open() {
    let tab =
        |name: &str| group(name, "", "", &format!(r#"{{"linkId":"{name}1","text":"Q?","type":"boolean"}}"#));
    let tabs = group("t", "tab-container", "", &[tab("a"), tab("b")].join(","));
    let mut filling = Filling::new(&form(&format!("{tabs},{END}")));
    let strip =
        |tabs: &[Tab]| tabs.iter().map(|tab| (tab.key.clone(), tab.current, tab.missing)).collect::<Vec<_>>();
    assert_eq!(filling.screen().context, ["T"]);
    assert_eq!(strip(&filling.screen().tabs), [("a".into(), true, true), ("b".into(), false, true)]);
    filling.answer("a1", yes()).unwrap();
    filling.goto("b").unwrap();
    assert_eq!(strip(&filling.screen().tabs), [("a".into(), false, false), ("b".into(), true, true)]);
    filling.answer("b1", yes()).unwrap();
    filling.next().unwrap();
    assert_eq!((filling.place(), filling.screen().tabs), ("end".to_owned(), vec![]));
}

#[test]
fn what_cannot_be_laid_out_is_asked_one_at_a_time_and_the_report_says_why() {
    let many = |count: usize| -> String {
        let items: Vec<String> =
            (0..count).map(|at| format!(r#"{{"linkId":"q{at}","text":"Q?","type":"boolean"}}"#)).collect();
        items.join(",")
    };
    let wide: Vec<String> = (0..8).map(|at| format!(r#"{{"valueString":"{at}"}}"#)).collect();
    let wide = format!(r#"{{"linkId":"w","text":"W?","type":"choice","answerOption":[{}]}}"#, wide.join(","));
    let other = r#"{"linkId":"o","text":"O?","type":"choice","answerOption":[{"valueString":"x"}]}"#;
    let cases = [
        (group("g", "page", "", &many(61)), "61 questions on one screen are more than 60"),
        (group("g", "gtable", REPEATS, &many(7)), "more columns than fit"),
        (group("g", "gtable", "", &many(1)), "only what repeats"),
        (group("g", "table", "", &wide), "more columns than fit"),
        (
            group("g", "table", "", &[choice("a", ""), other.to_owned()].join(",")),
            "do not share their options",
        ),
        (
            group("g", "htable", "", r#"{"linkId":"s","text":"S?","type":"string"}"#),
            "not all of its questions are choices",
        ),
        (group("g", "grid", "", &many(1)), "its rows must be groups"),
        (group("g", "page", "", &group("h", "page", "", &many(1))), "the pages and tabs inside this group"),
    ];
    for (items, why) in cases {
        let form = form(&items);
        let notices = notices(&form);
        assert!(notices.iter().any(|notice| notice.contains(why)), "{why}: {notices:?}");
        let screen = Filling::new(&form).screen();
        assert_eq!(screen.page.is_some(), why.contains("inside this group"), "{why}");
    }
    let on_page = form(&group("p", "page", "", &group("g", "table", "", other)));
    assert_eq!(on_page.notices(), [], "one question makes a table too");
}

#[test]
fn only_groups_on_a_page_fold() {
    let inside = group("g", "", FOLDED, r#"{"linkId":"q","text":"Q?","type":"boolean"}"#);
    let alone = form(&inside);
    assert!(notices(&alone).iter().any(|notice| notice.contains("nothing is folded")));
    let on_page = form(&group("p", "page", "", &inside));
    assert_eq!(on_page.notices(), []);
    assert!(on_page.supported().iter().any(|found| found.extension.ends_with("collapsible")));
}

#[test]
fn constraints_stop_a_page_by_the_question_that_they_are_about() {
    let constraint = r#""extension":[{"url":"http://hl7.org/fhir/StructureDefinition/targetConstraint","extension":[
        {"url":"key","valueId":"c"},{"url":"severity","valueCode":"error"},{"url":"human","valueString":"Even numbers."},
        {"url":"expression","valueExpression":{"language":"text/fhirpath","expression":"answer.value mod 2 = 0"}}]}],"#;
    let items = format!(
        r#"{{"linkId":"a","text":"A?","type":"integer"}},{{"linkId":"b","text":"B?",{constraint}"type":"integer"}}"#
    );
    let mut filling = Filling::new(&form(&group("p", "page", "", &items)));
    filling.answer("a", number("1")).unwrap();
    filling.answer("b", number("3")).unwrap();
    let refused = filling.next().unwrap_err();
    assert_eq!(refused, AnswerError::Constraint { key: "b".into(), human: "Even numbers.".into() });
    filling.answer("b", number("4")).unwrap();
    filling.next().unwrap();
}

/// A score beside the questions that it is made of.
fn scored_items() -> String {
    let score = r#"{"linkId":"sum","text":"Sum","type":"integer","extension":[{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression",
        "valueExpression":{"language":"text/fhirpath","expression":"%resource.descendants().where(linkId = 'n').answer.value.sum()"}}]}"#;
    let rows = group("g", "gtable", REPEATS, r#"{"linkId":"n","text":"N?","type":"integer"}"#);
    group("p", "page", "", &[rows.as_str(), score].join(","))
}

#[test]
fn what_is_computed_changes_on_the_same_page() {
    let mut filling = Filling::new(&form(&scored_items()));
    filling.answer("n[1]", number("2")).unwrap();
    filling.act(&Action::AddInstance { key: "g".into() }).unwrap();
    filling.answer("n[2]", number("3")).unwrap();
    assert_eq!(question(&filling, "sum").answers, [number("5")]);
    assert!(question(&filling, "sum").read_only);
    filling.next().unwrap();
    assert_eq!(filling.place(), "review");
}
