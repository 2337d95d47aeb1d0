//! Which value sets a form lacks, what a server's answer is worth, and how it is stored with the form.

use crate::common;

use common::document;
use fhir::{Value, object};
use questionnaire::terminology::{ContainError, Expansion, ExpansionError, MAX_CONCEPTS, contain, missing};
use questionnaire::{import, validate};

const MOODS: &str = "https://x.example/ValueSet/moods";

fn json(text: &str) -> Value {
    Value::parse(text.as_bytes()).unwrap()
}

fn choice(link_id: &str, value_set: &str) -> String {
    format!(r#"{{"linkId":"{link_id}","type":"choice","text":"Which?","answerValueSet":"{value_set}"}}"#)
}

fn form(items: &[String]) -> Value {
    json(&document(&items.join(",")))
}

/// A page: the elements of its expansion beside the timestamp, and its concepts.
fn page(more: &str, contains: &str) -> Value {
    json(&format!(
        r#"{{"resourceType":"ValueSet","id":"at-the-server","meta":{{"versionId":"4"}},"url":"{MOODS}","version":"2",
        "status":"active","text":{{"status":"generated","div":"<div/>"}},"expansion":{{"identifier":"urn:uuid:1",
        "timestamp":"2026-11-21T09:00:00Z",{more}"contains":[{contains}]}}}}"#
    ))
}

fn concept(code: &str) -> String {
    format!(r#"{{"system":"urn:s","code":"{code}","display":"The {code}"}}"#)
}

fn asked(reference: &str) -> Expansion {
    Expansion::of(&missing(&form(&[choice("a", reference)]), &[])[0]).unwrap()
}

fn whole(reference: &str, answer: &Value) -> Expansion {
    let mut expansion = asked(reference);
    expansion.add(answer, 100).unwrap();
    assert_eq!(expansion.next_offset(), None);
    expansion
}

/// Why the only page of an expansion is refused.
fn refused(answer: &Value) -> ExpansionError {
    asked(MOODS).add(answer, 100).expect_err("this answer must not be used")
}

#[test]
fn what_a_form_lacks_is_listed_once_with_its_items_and_reasons() {
    let unit = r#"{"linkId":"q","type":"quantity","text":"How much?","extension":[
        {"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-unitValueSet","valueCanonical":"https://x.example/units"}]}"#;
    let group = format!(
        r#"{{"linkId":"g","type":"group","text":"G","extension":[{{
        "url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-preferredTerminologyServer",
        "valueUrl":"https://tx.example/fhir"}}],"item":[{},{unit}]}}"#,
        choice("b", &format!("{MOODS}|2"))
    );
    let gender = choice("c", "http://hl7.org/fhir/ValueSet/administrative-gender");
    let form = form(&[choice("a", MOODS), group, gender, choice("d", MOODS)]);
    let found = missing(&form, &[]);
    let lines: Vec<_> = found
        .iter()
        .map(|one| format!("{} {} {}", one.reference, one.link_ids.join(","), one.preferred.join(",")))
        .collect();
    assert_eq!(
        lines,
        [
            format!("{MOODS} a,d "),
            format!("{MOODS}|2 b https://tx.example/fhir"),
            "https://x.example/units q https://tx.example/fhir".to_owned(),
        ],
        "neither what HL7 has nor anything twice"
    );
    assert_eq!(found[0].reason, "it is neither contained nor given with the form");
    let given = page("", &concept("a"));
    assert_eq!(missing(&form, &[given]).len(), 1, "only the units");
    assert!(missing(&json(r#"{"resourceType":"Patient"}"#), &[]).is_empty());
}

#[test]
fn stored_expansions_make_the_form_usable_and_are_part_of_its_hash() {
    let before = form(&[choice("a", MOODS), choice("b", &format!("{MOODS}|2"))]);
    assert!(import(&before).is_err());
    let de = r#"{"system":"urn:s","version":"7","code":"good","display":"Good","designation":[{"language":"de","value":"Gut"}],
        "extension":[{"url":"http://hl7.org/fhir/StructureDefinition/itemWeight","valueDecimal":1.50},
        {"url":"https://x.example/other","valueString":"x"}]}"#;
    let answer = page(
        r#""total":2,"parameter":[{"name":"used-codesystem","valueUri":"urn:s|7"},{"name":"count","valueInteger":9}],"#,
        &[de.to_owned(), concept("bad")].join(","),
    );
    let (first, second) = (whole(MOODS, &answer), whole(&format!("{MOODS}|2"), &answer));
    assert_eq!((first.concept_count(), first.found_version()), (2, Some("2")));
    let after = contain(&before, &[second.clone(), first.clone()]).unwrap();
    assert_eq!(
        after.to_json(),
        contain(&before, &[first.clone(), second]).unwrap().to_json(),
        "the order of what is given means nothing"
    );
    let form = import(&after).unwrap();
    assert!(missing(&after, &[]).is_empty());

    let kept = &after.list("contained")[0];
    assert_eq!(after.list("item")[0].str("answerValueSet"), Some(&*format!("#{}", kept.str("id").unwrap())));
    assert_eq!((kept.str("url"), kept.str("version")), (Some(MOODS), Some("2")), "where it came from");
    assert!(kept.get("meta").is_none() && kept.get("text").is_none(), "as FHIR wants of what is contained");
    let expansion = kept.get("expansion").unwrap();
    assert_eq!(expansion.str("timestamp"), Some("2026-11-21T09:00:00Z"));
    assert_eq!(expansion.list("parameter").len(), 1, "what it was made of, not how it was asked for");
    let weights = expansion.list("contains")[0].list("extension");
    assert_eq!(weights.len(), 1);
    assert_eq!(weights[0].get("valueDecimal").unwrap().as_number().unwrap().as_str(), "1.50");
    assert_eq!(expansion.list("contains")[0].list("designation")[0].str("value"), Some("Gut"));

    let other = contain(&before, &[whole(MOODS, &page("", &concept("bad")))]).unwrap();
    let other = contain(&other, &[whole(&format!("{MOODS}|2"), &answer)]).unwrap();
    assert_ne!(import(&other).unwrap().sha256(), form.sha256(), "the hash covers what is offered");

    let response = |code: &str| {
        json(&format!(
            r#"{{"resourceType":"QuestionnaireResponse","status":"completed",
            "questionnaire":"https://attesta.example/fhir/Questionnaire/test|1",
            "item":[{{"linkId":"a","answer":[{{"valueCoding":{{"system":"urn:s","code":"{code}"}}}}]}}]}}"#
        ))
    };
    let found = |code: &str| {
        let options = validate::Options::default();
        format!("{:?}", validate(&after, &response(code), options))
    };
    assert_ne!(found("good"), found("ugly"), "the validator reads it too");
}

#[test]
fn a_contained_value_set_gets_its_expansion_in_its_place() {
    let mut form = form(&[choice("a", "#own"), choice("b", "#nameless")]);
    let contained = json(&format!(
        r#"[{{"resourceType":"ValueSet","id":"own","url":"{MOODS}","status":"active"}},
        {{"resourceType":"ValueSet","id":"nameless","status":"active"}}]"#
    ));
    form.as_object_mut().unwrap().insert("contained", contained);
    let found = missing(&form, &[]);
    assert_eq!(found[0].canonical.as_deref(), Some(MOODS));
    assert!(found[1].canonical.is_none() && Expansion::of(&found[1]).is_none());
    let mut expansion = Expansion::of(&found[0]).unwrap();
    expansion.add(&page("", &concept("a")), 100).unwrap();
    let after = contain(&form, &[expansion]).unwrap();
    assert_eq!(after.list("contained").len(), 2);
    assert_eq!(after.list("contained")[0].str("id"), Some("own"));
    assert_eq!(missing(&after, &[]).len(), 1);
}

#[test]
fn a_contained_expansion_that_is_not_whole_is_missing() {
    let form = |expansion: &str| {
        let mut form = form(&[choice("a", "#own")]);
        let own = json(&format!(
            r#"[{{"resourceType":"ValueSet","id":"own","url":"{MOODS}","status":"active","expansion":{{{expansion}
            "timestamp":"2026-11-21T09:00:00Z","contains":[{},{{"system":"urn:s","code":"old","inactive":true}}]}}}}]"#,
            concept("a")
        ));
        form.as_object_mut().unwrap().insert("contained", own);
        form
    };
    for partial in [
        r#""total":3,"#,
        r#""extension":[{"url":"http://hl7.org/fhir/StructureDefinition/valueset-toocostly","valueBoolean":true}],"#,
    ] {
        let found = missing(&form(partial), &[]);
        assert_eq!(found[0].canonical.as_deref(), Some(MOODS));
        assert_eq!(found[0].reason, "its expansion has only a part of its concepts");
        assert!(import(&form(partial)).is_err(), "half a list is never offered");
    }
    let screen = common::Filling::new(&import(&form(r#""total":2,"#)).unwrap()).screen();
    let shown = format!("{:?}", screen.control);
    assert!(shown.contains("The a") && !shown.contains("old"), "what is inactive is not offered: {shown}");
}

#[test]
fn only_what_can_be_chosen_is_kept() {
    let nested = format!(
        r#"{{"abstract":true,"display":"Heading","contains":[{},{{"system":"urn:s","code":"old","inactive":true}},
        {{"system":"urn:s","code":"part","abstract":true,"contains":[{}]}}]}},{}"#,
        concept("a"),
        concept("b"),
        concept("a")
    );
    let expansion = whole(MOODS, &page("", &nested));
    assert_eq!(expansion.concept_count(), 2, "a code under two headings is offered once");
    assert_eq!(refused(&page("", r#"{"abstract":true,"display":"Heading"}"#)), ExpansionError::Empty);
}

#[test]
fn pages_are_put_together_and_must_follow_each_other() {
    let at = |offset: usize, total: usize, codes: &[&str]| {
        let contains: Vec<_> = codes.iter().map(|code| concept(code)).collect();
        page(&format!(r#""offset":{offset},"total":{total},"#), &contains.join(","))
    };
    let mut expansion = asked(MOODS);
    assert_eq!(expansion.next_offset(), Some(0));
    expansion.add(&at(0, 3, &["a", "b"]), 2).unwrap();
    assert_eq!(expansion.next_offset(), Some(2));
    let before = form(&[choice("a", MOODS)]);
    let error = contain(&before, std::slice::from_ref(&expansion)).expect_err("half of it");
    assert_eq!(error, ContainError::NotComplete { reference: MOODS.to_owned() });
    for (bad, error) in [
        (at(0, 3, &["c"]), ExpansionError::Paging),
        (at(2, 3, &["a"]), ExpansionError::Paging),
        (at(2, 3, &[]), ExpansionError::Paging),
        (at(2, 4, &["c"]), ExpansionError::Changed),
        (page("", &concept("c")), ExpansionError::Paging),
    ] {
        assert_eq!(expansion.clone().add(&bad, 2), Err(error), "{}", bad.to_json());
    }
    assert_eq!(
        expansion.clone().add(&at(2, 3, &["c", "d"]), 2),
        Err(ExpansionError::Paging),
        "more than all"
    );
    expansion.add(&at(2, 3, &["c"]), 2).unwrap();
    assert_eq!((expansion.next_offset(), expansion.concept_count()), (None, 3));
    // Without a total, a page that is not full is the last; without an offset there are no pages.
    let mut unnumbered = asked(MOODS);
    unnumbered.add(&page(r#""offset":0,"#, &[concept("a"), concept("b")].join(",")), 2).unwrap();
    assert_eq!(unnumbered.next_offset(), Some(2));
    assert_eq!(asked(MOODS).add(&page("", &concept("a")), 1), Err(ExpansionError::Paging));
}

#[test]
fn pages_that_are_smaller_than_asked_for_are_asked_on_until_one_is_empty() {
    // A server gives two entries at a time, whatever is asked for, and no total.
    let all = ["a", "b", "c", "d", "e"];
    let answered = |more: &str, offset: usize| {
        let there: Vec<_> = all.iter().skip(offset).take(2).map(|code| concept(code)).collect();
        page(&more.replace('N', &offset.to_string()), &there.join(","))
    };
    for more in [
        r#""offset":N,"#,
        r#""parameter":[{"name":"count","valueInteger":2},{"name":"offset","valueInteger":N}],"#,
        r#""parameter":[{"name":"count","valueInteger":2}],"#,
    ] {
        let mut expansion = asked(MOODS);
        let mut asked_at = Vec::new();
        while let Some(offset) = expansion.next_offset() {
            asked_at.push(offset);
            expansion.add(&answered(more, offset), 1_000).unwrap();
        }
        assert_eq!((asked_at, expansion.concept_count()), (vec![0, 2, 4, 5], 5), "{more}");
    }
    // One that gives its first page again and again is not believed.
    for more in [r#""offset":0,"#, r#""parameter":[{"name":"count","valueInteger":2}],"#] {
        let mut expansion = asked(MOODS);
        expansion.add(&answered(more, 0), 1_000).unwrap();
        assert_eq!(expansion.add(&answered(more, 0), 1_000), Err(ExpansionError::Paging), "{more}");
    }
    // As many as were asked for, and less: all.
    let counted = page(r#""parameter":[{"name":"count","valueInteger":100}],"#, &concept("a"));
    assert_eq!(whole(MOODS, &counted).concept_count(), 1);
    assert_eq!(refused(&page(r#""offset":0,"#, "")), ExpansionError::Empty);
}

#[test]
fn a_weight_that_is_a_property_is_kept_as_expressions_read_it() {
    let weighed = |code: &str, value: &str| {
        format!(r#"{{"system":"urn:s","code":"x","display":"X","property":[{{"code":"{code}",{value}}}]}}"#)
    };
    let kept = |answer: &Value| {
        let form = contain(&form(&[choice("a", MOODS)]), &[whole(MOODS, answer)]).unwrap();
        let expansion = form.list("contained")[0].get("expansion").unwrap().clone();
        expansion.list("contains")[0].list("extension").iter().map(Value::to_json).collect::<Vec<_>>()
    };
    let four = r#"{"url":"http://hl7.org/fhir/StructureDefinition/itemWeight","valueDecimal":4}"#;
    assert_eq!(kept(&page("", &weighed("itemWeight", r#""valueDecimal":4"#))), [four]);
    let declared = r#""property":[{"code":"w","uri":"http://hl7.org/fhir/concept-properties#itemWeight"}],"#;
    assert_eq!(kept(&page(declared, &weighed("w", r#""valueInteger":4"#))), [four]);
    assert!(kept(&page("", &weighed("w", r#""valueInteger":4"#))).is_empty());
    let wrong = page("", &weighed("itemWeight", r#""valueDecimal":"4""#));
    assert!(matches!(refused(&wrong), ExpansionError::Malformed(_)));
}

#[test]
fn modifiers_anywhere_in_an_answer_are_refused() {
    for (place, with) in [
        (r#""url":"#, r#""implicitRules":"https://x.example/rules","url":"#),
        (r#""timestamp":"#, r#""modifierExtension":[{"url":"https://x.example"}],"timestamp":"#),
    ] {
        let answer = page("", &concept("a")).to_json().replacen(place, with, 1);
        assert!(matches!(refused(&json(&answer)), ExpansionError::Malformed(_)), "{answer}");
    }
}

#[test]
fn an_answer_that_is_not_what_was_asked_for_is_refused() {
    let changed = |name: &str, value: &str| {
        let mut answer = page("", &concept("a"));
        answer.as_object_mut().unwrap().insert(name, value);
        answer
    };
    assert_eq!(refused(&json(r#"{"resourceType":"Patient"}"#)), ExpansionError::NotAnExpansion);
    assert_eq!(
        refused(&object! { "resourceType" => "ValueSet", "url" => MOODS }),
        ExpansionError::NotAnExpansion
    );
    assert_eq!(refused(&changed("url", "https://x.example/other")), ExpansionError::OtherValueSet);
    let mut pinned = asked(&format!("{MOODS}|2"));
    assert_eq!(pinned.add(&changed("version", "3"), 100), Err(ExpansionError::OtherVersion));
    let twice = [concept("a"), concept("a").replace("The a", "Another")].join(",");
    assert_eq!(refused(&page("", &twice)), ExpansionError::Ambiguous);
    for said in [
        r#""extension":[{"url":"http://hl7.org/fhir/StructureDefinition/valueset-toocostly","valueBoolean":true}],"#,
        r#""extension":[{"url":"http://hl7.org/fhir/StructureDefinition/valueset-unclosed","valueBoolean":true}],"#,
        r#""parameter":[{"name":"limitedExpansion","valueBoolean":true}],"#,
    ] {
        assert_eq!(refused(&page(said, &concept("a"))), ExpansionError::Incomplete);
    }
    let many: Vec<_> = (0..=MAX_CONCEPTS).map(|n| concept(&format!("c{n}"))).collect();
    assert_eq!(refused(&page("", &many.join(","))), ExpansionError::TooLarge);
    assert_eq!(refused(&page(r#""total":10001,"#, &concept("a"))), ExpansionError::TooLarge);
    for contains in [
        "1",
        r#"{"display":"A"}"#,
        r#"{"code":"a"}"#,
        r#"{"system":"urn:s","code":""}"#,
        r#"{"system":"urn:s","code":" a"}"#,
        r#"{"system":"urn:s","code":"a","display":7}"#,
        r#"{"system":"urn:s","code":"a","designation":[{"language":"de"}]}"#,
        r#"{"system":"urn:s","code":"a","inactive":"true"}"#,
        r#"{"system":"urn:s","code":"a","modifierExtension":[{"url":"https://x.example"}]}"#,
    ] {
        assert!(matches!(refused(&page("", contains)), ExpansionError::Malformed(_)), "{contains}");
    }
    for more in [r#""total":-1,"#, r#""offset":"0","#] {
        assert!(matches!(refused(&page(more, &concept("a"))), ExpansionError::Malformed(_)), "{more}");
    }
    let deep = (0..20).fold(concept("a"), |inner, _| format!(r#"{{"abstract":true,"contains":[{inner}]}}"#));
    assert!(matches!(refused(&page("", &deep)), ExpansionError::Malformed(_)));
    let timeless = page("", &concept("a")).to_json().replace("2026-11-21T09:00:00Z", "yesterday");
    assert!(matches!(refused(&json(&timeless)), ExpansionError::Malformed(_)));
}

#[test]
fn nothing_is_stored_with_what_does_not_name_it() {
    let expansion = whole(MOODS, &page("", &concept("a")));
    let other = form(&[choice("a", "https://x.example/ValueSet/other")]);
    let error = contain(&other, std::slice::from_ref(&expansion)).expect_err("not its value set");
    assert_eq!(error, ContainError::NotNamed { reference: MOODS.to_owned() });
    let error = contain(&json(r#"{"resourceType":"Patient"}"#), &[expansion]).expect_err("no form");
    assert_eq!(error, ContainError::NotAQuestionnaire);
}

/// Value sets as a server keeps them, without asking it to expand them. With an expansion, the same is demanded of it as of pages.
#[test]
fn a_kept_value_set_is_taken_with_all_of_its_expansion_or_as_the_list_that_it_is() {
    let kept = |rest: &str| {
        json(&format!(
            r#"{{"resourceType":"ValueSet","id":"kept","meta":{{"versionId":"4"}},"url":"{MOODS}","version":"2",
            "status":"active",{rest}}}"#
        ))
    };
    let list =
        r#""compose":{"include":[{"system":"urn:s","concept":[{"code":"a","display":"A"},{"code":"b"}]}]}"#;
    let mut listed = asked(MOODS);
    listed.add_kept(&kept(list)).unwrap();
    assert_eq!((listed.concept_count(), listed.found_version(), listed.next_offset()), (2, Some("2"), None));
    let after = contain(&form(&[choice("a", MOODS)]), &[listed]).unwrap();
    assert!(missing(&after, &[]).is_empty() && import(&after).is_ok());
    let [contained] = after.list("contained") else { panic!("one value set") };
    assert!(contained.get("expansion").is_none() && contained.get("meta").is_none());
    assert_eq!(contained.get("compose"), kept(list).get("compose"));

    let mut expanded = asked(MOODS);
    let all = page(r#""total":2,"offset":0,"#, &[concept("a"), concept("b")].join(","));
    expanded.add_kept(&all).unwrap();
    assert_eq!(expanded.concept_count(), 2);
    let why = |reference: &str, value_set: &Value| {
        asked(reference).add_kept(value_set).expect_err("this value set must not be used")
    };
    assert_eq!(why(MOODS, &page(r#""total":3,"#, &concept("a"))), ExpansionError::Incomplete);
    assert_eq!(why(&format!("{MOODS}|3"), &kept(list)), ExpansionError::OtherVersion);
    assert_eq!(why("https://x.example/ValueSet/other", &kept(list)), ExpansionError::OtherValueSet);
    assert_eq!(why(MOODS, &kept(r#""title":"Moods""#)), ExpansionError::NotAnExpansion);
    let codes: Vec<_> = (0..=MAX_CONCEPTS).map(|code| format!(r#"{{"code":"{code}"}}"#)).collect();
    let many = format!(r#""compose":{{"include":[{{"system":"urn:s","concept":[{}]}}]}}"#, codes.join(","));
    assert_eq!(why(MOODS, &kept(&many)), ExpansionError::TooLarge);
    let unlisted = [
        r#""compose":{"include":[{"system":"urn:s"}]}"#,
        r#""compose":{"include":[{"system":"urn:s","filter":[{"property":"concept","op":"is-a","value":"a"}]}]}"#,
        r#""compose":{"include":[{"valueSet":["https://x.example/ValueSet/other"]}]}"#,
        r#""compose":{"include":[{"system":"urn:s","concept":[{"code":"a"}],"modifierExtension":[{"url":"urn:m"}]}]}"#,
    ];
    for rest in unlisted {
        assert!(matches!(why(MOODS, &kept(rest)), ExpansionError::NotListed(_)), "{rest}");
    }
}
