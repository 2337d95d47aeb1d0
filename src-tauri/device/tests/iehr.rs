//! A study under the profile `iehr`, against a real practice server: each response with its own Provenance, Bundles signed
//! by organizations.

use crate::common;
use crate::common::site;

use common::PARTICIPANT;
use device::{Organization, Policy, ProvenanceProfile};
use fhir::{Value, Version};
use practice::seeds::ORGANIZATION_IDENTIFIER;
use seal::Crl;
use seal::profile::{IEHR, PART11};
use seal::verify::{Aspect, Trust, Verdict, verify_bundle};
use site::Site;

fn iehr() -> Policy {
    Policy {
        provenance_profile: ProvenanceProfile::Iehr,
        organization: Some(Organization {
            reference: "Organization/site-014".into(),
            identifier: ORGANIZATION_IDENTIFIER.into(),
            name: "Site 014".into(),
        }),
        server_organization: Some(ORGANIZATION_IDENTIFIER.into()),
        ..Policy::default()
    }
}

#[test]
fn under_iehr_a_response_has_its_own_provenance_and_what_leaves_is_signed_by_the_organization() {
    let site = Site::start(|_| iehr());
    let server = site.server.as_ref().unwrap();
    site.device
        .enrol_organization("setup", |request| {
            Ok(server.issue_certificate(request.der()).unwrap().into_bytes())
        })
        .unwrap();
    site.delivered();
    let searched = server.faults().requests().into_iter();
    let searched = searched.filter(|one| one.method == "GET" && one.path.contains("QuestionnaireResponse?"));
    assert!(searched.count() > 0, "a signed search was made and believed");
    let stored = |kind| practice::storage::read_all(site.server_data.path(), kind).unwrap();
    let [(_, 1, provenance)] = &stored("Provenance")[..] else { panic!("one version") };
    let provenance = Value::parse(provenance.as_bytes()).unwrap();
    assert_eq!(PART11.violations(&provenance, Version::R4), []);

    let path = site.device.export_subject(PARTICIPANT, &site.staff).unwrap();
    let bundle = Value::parse(&std::fs::read(path).unwrap()).unwrap();
    let lists = Crl::all_from_bytes(server.crl_pem().unwrap().as_bytes()).unwrap();
    let trust = Trust::new(Some(&site.anchors), jiff::Timestamp::now()).with_crls(&lists);
    let report = verify_bundle(&bundle, &trust).unwrap();
    assert!(report.refused.is_empty(), "{report:?}");
    assert_eq!(report.overall(), Verdict::Valid, "{report:?}");
    let transmission = report.reports[0].report.signatures.first().unwrap();
    assert_eq!(
        (transmission.kind, transmission.who.as_deref()),
        ("transmission", Some(ORGANIZATION_IDENTIFIER))
    );
    let signed = bundle.list("entry").iter().filter_map(|entry| entry.get("resource"));
    let signed: Vec<_> = signed.filter(|one| IEHR.violations(one, Version::R4).is_empty()).collect();
    assert_eq!(signed.len(), 1, "one Provenance-IEHR, about the Composition");
    let response = &report.reports[1].report;
    for aspect in Aspect::ALL {
        assert_eq!(response.verdict(aspect), Verdict::Valid, "{aspect:?}: {response:?}");
    }
}
