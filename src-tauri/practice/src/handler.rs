//! One request from beginning to end: the trainer's faults around the interaction that it is.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request, State as Shared},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use fhir::{Value, array, object};

use crate::{
    adaptive, authorization,
    connection::Control,
    content, evidence,
    faults::{self, Fault, Unreadable},
    interactions, ledger, metadata,
    outcome::Refusal,
    panel,
    route::Route,
    server::State,
    terminology,
};

/// Fewer bytes than any answer's status line and headers have.
const LEAST_HEAD: usize = 200;

/// All addresses.
pub(crate) fn router(state: Arc<State>) -> Router {
    Router::new().fallback(handle).with_state(state)
}

/// What nobody of FHIR has written.
const PAGE: &str = "<html><body>default backend</body></html>";
/// White space before a body that is too long, in octets.
const TOO_LONG: usize = 40 * 1024 * 1024;

async fn handle(
    Shared(state): Shared<Arc<State>>,
    ConnectInfo(control): ConnectInfo<Control>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let mut record = faults::Request {
        at: format!("{:.3}", jiff::Timestamp::now()),
        method: parts.method.to_string(),
        path: without_values(&parts.uri),
        status: 0,
    };
    let xml = content::accepted(&parts.headers, parts.uri.query().unwrap_or_default(), state.version)
        .is_ok_and(|format| format == content::Format::Xml);
    // A connection that ends drops what was to answer it, and this with it.
    let answering = (!is_beside_fhir(&record.path)).then(|| state.faults.answering());
    let mut answered = answer(&state, &control, parts, body).await;
    if xml && let Some(response) = answered {
        answered = Some(content::in_xml(response, state.version).await);
    }
    if let (Some(date), Some(response)) = (state.authorization.date(), &mut answered) {
        response.headers_mut().insert(header::DATE, date);
    }
    // What the trainer is looking for is the exchange with the FHIR server, which alone can be made to fail.
    if !is_beside_fhir(&record.path) {
        record.status = answered.as_ref().map_or(0, |response| response.status().as_u16());
        state.faults.record(record);
    }
    drop(answering);
    // The connection is cut: this is never sent.
    answered.unwrap_or_else(|| content::empty(StatusCode::INTERNAL_SERVER_ERROR))
}

/// The panel's own questions, and those for time stamps and revocation values.
fn is_beside_fhir(path: &str) -> bool {
    path == "/tsa"
        || path == "/auth/token"
        || path == "/ocsp"
        || ["/practice/", "/ocsp/"].iter().any(|before| path.starts_with(before))
}

/// `None` when the connection has been ended instead.
async fn answer(state: &Arc<State>, control: &Control, parts: Parts, body: Body) -> Option<Response> {
    let body = match content::read(body).await {
        Ok(body) => body,
        Err(refusal) => return Some(refusal.into_response()),
    };
    if let Err(refusal) = check_host(&parts.headers) {
        return Some(refusal.into_response());
    }
    let route = match Route::parse(&parts.method, parts.uri.path()) {
        Ok(route) => route,
        Err(refusal) => return Some(refusal.into_response()),
    };
    if let Err(refusal) = state.authorization.check(route, &parts.headers) {
        return Some(refusal.into_response());
    }
    let met = match route.resource_type() {
        Some(name) => {
            let query = parts.uri.query().unwrap_or_default();
            state.faults.meet(name, route.asked(), if body.is_empty() { query.as_bytes() } else { &body })
        }
        None => Vec::new(),
    };
    for fault in &met {
        if let Fault::Late { milliseconds } = fault {
            tokio::time::sleep(Duration::from_millis(u64::from(*milliseconds))).await;
        }
    }
    for fault in &met {
        match fault {
            Fault::ResetBefore => {
                control.reset();
                return None;
            }
            Fault::Status500Before => return Some(failure(500, None)),
            Fault::Refuse { status, retry_after } => return Some(failure(*status, *retry_after)),
            Fault::Gateway { status, page } => return Some(without_fhir(*status, *page)),
            _ => {}
        }
    }
    let sent = met.contains(&Fault::Echo).then(|| content::resource(&parts.headers, &body, state.version));
    let sent = sent.and_then(Result::ok);
    let mut response = carry_out(state, parts, body).await;
    for fault in met {
        response = match &sent {
            Some(sent) if fault == Fault::Echo => echo(response, sent).await,
            _ if fault == Fault::Forget => forget(state, response).await,
            _ => misbehave(response, &fault, control).await?,
        };
    }
    Some(response)
}

async fn misbehave(response: Response, fault: &Fault, control: &Control) -> Option<Response> {
    Some(match fault {
        Fault::Status500 => failure(500, None),
        Fault::NoAnswer => {
            control.cut();
            return None;
        }
        Fault::NoBody => {
            let (mut parts, _) = response.into_parts();
            parts.headers.remove(header::CONTENT_TYPE);
            Response::from_parts(parts, Body::empty())
        }
        Fault::NoLocation => {
            let mut response = response;
            response.headers_mut().remove(header::LOCATION);
            response.headers_mut().remove(header::ETAG);
            response
        }
        Fault::Truncate => {
            let (parts, body) = response.into_parts();
            let whole = content::read(body).await.unwrap_or_default();
            control.limit(LEAST_HEAD + whole.len() / 2);
            Response::from_parts(parts, Body::from(whole))
        }
        Fault::Unreadable { body, location } => {
            let mut response = unreadable(response, *body).await;
            if let Some(location) = location.as_deref().and_then(|text| HeaderValue::from_str(text).ok()) {
                response.headers_mut().insert(header::LOCATION, location);
            }
            response
        }
        Fault::FindsNothing => {
            rewritten(response, |found| {
                if let Some(members) = bundle(found) {
                    members.remove("entry");
                    members.remove("link");
                    members.insert("total", 0);
                }
            })
            .await
        }
        Fault::FindsNoEnd => {
            rewritten(response, |found| {
                let own = found.list("link").iter().find(|one| one.str("relation") == Some("self"));
                let own = own.and_then(|own| own.str("url")).map(str::to_owned);
                if let (Some(members), Some(own)) = (bundle(found), own) {
                    let next = object! { "relation" => "next", "url" => own };
                    members.insert("link", array![next]);
                }
            })
            .await
        }
        Fault::WrongId => {
            rewritten(response, |resource| {
                if let Some(members) = resource.as_object_mut() {
                    members.insert("id", "another-id");
                }
            })
            .await
        }
        Fault::WrongType => {
            rewritten(response, |resource| {
                let id = resource.get("id").cloned().unwrap_or_else(|| "1".into());
                *resource = object! { "resourceType" => "Basic", "id" => id };
            })
            .await
        }
        Fault::SlowDrip { bytes, every_milliseconds } => {
            let pause = Duration::from_millis(u64::from(*every_milliseconds));
            control.drip(usize::try_from(*bytes).unwrap_or(usize::MAX), pause);
            response
        }
        _ => response,
    })
}

/// The response with its status and headers, and a body that is of no use.
async fn unreadable(response: Response, how: Unreadable) -> Response {
    let (mut parts, body) = response.into_parts();
    let whole = content::read(body).await.unwrap_or_default();
    parts.headers.remove(header::CONTENT_LENGTH);
    let mut say = |name, value| parts.headers.insert(name, HeaderValue::from_static(value));
    let body = match how {
        Unreadable::WebPage => {
            say(header::CONTENT_TYPE, "text/html");
            PAGE.into()
        }
        Unreadable::OtherType => {
            say(header::CONTENT_TYPE, "text/plain");
            whole
        }
        Unreadable::TooLong => [vec![b' '; TOO_LONG], whole].concat(),
        Unreadable::NotUtf8 => [&whole[..], b"\xff"].concat(),
        Unreadable::Compressed => {
            say(header::CONTENT_ENCODING, "gzip");
            whole
        }
    };
    Response::from_parts(parts, Body::from(body))
}

/// The members of a searchset; `None` of any other resource.
fn bundle(resource: &mut Value) -> Option<&mut fhir::Object> {
    if resource.resource_type() == Some("Bundle") { resource.as_object_mut() } else { None }
}

/// The answer to a create, of which nothing is kept.
async fn forget(state: &Arc<State>, response: Response) -> Response {
    let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    let path = location.and_then(|location| location.strip_prefix(state.base.as_str()));
    let mut names = path.unwrap_or_default().split('/').skip(1).map(str::to_owned);
    let (Some(kind), Some(id), StatusCode::CREATED) = (names.next(), names.next(), response.status()) else {
        return response;
    };
    let state = Arc::clone(state);
    let gone = tokio::task::spawn_blocking(move || state.storage.transact(|work| work.forget(&kind, &id)));
    match gone.await {
        Ok(Ok(())) => response,
        Ok(Err(_)) | Err(_) => failure(500, None),
    }
}

/// What was sent, with the id and the `meta` that it was stored with.
async fn echo(response: Response, sent: &Value) -> Response {
    rewritten(response, |resource| {
        let (id, meta) = (resource.get("id").cloned(), resource.get("meta").cloned());
        *resource = sent.clone();
        if let Some(members) = resource.as_object_mut() {
            for (name, value) in [("id", id), ("meta", meta)] {
                if let Some(value) = value {
                    members.insert(name, value);
                }
            }
        }
    })
    .await
}

/// The response with its resource changed; as it is when it has none.
async fn rewritten(response: Response, change: impl FnOnce(&mut Value)) -> Response {
    let (parts, body) = response.into_parts();
    let whole = content::read(body).await.unwrap_or_default();
    match Value::parse(&whole) {
        Ok(mut resource) => {
            change(&mut resource);
            Response::from_parts(parts, Body::from(resource.to_json()))
        }
        Err(_) => Response::from_parts(parts, Body::from(whole)),
    }
}

fn failure(status: u16, retry_after: Option<u32>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let refusal = Refusal::new(status, "transient", "the server could not do this");
    match retry_after {
        Some(seconds) => refusal.with(header::RETRY_AFTER, seconds.into()).into_response(),
        None => refusal.into_response(),
    }
}

/// What a gateway says of an address that leads nowhere, or of a request that it does not let through.
fn without_fhir(status: u16, page: bool) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    if page { content::with_type(status, "text/html", PAGE) } else { content::empty(status) }
}

/// The interaction itself, off the async threads: it waits for the disk.
async fn carry_out(state: &Arc<State>, parts: Parts, body: Vec<u8>) -> Response {
    let state = Arc::clone(state);
    let work = tokio::task::spawn_blocking(move || {
        let Parts { method, uri, headers, .. } = parts;
        dispatch(&state, &method, &uri, &headers, &body)
    });
    match work.await {
        Ok(Ok(response)) => response,
        Ok(Err(refusal)) => refusal.into_response(),
        Err(_) => {
            Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "exception", "the server failed").into_response()
        }
    }
}

fn dispatch(
    state: &State,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response, Refusal> {
    let route = Route::parse(method, uri.path())?;
    let query = uri.query().unwrap_or_default();
    if route.is_fhir() {
        content::accepted(headers, query, state.version)?;
    }
    match route {
        Route::Metadata => {
            let statement = metadata::capability_statement(&state.base, &state.started, state.version);
            Ok(content::json(StatusCode::OK, statement.to_json()))
        }
        Route::Search(kept) => interactions::search(state, kept, query),
        Route::SearchForm(kept) => {
            let form = content::form(headers, body)?;
            interactions::search(state, kept, &format!("{query}&{form}"))
        }
        Route::Expand(_) => terminology::expand(state, query),
        Route::NextQuestion(_) => adaptive::next_question(state, headers, body),
        Route::Create(kept) => interactions::create(state, kept, headers, body),
        Route::Read(kept, id) => interactions::read(state, kept, id, headers),
        Route::Update(kept, id) => interactions::update(state, kept, id, headers, body),
        Route::Delete(kept, id) => interactions::delete(state, kept, id),
        Route::History(kept, id) => interactions::history(state, kept, id),
        Route::VersionRead(kept, id, version) => interactions::version_read(state, kept, id, version),
        Route::Practice(path) => panel::answer(state, method, path, query, headers, body),
        Route::SmartConfiguration => Ok(authorization::discovery(state)),
        Route::Token => authorization::token(state, method, headers, body),
        Route::TimeStamp => evidence::time_stamp(state, method, headers, body),
        Route::Ocsp(path) => evidence::ocsp(state, method, path, headers, body),
        Route::Ledger(path) => ledger::answer(state, method, path, headers, body),
    }
}

/// Requests that a web page could have made under another name for this address are refused (DNS rebinding).
fn check_host(headers: &HeaderMap) -> Result<(), Refusal> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if matches!(name, "127.0.0.1" | "localhost") {
        return Ok(());
    }
    Err(Refusal::new(
        StatusCode::MISDIRECTED_REQUEST,
        "security",
        "this server answers as 127.0.0.1 or localhost only",
    ))
}

/// The path and the names of its parameters: values can be a patient's.
fn without_values(uri: &Uri) -> String {
    let names: Vec<_> = uri
        .query()
        .unwrap_or_default()
        .split('&')
        .map(|pair| pair.split_once('=').map_or(pair, |(name, _)| name))
        .filter(|name| !name.is_empty())
        .collect();
    if names.is_empty() { uri.path().to_owned() } else { format!("{}?{}", uri.path(), names.join("&")) }
}
