//! Where a form names value sets: `answerValueSet`, and the units of quantities.

use fhir::Value;

use crate::import::MAX_ITEM_DEPTH;

const UNITS: &str = "http://hl7.org/fhir/StructureDefinition/questionnaire-unitValueSet";
const PREFERRED: &str =
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-preferredTerminologyServer";

/// Told of a reference, its item's linkId, and the servers preferred there, innermost first.
type Visit<'q, 'f> = dyn FnMut(&'q str, &'q str, &[&'q str]) + 'f;

/// Goes through the references in document order, as far down as items are read at all.
pub(super) fn each<'q>(questionnaire: &'q Value, visit: &mut Visit<'q, '_>) {
    let mut servers = Vec::new();
    prefer(questionnaire, &mut servers);
    items(questionnaire, MAX_ITEM_DEPTH, &servers, visit);
}

fn items<'q>(parent: &'q Value, depth: usize, servers: &[&'q str], visit: &mut Visit<'q, '_>) {
    if depth == 0 {
        return;
    }
    for item in parent.list("item") {
        let mut preferred = Vec::new();
        prefer(item, &mut preferred);
        preferred.extend(servers);
        let link_id = item.str("linkId").unwrap_or_default();
        if let Some(reference) = item.str("answerValueSet") {
            visit(reference, link_id, &preferred);
        }
        for extension in item.list("extension").iter().filter(|one| one.str("url") == Some(UNITS)) {
            for name in ["valueCanonical", "valueUri"] {
                if let Some(reference) = extension.str(name) {
                    visit(reference, link_id, &preferred);
                }
            }
        }
        items(item, depth - 1, &preferred, visit);
    }
}

fn prefer<'q>(element: &'q Value, servers: &mut Vec<&'q str>) {
    let own = element.list("extension").iter().filter(|extension| extension.str("url") == Some(PREFERRED));
    servers
        .extend(own.filter_map(|extension| extension.str("valueUrl").or_else(|| extension.str("valueUri"))));
}

/// Writes other references, where each of `renamed` (before, after) stands.
pub(super) fn rename(parent: &mut Value, renamed: &[(String, String)]) {
    rename_items(parent, MAX_ITEM_DEPTH, renamed);
}

fn rename_items(parent: &mut Value, depth: usize, renamed: &[(String, String)]) {
    let items =
        parent.as_object_mut().and_then(|object| object.get_mut("item")).and_then(Value::as_array_mut);
    let Some(items) = items.filter(|_| depth > 0) else { return };
    for item in items {
        write(item, "answerValueSet", renamed);
        let extensions = item.as_object_mut().and_then(|object| object.get_mut("extension"));
        let extensions = extensions.and_then(Value::as_array_mut).into_iter().flatten();
        for extension in extensions.filter(|one| one.str("url") == Some(UNITS)) {
            write(extension, "valueCanonical", renamed);
            write(extension, "valueUri", renamed);
        }
        rename_items(item, depth - 1, renamed);
    }
}

fn write(element: &mut Value, name: &str, renamed: &[(String, String)]) {
    let after = element
        .str(name)
        .and_then(|reference| renamed.iter().find(|(before, _)| before == reference))
        .map(|(_, after)| after.as_str());
    if let (Some(after), Some(object)) = (after, element.as_object_mut()) {
        object.insert(name, after);
    }
}
