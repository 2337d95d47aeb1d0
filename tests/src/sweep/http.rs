//! HTTP/1.1 messages as octets, so that an answer can be cut, repeated or changed at any of them.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// The longest head that is read.
const LONGEST_HEAD: usize = 64 * 1024;

/// A request or an answer.
#[derive(Clone)]
pub(super) struct Message {
    /// First line and headers, with the empty line.
    head: String,
    /// The content.
    pub(super) body: Vec<u8>,
}

impl Message {
    /// Reads one message with a `Content-Length`; `None` at the end of the stream. What follows it stays in `rest`.
    pub(super) async fn read(
        stream: &mut (impl AsyncRead + Unpin),
        rest: &mut Vec<u8>,
    ) -> io::Result<Option<Self>> {
        let end = loop {
            if let Some(at) = rest.windows(4).position(|octets| octets == b"\r\n\r\n") {
                break at + 4;
            }
            if rest.len() > LONGEST_HEAD {
                return Err(io::ErrorKind::InvalidData.into());
            }
            if stream.read_buf(rest).await? == 0 {
                return Ok(None);
            }
        };
        let head = String::from_utf8(rest[..end].to_vec()).map_err(|_| io::ErrorKind::InvalidData)?;
        let mut message = Self { head, body: Vec::new() };
        assert!(message.header("transfer-encoding").is_none(), "the proxy reads Content-Length only");
        let length = message.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        while rest.len() < end + length {
            if stream.read_buf(rest).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        message.body = rest[end..end + length].to_vec();
        rest.drain(..end + length);
        Ok(Some(message))
    }

    /// An answer of the proxy's own.
    pub(super) fn answer(status: u16, headers: &[(&str, String)], body: &[u8]) -> Self {
        let head = format!("HTTP/1.1 {status} -\r\ncontent-length: {}\r\n\r\n", body.len());
        let plain = Self { head, body: body.to_vec() };
        headers.iter().fold(plain, |answer, (name, value)| answer.with(name, value))
    }

    /// The first line.
    pub(super) fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }

    /// A header's value.
    pub(super) fn header(&self, wanted: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case(wanted).then(|| value.trim())
        })
    }

    /// The same message with other content.
    #[must_use]
    pub(super) fn with_body(&self, body: Vec<u8>) -> Self {
        let length = body.len();
        Self { body, ..self.without("content-length") }.with("content-length", &length.to_string())
    }

    /// The same message without a header.
    #[must_use]
    pub(super) fn without(&self, unwanted: &str) -> Self {
        let named =
            |line: &str| line.split_once(':').is_some_and(|(name, _)| name.eq_ignore_ascii_case(unwanted));
        let lines: Vec<&str> = self.head.split("\r\n").filter(|line| !named(line)).collect();
        Self { head: lines.join("\r\n"), body: self.body.clone() }
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        let at = self.head.find("\r\n").unwrap_or_default() + 2;
        self.head.insert_str(at, &format!("{name}: {value}\r\n"));
        self
    }

    /// As it is sent.
    pub(super) fn octets(&self) -> Vec<u8> {
        [self.head.as_bytes(), &self.body].concat()
    }
}
