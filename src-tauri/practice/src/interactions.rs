//! The interactions (FHIR R4, section 3.1.0), each on the storage and without knowing of connections.

use std::fmt::Write as _;

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use fhir::{Value, array, object};

use crate::{
    content::{self, Return, Versions},
    outcome::{self, Refusal},
    rules,
    search::{Criteria, Paging, Query, encode, parameter, parameter::ResourceType},
    server::State,
    storage::{Method, Place, Stored, Work},
};

/// One page with a second match, to tell one from more.
const FIRST_TWO: Paging = Paging { count: 2, offset: 0, total_only: false };

type Answer = Result<Response, Refusal>;

/// Create, conditional where `If-None-Exist` says so.
pub(crate) fn create(state: &State, kept: &'static ResourceType, headers: &HeaderMap, body: &[u8]) -> Answer {
    let resource = parse(state, kept, headers, body)?;
    let condition = match headers.get("if-none-exist") {
        None => None,
        Some(text) => {
            let text = text.to_str().map_err(|_| {
                Refusal::bad_request("value", "If-None-Exist is not ASCII: percent-encode it")
            })?;
            Some(Criteria::parse_condition(kept, text, &state.base, state.version)?)
        }
    };
    rules::check(kept.name, &resource, state.version)?;
    state.storage.transact(|work| {
        if let Some(condition) = &condition {
            let page = work.search(condition, FIRST_TWO)?;
            match (page.total, page.matches.into_iter().next()) {
                (0, _) => {}
                (1, Some(existing)) => {
                    return Ok(answer_write(state, kept, headers, StatusCode::OK, &existing));
                }
                (total, _) => {
                    return Err(Refusal::precondition(
                        "multiple-matches",
                        format!("{total} resources meet If-None-Exist; nothing was created"),
                    ));
                }
            }
        }
        let id = uuid::Uuid::new_v4().to_string();
        let place = Place { resource_type: kept, id: &id, before: None, base: &state.base };
        let stored = store(state, work, place, Method::Post, resource)?;
        Ok(answer_write(state, kept, headers, StatusCode::CREATED, &stored))
    })
}

/// Update, and create under the client's own id.
pub(crate) fn update(
    state: &State,
    kept: &'static ResourceType,
    id: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Answer {
    if !crate::route::is_id(id) {
        return Err(Refusal::bad_request("value", "an id has 1 to 64 letters, digits, '-' and '.'"));
    }
    let resource = parse(state, kept, headers, body)?;
    if resource.str("id") != Some(id) {
        return Err(Refusal::bad_request("value", "the resource's id is not the id in the address"));
    }
    let if_match = Versions::read(headers, header::IF_MATCH)?;
    let if_none_match = Versions::read(headers, header::IF_NONE_MATCH)?;
    rules::check(kept.name, &resource, state.version)?;
    state.storage.transact(|work| {
        let current = work.current(kept.name, id)?;
        let live = current.as_ref().filter(|stored| !stored.is_deletion()).map(|stored| stored.version);
        if if_match.is_some_and(|wanted| !live.is_some_and(|version| wanted.contain(version))) {
            let text = match live {
                Some(version) => format!("If-Match is stale: the current version is {version}"),
                None => "If-Match names a version, but there is no such resource".to_owned(),
            };
            return Err(Refusal::precondition("conflict", text));
        }
        if if_none_match.is_some_and(|unwanted| live.is_some_and(|version| unwanted.contain(version))) {
            return Err(Refusal::precondition("conflict", "If-None-Match: the resource is there already"));
        }
        let before = current.as_ref().map(|stored| stored.version);
        let place = Place { resource_type: kept, id, before, base: &state.base };
        let stored = store(state, work, place, Method::Put, resource)?;
        let status = if live.is_some() { StatusCode::OK } else { StatusCode::CREATED };
        Ok(answer_write(state, kept, headers, status, &stored))
    })
}

/// Deletion. The versions stay readable.
pub(crate) fn delete(state: &State, kept: &'static ResourceType, id: &str) -> Answer {
    state.storage.transact(|work| {
        let current = work.current(kept.name, id)?.ok_or_else(|| not_found(kept, id))?;
        let version =
            if current.is_deletion() { current.version } else { work.delete(kept, id, current.version)? };
        let mut response = content::empty(StatusCode::NO_CONTENT);
        response.headers_mut().extend([(header::ETAG, text_header(&content::etag(version)))]);
        Ok(response)
    })
}

/// Read of the current version, with `If-None-Match`.
pub(crate) fn read(state: &State, kept: &'static ResourceType, id: &str, headers: &HeaderMap) -> Answer {
    let unwanted = Versions::read(headers, header::IF_NONE_MATCH)?;
    let stored = state.storage.read(|work| {
        work.current(kept.name, id).map_err(Refusal::from)?.ok_or_else(|| not_found(kept, id))
    })?;
    let since = headers.get(header::IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok());
    let unchanged = match &unwanted {
        Some(unwanted) => unwanted.contain(stored.version),
        None => since.is_some_and(|since| Some(since) == last_modified(&stored).as_deref()),
    };
    if unchanged && !stored.is_deletion() {
        let mut response = content::empty(StatusCode::NOT_MODIFIED);
        describe(state, kept, &stored, &mut response);
        return Ok(response);
    }
    answer_version(state, kept, &stored)
}

/// Read of one version.
pub(crate) fn version_read(state: &State, kept: &'static ResourceType, id: &str, version: &str) -> Answer {
    let what = || Refusal::not_found(&format!("{}/{id}/_history/{version}", kept.name));
    let number: u32 = version.parse().map_err(|_| what())?;
    let stored = state
        .storage
        .read(|work| work.version(kept.name, id, number).map_err(Refusal::from)?.ok_or_else(what))?;
    answer_version(state, kept, &stored)
}

/// All versions of one resource, newest first.
pub(crate) fn history(state: &State, kept: &'static ResourceType, id: &str) -> Answer {
    let versions = state.storage.read(|work| work.history(kept.name, id).map_err(Refusal::from))?;
    if versions.is_empty() {
        return Err(not_found(kept, id));
    }
    let entries = versions.iter().map(|stored| {
        let mut entry = object! { "fullUrl" => format!("{}/{}/{id}", state.base, kept.name) };
        let status = match (stored.is_deletion(), stored.version) {
            (true, _) => "204",
            (false, 1) => "201",
            (false, _) => "200",
        };
        if let Some(members) = entry.as_object_mut() {
            if !stored.is_deletion() {
                members.insert("resource", document(stored)?);
            }
            let url = match stored.method.as_str() {
                "POST" => kept.name.to_owned(),
                _ => format!("{}/{id}", kept.name),
            };
            members.insert("request", object! { "method" => stored.method.as_str(), "url" => url });
            members.insert(
                "response",
                object! {
                    "status" => status,
                    "etag" => content::etag(stored.version),
                    "lastModified" => stored.last_updated.as_str(),
                },
            );
        }
        Ok(entry)
    });
    let entries = entries.collect::<Result<Vec<_>, Refusal>>()?;
    let bundle = object! {
        "resourceType" => "Bundle",
        "type" => "history",
        "total" => u32::try_from(entries.len()).unwrap_or(u32::MAX),
        "link" => array![link("self", &format!("{}/{}/{id}/_history", state.base, kept.name))],
        "entry" => entries,
    };
    Ok(content::json(StatusCode::OK, bundle.to_json()))
}

/// Search by type.
pub(crate) fn search(state: &State, kept: &'static ResourceType, query: &str) -> Answer {
    let query = Query::parse(kept, query, &state.base, state.version)?;
    let page =
        state.storage.read(|work| work.search(&query.criteria, query.paging).map_err(Refusal::from))?;
    let shown = query.paging.offset + page.matches.len();
    let mut links = vec![link("self", &page_url(state, kept, &query, query.paging.offset))];
    if !query.paging.total_only && shown < page.total && !page.matches.is_empty() {
        links.push(link("next", &page_url(state, kept, &query, shown)));
    }
    let mut bundle = object! {
        "resourceType" => "Bundle",
        "type" => "searchset",
        "total" => u32::try_from(page.total).unwrap_or(u32::MAX),
        "link" => links,
    };
    let entries = page.matches.iter().map(|stored| {
        Ok(object! {
            "fullUrl" => format!("{}/{}/{}", state.base, kept.name, stored.id),
            "resource" => document(stored)?,
            "search" => object! { "mode" => "match" },
        })
    });
    let entries = entries.collect::<Result<Vec<_>, Refusal>>()?;
    if let (Some(members), false) = (bundle.as_object_mut(), entries.is_empty()) {
        members.insert("entry", entries);
    }
    let bundle = state.transmissions.sign(bundle)?;
    Ok(content::json(StatusCode::OK, bundle.to_json()))
}

fn parse(state: &State, kept: &ResourceType, headers: &HeaderMap, body: &[u8]) -> Result<Value, Refusal> {
    let resource = content::resource(headers, body, state.version)?;
    match resource.resource_type() {
        Some(name) if name == kept.name => Ok(resource),
        Some(_) => Err(Refusal::bad_request(
            "invalid",
            format!("the body is not a {}, as the address says", kept.name),
        )),
        None => Err(Refusal::bad_request("structure", "the body has no resourceType")),
    }
}

/// Stores, with what the trainer asked for done to it first.
fn store(
    state: &State,
    work: &Work<'_>,
    place: Place<'_>,
    method: Method,
    resource: Value,
) -> rusqlite::Result<Stored> {
    let name = place.resource_type.name;
    work.store(place, method, resource, |resource| {
        state.faults.alter(name, resource, &|canonical| questionnaire(state, work, canonical));
    })
}

fn questionnaire(state: &State, work: &Work<'_>, canonical: &str) -> Option<Value> {
    let kept = parameter::resource_type("Questionnaire")?;
    let (url, _) = crate::search::index::split_canonical(canonical);
    let condition = format!("url={}", encode(url));
    let criteria = Criteria::parse_condition(kept, &condition, &state.base, state.version).ok()?;
    let found = work.search(&criteria, FIRST_TWO).ok()?.matches.into_iter().next()?;
    Value::parse(found.text.as_bytes()).ok()
}

fn answer_write(
    state: &State,
    kept: &ResourceType,
    headers: &HeaderMap,
    status: StatusCode,
    stored: &Stored,
) -> Response {
    let mut response = match Return::preferred(headers) {
        Return::Minimal => content::empty(status),
        Return::Representation => content::json(status, stored.text.clone()),
        Return::OperationOutcome => {
            let text = format!("{}/{} is stored as version {}", kept.name, stored.id, stored.version);
            content::json(status, outcome::success(&text).to_json())
        }
    };
    describe(state, kept, stored, &mut response);
    response
}

fn answer_version(state: &State, kept: &ResourceType, stored: &Stored) -> Answer {
    if stored.is_deletion() {
        let text = format!("{}/{} is deleted", kept.name, stored.id);
        return Err(Refusal::new(StatusCode::GONE, "deleted", text)
            .with(header::ETAG, text_header(&content::etag(stored.version))));
    }
    let mut response = content::json(StatusCode::OK, stored.text.clone());
    describe(state, kept, stored, &mut response);
    response.headers_mut().remove(header::LOCATION);
    Ok(response)
}

/// `ETag`, `Location` and `Last-Modified`.
fn describe(state: &State, kept: &ResourceType, stored: &Stored, response: &mut Response) {
    let location = format!("{}/{}/{}/_history/{}", state.base, kept.name, stored.id, stored.version);
    let headers = response.headers_mut();
    headers.insert(header::ETAG, text_header(&content::etag(stored.version)));
    headers.insert(header::LOCATION, text_header(&location));
    if let Some(date) = last_modified(stored) {
        headers.insert(header::LAST_MODIFIED, text_header(&date));
    }
}

/// The HTTP date of a version (RFC 9110, section 5.6.7).
fn last_modified(stored: &Stored) -> Option<String> {
    let instant: jiff::Timestamp = stored.last_updated.parse().ok()?;
    jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&instant).ok()
}

/// For text of our own making: ids, versions, dates and the base address are all visible ASCII.
fn text_header(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}

fn document(stored: &Stored) -> Result<Value, Refusal> {
    Value::parse(stored.text.as_bytes()).map_err(|error| crate::Error::from(error).into())
}

fn not_found(kept: &ResourceType, id: &str) -> Refusal {
    Refusal::not_found(&format!("{}/{id}", kept.name))
}

fn link(relation: &str, url: &str) -> Value {
    object! { "relation" => relation, "url" => url }
}

fn page_url(state: &State, kept: &ResourceType, query: &Query, offset: usize) -> String {
    let mut url = format!("{}/{}?_count={}", state.base, kept.name, query.paging.count);
    if offset > 0 {
        let _ = write!(url, "&_offset={offset}");
    }
    for (name, value) in &query.used {
        let _ = write!(url, "&{}={}", encode(name), encode(value));
    }
    url
}
