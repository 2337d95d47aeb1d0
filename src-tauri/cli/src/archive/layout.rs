//! The layout of a zip archive (PKWARE APPNOTE 6.3.10), read strictly: files one after the other from the first byte,
//! then the directory, then its end record, then nothing. Every field is either given by another one, the same for all
//! files, or fixed, so that no byte of the archive is without meaning and a single changed one is noticed.

use super::{MOST_BYTES, MOST_FILES, Refusal, name};

/// Where the parts of a record stand in its archive.
pub(super) struct Layout {
    pub(super) files: Vec<PackedFile>,
}

/// One file of the archive.
#[derive(Debug)]
pub(super) struct PackedFile {
    pub(super) name: String,
    /// Unpacked, in bytes.
    pub(super) size: u32,
}

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const END_LENGTH: usize = 22;
const CENTRAL_LENGTH: usize = 46;
const LOCAL_LENGTH: usize = 30;

const ENCRYPTED: u16 = 1;
const UTF8_NAMES: u16 = 1 << 11;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// One entry of the central directory (section 4.3.12).
struct Entry<'a> {
    /// The fields that the local header repeats: version needed, flags, method, time, date, CRC-32, sizes, name length.
    shared: &'a [u8],
    /// Version made by, time, date, attributes: the same for all files.
    uniform: [&'a [u8]; 3],
    flags: u16,
    method: u16,
    packed: u32,
    size: u32,
    name: &'a [u8],
    offset: u32,
}

impl Layout {
    pub(super) fn read(archive: &[u8]) -> Result<Self, Refusal> {
        let (directory_start, directory) = directory(archive)?;
        let entries = entries(directory)?;
        if entries.is_empty() {
            return Err(Refusal::Empty);
        }
        if entries.iter().any(|entry| entry.uniform != entries[0].uniform) {
            return Err(Refusal::Layout("times or attributes that differ between its files"));
        }
        if entries.iter().map(|entry| u64::from(entry.size)).sum::<u64>() > MOST_BYTES {
            return Err(Refusal::TooLarge);
        }
        let mut files = Vec::with_capacity(entries.len());
        let mut at = 0;
        for entry in &entries {
            let name = std::str::from_utf8(entry.name)
                .map_err(|_| Refusal::Layout("a file name that is not UTF-8"))?;
            name::check(name)?;
            check_method(entry, name)?;
            at = check_local(archive, at, entry, name)?;
            files.push(PackedFile { name: name.to_owned(), size: entry.size });
        }
        if at != directory_start {
            return Err(Refusal::Layout("bytes between its files and its directory"));
        }
        name::check_distinct(files.iter().map(|file| file.name.as_str()))?;
        Ok(Self { files })
    }
}

/// The central directory and where it starts, from the end record (section 4.3.16).
fn directory(archive: &[u8]) -> Result<(usize, &[u8]), Refusal> {
    let end_start = archive.len().checked_sub(END_LENGTH).ok_or(Refusal::Layout("it is too short"))?;
    let (before, end) = archive.split_at(end_start);
    if !end.starts_with(END) {
        return Err(Refusal::Layout("a comment, or bytes after its end, or it was cut off"));
    }
    let (count, size, offset) = (u16_at(end, 10), u32_at(end, 12), u32_at(end, 16));
    if usize::from(count) > MOST_FILES {
        return Err(Refusal::TooManyFiles);
    }
    let one_disk = u16_at(end, 4) == 0 && u16_at(end, 6) == 0 && u16_at(end, 8) == count;
    let (start, size) = (offset as usize, size as usize);
    if !one_disk || u16_at(end, 20) != 0 || start.checked_add(size) != Some(end_start) {
        return Err(Refusal::Layout("its end record"));
    }
    let directory = &before[start..];
    if entries(directory)?.len() != usize::from(count) {
        return Err(Refusal::Layout("the number of files"));
    }
    Ok((start, directory))
}

fn entries(mut directory: &[u8]) -> Result<Vec<Entry<'_>>, Refusal> {
    let mut found = Vec::new();
    while !directory.is_empty() {
        if directory.len() < CENTRAL_LENGTH || !directory.starts_with(CENTRAL) {
            return Err(Refusal::Layout("its directory"));
        }
        if found.len() == MOST_FILES {
            return Err(Refusal::TooManyFiles);
        }
        let name_length = usize::from(u16_at(directory, 28));
        let (extra, comment, disk) = (u16_at(directory, 30), u16_at(directory, 32), u16_at(directory, 34));
        if (extra, comment, disk) != (0, 0, 0) {
            return Err(Refusal::Layout("extra fields or comments of its files"));
        }
        let (entry, rest) = directory
            .split_at_checked(CENTRAL_LENGTH + name_length)
            .ok_or(Refusal::Layout("its directory"))?;
        found.push(Entry {
            shared: &entry[6..30],
            uniform: [&entry[4..6], &entry[12..16], &entry[36..42]],
            flags: u16_at(entry, 8),
            method: u16_at(entry, 10),
            packed: u32_at(entry, 20),
            size: u32_at(entry, 24),
            name: &entry[CENTRAL_LENGTH..],
            offset: u32_at(entry, 42),
        });
        directory = rest;
    }
    Ok(found)
}

fn check_method(entry: &Entry<'_>, name: &str) -> Result<(), Refusal> {
    if entry.flags & ENCRYPTED != 0 {
        return Err(Refusal::file(name, "it is encrypted; Attesta does not encrypt records in this way"));
    }
    if entry.flags & !UTF8_NAMES != 0 {
        return Err(Refusal::file(name, "its flags are not those that Attesta writes"));
    }
    match entry.method {
        STORED if entry.packed == entry.size => Ok(()),
        STORED => Err(Refusal::file(name, "it is stored, but its two sizes differ")),
        DEFLATED => Ok(()),
        _ => Err(Refusal::file(name, "it is compressed by a method that Attesta does not use")),
    }
}

/// The local header at `at` repeats the directory's entry; where its file ends.
fn check_local(archive: &[u8], at: usize, entry: &Entry<'_>, name: &str) -> Result<usize, Refusal> {
    let differs = || Refusal::file(name, "its two headers differ");
    let header = archive.get(at..at + LOCAL_LENGTH).ok_or_else(differs)?;
    let end = at + LOCAL_LENGTH + entry.name.len();
    let same = header.starts_with(LOCAL)
        && entry.offset as usize == at
        && &header[4..28] == entry.shared
        && u16_at(header, 28) == 0
        && archive.get(at + LOCAL_LENGTH..end) == Some(entry.name);
    let end = end + entry.packed as usize;
    if same && end <= archive.len() { Ok(end) } else { Err(differs()) }
}

/// Little-endian, from bytes that the caller knows to be there.
fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
