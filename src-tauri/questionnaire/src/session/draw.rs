//! What the page shows: the screen or the review, in the session's language.

use super::{Here, Session, showing::ScreenItem};
use crate::{
    Answer, ChoiceOption, Control, Direction, Position, Review, ReviewRow, Screen,
    form::{self, Item, Kind, NumberQuestion, Question, Role, Text},
    language,
};

impl Session {
    /// What to show now.
    pub fn screen(&self) -> Position {
        let screens = self.screens();
        let here = match self.place {
            Here::Item(here) => screens.iter().position(|screen| screen.item == here),
            Here::Review => None,
        };
        match here {
            Some(at) => Position::Screen { screen: Box::new(self.draw(&screens, at)) },
            None => Position::Review { review: self.review() },
        }
    }

    /// Every question shown now, with its answer.
    pub fn review(&self) -> Review {
        let items = &self.form.form.items;
        let rows: Vec<_> = self
            .screens()
            .iter()
            .filter_map(|screen| {
                let item = &items[screen.item];
                let question = item.question()?;
                let value = self.answers[screen.item].clone();
                Some(ReviewRow {
                    key: item.link_id.clone(),
                    context: self.context(screen),
                    text: self.words(item),
                    answer: value
                        .as_ref()
                        .and_then(|answer| self.answer_words(screen.item, question, answer)),
                    value,
                    control: self.control(screen.item),
                    skipped: self.skipped[screen.item],
                    missing: self.is_missing(screen.item),
                })
            })
            .collect();
        let complete = rows.iter().all(|row| !row.missing);
        Review { rows, complete }
    }

    /// The keys of the questions shown now that are neither answered nor left out on purpose, in order.
    pub fn missing(&self) -> Vec<String> {
        let items = &self.form.form.items;
        (0..items.len()).filter(|&at| self.is_missing(at)).map(|at| items[at].link_id.clone()).collect()
    }

    /// Base64url of the SHA-256 over every text that can be shown in `language`.
    pub fn display_sha256(&self, language: &str) -> String {
        self.form.display_sha256(language)
    }

    fn draw(&self, screens: &[ScreenItem], at: usize) -> Screen {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let index = screens[at].item;
        let item = &self.form.form.items[index];
        Screen {
            key: item.link_id.clone(),
            link_id: item.link_id.clone(),
            position: count(at + 1),
            total: count(screens.len()),
            language: self.language.clone(),
            direction: Direction::of(&self.language),
            context: self.context(&screens[at]),
            text: self.words(item),
            help: self.help(index),
            required: item.required,
            control: self.control(index),
            answer: self.answers[index].clone(),
            skipped: self.skipped[index],
            can_go_back: at > 0,
        }
    }

    /// The texts of the groups around and of the lead-ins before an item, in document order.
    fn context(&self, screen: &ScreenItem) -> Vec<String> {
        let items = &self.form.form.items;
        let mut around = screen.lead_ins.clone();
        let mut next = items[screen.item].parent;
        while let Some(index) = next {
            if matches!(items[index].kind, Kind::Group) && items[index].text.is_some() {
                around.push(index);
            }
            next = items[index].parent;
        }
        around.sort_unstable();
        around.into_iter().map(|index| self.words(&items[index])).collect()
    }

    /// The text of an item, with its prefix.
    fn words(&self, item: &Item) -> String {
        let text = item.text.as_ref().map(|text| text.text(&self.language)).unwrap_or_default();
        match &item.prefix {
            Some(prefix) => format!("{} {text}", prefix.text(&self.language)),
            None => text.to_owned(),
        }
    }

    /// The display items of one role that stand under a question and are shown now.
    fn displays(&self, question: usize, role: Role) -> Vec<String> {
        let items = &self.form.form.items;
        self.form
            .form
            .children(Some(question))
            .filter(|&child| self.is_shown(child))
            .filter(|&child| matches!(items[child].kind, Kind::Display(found) if found == role))
            .map(|child| self.words(&items[child]))
            .collect()
    }

    fn help(&self, index: usize) -> Option<String> {
        let help = self.displays(index, Role::Help);
        (!help.is_empty()).then(|| help.join("\n"))
    }

    fn control(&self, index: usize) -> Control {
        match &self.form.form.items[index].kind {
            Kind::Group | Kind::Display(_) => Control::Display,
            Kind::Question(Question::Boolean) => {
                let (yes, no) = language::yes_no(&self.language).unwrap_or_default();
                Control::Boolean { yes: yes.to_owned(), no: no.to_owned() }
            }
            Kind::Question(Question::Number(question)) => self.number_control(index, question),
            Kind::Question(Question::Date { min, max }) => {
                Control::Date { min: min.map(|date| date.to_string()), max: max.map(|date| date.to_string()) }
            }
            Kind::Question(Question::Text(question)) if question.lines => {
                Control::Text { max_length: question.max_length }
            }
            Kind::Question(Question::Text(question)) => Control::String { max_length: question.max_length },
            Kind::Question(Question::Choice(options)) => {
                let text = |text: &Text| text.text(&self.language).to_owned();
                let options = options.iter().map(|option| ChoiceOption {
                    key: option.key.clone(),
                    label: text(&option.label),
                    prefix: option.prefix.as_ref().map(text),
                });
                Control::Choice { options: options.collect() }
            }
        }
    }

    fn number_control(&self, index: usize, question: &NumberQuestion) -> Control {
        let (min, max) = (question.min.clone(), question.max.clone());
        if let Some(scale) = &question.scale {
            return Control::VisualAnalogueScale {
                min: min.unwrap_or_default(),
                max: max.unwrap_or_default(),
                step: scale.step.to_string(),
                low_label: self.displays(index, Role::Lower).join(" "),
                high_label: self.displays(index, Role::Upper).join(" "),
                show_value: scale.show_value,
            };
        }
        let unit = self.unit(index, question);
        if question.integer {
            Control::Integer { min, max, unit }
        } else {
            Control::Decimal { min, max, max_decimal_places: question.max_decimal_places, unit }
        }
    }

    /// The `questionnaire-unit` extension, else a display item with the control `unit`.
    fn unit(&self, index: usize, question: &NumberQuestion) -> Option<String> {
        match &question.unit {
            Some(unit) => Some(unit.text(&self.language).to_owned()),
            None => self.displays(index, Role::Unit).into_iter().next(),
        }
    }

    /// An answer in words.
    fn answer_words(&self, index: usize, question: &Question, answer: &Answer) -> Option<String> {
        match (question, answer) {
            (Question::Choice(options), Answer::Choice { option }) => {
                let chosen: &form::OptionItem = options.iter().find(|known| known.key == *option)?;
                Some(chosen.label.text(&self.language).to_owned())
            }
            (_, Answer::Boolean { value }) => {
                let (yes, no) = language::yes_no(&self.language).unwrap_or_default();
                Some(if *value { yes } else { no }.to_owned())
            }
            (Question::Number(question), Answer::Number { text }) => Some(match self.unit(index, question) {
                Some(unit) => format!("{text} {unit}"),
                None => text.clone(),
            }),
            (_, Answer::Number { text } | Answer::Date { text } | Answer::Text { text }) => {
                Some(text.clone())
            }
            (_, Answer::Choice { .. }) => None,
        }
    }
}
