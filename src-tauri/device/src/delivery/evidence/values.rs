//! Level LT: what was gathered is added to a signature, or it is said why not.

use jiff::Timestamp;
use seal::jades::Augmented;
use seal::{Anchors, Crl, OcspResponse};

use super::Wanting;

/// Adds the revocation values. `away` is why an address gave no list: it is the reason only where something is missing
/// that a list could say; otherwise the refusal's own reason is.
pub(super) fn add_values(
    signature: &mut Augmented,
    anchors: &Anchors,
    lists: &[Crl],
    responses: &[OcspResponse],
    away: Option<&'static str>,
    at: Timestamp,
) -> Result<(), Wanting> {
    let Err(refusal) = signature.add_values(anchors, lists, responses, at) else { return Ok(()) };
    let missing =
        signature.without_value(anchors, lists, responses, at).is_ok_and(|missing| !missing.is_empty());
    Err(match away {
        Some(problem) if missing => Wanting::Problem(problem),
        _ => refusal.into(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use seal::Signer as _;
    use seal::issue::{Revoked, Validity, tsa};
    use seal::jades::Level;
    use seal::testing::{self, TestAuthority, days};
    use seal::time_stamp::TimeStampRequest;
    use seal::verify::{Trust, covered};

    use super::*;

    /// A response's signature at level T, its authority and the serial number of its certificate.
    fn stamped() -> (Augmented, TestAuthority, Vec<u8>) {
        let authority = TestAuthority::new(40);
        let signer = authority.signer(7, testing::DEVICE_IDENTIFIER);
        let (device, patient, at) = (testing::device(), testing::patient(), testing::signed_at());
        let response = testing::response();
        let response =
            seal::capture(&response, &testing::statement(), at, &device, &patient, &signer).unwrap();
        let (found, refused) = covered(&response, &[], &Trust::new(None, days(10)));
        assert_eq!((found.len(), refused.len()), (1, 0));
        let mut signature = found.into_iter().next().unwrap().signature;
        let valid = Validity { not_before: days(-30), not_after: days(365) };
        let key = testing::key(11);
        let stamps =
            tsa::Authority::new(&authority.intermediate, "CN=Test time stamps", key, [11; 16], valid)
                .unwrap();
        let request = TimeStampRequest::new(signature.imprint(), [5; 8]).unwrap();
        let token = request.read_answer(&stamps.respond(request.der(), at).unwrap()).unwrap();
        signature.add_time_stamp(&token).unwrap();
        let serial = signer.chain().serial().to_vec();
        (signature, authority, serial)
    }

    #[test]
    fn an_address_that_gave_no_list_is_the_reason_only_where_a_list_is_missing() {
        let (mut signature, authority, serial) = stamped();
        let (anchors, complete) = (authority.anchors(), authority.crls(&[]));
        let revoked = authority.crls(&[Revoked { serial, at: days(-1) }]);
        let mut problem =
            |lists: &[Crl], away| match add_values(&mut signature, &anchors, lists, &[], away, days(10)) {
                Err(Wanting::Problem(problem)) => Some(problem),
                Err(Wanting::Fatal(error)) => panic!("{error}"),
                Ok(()) => None,
            };
        for (lists, away, expected) in [
            (&revoked[..], Some("status"), "evidence-refused"),
            (&revoked[..], None, "evidence-refused"),
            (&complete[..1], Some("status"), "status"),
            (&complete[..1], None, "evidence-refused"),
            (&[], Some("refused"), "refused"),
        ] {
            assert_eq!(problem(lists, away), Some(expected), "{} lists, {away:?}", lists.len());
        }
        // What is complete without it needs no such address.
        assert_eq!(problem(&complete, Some("status")), None);
        assert_eq!(signature.level(), Level::Lt);
    }
}
