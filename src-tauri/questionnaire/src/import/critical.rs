//! `rendering-criticalExtension`: the extensions without which a form says that it cannot be understood.

use fhir::Value;

use super::{
    extension,
    read::{At, Findings},
};
use crate::{Problem, Reason, Supported, report::Quoted};

/// What the form says that it cannot be understood without. Whether it is honoured wherever it stands is known only at the
/// end: [`check`].
pub(super) fn read(findings: &mut Findings, at: &At, found: &Value) {
    let written = ["valueCanonical", "valueUri", "valueUrl"].into_iter().find_map(|name| found.str(name));
    let named = written.and_then(|canonical| canonical.split('|').next()).unwrap_or_default();
    if !extension::is_honoured(named) {
        let message = format!(
            "the form says that it cannot be understood without the extension {}, which is not supported; say it in \
             another way, or wait for a version that supports it",
            Quoted(named)
        );
        findings.refuse(at, Reason::Extension, message);
        return;
    }
    findings.support(at);
    findings.critical.push((at.clone(), named.to_owned()));
}

/// Refuses what the form cannot be understood without and is not honoured in some place.
pub(super) fn check(findings: &mut Findings) {
    for (at, named) in std::mem::take(&mut findings.critical) {
        let is_it =
            |notice: &&Problem| notice.reason.is_left_out() && notice.extension.as_deref() == Some(&*named);
        let not_honoured = findings.notices.iter().find(is_it).map(|notice| notice.path.clone());
        let withdrawn = || {
            let is_it = |one: &&Supported| one.extension == named && findings.withdrawn.contains(&one.path);
            findings.supported.iter().find(is_it).map(|one| one.path.clone())
        };
        let Some(where_not) = not_honoured.or_else(withdrawn) else { continue };
        let message = format!(
            "the form says that it cannot be understood without the extension {}, and it is not honoured at \
             {where_not}; correct it there, or say it in another way",
            Quoted(&named)
        );
        findings.refuse(&at, Reason::Extension, message);
    }
}
