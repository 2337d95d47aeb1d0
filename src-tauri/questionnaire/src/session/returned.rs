//! What the server of an adaptive form returned, held against what it was asked with. It may have added items after all that
//! were there, with answers to those of them that only it can answer; everything else has to be as it was.

use fhir::{Object, Value, canonical, object};

use super::{Session, value};
use crate::{
    AddedInside, Answer, InitialAnswer, NextQuestionError, Questionnaire, Received,
    adaptive::{self, is_group},
    form, number,
};

impl Session {
    /// Reads what `$next-question` returned: the response, with the next items in the Questionnaire that it contains, or
    /// completed. `from` is the base of the server that was asked.
    ///
    /// What comes back is what [`crate::Action::Extend`] takes. Answers stay as the session has them, whatever the
    /// server returned; that it returned others is an error all the same.
    ///
    /// # Errors
    /// [`NextQuestionError`], naming what the server did.
    pub fn received(&self, from: &str, returned: &Value) -> Result<Received, NextQuestionError> {
        let asked = self.next_question()?;
        let form = returned_form(returned).ok_or(NextQuestionError::NotAResponse)?;
        let finished = match returned.str("status") {
            Some("in-progress") => false,
            Some("completed") => true,
            _ => return Err(NextQuestionError::Status),
        };
        let sent = adaptive::named_form(&asked).ok_or(NextQuestionError::NotAResponse)?;
        let (url, version) = (self.form.url(), self.form.version());
        if form.get("derivedFrom").is_some() && !adaptive::is_derived_from(form, Some(url), version) {
            return Err(NextQuestionError::OtherForm);
        }
        let mut inside = Vec::new();
        let items = added_items(sent.list("item"), form.list("item"), &mut inside)?;
        let contained = added_contained(&asked, returned, form)?;
        let mut received = Received {
            from: from.to_owned(),
            sha256: form::sha256(returned),
            items: Value::from(items).to_json(),
            inside,
            contained: (!contained.is_empty()).then(|| Value::from(contained).to_json()),
            given: Vec::new(),
            finished,
        };
        let mut added = Vec::new();
        added_answers(asked.list("item"), returned.list("item"), &mut added)?;
        let grown = self.form_with(&received)?;
        for item in added {
            self.read_given(&grown, item, &mut received.given)?;
        }
        Ok(received)
    }

    /// What the server answered in a new item and inside it. Recursion is bounded by the depth of the form, which was
    /// imported, and by the parser.
    fn read_given(
        &self,
        grown: &Questionnaire,
        item: &Value,
        given: &mut Vec<InitialAnswer>,
    ) -> Result<(), NextQuestionError> {
        for inside in item.list("item") {
            self.read_given(grown, inside, given)?;
        }
        let (form, answers) = (&grown.form, item.list("answer"));
        if answers.is_empty() {
            return Ok(());
        }
        let link_id = item.str("linkId").unwrap_or_default();
        let unfit = || NextQuestionError::AnswerDoesNotFit { link_id: shortened(link_id) };
        let place = *form.by_key.get(link_id).ok_or_else(unfit)?;
        if place < self.form.form.items.len() {
            return Err(NextQuestionError::AlteredAnswer { link_id: shortened(link_id) });
        }
        let item = &form.items[place];
        let question = item.question().ok_or_else(unfit)?;
        if !item.read_only {
            return Err(NextQuestionError::AnswersForPatient { link_id: shortened(link_id) });
        }
        // What the form computes needs nobody's answer.
        if form.rules.items.get(&place).is_some_and(|rules| rules.calculated.is_some()) {
            return Ok(());
        }
        let read = |one: &Value| {
            let value = value_of(one).filter(|_| one.list("item").is_empty())?;
            value::answer(question, value).filter(|answer| is_exact(answer, value))
        };
        let answers: Option<Vec<Answer>> = answers.iter().map(read).collect();
        given.push(InitialAnswer { item: item.link_id.clone(), answers: answers.ok_or_else(unfit)? });
        Ok(())
    }
}

/// The Questionnaire that a response contains and names; where it names none, the only one.
fn returned_form(response: &Value) -> Option<&Value> {
    if response.resource_type() != Some("QuestionnaireResponse") {
        return None;
    }
    if response.str("questionnaire").is_some() {
        return adaptive::named_form(response);
    }
    let contained = response.list("contained").iter();
    let mut forms = contained.filter(|one| one.resource_type() == Some("Questionnaire"));
    forms.next().filter(|_| forms.next().is_none())
}

/// The items of the returned form after those that were there, which have to be as they were; but the last of them may be a
/// group with more at its end. What was added there goes to `inside`. Recursion is bounded by the depth of the form.
fn added_items(
    sent: &[Value],
    returned: &[Value],
    inside: &mut Vec<AddedInside>,
) -> Result<Vec<Value>, NextQuestionError> {
    for (place, item) in sent.iter().enumerate() {
        let altered = || NextQuestionError::AlteredItem { link_id: named(item) };
        let other = returned.get(place).ok_or_else(altered)?;
        if is_same(item, other) {
            continue;
        }
        let may_grow = place + 1 == sent.len() && is_group(item);
        if !may_grow || !is_same(&without_items(item), &without_items(other)) {
            return Err(altered());
        }
        let before = inside.len();
        let added = added_items(item.list("item"), other.list("item"), inside)?;
        if !added.is_empty() {
            let group = item.str("linkId").unwrap_or_default().to_owned();
            inside.push(AddedInside { group, items: Value::from(added).to_json() });
        } else if inside.len() == before {
            return Err(altered());
        }
    }
    Ok(returned.get(sent.len()..).unwrap_or_default().to_vec())
}

/// A group by itself.
fn without_items(group: &Value) -> Value {
    let mut group = group.clone();
    if let Some(members) = group.as_object_mut() {
        members.remove("item");
    }
    group
}

/// The value sets and code systems that the response contains beside its form and did not contain before.
fn added_contained(asked: &Value, returned: &Value, form: &Value) -> Result<Vec<Value>, NextQuestionError> {
    let mut added = Vec::new();
    for one in returned.list("contained").iter().filter(|one| !std::ptr::eq(*one, form)) {
        let id = one.str("id").unwrap_or_default();
        let before = asked.list("contained").iter().find(|known| known.str("id") == Some(id));
        match before {
            Some(before) if is_same(before, one) => {}
            // Whatever id the server gives its form, ours is the one that is kept.
            Some(_) => return Err(NextQuestionError::AlteredContained { id: shortened(id) }),
            None if adaptive::comes_with_items(one) => added.push(one.clone()),
            None => {}
        }
    }
    Ok(added)
}

/// The items of the returned response, and of its groups, beside those that were sent, whose answers have to be as they were.
/// Recursion is bounded by what was sent.
fn added_answers<'v>(
    sent: &[Value],
    returned: &'v [Value],
    added: &mut Vec<&'v Value>,
) -> Result<(), NextQuestionError> {
    let mut sent = sent.iter().peekable();
    for item in returned {
        match sent.peek() {
            Some(before) if before.str("linkId") == item.str("linkId") => {
                if !is_same(&answers_of(before), &answers_of(item)) {
                    return Err(NextQuestionError::AlteredAnswer { link_id: named(before) });
                }
                added_answers(before.list("item"), item.list("item"), added)?;
                sent.next();
            }
            _ => added.push(item),
        }
    }
    match sent.next() {
        Some(missing) => Err(NextQuestionError::AlteredAnswer { link_id: named(missing) }),
        None => Ok(()),
    }
}

/// The answers of an item of a response with all that stands under them. Recursion is bounded by the parser.
fn answers_of(item: &Value) -> Value {
    let answers = item.list("answer").iter().map(|answer| {
        let mut kept = Object::new();
        for (name, value) in answer.as_object().into_iter().flat_map(Object::iter) {
            if name.starts_with("value") {
                kept.insert(name, value.clone());
            }
        }
        let under = answer.list("item").iter().map(|item| {
            let link_id = item.str("linkId").unwrap_or_default();
            let inside: Vec<Value> = item.list("item").iter().map(answers_of).collect();
            object! { "linkId" => link_id, "answers" => answers_of(item), "item" => inside }
        });
        kept.insert("item", under.collect::<Vec<_>>());
        Value::from(kept)
    });
    answers.collect::<Vec<_>>().into()
}

/// Whether two values say the same, whatever the order of their members. The text of numbers counts.
fn is_same(one: &Value, other: &Value) -> bool {
    canonical::number_text(one) == canonical::number_text(other)
}

fn value_of(answer: &Value) -> Option<&Value> {
    let mut values = answer.as_object()?.iter().filter(|(name, _)| name.starts_with("value"));
    values.next().map(|(_, value)| value).filter(|_| values.next().is_none())
}

/// A number is kept as it is, or not at all.
fn is_exact(answer: &Answer, value: &Value) -> bool {
    let (Answer::Number { text } | Answer::Quantity { text, .. }) = answer else { return true };
    let written = value.get("value").unwrap_or(value).as_number().map(fhir::Number::as_str);
    written.and_then(|written| number::compare(text, written)) == Some(std::cmp::Ordering::Equal)
}

fn named(item: &Value) -> String {
    shortened(item.str("linkId").unwrap_or_default())
}

/// What a server wrote is quoted in part.
fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}
