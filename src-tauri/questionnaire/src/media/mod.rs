//! Pictures, sound and video beside questions and options (`sdc-questionnaire-itemMedia`, `itemAnswerMedia`). They come
//! with the form, so that its hash covers them, and nothing is fetched for them.

mod container;

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use serde::Serialize;
use sha2::{Digest, Sha256};

pub(crate) use container::{Container, Format, format_of};

use crate::form::{Text, base64url};

/// A picture, a sound or a video, as the page is told of it; the bytes are asked for with [`crate::Session::medium`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub struct Medium {
    /// What its bytes are asked for with: base64url of the SHA-256 of its type and bytes.
    pub id: String,
    /// What it is.
    pub kind: MediumKind,
    /// What it shows or says, in words; empty where the form does not say.
    pub title: String,
    /// Of a picture, in pixels.
    pub width: Option<u32>,
    /// Of a picture, in pixels.
    pub height: Option<u32>,
}

/// What a medium is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub enum MediumKind {
    /// To be looked at.
    Image,
    /// To be listened to.
    Audio,
    /// To be watched.
    Video,
}

/// The bytes of a medium. `Debug` shows none of them.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub struct MediumData {
    /// Its type, such as `image/png`.
    pub content_type: String,
    /// Base64.
    pub data: String,
}

impl fmt::Debug for MediumData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MediumData").field("content_type", &self.content_type).finish_non_exhaustive()
    }
}

/// A medium in its place.
#[derive(Clone, PartialEq)]
pub(crate) struct Placed {
    pub(crate) id: String,
    pub(crate) kind: MediumKind,
    pub(crate) title: Option<Text>,
    /// Width and height of a picture, in pixels.
    pub(crate) size: Option<(u32, u32)>,
}

impl Placed {
    pub(crate) fn shown(&self, language: &str) -> Medium {
        Medium {
            id: self.id.clone(),
            kind: self.kind,
            title: self.title.as_ref().map(|title| title.text(language).to_owned()).unwrap_or_default(),
            width: self.size.map(|(width, _)| width),
            height: self.size.map(|(_, height)| height),
        }
    }
}

/// The bytes of all media of a form, each once.
#[derive(Default)]
pub(crate) struct Library {
    media: HashMap<String, MediumData>,
    /// Those that were counted already, and how many bytes they are together.
    counted: HashSet<String>,
    bytes: usize,
}

impl Library {
    pub(crate) fn get(&self, id: &str) -> Option<&MediumData> {
        self.media.get(id)
    }

    /// Keeps these bytes under the name that it returns; `None` where a form would have more than `limit` of them.
    pub(crate) fn keep(
        &mut self,
        content_type: &str,
        bytes: &[u8],
        data: String,
        limit: usize,
    ) -> Option<String> {
        let mut digest = Sha256::new();
        digest.update(content_type.as_bytes());
        digest.update([0]);
        digest.update(bytes);
        let id = base64url(&digest.finalize());
        if self.counted.insert(id.clone()) {
            self.bytes = self.bytes.saturating_add(bytes.len());
        }
        if self.bytes > limit {
            return None;
        }
        let content_type = content_type.to_owned();
        self.media.entry(id.clone()).or_insert(MediumData { content_type, data });
        Some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_media_together_have_a_limit_and_the_same_bytes_count_once() {
        let mut library = Library::default();
        let mut keep =
            |content_type: &str, bytes: &[u8]| library.keep(content_type, bytes, String::new(), 10);
        let first = keep("image/png", b"1234");
        assert!(first.is_some());
        assert_eq!(keep("image/png", b"1234"), first, "the same again");
        assert_ne!(keep("image/gif", b"1234"), first, "of another type");
        assert_eq!(keep("image/png", b"123"), None, "eleven bytes");
    }
}
