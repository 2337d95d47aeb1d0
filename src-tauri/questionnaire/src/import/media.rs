//! `sdc-questionnaire-itemMedia` and `itemAnswerMedia`: an Attachment that is in the form itself, and what is wrong with
//! one that cannot be shown.

use std::{collections::HashMap, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use fhir::{Number, Object, Value};
use sha1::{Digest, Sha1};

use super::{
    at,
    read::{At, Findings, Shown},
};
use crate::{
    MediumKind, Reason,
    media::{Container, Format, Library, Placed, format_of},
    report::Quoted,
};

/// One medium has at most this many bytes.
pub(super) const MAX_MEDIUM: usize = 5 * 1024 * 1024;
/// All media of a form together have at most this many bytes.
pub(super) const MAX_MEDIA: usize = 20 * 1024 * 1024;
/// A picture has at most this many pixels: a few bytes may say that they are many, and a web view unpacks them all.
const MAX_PIXELS: u64 = 40_000_000;

/// The elements of Attachment in FHIR R4 and R5.
pub(crate) const ELEMENTS: [&str; 13] = [
    "contentType",
    "language",
    "data",
    "url",
    "size",
    "hash",
    "title",
    "creation",
    "height",
    "width",
    "frames",
    "duration",
    "pages",
];

/// The media of a form while it is read.
#[derive(Default)]
pub(super) struct Media {
    pub(super) library: Library,
    /// Type and base64 of each contained Binary, by `#id`.
    binaries: HashMap<String, (String, String)>,
}

impl Media {
    pub(super) fn of(questionnaire: &Object) -> Self {
        let contained = questionnaire.get("contained").and_then(Value::as_array).unwrap_or_default();
        let binary = |resource: &Value| {
            let (id, data) = (resource.str("id")?, resource.str("data")?);
            let content_type = resource.str("contentType").unwrap_or_default();
            Some((format!("#{id}"), (content_type.to_owned(), data.to_owned())))
        };
        let binaries = contained
            .iter()
            .filter(|resource| resource.resource_type() == Some("Binary"))
            .filter_map(binary)
            .collect();
        Self { library: Library::default(), binaries }
    }
}

/// The medium `name` of an item or option, where it has one that can be shown.
pub(super) fn read(
    findings: &mut Findings,
    at: &At,
    object: &Object,
    name: &'static str,
    hidden: bool,
) -> Option<Arc<Placed>> {
    // What is never shown need not be there.
    if hidden {
        for found in at::all(at, object, name) {
            let message = format!("{name} is not used: what it stands on is never shown");
            found.notice(findings, Reason::Media, message);
        }
        return None;
    }
    let found = at::single(findings, at, object, name)?;
    let place = found.at().child("valueAttachment");
    let Some(attachment) = found.get("valueAttachment").and_then(Value::as_object) else {
        findings.refuse(&place, Reason::Media, "a medium must be a valueAttachment; add it");
        return None;
    };
    findings.elements(&place, attachment, &ELEMENTS);
    let content = match content(findings, &place, attachment) {
        Ok(content) => content,
        Err(message) => {
            findings.refuse(&place, Reason::Media, message);
            return None;
        }
    };
    let Content { format, size, bytes, data } = content;
    let Some(id) = findings.media.library.keep(format.content_type, &bytes, data, MAX_MEDIA) else {
        let message = format!(
            "with this one, the media of the form are more than {MAX_MEDIA} bytes together; make them smaller"
        );
        findings.refuse(&place, Reason::Media, message);
        return None;
    };
    let title = findings.text(&place, attachment, "title", true);
    if title.is_none() {
        let message =
            "there is no title, so that whoever cannot see or hear this learns nothing of it; add a title";
        findings.notice(&place, Reason::MissingText, message);
    }
    // What is spoken is in one language.
    if let Some(language) = findings.string(&place, attachment, "language").map(str::to_owned)
        && format.kind != MediumKind::Image
    {
        findings.shown.push(Shown { at: place, languages: vec![language] });
    }
    Some(Arc::new(Placed { id, kind: format.kind, title, size }))
}

/// What can be shown.
struct Content {
    format: Format,
    size: Option<(u32, u32)>,
    bytes: Vec<u8>,
    /// The bytes as base64 without white space.
    data: String,
}

/// The bytes of an attachment with their format; or why they cannot be shown.
fn content(findings: &mut Findings, at: &At, attachment: &Object) -> Result<Content, String> {
    let part = |name: &str| attachment.get(name).and_then(Value::as_str);
    let (content_type, data) = match (part("data"), part("url")) {
        (Some(data), url) => {
            if url.is_some() {
                let message = "the data is shown, and nothing is fetched from the url";
                findings.notice(&at.child("url"), Reason::Unused, message);
            }
            (part("contentType").unwrap_or_default().to_owned(), data.to_owned())
        }
        (None, Some(url)) => inside(&findings.media, url, part("contentType"))?,
        (None, None) => return Err("this medium is empty; put it into the form as data (base64)".to_owned()),
    };
    let format = format_of(&content_type).ok_or_else(|| why_not(&content_type))?;
    let data: String = data.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    let too_large = || format!("this medium has more than {MAX_MEDIUM} bytes; make it smaller");
    // Four letters carry three bytes: nothing is decoded that could not fit.
    if data.len() / 4 * 3 > MAX_MEDIUM + 3 {
        return Err(too_large());
    }
    let bytes =
        STANDARD.decode(&data).map_err(|_| "the data is not base64; encode the file again".to_owned())?;
    if bytes.len() > MAX_MEDIUM {
        return Err(too_large());
    }
    is_as_said(attachment, &bytes)?;
    let shown = Quoted(&content_type);
    match Container::of(&bytes) {
        Some(found) if found == format.container => {}
        Some(found) => {
            let name = found.name();
            return Err(format!(
                "the contentType is {shown}, and the data begins as {name}; correct one of them"
            ));
        }
        None => return Err(format!("the data does not begin as {shown} does; check the file")),
    }
    let size = if format.kind == MediumKind::Image {
        let (width, height) = format
            .container
            .size(&bytes)
            .ok_or("the picture does not say how large it is; check the file")?;
        if u64::from(width) * u64::from(height) > MAX_PIXELS {
            return Err(format!(
                "the picture has {width} × {height} pixels, more than {MAX_PIXELS}; make it smaller"
            ));
        }
        Some((width, height))
    } else {
        None
    };
    Ok(Content { format, size, bytes, data })
}

/// Type and data of the contained Binary that an attachment names.
fn inside(media: &Media, url: &str, content_type: Option<&str>) -> Result<(String, String), String> {
    let shown = Quoted(url);
    let Some((of_binary, data)) = media.binaries.get(url) else {
        return Err(if url.starts_with('#') {
            format!("the form contains no Binary {shown} with data; add it")
        } else {
            format!(
                "this medium is elsewhere, at {shown}, and nothing is fetched while a form is filled in; put it into \
                 the form as data (base64) or as a contained Binary"
            )
        });
    };
    let content_type = content_type.unwrap_or(of_binary);
    if !of_binary.is_empty() && !of_binary.eq_ignore_ascii_case(content_type) {
        return Err(format!(
            "the contentType is {}, and that of the Binary {}; correct one of them",
            Quoted(content_type),
            Quoted(of_binary)
        ));
    }
    Ok((content_type.to_owned(), data.clone()))
}

/// Why a type is not shown.
fn why_not(content_type: &str) -> String {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "" => "this medium has no contentType; add it, such as image/png".to_owned(),
        "image/svg+xml" => {
            "a picture in SVG can hold scripts and fetch from elsewhere, and is not shown; save it as PNG"
                .to_owned()
        }
        _ => format!(
            "a file of type {} cannot be shown beside a question; use PNG, JPEG, GIF or WebP, MP3, WAV, Ogg, FLAC, \
             MP4 or WebM, or put what the patient needs into the text",
            Quoted(content_type)
        ),
    }
}

/// Whether the bytes are those that `size` and `hash` (SHA-1) speak of.
fn is_as_said(attachment: &Object, bytes: &[u8]) -> Result<(), String> {
    // R4 writes the size as a number, R5 as a string.
    let size =
        attachment.get("size").map(|size| size.as_number().map(Number::as_str).or_else(|| size.as_str()));
    if let Some(said) = size
        && said.and_then(|said| said.parse::<usize>().ok()) != Some(bytes.len())
    {
        return Err(format!("the data has {} bytes, and the size says otherwise; correct it", bytes.len()));
    }
    if let Some(hash) = attachment.get("hash")
        && hash.as_str().and_then(|hash| STANDARD.decode(hash).ok()) != Some(Sha1::digest(bytes).to_vec())
    {
        return Err("the hash is not the SHA-1 of the data; the file may have been changed".to_owned());
    }
    Ok(())
}
