//! Headers and footers: on every screen of the form or of a group, and never a screen of their own.

use crate::common;

use common::{CORE, Filling, document, form, text, yes};
use questionnaire::{Part, Questionnaire, ReviewRow, RunningText, import_bytes};

fn control(code: &str) -> String {
    format!(
        r#""extension":[{{"url":"{CORE}questionnaire-itemControl","valueCodeableConcept":{{"coding":[{{"code":"{code}"}}]}}}}],"#
    )
}

fn display(link_id: &str, code: &str) -> String {
    let control = control(code);
    format!(r#"{{"linkId":"{link_id}","text":"{link_id}.",{control}"type":"display"}}"#)
}

fn group(link_id: &str, code: &str, more: &str, items: &[&str]) -> String {
    let control = if code.is_empty() { String::new() } else { control(code) };
    let text = link_id.to_uppercase();
    format!(
        r#"{{"linkId":"{link_id}","text":"{text}","type":"group",{control}{more}"item":[{}]}}"#,
        items.join(",")
    )
}

fn question(link_id: &str) -> String {
    format!(r#"{{"linkId":"{link_id}","text":"{link_id}?","type":"boolean"}}"#)
}

fn words(texts: &[RunningText]) -> Vec<&str> {
    texts.iter().map(|text| text.text.as_str()).collect()
}

/// Each screen from the first to the last: its key, its header and its footer.
fn walk(form: &Questionnaire) -> Vec<String> {
    let mut filling = Filling::new(form);
    let mut seen = Vec::new();
    loop {
        let screen = filling.screen();
        let (header, footer) = (words(&screen.header).join(" "), words(&screen.footer).join(" "));
        seen.push(format!("{}: {header} / {footer}", screen.key));
        if screen.position == screen.total {
            return seen;
        }
        let here = screen.page.as_ref().map_or(vec![screen.key.clone()], |page| {
            page.questions().iter().map(|question| question.key.clone()).collect()
        });
        for key in here {
            filling.answer(&key, yes()).unwrap();
        }
        filling.next().unwrap();
    }
}

fn notices(form: &Questionnaire) -> Vec<&str> {
    form.notices().iter().map(|notice| notice.message.as_str()).collect()
}

#[test]
fn those_of_the_form_stand_on_every_screen_and_those_of_a_group_on_its_own() {
    let inner = group("g", "", "", &[&question("b"), &display("H2", "header"), &question("c")]);
    let items = [&display("H", "header"), &question("a"), &inner, &question("d"), &display("F", "footer")];
    let form = form(&items.map(String::as_str).join(","));
    assert_eq!(notices(&form), Vec::<&str>::new());
    assert_eq!(walk(&form), ["a: H. / F.", "b: H. H2. / F.", "c: H. H2. / F.", "d: H. / F."]);
    assert_eq!(form.question_count(), 4);
    let screen = Filling::new(&form).screen();
    assert_eq!((screen.total, screen.context.len()), (4, 0), "neither a screen nor a lead-in");
}

#[test]
fn a_group_of_texts_runs_along_as_a_whole() {
    let shown = |link_id: &str, when: &str| {
        format!(
            r#"{{"linkId":"{link_id}","text":"{link_id}.","type":"display","enableWhen":[{{"question":"a","operator":"=","answerBoolean":{when}}}]}}"#
        )
    };
    let inner = group("in", "", "", &[&shown("no", "false")]).replace(r#""text":"IN","#, "");
    let header = group("h", "header", "", &[&shown("yes", "true"), &inner]);
    let form = form(&[header, question("a"), question("b")].join(","));
    assert_eq!(walk(&form), ["a: H / ", "b: H yes. / "]);
    let mut filling = Filling::new(&form);
    filling.fill("a", common::no());
    assert_eq!(words(&filling.screen().header), ["H", "no."]);
    filling.fill("b", yes());
    filling.confirm().unwrap();
    let response = filling.response();
    assert!(!response.to_json().contains(r#""linkId":"h""#), "it has no answers");
}

#[test]
fn on_a_page_they_stand_at_its_edges_and_further_inside_as_its_author_put_them() {
    let inner = group("in", "", "", &[&display("Hi", "header"), &question("b")]);
    let page =
        group("p", "page", "", &[&question("a"), &display("F", "footer"), &inner, &display("H", "header")]);
    let form = form(&[page, question("c")].join(","));
    assert_eq!(walk(&form), ["p: H. / F.", "c:  / "]);
    let page = Filling::new(&form).screen().page.unwrap();
    let [Part::Question { .. }, Part::Group { parts, .. }] = page.parts.as_slice() else {
        panic!("{page:?}")
    };
    let [Part::Text { text, .. }, Part::Question { .. }] = parts.as_slice() else { panic!("{parts:?}") };
    assert_eq!(text, "Hi.");
}

#[test]
fn a_table_keeps_its_rows_beside_them() {
    let table = group("t", "table", "", &[&display("H", "header"), &question("a"), &question("b")]);
    let form = form(&[table, question("c")].join(","));
    assert_eq!(notices(&form), Vec::<&str>::new());
    assert_eq!(walk(&form), ["t: H. / ", "c:  / "]);
    let page = Filling::new(&form).screen().page.unwrap();
    assert!(
        matches!(page.parts.as_slice(), [Part::Table { table }] if table.rows.len() == 2 && table.texts.is_empty())
    );
}

#[test]
fn each_instance_has_its_own_and_the_end_of_the_group_those_around_it() {
    let falls = group("falls", "", r#""repeats":true,"#, &[&display("H2", "header"), &question("a")]);
    let form = form(&[display("H", "header"), falls].join(","));
    assert_eq!(walk(&form), ["a[1]: H. H2. / ", "falls: H. / "]);
}

#[test]
fn a_header_that_asks_or_repeats_is_said_and_stays_where_it_is() {
    for (more, items, why) in [
        ("", question("a"), "asks questions"),
        (r#""repeats":true,"#, r#"{"linkId":"x","text":"X.","type":"display"}"#.to_owned(), "repeats"),
    ] {
        let form = form(&[group("h", "header", more, &[&items]), question("b")].join(","));
        let notices = notices(&form);
        assert!(
            notices.iter().any(|notice| notice.contains("shown once") && notice.contains(why)),
            "{notices:?}"
        );
        assert_eq!(Filling::new(&form).screen().header, []);
    }
}

#[test]
fn the_review_says_each_of_them_once() {
    let fall =
        group("fall", "", r#""repeats":true,"#, &[&display("H2", "header"), &question("b"), &question("c")]);
    let form = form(&[display("H", "header"), question("a"), fall, display("F", "footer")].join(","));
    let mut filling = Filling::new(&form);
    for key in ["a", "b[1]", "c[1]"] {
        filling.fill(key, yes());
    }
    filling.act(&questionnaire::Action::AddInstance { key: "fall".into() }).unwrap();
    for key in ["b[2]", "c[2]"] {
        filling.fill(key, yes());
    }
    filling.goto_review().unwrap();
    let review = filling.review();
    let said = |row: &ReviewRow| format!("{}: {:?} {:?}", row.key, words(&row.header), words(&row.footer));
    let rows: Vec<_> = review.rows.iter().map(said).collect();
    let none = |key: &str| format!("{key}: [] []");
    assert_eq!(
        rows,
        [
            r#"a: ["H."] []"#.to_owned(),
            r#"b[1]: ["H2."] []"#.to_owned(),
            none("c[1]"),
            none("b[2]"),
            r#"c[2]: [] ["F."]"#.to_owned(),
        ]
    );
}

#[test]
fn they_are_shown_in_the_patients_language_as_they_are_formatted_and_are_signed() {
    let german = |words: &str| {
        format!(
            r#"{{"url":"{CORE}translation","extension":[{{"url":"lang","valueCode":"de"}},{{"url":"content","valueString":"{words}"}}]}}"#
        )
    };
    let bold = format!(r#"{{"url":"{CORE}rendering-markdown","valueMarkdown":"Read **carefully**."}}"#);
    let items = format!(
        r#"{{"linkId":"h","text":"Read carefully.",{}"type":"display","_text":{{"extension":[{},{bold}]}}}},
           {{"linkId":"a","text":"Name?","type":"string","_text":{{"extension":[{}]}}}}"#,
        control("header"),
        german("Genau lesen."),
        german("Wie?")
    );
    let title = format!(r#""title":"Test","_title":{{"extension":[{}]}},"#, german("Probe"));
    let german = document(&items).replace(r#""title":"Test","#, &title);
    let form = import_bytes(german.as_bytes()).unwrap();
    let screen = Filling::in_language(&form, "de").screen();
    assert_eq!(words(&screen.header), ["Genau lesen."]);
    let mut filling = Filling::new(&form);
    assert!(!filling.screen().header[0].formatted.is_empty(), "with its bold word");
    filling.fill("a", text("x"));
    let other = import_bytes(german.replace("carefully", "slowly").as_bytes()).unwrap();
    assert_ne!(
        other.display_sha256("en"),
        form.display_sha256("en"),
        "what was shown is part of what is signed"
    );
}
