//! From a FHIR Questionnaire (R4, R4B, R5) to a form that can be filled in, or to a report that names every reason why not.

mod adaptive;
mod at;
mod begun;
mod category;
mod circles;
mod code_system;
mod concepts;
mod contained;
mod controls;
mod critical;
mod document;
mod enable;
#[cfg(test)]
mod exclusive;
mod extension;
mod formatted;
mod item;
mod layout;
mod limits;
mod links;
mod markup;
mod media;
mod options;
mod placing;
mod quantity;
mod question;
mod read;
mod root;
mod rules;
mod running;
mod scale;
mod scopes;
mod shown;
mod types;
mod unused;
mod value_set;
mod weight;

use std::sync::Arc;

use fhir::Value;

use crate::{
    ImportReport, Problem, Questionnaire, Reason,
    adaptive::Adaptive,
    form::{self, Form},
    language,
};
pub use document::read_document;
pub(crate) use media::ELEMENTS as ATTACHMENT_ELEMENTS;
pub(crate) use options::key as option_key;
pub(crate) use quantity::computed as computed_quantity;
use read::{At, Findings};
pub use root::{allow_mixed_languages, language_taken};
use value_set::Terminology;
pub(crate) use value_set::bundled;

/// The largest document that [`import_bytes`] reads.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;

/// How deeply items may be nested. Real forms stay far below.
pub const MAX_ITEM_DEPTH: usize = 16;

/// What the study adds to a Questionnaire when it is imported. Nothing by default.
#[derive(Debug, Clone, Copy, Default)]
pub struct ImportOptions<'a> {
    /// The language (BCP 47) of forms that name none. Without it such forms are refused: the language is part of what
    /// is signed.
    pub language: Option<&'a str>,
    /// Value sets, expanded or enumerated, and code systems, beside those that the form contains.
    pub resources: &'a [Value],
}

/// Imports a Questionnaire from JSON or XML, with nothing added.
///
/// # Errors
/// As [`import`] and [`read_document`].
pub fn import_bytes(document: &[u8]) -> Result<Questionnaire, ImportReport> {
    import_bytes_with(document, &ImportOptions::default())
}

/// Imports a Questionnaire from JSON or XML.
///
/// # Errors
/// As [`import`] and [`read_document`].
pub fn import_bytes_with(
    document: &[u8],
    options: &ImportOptions<'_>,
) -> Result<Questionnaire, ImportReport> {
    let resource = read_document(document)?;
    compile(Given::Shared(&Arc::new(resource)), options, None)
}

/// Imports a Questionnaire (FHIR R4, R4B or R5), with nothing added.
///
/// # Errors
/// As [`import_with`].
pub fn import(resource: &Value) -> Result<Questionnaire, ImportReport> {
    import_with(resource, &ImportOptions::default())
}

/// Imports a Questionnaire (FHIR R4, R4B or R5).
///
/// # Errors
/// A report with everything that keeps the form from being used: nothing unsupported is left for the patient to meet.
pub fn import_with(resource: &Value, options: &ImportOptions<'_>) -> Result<Questionnaire, ImportReport> {
    compile(Given::Borrowed(resource), options, None)
}

/// Imports an adaptive form that has grown. It stays the form that it was: it keeps its name and its hash.
///
/// # Errors
/// As [`import_with`].
pub(crate) fn import_grown(
    resource: Value,
    language: Option<&str>,
    grown: Adaptive,
    published: &Form,
) -> Result<Questionnaire, ImportReport> {
    let resources = grown.resources.clone();
    let options = ImportOptions { language, resources: &resources };
    compile(Given::Shared(&Arc::new(resource)), &options, Some((grown, published)))
}

/// A resource to import. Expressions read it as long as the form lives: who has it for that form alone shares it.
#[derive(Clone, Copy)]
enum Given<'v> {
    Borrowed(&'v Value),
    Shared(&'v Arc<Value>),
}

impl<'v> Given<'v> {
    fn value(self) -> &'v Value {
        match self {
            Self::Borrowed(value) => value,
            Self::Shared(value) => value,
        }
    }

    fn shared(self) -> Arc<Value> {
        match self {
            Self::Borrowed(value) => Arc::new(value.clone()),
            Self::Shared(value) => value.clone(),
        }
    }
}

fn compile(
    given: Given<'_>,
    options: &ImportOptions<'_>,
    grown: Option<(Adaptive, &Form)>,
) -> Result<Questionnaire, ImportReport> {
    let resource = given.value();
    let Some(object) = resource.as_object().filter(|_| resource.resource_type() == Some("Questionnaire"))
    else {
        let message = "this is not a FHIR Questionnaire; its resourceType must be Questionnaire";
        return Err(whole(Reason::NotAQuestionnaire, message.to_owned()));
    };
    let mut findings = Findings { media: media::Media::of(object), ..Findings::default() };
    let digest = form::digest(resource);
    let root = root::read(&mut findings, object, options, &digest);
    let addresses = adaptive::read(&mut findings, object);
    let is_grown = grown.is_some();
    // What an adaptive form lists itself is not asked; its server says what is.
    let published = addresses.filter(|_| !is_grown).map(|to| Adaptive::new(to, resource, options.resources));
    let given = published.as_ref().map_or(given, |adaptive| Given::Shared(&adaptive.base));
    let object = given.value().as_object().unwrap_or(object);
    let is_adaptive = is_grown || published.is_some();
    let terminology = Terminology::of(object, options.resources);
    let mut tree = item::read(&mut findings, object, &terminology);
    let scopes = scopes::assign(&mut tree.items);
    scopes::check_size(&mut findings, &tree, &scopes);
    enable::resolve(&mut findings, &mut tree);
    let mut rules = rules::read(&mut findings, &tree, object, || given.shared());
    item::complete(&mut tree, &rules);
    item::check_tree(&mut findings, &tree, &rules, is_adaptive);
    layout::arrange(&mut findings, &mut tree, &rules);
    let graph = enable::graph(&mut findings, &tree, &mut rules);
    check_cost(&mut findings, &tree, &rules);
    critical::check(&mut findings);
    computed_texts(&mut findings, &tree, &rules);
    let Languages { offered, mixed, partial } = languages(&mut findings, &tree, is_adaptive);
    findings.settle();
    let (Some(root), Some(graph), true) = (root, graph, findings.problems.is_empty()) else {
        let Findings { problems, notices, supported, .. } = findings;
        return Err(ImportReport { problems, notices, supported });
    };
    let (running, places) = (running::outermost(&tree.items), tree.places);
    let mut form = Form {
        id: root.id,
        url: root.url,
        version: root.version,
        title: root.title,
        copyright: root.copyright,
        languages: offered,
        mixed,
        partial,
        sha256: form::base64url(&digest),
        brackets: scopes::brackets(&tree.items),
        items: tree.items,
        running,
        by_key: tree.by_key,
        scopes,
        order: graph.order,
        rank: graph.rank,
        dependents: graph.dependents,
        rules,
        media: findings.media.library,
        notices: findings.notices,
        supported: findings.supported,
        adaptive: published,
    };
    if let Some((grown, published)) = grown {
        form.become_grown(grown, published);
    }
    let form = Questionnaire { form: Arc::new(form) };
    if !is_grown {
        begun::check(&form, &places)?;
    }
    Ok(form)
}

/// Expressions that may read any answer, times items: each is evaluated on all of the response, twice after each answer.
const MAX_OPEN_READS: usize = 1_000_000;

/// Refuses a form whose expressions cannot be bounded by what they name, and are too many for its size.
fn check_cost(findings: &mut Findings, tree: &item::Tree, rules: &form::Rules) {
    // What only warns is looked at for each screen.
    let warns = |own: &form::ItemRules| {
        own.constraints.iter().filter(|one| one.warns && one.rule.reads.everything).count()
    };
    let warning = rules.items.iter().filter(|(_, own)| warns(own) > 0).map(|(&item, _)| item).min();
    let warnings: usize = rules.items.values().map(|own| warns(own)).sum();
    let (open, items) = (rules.late.len() + warnings, tree.items.len());
    if let Some(first) = rules.late.first().copied().or(warning)
        && open.saturating_mul(items) > MAX_OPEN_READS
    {
        let message = format!(
            "{open} items have expressions that may read any of the {items} items, which would take too long after \
             each answer; name the items that they read: where(linkId = '…'), or where(linkId.startsWith('…')) for few \
             of them"
        );
        findings.refuse(&tree.places[first], Reason::Expression, message);
    }
}

/// Says why a form cannot offer a value set with what it contains and what is `given`; `None` when it can.
pub(crate) fn why_not_offered<'v>(
    questionnaire: &'v fhir::Object,
    given: &'v [Value],
) -> impl Fn(&str) -> Option<String> + 'v {
    let terminology = Terminology::of(questionnaire, given);
    move |reference| terminology.offered(reference).err()
}

/// How many concepts the value set at `url` offers by itself, or why that is not known.
pub(crate) fn concepts_of(value_set: &Value, url: &str) -> Result<usize, String> {
    let nothing = fhir::Object::new();
    let terminology = Terminology::of(&nothing, std::slice::from_ref(value_set));
    terminology.offered(url).map(|offered| offered.concepts.len())
}

/// A text that is computed is in no other language than the form's own, unless its expression asks for the language.
fn computed_texts(findings: &mut Findings, tree: &item::Tree, rules: &form::Rules) {
    let is_computed =
        |own: &form::ItemRules| own.text.as_ref().is_some_and(|rule| !rules.asks_for_language(rule));
    let shown = rules.items.iter().filter(|(index, rules)| !tree.items[**index].hidden && is_computed(rules));
    let mut computed: Vec<usize> = shown.map(|(index, _)| *index).collect();
    computed.sort_unstable();
    for index in computed {
        findings.shown.push(read::Shown { at: tree.places[index].child("text"), languages: Vec::new() });
    }
}

/// The languages that a form has texts in.
struct Languages {
    /// In which it is offered.
    offered: Vec<String>,
    /// Those of them in which not everything is there.
    mixed: Vec<String>,
    /// In which it is not offered, because not everything is there.
    partial: Vec<String>,
}

/// Each gap is a notice: a form is shown in two languages at once only where it says that it may be. An adaptive form may, even
/// where it has no gap yet: its next question may bring one.
fn languages(findings: &mut Findings, tree: &item::Tree, is_adaptive: bool) -> Languages {
    let own = findings.language.clone();
    let mut languages = Languages { offered: vec![own.clone()], mixed: Vec::new(), partial: Vec::new() };
    let booleans: Vec<usize> = tree.shown_booleans().collect();
    if let Some(&first) = booleans.first()
        && !own.is_empty()
        && language::yes_no(&own).is_none()
    {
        let message = format!(
            "the words for yes and no are not known in {own}; ask with a choice of two options instead"
        );
        findings.refuse(&tree.places[first].child("type"), Reason::Language, message);
    }
    let mut allowed = std::mem::take(&mut findings.mixed);
    for tag in findings.translated.clone() {
        let gaps = gaps(findings, tree, &booleans, &tag);
        let may_have_gaps = allowed.iter().position(|(_, one)| one.eq_ignore_ascii_case(&tag));
        if gaps.is_empty() || may_have_gaps.is_some() {
            languages.offered.push(tag.clone());
        }
        let message = match may_have_gaps {
            Some(place) if is_adaptive || !gaps.is_empty() => {
                allowed.swap_remove(place);
                languages.mixed.push(tag.clone());
                format!(
                    "{tag} is offered, and this is shown in {own}, because it is not translated; add the translation, or have \
                     the study name {tag} in policy.mixedLanguages"
                )
            }
            _ if gaps.is_empty() => continue,
            _ => {
                languages.partial.push(tag.clone());
                format!(
                    "{tag} is not offered, because this is not translated into it; add the translation, or have the study \
                     name {tag} in policy.mixedLanguages"
                )
            }
        };
        for gap in gaps {
            findings.notice(&gap, Reason::Language, message.clone());
        }
    }
    for (place, tag) in allowed {
        let message = format!(
            "there is nothing that {tag} lacks alone: all of the form is in it, or nothing; remove this"
        );
        findings.notice(&place, Reason::Unused, message);
    }
    languages
}

/// Where something is shown that is not there in the language `tag`.
fn gaps(findings: &Findings, tree: &item::Tree, booleans: &[usize], tag: &str) -> Vec<At> {
    let lacks = |shown: &&read::Shown| {
        let has = |wanted: &str| shown.languages.iter().any(|known| known.eq_ignore_ascii_case(wanted));
        !language::fallbacks(tag).any(has)
    };
    let mut gaps: Vec<At> = findings.shown.iter().filter(lacks).map(|shown| shown.at.clone()).collect();
    // A value set has many concepts, and stands in one place.
    gaps.dedup_by(|gap, before| gap.path == before.path);
    if language::yes_no(tag).is_none() {
        gaps.extend(booleans.iter().map(|&index| tree.places[index].child("type")));
    }
    gaps
}

/// A report about the document as a whole.
fn whole(reason: Reason, message: String) -> ImportReport {
    let path = "Questionnaire".to_owned();
    let problem = Problem { link_id: None, path, extension: None, reason, message };
    ImportReport { problems: vec![problem], notices: Vec::new(), supported: Vec::new() }
}
