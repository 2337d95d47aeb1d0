//! A certificate revocation list is read or refused; what is read can be written and read again.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(list) = seal::Crl::from_bytes(bytes) else { return };
    let again = seal::Crl::from_bytes(list.to_pem().as_bytes()).expect("what was written can be read");
    assert!(again == list);
});
