//! A compact JWS is read or refused; whichever it is, it covers nothing that was not signed.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(jws) = seal::readers::Jws::read(text) {
        assert!(!jws.covers(b"something that nobody signed"));
    }
});
