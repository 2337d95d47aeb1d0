//! What a test holds against what the window says: the server's own store, and exported files.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};
use std::net::TcpStream;

use fhir::Value;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// Each leaf of a resource by its FHIRPath, as JSON text.
pub type Leaves = BTreeMap<String, String>;

/// Takes a resource apart into its leaves. Written anew here, so that it does not share a mistake with the program.
pub fn leaves(resource: &Value) -> Leaves {
    let mut found = Leaves::new();
    let name = resource.resource_type().unwrap_or("Resource").to_owned();
    collect(resource, &name, &mut found);
    found
}

fn collect(value: &Value, path: &str, found: &mut Leaves) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter() {
                // FHIRPath knows a choice of types (`valueString`, `valueCoding`, …) by its plain name.
                let name = if name.starts_with("value") { "value" } else { name };
                collect(member, &format!("{path}.{name}"), found);
            }
        }
        Value::Array(entries) => {
            for (index, entry) in entries.iter().enumerate() {
                collect(entry, &format!("{path}[{index}]"), found);
            }
        }
        leaf => {
            found.insert(path.to_owned(), String::from_utf8(leaf.to_json().into()).unwrap());
        }
    }
}

/// Fetches a page from loopback over plain HTTP: status and body.
pub fn get(address: &str) -> (u16, Vec<u8>) {
    let (host, path) = address.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("an HTTP answer");
    let first = String::from_utf8_lossy(&answer[..head]).into_owned();
    let status = first.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer.split_off(head + 4))
}

/// For each file in a zip: its name, and the zip again with one byte of that file changed: the one in the middle; of
/// evidence, one in its first time stamp, since the export's own lists make up for a revocation value that counts no more.
pub fn flip_each_file(zip: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(zip)).unwrap();
    let mut files = Vec::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        files.push((file.name().unwrap().into_owned(), content));
    }
    let changed = |at: usize| {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (index, (name, content)) in files.iter().enumerate() {
            let mut content = content.clone();
            if index == at {
                let stamp = content.windows(7).position(|seven| seven == b"\"etsiU\"");
                let place = stamp.map_or(content.len() / 2, |at| at + 200);
                content[place] ^= 1;
            }
            writer.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
            writer.write_all(&content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    (0..files.len()).map(|at| (files[at].0.clone(), changed(at))).collect()
}
