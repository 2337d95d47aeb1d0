//! What an answer means for the connection check: nothing wrong, or what and what to do.

use client::{Exchange, Failure, Location};
use fhir::{Value, Version};
use jiff::Timestamp;

use super::{Fault, SAME_CLOCK};

pub(super) fn wrong_access(search: &Result<Exchange, Failure>) -> Option<Fault> {
    match search {
        Err(failure) => Some(Fault::of(&failure.error)),
        Ok(exchange) => match exchange.status {
            200 => None,
            401 => Some(Fault::new(
                "not-registered",
                "the server does not accept this device's credentials; have them registered",
            )),
            403 => Some(Fault::new(
                "search-forbidden",
                "the server does not let this device look for QuestionnaireResponses; have it allowed",
            )),
            status => Some(
                Fault::new(
                    "search-unsupported",
                    format!(
                        "a search for a QuestionnaireResponse by its identifier is answered with HTTP status {status}; \
                         have it supported"
                    ),
                )
                .with(status),
            ),
        },
    }
}

pub(super) fn wrong_capability(
    exchange: &Exchange,
    version: Version,
    format: client::Format,
) -> Option<Fault> {
    let statement = exchange.resource().ok().flatten().filter(|_| exchange.is_success());
    let Some(statement) = statement.filter(|one| one.resource_type() == Some("CapabilityStatement")) else {
        return Some(Fault::new(
            "no-capability-statement",
            "there is no CapabilityStatement at [base]/metadata; check that the address is the FHIR base",
        ));
    };
    let number = version.number();
    let release = number.rsplit_once('.').map_or(number, |(release, _)| release);
    let said = statement.str("fhirVersion").unwrap_or_default();
    if !said.starts_with(release) {
        let said: String = said.chars().take(20).collect();
        let text = format!(
            "the server speaks FHIR {said}, and the study {number}; use the address of its {number} endpoint, or choose \
             another policy.fhirVersion"
        );
        return Some(Fault::new("other-release", text).with(said));
    }
    let short = if format == client::Format::Json { "json" } else { "xml" };
    let formats = statement.list("format");
    let known =
        formats.iter().filter_map(Value::as_str).any(|one| one == short || one == format.media_type());
    (!formats.is_empty() && !known).then(|| {
        let text = format!("the server does not speak {short}; choose the other one in policy.format");
        Fault::new("other-format", text).with(short)
    })
}

pub(super) fn wrong_clock(server: Option<Timestamp>, now: Timestamp) -> Option<Fault> {
    let ahead = server?.as_second() - now.as_second();
    (ahead.abs() > SAME_CLOCK).then(|| {
        let (code, words) = if ahead > 0 { ("clock-behind", "behind") } else { ("clock-ahead", "ahead of") };
        let text = format!(
            "this device's clock is {} s {words} the server's; set the one that is wrong",
            ahead.abs()
        );
        Fault::new(code, text).with(ahead.abs())
    })
}

/// Id and version of what the server keeps, where it shows them.
pub(super) fn kept(answer: &Result<Exchange, Failure>, kind: &str) -> Result<(String, String), Fault> {
    let exchange = answer.as_ref().map_err(|failure| Fault::of(&failure.error))?;
    if !exchange.is_success() {
        return Err(refused(exchange, kind));
    }
    let resource = exchange.resource().map_err(|error| Fault::of(&error))?;
    let Some(resource) = resource.filter(|one| one.resource_type() == Some(kind)) else {
        return Err(no_representation());
    };
    let location = exchange.headers.location.as_deref().and_then(|text| Location::parse(text, kind));
    let id = resource.str("id").map(str::to_owned).or_else(|| location.as_ref().map(|one| one.id.clone()));
    let version = location.and_then(|one| one.version);
    let version = version.or_else(|| exchange.headers.version().map(str::to_owned));
    let version =
        version.or_else(|| resource.get("meta").and_then(|meta| meta.str("versionId")).map(str::to_owned));
    id.zip(version).ok_or_else(|| {
        Fault::new(
            "no-version",
            "the server says neither in Location nor in ETag which version it keeps; turn versions on",
        )
    })
}

/// A create that was not done, with what the server says about it.
pub(super) fn refused(exchange: &Exchange, kind: &str) -> Fault {
    let status = exchange.status;
    let answer = match exchange.words() {
        Some(words) => format!("{status}: {words}"),
        None => status.to_string(),
    };
    let answered = format!("a create of a {kind} is answered with HTTP status {answer}");
    let (code, advice) = match status {
        401 | 403 => ("create-refused", "have this device allowed to make one"),
        500.. => ("create-failed", "tell whoever runs the server, and check again"),
        _ if misses_a_reference(&answer) => (
            "reference-missing",
            "create the resource that is referred to on the server: usually this device's Device, and each participant's \
             Patient",
        ),
        _ => (
            "create-not-accepted",
            "show these words to whoever runs the server; if a resource that is referred to is missing there, create it",
        ),
    };
    Fault::new(code, format!("{answered}; {advice}")).with(answer)
}

/// HAPI FHIR's HAPI-1094, and what others write.
fn misses_a_reference(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    ["hapi-1094", "not found", "not_found", "does not exist", "referential integrity"]
        .iter()
        .any(|known| words.contains(known))
}

/// A create that was done, and of which the server shows nothing.
pub(super) fn no_representation() -> Fault {
    Fault::new(
        "no-representation",
        "a create does not answer with what was kept (Prefer: return=representation); delivery works, more slowly: with \
         one more request for each record",
    )
}

/// Where what was created can be read, if the answer does not show it.
pub(super) fn unshown(answer: &Result<Exchange, Failure>, kind: &str, own: Option<&str>) -> Option<Location> {
    let exchange = answer.as_ref().ok().filter(|exchange| exchange.is_success())?;
    if exchange.resource().ok()?.is_some_and(|one| one.resource_type() == Some(kind)) {
        return None;
    }
    let named = exchange.headers.location.as_deref().and_then(|text| Location::parse(text, kind));
    named.or_else(|| Some(Location { id: own?.to_owned(), version: None }))
}

pub(super) fn wrong_second(
    first: &Result<Exchange, Failure>,
    again: &Result<Exchange, Failure>,
    kind: &str,
) -> Option<Fault> {
    let again = match again {
        Ok(again) => again,
        Err(failure) => return Some(Fault::of(&failure.error)),
    };
    let id = |exchange: &Exchange| {
        let shown = exchange.resource().ok().flatten().and_then(|one| one.str("id").map(str::to_owned));
        let named = || Some(Location::parse(exchange.headers.location.as_deref()?, kind)?.id);
        shown.or_else(named)
    };
    let same = id(again).is_none_or(|again| first.as_ref().ok().and_then(id) == Some(again));
    (again.status != 200 || !same).then(|| {
        let text = format!(
            "the same create again is answered with HTTP status {} and not with what is kept already; turn conditional \
             create (If-None-Exist) on, or records may be kept twice",
            again.status
        );
        Fault::new("no-conditional-create", text).with(again.status)
    })
}

pub(super) fn wrong_target(sent: &Result<Exchange, Failure>, id: &str, tolerated: bool) -> Option<Fault> {
    if let Err(reason) = kept(sent, "Provenance") {
        return Some(reason);
    }
    let resource = sent.as_ref().ok().and_then(|exchange| exchange.resource().ok().flatten())?;
    let target =
        resource.list("target").first().and_then(|target| target.str("reference")).unwrap_or_default();
    let about = format!("QuestionnaireResponse/{id}");
    let stripped =
        target.strip_suffix(about.as_str()).is_some_and(|base| base.is_empty() || base.ends_with('/'));
    if target.contains(&format!("{about}/_history/")) || (stripped && tolerated) {
        return None;
    }
    Some(Fault::new(
        "version-stripped",
        "the server takes the version out of what a Provenance is about; turn version-specific references on for \
         Provenance.target, or have the study allow it (references-lose-version in policy.tolerances)",
    ))
}

/// Whether a create by `PUT` was refused because there is such a resource.
pub(super) fn exists(answer: &Result<Exchange, Failure>) -> bool {
    answer.as_ref().is_ok_and(|exchange| matches!(exchange.status, 304 | 409 | 412))
}

/// A second create by `PUT` has to be refused, and what is there has to stay the version that it was.
pub(super) fn wrong_overwriting(
    first: &Result<Exchange, Failure>,
    again: &Result<Exchange, Failure>,
    now: &Result<Exchange, Failure>,
) -> Option<Fault> {
    for answer in [again, now] {
        if let Err(failure) = answer {
            return Some(Fault::of(&failure.error));
        }
    }
    let before = kept(first, "QuestionnaireResponse").ok();
    let stays = before.is_some() && before == kept(now, "QuestionnaireResponse").ok();
    (!exists(again) || !stays).then(|| {
        Fault::new(
            "overwrites",
            "a second create by PUT is not refused (If-None-Match: *), so that what somebody corrected could be lost; turn \
             it on, or choose post in policy.create",
        )
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use client::{Headers, Sent};

    // What comes back of a create, as client::Exchange holds it.
    #[allow(clippy::unnecessary_wraps)]
    fn answered(status: u16, body: &str) -> Result<Exchange, Failure> {
        Ok(Exchange {
            request: Sent { method: "POST", url: String::new(), conditions: vec![], body_sha256: None },
            status,
            headers: Headers { etag: Some("W/\"1\"".to_owned()), ..Headers::default() },
            body: (!body.is_empty()).then(|| body.as_bytes().to_vec()),
            elapsed: std::time::Duration::ZERO,
        })
    }

    #[test]
    fn a_server_that_ignores_conditions_or_strips_versions_is_found_out() {
        let first = answered(201, r#"{"resourceType":"QuestionnaireResponse","id":"a"}"#);
        let same = answered(200, r#"{"resourceType":"QuestionnaireResponse","id":"a"}"#);
        let second = answered(201, r#"{"resourceType":"QuestionnaireResponse","id":"b"}"#);
        assert_eq!(wrong_second(&first, &same, "QuestionnaireResponse"), None);
        assert!(
            wrong_second(&first, &second, "QuestionnaireResponse").unwrap().text().contains("If-None-Exist")
        );
        assert_eq!(kept(&first, "QuestionnaireResponse").unwrap(), ("a".to_owned(), "1".to_owned()));
        assert!(kept(&answered(201, ""), "QuestionnaireResponse").unwrap_err().text().contains("Prefer"));
        let about = |target: &str| {
            let text =
                format!(r#"{{"resourceType":"Provenance","id":"p","target":[{{"reference":"{target}"}}]}}"#);
            let about =
                |tolerated| wrong_target(&answered(201, &text), "a", tolerated).map(|fault| fault.code());
            (about(false), about(true))
        };
        assert_eq!(about("QuestionnaireResponse/a/_history/1"), (None, None));
        assert_eq!(about("http://s/fhir/QuestionnaireResponse/a/_history/1"), (None, None));
        let stripped = Some("version-stripped");
        assert_eq!(about("QuestionnaireResponse/a"), (stripped, None), "a study may allow it");
        assert_eq!(about("http://s/fhir/QuestionnaireResponse/a"), (stripped, None));
        assert_eq!(about("QuestionnaireResponse/b"), (stripped, stripped), "another one");
        assert_eq!(about("OtherQuestionnaireResponse/a"), (stripped, stripped));
    }

    #[test]
    fn a_create_that_is_refused_says_what_the_server_says_and_what_to_do() {
        let of = |status: u16, words: &str| {
            let outcome =
                r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","diagnostics":"WORDS"}]}"#;
            kept(&answered(status, &outcome.replace("WORDS", words)), "Provenance").unwrap_err()
        };
        let hapi = of(
            400,
            "HAPI-1094: Resource Device/device-014-3 not found,\\n specified in path: Provenance.agent.who",
        );
        assert_eq!(hapi.code(), "reference-missing");
        let said =
            "400: HAPI-1094: Resource Device/device-014-3 not found, specified in path: Provenance.agent.who";
        assert_eq!(hapi.value(), Some(said));
        assert!(hapi.text().contains(said) && hapi.text().contains("create the resource"), "{hapi}");
        assert!(!hapi.text().contains("allowed"), "{hapi}");
        let codes = [
            (401, "create-refused"),
            (403, "create-refused"),
            (422, "create-not-accepted"),
            (500, "create-failed"),
        ];
        for (status, code) in codes {
            let fault = of(status, "no");
            assert_eq!((fault.code(), fault.value()), (code, Some(format!("{status}: no").as_str())));
        }
        let long = of(422, &"x".repeat(10_000));
        assert!(long.text().len() < 600, "it is cut short");
        let bare = kept(&answered(400, ""), "Provenance").unwrap_err();
        assert_eq!((bare.code(), bare.value()), ("create-not-accepted", Some("400")));
    }

    #[test]
    fn clocks_within_half_a_minute_are_the_same() {
        let now: Timestamp = "2026-11-21T09:00:00Z".parse().unwrap();
        let at = |text: &str| wrong_clock(Some(text.parse().unwrap()), now);
        assert_eq!((at("2026-11-21T09:00:30Z"), wrong_clock(None, now)), (None, None));
        assert!(at("2026-11-21T09:01:00Z").unwrap().text().contains("60 s behind"));
        assert!(at("2026-11-21T08:00:00Z").unwrap().text().contains("3600 s ahead of"));
    }

    #[test]
    fn a_server_that_overwrites_is_found_out() {
        let of = |version: u8| {
            let text = r#"{"resourceType":"QuestionnaireResponse","id":"a","meta":{"versionId":"V"}}"#;
            let mut answer = answered(200, &text.replace('V', &version.to_string()));
            answer.as_mut().unwrap().headers = Headers::default();
            answer
        };
        let (refused, taken) = (answered(412, ""), of(2));
        assert!(exists(&refused) && !exists(&taken));
        assert_eq!(wrong_overwriting(&of(1), &refused, &of(1)), None);
        for (again, now) in [(&taken, of(1)), (&refused, of(2)), (&taken, of(2))] {
            assert_eq!(wrong_overwriting(&of(1), again, &now).unwrap().code(), "overwrites");
        }
    }
}
