//! Thousands of mutants of a sealed record, the same ones in every run: each is refused or verified, none makes the
//! program panic, and none is valid unless it says exactly what was sealed.
//!
//! "Exactly": the response and the Provenance have the same `number_text` form, so they differ in white space, escapes
//! and the order of members at most (the Provenance also in the server's own `id` and `meta`). Of an exported record
//! every byte counts.

use crate::common;

use common::mutants::{Random, graft, mutate};
use common::{CAPTURE, PERSISTENCE, Sealed, base64, base64url, from_base64url, jws, now, with_jws};
use fhir::{Value, canonical};
use seal::testing;
use seal::verify::{Trust, verify_response};
use seal::{Crl, export};

/// Without the server's own `id` and `meta`.
fn own(provenance: &Value) -> String {
    let mut left = provenance.clone();
    if let Some(members) = left.as_object_mut() {
        members.remove("id");
        members.remove("meta");
    }
    canonical::number_text(&left)
}

struct Pair {
    sealed: Sealed,
    other: Sealed,
}

/// Two honest records of the same device.
fn pair() -> Pair {
    let (sealed, mut other) = (Sealed::new(), Sealed::new());
    let answers = common::with(&testing::response(), &["item", "1", "answer", "0", "valueBoolean"], false);
    let answers =
        common::with(&answers, &["identifier", "value"], "urn:uuid:ffffffff-4c52-4a5e-8d7e-6a2f9a1f0c11");
    other.response = testing::returned(&common::captured(&answers, &testing::statement(), &other.signer));
    other.provenance = common::proven(&other.response, &other.signer);
    Pair { sealed, other }
}

impl Pair {
    /// Verifies a mutant and says whether it is valid; it may be so only when it says exactly what was sealed.
    fn judge(&self, response: &Value, provenance: &Value, what: &str) -> bool {
        let Self { sealed, .. } = self;
        let provenances = std::slice::from_ref(provenance);
        // Without anchors first: what is invalid like this is so with them too, and thousands of paths are saved.
        let quick = verify_response(response, provenances, &Trust::new(None, now()));
        if quick.exit_code() == 1 {
            return false;
        }
        let valid = verify_response(response, provenances, &sealed.trust()).exit_code() == 0;
        let same = canonical::number_text(response) == canonical::number_text(&sealed.response)
            && own(provenance) == own(&sealed.provenance);
        assert!(!valid || same, "{what}: valid, and not what was sealed\n{}", response.to_json());
        valid
    }
}

#[test]
fn no_mutant_of_a_responses_bytes_is_valid() {
    let pair = pair();
    let mut random = Random(1);
    let (text, other) = (pair.sealed.response.to_json(), pair.other.response.to_json());
    let (mut read, mut valid) = (0, 0);
    for round in 0..1500 {
        let mutant = mutate(&mut random, text.as_bytes(), other.as_bytes());
        let Ok(response) = Value::parse(&mutant) else { continue };
        read += 1;
        valid += usize::from(pair.judge(&response, &pair.sealed.provenance, &format!("round {round}")));
    }
    assert!(read > 180, "only {read} mutants were JSON at all");
    assert!(valid < read / 10, "{valid} of {read} mutants changed nothing");
}

#[test]
fn no_mutant_of_a_responses_or_provenances_tree_is_valid() {
    let pair = pair();
    let mut random = Random(2);
    let Pair { sealed, other } = &pair;
    let mut refused = 0;
    for round in 0..500 {
        let response = graft(&mut random, &sealed.response, &other.response);
        let provenance = graft(&mut random, &sealed.provenance, &other.provenance);
        let what = format!("round {round}");
        refused += usize::from(!pair.judge(&response, &sealed.provenance, &what));
        refused += usize::from(!pair.judge(&sealed.response, &provenance, &what));
        refused += usize::from(!pair.judge(&response, &provenance, &what));
    }
    assert!(refused > 1300, "only {refused} of 1500 mutants were refused");
}

#[test]
fn no_mutant_of_a_jws_is_valid() {
    let pair = pair();
    let mut random = Random(3);
    let Pair { sealed, other } = &pair;
    for round in 0..1000 {
        let (capture, persistence) = (jws(&sealed.response, &CAPTURE), jws(&sealed.provenance, &PERSISTENCE));
        let strange = jws(&other.response, &CAPTURE);
        let change = |random: &mut Random, compact: &str| -> String {
            let (header, signature) = compact.split_once("..").unwrap();
            match random.below(5) {
                // The text as a whole, the header's JSON, the signature's bytes.
                0 => String::from_utf8_lossy(&mutate(random, compact.as_bytes(), strange.as_bytes()))
                    .into_owned(),
                1 => {
                    let json = mutate(random, &from_base64url(header), strange.as_bytes());
                    format!("{}..{signature}", base64url(json))
                }
                2 => format!(
                    "{header}..{}",
                    base64url(mutate(random, &from_base64url(signature), &[0, 1, 255]))
                ),
                // Other alphabets and padding.
                3 => format!("{}..{}", base64(from_base64url(header)), base64(from_base64url(signature))),
                // The header of one and the signature of the other.
                _ => format!("{header}..{}", strange.split_once("..").unwrap().1),
            }
        };
        let what = format!("round {round}");
        let altered = change(&mut random, &capture);
        if altered != capture {
            let response = with_jws(&sealed.response, &CAPTURE, &altered);
            assert!(!pair.judge(&response, &sealed.provenance, &what), "{what}");
        }
        let altered = change(&mut random, &persistence);
        if altered != persistence {
            let provenance = with_jws(&sealed.provenance, &PERSISTENCE, &altered);
            assert!(!pair.judge(&sealed.response, &provenance, &what), "{what}");
        }
    }
}

#[test]
fn no_mutant_of_a_certificate_or_list_is_taken_for_the_honest_one() {
    use seal::Signer as _;
    let pair = pair();
    let Pair { sealed, other } = &pair;
    let mut random = Random(4);
    let leaf = sealed.signer.chain().leaf_der().to_vec();
    let list = sealed.crls[1].der().to_vec();
    for round in 0..500 {
        let mutant = mutate(&mut random, &leaf, other.authority.root.certificate_der());
        if mutant != leaf {
            let mut header = common::header(&sealed.response, &CAPTURE);
            let x5c = header.as_object_mut().unwrap().get_mut("x5c").unwrap().as_array_mut().unwrap();
            x5c[0] = base64(&mutant).into();
            // Signed again, as whoever has the key can: only the certificate is wrong.
            let payload = common::capture_payload(&sealed.response);
            let forged = common::signed(&header.to_json(), &payload, &sealed.signer);
            let report =
                sealed.verify_with(&with_jws(&sealed.response, &CAPTURE, &forged), &[&sealed.provenance]);
            assert_eq!(report.exit_code(), 1, "round {round}: {:?}", report.verdicts);
        }
        let mutant = mutate(&mut random, &list, other.authority.root.certificate_der());
        if mutant != list
            && let Ok(read) = Crl::from_bytes(&mutant)
        {
            let lists = [sealed.crls[0].clone(), read];
            let trust = Trust::new(Some(&sealed.anchors), now()).with_crls(&lists);
            let report = verify_response(&sealed.response, std::slice::from_ref(&sealed.provenance), &trust);
            assert_ne!(report.exit_code(), 0, "round {round}: an altered list is believed");
        }
    }
}

#[test]
fn no_mutant_of_an_exported_record_is_valid() {
    let pair = pair();
    let (files, other) = (pair.sealed.exported(), pair.other.exported());
    assert_eq!(export::check(&files, Some(&pair.sealed.anchors), now()).exit_code(), 0);
    let mut random = Random(5);
    for round in 0..500 {
        let mut mutant = files.clone();
        let at = random.below(mutant.len());
        let from = random.below(other.len());
        match random.below(5) {
            0 => drop(mutant.remove(at)),
            1 => mutant[at].1.clone_from(&other[from].1),
            2 => mutant[at].0.clone_from(&other[from].0),
            _ => mutant[at].1 = mutate(&mut random, &files[at].1, &other[from].1),
        }
        if mutant != files {
            let report = export::check(&mutant, None, now());
            assert_eq!(
                report.exit_code(),
                1,
                "round {round}: {} was changed: {:?}",
                files[at].0,
                report.verdicts
            );
        }
    }
}
