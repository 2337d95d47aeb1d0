//! FHIR's JSON and XML converted into each other.

use fhir::xml::{ConvertError, ConvertReason as Reason, from_xml, to_xml};
use fhir::{Value, Version, canonical};

fn json(text: &str) -> Value {
    Value::parse(text.as_bytes()).unwrap()
}

/// Converts there and back and gives the XML.
fn survives(text: &str, version: Version) -> String {
    let value = json(text);
    let xml = to_xml(&value, version).unwrap_or_else(|error| panic!("{error}: {text}"));
    let back = from_xml(xml.as_bytes(), version).unwrap_or_else(|error| panic!("{error}: {xml}"));
    assert_eq!(canonical::number_text(&value), canonical::number_text(&back), "{xml}");
    xml
}

#[test]
fn values_companions_and_order_are_written_as_fhir_xml_has_them() {
    let xml = survives(
        r#"{"resourceType":"Patient","birthDate":"1970-03","_birthDate":{"id":"b","extension":[{"url":"u","valueDecimal":1.10}]},
        "name":[{"_family":{"extension":[{"url":"u","valueCode":"x"}]},"given":["Ada",null,"<&\"\t\r\n>"],"_given":[null,{"id":"g"},{"id":"h"}]}],
        "active":true,"id":"p"}"#,
        Version::R4,
    );
    assert_eq!(
        xml,
        "<Patient xmlns=\"http://hl7.org/fhir\"><id value=\"p\"/><active value=\"true\"/><name>\
         <family><extension url=\"u\"><valueCode value=\"x\"/></extension></family>\
         <given value=\"Ada\"/><given id=\"g\"/><given id=\"h\" value=\"&lt;&amp;&quot;&#9;&#13;&#10;&gt;\"/></name>\
         <birthDate id=\"b\" value=\"1970-03\"><extension url=\"u\"><valueDecimal value=\"1.10\"/></extension>\
         </birthDate></Patient>"
    );
}

#[test]
fn resources_within_resources_and_narratives_survive() {
    for (text, version) in [
        (
            r#"{"resourceType":"Bundle","type":"document","total":1,"entry":[{"fullUrl":"urn:uuid:1","resource":
            {"resourceType":"Composition","contained":[{"resourceType":"Patient","id":"a"},{"resourceType":"Device"}],
            "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\" >a &amp; &#160;<br/>'\"\n</div>"}},
            "search":{"score":1e2}}]}"#,
            Version::R4,
        ),
        (
            r#"{"resourceType":"Parameters","parameter":[{"name":"p","resource":{"resourceType":"Parameters"}},
            {"name":"q","part":[{"name":"r","valueInteger64":"9007199254740993"},{"name":"s","valueInteger":-0}]}]}"#,
            Version::R5,
        ),
        (
            r#"{"resourceType":"Questionnaire","status":"draft","item":[{"linkId":"1","type":"group","item":[{"linkId":"1.1",
            "type":"decimal","item":[{"linkId":"1.1.1","type":"display","initial":[{"valueDecimal":0.50}]}]}]}]}"#,
            Version::R4,
        ),
    ] {
        survives(text, version);
    }
}

#[test]
fn json_that_would_not_survive_is_refused_by_name() {
    for (text, path, reason) in [
        (r#"{"resourceType":"Nothing"}"#, "Nothing", Reason::UnknownResource),
        (r#"{"resourceType":"Extension","url":"u"}"#, "Extension", Reason::UnknownResource),
        (r#"{"resourceType":"Patient","nam":1}"#, "Patient.nam", Reason::UnknownElement),
        (r#"{"resourceType":"Patient","_name":{}}"#, "Patient._name", Reason::UnknownElement),
        (r#"{"resourceType":"Patient","active":"true"}"#, "Patient.active", Reason::WrongShape),
        (r#"{"resourceType":"Patient","active":null}"#, "Patient.active", Reason::WrongShape),
        (r#"{"resourceType":"Patient","active":[true]}"#, "Patient.active", Reason::WrongShape),
        (r#"{"resourceType":"Patient","name":{"text":"x"}}"#, "Patient.name", Reason::WrongShape),
        (r#"{"resourceType":"Patient","name":[]}"#, "Patient.name", Reason::Empty),
        (r#"{"resourceType":"Patient","name":[{"text":"x"},{}]}"#, "Patient.name[1]", Reason::Empty),
        (
            r#"{"resourceType":"Patient","name":[{"given":["a","b"],"_given":[null]}]}"#,
            "Patient.name[0].given",
            Reason::Unpadded,
        ),
        (
            r#"{"resourceType":"Patient","name":[{"given":[null]}]}"#,
            "Patient.name[0].given",
            Reason::Unpadded,
        ),
        (
            r#"{"resourceType":"Patient","name":[{"given":["a",null],"_given":[{"id":"x"},null]}]}"#,
            "Patient.name[0].given[1]",
            Reason::Empty,
        ),
        (
            r#"{"resourceType":"Patient","deceasedBoolean":true,"deceasedDateTime":"2020"}"#,
            "Patient.deceasedDateTime",
            Reason::Repeated,
        ),
        (r#"{"resourceType":"Patient","id":"\u0001"}"#, "Patient.id", Reason::NotInXml),
        (r#"{"resourceType":"Patient","id":"\ufffe"}"#, "Patient.id", Reason::NotInXml),
        (
            r#"{"resourceType":"Patient","extension":[{"url":1}]}"#,
            "Patient.extension[0].url",
            Reason::WrongShape,
        ),
        (
            r#"{"resourceType":"Patient","extension":[{"url":"u","_url":{"id":"x"}}]}"#,
            "Patient.extension[0]._url",
            Reason::UnknownElement,
        ),
        (
            r#"{"resourceType":"Patient","_id":{"fhir_comments":[]}}"#,
            "Patient.id.fhir_comments",
            Reason::UnknownElement,
        ),
        (
            r#"{"resourceType":"Patient","contained":[{"id":"a"}]}"#,
            "Patient.contained[0]",
            Reason::UnknownResource,
        ),
        (
            r#"{"resourceType":"Patient","text":{"div":"<div>x</div>"}}"#,
            "Patient.text.div",
            Reason::BadNarrative,
        ),
        (
            r#"{"resourceType":"Patient","text":{"div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"></div><!-- -->"}}"#,
            "Patient.text.div",
            Reason::BadNarrative,
        ),
        (
            r#"{"resourceType":"Patient","text":{"div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">&nbsp;</div>"}}"#,
            "Patient.text.div",
            Reason::BadNarrative,
        ),
        (
            r#"{"resourceType":"Patient","text":{"div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"/></text><active value=\"true\"/><text>"}}"#,
            "Patient.text.div",
            Reason::BadNarrative,
        ),
    ] {
        let error = to_xml(&json(text), Version::R4).expect_err(text);
        assert_eq!(error, ConvertError::Element { path: path.to_owned(), reason }, "{text}");
    }
}

#[test]
fn xml_that_is_not_the_releases_is_refused_by_name() {
    for (inside, path, reason) in [
        ("<active value='true'/><id value='a'/>", "Patient.id", Reason::WrongOrder),
        ("<id value='a'/><id value='b'/>", "Patient.id", Reason::Repeated),
        ("<name><text value='a'/></name><active value='true'/>", "Patient.active", Reason::WrongOrder),
        (
            "<deceasedBoolean value='true'/><deceasedDateTime value='2020'/>",
            "Patient.deceased",
            Reason::Repeated,
        ),
        ("<unknown value='a'/>", "Patient.unknown", Reason::UnknownElement),
        ("<id value='a' x='b'/>", "Patient.id.x", Reason::UnknownElement),
        ("<id value='a' xml:lang='b'/>", "Patient.id.lang", Reason::UnknownElement),
        ("<id value='a'><x/></id>", "Patient.id.x", Reason::UnknownElement),
        ("<id/>", "Patient.id", Reason::Empty),
        ("<name/>", "Patient.name[0]", Reason::Empty),
        ("<name x='y'/>", "Patient.name[0].x", Reason::UnknownElement),
        ("text", "Patient", Reason::StrayText),
        ("<active value='1'/>", "Patient.active", Reason::WrongValue),
        ("<active value=' true'/>", "Patient.active", Reason::WrongValue),
        ("<multipleBirthInteger value='+1'/>", "Patient.multipleBirth", Reason::WrongValue),
        ("<id xmlns='urn:x' value='a'/>", "Patient.id", Reason::WrongNamespace),
        ("<text><div/></text>", "Patient.text.div", Reason::WrongNamespace),
        ("<text><h:div xmlns:h='http://www.w3.org/1999/xhtml'/></text>", "", Reason::Empty),
        ("<contained/>", "Patient.contained[0]", Reason::Empty),
        ("<contained><Patient/><Patient/></contained>", "Patient.contained[0]", Reason::Repeated),
        ("<contained><Extension/></contained>", "Patient.contained[0].Extension", Reason::UnknownResource),
    ] {
        let text = format!("<Patient xmlns='http://hl7.org/fhir'>{inside}</Patient>");
        let read = from_xml(text.as_bytes(), Version::R4);
        if path.is_empty() {
            read.expect(&text);
            continue;
        }
        let error = read.expect_err(&text);
        assert_eq!(error, ConvertError::Element { path: path.to_owned(), reason }, "{text}");
    }
    let outside = "<h:Patient xmlns='http://hl7.org/fhir' xmlns:h='http://hl7.org/fhir' \
                   xmlns:x='http://www.w3.org/1999/xhtml'><text><x:div/></text></h:Patient>";
    assert_eq!(
        from_xml(outside.as_bytes(), Version::R4).unwrap_err().to_string(),
        "Patient.text.div: a narrative is one well-formed <div> that declares the namespace of XHTML and any prefix itself"
    );
    assert!(from_xml(b"<Patient/>", Version::R4).is_err());
    assert!(matches!(from_xml(b"<!DOCTYPE Patient><Patient/>", Version::R4), Err(ConvertError::Xml(_))));
}

#[test]
fn what_only_xml_has_is_no_part_of_the_resource() {
    let text = "\u{feff}<?xml version=\"1.0\"?><!-- c --><f:Patient xmlns:f='http://hl7.org/fhir' \
                xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:schemaLocation='a b'>\n <?pi x?>\
                <f:id value='a'/><f:text><div xmlns='http://www.w3.org/1999/xhtml'>é<!-- kept --></div></f:text></f:Patient>";
    assert_eq!(
        from_xml(text.as_bytes(), Version::R4).unwrap().to_json(),
        r#"{"resourceType":"Patient","id":"a","text":{"div":"<div xmlns='http://www.w3.org/1999/xhtml'>é<!-- kept --></div>"}}"#
    );
}

#[test]
fn depth_is_bounded_both_ways() {
    let mut value = fhir::object! { "linkId" => "x" };
    for _ in 0..200 {
        value = fhir::object! { "item" => fhir::array![value] };
    }
    value.as_object_mut().unwrap().insert("resourceType", "Questionnaire");
    assert!(to_xml(&value, Version::R4).unwrap_err().to_string().ends_with("nested too deeply"));
    let text = format!(
        "<Questionnaire xmlns='http://hl7.org/fhir'>{}<linkId value='x'/>{}</Questionnaire>",
        "<item>".repeat(70),
        "</item>".repeat(70)
    );
    assert!(from_xml(text.as_bytes(), Version::R4).unwrap_err().to_string().ends_with("nested too deeply"));
    let text = text.replacen("<item>", "", 10).replacen("</item>", "", 10);
    let read = from_xml(text.as_bytes(), Version::R4).unwrap();
    Value::parse(read.to_json().as_bytes()).unwrap();
}

/// What the writer writes, the reader reads; one level more is refused by both.
#[test]
fn the_bounds_of_writer_and_reader_agree() {
    let refused = |value: &Value| {
        assert!(to_xml(value, Version::R4).unwrap_err().to_string().ends_with("nested too deeply"));
    };
    let written = |value: &Value| {
        let xml = to_xml(value, Version::R4).unwrap();
        assert_eq!(from_xml(xml.as_bytes(), Version::R4).unwrap(), *value);
        assert_eq!(Value::parse(value.to_json().as_bytes()).unwrap(), *value);
    };
    // Elements and objects one in the other: Reference.identifier.assigner.identifier and so on, then a value.
    let chain = |length: usize| {
        let mut value = fhir::object! { "display" => "x" };
        for index in 0..length {
            let name = if index % 2 == 0 { "assigner" } else { "identifier" };
            value = fhir::object! { name => value };
        }
        fhir::object! { "resourceType" => "Observation", "subject" => value }
    };
    written(&chain(124));
    refused(&chain(126));
    // Arrays, which XML does not have, count in JSON.
    let items = |length: usize| {
        let mut value = fhir::object! { "linkId" => "x" };
        for _ in 0..length {
            value = fhir::object! { "item" => fhir::array![value] };
        }
        let mut root = fhir::object! { "resourceType" => "Questionnaire" };
        let item = value.get("item").unwrap().clone();
        root.as_object_mut().unwrap().insert("item", item);
        root
    };
    written(&items(63));
    refused(&items(64));
    // The narrative's own elements: Patient, text, and 126 more.
    let narrative = |depth: usize| {
        let (open, close) = ("<b>".repeat(depth - 1), "</b>".repeat(depth - 1));
        let div = format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{open}{close}</div>");
        fhir::object! { "resourceType" => "Patient", "text" => fhir::object! { "status" => "generated", "div" => div } }
    };
    written(&narrative(126));
    refused(&narrative(127));
}
