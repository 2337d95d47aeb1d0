//! What the server answers to a search, held against its signatures where the study demands that (`verifyBundles`).

use std::sync::Arc;

use client::{Receipt, Received, Refused};
use fhir::Value;
use seal::Anchors;
use seal::iehr::{PROVENANCE_EXTENSION, remove_provenance_extension};
use seal::verify::{Aspect, BundleReport, Refusal, Report, Trust, Verdict, verify_bundle, verify_response};

use crate::store::{Store, certificate, outbox};
use crate::{Clock, Configuration, Error};

/// Lets through what is proven to be its signer's, under the configured anchors, and refuses every other match: a parent
/// signed for transmission by the custodian that its certificate names, a response by its own signatures, and a
/// Provenance by its own over a response of this device. What is let through is given on as it was before it was signed.
pub struct SignedBundles {
    store: Arc<Store>,
    anchors: Anchors,
    clock: Clock,
    organization: Option<String>,
}

impl SignedBundles {
    /// With the study's trust anchors (PEM), and the revocation lists that `store` keeps.
    ///
    /// # Errors
    /// [`Error::Seal`] when the anchors cannot be read.
    pub fn new(store: Arc<Store>, trust_anchors: &str, clock: Clock) -> Result<Self, Error> {
        Ok(Self { store, anchors: Anchors::from_pem(trust_anchors.as_bytes())?, clock, organization: None })
    }

    /// What a study asks for; `None` when it does not ask for signatures.
    ///
    /// # Errors
    /// As [`SignedBundles::new`].
    pub fn of(
        configuration: &Configuration,
        store: &Arc<Store>,
        clock: Clock,
    ) -> Result<Option<Self>, Error> {
        let policy = &configuration.policy;
        if !policy.verifies_bundles() {
            return Ok(None);
        }
        let receipt = Self::new(Arc::clone(store), &configuration.trust_anchors, clock)?;
        Ok(Some(receipt.by(policy.server_organization.clone())))
    }

    /// Only what this organization has signed, by the identifier in its certificate; `None` for any custodian.
    #[must_use]
    pub fn by(self, organization: Option<String>) -> Self {
        Self { organization, ..self }
    }

    /// What speaks against a proven signature for transmission: that another organization made it. Its certificate names the
    /// custodian, or it would not be proven.
    fn other_organization(&self, report: &Report) -> Option<Objection> {
        let asked = self.organization.as_deref()?;
        let mut signers = report.signatures.iter().map(|signature| signature.who.as_deref());
        if signers.len() > 0 && signers.all(|who| who == Some(asked)) {
            return None;
        }
        let reason = format!("it is signed by another organization than {asked}");
        Some(("other-organization", reason))
    }

    fn judge(&self, bundle: &Value) -> Result<Judged, Error> {
        let lists = self.store.read(certificate::crls)?;
        let trust = Trust::new(Some(&self.anchors), (self.clock)().timestamp()).with_crls(&lists);
        let report = verify_bundle(bundle, &trust)?;
        let entries = bundle.list("entry");
        let named = named(&report, entries);
        let mut judged = Judged { kept: Vec::new(), refused: report.refused.iter().map(refused).collect() };
        for one in &report.kept {
            let entry = entries.get(one.entry).unwrap_or(&Value::Null);
            let resource = entry.get("resource").unwrap_or(&Value::Null);
            let objection = if one.covered || one.sealed {
                // Each of a name that two entries have: one of them alone may be what it seems.
                let mut own = report.reports.iter().filter(|own| own.reference == one.reference);
                own.find_map(|own| {
                    let other = || self.other_organization(&own.report).filter(|_| one.covered);
                    unproven(&own.report, one.covered).or_else(other)
                })
            } else if !is_match(entry) || names(&named, entry, resource) {
                None
            } else if resource.resource_type() == Some("Provenance") {
                self.provenance(resource, &trust)?
            } else {
                Some(("not-covered", "no signature covers it".to_owned()))
            };
            match objection {
                None => judged.kept.push((one.entry, one.covered)),
                Some((code, reason)) => {
                    judged.refused.push((one.entry, one.reference.clone(), code, reason));
                }
            }
        }
        judged.refused.sort_by_key(|one| one.0);
        Ok(judged)
    }

    /// What speaks against a Provenance that no signature for transmission covers: its own signature must hold for the
    /// response as this device knows it.
    fn provenance(&self, provenance: &Value, trust: &Trust<'_>) -> Result<Option<Objection>, Error> {
        let about = provenance.list("target").iter().filter_map(|target| target.str("reference"));
        let ids = about.filter_map(|reference| {
            let (_, after) = reference.rsplit_once("QuestionnaireResponse/")?;
            after.split('/').next()
        });
        for id in ids {
            let Some(item) = self.store.read(|connection| outbox::by_server_id(connection, id))? else {
                continue;
            };
            let response = item.evidence().0;
            let response = Value::parse(response).map_err(|_| Error::Unreadable("resource"))?;
            let report = verify_response(&response, std::slice::from_ref(provenance), trust);
            return Ok(unproven(&report, true));
        }
        Ok(Some((
            "not-covered",
            "no signature covers it, and it is about no response of this device".to_owned(),
        )))
    }
}

/// Code and reason of a refusal.
type Objection = (&'static str, String);

/// Which entries may be used, each with whether a signature for transmission covers it, and which may not.
struct Judged {
    kept: Vec<(usize, bool)>,
    refused: Vec<(usize, String, &'static str, String)>,
}

fn refused(one: &Refusal) -> (usize, String, &'static str, String) {
    (one.entry, one.reference.clone(), one.code, one.reason.clone())
}

/// What keeps a report from proving content and signer. What a signature is made for must be signed too, except of a
/// response: nothing links it before its Provenance is made.
fn unproven(report: &Report, linked: bool) -> Option<Objection> {
    let asked = [Aspect::Signature, Aspect::Identity, Aspect::Linkage];
    let mut asked = asked.into_iter().filter(|&aspect| linked || aspect != Aspect::Linkage);
    asked.find_map(|aspect| {
        let one = report.verdicts.iter().find(|one| one.name == aspect)?;
        (one.verdict != Verdict::Valid).then(|| (one.code, one.reason.clone()))
    })
}

/// The Provenances that the covered resources name, which did their work when those were verified.
fn named<'b>(report: &BundleReport, entries: &'b [Value]) -> Vec<&'b str> {
    let covered = report.kept.iter().filter(|one| one.covered);
    let resources = covered.filter_map(|one| entries.get(one.entry)?.get("resource"));
    let extensions = resources.flat_map(|resource| resource.list("extension"));
    let extensions = extensions.filter(|one| one.str("url") == Some(PROVENANCE_EXTENSION));
    extensions.filter_map(|one| one.get("valueReference")?.str("reference")).collect()
}

fn names(named: &[&str], entry: &Value, resource: &Value) -> bool {
    let own = resource.resource_type().zip(resource.str("id")).map(|(kind, id)| format!("{kind}/{id}"));
    let is = |one: &&str| entry.str("fullUrl") == Some(*one) || own.as_deref() == Some(*one);
    resource.resource_type() == Some("Provenance") && named.iter().any(is)
}

/// As `client` reads it: what is only included is never taken for what was asked.
fn is_match(entry: &Value) -> bool {
    let mode = entry.get("search").and_then(|search| search.get("mode"));
    mode.is_none_or(|mode| mode.as_str().is_none_or(|mode| mode == "match"))
}

impl Receipt for SignedBundles {
    fn receive(&self, bundle: &Value) -> Result<Received, String> {
        let judged = self.judge(bundle).map_err(|error| error.to_string())?;
        let entries = bundle.list("entry");
        let kept = judged.kept.iter().filter_map(|&(index, covered)| {
            let mut entry = entries.get(index)?.clone();
            if covered
                && let Some(resource) = entry.as_object_mut().and_then(|entry| entry.get_mut("resource"))
            {
                remove_provenance_extension(resource);
            }
            Some(entry)
        });
        let mut outcome = bundle.clone();
        if let Some(members) = outcome.as_object_mut()
            && members.get("entry").is_some()
        {
            members.insert("entry", kept.collect::<Vec<_>>());
        }
        let refused = judged.refused.into_iter().map(|(index, reference, code, reason)| {
            let resource = entries.get(index).and_then(|entry| entry.get("resource"));
            Refused { resource: resource.cloned().unwrap_or(Value::Null), reference, code, reason }
        });
        Ok(Received { bundle: outcome, refused: refused.collect() })
    }
}

impl std::fmt::Debug for SignedBundles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedBundles").finish_non_exhaustive()
    }
}
