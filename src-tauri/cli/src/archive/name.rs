//! Names of files in a record.

use super::Refusal;

/// Longer than every name that Attesta writes.
const LONGEST: usize = 200;

/// Accepts relative names of ASCII letters, digits, `.`, `-` and `_`, with `/` between folders; nothing that leaves
/// the record, means something to a shell, or is another name on another system.
pub(super) fn check(name: &str) -> Result<(), Refusal> {
    let refuse = |reason| Err(Refusal::file(name, reason));
    if name.len() > LONGEST {
        return Err(Refusal::Layout("a file name of more than 200 characters"));
    }
    if name.starts_with('/') || name.contains('\\') || name.contains(':') {
        return refuse("this name is not relative to the record");
    }
    if name.split('/').any(|part| part == "..") {
        return refuse("this name leaves the record");
    }
    if name.split('/').any(|part| part.is_empty() || part == ".") {
        return refuse("this is not the name of a file");
    }
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'/')) {
        return refuse("a name may have letters, digits, '.', '-' and '_' only");
    }
    Ok(())
}

/// Accepts `names` when no two are the same, upper and lower case aside: some systems cannot tell them apart.
pub(super) fn check_distinct<'n>(names: impl Iterator<Item = &'n str>) -> Result<(), Refusal> {
    let mut seen = std::collections::HashSet::new();
    for name in names {
        if !seen.insert(name.to_ascii_lowercase()) {
            return Err(Refusal::file(name, "this name is there twice"));
        }
    }
    Ok(())
}
