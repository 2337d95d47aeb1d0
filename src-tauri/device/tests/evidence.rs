//! Evidence for proven records: from the practice server's time stamps and OCSP to an export that proves itself offline;
//! sources that are away, and sources that lie.

use crate::common;
use crate::common::site;

use std::sync::Arc;
use std::time::Duration;

use common::delivery::wait_for;
use device::Policy;
use device::store::certificate;
use device::store::evidence::{self, Level};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use practice::testing::answering;
use seal::issue::{Authority, Validity, tsa};
use seal::time_stamp::TimeStampRequest;
use seal::verify::{Aspect, Report, Verdict};
use seal::{Crl, OcspResponse};
use site::{Away, Site, altered, asked_of, everything, frozen_again, imprint, loopback};

/// A site whose time stamp authority is away: where it will come back, and the address that it really has.
fn without_authority() -> (Site, Away, String) {
    let away = Away::new();
    let mut practice = String::new();
    let site = Site::start(|root| {
        practice = format!("{root}/tsa");
        Policy { time_stamp_authority: Some(format!("http://{}/", away.address())), ..everything(root) }
    });
    (site, away, practice)
}

fn levels(report: &Report) -> Vec<(&str, Option<&str>)> {
    report.signatures.iter().map(|signature| (signature.kind, signature.level)).collect()
}

#[test]
fn an_export_proves_its_signatures_at_level_lt_offline() {
    let mut site = Site::start(everything);
    site.delivered();
    let kept = site.evidence_at(Level::Lt);
    assert_eq!((kept.failures, kept.problem), (0, None));
    site.assert_nothing_was_changed();
    let (files, report) = site.exported();
    assert_eq!(
        levels(&report),
        [("capture", Some("LT")), ("persistence", Some("LT")), ("manifest", Some("B"))]
    );
    assert_eq!(report.exit_code(), 0, "{:#?}", report.verdicts);
    // What was sealed needs nothing but its own evidence; the lists are for the export's own signature.
    let without: Vec<_> = files.into_iter().filter(|(name, _)| !name.starts_with("crl/")).collect();
    let report = seal::export::check(&without, Some(&site.anchors), Timestamp::now());
    for signature in &report.signatures[..2] {
        let revocation =
            signature.verdicts.iter().find(|finding| finding.name == Aspect::Revocation).unwrap();
        assert_eq!(revocation.verdict, Verdict::Valid, "{}", revocation.reason);
    }
}

#[test]
fn ocsp_alone_makes_level_lt_and_lists_alone_too() {
    for (ocsp, lists) in [(true, false), (false, true)] {
        let mut site = Site::start(|root| {
            let mut policy = everything(root);
            policy.ocsp_responder = policy.ocsp_responder.filter(|_| ocsp);
            policy.revocation_lists.retain(|_| lists);
            policy
        });
        site.evidence_at(Level::Lt);
        let (_, report) = site.exported();
        assert_eq!(levels(&report)[..2], [("capture", Some("LT")), ("persistence", Some("LT"))]);
        assert_eq!(report.exit_code(), if lists { 0 } else { 3 }, "{:#?}", report.verdicts);
    }
}

#[test]
fn without_a_time_stamp_authority_nothing_is_gathered() {
    let mut site = Site::start(|_| Policy::default());
    site.delivered();
    std::thread::sleep(Duration::from_millis(200));
    let kept = site.evidence().expect("a proven record has a row for it");
    assert_eq!((kept.level, kept.document, kept.failures, kept.problem), (Level::B, None, 0, None));
    let (files, report) = site.exported();
    assert!(files.iter().all(|(name, _)| name != seal::export::EVIDENCE));
    assert!(levels(&report).iter().all(|(_, level)| *level == Some("B")));
}

#[test]
fn an_authority_that_is_away_harms_no_delivery_and_is_asked_again() {
    let (mut site, away, practice) = without_authority();
    site.delivered();
    assert_eq!(site.problem(Level::B), "refused");
    assert_eq!(site.worker.standing().problem, None, "delivery knows nothing of it");
    site.assert_nothing_was_changed();
    answering(away.come_back(), "application/timestamp-reply", move |request| asked_of(&practice, request));
    site.worker.send_now().unwrap();
    site.evidence_at(Level::Lt);
    assert_eq!(site.exported().1.exit_code(), 0);
}

#[test]
fn time_stamps_without_revocation_values_are_level_t() {
    let mut site =
        Site::start(|root| Policy { time_stamp_authority: Some(format!("{root}/tsa")), ..Policy::default() });
    assert_eq!(site.problem(Level::T), "evidence-refused");
    let (_, report) = site.exported();
    assert_eq!(levels(&report)[..2], [("capture", Some("T")), ("persistence", Some("T"))], "{report:#?}");
    assert_eq!(report.verdict(Aspect::Time), Verdict::Valid, "{:#?}", report.verdicts);
}

/// A time stamp authority that nobody trusts.
fn stranger() -> tsa::Authority {
    let (root, validity) = stranger_root();
    let key = p256::ecdsa::SigningKey::from_slice(&[2; 32]).unwrap();
    tsa::Authority::new(&root, "CN=Attesta practice time stamps", key, [2; 16], validity).unwrap()
}

/// An authority with a name like that of the practice server's.
fn stranger_root() -> (Authority, Validity) {
    let now = Timestamp::now();
    let day = SignedDuration::from_hours(24);
    let validity = Validity { not_before: now - day, not_after: now + day };
    let key = p256::ecdsa::SigningKey::from_slice(&[1; 32]).unwrap();
    let root = Authority::new("CN=Attesta practice root", key, [1; 16], validity).unwrap();
    (root, validity)
}

#[test]
fn a_time_stamp_authority_that_lies_is_refused() {
    type Lie = fn(&str, &[u8]) -> Vec<u8>;
    let lies: [(&str, &str, Lie); 4] = [
        ("another nonce", "time-stamp-refused", |practice, request| {
            asked_of(practice, TimeStampRequest::new(imprint(request), [9; 8]).unwrap().der())
        }),
        ("another content", "time-stamp-refused", |practice, _| {
            asked_of(practice, TimeStampRequest::new([9; 32], [9; 8]).unwrap().der())
        }),
        ("altered", "time-stamp-refused", |practice, request| altered(asked_of(practice, request))),
        ("another authority", "time-stamp-untrusted", |_, request| {
            stranger().respond(request, Timestamp::now()).unwrap()
        }),
    ];
    for (what, expected, lie) in lies {
        let site = Site::start(|root| {
            let practice = format!("{root}/tsa");
            let liar =
                answering(loopback(), "application/timestamp-reply", move |request| lie(&practice, request));
            Policy { time_stamp_authority: Some(liar), ..everything(root) }
        });
        site.delivered();
        assert_eq!(site.problem(Level::B), expected, "{what}");
        site.assert_nothing_was_changed();
    }
}

#[test]
fn a_responder_that_lies_is_refused() {
    type Lie = fn(&str, &[u8]) -> Vec<u8>;
    let lies: [(&str, &str, Lie); 4] = [
        ("another nonce", "ocsp-nonce", |practice, request| {
            // The request's own ends with the nonce, which is its last octets.
            asked_of(practice, &altered(request.to_vec()))
        }),
        ("altered", "ocsp-signature", |practice, request| altered(asked_of(practice, request))),
        ("another certificate", "ocsp-other-certificate", |practice, request| {
            // id-pkix-ocsp-nonce (RFC 9654): six octets of tags and lengths stand before it, then the serial number's last.
            // A single octet is not looked for: the nonce is random, and may contain it.
            const NONCE: [u8; 11] = [6, 9, 0x2b, 6, 1, 5, 5, 7, 0x30, 1, 2];
            let mut other = request.to_vec();
            let at = other.windows(11).position(|window| window == NONCE).unwrap() - 7;
            assert_eq!(other[at + 1], 0xa2, "requestExtensions");
            other[at] ^= 1;
            asked_of(practice, &other)
        }),
        ("no answer", "ocsp-no-answer", |_, _| vec![0x30, 3, 10, 1, 3]),
    ];
    for (what, expected, lie) in lies {
        let site = Site::start(|root| {
            let practice = format!("{root}/ocsp");
            let liar =
                answering(loopback(), "application/ocsp-response", move |request| lie(&practice, request));
            Policy { ocsp_responder: Some(liar), revocation_lists: Vec::new(), ..everything(root) }
        });
        site.delivered();
        assert_eq!(site.problem(Level::T), expected, "{what}");
        site.assert_nothing_was_changed();
    }
    assert!(OcspResponse::from_der(&[0x30, 3, 10, 1, 3]).is_err());
}

#[test]
fn what_was_kept_is_never_taken_away() {
    let site = Site::start(everything);
    site.evidence_at(Level::Lt);
    for change in [
        "DELETE FROM evidence",
        "UPDATE evidence SET level = 'T'",
        "UPDATE evidence SET document = NULL",
        "UPDATE evidence SET document = x'00'",
    ] {
        let refused = site.device.store().write(move |tx| Ok(tx.execute(change, [])?));
        assert!(refused.is_err(), "{change}");
    }
}

#[test]
fn a_trusted_time_stamp_of_another_time_than_the_devices_is_refused() {
    let ahead: device::Clock = Arc::new(|| jiff::Zoned::now() + 1.hour());
    let site = Site::start_at(ahead, everything);
    site.delivered();
    assert_eq!(site.problem(Level::B), "time-stamp-clock");
    site.assert_nothing_was_changed();
}

#[test]
fn one_record_that_cannot_be_read_keeps_no_other_from_its_evidence() {
    let (mut site, away, practice) = without_authority();
    site.delivered();
    site.problem(Level::B);
    let damaged = site.record.clone();
    let of_damaged = |site: &Site| {
        let kept = site.device.store().read(|connection| evidence::of_record(connection, &damaged)).unwrap();
        kept.filter(|kept| kept.problem.as_deref() == Some("record-unreadable"))
    };
    wait_for("the problem of the damaged one", || {
        // A round that has read the record already keeps it as it was: then once more.
        let damage = "UPDATE evidence SET document = x'00'";
        site.device.store().write(move |tx| Ok(tx.execute(damage, [])?)).unwrap();
        of_damaged(&site)
    });
    site.record = frozen_again(&site.device, &site.staff);
    answering(away.come_back(), "application/timestamp-reply", move |request| asked_of(&practice, request));
    site.worker.send_now().unwrap();
    site.evidence_at(Level::Lt);
    let kept = of_damaged(&site).expect("it stays unreadable");
    assert_eq!((kept.level, kept.document.as_deref()), (Level::B, Some(&[0][..])), "nothing was changed");
}

#[test]
fn a_list_that_is_not_there_keeps_nobody_from_the_next_or_from_the_responder() {
    for ocsp in [true, false] {
        let site = Site::start(|root| {
            let mut policy = everything(root);
            policy.revocation_lists.insert(0, "http://127.0.0.1:9/away.crl".to_owned());
            policy.revocation_lists.truncate(if ocsp { 1 } else { 2 });
            policy.ocsp_responder = policy.ocsp_responder.filter(|_| ocsp);
            policy
        });
        site.evidence_at(Level::Lt);
    }
    let site = Site::start(|root| Policy {
        ocsp_responder: None,
        revocation_lists: vec!["http://127.0.0.1:9/away.crl".to_owned()],
        ..everything(root)
    });
    assert_eq!(site.problem(Level::T), "refused", "the list is what is missing");
}

#[test]
fn of_published_lists_only_those_of_issuers_on_the_path_are_kept() {
    let mut site = Site::start(|root| {
        let (stranger, _) = stranger_root();
        let now = Timestamp::now();
        // Later than every true one.
        let (from, until) = (now + SignedDuration::from_mins(1), now + SignedDuration::from_hours(24));
        let forged = stranger.crl(&[], from, until, 1 << 60).unwrap();
        let practice = format!("{root}/practice/ca/crl");
        let lists = answering(loopback(), "application/pkix-crl", move |_| {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            let mut lists =
                runtime.block_on(client::evidence::Fetcher::new().unwrap().crl(&practice)).unwrap();
            lists.extend(forged.to_pem().bytes());
            lists
        });
        Policy { ocsp_responder: None, revocation_lists: vec![lists], ..everything(root) }
    });
    site.evidence_at(Level::Lt);
    let kept = site.device.store().read(certificate::revocation_lists).unwrap();
    let kept: Vec<Crl> = kept.iter().map(|der| Crl::from_bytes(der).unwrap()).collect();
    assert_eq!(kept.len(), 2);
    let anchors = site.anchors.clone();
    let chains = site.device.store().read(certificate::chains).unwrap();
    assert!(kept.iter().all(|list| list.is_by_authority_of(&chains, &anchors)));
    assert_eq!(site.exported().1.exit_code(), 0);
}
