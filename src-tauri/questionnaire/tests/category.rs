//! `questionnaire-displayCategory` and the controls `legal` and `help`: what is set apart, where, and what is only said.

use crate::common;

use common::{CORE, Filling, form, item, plain};
use questionnaire::{Block, Category, Part, Questionnaire};

const TABLE: &str =
    r#""item":[{"linkId":"t1","text":"One","type":"boolean"},{"linkId":"t2","text":"Two","type":"boolean"}]"#;

fn concept(name: &str, codings: &str) -> String {
    format!(r#"{{"url":"{CORE}questionnaire-{name}","valueCodeableConcept":{{"coding":[{codings}]}}}}"#)
}

fn category(code: &str) -> String {
    concept(
        "displayCategory",
        &format!(r#"{{"system":"http://hl7.org/fhir/questionnaire-display-category","code":"{code}"}}"#),
    )
}

fn control(code: &str) -> String {
    concept("itemControl", &format!(r#"{{"code":"{code}"}}"#))
}

/// A text, which says its linkId.
fn text(link_id: &str, extensions: &[String], more: &str) -> String {
    item(link_id, "display", extensions, more).replacen(&format!("{link_id}?"), link_id, 1)
}

/// The texts that are set apart, each with what it is for.
fn apart(blocks: &[Block]) -> Vec<(Category, String)> {
    let words = |blocks: &[Block]| {
        let words = blocks.iter().map(|block| match block {
            Block::Paragraph { content } => content.iter().map(|span| span.text.as_str()).collect(),
            other => format!("{other:?}"),
        });
        words.collect::<Vec<String>>().join("/")
    };
    let note = |block: &Block| match block {
        Block::Note { category, content } => Some((*category, words(content))),
        _ => None,
    };
    blocks.iter().filter_map(note).collect()
}

/// What is set apart before, in and under the first question.
fn first(form: &Questionnaire) -> Vec<(Category, String)> {
    let shown = Filling::new(form).screen().formatted.unwrap_or_default();
    let before = shown.context.iter().flat_map(|blocks| apart(blocks));
    before.chain(apart(&shown.text)).chain(apart(&shown.help)).collect()
}

fn found(form: &Questionnaire) -> Vec<String> {
    form.notices().iter().map(|notice| format!("{} {}", notice.path, notice.message)).collect()
}

#[test]
fn each_category_is_set_apart_before_a_question_and_under_it() {
    for (code, meant) in [
        ("instructions", Category::Instructions),
        ("security", Category::Security),
        ("legal", Category::Legal),
        ("help", Category::Help),
    ] {
        let lead_in = form(&format!("{},{}", text("t", &[category(code)], ""), plain("q", "string")));
        assert_eq!(first(&lead_in), [(meant, "t".to_owned())]);
        assert_eq!(Filling::new(&lead_in).screen().context, ["t"], "the words stay as they are");
        let under =
            form(&item("q", "string", &[], &format!(r#""item":[{}]"#, text("t", &[category(code)], ""))));
        // What stands under a question is its help.
        let expected = if meant == Category::Help { vec![] } else { vec![(meant, "t".to_owned())] };
        assert_eq!(first(&under), expected, "{code}");
        assert_eq!(Filling::new(&under).screen().help.as_deref(), Some("t"));
        for one in [lead_in, under] {
            assert_eq!(found(&one), Vec::<String>::new());
            assert_eq!(one.supported().len(), 1, "{code}");
        }
    }
}

#[test]
fn a_legal_text_and_help_outside_a_question_are_set_apart_by_their_control() {
    for (code, meant) in [("legal", Category::Legal), ("help", Category::Help)] {
        let lead_in = form(&format!("{},{}", text("t", &[control(code)], ""), plain("q", "string")));
        assert_eq!(first(&lead_in), [(meant, "t".to_owned())]);
    }
    let under = |code: &str| {
        form(&item("q", "string", &[], &format!(r#""item":[{}]"#, text("t", &[control(code)], ""))))
    };
    assert_eq!(first(&under("legal")), [(Category::Legal, "t".to_owned())]);
    assert_eq!(first(&under("help")), []);
    // The category says more than where a text stands.
    let both = form(&format!(
        "{},{}",
        text("t", &[control("help"), category("instructions")], ""),
        plain("q", "string")
    ));
    assert_eq!(first(&both), [(Category::Instructions, "t".to_owned())]);
}

#[test]
fn order_formats_and_texts_inside_a_text_are_kept() {
    let bold =
        format!(r#""_text":{{"extension":[{{"url":"{CORE}rendering-markdown","valueMarkdown":"**a**"}}]}}"#);
    let inside = format!(r#""item":[{}]"#, text("b", &[category("security")], ""));
    let lead_ins = [text("a", &[], &format!("{bold},{inside}")), text("c", &[], ""), plain("q", "string")];
    let screen = Filling::new(&common::of(&lead_ins)).screen();
    assert_eq!(screen.context, ["a\nb", "c"]);
    let shown = screen.formatted.unwrap();
    let [own, note] = shown.context[0].as_slice() else { panic!("{:?}", shown.context) };
    assert!(matches!(own, Block::Paragraph { content } if content[0].bold), "{own:?}");
    assert_eq!(apart(std::slice::from_ref(note)), [(Category::Security, "b".to_owned())]);
    assert!(shown.context[1].is_empty(), "what is plain stays so");

    let helps = [("1", vec![]), ("2", vec![category("instructions")]), ("3", vec![control("help")])];
    let helps: Vec<String> = helps.iter().map(|(id, extensions)| text(id, extensions, "")).collect();
    let asked = item("q", "string", &[], &format!(r#""item":[{}]"#, helps.join(",")));
    let screen = Filling::new(&form(&asked)).screen();
    assert_eq!(screen.help.as_deref(), Some("1\n2\n3"));
    let help = screen.formatted.unwrap().help;
    assert!(
        matches!(help.as_slice(), [Block::Paragraph { .. }, Block::Note { .. }, Block::Paragraph { .. }]),
        "{help:?}"
    );
}

#[test]
fn it_is_set_apart_alone_on_pages_in_tables_and_along_the_edge() {
    let note = |code: &str| text("t", &[category(code)], "");
    let alone = form(&format!("{},{}", plain("q", "string"), note("legal")));
    let mut filling = Filling::new(&alone);
    filling.skip("q").unwrap();
    filling.next().unwrap();
    let shown = filling.screen().formatted.unwrap();
    assert_eq!(apart(&shown.text), [(Category::Legal, "t".to_owned())]);

    let group = |layout: &str, inside: &str| {
        let questions = TABLE.replacen('[', &format!("[{inside},"), 1);
        form(&item("g", "group", &[control(layout)], &questions))
    };
    let parts = |form: &Questionnaire| Filling::new(form).screen().page.unwrap().parts;
    let on_page = parts(&group("page", &note("security")));
    let Some(Part::Text { formatted, .. }) = on_page.first() else { panic!("{on_page:?}") };
    assert_eq!(apart(formatted), [(Category::Security, "t".to_owned())]);
    let in_table = parts(&group("table", &note("instructions")));
    let Some(Part::Table { table }) = in_table.first() else { panic!("{in_table:?}") };
    assert_eq!(apart(&table.texts[0].formatted), [(Category::Instructions, "t".to_owned())]);

    let footer = text("t", &[control("footer"), category("legal")], "");
    let running = Filling::new(&form(&format!("{footer},{}", plain("q", "string")))).screen().footer;
    assert_eq!(apart(&running[0].formatted), [(Category::Legal, "t".to_owned())]);
}

#[test]
fn a_computed_text_is_set_apart_too() {
    let computed = r#""_text":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/cqf-expression","valueExpression":{"language":"text/fhirpath","expression":"'seen'"}}]}"#;
    let shown = form(&format!("{},{}", text("t", &[category("security")], computed), plain("q", "string")));
    assert_eq!(first(&shown), [(Category::Security, "seen".to_owned())]);
}

#[test]
fn what_a_text_is_for_is_part_of_what_is_shown() {
    let display = |extensions: &[String]| {
        form(&format!("{},{}", text("t", extensions, ""), plain("q", "string"))).display_sha256("en")
    };
    let plain = display(&[]);
    let [legal, security] = ["legal", "security"].map(|code| display(&[category(code)]));
    assert!(plain != legal && plain != security && legal != security);
    assert_eq!(legal, display(&[control("legal")]), "it looks the same");
}

#[test]
fn what_is_not_honoured_has_a_finding_and_is_not_called_supported() {
    let asked = plain("q", "string");
    let hidden = format!(r#"{{"url":"{CORE}questionnaire-hidden","valueBoolean":true}}"#);
    let words_alone = format!(
        r#"{{"url":"{CORE}questionnaire-displayCategory","valueCodeableConcept":{{"text":"legal"}}}}"#
    );
    let valueless = format!(r#"{{"url":"{CORE}questionnaire-displayCategory"}}"#);
    let slider = format!(
        r#"{{"linkId":"s","text":"S","type":"integer","extension":[{},{{"url":"{CORE}minValue","valueInteger":0}},{{"url":"{CORE}maxValue","valueInteger":10}}],"item":[{}]}}"#,
        control("slider"),
        text("t", &[control("lower"), category("instructions")], "")
    );
    for (items, said) in [
        (
            format!("{},{asked}", text("t", &[category("Legal")], "")),
            "displayCategory is not used: Legal is none of its codes (instructions, security, help, legal)",
        ),
        (format!("{},{asked}", text("t", &[words_alone], "")), "displayCategory is not used: it has no code"),
        (format!("{},{asked}", text("t", &[valueless], "")), "it has no valueCodeableConcept; write one"),
        (
            item("q", "string", &[category("legal")], ""),
            "displayCategory does not fit an item of type string",
        ),
        (
            item("g", "group", &[category("legal")], &format!(r#""item":[{asked}]"#)),
            "displayCategory does not fit an item of type group",
        ),
        (
            format!("{},{asked}", text("t", &[hidden.clone(), category("legal")], "")),
            "displayCategory is not used: what it stands on is never shown",
        ),
        (slider, "displayCategory is not used: a label at a scale"),
    ] {
        let form = form(&items);
        let found: Vec<String> =
            found(&form).into_iter().filter(|one| one.contains("isplayCategory")).collect();
        let [one] = found.as_slice() else { panic!("{items}: {found:?}") };
        assert!(one.contains(said) && one.contains(".extension["), "{one}");
        assert!(!form.supported().iter().any(|one| one.extension.contains("displayCategory")), "{items}");
    }
}

/// Beside a code of the author's own, that of HL7's is the one that is known, also where the words are the same.
#[test]
fn a_code_of_ones_own_may_stand_beside_it() {
    let both = r#"{"system":"urn:x","code":"legal"},{"system":"http://hl7.org/fhir/questionnaire-display-category","code":"security"}"#;
    let form =
        form(&format!("{},{}", text("t", &[concept("displayCategory", both)], ""), plain("q", "string")));
    assert_eq!(first(&form), [(Category::Security, "t".to_owned())]);
    assert!(found(&form).is_empty() && form.supported().len() == 1);
}
