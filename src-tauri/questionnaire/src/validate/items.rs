//! Each item of the response against its item of the Questionnaire, and what is missing.

use std::collections::HashMap;

use fhir::Value;

use super::Run;
use super::asked::is_answered_by_form;
use super::definition::{Item, Kind, calculated_on, translated, translations};
use super::enable::{Evaluation, State};
use super::expressions::Focus;
use super::finding::{Rule, Severity};
use super::limits;
use super::options;
use super::response::{Node, Place};
use super::value;
use crate::language;

const SHORT_TEXT: &str = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-shortText";
const MIN_OCCURS: &str = "http://hl7.org/fhir/StructureDefinition/questionnaire-minOccurs";
pub(super) const MAX_OCCURS: &str = "http://hl7.org/fhir/StructureDefinition/questionnaire-maxOccurs";

impl<'a> Run<'a, '_> {
    /// Every item that is there.
    pub(super) fn items(&mut self) {
        for place in 0..self.response.nodes.len() {
            let Some(node) = self.response.get(place) else { continue };
            let Some(item) = node.item.and_then(|item| self.definition.get(item)) else { continue };
            if !self.report.step(1 + node.answers().len()) {
                return;
            }
            self.text(place, node, item);
            self.elements(place, node, item);
            match item.kind {
                Kind::Group | Kind::Display => self.no_answers(place, node, item),
                Kind::None => {}
                _ => self.answers(place, node, item),
            }
            self.not_enabled(place, node, item);
        }
    }

    fn error(&mut self, rule: Rule, item: &Item<'_>, path: &str, message: impl Into<String>) {
        self.report.add(Severity::Error, rule, Some(item.link_id), path, message);
    }

    /// The question that was shown has to be the Questionnaire's, in one of its languages.
    fn text(&mut self, place: usize, node: &Node<'a>, item: &Item<'a>) {
        let Some(given) = node.value.get("text") else { return };
        let calculated = item.value.get("_text").and_then(calculated_on).is_some();
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let is_known = given.as_str().is_some_and(|given| {
            let given = words(given);
            texts(item).iter().any(|text| words(text) == given)
        });
        if !calculated && !is_known {
            let message = "the text is not the one that the Questionnaire has for this item, in any of its languages; check that it is the Questionnaire that was answered";
            let path = self.response.path(place);
            self.error(Rule::OtherText, item, &path, message);
        } else if !calculated
            && let (Some(given), Some(meant)) = (given.as_str(), self.text_in_language(item))
            && words(given) != words(meant)
        {
            let message = "the text is in another language than the response says it is in (language); a form is answered in one language";
            let path = self.response.path(place);
            self.error(Rule::OtherText, item, &path, message);
        }
    }

    /// The item's text in the language of the response, where the Questionnaire has it: as it is shown (BCP 47 lookup).
    fn text_in_language(&self, item: &Item<'a>) -> Option<&'a str> {
        let (original, own) = (item.value.str("text")?, self.definition.questionnaire.str("language")?);
        let translations: Vec<_> = item.value.get("_text").into_iter().flat_map(translated).collect();
        language::fallbacks(self.language?).find_map(|wanted| {
            if own.eq_ignore_ascii_case(wanted) {
                return Some(original);
            }
            translations.iter().find(|(tag, _)| tag.eq_ignore_ascii_case(wanted)).map(|(_, content)| *content)
        })
    }

    fn elements(&mut self, place: usize, node: &Node<'a>, item: &Item<'a>) {
        for name in ["answer", "item"] {
            if node.value.get(name).is_some_and(|member| member.as_array().is_none_or(<[Value]>::is_empty)) {
                let path = self.response.path(place);
                let message = format!("{name} has to be a list with at least one element; leave it out");
                self.error(Rule::Element, item, &path, message);
            }
        }
        let definition = node.value.str("definition").zip(item.value.str("definition"));
        if definition.is_some_and(|(given, known)| given != known) {
            let path = self.response.path(place);
            let message =
                "the definition is not the one that the Questionnaire has for this item; take it out";
            self.error(Rule::Element, item, &path, message);
        }
    }

    fn no_answers(&mut self, place: usize, node: &Node<'a>, item: &Item<'a>) {
        if node.value.get("answer").is_some() {
            let (rule, message) = if item.kind == Kind::Group {
                (Rule::AnswerOfGroup, "a group has no answers; put its items under item")
            } else {
                (Rule::AnswerOfDisplay, "a display item has no answers; take them out")
            };
            let path = self.response.path(place);
            self.error(rule, item, &path, message);
        }
    }

    fn answers(&mut self, place: usize, node: &Node<'a>, item: &Item<'a>) {
        let (mut count, mut exclusive) = (0, None);
        let mut chosen: Vec<(&str, &Value)> = Vec::new();
        for (index, answer) in node.answers().iter().enumerate() {
            let path = self.response.answer_path(place, index);
            let Some(given) = self.one_value(answer, item, &path) else { continue };
            count += 1;
            // The form engine takes an option once; FHIR says nothing of it.
            if self.is_unsigned && options::lists(item, given) {
                if chosen.iter().any(|known| options::is(given, *known)) {
                    let message = "this option is given a second time; keep one of them";
                    self.error(Rule::OptionTwice, item, &path, message);
                } else {
                    chosen.push(given);
                }
            }
            if options::is_exclusive(item, given) {
                exclusive = Some(path.clone());
            }
            if let Some(index) = node.item {
                self.answer(item, Focus::Node { node: place, item: index }, given, &path);
            }
        }
        if let Some(path) = exclusive.filter(|_| count > 1) {
            let message = "this option excludes all others; keep either it or them";
            self.error(Rule::ExclusiveOption, item, &path, message);
        }
    }

    fn one_value(&mut self, answer: &'a Value, item: &Item<'a>, path: &str) -> Option<(&'a str, &'a Value)> {
        if let Some(other) =
            value::beside(answer).find(|name| !(value::is_primitive(name) && options::allows(item, name)))
        {
            let message = format!("the answer has a _{}, and this item takes none", shown_name(other));
            self.error(Rule::WrongType, item, path, message);
            return None;
        }
        let mut names = value::names(answer);
        let Some(first) = names.next() else {
            // Why there is none may be said in an extension; then it counts as no answer.
            let said = answer.get("extension").is_some() || value::beside(answer).next().is_some();
            if !said {
                let message = "this answer has no value; give one, or take the answer out";
                self.error(Rule::NoValue, item, path, message);
            }
            return None;
        };
        if names.next().is_some() {
            let message = "this answer has more than one value; give each an answer of its own";
            self.error(Rule::TwoValues, item, path, message);
            return None;
        }
        answer.get(first).map(|value| (first, value))
    }

    fn answer(&mut self, item: &Item<'a>, focus: Focus, given: (&str, &'a Value), path: &str) {
        if !value::is_answer(given.0) || !options::allows(item, given.0) {
            let wanted = value::wanted(item.kind).unwrap_or("valueCoding");
            let message = format!("the answer has a {}, and this item takes a {wanted}", shown_name(given.0));
            self.error(Rule::WrongType, item, path, message);
            return;
        }
        if let Some(advice) = value::malformed(given.0, given.1) {
            let message = format!("the value is not written as FHIR writes it: {advice}");
            self.error(Rule::BadValue, item, path, message);
            return;
        }
        if value::is_empty(given.0, given.1) {
            if given.1.get("extension").is_none() {
                let message = "this value says nothing: a quantity needs a number, a file its data or address, a reference what it refers to; give it, or take the answer out";
                self.error(Rule::NoValue, item, path, message);
            }
            return;
        }
        if item.kind == Kind::String && given.1.as_str().is_some_and(|text| text.contains(['\n', '\r'])) {
            let message = "this question takes one line of text (type string); take the line breaks out";
            self.error(Rule::LineBreak, item, path, message);
        }
        let options = item.value.list("answerOption").len();
        if !self.report.step(options) {
            return;
        }
        let mut found = limits::check(item, given, &mut self.terminology, &mut self.patterns);
        found.extend(options::check(item, given, &mut self.terminology));
        for broken in found {
            if broken.rule == Rule::NotChecked {
                self.report.add_once(broken.severity, broken.rule, item.link_id, path, broken.message);
            } else {
                self.report.add(broken.severity, broken.rule, Some(item.link_id), path, broken.message);
            }
        }
        self.between_steps(item, given, path);
        self.dynamic(item, focus, given, path);
    }

    /// Said once, at the highest item that is not enabled.
    fn not_enabled(&mut self, place: usize, node: &Node<'a>, item: &Item<'a>) {
        let above = node.parent.map_or(State::Yes, |parent| self.enabled.node(parent));
        if above != State::No && self.enabled.node(place) == State::No && self.response.is_answered(place) {
            let path = self.response.path(place);
            let message = "this item is not enabled by the answers given, so it must not be answered; take its answers out";
            self.error(Rule::NotEnabled, item, &path, message);
        }
    }

    /// Every place in which items are asked for: the response, each group, each answer.
    pub(super) fn missing(&mut self) {
        self.missing_in(None, Place::ROOT);
        for place in 0..self.response.nodes.len() {
            let Some(node) = self.response.get(place) else { continue };
            let Some(item) = node.item else { continue };
            if self.enabled.node(place) != State::Yes {
                continue;
            }
            match self.definition.get(item).map(|item| item.kind) {
                Some(Kind::Group) => self.missing_in(Some(item), Place { node: Some(place), answer: None }),
                Some(kind) if kind.is_question() => {
                    for (index, answer) in node.answers().iter().enumerate() {
                        if value::of(answer).is_some() {
                            self.missing_in(Some(item), Place { node: Some(place), answer: Some(index) });
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn missing_in(&mut self, above: Option<usize>, place: Place) {
        // Found in one pass: a place may have as many items as the response.
        let mut found: HashMap<usize, There> = HashMap::new();
        for &child in self.response.in_place(place) {
            let Some(node) = self.response.get(child) else { continue };
            if let Some(item) = node.item {
                found.entry(item).or_default().add(child, node);
            }
        }
        let mut waiting: Vec<usize> = self.definition.children(above).iter().rev().copied().collect();
        while let Some(next) = waiting.pop() {
            let Some(item) = self.definition.get(next) else { continue };
            if !self.report.step(1) {
                return;
            }
            let there = found.get(&next).copied().unwrap_or_default();
            if let Some(second) = there.second {
                self.twice(item, second);
            }
            if item.kind == Kind::Display || item.kind == Kind::None {
                continue;
            }
            if self.own(next, place) != State::Yes {
                continue;
            }
            self.occurrences(item, next, place, there);
            if there.nodes == 0 {
                self.calculated_and_absent(next, place);
                let path = self.response.place_path(place);
                self.fixed_and_absent(item, &path);
            }
            if item.kind == Kind::Group && there.nodes == 0 && !item.required && !item.repeats {
                // A section that is left out does not take the questions along that it requires.
                waiting.extend(item.children.iter().rev());
            }
        }
    }

    /// Whether an item that is not there would be enabled in this place.
    pub(super) fn own(&mut self, item: usize, place: Place) -> State {
        let mut evaluation = Evaluation {
            expressions: &mut self.expressions,
            report: &mut self.report,
            definition: self.definition,
        };
        self.enabled.own(item, None, place, self.response, &mut evaluation)
    }

    /// What repeats and occurs says about the answers, or repetitions of a group, that are there.
    fn occurrences(&mut self, item: &Item<'a>, index: usize, place: Place, there: There) {
        let is_group = item.kind == Kind::Group;
        let count = if is_group { there.nodes } else { there.answers };
        // Only what is calculated is about an item of the response.
        let calculated = item.value.get("_repeats").is_some()
            || [MIN_OCCURS, MAX_OCCURS].iter().any(|url| {
                item.extension(url).is_some_and(|extension| extension.get("_valueInteger").is_some())
            });
        let focus = match there.first.filter(|_| calculated) {
            Some(node) => Focus::Node { node, item: index },
            None => Focus::Absent { parent: place.node, item: index },
        };
        let path = self.response.place_path(place);
        let what = if is_group { "repetitions" } else { "answers" };
        let repeats = self.repeats_now(item, focus, &path);
        // What is not complete yet may still be filled in.
        let severity = if self.is_complete { Severity::Error } else { Severity::Warning };
        let lacks = count == 0 || (is_group && !there.is_filled);
        // What has nothing in it now that could be answered is not demanded; see [`super::asked`].
        let here = there.first.filter(|_| is_group);
        let place = here.map_or(place, |node| Place { node: Some(node), answer: None });
        let nothing_asked = is_group && lacks && !self.asks_now(index, place);
        let severity_of_lack = if self.is_complete { Severity::Error } else { Severity::Information };
        let choosable = if is_group { None } else { self.choosable(item, focus, &path) };
        let is_impossible = choosable == Some(0)
            || (lacks && item.required && !is_group && self.leaves_nothing(item, focus, &path));
        if lacks && item.required && (is_answered_by_form(item) || is_impossible) {
            let message = if is_impossible {
                "this question has to be answered, and expressions of the Questionnaire leave it no option or no value between its bounds; nobody can answer it so"
            } else {
                "this required answer comes from an expression of the Questionnaire, which gave none; nothing the patient does changes that"
            };
            let severity = if self.is_complete { Severity::Warning } else { Severity::Information };
            self.report.add(severity, Rule::Required, Some(item.link_id), &path, message);
        } else if lacks && item.required && !nothing_asked {
            let message = if is_group {
                "this group has to be filled in, and nothing in it is; answer its questions"
            } else {
                "this question has to be answered; ask for an answer, or set the status to in-progress"
            };
            self.report.add(severity_of_lack, Rule::Required, Some(item.link_id), &path, message);
        } else if let Some(min) = self
            .often(item, focus, MIN_OCCURS, &path)
            // What does not repeat is answered once.
            .map(|min| if item.repeats { min } else { min.min(1) })
            // No more than there is to choose from now.
            .map(|min| choosable.map_or(min, |choosable| min.min(choosable)))
            .filter(|min| count < *min && repeats == item.repeats && !nothing_asked)
        {
            let (message, severity) = if is_answered_by_form(item) {
                let message = format!(
                    "an expression of the Questionnaire gave {count} answers, and at least {min} are wanted; nothing the patient does changes that"
                );
                (message, if self.is_complete { Severity::Warning } else { Severity::Information })
            } else {
                (format!("there are {count} {what}, and at least {min} are wanted"), severity_of_lack)
            };
            self.report.add(severity, Rule::TooFew, Some(item.link_id), &path, message);
        }
        let max = if repeats { self.often(item, focus, MAX_OCCURS, &path) } else { Some(1) };
        if let Some(max) = max.filter(|max| count > *max) {
            let message = format!("there are {count} {what}, and {max} are allowed");
            self.report.add(severity, Rule::TooMany, Some(item.link_id), &path, message);
        }
    }

    /// Only a group repeats as an item; a question repeats as an answer.
    fn twice(&mut self, item: &Item<'a>, second: usize) {
        // A group that does not repeat is counted by its occurrences.
        if item.kind != Kind::Group {
            let path = self.response.path(second);
            let message = "this item is there a second time; put all answers of a question under one item";
            self.error(Rule::ItemTwice, item, &path, message);
        }
    }
}

/// What the item may be called: its text in each language; without one its short text, or the display of its code.
fn texts<'a>(item: &Item<'a>) -> Vec<&'a str> {
    let of = |element: &'a Value, name: &str, sibling: &str| {
        element.str(name).into_iter().chain(translations(element, sibling)).collect::<Vec<_>>()
    };
    let own = of(item.value, "text", "_text");
    if item.value.get("text").is_some() || !own.is_empty() {
        return own;
    }
    let short = item.extensions(SHORT_TEXT).flat_map(|short| of(short, "valueString", "_valueString"));
    let codes = item.value.list("code").iter().flat_map(|code| of(code, "display", "_display"));
    short.chain(codes).collect()
}

/// What is there of one item of the Questionnaire, in one place.
#[derive(Clone, Copy, Default)]
struct There {
    nodes: usize,
    answers: usize,
    first: Option<usize>,
    second: Option<usize>,
    /// Whether one of the nodes has items in it.
    is_filled: bool,
}

impl There {
    fn add(&mut self, place: usize, node: &Node<'_>) {
        self.nodes += 1;
        self.answers += node.answers().iter().filter(|answer| value::given(answer).is_some()).count();
        match self.first {
            None => self.first = Some(place),
            Some(_) => self.second = self.second.or(Some(place)),
        }
        self.is_filled |= !node.children.is_empty();
    }
}

/// A name from the response, if it is one of FHIR's; anything else might be an answer.
pub(super) fn shown_name(name: &str) -> &str {
    let is_name = name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_name { name } else { "value of an unknown type" }
}
