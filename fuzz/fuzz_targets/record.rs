//! An exported record from nobody: the input is cut at zero bytes into the files of one. It is never valid, because no
//! anchor is given, and nothing in it makes the program panic.
#![no_main]

use seal::export;

const NAMES: [&str; 7] = [
    export::RESPONSE,
    export::PROVENANCE,
    export::DOCUMENT_REFERENCE,
    export::MANIFEST,
    export::MANIFEST_SIGNATURE,
    "crl/1.pem",
    export::EVIDENCE,
];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let files: Vec<(&str, &[u8])> = NAMES.into_iter().zip(bytes.split(|&byte| byte == 0)).collect();
    let at = jiff::Timestamp::from_second(seal::testing::SIGNED_AT).expect("a time");
    assert_ne!(export::check(&files, None, at).exit_code(), 0);
});
