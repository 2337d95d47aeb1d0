//! One small resource of every type that Attesta touches, in JSON and in the XML that was written for it by hand from the
//! specification's resource definitions. The members of the JSON do not stand in XML's order.

use fhir::xml::{from_xml, to_xml};
use fhir::{Value, Version, canonical};

/// The same in both releases.
const BOTH: [(&str, &str); 14] = [
    (
        r#"{"resourceType":"Questionnaire","status":"active","url":"https://a.example/Questionnaire/q","item":[{"type":"choice","linkId":"1","_text":{"id":"t"},"text":"Pain?","item":[{"linkId":"1.1","type":"display"}]}],"subjectType":["Patient"]}"#,
        r#"<Questionnaire xmlns="http://hl7.org/fhir"><url value="https://a.example/Questionnaire/q"/><status value="active"/><subjectType value="Patient"/><item><linkId value="1"/><text id="t" value="Pain?"/><type value="choice"/><item><linkId value="1.1"/><type value="display"/></item></item></Questionnaire>"#,
    ),
    (
        r#"{"resourceType":"QuestionnaireResponse","item":[{"answer":[{"valueDecimal":72.50},{"valueBoolean":true}],"linkId":"1"}],"status":"completed","authored":"2026-11-21T09:40:58+01:00","questionnaire":"https://a.example/Questionnaire/q|1.0.0"}"#,
        r#"<QuestionnaireResponse xmlns="http://hl7.org/fhir"><questionnaire value="https://a.example/Questionnaire/q|1.0.0"/><status value="completed"/><authored value="2026-11-21T09:40:58+01:00"/><item><linkId value="1"/><answer><valueDecimal value="72.50"/></answer><answer><valueBoolean value="true"/></answer></item></QuestionnaireResponse>"#,
    ),
    (
        r#"{"resourceType":"Bundle","entry":[{"resource":{"id":"p","resourceType":"Patient"},"fullUrl":"urn:uuid:1","search":{"score":0.50}}],"type":"searchset","total":1,"link":[{"url":"https://a.example/","relation":"self"}]}"#,
        r#"<Bundle xmlns="http://hl7.org/fhir"><type value="searchset"/><total value="1"/><link><relation value="self"/><url value="https://a.example/"/></link><entry><fullUrl value="urn:uuid:1"/><resource><Patient><id value="p"/></Patient></resource><search><score value="0.50"/></search></entry></Bundle>"#,
    ),
    (
        r#"{"resourceType":"Patient","multipleBirthInteger":2,"name":[{"given":["Ada",null],"_given":[null,{"extension":[{"url":"u:x","valueCode":"unknown"}]}],"family":"Ä<&>"}],"contained":[{"resourceType":"Organization","id":"o","name":"Clinic"}],"deceasedBoolean":false,"text":{"div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">Ada &lt;3</div>","status":"generated"}}"#,
        r#"<Patient xmlns="http://hl7.org/fhir"><text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml">Ada &lt;3</div></text><contained><Organization><id value="o"/><name value="Clinic"/></Organization></contained><name><family value="Ä&lt;&amp;&gt;"/><given value="Ada"/><given><extension url="u:x"><valueCode value="unknown"/></extension></given></name><deceasedBoolean value="false"/><multipleBirthInteger value="2"/></Patient>"#,
    ),
    (
        r#"{"resourceType":"Device","serialNumber":"014-3","status":"active","identifier":[{"value":"urn:uuid:1","system":"urn:ietf:rfc:3986"}],"manufacturer":"A"}"#,
        r#"<Device xmlns="http://hl7.org/fhir"><identifier><system value="urn:ietf:rfc:3986"/><value value="urn:uuid:1"/></identifier><status value="active"/><manufacturer value="A"/><serialNumber value="014-3"/></Device>"#,
    ),
    (
        r#"{"resourceType":"Organization","alias":["C","D"],"name":"Clinic","active":true,"partOf":{"display":"H","reference":"Organization/h"}}"#,
        r#"<Organization xmlns="http://hl7.org/fhir"><active value="true"/><name value="Clinic"/><alias value="C"/><alias value="D"/><partOf><reference value="Organization/h"/><display value="H"/></partOf></Organization>"#,
    ),
    (
        r#"{"resourceType":"Practitioner","qualification":[{"code":{"text":"nurse"}}],"birthDate":"1970-03","gender":"other"}"#,
        r#"<Practitioner xmlns="http://hl7.org/fhir"><gender value="other"/><birthDate value="1970-03"/><qualification><code><text value="nurse"/></code></qualification></Practitioner>"#,
    ),
    (
        r#"{"resourceType":"PractitionerRole","organization":{"reference":"Organization/o"},"practitioner":{"reference":"Practitioner/p"},"period":{"end":"2027","start":"2026"}}"#,
        r#"<PractitionerRole xmlns="http://hl7.org/fhir"><period><start value="2026"/><end value="2027"/></period><practitioner><reference value="Practitioner/p"/></practitioner><organization><reference value="Organization/o"/></organization></PractitionerRole>"#,
    ),
    (
        r#"{"resourceType":"Composition","section":[{"section":[{"title":"Inner"}],"entry":[{"reference":"urn:uuid:1"}],"title":"Outer"}],"title":"Diary","author":[{"display":"A"}],"date":"2026-11-21","type":{"text":"t"},"status":"final"}"#,
        r#"<Composition xmlns="http://hl7.org/fhir"><status value="final"/><type><text value="t"/></type><date value="2026-11-21"/><author><display value="A"/></author><title value="Diary"/><section><title value="Outer"/><entry><reference value="urn:uuid:1"/></entry><section><title value="Inner"/></section></section></Composition>"#,
    ),
    (
        r#"{"resourceType":"Task","output":[{"valueReference":{"reference":"QuestionnaireResponse/r"},"type":{"text":"o"}}],"input":[{"valueCanonical":"https://a.example/Questionnaire/q","type":{"text":"i"}}],"intent":"order","status":"requested"}"#,
        r#"<Task xmlns="http://hl7.org/fhir"><status value="requested"/><intent value="order"/><input><type><text value="i"/></type><valueCanonical value="https://a.example/Questionnaire/q"/></input><output><type><text value="o"/></type><valueReference><reference value="QuestionnaireResponse/r"/></valueReference></output></Task>"#,
    ),
    (
        r#"{"resourceType":"OperationOutcome","issue":[{"expression":["Patient.name","Patient.id"],"diagnostics":"a\tb\n","code":"invalid","severity":"error"}]}"#,
        r#"<OperationOutcome xmlns="http://hl7.org/fhir"><issue><severity value="error"/><code value="invalid"/><diagnostics value="a&#9;b&#10;"/><expression value="Patient.name"/><expression value="Patient.id"/></issue></OperationOutcome>"#,
    ),
    (
        r#"{"resourceType":"CapabilityStatement","rest":[{"resource":[{"conditionalCreate":true,"interaction":[{"code":"create"}],"type":"Patient"}],"mode":"server"}],"format":["json","xml"],"fhirVersion":"4.0.1","kind":"instance","date":"2026","status":"active"}"#,
        r#"<CapabilityStatement xmlns="http://hl7.org/fhir"><status value="active"/><date value="2026"/><kind value="instance"/><fhirVersion value="4.0.1"/><format value="json"/><format value="xml"/><rest><mode value="server"/><resource><type value="Patient"/><interaction><code value="create"/></interaction><conditionalCreate value="true"/></resource></rest></CapabilityStatement>"#,
    ),
    (
        r#"{"resourceType":"Parameters","parameter":[{"valueString":"🩺","name":"a"},{"resource":{"resourceType":"Parameters"},"name":"b"},{"part":[{"valueInteger":-1,"name":"d"}],"name":"c"}],"id":"x"}"#,
        r#"<Parameters xmlns="http://hl7.org/fhir"><id value="x"/><parameter><name value="a"/><valueString value="🩺"/></parameter><parameter><name value="b"/><resource><Parameters/></resource></parameter><parameter><name value="c"/><part><name value="d"/><valueInteger value="-1"/></part></parameter></Parameters>"#,
    ),
    (
        r#"{"resourceType":"DocumentReference","subject":{"reference":"Device/d"},"content":[{"attachment":{"data":"AQID","contentType":"application/pkix-cert"}}],"status":"current"}"#,
        r#"<DocumentReference xmlns="http://hl7.org/fhir"><status value="current"/><subject><reference value="Device/d"/></subject><content><attachment><contentType value="application/pkix-cert"/><data value="AQID"/></attachment></content></DocumentReference>"#,
    ),
];

/// Where the releases differ.
const R4: [(&str, &str); 2] = [
    (
        r#"{"resourceType":"Provenance","signature":[{"data":"AQID","who":{"reference":"Device/d"},"when":"2026-11-21T08:41:07Z","type":[{"code":"c"}]}],"agent":[{"onBehalfOf":{"display":"P"},"who":{"reference":"Device/d"},"type":{"text":"t"}}],"reason":[{"text":"study"}],"recorded":"2026-11-21T08:41:07Z","occurredDateTime":"2026","target":[{"reference":"Patient/p"}]}"#,
        r#"<Provenance xmlns="http://hl7.org/fhir"><target><reference value="Patient/p"/></target><occurredDateTime value="2026"/><recorded value="2026-11-21T08:41:07Z"/><reason><text value="study"/></reason><agent><type><text value="t"/></type><who><reference value="Device/d"/></who><onBehalfOf><display value="P"/></onBehalfOf></agent><signature><type><code value="c"/></type><when value="2026-11-21T08:41:07Z"/><who><reference value="Device/d"/></who><data value="AQID"/></signature></Provenance>"#,
    ),
    (
        r#"{"resourceType":"AuditEvent","source":{"observer":{"display":"O"}},"agent":[{"requestor":true,"altId":"a"}],"recorded":"2026-11-21T08:41:07Z","action":"C","type":{"code":"rest"}}"#,
        r#"<AuditEvent xmlns="http://hl7.org/fhir"><type><code value="rest"/></type><action value="C"/><recorded value="2026-11-21T08:41:07Z"/><agent><altId value="a"/><requestor value="true"/></agent><source><observer><display value="O"/></observer></source></AuditEvent>"#,
    ),
];

const R5: [(&str, &str); 3] = [
    (
        r#"{"resourceType":"Provenance","agent":[{"who":{"display":"A"}}],"patient":{"reference":"Patient/p"},"authorization":[{"concept":{"text":"study"}}],"target":[{"reference":"Patient/p"}]}"#,
        r#"<Provenance xmlns="http://hl7.org/fhir"><target><reference value="Patient/p"/></target><authorization><concept><text value="study"/></concept></authorization><patient><reference value="Patient/p"/></patient><agent><who><display value="A"/></who></agent></Provenance>"#,
    ),
    (
        r#"{"resourceType":"AuditEvent","source":{"observer":{"display":"O"}},"agent":[{"who":{"display":"A"}}],"outcome":{"code":{"code":"success"}},"recorded":"2026-11-21T08:41:07Z","code":{"text":"rest"}}"#,
        r#"<AuditEvent xmlns="http://hl7.org/fhir"><code><text value="rest"/></code><recorded value="2026-11-21T08:41:07Z"/><outcome><code><code value="success"/></code></outcome><agent><who><display value="A"/></who></agent><source><observer><display value="O"/></observer></source></AuditEvent>"#,
    ),
    (
        r#"{"resourceType":"QuestionnaireResponse","status":"completed","questionnaire":"https://a.example/Questionnaire/q","identifier":[{"value":"1"}]}"#,
        r#"<QuestionnaireResponse xmlns="http://hl7.org/fhir"><identifier><value value="1"/></identifier><questionnaire value="https://a.example/Questionnaire/q"/><status value="completed"/></QuestionnaireResponse>"#,
    ),
];

fn agree(json: &str, xml: &str, version: Version) {
    let value = Value::parse(json.as_bytes()).unwrap();
    let written = to_xml(&value, version).unwrap_or_else(|error| panic!("{version} {error}: {json}"));
    assert_eq!(written, xml, "{version}");
    let read = from_xml(xml.as_bytes(), version).unwrap_or_else(|error| panic!("{version} {error}: {xml}"));
    assert_eq!(canonical::number_text(&read), canonical::number_text(&value), "{version}");
}

#[test]
fn every_type_is_written_and_read_as_it_was_by_hand() {
    for (json, xml) in BOTH {
        for version in Version::ALL {
            agree(json, xml, version);
        }
    }
    for (json, xml) in R4 {
        agree(json, xml, Version::R4);
    }
    for (json, xml) in R5 {
        agree(json, xml, Version::R5);
    }
}

#[test]
fn what_one_release_alone_has_is_refused_by_the_other() {
    for (json, _) in R5 {
        let value = Value::parse(json.as_bytes()).unwrap();
        assert!(to_xml(&value, Version::R4).is_err(), "{json}");
    }
    for (json, _) in R4 {
        let value = Value::parse(json.as_bytes()).unwrap();
        assert!(to_xml(&value, Version::R5).is_err(), "{json}");
    }
}
