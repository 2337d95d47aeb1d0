//! A protected header is read or refused.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = seal::readers::protected_header(bytes);
});
