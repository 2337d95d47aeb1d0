//! What an expression is evaluated in.

use std::collections::HashMap;
use std::rc::Rc;

use fhir::{Value, Version};

use crate::temporal::DateTime;
use crate::types::{Type, Types};
use crate::{Collection, EvaluationErrorKind, Item, Node, Picks, Questionnaire};

/// How many steps an evaluation may take, unless the context says otherwise: far more than any form needs, and well under
/// a second.
pub const DEFAULT_STEPS: u64 = 2_000_000;

/// Variables that are found out only when an expression asks for them.
pub trait Variables<'a> {
    /// The value of `%name`; `None` where there is no such variable.
    ///
    /// # Errors
    /// Why it has no value, such as [`EvaluationErrorKind::Variable`].
    fn variable(&self, name: &str) -> Result<Option<Collection<'a>>, EvaluationErrorKind>;
}

/// What `trace()` tells: its name, and the items.
pub type Trace<'a> = &'a dyn Fn(&str, &[Item<'_>]);

/// What an expression is evaluated in: release, clock, variables and bounds.
pub struct Context<'a> {
    pub(crate) types: &'static Types,
    pub(crate) now: Option<DateTime>,
    pub(crate) resource: Option<Node<'a>>,
    pub(crate) root_resource: Option<Node<'a>>,
    pub(crate) original: Option<Item<'a>>,
    pub(crate) questionnaire: Option<&'a Questionnaire>,
    pub(crate) question: Option<Node<'a>>,
    pub(crate) variables: HashMap<String, Collection<'a>>,
    pub(crate) supplied: Option<&'a dyn Variables<'a>>,
    pub(crate) terminology: Vec<&'a Value>,
    pub(crate) trace: Option<Trace<'a>>,
    pub(crate) picks: Option<Rc<Picks<'a>>>,
    pub(crate) steps: u64,
}

impl<'a> Context<'a> {
    /// For data of this release, without clock and variables.
    pub fn new(release: Version) -> Self {
        Self {
            types: Types::of(release),
            now: None,
            resource: None,
            root_resource: None,
            original: None,
            questionnaire: None,
            question: None,
            variables: HashMap::new(),
            supplied: None,
            terminology: Vec::new(),
            trace: None,
            picks: None,
            steps: DEFAULT_STEPS,
        }
    }

    /// The time for `now()`, `today()` and `timeOfDay()`.
    #[must_use]
    pub fn now(mut self, now: DateTime) -> Self {
        self.now = Some(now);
        self
    }

    /// The resource for `%resource` and `%rootResource`; without it, that is the input where it is a resource.
    #[must_use]
    pub fn resource(mut self, resource: &'a Value) -> Self {
        self.resource = Some(self.node(resource, ""));
        self
    }

    /// The container resource for `%rootResource`, where it is another than `%resource`.
    #[must_use]
    pub fn root_resource(mut self, resource: &'a Value) -> Self {
        self.root_resource = Some(self.node(resource, ""));
        self
    }

    /// The item for `%context`; without it, that is the input.
    #[must_use]
    pub fn original(mut self, item: Item<'a>) -> Self {
        self.original = Some(item);
        self
    }

    /// The form for `%questionnaire`, `weight()` and `ordinal()`.
    #[must_use]
    pub fn questionnaire(mut self, questionnaire: &'a Questionnaire) -> Self {
        self.questionnaire = Some(questionnaire);
        self
    }

    /// The form's item for `%qitem`.
    #[must_use]
    pub fn question(mut self, item: &'a Value) -> Self {
        self.question = Some(self.node(item, "Questionnaire.item"));
        self
    }

    /// A variable, without its `%`.
    #[must_use]
    pub fn variable(mut self, name: impl Into<String>, value: Collection<'a>) -> Self {
        self.variables.insert(name.into(), value);
        self
    }

    /// Where variables are asked for that were not given with [`Context::variable`].
    #[must_use]
    pub fn variables(mut self, supplied: &'a dyn Variables<'a>) -> Self {
        self.supplied = Some(supplied);
        self
    }

    /// A `ValueSet` (expanded, or of listed codes) or `CodeSystem` for `memberOf()` and `weight()`.
    #[must_use]
    pub fn terminology(mut self, resource: &'a Value) -> Self {
        self.terminology.push(resource);
        self
    }

    /// Who is told what `trace()` sees; without it, nobody.
    #[must_use]
    pub fn trace(mut self, trace: Trace<'a>) -> Self {
        self.trace = Some(trace);
        self
    }

    /// Where items of the resource are kept that expressions pick by their `linkId`, for many expressions on one resource.
    #[must_use]
    pub fn picks(mut self, picks: Rc<Picks<'a>>) -> Self {
        self.picks = Some(picks);
        self
    }

    /// How many steps an evaluation may take; [`DEFAULT_STEPS`] unless set.
    #[must_use]
    pub fn steps(mut self, steps: u64) -> Self {
        self.steps = steps;
        self
    }

    /// An element of the type `kind`, such as `QuestionnaireResponse.item`; a resource says its type itself. Of an unknown
    /// type the elements are found by JSON's names.
    pub fn node(&self, value: &'a Value, kind: &str) -> Node<'a> {
        Node::new(value, self.types.named(kind).unwrap_or(Type::UNKNOWN), self.types)
    }
}
