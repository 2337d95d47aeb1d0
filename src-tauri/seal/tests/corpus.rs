//! What the fuzz targets start from (fuzz/corpus) is read here too, so that the readers and the seeds stay in step.

use seal::time_stamp::{TimeStampRequest, TimeStampToken};
use seal::{CertificateChain, Crl, OcspResponse, readers};

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let seeds: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
        .collect();
    assert!(!seeds.is_empty(), "{target} has no seeds");
    seeds
}

#[test]
fn every_seed_is_accepted_by_the_reader_that_it_is_for() {
    for seed in seeds("json") {
        let value = fhir::Value::parse(&seed).unwrap();
        assert!(fhir::Value::parse(value.to_json().as_bytes()).unwrap() == value);
    }
    for seed in seeds("header") {
        readers::protected_header(&seed).unwrap();
    }
    for seed in seeds("jws") {
        let jws = readers::Jws::read(std::str::from_utf8(&seed).unwrap()).unwrap();
        assert!(!jws.covers(b"something that nobody signed"));
    }
    for seed in seeds("xml") {
        fhir::xml::Document::parse(&seed).unwrap();
    }
    for seed in seeds("xades") {
        let signature = seal::xades::Detached::parse(&seed).unwrap();
        assert!(!signature.covers(b"something that nobody signed"));
    }
    for seed in seeds("convert") {
        fhir::xml::from_xml(&seed, fhir::Version::R4).unwrap();
    }
    for seed in seeds("certificates") {
        let chain = CertificateChain::from_pem(&seed).or_else(|_| CertificateChain::from_ders(vec![seed]));
        assert!(chain.is_ok());
    }
    let asked = TimeStampRequest::new([7; 32], [9; 8]).unwrap();
    for seed in seeds("time_stamp") {
        let token = TimeStampToken::from_der(&seed).or_else(|_| asked.read_answer(&seed));
        assert!(token.is_ok() || seed == asked.der());
    }
    for seed in seeds("evidence") {
        let document = fhir::Value::parse(&seed).unwrap();
        let read = seal::jades::read_evidence(&document).is_ok();
        assert!(read || seal::jades::Augmented::read(std::str::from_utf8(&seed).unwrap()).is_ok());
    }
    for seed in seeds("resource") {
        let read = fhir::Value::parse(&seed).ok();
        assert!(read.or_else(|| fhir::xml::from_xml(&seed, fhir::Version::R4).ok()).is_some());
    }
    for seed in seeds("crl") {
        Crl::from_bytes(&seed).unwrap();
    }
    for seed in seeds("ocsp") {
        OcspResponse::from_der(&seed).unwrap();
    }
}

#[test]
fn every_fuzz_target_is_built_and_has_seeds() {
    let fuzz = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let manifest = std::fs::read_to_string(fuzz.join("Cargo.toml")).unwrap();
    let mut targets = 0;
    for entry in std::fs::read_dir(fuzz.join("fuzz_targets")).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        assert!(manifest.contains(&format!("\npath = \"fuzz_targets/{file}\"\n")), "{file} is not built");
        seeds(file.strip_suffix(".rs").unwrap());
        targets += 1;
    }
    assert!(targets >= 10, "only {targets} targets");
}
