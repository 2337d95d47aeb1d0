//! What each question is answered with, and answers in words.

use fhir::Value;

use super::{Session, index::SCREEN};
use crate::{
    Answer, ChoiceLayout, ChoiceOption, Control, DatePrecision, Instance, OwnAnswer, check,
    form::{
        Asks, AttachmentQuestion, Kind, LayoutForm, NumberQuestion, Own, Precision, QuantityQuestion,
        Question, Role, Temporal, Text, UnitItem,
    },
    number,
};

impl Session {
    pub(super) fn control(&self, node: usize) -> Control {
        match &self.item(node).kind {
            Kind::Group if self.item(node).is_repeating_group() && !self.is_page(node) => {
                self.instances(node)
            }
            Kind::Group | Kind::Display(_) => Control::Display,
            Kind::Question(question) if question.chooses() => self.choice(node, question),
            Kind::Question(question) => self.typed(node, question),
        }
    }

    fn choice(&self, node: usize, question: &Question) -> Control {
        let text = |text: &Text| text.text(&self.language).to_owned();
        let options = self.options(node, question).map(|option| ChoiceOption {
            key: option.key.clone(),
            label: text(&option.label),
            prefix: option.prefix.as_ref().map(text),
            exclusive: option.exclusive,
            media: option.media.as_ref().map(|media| media.shown(&self.language)),
            formatted: option.label.formatted(&self.language).map(<[_]>::to_vec),
        });
        let control = match question.own {
            Own::Nothing => None,
            Own::Text | Own::Words => {
                let own = question.own_text();
                let hint = own.and(question.hint.as_ref()).map(text);
                Some(Control::String { max_length: own.and_then(|own| own.max_length), hint })
            }
            Own::Type => Some(self.typed(node, question)),
        };
        let label = question.own_label.as_ref().map(text);
        Control::Choice {
            options: options.collect(),
            layout: match question.layout.form {
                LayoutForm::List => ChoiceLayout::List,
                LayoutForm::DropDown => ChoiceLayout::DropDown,
                LayoutForm::Autocomplete => ChoiceLayout::Autocomplete,
            },
            horizontal: question.layout.horizontal,
            own: control.map(|control| OwnAnswer { label, control: Box::new(control) }),
        }
    }

    /// The control of the question's own type.
    fn typed(&self, node: usize, question: &Question) -> Control {
        match &question.asks {
            Asks::Boolean => {
                let (yes, no) = self.form.form.yes_no(&self.language);
                Control::Boolean { yes: yes.to_owned(), no: no.to_owned() }
            }
            Asks::Number(number) => self.number(node, number),
            Asks::Quantity(quantity) => self.quantity(node, quantity),
            Asks::Date(temporal) => {
                let (min, max) = self.times(node, temporal);
                let precision = match temporal.precision {
                    Precision::Day => DatePrecision::Day,
                    Precision::Month => DatePrecision::Month,
                    Precision::Year => DatePrecision::Year,
                };
                Control::Date { min, max, precision }
            }
            Asks::DateTime(temporal) => {
                let (min, max) = self.times(node, temporal);
                Control::DateTime { min, max }
            }
            Asks::Time(temporal) => {
                let (min, max) = self.times(node, temporal);
                Control::Time { min, max }
            }
            Asks::Text(text) if text.lines => Control::Text { max_length: text.max_length },
            Asks::Text(text) => {
                let hint = question.hint.as_ref().map(|hint| hint.text(&self.language).to_owned());
                Control::String { max_length: text.max_length, hint }
            }
            Asks::Url(text) => Control::Url { max_length: text.max_length },
            Asks::Attachment(AttachmentQuestion { max_size, types }) => Control::Attachment {
                max_size: max_size.unwrap_or(check::LARGEST_FILE).min(check::LARGEST_FILE),
                types: types.clone(),
            },
            // They always choose.
            Asks::Coding | Asks::Reference => Control::Display,
        }
    }

    fn number(&self, node: usize, question: &NumberQuestion) -> Control {
        let (min, max) = self.limits(node, question);
        if let Some(scale) = &question.scale {
            return Control::VisualAnalogueScale {
                min: min.unwrap_or_default(),
                max: max.unwrap_or_default(),
                step: number::unscaled(scale.step, scale.places),
                low_label: self.displays(node, Role::Lower).join(" "),
                high_label: self.displays(node, Role::Upper).join(" "),
                show_value: scale.show_value,
            };
        }
        let (unit, step) = (self.unit(node, question), question.step.clone());
        if question.integer {
            Control::Integer { min, max, unit, step }
        } else {
            Control::Decimal { min, max, max_decimal_places: question.max_decimal_places, unit, step }
        }
    }

    /// The smallest and the largest value: those that are written, and else those that are computed.
    fn limits(&self, node: usize, question: &NumberQuestion) -> (Option<String>, Option<String>) {
        let (min, max) = self.computed_limits(node);
        let computed = |limit: Option<Value>| limit.as_ref().and_then(check::amount).map(str::to_owned);
        (question.min.clone().or_else(|| computed(min)), question.max.clone().or_else(|| computed(max)))
    }

    /// The same of dates and times.
    fn times(&self, node: usize, question: &Temporal) -> (Option<String>, Option<String>) {
        let (min, max) = self.computed_limits(node);
        let computed = |limit: Option<Value>| limit.and_then(|limit| limit.as_str().map(str::to_owned));
        (question.min.clone().or_else(|| computed(min)), question.max.clone().or_else(|| computed(max)))
    }

    /// The limits of a quantity as numbers of one unit. A limit that cannot be converted is left out, as are those of a
    /// question with several units: its number alone would mislead.
    fn limits_in(
        &self,
        node: usize,
        question: &QuantityQuestion,
        unit: Option<&UnitItem>,
    ) -> (Option<String>, Option<String>) {
        let computed = self.computed_limits(node);
        let limit = |written: &Option<Value>, computed: Option<Value>| {
            check::quantity::limit_in(&written.clone().or(computed)?, unit)
        };
        (limit(&question.min, computed.0), limit(&question.max, computed.1))
    }

    /// The limits of the question `key`, a quantity, in one of its units.
    pub(crate) fn quantity_limits(&self, key: &str, unit: Option<&str>) -> (Option<String>, Option<String>) {
        let node = self.tree.find(&self.form.form, key);
        match node.and_then(|node| Some((node, &self.item(node).question()?.asks))) {
            Some((node, Asks::Quantity(asks))) => {
                let unit = asks.units.iter().find(|known| Some(known.key.as_str()) == unit);
                self.limits_in(node, asks, unit)
            }
            _ => (None, None),
        }
    }

    /// What the unit of a quantity's limits is called, where they have one.
    pub(crate) fn unit_of_limits(&self, key: &str) -> Option<String> {
        let node = self.tree.find(&self.form.form, key)?;
        let Asks::Quantity(asks) = &self.item(node).question()?.asks else { return None };
        let (min, max) = self.computed_limits(node);
        let limits = [min.as_ref(), max.as_ref(), asks.min.as_ref(), asks.max.as_ref()];
        let unit = |limit: &Value| limit.str("code").or_else(|| limit.str("unit")).map(str::to_owned);
        limits.into_iter().flatten().find_map(unit)
    }

    fn quantity(&self, node: usize, question: &QuantityQuestion) -> Control {
        let unit = match question.units.as_slice() {
            [unit] if !question.own_unit => Some(unit),
            _ => None,
        };
        let (min, max) = self.limits_in(node, question, unit);
        let units = question.units.iter().map(|unit| ChoiceOption {
            key: unit.key.clone(),
            label: unit.label.text(&self.language).to_owned(),
            prefix: None,
            exclusive: false,
            media: None,
            formatted: None,
        });
        Control::Quantity {
            min,
            max,
            max_decimal_places: question.number.max_decimal_places,
            units: units.collect(),
            own_unit: question.own_unit,
            step: question.number.step.clone(),
        }
    }

    fn instances(&self, group: usize) -> Control {
        let form = &self.form.form;
        let inner = &self.tree.nodes[group].inner;
        let instances = inner.iter().map(|&instance| {
            let first = self.tree.instances[instance].first;
            let nodes = first..first + form.scopes[self.tree.instances[instance].scope].items.len();
            let answers = nodes
                .clone()
                .filter(|&node| self.is_shown(node))
                .filter_map(|node| self.answers_in_words(node));
            Instance {
                number: u32::try_from(instance).unwrap_or(u32::MAX),
                key: nodes
                    .clone()
                    .find(|&node| self.index.has(node, SCREEN))
                    .map(|node| self.tree.key(form, node)),
                summary: answers.take(3).collect::<Vec<_>>().join(", "),
            }
        });
        let (can_add, can_remove) = self.changes(group);
        Control::Instances { instances: instances.collect(), can_add, can_remove }
    }

    /// Whether an instance may be added to a repeating group, and whether one may be taken away.
    pub(super) fn changes(&self, group: usize) -> (bool, bool) {
        let item = self.item(group);
        let least = if item.required { item.occurs.min.max(1) } else { item.occurs.min };
        let count = self.tree.nodes[group].inner.len();
        if item.is_fixed() { (false, false) } else { (self.can_grow(group), count > least as usize) }
    }

    /// The `questionnaire-unit` extension, else a display item with the control `unit`.
    fn unit(&self, node: usize, question: &NumberQuestion) -> Option<String> {
        match &question.unit {
            Some(unit) => Some(unit.text(&self.language).to_owned()),
            None => self.displays(node, Role::Unit).into_iter().next(),
        }
    }

    /// The answers of a question in words.
    pub(super) fn answers_in_words(&self, node: usize) -> Option<String> {
        let question = self.item(node).question()?;
        let words: Vec<_> = self.tree.nodes[node]
            .answers
            .iter()
            .filter_map(|answer| self.in_words(node, question, answer))
            .collect();
        (!words.is_empty()).then(|| words.join(", "))
    }

    fn in_words(&self, node: usize, question: &Question, answer: &Answer) -> Option<String> {
        Some(match answer {
            Answer::Choice { option } => {
                self.option(node, question, option)?.label.text(&self.language).to_owned()
            }
            Answer::Boolean { value } => {
                let (yes, no) = self.form.form.yes_no(&self.language);
                if *value { yes } else { no }.to_owned()
            }
            Answer::Number { text } => match &question.asks {
                Asks::Number(number) => match self.unit(node, number) {
                    Some(unit) => format!("{text} {unit}"),
                    None => text.clone(),
                },
                _ => text.clone(),
            },
            Answer::Quantity { text, unit, own_unit } => {
                let known = |key: &String| match &question.asks {
                    Asks::Quantity(asks) => asks.units.iter().find(|unit| unit.key == *key),
                    _ => None,
                };
                let unit =
                    unit.as_ref().and_then(known).map(|unit| unit.label.text(&self.language).to_owned());
                match unit.or_else(|| own_unit.clone()) {
                    Some(unit) => format!("{text} {unit}"),
                    None => text.clone(),
                }
            }
            Answer::Date { text }
            | Answer::DateTime { text }
            | Answer::Time { text }
            | Answer::Text { text } => text.clone(),
            Answer::Attachment { title, content_type, .. } => {
                title.clone().unwrap_or_else(|| content_type.clone())
            }
        })
    }
}
