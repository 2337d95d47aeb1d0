//! Golden files: what a test found is compared with the file; `UPDATE_GOLDEN=1 cargo test -p fhir` writes it.

use std::path::PathBuf;

pub(crate) fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

pub(crate) fn assert_golden(name: &str, found: &str) {
    let path = folder("golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let expected =
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert_eq!(found, expected, "{} no longer says what is written", path.display());
}
