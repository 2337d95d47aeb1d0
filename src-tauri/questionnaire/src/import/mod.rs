//! From a FHIR R4 Questionnaire to a form that can be filled in, or to a report that names every reason why not.

mod enable;
mod extension;
mod item;
mod question;
mod read;
mod root;

use std::sync::Arc;

use fhir::Value;

use crate::{
    ImportReport, Problem, Questionnaire, Reason,
    form::{self, Form},
    language,
};
use read::{At, Findings};

/// The largest document that [`import_bytes`] reads.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;

/// How deeply items may be nested. Real forms stay far below.
pub const MAX_ITEM_DEPTH: usize = 16;

/// Imports a Questionnaire from JSON.
///
/// # Errors
/// As [`import`], and when the document is larger than [`MAX_BYTES`] or not JSON.
pub fn import_bytes(document: &[u8]) -> Result<Questionnaire, ImportReport> {
    if document.len() > MAX_BYTES {
        let message = format!(
            "the document has {} bytes, and at most {MAX_BYTES} are read; remove contained resources and pictures",
            document.len()
        );
        return Err(whole(Reason::TooLarge, message));
    }
    let resource = Value::parse(document)
        .map_err(|error| whole(Reason::NotJson, format!("the document is not strict JSON: {error}")))?;
    import(&resource)
}

/// Imports a Questionnaire (FHIR R4).
///
/// # Errors
/// A report with everything that keeps the form from being used: nothing unsupported is left for the patient to meet.
pub fn import(resource: &Value) -> Result<Questionnaire, ImportReport> {
    let Some(object) = resource.as_object().filter(|_| resource.resource_type() == Some("Questionnaire"))
    else {
        let message = "this is not a FHIR Questionnaire; its resourceType must be Questionnaire";
        return Err(whole(Reason::NotAQuestionnaire, message.to_owned()));
    };
    let mut findings = Findings::default();
    let root = root::read(&mut findings, object);
    let mut tree = item::read(&mut findings, object);
    enable::resolve(&mut findings, &mut tree);
    item::check_tree(&mut findings, &tree);
    let graph = enable::graph(&mut findings, &tree);
    let languages = languages(&mut findings, &tree);
    let (Some(root), Some(graph), true) = (root, graph, findings.problems.is_empty()) else {
        return Err(ImportReport { problems: findings.problems });
    };
    let form = Form {
        id: root.id,
        url: root.url,
        version: root.version,
        title: root.title,
        copyright: root.copyright,
        languages,
        sha256: form::sha256(resource),
        items: tree.items,
        by_key: tree.by_key,
        order: graph.order,
        rank: graph.rank,
        dependents: graph.dependents,
        notices: findings.notices,
    };
    Ok(Questionnaire { form: Arc::new(form) })
}

/// The languages in which everything shown is there. Each gap of another language is a notice: a form is never shown
/// in two languages at once.
fn languages(findings: &mut Findings, tree: &item::Tree) -> Vec<String> {
    let mut languages = vec![findings.language.clone()];
    let booleans: Vec<usize> = tree.shown_booleans().collect();
    if let Some(&first) = booleans.first()
        && !findings.language.is_empty()
        && language::yes_no(&findings.language).is_none()
    {
        let message = format!(
            "the words for yes and no are not known in {}; ask with a choice of two options instead",
            findings.language
        );
        findings.refuse(&tree.places[first].child("type"), Reason::Language, message);
    }
    for tag in findings.translated.clone() {
        let mut gaps: Vec<At> = findings
            .shown
            .iter()
            .filter(|shown| !shown.languages.iter().any(|known| known.eq_ignore_ascii_case(&tag)))
            .map(|shown| shown.at.clone())
            .collect();
        if language::yes_no(&tag).is_none() {
            gaps.extend(booleans.iter().map(|&index| tree.places[index].child("type")));
        }
        if gaps.is_empty() {
            languages.push(tag);
            continue;
        }
        for gap in gaps {
            let message =
                format!("{tag} is not offered, because this is not translated into it; add the translation");
            findings.notice(&gap, Reason::Language, message);
        }
    }
    languages
}

/// A report about the document as a whole.
fn whole(reason: Reason, message: String) -> ImportReport {
    let path = "Questionnaire".to_owned();
    ImportReport { problems: vec![Problem { link_id: None, path, reason, message }] }
}
