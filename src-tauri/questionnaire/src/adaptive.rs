//! Adaptive forms (SDC, "Adaptive Forms" and `Questionnaire/$next-question`): a form whose questions a server chooses, one
//! after the other. What is here is the form: what was published, and the steps by which it grew. What a session makes
//! of it is in `session/extend.rs`.
//!
//! Nothing that a server says is believed: it may add items after all that were there and nothing else. They stand at the end
//! of the form, or of the groups that end with it.

use std::sync::Arc;

use fhir::{Object, Value, array};

use crate::{ImportReport, Questionnaire, form::Form, import};

/// A form asks its server at most this often.
pub const MAX_STEPS: usize = 100;

/// All items that a form gets from its server have at most this many bytes together, as JSON.
pub const MAX_GROWN_BYTES: usize = 4 * 1024 * 1024;

/// What an adaptive form has beside a fixed one.
#[derive(Clone)]
pub(crate) struct Adaptive {
    /// Where the form says that it is to be asked; nowhere means the server that the form came from.
    pub(crate) addresses: Vec<String>,
    /// The form as it was published, without items.
    pub(crate) base: Arc<Value>,
    /// What the study added to it ([`crate::ImportOptions::resources`]).
    pub(crate) resources: Arc<[Value]>,
    /// How it grew.
    pub(crate) steps: Vec<Step>,
}

/// One answer of the server.
#[derive(Clone)]
pub(crate) struct Step {
    /// The items that it added at the end.
    pub(crate) items: Vec<Value>,
    /// The items that it added at the end of groups that were there, the innermost first.
    pub(crate) inside: Vec<Inside>,
    /// The value sets, code systems and binaries that those name by `#id`.
    pub(crate) contained: Vec<Value>,
    /// How many bytes these have as they were received, as JSON.
    pub(crate) bytes: usize,
    /// The place of its first item among all of the form.
    pub(crate) first: usize,
    /// The server said that nothing more is asked.
    pub(crate) finished: bool,
}

/// Items that were added at the end of a group.
#[derive(Clone)]
pub(crate) struct Inside {
    /// Its linkId.
    pub(crate) group: String,
    pub(crate) items: Vec<Value>,
}

impl Step {
    /// Adds its items to those before it. A group that they cannot be added to comes back: one that is not there, or that
    /// other items come after.
    pub(crate) fn add_to(&self, items: &mut Vec<Value>) -> Result<(), &str> {
        for inside in &self.inside {
            let group = group_at_end(items, &inside.group).ok_or(inside.group.as_str())?;
            let mut all = match group.remove("item") {
                Some(Value::Array(items)) => items,
                _ => Vec::new(),
            };
            all.extend(inside.items.iter().cloned());
            group.insert("item", all);
        }
        items.extend(self.items.iter().cloned());
        Ok(())
    }
}

impl Questionnaire {
    /// Where an adaptive form says that its next question is to be asked for (`sdc-questionnaire-questionnaireAdaptive`):
    /// bases of FHIR servers, none for the server that the form came from. `None` for a form that is not adaptive.
    pub fn next_question_at(&self) -> Option<&[String]> {
        self.form.adaptive.as_ref().map(|adaptive| adaptive.addresses.as_slice())
    }

    /// Whether a server chooses the questions.
    pub fn is_adaptive(&self) -> bool {
        self.form.adaptive.is_some()
    }

    /// The form with one more step.
    pub(crate) fn grown(&self, step: Step) -> Result<Self, ImportReport> {
        let mut steps = self.steps().to_vec();
        steps.push(step);
        self.of_steps(steps)
    }

    /// The form as it was after `kept` steps.
    pub(crate) fn shrunk(&self, kept: usize) -> Result<Self, ImportReport> {
        self.of_steps(self.steps().iter().take(kept).cloned().collect())
    }

    pub(crate) fn steps(&self) -> &[Step] {
        self.form.adaptive.as_ref().map_or(&[], |adaptive| &adaptive.steps)
    }

    fn of_steps(&self, steps: Vec<Step>) -> Result<Self, ImportReport> {
        let form = &self.form;
        let Some(adaptive) = &form.adaptive else { return Ok(self.clone()) };
        let adaptive = Adaptive {
            addresses: adaptive.addresses.clone(),
            base: adaptive.base.clone(),
            resources: adaptive.resources.clone(),
            steps,
        };
        let mut resource = Value::clone(&adaptive.base);
        if let Some(members) = resource.as_object_mut() {
            insert_list(members, "contained", adaptive.contained());
            insert_list(members, "item", adaptive.items());
        }
        let language = form.languages.first().map(String::as_str);
        import::import_grown(resource, language, adaptive, form)
    }

    /// What the response of this form contains: the Questionnaire as far as it grew, and what that names by `#id`. The
    /// first is the Questionnaire.
    pub(crate) fn contained(&self) -> Option<Vec<Value>> {
        let adaptive = self.form.adaptive.as_ref()?;
        let mut contained = vec![self.form.contained_form(adaptive)];
        contained.extend(adaptive.contained());
        Some(contained)
    }

    /// `#id` of the contained Questionnaire, or the canonical of a form that is not adaptive.
    pub(crate) fn named_in_response(&self) -> String {
        match &self.form.adaptive {
            Some(adaptive) => format!("#{}", adaptive.id()),
            None => self.canonical(),
        }
    }
}

impl Adaptive {
    /// Of a form as it was published.
    pub(crate) fn new(addresses: Vec<String>, base: &Value, resources: &[Value]) -> Self {
        let mut base = base.clone();
        if let Some(members) = base.as_object_mut() {
            members.remove("item");
        }
        Self { addresses, base: base.into(), resources: resources.into(), steps: Vec::new() }
    }

    pub(crate) fn items(&self) -> Vec<Value> {
        let mut items = Vec::new();
        for step in &self.steps {
            let added = step.add_to(&mut items);
            debug_assert_eq!(added, Ok(()), "each was added before it was kept");
        }
        items
    }

    /// The resources beside the Questionnaire: a contained resource contains none of its own (FHIR R4, dom-2).
    pub(crate) fn contained(&self) -> Vec<Value> {
        let received = self.steps.iter().flat_map(|step| step.contained.iter());
        self.base.list("contained").iter().chain(received).cloned().collect()
    }

    /// The id of the contained Questionnaire: one that nothing else there has.
    pub(crate) fn id(&self) -> String {
        let taken: Vec<&str> = self.base.list("contained").iter().filter_map(|one| one.str("id")).collect();
        let mut id = "q".to_owned();
        while taken.contains(&id.as_str()) {
            id.push('q');
        }
        id
    }
}

impl Form {
    /// The form as a response contains it (SDC, `sdc-questionnaire-adapt`): without an address of its own, and with that
    /// of the published form in `derivedFrom`. It has no `meta`: servers do not all keep that of contained resources.
    fn contained_form(&self, adaptive: &Adaptive) -> Value {
        let mut form = Object::new();
        form.insert("resourceType", "Questionnaire");
        form.insert("id", adaptive.id());
        if !adaptive.base.as_object().is_some_and(|base| base.contains("language")) {
            form.insert("language", self.languages.first().map(String::as_str).unwrap_or_default());
        }
        let left_out = ["resourceType", "id", "meta", "text", "contained", "url", "derivedFrom", "item"];
        for (name, value) in adaptive.base.as_object().into_iter().flat_map(Object::iter) {
            if !left_out.contains(&name.trim_start_matches('_')) {
                form.insert(name, value.clone());
            }
        }
        if !form.contains("title") {
            form.insert("title", self.title.original.as_str());
        }
        form.insert("derivedFrom", array![self.canonical()]);
        insert_list(&mut form, "item", adaptive.items());
        form.into()
    }
}

/// The group of this linkId that the items end with: the last of them, or the last inside it. Recursion is bounded by the depth
/// of the form, which was imported.
fn group_at_end<'v>(items: &'v mut [Value], link_id: &str) -> Option<&'v mut Object> {
    let last = items.last_mut().filter(|last| is_group(last))?;
    let is_it = last.str("linkId") == Some(link_id);
    let last = last.as_object_mut()?;
    if is_it { Some(last) } else { group_at_end(last.get_mut("item")?.as_array_mut()?, link_id) }
}

/// Whether an item of a Questionnaire is a group.
pub(crate) fn is_group(item: &Value) -> bool {
    item.str("type") == Some("group")
}

/// FHIR has no empty arrays.
fn insert_list(members: &mut Object, name: &str, list: Vec<Value>) {
    if list.is_empty() {
        members.remove(name);
    } else {
        members.insert(name, list);
    }
}

/// The Questionnaire that a response contains and says that it answers (`questionnaire` is `#id`), whole: with the
/// value sets, code systems and binaries that stand beside it in the response. `None` for any other response.
pub fn contained_form(response: &Value) -> Option<Value> {
    let mut form = named_form(response)?.clone();
    let beside: Vec<Value> =
        response.list("contained").iter().filter(|one| comes_with_items(one)).cloned().collect();
    insert_list(form.as_object_mut()?, "contained", beside);
    Some(form)
}

/// The Questionnaire that a response contains and says that it answers, by itself.
pub(crate) fn named_form(response: &Value) -> Option<&Value> {
    let id = response.str("questionnaire")?.strip_prefix('#')?;
    let is_form = |one: &&Value| one.resource_type() == Some("Questionnaire") && one.str("id") == Some(id);
    response.list("contained").iter().find(is_form)
}

/// Whether a contained form was grown from the published one of this address and version: `derivedFrom` names it. A
/// version that only one of the two has makes no difference.
pub(crate) fn is_derived_from(contained: &Value, url: Option<&str>, version: Option<&str>) -> bool {
    contained.list("derivedFrom").iter().filter_map(Value::as_str).any(|named| {
        let (named, of) =
            named.split_once('|').map_or((named, None), |(named, version)| (named, Some(version)));
        url.is_none_or(|url| url == named) && of.zip(version).is_none_or(|(named, known)| named == known)
    })
}

/// What items name by `#id`: their options, and the bytes of their media.
pub(crate) fn comes_with_items(resource: &Value) -> bool {
    matches!(resource.resource_type(), Some("ValueSet" | "CodeSystem" | "Binary"))
}

/// Why what a server returned to `$next-question` is not taken. Nothing has changed in the session then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NextQuestionError {
    /// The session does not wait for a question.
    #[error("no question is awaited now; ask for the current screen again")]
    NotAwaited,
    /// Nothing was asked after this question.
    #[error("nothing was asked after this question; answer it as it is")]
    NothingLater,
    /// Not a QuestionnaireResponse with the Questionnaire that it refers to.
    #[error(
        "the server returned no QuestionnaireResponse with the Questionnaire that it answers; tell the server's operator"
    )]
    NotAResponse,
    /// The contained Questionnaire derives from another form.
    #[error("the server returned another form's response; tell the server's operator")]
    OtherForm,
    /// The status is neither in-progress nor completed.
    #[error("the server returned a response whose status is neither in-progress nor completed")]
    Status,
    /// An answer that was given is not what it was, or is not there.
    #[error("the server returned item {link_id} with another answer than was given")]
    AlteredAnswer {
        /// The item, as the server or the session names it.
        link_id: String,
    },
    /// An item that was there is not what it was, or is not there.
    #[error("the server returned item {link_id} otherwise than it was asked")]
    AlteredItem {
        /// The item.
        link_id: String,
    },
    /// A contained resource is not what it was, or bears the id of another.
    #[error("the server returned the contained resource {id} otherwise than it was")]
    AlteredContained {
        /// Its id.
        id: String,
    },
    /// In progress, and nothing to ask.
    #[error("the server returned neither a question nor an end")]
    NothingNew,
    /// A question that comes with the end, so that the server would never learn its answer.
    #[error("the server ended the form and asks {link_id} all the same")]
    AsksAfterEnd {
        /// The question.
        link_id: String,
    },
    /// An answer to a question that is the patient's, or a value that it begins with.
    #[error("the server answered {link_id} in the patient's place")]
    AnswersForPatient {
        /// The question.
        link_id: String,
    },
    /// An answer of the server's that the item does not take.
    #[error("the server's own answer to {link_id} does not fit the item")]
    AnswerDoesNotFit {
        /// The item.
        link_id: String,
    },
    /// A required item that only the server could answer, without an answer.
    #[error("the server did not answer {link_id}, which nobody else can answer")]
    NotAnswered {
        /// The item.
        link_id: String,
    },
    /// The grown form cannot be used.
    #[error("the server's questions cannot be asked: {problem}")]
    Unusable {
        /// The first reason.
        problem: String,
    },
    /// The new questions are not there in the session's language.
    #[error("the server's questions are not there in {language}, which the patient chose")]
    Language {
        /// BCP 47.
        language: String,
    },
    /// More than [`MAX_STEPS`].
    #[error("the server did not come to an end in {MAX_STEPS} steps")]
    TooManySteps,
    /// More than [`MAX_GROWN_BYTES`].
    #[error("the server's questions have more than {MAX_GROWN_BYTES} bytes")]
    TooLarge,
}

impl NextQuestionError {
    /// The stable code of the reason.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAwaited => "not-awaited",
            Self::NothingLater => "nothing-later",
            Self::NotAResponse => "next-not-a-response",
            Self::OtherForm => "next-other-form",
            Self::Status => "next-status",
            Self::AlteredAnswer { .. } => "next-altered-answer",
            Self::AlteredItem { .. } => "next-altered-item",
            Self::AlteredContained { .. } => "next-altered-contained",
            Self::NothingNew => "next-nothing-new",
            Self::AsksAfterEnd { .. } => "next-asks-after-end",
            Self::AnswersForPatient { .. } => "next-answers-for-patient",
            Self::AnswerDoesNotFit { .. } => "next-answer-does-not-fit",
            Self::NotAnswered { .. } => "next-not-answered",
            Self::Unusable { .. } => "next-unusable",
            Self::Language { .. } => "next-language",
            Self::TooManySteps => "next-too-many-steps",
            Self::TooLarge => "next-too-large",
        }
    }
}
