//! What `strace` writes down of a device's calls.

use std::collections::BTreeMap;

/// Where it writes in the folder of a run.
pub(super) const LOG: &str = "strace.log";
/// How it says there that a thread was killed.
pub(super) const KILLED: &str = "+++ killed by SIGKILL +++";

/// The number of a thread, and what it did.
pub(super) fn split(line: &str) -> (&str, &str) {
    let (thread, rest) = line.split_once(' ').unwrap_or(("", line));
    (thread, rest.trim_start())
}

/// A system call that succeeded and changes or flushes something.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Call {
    Write { path: String, at: Option<usize>, octets: Vec<u8> },
    Truncate { path: String, length: usize },
    Flush { path: String },
    Create { path: String },
    Rename { from: String, to: String },
    Remove { path: String },
}

/// The calls of a log, in the order in which they ended. Those that were interrupted by others are put together.
pub(super) fn calls(log: &str) -> Vec<Call> {
    let mut begun: BTreeMap<&str, &str> = BTreeMap::new();
    let mut calls = Vec::new();
    for line in log.lines() {
        let (thread, text) = split(line);
        if let Some(start) = text.strip_suffix("<unfinished ...>") {
            begun.insert(thread, start);
        } else if let Some((_, end)) =
            text.strip_prefix("<... ").and_then(|rest| rest.split_once(" resumed>"))
        {
            let start = begun.remove(thread).unwrap_or_default();
            calls.extend(call(&format!("{start}{end}")));
        } else {
            calls.extend(call(text));
        }
    }
    // What had begun when the device was killed may have been done.
    calls.extend(begun.values().filter_map(|start| call(&format!("{start}) = 1"))));
    calls
}

fn call(text: &str) -> Option<Call> {
    let (name, rest) = text.split_once('(')?;
    let (inside, result) = rest.rsplit_once(" = ")?;
    // A call that failed did nothing; one that the kill took in its middle says `?` and never began.
    if result.starts_with('-') || result.starts_with('?') {
        return None;
    }
    let inside = inside.trim_end().strip_suffix(')').unwrap_or(inside);
    match name {
        "pwrite64" | "write" => {
            let (path, rest) = descriptor(inside)?;
            let (octets, rest) = quoted(rest)?;
            let at =
                rest.rsplit(", ").next().filter(|_| name == "pwrite64").and_then(|at| at.trim().parse().ok());
            let written: usize = result.split_whitespace().next()?.parse().unwrap_or(octets.len());
            Some(Call::Write {
                path,
                at,
                octets: octets[..written.clamp(1, octets.len().max(1)).min(octets.len())].to_vec(),
            })
        }
        "ftruncate" => {
            let (path, rest) = descriptor(inside)?;
            Some(Call::Truncate { path, length: rest.rsplit(", ").next()?.trim().parse().ok()? })
        }
        "fsync" | "fdatasync" => Some(Call::Flush { path: descriptor(inside)?.0 }),
        "openat" if inside.contains("O_CREAT") => Some(Call::Create { path: text_of(quoted(inside)?.0)? }),
        "rename" => {
            let (from, rest) = quoted(inside)?;
            Some(Call::Rename { from: text_of(from)?, to: text_of(quoted(rest)?.0)? })
        }
        "unlink" => Some(Call::Remove { path: text_of(quoted(inside)?.0)? }),
        _ => None,
    }
}

/// `7</path>, rest`.
fn descriptor(inside: &str) -> Option<(String, &str)> {
    let (_, rest) = inside.split_once('<')?;
    let (path, rest) = rest.split_once('>')?;
    Some((unescaped(path), rest))
}

/// The first `"\x61…"`, and what follows it.
fn quoted(inside: &str) -> Option<(Vec<u8>, &str)> {
    let (_, rest) = inside.split_once('"')?;
    let (text, rest) = rest.split_once('"')?;
    Some((octets(text), rest))
}

/// A path may be written in hexadecimal as well.
fn unescaped(path: &str) -> String {
    if path.starts_with("\\x") {
        String::from_utf8_lossy(&octets(path)).into_owned()
    } else {
        path.to_owned()
    }
}

fn octets(text: &str) -> Vec<u8> {
    text.split("\\x").skip(1).filter_map(|two| u8::from_str_radix(two, 16).ok()).collect()
}

fn text_of(octets: Vec<u8>) -> Option<String> {
    String::from_utf8(octets).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = r#"10 openat(AT_FDCWD, "\x2f\x64\x2f\x61", O_RDWR|O_CREAT, 0644) = 3</d/a>
10 pwrite64(3</d/a>, "\x01\x02", 2, 0 <unfinished ...>
11 fsync(4</d/b>) = 0
10 <... pwrite64 resumed>) = 2
10 pwrite64(3</d/a>, "\x03", 1, 1) = -1 EIO (Input/output error) (INJECTED)
10 ftruncate(3</d/a>, 1) = 0
10 pwrite64(3</d/a>, "\x04", 1, 4) = ?
"#;

    #[test]
    fn calls_are_read_in_the_order_in_which_they_ended() {
        let path = || "/d/a".to_owned();
        assert_eq!(
            calls(LOG),
            [
                Call::Create { path: path() },
                Call::Flush { path: "/d/b".to_owned() },
                Call::Write { path: path(), at: Some(0), octets: vec![1, 2] },
                Call::Truncate { path: path(), length: 1 },
            ]
        );
    }
}
