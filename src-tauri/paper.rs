//! A study's signed document on paper: as QR codes (ISO/IEC 18004), and back from pictures of them.
//!
//! The document is compressed (RFC 1950) and cut into parts. Each code reads `ATTESTA1:3/4:0A1B2C3D4E:…`: which part of how
//! many, the beginning of the SHA-256 of all compressed octets, and the part in Base45 (RFC 9285). What is read is not
//! trusted for that: the document is signed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Cursor, Read as _, Write as _};
use std::panic::AssertUnwindSafe;

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use image::{ImageFormat, ImageReader, Limits};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use sha2::{Digest as _, Sha256};

/// What each code begins with.
const MARK: &str = "ATTESTA1";
/// Compressed octets in one code: version 15 or so at level M, whose dots are a millimetre wide on the sheet.
const PART: usize = 400;
/// A sheet of more codes is nothing that people should photograph.
const MOST_PARTS: usize = 24;
/// Octets that the parts of a document may unpack to.
const MOST_OCTETS: usize = 256 * 1024;
/// The longest side of a picture, in pixels; and what reading it may take, in octets.
const MOST_PIXELS: u32 = 4096;
const MOST_MEMORY: u64 = 256 * 1024 * 1024;

/// Why a document is not on paper.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error(
        "the document is too large for a sheet of codes: leave the questionnaires' resources out, and give them to the \
         sites as files"
    )]
    TooLarge,
    #[error("the picture cannot be read ({0}): save it as PNG or JPEG, at most {MOST_PIXELS} pixels a side")]
    Picture(String),
    #[error(
        "no code of a study can be read in the pictures: photograph the sheet flat, in focus and without a shadow, each \
         code in full"
    )]
    NoCode,
    #[error("the pictures show codes of more than one document: photograph one sheet")]
    Several,
    #[error(
        "of {of} codes these are still missing: {}. Photograph them too, and name all pictures",
        list(missing)
    )]
    Missing { missing: Vec<usize>, of: usize },
    #[error("the codes do not fit together: print the sheet again, from the study's office")]
    Damaged,
    #[error("choose the signed document, or pictures of its codes, and not both or several documents")]
    OneDocument,
}

impl Unreadable {
    /// The stable name that the page has a text for.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "codes-too-large",
            Self::Picture(_) => "codes-picture",
            Self::NoCode => "codes-none",
            Self::Several => "codes-several",
            Self::Missing { .. } => "codes-missing",
            Self::Damaged => "codes-damaged",
            Self::OneDocument => "one-document",
        }
    }
}

fn list(numbers: &[usize]) -> String {
    numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}

/// Whether a file is a picture, by its first octets: of any kind, so that whoever has another one is told which to make.
pub(crate) fn is_picture(content: &[u8]) -> bool {
    // HEIC and AVIF are boxes of ISO/IEC 14496-12.
    image::guess_format(content).is_ok() || content.get(4..8) == Some(b"ftyp")
}

fn format_of(content: &[u8]) -> Option<ImageFormat> {
    image::guess_format(content).ok().filter(|format| matches!(format, ImageFormat::Png | ImageFormat::Jpeg))
}

/// The document as the texts of codes, in their order.
pub(crate) fn texts(document: &[u8]) -> Result<Vec<String>, Unreadable> {
    if document.len() > MOST_OCTETS {
        return Err(Unreadable::TooLarge);
    }
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    packed.write_all(document).map_err(|_| Unreadable::TooLarge)?;
    let packed = packed.finish().map_err(|_| Unreadable::TooLarge)?;
    let (name, parts) = (name(&packed), packed.chunks(PART));
    let of = parts.len();
    if of > MOST_PARTS {
        return Err(Unreadable::TooLarge);
    }
    let text = |(at, part): (usize, &[u8])| format!("{MARK}:{}/{of}:{name}:{}", at + 1, base45::encode(part));
    Ok(parts.enumerate().map(text).collect())
}

/// Which document a part is of: 40 bits, so that sheets are told apart. Nobody's word is taken for it.
fn name(packed: &[u8]) -> String {
    Sha256::digest(packed).iter().take(5).fold(String::new(), |mut name, octet| {
        let _ = write!(name, "{octet:02X}");
        name
    })
}

/// A page to print: one code after the other. What its signer is compared by is not on it: a forged sheet would bring the
/// forger's along.
pub(crate) fn page(document: &[u8], title: &str, version: u32) -> Result<String, Unreadable> {
    let texts = texts(document)?;
    let (title, of) = (escaped(title), texts.len());
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>{title}</title>\n<style>\n\
         body {{ font: 12pt sans-serif; margin: 15mm; color: #000; background: #fff }}\n\
         figure {{ display: inline-block; margin: 0 8mm 8mm 0; break-inside: avoid; text-align: center }}\n\
         svg {{ width: 80mm; height: 80mm }}\n</style>\n\
         <h1>{title}</h1>\n<p>The study's signed document for Attesta, version {version}. Who signed it is not on this sheet \
         on purpose: compare what the program shows with the thumbprint that the study's office gave by another way, and the \
         version with the one that is in force.</p>\n"
    );
    for (at, text) in texts.iter().enumerate() {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| Unreadable::TooLarge)?;
        let drawn = code.render::<svg::Color<'_>>().build();
        // An SVG in HTML has no XML declaration.
        let drawn = drawn.split_once("?>").map_or(drawn.as_str(), |(_, svg)| svg);
        let _ = writeln!(page, "<figure>{drawn}<figcaption>{} of {of}</figcaption></figure>", at + 1);
    }
    page.push_str("</html>");
    Ok(page)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The document in the files: the one file, or what the pictures show between them.
pub(crate) fn read(files: Vec<Vec<u8>>) -> Result<Vec<u8>, Unreadable> {
    let mut sheet = Sheet::default();
    match sheet.take(Given::of(files)?)? {
        Some(document) => Ok(document),
        None => sheet.document(),
    }
}

/// What somebody gave as a study's document.
pub(crate) enum Given {
    /// The document itself, which nobody has looked into yet.
    Document(Vec<u8>),
    /// The texts of the codes in each picture.
    Codes(Vec<Vec<String>>),
}

impl Given {
    /// The one document, or pictures alone. Reading pictures takes its time.
    ///
    /// # Errors
    /// [`Unreadable::OneDocument`], [`Unreadable::Picture`].
    pub(crate) fn of(mut files: Vec<Vec<u8>>) -> Result<Self, Unreadable> {
        if !files.is_empty() && files.iter().all(|file| is_picture(file)) {
            let codes = files.iter().map(|file| codes_in(file));
            return codes.collect::<Result<_, _>>().map(Self::Codes);
        }
        match (files.pop(), files.is_empty()) {
            (Some(document), true) => Ok(Self::Document(document)),
            _ => Err(Unreadable::OneDocument),
        }
    }
}

/// What has been read of a sheet so far, one picture after the other.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sheet {
    /// How many codes it has, and the name of its document; nothing before the first code.
    of: Option<(usize, String)>,
    parts: BTreeMap<usize, Vec<u8>>,
}

impl Sheet {
    /// The document, once all of it is there. Pictures add to those before, all pictures of one call or none of them. A sheet that
    /// became complete is empty afterwards, whatever becomes of its document: nothing is added to a wrong one.
    ///
    /// # Errors
    /// [`Unreadable::NoCode`], [`Unreadable::Several`], and for a complete sheet those of [`Sheet::document`].
    pub(crate) fn take(&mut self, given: Given) -> Result<Option<Vec<u8>>, Unreadable> {
        let codes = match given {
            Given::Document(document) => return Ok(Some(document)),
            Given::Codes(codes) => codes,
        };
        let mut sheet = self.clone();
        codes.iter().try_for_each(|codes| sheet.add(codes))?;
        let (_, missing) = sheet.missing().ok_or(Unreadable::NoCode)?;
        if !missing.is_empty() {
            *self = sheet;
            return Ok(None);
        }
        *self = Self::default();
        sheet.document().map(Some)
    }

    /// Adds the codes of a picture. One without codes is passed over.
    ///
    /// # Errors
    /// [`Unreadable::Several`], which leaves the sheet as it was.
    pub(crate) fn add(&mut self, codes: &[String]) -> Result<(), Unreadable> {
        let mut of = self.of.clone();
        let mut parts = Vec::new();
        for (at, count, name, octets) in codes.iter().filter_map(|code| part(code)) {
            if *of.get_or_insert_with(|| (count, name.to_owned())) != (count, name.to_owned()) {
                return Err(Unreadable::Several);
            }
            parts.push((at, octets));
        }
        self.of = of;
        self.parts.extend(parts);
        Ok(())
    }

    /// How many codes the sheet has, and which of them are still missing; nothing before the first code.
    pub(crate) fn missing(&self) -> Option<(usize, Vec<usize>)> {
        let (of, _) = self.of.as_ref()?;
        Some((*of, (1..=*of).filter(|at| !self.parts.contains_key(at)).collect()))
    }

    /// Puts the parts together.
    ///
    /// # Errors
    /// [`Unreadable`] with what is missing or wrong.
    pub(crate) fn document(&self) -> Result<Vec<u8>, Unreadable> {
        let (_, wanted) = self.of.as_ref().ok_or(Unreadable::NoCode)?;
        if let Some((of, missing)) = self.missing().filter(|(_, missing)| !missing.is_empty()) {
            return Err(Unreadable::Missing { missing, of });
        }
        let packed = self.parts.values().flatten().copied().collect::<Vec<u8>>();
        if name(&packed) != *wanted {
            return Err(Unreadable::Damaged);
        }
        unpacked(&packed)
    }
}

fn unpacked(packed: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let mut document = Vec::new();
    let most = u64::try_from(MOST_OCTETS).unwrap_or(u64::MAX).saturating_add(1);
    ZlibDecoder::new(packed).take(most).read_to_end(&mut document).map_err(|_| Unreadable::Damaged)?;
    if document.len() > MOST_OCTETS {
        return Err(Unreadable::TooLarge);
    }
    Ok(document)
}

/// The texts of all codes in a picture. Another's code, and one that cannot be read, is passed over: what is missing is
/// told in the end.
pub(crate) fn codes_in(picture: &[u8]) -> Result<Vec<String>, Unreadable> {
    let unread = |error: &dyn std::fmt::Display| Unreadable::Picture(error.to_string());
    let format = format_of(picture).ok_or_else(|| unread(&"it is neither PNG nor JPEG"))?;
    let mut reader = ImageReader::with_format(Cursor::new(picture), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_PIXELS);
    limits.max_image_height = Some(MOST_PIXELS);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let grey = reader.decode().map_err(|error| unread(&error))?.into_luma8();
    Ok(unharmed(|| {
        let mut prepared = rqrr::PreparedImage::prepare(grey);
        prepared.detect_grids().iter().filter_map(|grid| Some(grid.decode().ok()?.1)).collect()
    }))
}

/// What was found, or nothing where the search panicked: a picture is anybody's, and decides nothing but what it shows.
fn unharmed(find: impl FnOnce() -> Vec<String>) -> Vec<String> {
    std::panic::catch_unwind(AssertUnwindSafe(find)).unwrap_or_default()
}

/// A code's text: which part of how many, of which document, and what it holds.
fn part(code: &str) -> Option<(usize, usize, &str, Vec<u8>)> {
    let mut fields = code.splitn(4, ':');
    (fields.next()? == MARK).then_some(())?;
    let (at, of) = fields.next()?.split_once('/')?;
    let (at, of) = (at.parse().ok()?, of.parse().ok()?);
    let name = fields.next()?;
    let part = base45::decode(fields.next()?).ok()?;
    ((1..=MOST_PARTS).contains(&of) && (1..=of).contains(&at) && part.len() <= PART)
        .then_some((at, of, name, part))
}

#[cfg(test)]
#[path = "paper_tests.rs"]
pub(crate) mod tests;
