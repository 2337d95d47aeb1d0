//! What bytes really are, whatever their type says: by the marks with which such files begin.

use super::MediumKind;

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Container {
    Png,
    Jpeg,
    Gif,
    Webp,
    Mp3,
    Wav,
    Ogg,
    Flac,
    Mp4,
    Webm,
}

/// A type that can be shown or played.
pub(crate) struct Format {
    /// As web views know it.
    pub(crate) content_type: &'static str,
    pub(crate) kind: MediumKind,
    pub(crate) container: Container,
}

/// The format that a media type names, parameters aside.
pub(crate) fn format_of(content_type: &str) -> Option<Format> {
    use Container::{Flac, Gif, Jpeg, Mp3, Mp4, Ogg, Png, Wav, Webm, Webp};
    use MediumKind::{Audio, Image, Video};
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let (content_type, kind, container) = match essence.as_str() {
        "image/png" => ("image/png", Image, Png),
        "image/jpeg" | "image/jpg" => ("image/jpeg", Image, Jpeg),
        "image/gif" => ("image/gif", Image, Gif),
        "image/webp" => ("image/webp", Image, Webp),
        "audio/mpeg" | "audio/mp3" => ("audio/mpeg", Audio, Mp3),
        "audio/wav" | "audio/x-wav" | "audio/wave" | "audio/vnd.wave" => ("audio/wav", Audio, Wav),
        "audio/ogg" => ("audio/ogg", Audio, Ogg),
        "audio/flac" => ("audio/flac", Audio, Flac),
        "audio/mp4" | "audio/m4a" | "audio/x-m4a" => ("audio/mp4", Audio, Mp4),
        "audio/webm" => ("audio/webm", Audio, Webm),
        "video/mp4" => ("video/mp4", Video, Mp4),
        "video/webm" => ("video/webm", Video, Webm),
        "video/ogg" => ("video/ogg", Video, Ogg),
        _ => return None,
    };
    Some(Format { content_type, kind, container })
}

impl Container {
    /// What these bytes begin as.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        let at = |from: usize, mark: &[u8]| bytes.get(from..from + mark.len()) == Some(mark);
        let riff = |form: &[u8]| at(0, b"RIFF") && at(8, form);
        Some(match () {
            () if at(0, b"\x89PNG\r\n\x1a\n") => Self::Png,
            () if at(0, b"\xff\xd8\xff") => Self::Jpeg,
            () if at(0, b"GIF87a") || at(0, b"GIF89a") => Self::Gif,
            () if riff(b"WEBP") => Self::Webp,
            () if riff(b"WAVE") => Self::Wav,
            () if at(0, b"OggS") => Self::Ogg,
            () if at(0, b"fLaC") => Self::Flac,
            () if at(4, b"ftyp") => Self::Mp4,
            () if at(0, b"\x1a\x45\xdf\xa3") => Self::Webm,
            // A tag before the sound, or the sound itself: MPEG layer III begins with eleven bits that are set.
            () if at(0, b"ID3") || matches!(bytes, [0xff, second, ..] if second & 0xe6 == 0xe2) => Self::Mp3,
            () => return None,
        })
    }

    /// How it is called among people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Gif => "GIF",
            Self::Webp => "WebP",
            Self::Mp3 => "MP3",
            Self::Wav => "WAV",
            Self::Ogg => "Ogg",
            Self::Flac => "FLAC",
            Self::Mp4 => "MP4",
            Self::Webm => "WebM",
        }
    }

    /// Width and height of a picture, from its header; `None` where they cannot be read.
    pub(crate) fn size(self, bytes: &[u8]) -> Option<(u32, u32)> {
        let size = match self {
            Self::Png => {
                let header = bytes.get(12..24)?.strip_prefix(b"IHDR")?;
                (number(header.get(..4)?, true), number(header.get(4..)?, true))
            }
            Self::Gif => (number(bytes.get(6..8)?, false), number(bytes.get(8..10)?, false)),
            Self::Jpeg => jpeg(bytes)?,
            Self::Webp => webp(bytes)?,
            _ => return None,
        };
        (size.0 > 0 && size.1 > 0).then_some(size)
    }
}

/// At most four bytes as a number.
fn number(bytes: &[u8], big_end_first: bool) -> u32 {
    let add = |sum: u32, byte: &u8| sum << 8 | u32::from(*byte);
    if big_end_first { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) }
}

/// The frame header among the segments (ITU-T T.81, annex B).
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut rest = bytes.get(2..)?;
    loop {
        let [0xff, marker, ..] = *rest else { return None };
        match marker {
            // Fill bytes.
            0xff => rest = rest.get(1..)?,
            0x01 | 0xd0..=0xd7 => rest = rest.get(2..)?,
            // The frame header, of whichever process; Huffman tables and arithmetic conditioning are none.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                return Some((number(rest.get(7..9)?, true), number(rest.get(5..7)?, true)));
            }
            // The picture begins, or ends, without one.
            0xda | 0xd9 => return None,
            _ => rest = rest.get(2 + number(rest.get(2..4)?, true) as usize..)?,
        }
    }
}

/// The first chunk: simple, lossless or extended (RFC 9649, section 2).
fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    let chunk = bytes.get(20..30)?;
    match bytes.get(12..16)? {
        b"VP8 " => {
            let side = |from: usize| Some(number(chunk.get(from..from + 2)?, false) & 0x3fff);
            Some((side(6)?, side(8)?))
        }
        b"VP8L" => {
            let bits = number(chunk.strip_prefix(&[0x2f])?.get(..4)?, false);
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        b"VP8X" => Some((number(chunk.get(4..7)?, false) + 1, number(chunk.get(7..10)?, false) + 1)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn pictures_say_how_large_they_are() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x00\0\0\0\x10\x08\x02\0\0\0";
        let gif = b"GIF89a\x40\x01\xc8\0";
        // A comment, then a progressive frame of 3 by 2.
        let jpeg = b"\xff\xd8\xff\xfe\0\x04hi\xff\xff\xc2\0\x0b\x08\0\x02\0\x03\x01\x01\x11\0";
        let lossy = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a\x40\x01\xf0\x40";
        let lossless = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x3f\xc1\x3b\0\0\0\0\0\0";
        let extended = b"RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0\x3f\x01\0\xef\0\0";
        for (bytes, container, size) in [
            (&png[..], Container::Png, (256, 16)),
            (gif, Container::Gif, (320, 200)),
            (jpeg, Container::Jpeg, (3, 2)),
            (lossy, Container::Webp, (320, 240)),
            (lossless, Container::Webp, (320, 240)),
            (extended, Container::Webp, (320, 240)),
        ] {
            assert_eq!(Container::of(bytes), Some(container));
            assert_eq!(container.size(bytes), Some(size), "{container:?}");
            for end in 0..bytes.len() {
                // Cut off anywhere, it is no picture, or one whose size stands before the cut.
                let _ = container.size(&bytes[..end]);
            }
        }
    }

    #[test]
    fn files_are_known_by_how_they_begin() {
        for (bytes, container) in [
            (&b"ID3\x04"[..], Some(Container::Mp3)),
            (b"\xff\xfb\x90\0", Some(Container::Mp3)),
            (b"RIFF\0\0\0\0WAVE", Some(Container::Wav)),
            (b"OggS\0", Some(Container::Ogg)),
            (b"fLaC", Some(Container::Flac)),
            (b"\0\0\0\x18ftypmp42", Some(Container::Mp4)),
            (b"\x1a\x45\xdf\xa3", Some(Container::Webm)),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
            (b"%PDF-1.7", None),
            (b"", None),
        ] {
            assert_eq!(Container::of(bytes), container);
        }
    }

    #[test]
    fn types_are_known_by_all_their_names_and_svg_is_none() {
        assert_eq!(format_of("IMAGE/JPG; q=1").unwrap().content_type, "image/jpeg");
        assert!(format_of("image/svg+xml").is_none() && format_of("application/pdf").is_none());
    }
}
