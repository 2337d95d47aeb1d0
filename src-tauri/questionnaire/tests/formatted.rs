//! Formatted texts: what is drawn of markup, what is left out and named, and that the words stay those of the text.

use crate::common;

use std::fmt::Write as _;

use common::{Filling, form, option};
use questionnaire::{Block, Control, Part, Script, Span, Table};

const CORE: &str = "http://hl7.org/fhir/StructureDefinition/";

fn rendering(kind: &str, source: &str) -> String {
    let element = if kind == "markdown" { "valueMarkdown" } else { "valueString" };
    let source = serde_json::to_string(source).unwrap();
    format!(r#"{{"extension":[{{"url":"{CORE}rendering-{kind}","{element}":{source}}}]}}"#)
}

fn item(text: &str, kind: &str, source: &str) -> String {
    let text = serde_json::to_string(text).unwrap();
    format!(r#"{{"linkId":"a","text":{text},"_text":{},"type":"integer"}}"#, rendering(kind, source))
}

/// A tree in one line: `p` paragraphs, `h` headings, `ul` and `ol`, marks in brackets.
fn drawn(blocks: &[Block]) -> String {
    blocks.iter().fold(String::new(), |mut line, block| {
        match block {
            Block::Paragraph { content } => write!(line, "p({})", words(content)),
            Block::Heading { content } => write!(line, "h({})", words(content)),
            Block::List { ordered, items } => {
                let items: Vec<_> = items.iter().map(|item| drawn(item)).collect();
                write!(line, "{}({})", if *ordered { "ol" } else { "ul" }, items.join("|"))
            }
            Block::Note { category, content } => write!(line, "{category:?}({})", drawn(content)),
        }
        .unwrap();
        line
    })
}

fn words(spans: &[Span]) -> String {
    let word = |span: &Span| {
        let marks: String = [
            (span.bold, 'b'),
            (span.italic, 'i'),
            (span.underlined, 'u'),
            (span.struck, 's'),
            (span.script == Script::Super, '^'),
            (span.script == Script::Sub, '_'),
        ]
        .iter()
        .filter_map(|(there, mark)| there.then_some(*mark))
        .collect();
        if marks.is_empty() { span.text.clone() } else { format!("[{marks}:{}]", span.text) }
    };
    spans.iter().map(word).collect()
}

/// What is drawn of the question, and what the report says about its markup.
fn shown(text: &str, kind: &str, source: &str) -> (String, String) {
    let filling = Filling::new(&form(&item(text, kind, source)));
    let screen = filling.screen();
    assert_eq!(screen.text, text, "the plain text stays");
    let said: Vec<_> = filling
        .form
        .notices()
        .iter()
        .filter(|notice| notice.reason.code() == "plain-text")
        .map(|notice| notice.message.replace(CORE, ""))
        .collect();
    (drawn(&screen.formatted.map(|formatted| formatted.text).unwrap_or_default()), said.join("\n"))
}

#[test]
fn xhtml_is_drawn_as_its_author_meant_it() {
    for (text, source, expected) in [
        ("Do you smoke?", "Do you <b>smoke</b>?", "p(Do you [b:smoke]?)"),
        (
            "Supporting documentation\nPlease attach all relevant results.",
            "<b>Supporting&#xa0;documentation</b><br/>Please&nbsp;attach all <b><span style=\"text-decoration: underline\">relevant</span></b> results.<br/>",
            "p([b:Supporting documentation]\nPlease attach all [bu:relevant] results.)",
        ),
        (
            "Title One Two H2O m2",
            "<div xmlns=\"http://www.w3.org/1999/xhtml\"><h2>Title</h2><ul><li>One</li>\n<li><p>Two</p></li></ul><p>H<sub>2</sub>O m<sup>2</sup></p></div>",
            "h(Title)ul(p(One)|p(Two))p(H[_:2]O m[^:2])",
        ),
        ("1. Sit 2. Rest", "<ol><li>Sit</li><li><em>Rest</em></li></ol>", "ol(p(Sit)|p([i:Rest]))"),
        ("Sit Rest", "<ol><li>Sit</li><li>Rest</li></ol>", "ol(p(Sit)|p(Rest))"),
    ] {
        assert_eq!(shown(text, "xhtml", source), (expected.to_owned(), String::new()));
    }
}

#[test]
fn markdown_is_drawn_as_its_author_meant_it() {
    for (text, source, expected) in [
        ("Do you smoke?", "Do you **smoke**?", "p(Do you [b:smoke]?)"),
        ("Title: one, two", "# Title\n\n- *one*\n- two", "h(Title)ul(p([i:one])|p(two))"),
        ("One line\nand another", "One line  \nand ~~another~~", "p(One line\nand [s:another])"),
        ("First Second", "First\n\nSecond", "p(First)p(Second)"),
        ("a b c", "- a\n  - b\n    - c", "ul(p(a)ul(p(b)ul(p(c))))"),
        ("A\nB", "A<br>B", "p(A\nB)"),
    ] {
        assert_eq!(shown(text, "markdown", source), (expected.to_owned(), String::new()));
    }
}

#[test]
fn what_runs_loads_or_leads_away_is_left_out_and_named() {
    for (kind, source, expected, named) in [
        ("xhtml", "Ask<script>alert(1)</script>", "p(Ask)", "<script>"),
        ("xhtml", "Ask<img src=\"https://example.org/p.png\" onerror=\"alert(1)\"/>", "p(Ask)", "<img>"),
        ("xhtml", "<b onclick=\"alert(1)\">Ask</b>", "p([b:Ask])", "the attribute onclick"),
        ("xhtml", "<a href=\"https://example.org\">Ask</a>", "p(Ask)", "a link, whose words are shown"),
        ("xhtml", "<iframe src=\"https://example.org\">x</iframe>Ask", "p(Ask)", "<iframe>"),
        ("xhtml", "<svg xmlns=\"http://www.w3.org/2000/svg\"><text>x</text></svg>Ask", "p(Ask)", "<svg>"),
        (
            "xhtml",
            "<span style=\"color:white;font-style:italic\">Ask</span>",
            "p([i:Ask])",
            "the style color",
        ),
        ("xhtml", "<table><tr><td>Ask</td></tr></table>", "p(Ask)", "<table>, whose rows are lines"),
        ("xhtml", "<blink>Ask</blink>", "p(Ask)", "<blink>, whose words are shown"),
        ("markdown", "Ask![x](https://example.org/p.png)", "p(Ask)", "a picture"),
        ("markdown", "[Ask](https://example.org)", "p(Ask)", "a link, whose words are shown"),
        ("markdown", "Ask\n\n<script>alert(1)</script>", "p(Ask)", "HTML"),
        ("markdown", "<b>Ask</b>", "p(Ask)", "HTML"),
    ] {
        let (drawn, said) = shown("Ask", kind, source);
        assert_eq!(drawn, expected, "{source}");
        assert!(said.contains(&format!("honoured without {named}")), "{source}: {said}");
    }
}

#[test]
fn another_text_than_the_one_that_is_recorded_is_never_shown() {
    for (kind, source, why) in [
        ("xhtml", "Do you <b>not</b> smoke?", "says something else"),
        ("xhtml", "<br/>", "says something else"),
        ("markdown", "Do you smoke? <b>Say no", "says something else"),
        ("xhtml", "Do you <b>smoke?", "not well-formed"),
        ("xhtml", "<!DOCTYPE x [<!ENTITY a \"b\">]>Do you smoke?", "not well-formed"),
        ("xhtml", "Do you &smoke;?", "not well-formed"),
    ] {
        let (drawn, said) = shown("Do you smoke?", kind, source);
        assert_eq!(drawn, "", "{source}");
        assert!(said.contains(why), "{source}: {said}");
    }
    let (drawn, said) = shown("a", "xhtml", &format!("a{}", " ".repeat(70_000)));
    assert!(drawn.is_empty() && said.contains("more than 65536 bytes"), "{said}");
}

#[test]
fn what_is_nested_without_end_is_cut_and_ends() {
    let deep = format!("{}Ask{}", "<b>".repeat(200), "</b>".repeat(200));
    assert_eq!(shown("Ask", "xhtml", &deep).0, "", "what is left says less than the text");
    let lists = (0..200).fold(String::new(), |lines, depth| format!("{lines}{}- x\n", "  ".repeat(depth)));
    let plain = "x ".repeat(200);
    assert!(shown(plain.trim(), "markdown", &lists).1.contains("nested too deeply"));
    let stars = "*".repeat(60_000);
    assert_eq!(shown("x", "markdown", &format!("x {stars}")).0.len(), "p(x )".len() + stars.len());
}

#[test]
fn a_style_is_that_of_the_whole_text_as_far_as_it_is_safe() {
    assert_eq!(shown("Ask", "style", "font-weight: bold;"), ("p([b:Ask])".to_owned(), String::new()));
    let (drawn, said) =
        shown("Ask", "style", "font-style:italic; position:fixed; background:url(https://example.org)");
    assert_eq!(drawn, "p([i:Ask])");
    assert!(said.contains("the style background, the style position"), "{said}");
    let (drawn, said) = shown("Ask", "style", "display:none");
    assert!(drawn.is_empty() && said.contains("only weight, slant"), "{said}");
}

#[test]
fn prefixes_groups_help_and_options_are_formatted_too() {
    let bold = |text: &str| rendering("xhtml", &format!("<b>{text}</b>"));
    let filling = Filling::new(&form(&format!(
        r#"{{"linkId":"g","text":"Group","_text":{},"type":"group","item":[
            {{"linkId":"a","prefix":"1.","text":"Ask","_text":{},"type":"choice","answerOption":[
                {{"valueCoding":{{"code":"x","display":"Yes","_display":{}}}}},{{"valueString":"No","_valueString":{}}},{{"valueString":"Maybe"}}],
             "item":[{{"linkId":"h","text":"Help","_text":{},"type":"display"}},{{"linkId":"i","text":"More","type":"display"}}]}}]}}"#,
        bold("Group"),
        bold("Ask"),
        bold("Yes"),
        bold("No"),
        bold("Help"),
    )));
    let screen = filling.screen();
    let formatted = screen.formatted.unwrap();
    assert_eq!(drawn(&formatted.text), "p(1. [b:Ask])");
    assert_eq!(formatted.context.iter().map(|one| drawn(one)).collect::<Vec<_>>(), ["p([b:Group])"]);
    assert_eq!(drawn(&formatted.help), "p([b:Help])p(More)");
    let Control::Choice { options, .. } = screen.control else { panic!("a choice") };
    let labels: Vec<_> = options.iter().map(|one| one.formatted.as_deref().map(drawn)).collect();
    assert_eq!(labels, [Some("p([b:Yes])".to_owned()), Some("p([b:No])".to_owned()), None]);
    let supported =
        filling.form.supported().iter().filter(|one| one.extension.ends_with("rendering-xhtml")).count();
    assert_eq!(supported, 5, "and the report says so");
}

/// A group, a question or a text whose words are bold.
fn bold(link_id: &str, words: &str, rest: &str) -> String {
    let formatted = rendering("xhtml", &format!("<b>{words}</b>"));
    format!(r#"{{"linkId":"{link_id}","text":"{words}","_text":{formatted},{rest}}}"#)
}

/// A group with this control (none: a plain one) and these items in it.
fn inside(control: &str, items: &[String]) -> String {
    let extension = format!(
        r#""extension":[{{"url":"{CORE}questionnaire-itemControl","valueCodeableConcept":{{"coding":[{{"system":"http://hl7.org/fhir/questionnaire-item-control","code":"{control}"}}]}}}}],"#
    );
    let extension = if control.is_empty() { String::new() } else { extension };
    format!(r#"{extension}"type":"group","item":[{}]"#, items.join(","))
}

#[test]
fn headings_of_sections_and_of_tables_are_formatted_too() {
    let integer = |link_id: &str, words: &str| bold(link_id, words, r#""type":"integer""#);
    let said = |link_id: &str, words: &str| bold(link_id, words, r#""type":"display""#);
    let often = format!(
        r#""type":"choice","answerOption":[{{"valueCoding":{{"code":"n","display":"Never","_display":{never},
           "extension":[{{"url":"{CORE}questionnaire-optionPrefix","valueString":"0."}}]}}}},{{"valueString":"Always"}}]"#,
        never = rendering("xhtml", "<b>Never</b>"),
    );
    let hand = |link_id: &str, words: &str| {
        let helped = bold(
            &format!("{link_id}1"),
            "Strength",
            &format!(r#""type":"integer","item":[{}]"#, said(&format!("{link_id}2"), "Squeeze")),
        );
        bold(link_id, words, &inside("", &[helped, integer(&format!("{link_id}3"), "Pain")]))
    };
    let options = [said("t1", "Last week"), bold("t2", "Tired", &often), bold("t3", "Sad", &often)];
    let parts = [
        bold("section", "Section", &inside("", &[integer("s1", "Ask")])),
        bold("options", "How often", &inside("table", &options)),
        bold("grid", "Hands", &inside("grid", &[hand("left", "Left"), hand("right", "Right")])),
        bold(
            "drugs",
            "Medicines",
            &format!(r#""repeats":true,{}"#, inside("gtable", &[integer("dose", "Dose")])),
        ),
        bold("falls", "Falls", &format!(r#""repeats":true,{}"#, inside("", &[integer("day", "Day")]))),
    ];
    let tab = bold("tab", "Tab", &inside("page", &parts));
    let other = bold("other", "Other", &inside("page", &[integer("last", "Last")]));
    let filling = Filling::new(&form(&bold("tabs", "Tabs", &inside("tab-container", &[tab, other]))));

    let screen = filling.screen();
    let heads: Vec<String> = screen.tabs.iter().map(|tab| drawn(&tab.formatted)).collect();
    assert_eq!(heads, ["p([b:Tab])", "p([b:Other])"]);
    let page = screen.page.unwrap();
    let [
        Part::Group { text, formatted, .. },
        Part::Table { table: often },
        Part::Table { table: hands },
        Part::Table { table: drugs },
        Part::Instances { formatted: falls, .. },
    ] = page.parts.as_slice()
    else {
        panic!("{:?}", page.parts)
    };
    assert_eq!((text.as_str(), drawn(formatted).as_str()), ("Section", "p([b:Section])"));
    assert_eq!(drawn(&often.formatted), "p([b:How often])");
    assert_eq!(often.texts.iter().map(|one| drawn(&one.formatted)).collect::<Vec<_>>(), ["p([b:Last week])"]);
    let heads: Vec<_> = often.columns.iter().map(|one| (one.text.as_str(), drawn(&one.formatted))).collect();
    assert_eq!(heads, [("0. Never", "p(0. [b:Never])".to_owned()), ("Always", String::new())]);
    let rows = |table: &Table| table.rows.iter().map(|row| drawn(&row.formatted)).collect::<Vec<_>>();
    assert_eq!(rows(often), ["p([b:Tired])", "p([b:Sad])"]);
    assert_eq!(
        (drawn(&hands.formatted), rows(hands)),
        ("p([b:Hands])".to_owned(), vec!["p([b:Left])".to_owned(), "p([b:Right])".to_owned()])
    );
    let heads: Vec<_> = hands.columns.iter().map(|one| drawn(&one.formatted)).collect();
    assert_eq!(heads, ["p([b:Strength])", "p([b:Pain])"]);
    let help = hands.columns[0].help.as_ref().unwrap();
    assert_eq!((help.text.as_str(), drawn(&help.formatted).as_str()), ("Squeeze", "p([b:Squeeze])"));
    assert_eq!((drawn(&drugs.formatted), rows(drugs)), ("p([b:Medicines])".to_owned(), vec![String::new()]));
    assert_eq!(drawn(falls), "p([b:Falls])");
}

#[test]
fn each_language_has_its_own_form_or_plain_words() {
    let translation = |content: &str, kind: &str| {
        format!(
            r#"{{"url":"{CORE}translation","extension":[{{"url":"lang","valueCode":"de"}},{{"url":"content","{kind}":"{content}"}}]}}"#
        )
    };
    let of = |german: &str| {
        let items = format!(
            r#"{{"linkId":"a","text":"Ask","_text":{{"extension":[{},{{"url":"{CORE}rendering-markdown","valueMarkdown":"**Ask**","_valueMarkdown":{{"id":"x"{german}}}}}]}},"type":"integer"}}"#,
            translation("Frage", "valueString")
        );
        let document = common::document(&items).replacen(
            r#""title":"Test""#,
            &format!(r#""title":"Test","_title":{{"extension":[{}]}}"#, translation("Probe", "valueString")),
            1,
        );
        let form =
            questionnaire::import_bytes(document.as_bytes()).unwrap_or_else(|report| panic!("{report}"));
        ["en", "de"].map(|language| {
            let screen = Filling::in_language(&form, language).screen();
            screen.formatted.map(|formatted| drawn(&formatted.text))
        })
    };
    let german = format!(r#","extension":[{}]"#, translation("*Frage*", "valueMarkdown"));
    assert_eq!(of(&german), [Some("p([b:Ask])".into()), Some("p([i:Frage])".into())]);
    assert_eq!(of(""), [Some("p([b:Ask])".to_owned()), None]);
}

#[test]
fn the_response_has_the_plain_words() {
    let items = format!(
        r#"{{"linkId":"a","text":"Ask","type":"choice","answerOption":[{{"valueCoding":{{"code":"x","display":"Yes","_display":{}}}}}]}}"#,
        rendering("xhtml", "<b>Yes</b>")
    );
    let mut filling = Filling::new(&form(&items));
    filling.fill("a", option("|x"));
    assert!(filling.items().contains(r#""display":"Yes""#), "{}", filling.items());
}
