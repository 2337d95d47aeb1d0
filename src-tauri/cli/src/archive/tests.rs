#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::io::Write as _;

use super::*;

/// An archive as the app writes it: stored, one time for all files.
fn archive(files: &[(&str, &[u8])], method: zip::CompressionMethod) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(method)
        .last_modified_time(zip::DateTime::default());
    for (name, content) in files {
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn stored(files: &[(&str, &[u8])]) -> Vec<u8> {
    archive(files, zip::CompressionMethod::Stored)
}

fn refusal(archive: &[u8]) -> String {
    read_zip(archive).unwrap_err().to_string()
}

const RECORD: [(&str, &[u8]); 3] =
    [("manifest.json", b"{}"), ("response.json", b"{\"a\":1}"), ("certificates/leaf.pem", b"PEM")];

#[test]
fn files_come_back_as_they_were_packed() {
    for method in [zip::CompressionMethod::Stored, zip::CompressionMethod::Deflated] {
        let files = read_zip(&archive(&RECORD, method)).unwrap();
        let files: Vec<_> = files.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
        assert_eq!(files, RECORD);
    }
}

#[test]
fn every_changed_byte_is_refused_or_changes_a_name_or_a_file() {
    let original = stored(&RECORD);
    let files = read_zip(&original).unwrap();
    for at in 0..original.len() {
        for bit in 0..8 {
            let mut changed = original.clone();
            changed[at] ^= 1 << bit;
            assert_ne!(read_zip(&changed).ok().as_ref(), Some(&files), "byte {at}, bit {bit}");
        }
    }
}

#[test]
fn an_archive_cut_off_or_with_more_around_it_is_refused() {
    let original = stored(&RECORD);
    for length in 0..original.len() {
        assert!(read_zip(&original[..length]).is_err(), "cut to {length}");
    }
    assert!(refusal(&[&original[..], b"\0"].concat()).contains("after its end"));
    assert!(read_zip(&[b"MZ", &original[..]].concat()).is_err());
    assert!(read_zip(&[&original[..], &original[..]].concat()).is_err());
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.set_comment("unsigned words").unwrap();
    assert!(refusal(&writer.finish().unwrap().into_inner()).contains("comment"));
}

#[test]
fn names_that_leave_the_record_or_are_there_twice_are_refused() {
    for (name, reason) in [
        ("../x", "leaves the record"),
        ("a/../../x", "leaves the record"),
        ("/etc/x", "not relative"),
        ("C:x", "not relative"),
        ("a\\x", "not relative"),
        ("a//x", "not the name of a file"),
        ("./x", "not the name of a file"),
        ("a/", "not the name of a file"),
        ("x\u{1b}[2J", "letters, digits"),
        ("größe", "letters, digits"),
    ] {
        let found = refusal(&stored(&[(name, b"")]));
        assert!(found.contains(reason), "{name:?}: {found}");
        assert!(!found.contains('\u{1b}'), "{found:?} could drive a terminal");
    }
    assert!(refusal(&stored(&[(&"x".repeat(201), b"")])).contains("200 characters"));
    assert!(refusal(&stored(&[("a.json", b""), ("A.json", b"")])).contains("twice"));
}

#[test]
fn the_same_name_twice_is_refused_also_when_letter_for_letter() {
    // The writer refuses it, so the second name is changed afterwards: in its local header and in the directory.
    let mut bytes = stored(&[("a.json", b"1"), ("b.json", b"2")]);
    let places: Vec<_> =
        bytes.windows(6).enumerate().filter(|(_, found)| *found == b"b.json").map(|(at, _)| at).collect();
    assert_eq!(places.len(), 2);
    for at in places {
        bytes[at] = b'a';
    }
    assert!(refusal(&bytes).contains("twice"));
}

#[test]
fn bounds_hold_before_anything_is_unpacked() {
    let names: Vec<_> = (0..=MOST_FILES).map(|index| format!("f{index}")).collect();
    let many: Vec<_> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    assert_eq!(read_zip(&stored(&many)), Err(Refusal::TooManyFiles));
    // 65 MiB of zeros are 65 kB packed.
    let zeros = vec![0; usize::try_from(MOST_BYTES).unwrap() + 1];
    let bomb = archive(&[("zeros", &zeros)], zip::CompressionMethod::Deflated);
    assert!(bomb.len() < 1 << 20);
    assert_eq!(read_zip(&bomb), Err(Refusal::TooLarge));
    assert_eq!(read_zip(&stored(&[])), Err(Refusal::Empty));
}

#[test]
fn a_file_that_unpacks_to_more_than_announced_is_refused() {
    let mut bytes = archive(&[("zeros", &vec![0; 100_000])], zip::CompressionMethod::Deflated);
    let local_size = 22;
    let central = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    for at in [local_size, central + 24] {
        bytes[at..at + 4].copy_from_slice(&10_u32.to_le_bytes());
    }
    assert!(refusal(&bytes).contains("damaged"));
}

#[test]
fn encryption_and_other_compressions_are_refused_by_name() {
    let original = stored(&[("a", b"1")]);
    let central = original.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let with = |field: usize, value: u8| {
        let mut bytes = original.clone();
        // The directory's fields stand two bytes further on than the local header's.
        bytes[field] = value;
        bytes[central + field + 2] = value;
        refusal(&bytes)
    };
    assert!(with(6, 1).contains("encrypted"));
    assert!(with(6, 8).contains("flags"));
    for method in [1, 9, 12, 14, 93, 95, 99] {
        assert!(with(8, method).contains("method that Attesta does not use"), "{method}");
    }
}

#[test]
fn no_bytes_make_it_panic() {
    let original = archive(&RECORD, zip::CompressionMethod::Deflated);
    // Every 16-bit field set to both extremes, at every place.
    for at in 0..original.len() - 1 {
        for value in [[0, 0], [0xff, 0xff], [0xff, 0x7f]] {
            let mut changed = original.clone();
            changed[at..at + 2].copy_from_slice(&value);
            let _ = read_zip(&changed);
        }
    }
}
