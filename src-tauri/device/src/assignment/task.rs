//! What one Task asks for (SDC, profile `sdc-task`): to complete a Questionnaire, or to fulfill a `ServiceRequest` that names
//! one. What is not understood is refused with a reason that staff can read, and never guessed at.

use fhir::Value;

use super::refusal::Refusal;
use crate::Endpoint;

/// SDC's own codes for Tasks.
pub(super) const CODES: &str = "http://hl7.org/fhir/uv/sdc/CodeSystem/temp";
pub(super) const COMPLETE: &str = "complete-questionnaire";
/// FHIR's codes for Tasks.
const TASK_CODES: &str = "http://hl7.org/fhir/CodeSystem/task-code";
const FULFILL: &str = "fulfill";
/// Which Questionnaires a `ServiceRequest` asks for.
const REQUESTED: &str = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-servicerequest-questionnaire";
/// Where a form says that its answers go.
const ENDPOINT: &str = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-endpoint";

/// Statuses of a Task that nobody has begun with.
pub(crate) const OPEN: [&str; 4] = ["requested", "received", "accepted", "ready"];

/// The codes that are searched for, as a token.
pub(crate) fn searched() -> String {
    format!("{CODES}|{COMPLETE},{TASK_CODES}|{FULFILL}")
}

/// What a Task asks for, as far as it says so itself.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Asked {
    /// `Patient/ID`, on the study's server.
    pub(super) patient: String,
    pub(super) form: Wanted,
    /// Where the answers go; where it names nobody, the form may.
    pub(super) points: Points,
    /// When it is sought: the first and the last moment, as FHIR dateTimes.
    pub(super) period: (Option<String>, Option<String>),
}

/// The servers that a response goes to, each once and the study's own first: `None` is that one, and every other one is the
/// address of a further one that the study lists. Empty where nobody is named.
pub type Points = Vec<Option<String>>;

/// The servers that may be named.
#[derive(Clone, Copy)]
pub(super) struct Servers<'a> {
    /// The base of the study's server, without a slash at its end.
    pub(super) base: &'a str,
    /// The further ones.
    pub(super) endpoints: &'a [Endpoint],
}

/// The form, or who names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// `url` or `url|version`.
    Questionnaire(String),
    /// The id of the `ServiceRequest`.
    ServiceRequest(String),
}

/// Whether a Task is one of `owner`'s that nobody has begun with: servers may ignore a search parameter.
pub(super) fn is_for(task: &Value, owner: &str, base: &str) -> bool {
    is_of(task, owner, base)
        && task.str("status").is_some_and(|status| OPEN.contains(&status))
        && (coded(task.get("code"), CODES, COMPLETE) || coded(task.get("code"), TASK_CODES, FULFILL))
}

/// Whether it is this owner's.
pub(super) fn is_of(task: &Value, owner: &str, base: &str) -> bool {
    let reference = task.get("owner").and_then(|one| one.str("reference"));
    reference.and_then(|reference| local(reference, base)) == Some(owner)
}

/// Reads a Task of the study's server.
pub(super) fn read(task: &Value, servers: Servers<'_>) -> Result<Asked, Refusal> {
    let base = servers.base;
    understood(task)?;
    let patient = task
        .get("for")
        .and_then(|patient| patient.str("reference"))
        .ok_or_else(|| Refusal::new("participant-missing", "Task.for"))?;
    let patient = local(patient, base)
        .filter(|reference| reference.strip_prefix("Patient/").is_some_and(client::is_id))
        .ok_or_else(|| Refusal::new("participant-elsewhere", "Task.for"))?
        .to_owned();
    let (mut forms, mut points) = (Vec::new(), Points::new());
    for input in task.list("input") {
        if coded(input.get("type"), CODES, "questionnaire") {
            forms.push(
                input
                    .str("valueCanonical")
                    .ok_or_else(|| Refusal::new("task-malformed", "Task.input.valueCanonical"))?,
            );
        } else if coded(input.get("type"), CODES, "response-endpoint") {
            points.push(servers.named(input.str("valueUrl"))?);
        }
    }
    let focus = task.get("focus").and_then(|focus| focus.str("reference"));
    // sdc-t1: one or the other.
    let form = match (coded(task.get("code"), CODES, COMPLETE), forms.as_slice(), focus) {
        (true, [form], None) => Wanted::Questionnaire((*form).to_owned()),
        (false, [], Some(focus)) => {
            let id = local(focus, base).and_then(|focus| focus.strip_prefix("ServiceRequest/"));
            let id = id.filter(|id| client::is_id(id));
            Wanted::ServiceRequest(
                id.ok_or_else(|| Refusal::new("request-elsewhere", "Task.focus"))?.to_owned(),
            )
        }
        _ => return Err(Refusal::new("task-malformed", "sdc-t1")),
    };
    // R5 says when it is sought; R4 has the restriction alone.
    let restriction = task.get("restriction").and_then(|restriction| restriction.get("period"));
    let period = task.get("requestedPeriod").or(restriction);
    let text = |name| period.and_then(|period| period.str(name)).map(str::to_owned);
    Ok(Asked { patient, form, points: once(points), period: (text("start"), text("end")) })
}

/// The form that a `ServiceRequest` asks for.
pub(super) fn requested(request: &Value, asked: &Asked, base: &str) -> Result<String, Refusal> {
    understood(request)?;
    if request.str("status") != Some("active") {
        return Err(Refusal::new("request-inactive", request.str("status").unwrap_or("no status")));
    }
    let subject = request.get("subject").and_then(|subject| subject.str("reference"));
    if subject.and_then(|subject| local(subject, base)) != Some(asked.patient.as_str()) {
        return Err(Refusal::new("request-mismatch", "ServiceRequest.subject"));
    }
    let mut named = extensions(request, REQUESTED).filter_map(|one| one.str("valueCanonical"));
    match (named.next(), named.next()) {
        (Some(form), None) => Ok(form.to_owned()),
        (None, _) => Err(Refusal::new("task-malformed", "ServiceRequest.extension")),
        (Some(_), Some(_)) => Err(Refusal::new("request-several", "ServiceRequest.extension")),
    }
}

/// Where a form says that its answers go: to all that it names.
pub(super) fn points(form: &Value, servers: Servers<'_>) -> Result<Points, Refusal> {
    let named = extensions(form, ENDPOINT).map(|one| servers.named(one.str("valueUri")));
    Ok(once(named.collect::<Result<_, _>>()?))
}

impl Servers<'_> {
    /// The study's server or one that the study lists, by its base or by where it takes responses; any other is refused.
    fn named(self, address: Option<&str>) -> Result<Option<String>, Refusal> {
        let address = address.ok_or_else(|| Refusal::new("task-malformed", "response-endpoint"))?;
        let plain = address.trim_end_matches('/');
        let is = |base: &str| plain == base || plain.strip_suffix("/QuestionnaireResponse") == Some(base);
        if is(self.base) {
            return Ok(None);
        }
        if let Some(listed) = self.endpoints.iter().find(|one| is(one.address())) {
            return Ok(Some(listed.address().to_owned()));
        }
        // An operation is not a create: nothing is kept that could be compared.
        let is_operation = plain.rsplit('/').next().is_some_and(|last| last.starts_with('$'));
        Err(Refusal::new(if is_operation { "endpoint-operation" } else { "endpoint-elsewhere" }, address))
    }

    /// Whether a response may still go to all of these.
    pub(super) fn list(self, points: &Points) -> bool {
        let is_listed = |point: &String| self.endpoints.iter().any(|one| one.address() == point);
        points.iter().flatten().all(is_listed)
    }
}

/// Each once, the study's own server first.
fn once(points: Points) -> Points {
    let mut each = Points::new();
    for point in points {
        match point {
            None if each.contains(&None) => {}
            None => each.insert(0, None),
            Some(_) if each.contains(&point) => {}
            Some(_) => each.push(point),
        }
    }
    each
}

/// Elements that change the meaning of all others are not understood here.
fn understood(resource: &Value) -> Result<(), Refusal> {
    let known = |name: &str| resource.get(name).is_some();
    for name in ["implicitRules", "modifierExtension"] {
        if known(name) {
            return Err(Refusal::new("task-modifier", name));
        }
    }
    match resource.get("doNotPerform").and_then(Value::as_bool) {
        Some(true) => Err(Refusal::new("task-modifier", "doNotPerform")),
        _ => Ok(()),
    }
}

/// `Type/ID` of a reference to this server, without a version.
pub(super) fn local<'r>(reference: &'r str, base: &str) -> Option<&'r str> {
    let reference = fhir::reference::unversioned(reference);
    let below = reference.strip_prefix(base).and_then(|rest| rest.strip_prefix('/')).unwrap_or(reference);
    (below.split('/').count() == 2).then_some(below)
}

fn coded(concept: Option<&Value>, system: &str, code: &str) -> bool {
    concept.is_some_and(|concept| {
        let is = |coding: &Value| coding.str("system") == Some(system) && coding.str("code") == Some(code);
        concept.list("coding").iter().any(is)
    })
}

fn extensions<'v>(resource: &'v Value, url: &'static str) -> impl Iterator<Item = &'v Value> {
    resource.list("extension").iter().filter(move |one| one.str("url") == Some(url))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const BASE: &str = "https://s.example/fhir";
    const SERVERS: Servers<'static> = Servers { base: BASE, endpoints: &[] };

    fn task(change: impl Fn(&str) -> String) -> Value {
        let text = r#"{"resourceType":"Task","id":"t","status":"requested","intent":"order",
            "code":{"coding":[{"system":"http://hl7.org/fhir/uv/sdc/CodeSystem/temp","code":"complete-questionnaire"}]},
            "for":{"reference":"Patient/p"},"owner":{"reference":"Organization/o"},
            "restriction":{"period":{"start":"2026-11-01","end":"2026-11-30"}},
            "input":[{"type":{"coding":[{"system":"http://hl7.org/fhir/uv/sdc/CodeSystem/temp","code":"questionnaire"}]},
            "valueCanonical":"https://x.example/q|1"}]}"#;
        Value::parse(change(text).as_bytes()).unwrap()
    }

    fn refused(change: impl Fn(&str) -> String) -> &'static str {
        read(&task(change), SERVERS).map_or_else(|refusal| refusal.code, |_| "taken")
    }

    fn with_endpoint(address: &str) -> impl Fn(&str) -> String {
        let input = format!(
            r#""input":[{{"type":{{"coding":[{{"system":"{CODES}","code":"response-endpoint"}}]}},"valueUrl":"{address}"}},"#
        );
        move |text: &str| text.replace(r#""input":["#, &input)
    }

    #[test]
    fn a_task_says_for_whom_what_and_when() {
        let asked = read(&task(str::to_owned), SERVERS).unwrap();
        assert_eq!(asked.patient, "Patient/p");
        assert_eq!(asked.form, Wanted::Questionnaire("https://x.example/q|1".to_owned()));
        assert_eq!(asked.period, (Some("2026-11-01".to_owned()), Some("2026-11-30".to_owned())));
        let absolute = |text: &str| text.replace("Patient/p", "https://s.example/fhir/Patient/p/_history/3");
        assert_eq!(read(&task(absolute), SERVERS).unwrap().patient, "Patient/p");
        let r5 = |text: &str| {
            text.replace("\"restriction\"", "\"requestedPeriod\":{\"end\":\"2026-12\"},\"restriction\"")
        };
        assert_eq!(read(&task(r5), SERVERS).unwrap().period, (None, Some("2026-12".to_owned())));
    }

    #[test]
    fn a_request_that_is_to_be_fulfilled_names_the_form() {
        let fulfill = |text: &str| {
            let (head, _) = text.split_once(",\n            \"input\"").unwrap();
            head.replace(CODES, TASK_CODES).replace(COMPLETE, FULFILL)
                + r#","focus":{"reference":"ServiceRequest/r"}}"#
        };
        let asked = read(&task(fulfill), SERVERS).unwrap();
        assert_eq!(asked.form, Wanted::ServiceRequest("r".to_owned()));
        let request = |status: &str, subject: &str, extra: &str| {
            let one = format!(r#"{{"url":"{REQUESTED}","valueCanonical":"https://x.example/q"}}"#);
            let text = format!(
                r#"{{"resourceType":"ServiceRequest","status":"{status}","subject":{{"reference":"{subject}"}},
                "extension":[{one}{}]}}"#,
                extra.replace("SAME", &format!(",{one}"))
            );
            requested(&Value::parse(text.as_bytes()).unwrap(), &asked, BASE).map_err(|refusal| refusal.code)
        };
        assert_eq!(request("active", "Patient/p", ""), Ok("https://x.example/q".to_owned()));
        assert_eq!(request("revoked", "Patient/p", ""), Err("request-inactive"));
        assert_eq!(request("active", "Patient/other", ""), Err("request-mismatch"));
        assert_eq!(request("active", "Patient/p", "SAME"), Err("request-several"));
    }

    #[test]
    fn what_is_not_understood_is_refused_by_name() {
        assert_eq!(refused(|text| text.replace("\"for\"", "\"of\"")), "participant-missing");
        assert_eq!(
            refused(|text| text.replace("Patient/p", "https://o.example/fhir/Patient/p")),
            "participant-elsewhere"
        );
        assert_eq!(refused(|text| text.replace("Patient/p", "Group/p")), "participant-elsewhere");
        assert_eq!(
            refused(|text| text.replace("\"owner\"", "\"doNotPerform\":true,\"owner\"")),
            "task-modifier"
        );
        assert_eq!(
            refused(|text| text.replace("\"owner\"", "\"modifierExtension\":[{}],\"owner\"")),
            "task-modifier"
        );
        assert_eq!(refused(|text| text.replace("valueCanonical", "valueUri")), "task-malformed");
        assert_eq!(
            refused(
                |text| text.replace("\"owner\"", "\"focus\":{\"reference\":\"ServiceRequest/r\"},\"owner\"")
            ),
            "task-malformed"
        );
        assert_eq!(
            refused(|text| text.replace("\"code\":\"questionnaire\"", "\"code\":\"other\"")),
            "task-malformed"
        );
    }

    #[test]
    fn answers_go_to_the_studys_server_alone() {
        for ours in [BASE, "https://s.example/fhir/", "https://s.example/fhir/QuestionnaireResponse"] {
            assert_eq!(refused(with_endpoint(ours)), "taken", "{ours}");
        }
        for other in [
            "https://s.example/other",
            "https://s.example:8443/fhir",
            "http://s.example/fhir",
            "https://evil.example/fhir",
            "https://s.example/fhir@evil.example",
            "QuestionnaireResponse",
            "",
        ] {
            assert_eq!(refused(with_endpoint(other)), "endpoint-elsewhere", "{other}");
        }
        assert_eq!(
            refused(with_endpoint("https://s.example/fhir/QuestionnaireResponse/$process-response")),
            "endpoint-operation"
        );
        let form = |address: &str| {
            let text = format!(
                r#"{{"resourceType":"Questionnaire","extension":[{{"url":"{ENDPOINT}","valueUri":"{address}"}}]}}"#
            );
            points(&Value::parse(text.as_bytes()).unwrap(), SERVERS).map_err(|refusal| refusal.code)
        };
        assert_eq!(form(BASE), Ok(vec![None]));
        assert_eq!(form("https://evil.example/fhir"), Err("endpoint-elsewhere"));
    }

    #[test]
    fn a_listed_server_is_taken_by_its_address_alone() {
        let endpoint = |base: &str| {
            serde_json::from_str::<Endpoint>(&format!(r#"{{"base":"{base}","name":"{base}"}}"#)).unwrap()
        };
        let endpoints = [endpoint("https://r.example/fhir/"), endpoint("https://s.example:8443/x")];
        let servers = Servers { base: BASE, endpoints: &endpoints };
        let of = |address: &str| {
            let asked = read(&task(with_endpoint(address)), servers);
            asked.map(|asked| asked.points).map_err(|refusal| (refusal.code, refusal.detail))
        };
        let registry = Some("https://r.example/fhir".to_owned());
        for listed in ["https://r.example/fhir", "https://r.example/fhir/QuestionnaireResponse/"] {
            assert_eq!(of(listed), Ok(vec![registry.clone()]), "{listed}");
        }
        for other in [
            "https://r.example",
            "https://r.example/fhir2",
            "http://r.example/fhir",
            "https://s.example:8443",
        ] {
            assert_eq!(of(other), Err(("endpoint-elsewhere", other.to_owned())));
        }
        let operation = "https://r.example/fhir/QuestionnaireResponse/$process-response";
        assert_eq!(of(operation), Err(("endpoint-operation", operation.to_owned())));
        let several = |text: &str| {
            let text = with_endpoint(BASE)(&with_endpoint("https://r.example/fhir")(text));
            with_endpoint("https://s.example:8443/x")(&with_endpoint("https://r.example/fhir/")(&text))
        };
        let points = read(&task(several), servers).unwrap().points;
        assert_eq!(points, [None, Some("https://s.example:8443/x".to_owned()), registry]);
        assert!(servers.list(&points) && !SERVERS.list(&points));
    }

    #[test]
    fn what_a_server_gives_beside_what_was_asked_for_is_left_aside() {
        let is = |change: &dyn Fn(&str) -> String| is_for(&task(change), "Organization/o", BASE);
        assert!(is(&str::to_owned));
        assert!(is(&|text| text.replace("Organization/o", "https://s.example/fhir/Organization/o")));
        assert!(!is(&|text| text.replace("Organization/o", "https://t.example/fhir/Organization/o")));
        assert!(!is(&|text| text.replace("Organization/o", "Organization/other")));
        assert!(!is(&|text| text.replace("requested", "in-progress")));
        assert!(!is(&|text| text.replace("complete-questionnaire", "approve")));
    }
}
