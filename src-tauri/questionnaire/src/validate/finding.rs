//! What validation finds, and how FHIR's `OperationOutcome` says it.

use std::fmt;

use fhir::{Value, Version, array, object};

/// The code system of [`Rule::code`].
pub const RULES: &str = "https://attesta.example/fhir/CodeSystem/response-check";

/// How grave a finding is: FHIR's `issue-severity`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is wrong; something is said, mostly that a rule could not be checked.
    Information,
    /// To be looked at; the response can be used.
    Warning,
    /// The response is not one that its Questionnaire allows.
    Error,
    /// Nothing more can be said about the response.
    Fatal,
}

impl Severity {
    /// FHIR's code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Information => "information",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Fatal => "fatal",
        }
    }
}

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident $code:literal $issue:literal),* $(,)?) => {
        /// A rule that a response or its Questionnaire breaks, or that could not be checked. The codes are stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Rule { $($(#[$doc])* $name),* }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Our own code, which never changes its meaning.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// FHIR's `issue-type` (the same in R4 and R5).
            pub const fn issue_type(self) -> &'static str {
                match self { $(Self::$name => $issue),* }
            }
        }
    };
}

rules! {
    /// The form is no Questionnaire.
    NotAQuestionnaire "not-a-questionnaire" "invalid",
    /// The response is no QuestionnaireResponse.
    NotAResponse "not-a-response" "invalid",
    /// An item of the Questionnaire has no linkId.
    FormWithoutLinkId "form-without-link-id" "invalid",
    /// Two items of the Questionnaire share a linkId.
    FormDuplicateLinkId "form-duplicate-link-id" "duplicate",
    /// An item of the Questionnaire has no type that can be answered.
    FormType "form-type" "not-supported",
    /// A condition of the Questionnaire cannot be read.
    FormCondition "form-condition" "invalid",
    /// Conditions of the Questionnaire depend on each other.
    FormCycle "form-cycle" "invalid",
    /// An expression of the Questionnaire cannot be evaluated.
    FormExpression "form-expression" "invalid",
    /// The Questionnaire is a draft or retired.
    FormStatus "form-status" "business-rule",
    /// The response was written outside the Questionnaire's effective period.
    FormPeriod "form-period" "business-rule",
    /// The response names another Questionnaire, or another version.
    OtherForm "other-form" "invalid",
    /// The response has no status, or none of FHIR's.
    Status "status" "code-invalid",
    /// An element is not what FHIR defines in this place.
    Element "element" "structure",
    /// A modifier extension, or implicit rules, that are not known.
    Modifier "modifier" "extension",
    /// An item of the response has no linkId.
    WithoutLinkId "without-link-id" "required",
    /// The Questionnaire has no item with this linkId.
    UnknownLinkId "unknown-link-id" "not-found",
    /// The item stands under another one than in the Questionnaire.
    Misplaced "misplaced" "structure",
    /// The item stands after one that the Questionnaire has later.
    OutOfOrder "out-of-order" "structure",
    /// An item that does not repeat is there more than once.
    ItemTwice "item-twice" "structure",
    /// An answer under a group.
    AnswerOfGroup "answer-of-group" "structure",
    /// An answer under a display item.
    AnswerOfDisplay "answer-of-display" "structure",
    /// Items under a question instead of under its answer.
    ItemsBesideAnswer "items-beside-answer" "structure",
    /// The text is not the Questionnaire's, in any of its languages.
    OtherText "other-text" "invalid",
    /// An answer without a value.
    NoValue "no-value" "required",
    /// An answer with two values.
    TwoValues "two-values" "structure",
    /// A value of another type than the question's.
    WrongType "wrong-type" "value",
    /// A value that is not written as FHIR writes its type.
    BadValue "bad-value" "value",
    /// No answer to a required question.
    Required "required" "required",
    /// Fewer answers or repetitions than wanted.
    TooFew "too-few" "business-rule",
    /// More answers or repetitions than allowed.
    TooMany "too-many" "business-rule",
    /// An answer to a question that is not enabled.
    NotEnabled "not-enabled" "business-rule",
    /// An answer that is none of the options.
    NotAnOption "not-an-option" "code-invalid",
    /// A code by another name than it has.
    OtherDisplay "other-display" "code-invalid",
    /// Line breaks in an answer of one line.
    LineBreak "line-break" "value",
    /// An option that excludes all others, beside others.
    ExclusiveOption "exclusive-option" "business-rule",
    /// An option that is given twice.
    OptionTwice "option-twice" "duplicate",
    /// Below the least value.
    BelowMinimum "below-minimum" "business-rule",
    /// Above the greatest value.
    AboveMaximum "above-maximum" "business-rule",
    /// Shorter than allowed.
    TooShort "too-short" "business-rule",
    /// Longer than allowed.
    TooLong "too-long" "too-long",
    /// More digits after the decimal point than allowed.
    DecimalPlaces "decimal-places" "value",
    /// Between two points of a slider.
    BetweenSteps "between-steps" "value",
    /// Does not match the pattern.
    Pattern "pattern" "value",
    /// A unit that is none of the options.
    Unit "unit" "code-invalid",
    /// A file that is too large.
    FileSize "file-size" "too-long",
    /// A file of a type that is not allowed.
    FileType "file-type" "value",
    /// A file whose size is not that of its data.
    FileContent "file-content" "value",
    /// A reference to a type of resource that is not allowed.
    ReferenceType "reference-type" "value",
    /// A constraint that the author of the Questionnaire wrote.
    Constraint "constraint" "invariant",
    /// A calculated answer that is not what the calculation gives.
    Calculated "calculated" "business-rule",
    /// An answer that nobody can write over is not the one that the Questionnaire begins with.
    Initial "initial" "business-rule",
    /// A required signature that is not there.
    Signature "signature" "required",
    /// A rule that could not be checked.
    NotChecked "not-checked" "informational",
    /// Items nested too deeply.
    TooDeep "too-deep" "too-costly",
    /// Too many items.
    TooLarge "too-large" "too-costly",
    /// Checking would take too long.
    TooCostly "too-costly" "too-costly",
    /// More was found than is listed.
    TooManyFindings "too-many-findings" "too-costly",
}

/// One finding. None repeats an answer: it names the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How grave it is.
    pub severity: Severity,
    /// Which rule it is about.
    pub rule: Rule,
    /// The linkId of the item, where there is one.
    pub link_id: Option<String>,
    /// Where, as FHIRPath: `QuestionnaireResponse.item[0].answer[1]`, or a place in the Questionnaire.
    pub expression: String,
    /// What is wrong, and what to do.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.severity.code(), self.rule.code(), self.expression)?;
        if let Some(link_id) = &self.link_id {
            write!(f, " (linkId {link_id})")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// Everything that was found, in the order of the response.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The findings.
    pub findings: Vec<Finding>,
}

impl Outcome {
    /// Whether the Questionnaire allows the response: nothing found is an error or worse.
    pub fn is_valid(&self) -> bool {
        self.errors().next().is_none()
    }

    /// What makes the response invalid.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity >= Severity::Error)
    }

    /// Whether a rule was found broken, at any severity.
    pub fn has(&self, rule: Rule) -> bool {
        self.findings.iter().any(|finding| finding.rule == rule)
    }

    /// FHIR's OperationOutcome. One without findings says so in the words of `version`: R5 has codes for success.
    pub fn operation_outcome(&self, version: Version) -> Value {
        let issues: Vec<Value> = if self.findings.is_empty() {
            let (severity, code) = match version {
                Version::R4 => ("information", "informational"),
                Version::R5 => ("success", "success"),
            };
            let text = "The Questionnaire allows this response.";
            vec![object! { "severity" => severity, "code" => code, "details" => object! { "text" => text } }]
        } else {
            self.findings.iter().map(issue).collect()
        };
        object! { "resourceType" => "OperationOutcome", "issue" => issues }
    }
}

fn issue(finding: &Finding) -> Value {
    let coding = object! { "system" => RULES, "code" => finding.rule.code() };
    let mut issue = fhir::Object::new();
    issue.insert("severity", finding.severity.code());
    issue.insert("code", finding.rule.issue_type());
    issue.insert("details", object! { "coding" => array![coding], "text" => finding.message.as_str() });
    if let Some(link_id) = &finding.link_id {
        issue.insert("diagnostics", format!("linkId {link_id}"));
    }
    issue.insert("expression", array![finding.expression.as_str()]);
    Value::Object(issue)
}
