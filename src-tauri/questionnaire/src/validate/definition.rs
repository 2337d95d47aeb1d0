//! The Questionnaire as it is written, made searchable. Nothing here decides whether Attesta could show it.

use std::collections::HashMap;

use fhir::{Value, Version};

use super::finding::{Rule, Severity};
use super::report::Report;
use crate::hl7;

/// How many items a Questionnaire or a response may have.
pub const MAX_ITEMS: usize = 200_000;

/// How deeply items may be nested, counted in items.
pub const MAX_ITEM_DEPTH: usize = 128;

/// `Questionnaire.item.type`, R4 and R5 together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Group,
    Display,
    Boolean,
    Decimal,
    Integer,
    Date,
    DateTime,
    Time,
    String,
    Text,
    Url,
    /// `choice` in R4, `coding` in R5.
    Coding,
    OpenChoice,
    Attachment,
    Reference,
    Quantity,
    /// None of these, `question` among them; or no type at all.
    None,
}

impl Kind {
    fn of(code: Option<&str>) -> Self {
        match code {
            Some("group") => Self::Group,
            Some("display") => Self::Display,
            Some("boolean") => Self::Boolean,
            Some("decimal") => Self::Decimal,
            Some("integer") => Self::Integer,
            Some("date") => Self::Date,
            Some("dateTime") => Self::DateTime,
            Some("time") => Self::Time,
            Some("string") => Self::String,
            Some("text") => Self::Text,
            Some("url") => Self::Url,
            Some("choice" | "coding") => Self::Coding,
            Some("open-choice") => Self::OpenChoice,
            Some("attachment") => Self::Attachment,
            Some("reference") => Self::Reference,
            Some("quantity") => Self::Quantity,
            _ => Self::None,
        }
    }

    pub(super) fn is_question(self) -> bool {
        !matches!(self, Self::Group | Self::Display | Self::None)
    }
}

/// One item of the Questionnaire.
#[derive(Debug)]
pub(super) struct Item<'a> {
    pub(super) value: &'a Value,
    pub(super) link_id: &'a str,
    pub(super) kind: Kind,
    pub(super) parent: Option<usize>,
    pub(super) children: Vec<usize>,
    pub(super) required: bool,
    pub(super) repeats: bool,
}

impl<'a> Item<'a> {
    /// Whether it may be there several times: written so, or calculated.
    pub(super) fn can_repeat(&self) -> bool {
        self.repeats || self.value.get("_repeats").is_some()
    }

    /// The extensions of the item with this address.
    pub(super) fn extensions(&self, url: &'static str) -> impl Iterator<Item = &'a Value> + use<'a> {
        extensions(self.value, url)
    }

    /// The first of them.
    pub(super) fn extension(&self, url: &'static str) -> Option<&'a Value> {
        self.extensions(url).next()
    }
}

/// The extensions of an element with this address, under whichever base and prefix HL7 has published it.
pub(super) fn extensions<'a>(
    element: &'a Value,
    url: &'static str,
) -> impl Iterator<Item = &'a Value> + use<'a> {
    let is_wanted = move |written: &str| hl7::is_same(written, url);
    element.list("extension").iter().filter(move |extension| extension.str("url").is_some_and(is_wanted))
}

const CALCULATED_VALUES: [&str; 2] = [
    "http://hl7.org/fhir/StructureDefinition/cqf-calculatedValue",
    "http://hl7.org/fhir/StructureDefinition/cqf-expression",
];

/// The expression that gives the value of a primitive, from the member with its `_`.
pub(super) fn calculated_on(member: &Value) -> Option<&Value> {
    CALCULATED_VALUES.iter().flat_map(|url| extensions(member, url)).next()
}

/// What the `translation` extensions of a string say, where `name` is the string's member with its `_`.
pub(super) fn translations<'a>(element: &'a Value, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    element.get(name).into_iter().flat_map(translated).map(|(_, content)| content)
}

/// The `translation` extensions of a string's `_` member: the language, where it is said, and the words.
pub(super) fn translated(text: &Value) -> impl Iterator<Item = (&str, &str)> {
    extensions(text, "http://hl7.org/fhir/StructureDefinition/translation").filter_map(|translation| {
        let part =
            |name: &str| translation.list("extension").iter().find(|part| part.str("url") == Some(name));
        let content = part("content")?;
        let tag = part("lang").and_then(|lang| lang.str("valueCode").or(lang.str("valueString")));
        Some((tag.unwrap_or_default(), content.str("valueString").or(content.str("valueMarkdown"))?))
    })
}

/// The items of a Questionnaire in document order: an item's parent comes before it.
#[derive(Debug)]
pub(super) struct Definition<'a> {
    pub(super) questionnaire: &'a Value,
    pub(super) items: Vec<Item<'a>>,
    pub(super) roots: Vec<usize>,
    by_link_id: HashMap<&'a str, usize>,
}

impl<'a> Definition<'a> {
    /// Reads the items; `None`, with a finding, when there are too many of them or too deep.
    pub(super) fn read(questionnaire: &'a Value, report: &mut Report) -> Option<Self> {
        let mut definition =
            Self { questionnaire, items: Vec::new(), roots: Vec::new(), by_link_id: HashMap::new() };
        // Last in, first out: pushed in reverse, they come out in document order.
        let mut waiting: Vec<(Option<usize>, usize, usize, &'a Value)> = Vec::new();
        let push = |waiting: &mut Vec<_>, parent, depth, items: &'a [Value]| {
            waiting
                .extend(items.iter().enumerate().rev().map(|(index, value)| (parent, depth, index, value)));
        };
        push(&mut waiting, None, 1, questionnaire.list("item"));
        while let Some((parent, depth, index, value)) = waiting.pop() {
            if depth > MAX_ITEM_DEPTH {
                let message =
                    format!("items of the Questionnaire are nested more than {MAX_ITEM_DEPTH} deep");
                report.add(Severity::Fatal, Rule::TooDeep, None, "Questionnaire", message);
                return None;
            }
            if definition.items.len() >= MAX_ITEMS {
                let message = format!("the Questionnaire has more than {MAX_ITEMS} items");
                report.add(Severity::Fatal, Rule::TooLarge, None, "Questionnaire", message);
                return None;
            }
            let place = definition.add(parent, index, value, report);
            push(&mut waiting, Some(place), depth + 1, value.list("item"));
        }
        Some(definition)
    }

    fn add(&mut self, parent: Option<usize>, index: usize, value: &'a Value, report: &mut Report) -> usize {
        let place = self.items.len();
        let link_id = value.str("linkId").unwrap_or_default();
        let kind = Kind::of(value.str("type"));
        self.items.push(Item {
            value,
            link_id,
            kind,
            parent,
            children: Vec::new(),
            required: value.get("required").and_then(Value::as_bool).unwrap_or(false),
            repeats: value.get("repeats").and_then(Value::as_bool).unwrap_or(false),
        });
        match parent.and_then(|parent| self.items.get_mut(parent)) {
            Some(parent) => parent.children.push(place),
            None => self.roots.push(place),
        }
        if link_id.is_empty() {
            let at = match parent.and_then(|parent| self.items.get(parent)) {
                Some(parent) => format!("{}.item[{index}]", form_path(parent.link_id)),
                None => format!("Questionnaire.item[{index}]"),
            };
            let message = "this item of the Questionnaire has no linkId; responses to it cannot be checked";
            report.add(Severity::Error, Rule::FormWithoutLinkId, None, &at, message);
        } else if self.by_link_id.insert(link_id, place).is_some() {
            let message = "two items of the Questionnaire have this linkId; its author has to change one";
            report.add(
                Severity::Error,
                Rule::FormDuplicateLinkId,
                Some(link_id),
                &form_path(link_id),
                message,
            );
        }
        if kind == Kind::None {
            let message = "this item of the Questionnaire has no type that can be answered; its author has to give it one";
            report.add(Severity::Error, Rule::FormType, Some(link_id), &form_path(link_id), message);
        }
        place
    }

    /// The release that it is written in, as far as its items show.
    pub(super) fn release(&self) -> Version {
        let is_r5 = |item: &Item<'_>| {
            item.value.str("type") == Some("coding")
                || ["answerConstraint", "disabledDisplay"].iter().any(|name| item.value.get(name).is_some())
        };
        if self.items.iter().any(is_r5) { Version::R5 } else { Version::R4 }
    }

    /// The item with this linkId.
    pub(super) fn find(&self, link_id: &str) -> Option<usize> {
        self.by_link_id.get(link_id).copied()
    }

    pub(super) fn get(&self, item: usize) -> Option<&Item<'a>> {
        self.items.get(item)
    }

    /// The items under `parent`, or those of the Questionnaire itself.
    pub(super) fn children(&self, parent: Option<usize>) -> &[usize] {
        match parent {
            None => &self.roots,
            Some(parent) => self.items.get(parent).map_or(&[], |item| &item.children),
        }
    }

    /// The items above `item`, the nearest first.
    pub(super) fn ancestors(&self, item: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(self.items.get(item).and_then(|item| item.parent), |parent| {
            self.items.get(*parent).and_then(|item| item.parent)
        })
    }
}

/// The place of an item in the Questionnaire, as FHIRPath.
pub(super) fn form_path(link_id: &str) -> String {
    let quoted: String = link_id.chars().take(80).flat_map(char::escape_default).collect();
    format!("Questionnaire.descendants().where(linkId = '{quoted}')")
}
