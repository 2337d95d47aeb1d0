//! Who writes forms that nobody wrote.

use std::fmt::Write as _;

use crate::common::{CORE, chance::Chance};

const SDC: &str = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-";

/// A question that conditions and expressions can name.
struct Question {
    link_id: String,
    kind: &'static str,
}

/// Writes forms as nobody would.
pub(super) struct Author {
    chance: Chance,
    count: usize,
    questions: Vec<Question>,
    /// The names of the variables that are known here, the form's first.
    variables: Vec<String>,
}

fn extension(url: &str, value: &str) -> String {
    format!(r#"{{"url":"{url}",{value}}}"#)
}

fn core(name: &str, value: &str) -> String {
    extension(&format!("{CORE}{name}"), value)
}

/// What a variable holds: where it stands, the response, what is in them, and all of that again through others.
const HELD: [&str; 14] = [
    "$this",
    "%context",
    "%resource",
    "item",
    "$this.first()",
    "select($this)",
    "iif(true, $this)",
    "%context.item",
    "answer",
    "%context.where(true)",
    "%resource.item",
    "%resource.item.first()",
    "answers()",
    "descendants()",
];

const TYPES: [&str; 18] = [
    "group",
    "group",
    "group",
    "display",
    "boolean",
    "boolean",
    "integer",
    "integer",
    "decimal",
    "date",
    "dateTime",
    "time",
    "string",
    "text",
    "url",
    "choice",
    "open-choice",
    "quantity",
];

impl Author {
    pub(super) fn new(seed: u64) -> Self {
        Self { chance: Chance(seed), count: 0, questions: Vec::new(), variables: Vec::new() }
    }

    pub(super) fn items(&mut self, depth: usize, most: usize) -> String {
        let count = 1 + self.chance.below(most);
        (0..count).map(|_| self.item(depth)).collect::<Vec<_>>().join(",")
    }

    fn item(&mut self, depth: usize) -> String {
        let link_id = format!("i{}", self.count);
        self.count += 1;
        let mut kind = TYPES[self.chance.below(TYPES.len())];
        if depth > 3 && kind == "group" {
            kind = "integer";
        }
        let (mut members, mut extensions) = (String::new(), Vec::new());
        // A text, or what stands in for one.
        match self.chance.below(12) {
            0 => extensions
                .push(extension(&format!("{SDC}shortText"), &format!(r#""valueString":"Short {link_id}""#))),
            1 => write!(members, r#","code":[{{"code":"c","display":"Code {link_id}"}}]"#).unwrap(),
            _ => write!(members, r#","text":"Text {link_id}""#).unwrap(),
        }
        let outer = self.variables.len();
        self.variable(&mut extensions);
        self.condition(&mut members, &mut extensions);
        match kind {
            "display" => {}
            "group" => self.group(depth, &mut members, &mut extensions),
            _ => self.question(&link_id, kind, depth, &mut members, &mut extensions),
        }
        self.variables.truncate(outer);
        if !extensions.is_empty() {
            write!(members, r#","extension":[{}]"#, extensions.join(",")).unwrap();
        }
        format!(r#"{{"linkId":"{link_id}","type":"{kind}"{members}}}"#)
    }

    /// Perhaps a variable, which may hold what another one around it holds.
    pub(super) fn variable(&mut self, extensions: &mut Vec<String>) {
        if !self.chance.percent(20) {
            return;
        }
        let held = match self.known() {
            Some(known) if self.chance.percent(40) => {
                let of =
                    self.chance.one(&["", ".item", ".first()", ".select($this)", ".answer", ".where(true)"]);
                format!("%{known}{of}")
            }
            _ => self.chance.one(&HELD).to_owned(),
        };
        let name = format!("v{}", self.count);
        let expression = format!(
            r#""valueExpression":{{"name":"{name}","language":"text/fhirpath","expression":"{held}"}}"#
        );
        extensions.push(core("variable", &expression));
        self.variables.push(name);
    }

    /// One of the variables known here.
    fn known(&mut self) -> Option<String> {
        let count = self.variables.len();
        (count > 0).then(|| self.variables[self.chance.below(count)].clone())
    }

    /// Where an expression begins to look for an item: at the response, or at what a variable holds.
    fn whence(&mut self) -> String {
        let known = self.known().filter(|_| self.chance.percent(60));
        let below = self.chance.one(&[
            "descendants()",
            "item",
            "item.item",
            "answer.item",
            "repeat(item | answer.item)",
        ]);
        match known {
            Some(known) => format!("%{known}.{below}"),
            None => "%resource.descendants()".to_owned(),
        }
    }

    fn group(&mut self, depth: usize, members: &mut String, extensions: &mut Vec<String>) {
        let repeats = self.chance.percent(35);
        if repeats {
            members.push_str(r#","repeats":true"#);
            self.occurs(extensions);
        }
        if self.chance.percent(20) {
            members.push_str(r#","required":true"#);
        }
        if self.chance.percent(20) {
            let control = self.chance.one(&["gtable", "table", "grid", "htable", "page", "list", "header"]);
            extensions.push(control_of(control));
        }
        let items = self.items(depth + 1, 4);
        write!(members, r#","item":[{items}]"#).unwrap();
    }

    fn occurs(&mut self, extensions: &mut Vec<String>) {
        if self.chance.percent(30) {
            let least = self.chance.below(3);
            extensions.push(core("questionnaire-minOccurs", &format!(r#""valueInteger":{least}"#)));
        }
        if self.chance.percent(30) {
            let most = 2 + self.chance.below(3);
            extensions.push(core("questionnaire-maxOccurs", &format!(r#""valueInteger":{most}"#)));
        }
    }

    fn question(
        &mut self,
        link_id: &str,
        kind: &'static str,
        depth: usize,
        members: &mut String,
        extensions: &mut Vec<String>,
    ) {
        if self.chance.percent(30) {
            members.push_str(r#","required":true"#);
        }
        if self.chance.percent(8) {
            extensions.push(core("questionnaire-hidden", r#""valueBoolean":true"#));
        }
        let is_read = if self.variables.is_empty() { 15 } else { 50 };
        let total = matches!(kind, "integer" | "decimal") && self.chance.percent(is_read);
        let source = self.questions.iter().rev().find(|known| matches!(known.kind, "integer" | "decimal"));
        if let Some(source) = source.filter(|_| total) {
            let source = source.link_id.clone();
            let whence = self.whence();
            let base = self.chance.one(&[SDC, &format!("{CORE}questionnaire-")]).to_owned();
            let values = format!("{whence}.where(linkId='{source}').answer.value");
            // Several values, with items under each of them; or their sum.
            let several = self.chance.percent(35);
            let expression = if several { values } else { format!("{values}.sum()") };
            extensions.push(extension(
                &format!("{base}calculatedExpression"),
                &format!(r#""valueExpression":{{"language":"text/fhirpath","expression":"{expression}"}}"#),
            ));
            if self.chance.percent(60) {
                members.push_str(r#","readOnly":true"#);
            }
            if several {
                let items = self.items(depth + 1, 3);
                write!(members, r#","repeats":true,"item":[{items}]"#).unwrap();
            }
        } else {
            if self.chance.percent(25) {
                members.push_str(r#","repeats":true"#);
                self.occurs(extensions);
            }
            self.of_its_type(kind, members, extensions);
            if depth < 4 && self.chance.percent(15) {
                let items = self.items(depth + 1, 3);
                write!(members, r#","item":[{items}]"#).unwrap();
            }
        }
        self.questions.push(Question { link_id: link_id.to_owned(), kind });
    }

    /// Options and limits, also such as do not fit the type.
    fn of_its_type(&mut self, kind: &str, members: &mut String, extensions: &mut Vec<String>) {
        match kind {
            "choice" | "open-choice" => {
                let options = match self.chance.below(4) {
                    0 => r#","answerOption":[{"valueString":"First"},{"valueString":"2"},{"valueString":"long words"}]"#,
                    1 => r#","answerOption":[{"valueInteger":1},{"valueInteger":2},{"valueInteger":3}]"#,
                    2 => r#","answerValueSet":"http://hl7.org/fhir/ValueSet/administrative-gender""#,
                    _ => {
                        r#","answerOption":[{"valueCoding":{"system":"http://s","code":"a","display":"A"}},{"valueCoding":{"code":"b","display":"B"}},{"valueCoding":{"system":"http://s","code":"c","display":"C"}}]"#
                    }
                };
                members.push_str(options);
            }
            "boolean" if self.chance.percent(10) => {
                members.push_str(r#","answerOption":[{"valueCoding":{"system":"http://s","code":"a"}}]"#);
            }
            "quantity" => match self.chance.below(8) {
                0 => extensions.push(core("questionnaire-unit", r#""valueCoding":{"system":"http://unitsofmeasure.org","code":"kg","display":"kg"}"#)),
                1 => {
                    extensions.push(core("questionnaire-unitOption", r#""valueCoding":{"code":"kg"}"#));
                    extensions.push(core("questionnaire-unitOption", r#""valueCoding":{"code":"g","display":"gram"}"#));
                }
                2 => extensions.push(core("questionnaire-unitOption", r#""valueCoding":{"system":"http://unitsofmeasure.org","code":"mg","display":"mg"}"#)),
                3 => extensions.push(core("minValue", r#""valueQuantity":{"value":5,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}"#)),
                4 => {
                    extensions.push(core("questionnaire-unit", r#""valueCoding":{"system":"http://unitsofmeasure.org","code":"kg"}"#));
                    extensions.push(core("maxValue", r#""valueQuantity":{"value":50000,"unit":"g","system":"http://unitsofmeasure.org","code":"g"}"#));
                }
                5 => {
                    extensions.push(core("questionnaire-unitOption", r#""valueCoding":{"system":"http://unitsofmeasure.org","code":"kg","display":"kg"}"#));
                    extensions.push(core("questionnaire-unitOption", r#""valueCoding":{"system":"http://unitsofmeasure.org","code":"[lb_av]","display":"lb"}"#));
                    extensions.push(core("minValue", r#""valueQuantity":{"value":2500,"unit":"g","system":"http://unitsofmeasure.org","code":"g"}"#));
                }
                6 => members.push_str(r#","initial":[{"valueQuantity":{"value":70,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}]"#),
                _ => {}
            },
            "integer" | "decimal" if self.chance.percent(50) => {
                let (least, most) = (self.chance.below(5), 5 + self.chance.below(20));
                let name = if kind == "integer" { "valueInteger" } else { "valueDecimal" };
                extensions.push(core("minValue", &format!(r#""{name}":{least}"#)));
                extensions.push(core("maxValue", &format!(r#""{name}":{most}"#)));
                if self.chance.percent(30) {
                    extensions.push(control_of("slider"));
                }
            }
            "date" if self.chance.percent(40) => {
                extensions.push(core("minValue", r#""valueDate":"2020-02-01""#));
                extensions.push(core("maxValue", r#""valueDate":"2026-12""#));
            }
            _ => {}
        }
        if self.chance.percent(8) {
            write!(members, r#","maxLength":{}"#, 12 + self.chance.below(10)).unwrap();
        }
        if self.chance.percent(8) {
            extensions.push(core("minLength", r#""valueInteger":2"#));
        }
        if self.chance.percent(6) {
            extensions.push(core("regex", r#""valueString":"[a-z]{2,9}""#));
        }
        if self.chance.percent(6) {
            extensions.push(core("maxDecimalPlaces", r#""valueInteger":1"#));
        }
    }

    /// A condition on any question so far: around, beside, before, in other repetitions.
    fn condition(&mut self, members: &mut String, extensions: &mut Vec<String>) {
        if self.questions.is_empty() || !self.chance.percent(35) {
            return;
        }
        // What stands near is more likely in what a variable holds.
        let near = if self.chance.percent(50) { 3 } else { self.questions.len() };
        let pick = self.questions.len() - 1 - self.chance.below(near.min(self.questions.len()));
        let Question { link_id, kind } = &self.questions[pick];
        let (link_id, kind) = (link_id.clone(), *kind);
        let is_read = if self.variables.is_empty() { 15 } else { 50 };
        if self.chance.percent(is_read) {
            let test = self.chance.one(&["exists()", "empty()", "count() > 1"]);
            let expression = format!("{}.where(linkId='{link_id}').answer.{test}", self.whence());
            extensions.push(extension(
                &format!("{SDC}enableWhenExpression"),
                &format!(r#""valueExpression":{{"language":"text/fhirpath","expression":"{expression}"}}"#),
            ));
            return;
        }
        let yes = self.chance.percent(60);
        let (operator, wanted) = match kind {
            "boolean" => (self.chance.one(&["=", "!="]), format!(r#""answerBoolean":{yes}"#)),
            "integer" => {
                (self.chance.one(&["=", "!=", ">", "<", ">=", "<="]), r#""answerInteger":7"#.to_owned())
            }
            "decimal" => (self.chance.one(&[">", "<", ">=", "<="]), r#""answerDecimal":7.5"#.to_owned()),
            "quantity" => {
                let unit =
                    self.chance.one(&["", r#","unit":"g","system":"http://unitsofmeasure.org","code":"g""#]);
                let operator = self.chance.one(&["=", "!=", ">", "<", ">=", "<="]);
                (operator, format!(r#""answerQuantity":{{"value":9000{unit}}}"#))
            }
            "date" => (self.chance.one(&["<", ">"]), r#""answerDate":"2024-01-01""#.to_owned()),
            _ => ("exists", format!(r#""answerBoolean":{yes}"#)),
        };
        write!(members, r#","enableWhen":[{{"question":"{link_id}","operator":"{operator}",{wanted}}}]"#)
            .unwrap();
    }
}

fn control_of(code: &str) -> String {
    core(
        "questionnaire-itemControl",
        &format!(r#""valueCodeableConcept":{{"coding":[{{"code":"{code}"}}]}}"#),
    )
}
