//! A chain of certificates is read or refused, as PEM and as DER; what is read can be written and read again.
#![no_main]

use seal::{Anchors, CertificateChain};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = Anchors::from_pem(bytes);
    for chain in [CertificateChain::from_pem(bytes), CertificateChain::from_ders(vec![bytes.to_vec()])] {
        let Ok(chain) = chain else { continue };
        let again = CertificateChain::from_pem(chain.to_pem().as_bytes()).expect("what was written can be read");
        assert!(again == chain);
        assert!(!seal::readers::es256(&chain, b"something that nobody signed", &[1; 64]));
    }
});
