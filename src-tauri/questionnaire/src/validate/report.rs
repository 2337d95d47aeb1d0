//! Gathering findings, within bounds.

use std::collections::HashSet;

use super::finding::{Finding, Outcome, Rule, Severity};

/// How many findings are listed.
pub const MAX_FINDINGS: usize = 1_000;

/// How long a linkId is repeated.
const MAX_LINK_ID: usize = 255;

/// How many steps a validation may take. A step looks at one item, answer, option or condition.
pub const MAX_STEPS: u64 = 10_000_000;

#[derive(Debug)]
pub(super) struct Report {
    outcome: Outcome,
    left_out: bool,
    once: HashSet<(Rule, String)>,
    steps: u64,
}

impl Report {
    pub(super) fn new() -> Self {
        Self { outcome: Outcome::default(), left_out: false, once: HashSet::new(), steps: MAX_STEPS }
    }

    pub(super) fn add(
        &mut self,
        severity: Severity,
        rule: Rule,
        link_id: Option<&str>,
        expression: &str,
        message: impl Into<String>,
    ) {
        if self.outcome.findings.len() >= MAX_FINDINGS {
            self.left_out = true;
            return;
        }
        let link_id = link_id.filter(|link_id| !link_id.is_empty());
        self.outcome.findings.push(Finding {
            severity,
            rule,
            link_id: link_id.map(|link_id| link_id.chars().take(MAX_LINK_ID).collect()),
            expression: expression.to_owned(),
            message: message.into(),
        });
    }

    /// The same, but one time only for a rule and an item of the Questionnaire.
    pub(super) fn add_once(
        &mut self,
        severity: Severity,
        rule: Rule,
        link_id: &str,
        expression: &str,
        message: impl Into<String>,
    ) {
        let message = message.into();
        if self.once.insert((rule, format!("{link_id}\n{message}"))) {
            self.add(severity, rule, Some(link_id), expression, message);
        }
    }

    /// Takes `count` steps; `false` when none are left.
    pub(super) fn step(&mut self, count: usize) -> bool {
        let left = self.steps.checked_sub(u64::try_from(count).unwrap_or(u64::MAX));
        self.steps = left.unwrap_or(0);
        left.is_some()
    }

    /// Leaves no steps.
    pub(super) fn exhaust(&mut self) {
        self.steps = 0;
    }

    pub(super) fn finish(mut self) -> Outcome {
        let mut last = |severity, rule, message: String| {
            let expression = "QuestionnaireResponse".to_owned();
            self.outcome.findings.push(Finding { severity, rule, link_id: None, expression, message });
        };
        if self.steps == 0 {
            let message = "checking this response takes too many steps, and was stopped; the Questionnaire's conditions depend on too many answers";
            last(Severity::Fatal, Rule::TooCostly, message.to_owned());
        }
        if self.left_out {
            let message =
                format!("more than {MAX_FINDINGS} findings; put these right and check the response again");
            last(Severity::Error, Rule::TooManyFindings, message);
        }
        self.outcome
    }
}
