#![allow(clippy::unwrap_used)]

use image::{DynamicImage, GrayImage, Luma};

use super::*;

/// A document as long as a study's with three questionnaires that are not embedded.
fn document() -> Vec<u8> {
    let hash = |at: u32| {
        Sha256::digest(at.to_be_bytes()).iter().fold(String::new(), |text, one| text + &one.to_string())
    };
    (0..40).map(hash).collect::<String>().into_bytes()
}

/// A photograph of these codes, side by side on white.
pub(crate) fn picture(texts: &[String], format: ImageFormat) -> Vec<u8> {
    let (dot, edge) = (4_usize, 40_usize);
    let drawn: Vec<QrCode> =
        texts.iter().map(|text| QrCode::with_error_correction_level(text, EcLevel::M).unwrap()).collect();
    let side = drawn.iter().map(QrCode::width).max().unwrap() * dot + 2 * edge;
    let mut sheet = GrayImage::from_pixel(
        u32::try_from(side * texts.len()).unwrap(),
        u32::try_from(side).unwrap(),
        Luma([235]),
    );
    for (at, code) in drawn.iter().enumerate() {
        for (dark, place) in code.to_colors().iter().zip(0..) {
            let (x, y) = (place % code.width() * dot + edge + at * side, place / code.width() * dot + edge);
            if *dark == qrcode::Color::Dark {
                for (dx, dy) in (0..dot).flat_map(|dx| (0..dot).map(move |dy| (dx, dy))) {
                    sheet.put_pixel(
                        u32::try_from(x + dx).unwrap(),
                        u32::try_from(y + dy).unwrap(),
                        Luma([30]),
                    );
                }
            }
        }
    }
    let mut octets = Cursor::new(Vec::new());
    DynamicImage::ImageLuma8(sheet).write_to(&mut octets, format).unwrap();
    octets.into_inner()
}

#[test]
fn a_document_comes_back_from_pictures_of_its_codes_in_any_order_and_number() {
    let document = document();
    let texts = texts(&document).unwrap();
    assert!(texts.len() > 2, "{}", texts.len());
    let each: Vec<Vec<u8>> =
        texts.iter().rev().map(|text| picture(std::slice::from_ref(text), ImageFormat::Jpeg)).collect();
    assert_eq!(read(each).unwrap(), document);
    let (some, rest) = texts.split_at(2);
    let both = vec![
        picture(rest, ImageFormat::Png),
        picture(some, ImageFormat::Png),
        picture(some, ImageFormat::Png),
    ];
    assert_eq!(read(both).unwrap(), document);
}

/// The document of codes that were read from one picture.
fn join(codes: &[String]) -> Result<Vec<u8>, Unreadable> {
    let mut sheet = Sheet::default();
    sheet.add(codes)?;
    sheet.document()
}

#[test]
fn a_sheet_is_filled_picture_by_picture_and_another_sheets_code_changes_nothing() {
    let texts = texts(&document()).unwrap();
    let of = texts.len();
    let mut sheet = Sheet::default();
    assert_eq!(sheet.missing(), None);
    sheet.add(&codes_in(&picture(&texts[1..2], ImageFormat::Png)).unwrap()).unwrap();
    assert_eq!(sheet.missing().unwrap().1.len(), of - 1);
    assert_eq!(sheet.add(&super::texts(b"another document").unwrap()), Err(Unreadable::Several));
    sheet.add(&texts[1..2]).unwrap();
    assert_eq!(sheet.missing().unwrap(), (of, (1..=of).filter(|at| *at != 2).collect()));
    sheet.add(&texts).unwrap();
    assert_eq!(sheet.document(), Ok(document()));
}

#[test]
fn what_is_missing_or_of_another_sheet_is_named() {
    let texts = texts(&document()).unwrap();
    let of = texts.len();
    let without_second = [&texts[..1], &texts[2..]].concat();
    assert_eq!(join(&without_second), Err(Unreadable::Missing { missing: vec![2], of }));
    let other = super::texts(b"another document").unwrap();
    assert_eq!(join(&[other.clone(), texts.clone()].concat()), Err(Unreadable::Several));
    assert_eq!(join(&["https://example.org".to_owned()]), Err(Unreadable::NoCode));
    assert_eq!(join(&other), Ok(b"another document".to_vec()));
    // A part that says another's name.
    let forged = texts[0].replacen(&texts[0][9..], &format!("1/1:0000000000:{}", base45::encode("x")), 1);
    assert_eq!(join(&[forged]), Err(Unreadable::Damaged));
    for wrong in
        ["ATTESTA1:0/1:A:", "ATTESTA1:2/1:A:", "ATTESTA1:1/25:A:", "ATTESTA1:1/1:A:#", "ATTESTA2:1/1:A:"]
    {
        assert_eq!(join(&[wrong.to_owned()]), Err(Unreadable::NoCode), "{wrong}");
    }
}

#[test]
fn what_is_too_large_and_what_unpacks_to_too_much_is_refused() {
    let random: String = (0..2000_u32)
        .map(|at| Sha256::digest(at.to_be_bytes()).iter().map(u8::to_string).collect::<String>())
        .collect();
    assert_eq!(texts(random.as_bytes()), Err(Unreadable::TooLarge));
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&vec![b' '; 4 * MOST_OCTETS]).unwrap();
    let packed = packed.finish().unwrap();
    let parts = packed.chunks(PART);
    let of = parts.len();
    let text = |(at, part)| format!("{MARK}:{}/{of}:{}:{}", at + 1, name(&packed), base45::encode(part));
    assert_eq!(join(&parts.enumerate().map(text).collect::<Vec<_>>()), Err(Unreadable::TooLarge));
}

#[test]
fn a_picture_that_is_none_or_too_large_is_refused() {
    assert!(!is_picture(b"{\"attestaStudy\":\"1\"}"));
    let cut = &picture(&texts(b"short").unwrap(), ImageFormat::Png)[..300];
    assert!(is_picture(cut));
    assert!(matches!(read(vec![cut.to_vec()]), Err(Unreadable::Picture(_))));
    let mut large = Cursor::new(Vec::new());
    GrayImage::new(MOST_PIXELS + 1, 1).write_to(&mut large, ImageFormat::Png).unwrap();
    assert!(matches!(read(vec![large.into_inner()]), Err(Unreadable::Picture(_))));
    let white = GrayImage::from_pixel(200, 200, Luma([255]));
    let mut octets = Cursor::new(Vec::new());
    white.write_to(&mut octets, ImageFormat::Png).unwrap();
    assert_eq!(read(vec![octets.into_inner()]), Err(Unreadable::NoCode));
}

#[test]
fn the_page_has_every_code_and_says_nothing_as_markup() {
    let page = page(&document(), "Fatigue <script>", 7).unwrap();
    assert_eq!(page.matches("<svg").count(), texts(&document()).unwrap().len());
    assert!(page.contains("Fatigue &lt;script&gt;") && page.contains("version 7") && !page.contains("<?xml"));
}

#[test]
fn a_picture_of_another_kind_or_size_is_said_and_a_search_that_panics_finds_nothing() {
    for other in [&b"\0\0\0\x18ftypheic\0\0\0\0"[..], b"RIFF\x24\0\0\0WEBPVP8 "] {
        assert!(is_picture(other));
        let refused = read(vec![other.to_vec()]).unwrap_err().to_string();
        assert!(refused.contains("neither PNG nor JPEG"), "{refused}");
    }
    assert!(!is_picture(b"{\"study\": {}}"));
    let mut large = Cursor::new(Vec::new());
    let wide = GrayImage::from_pixel(MOST_PIXELS + 1, 1, Luma([255]));
    DynamicImage::ImageLuma8(wide).write_to(&mut large, ImageFormat::Png).unwrap();
    assert!(matches!(read(vec![large.into_inner()]), Err(Unreadable::Picture(_))));
    assert_eq!(unharmed(|| vec!["code".to_owned()]), ["code"]);
    assert!(unharmed(|| std::panic::resume_unwind(Box::new("out of bounds"))).is_empty());
}
