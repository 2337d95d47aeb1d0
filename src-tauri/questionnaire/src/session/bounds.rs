//! Limits that expressions give: what is within them, and whether anything can be.

use std::cmp::Ordering;

use fhir::{Number, Value};
use fhirpath::Collection;

use super::Session;
use crate::{
    Answer, AnswerError, check,
    form::{Asks, Rule},
};

impl Session {
    /// The limits that are computed.
    pub(super) fn within_computed(&self, node: usize, answers: &[Answer]) -> Result<(), AnswerError> {
        let (min, max) = self.computed_limits(node);
        if min.is_none() && max.is_none() {
            return Ok(());
        }
        let asks = self.item(node).question().map(|question| &question.asks);
        answers.iter().try_for_each(|answer| match answer {
            Answer::Number { text } => {
                let number =
                    |limit: &Option<Value>| limit.as_ref().and_then(check::amount).map(str::to_owned);
                check::within(number(&min).as_deref(), number(&max).as_deref(), text)
            }
            Answer::Quantity { text, unit, own_unit } => {
                let Some(Asks::Quantity(asks)) = asks else { return Ok(()) };
                let (units, limits) = ((unit.as_deref(), own_unit.as_deref()), [min.as_ref(), max.as_ref()]);
                let quantity = check::quantity::value(asks, text, units, &self.language, limits);
                let quantity = quantity.ok_or(AnswerError::UnknownUnit)?;
                check::quantity::within(&quantity, min.as_ref(), max.as_ref())
            }
            Answer::Date { text } | Answer::DateTime { text } | Answer::Time { text } => {
                let written =
                    |limit: &Option<Value>| limit.as_ref().and_then(Value::as_str).map(str::to_owned);
                check::within_dates(written(&min).as_deref(), written(&max).as_deref(), text)
            }
            _ => Ok(()),
        })
    }

    /// Whether what the patient answered keeps the limits as they are computed now.
    pub(super) fn keeps_limits(&self, node: usize) -> Result<(), AnswerError> {
        if self.is_read_only(node) || !self.is_shown(node) {
            return Ok(());
        }
        self.within_computed(node, &self.tree.nodes[node].answers)
    }

    /// The smallest and the largest value of a node, where they are computed.
    pub(super) fn computed_limits(&self, node: usize) -> (Option<Value>, Option<Value>) {
        let Some(rules) = self.form.form.rules.items.get(&self.tree.nodes[node].item) else {
            return (None, None);
        };
        let limit = |rule: &Option<Box<Rule>>| {
            let single = |result: &Collection<'_>| match result.as_slice() {
                [item] => item.to_value(),
                _ => None,
            };
            self.evaluated(rule.as_ref()?, Some(node), single).ok().flatten()
        };
        (limit(&rules.min), limit(&rules.max))
    }

    /// Whether the smallest value of a node is above its largest now, because one of them is computed: no answer fits.
    pub(super) fn leaves_nothing(&self, node: usize) -> bool {
        let (computed_min, computed_max) = self.computed_limits(node);
        let Some(question) = self.item(node).question().filter(|question| question.options.is_empty()) else {
            return false;
        };
        if computed_min.is_none() && computed_max.is_none() {
            return false;
        }
        let number = |text: &Option<String>| Some(Value::Number(Number::new(text.as_deref()?).ok()?));
        let date = |text: &Option<String>| text.as_deref().map(Value::from);
        let (min, max) = match &question.asks {
            Asks::Number(asks) => (number(&asks.min), number(&asks.max)),
            Asks::Date(asks) | Asks::DateTime(asks) | Asks::Time(asks) => (date(&asks.min), date(&asks.max)),
            Asks::Quantity(asks) => (asks.min.clone(), asks.max.clone()),
            _ => return false,
        };
        let above = |min: &Value, max: &Value| {
            let order = match (min.as_str(), max.as_str()) {
                (Some(min), Some(max)) => check::order(min, max),
                _ => check::order_against(min, max),
            };
            order == Some(Ordering::Greater)
        };
        let least = [&min, &computed_min].into_iter().flatten();
        let most: Vec<&Value> = [&max, &computed_max].into_iter().flatten().collect();
        least.into_iter().any(|min| most.iter().any(|max| above(min, max)))
    }
}
