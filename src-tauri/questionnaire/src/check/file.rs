//! Attachments: their type and size.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    Answer, AnswerError,
    form::{Asks, AttachmentQuestion, Question},
};

/// The largest file that is kept, whatever `maxSize` says: it is signed, stored and sent as one resource.
pub(crate) const LARGEST_FILE: u32 = 10 * 1024 * 1024;

/// The largest that all files of a response are together. What is signed has to be shown again by its server, whole, and more
/// than once in one answer where it is kept twice: a device reads that much and no more.
pub(crate) const LARGEST_TOGETHER: u32 = LARGEST_FILE;

/// The longest name of a file, in bytes.
const LONGEST_TITLE: usize = 255;

/// Whether the files among the answers are not too large, by the letters that they are written with.
pub(crate) fn files_fit(question: &Question, answers: &[Answer]) -> Result<(), AnswerError> {
    let max = match &question.asks {
        Asks::Attachment(question) => question.largest(),
        _ => LARGEST_FILE,
    };
    let is_larger =
        |answer: &Answer| matches!(answer, Answer::Attachment { data, .. } if is_beyond(data, max));
    if answers.iter().any(is_larger) { Err(AnswerError::FileTooLarge { max }) } else { Ok(()) }
}

/// The octets of the files among answers.
pub(crate) fn octets<'a>(answers: impl IntoIterator<Item = &'a Answer>) -> usize {
    let of = |answer: &Answer| match answer {
        Answer::Attachment { data, .. } => base64::decoded_len_estimate(data.trim_end_matches('=').len()),
        _ => 0,
    };
    answers.into_iter().map(of).sum()
}

/// Four letters carry three bytes: nothing is decoded that could not fit.
fn is_beyond(data: &str, max: u32) -> bool {
    data.len() / 4 * 3 > max as usize + 3
}

pub(super) fn accept(
    question: &AttachmentQuestion,
    content_type: &str,
    data: String,
    title: Option<String>,
) -> Result<Answer, AnswerError> {
    let max = question.largest();
    if is_beyond(&data, max) {
        return Err(AnswerError::FileTooLarge { max });
    }
    let content_type = content_type.trim().to_ascii_lowercase();
    if !is_media_type(&content_type) || !question.takes(&content_type) {
        return Err(AnswerError::MediaType);
    }
    let bytes = decoded(&data).ok_or(AnswerError::NotBase64)?;
    if bytes.is_empty() {
        return Err(AnswerError::NotBase64);
    }
    if bytes.len() > max as usize {
        return Err(AnswerError::FileTooLarge { max });
    }
    let title = title.map(|title| title.trim().to_owned()).filter(|title| !title.is_empty());
    if let Some(title) = &title {
        if title.chars().any(char::is_control) {
            return Err(AnswerError::CharacterNotAllowed);
        }
        if title.len() > LONGEST_TITLE {
            return Err(AnswerError::TooLong { max: 255 });
        }
    }
    Ok(Answer::Attachment { content_type, data, title })
}

/// The bytes of an attachment, when they are strict base64.
fn decoded(data: &str) -> Option<Vec<u8>> {
    STANDARD.decode(data).ok()
}

impl AttachmentQuestion {
    /// How many bytes a file may have.
    fn largest(&self) -> u32 {
        self.max_size.unwrap_or(LARGEST_FILE).min(LARGEST_FILE)
    }

    fn takes(&self, content_type: &str) -> bool {
        let essence = content_type.split(';').next().unwrap_or_default().trim_end();
        self.types.is_empty()
            || self.types.iter().any(|wanted| match wanted.strip_suffix("/*") {
                Some(family) => essence.split('/').next() == Some(family),
                None => wanted == essence || wanted == "*/*",
            })
    }
}

/// `type/subtype`, with parameters or without.
fn is_media_type(text: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    text.len() <= 255
        && !text.chars().any(char::is_control)
        && text
            .split(';')
            .next()
            .and_then(|essence| essence.trim_end().split_once('/'))
            .is_some_and(|(family, kind)| is_name(family) && is_name(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(content_type: &str, data: &str, question: &AttachmentQuestion) -> Result<Answer, AnswerError> {
        accept(question, content_type, data.to_owned(), Some(" photo.png ".to_owned()))
    }

    #[test]
    fn type_and_size_are_held() {
        let pictures = AttachmentQuestion { max_size: Some(3), types: vec!["image/*".into()] };
        let Ok(Answer::Attachment { title, .. }) = file("image/PNG", "AAAA", &pictures) else {
            unreachable!("three bytes of a picture fit")
        };
        assert_eq!(title.as_deref(), Some("photo.png"));
        assert_eq!(file("application/pdf", "AAAA", &pictures), Err(AnswerError::MediaType));
        assert_eq!(file("nonsense", "AAAA", &AttachmentQuestion::default()), Err(AnswerError::MediaType));
        assert_eq!(file("image/png", "AAAAAA==", &pictures), Err(AnswerError::FileTooLarge { max: 3 }));
        assert_eq!(file("image/png", "A A=", &pictures), Err(AnswerError::NotBase64));
        assert_eq!(file("image/png", "", &pictures), Err(AnswerError::NotBase64));
    }

    #[test]
    fn two_hundred_megabytes_are_refused_unread() {
        let data = "A".repeat(200 * 1024 * 1024);
        assert_eq!(
            file("image/png", &data, &AttachmentQuestion::default()),
            Err(AnswerError::FileTooLarge { max: LARGEST_FILE })
        );
    }
}
