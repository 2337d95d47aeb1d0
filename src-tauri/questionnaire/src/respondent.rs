//! A respondent who answers at random, the same for the same seed: for trying a form out, and for tests.

mod chance;
mod matching;
mod page;

use chance::Chance;

use crate::{Action, Answer, AnswerError, Control, Event, Questionnaire, Screen, Session, number};

/// Why a form could not be filled in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stuck {
    /// The session did not start.
    #[error("the session does not start: {0}")]
    Start(AnswerError),
    /// No answer was found that the form takes.
    #[error("no way was found past {key}: {error}")]
    At {
        /// The screen, or `review`.
        key: String,
        /// What the form says.
        error: AnswerError,
    },
    /// A server chooses the questions, and none is asked here.
    #[error(
        "the form is adaptive: its server chooses the questions, and answers made up here would be none to them; give the log of a filling"
    )]
    Adaptive,
    /// The form did not come to an end.
    #[error("the form did not come to an end in {0} steps")]
    Endless(usize),
}

/// How often an answer is tried before the question is left out.
const TRIES: usize = 24;
/// Further instances of one repeating group.
const MOST_ADDED: u64 = 2;
/// The most answers that one question is given, where a form asks for many.
const MOST_ANSWERS: usize = 500;
/// How often the respondent goes back in a form, because what was answered before leaves no way on, and how many screens.
const RETREATS: usize = 200;
const FURTHEST: usize = 50;

/// Fills `form` in from beginning to end, as a patient would: each answer at its screen, some left out, some changed on
/// the review. Every event is dated `at`.
///
/// # Errors
/// [`Stuck`], where the form takes none of the answers that were tried.
pub fn fill(
    form: &Questionnaire,
    language: &str,
    seed: u64,
    at: &str,
    actor: &str,
) -> Result<(Session, Vec<Event>), Stuck> {
    let mut events = Vec::new();
    let session = fill_with(form, language, seed, at, actor, &mut |event| events.push(event))?;
    Ok((session, events))
}

/// [`fill`], with each event handed to `keep` as it happens: the log of a large form is larger than the form.
///
/// # Errors
/// As [`fill`].
pub fn fill_with(
    form: &Questionnaire,
    language: &str,
    seed: u64,
    at: &str,
    actor: &str,
    keep: &mut dyn FnMut(Event),
) -> Result<Session, Stuck> {
    if form.is_adaptive() {
        return Err(Stuck::Adaptive);
    }
    let (session, started) = Session::start(form, language, at, actor).map_err(Stuck::Start)?;
    keep(started);
    let mut respondent = Respondent { session, keep, chance: Chance(seed), at, actor };
    let (mut retreats, mut last) = (0, None);
    respondent.act(&Action::Begin).map_err(Stuck::Start)?;
    let bound = 1_000 + 40 * form.question_count() as usize;
    for _ in 0..bound {
        let Some(screen) = respondent.session.at_screen() else {
            return match respondent.act(&Action::Confirm) {
                Ok(()) => Ok(respondent.session),
                Err(error) => {
                    respondent.change(&error)?;
                    continue;
                }
            };
        };
        if let Err(stuck) = respondent.pass(&screen) {
            retreats += 1;
            if retreats > RETREATS || !respondent.retreat() {
                return Err(stuck);
            }
            last = Some(stuck);
        }
    }
    Err(last.unwrap_or(Stuck::Endless(bound)))
}

struct Respondent<'a> {
    session: Session,
    keep: &'a mut dyn FnMut(Event),
    chance: Chance,
    at: &'a str,
    actor: &'a str,
}

impl Respondent<'_> {
    fn act(&mut self, action: &Action) -> Result<(), AnswerError> {
        let event = self.session.act(action, self.at, self.actor)?;
        (self.keep)(event);
        Ok(())
    }

    /// Answers what is on the screen, or leaves it out, and goes on.
    fn pass(&mut self, screen: &Screen) -> Result<(), Stuck> {
        if screen.page.is_some() {
            return self.pass_page(screen);
        }
        let key = screen.key.clone();
        if let Control::Instances { can_add: true, instances, .. } = &screen.control
            && (instances.len() as u64) <= MOST_ADDED
            && self.chance.one_in(3)
            && self.act(&Action::AddInstance { key: key.clone() }).is_ok()
        {
            return Ok(());
        }
        let is_asked =
            !screen.read_only && !matches!(screen.control, Control::Display | Control::Instances { .. });
        let mut last = None;
        if is_asked && (screen.required || !self.chance.one_in(5)) {
            for _ in 0..TRIES {
                let answers = self.answers(screen, last.as_ref());
                let answered = self.act(&Action::Answer { key: key.clone(), answers });
                match answered.and_then(|()| self.act(&Action::Next)) {
                    Ok(()) => return Ok(()),
                    Err(error) => last = Some(error),
                }
            }
        }
        if is_asked && let Err(error) = self.act(&Action::Skip { key: key.clone() }) {
            return Err(Stuck::At { key, error: last.unwrap_or(error) });
        }
        self.act(&Action::Next).map_err(|error| Stuck::At { key, error })
    }

    /// Goes back some screens, to answer them otherwise: what is asked for here may depend on them. False at the first.
    fn retreat(&mut self) -> bool {
        let passed = self.session.at_screen().map_or(0, |screen| screen.position as usize);
        let steps = 1 + self.chance.below(passed.min(FURTHEST));
        (0..steps).take_while(|_| self.act(&Action::Back).is_ok()).count() > 0
    }

    /// Goes back to what keeps the review from being confirmed, or to any question.
    fn change(&mut self, error: &AnswerError) -> Result<(), Stuck> {
        let stuck = || Stuck::At { key: "review".to_owned(), error: error.clone() };
        let named = match error {
            AnswerError::Constraint { key, .. } if !key.is_empty() => Some(key.clone()),
            AnswerError::Constraint { .. } | AnswerError::Incomplete { .. } => {
                self.session.missing().first().cloned()
            }
            _ => return Err(stuck()),
        };
        let rows = self.session.review().rows;
        // What is named may be only one of several that do not fit together.
        let named = named.filter(|_| !rows.is_empty() && !self.chance.one_in(3));
        let key = named.or_else(|| rows.get(self.chance.below(rows.len())).map(|row| row.key.clone()));
        let goto = Action::Goto { key: key.ok_or_else(stuck)? };
        if self.act(&goto).is_err() {
            // The constraint of a group: any of its questions may be wrong.
            let row = rows.get(self.chance.below(rows.len())).ok_or_else(stuck)?;
            self.act(&Action::Goto { key: row.key.clone() }).map_err(|_| stuck())?;
        }
        Ok(())
    }

    /// Answers at random; `refused` is why the last ones were not taken.
    fn answers(&mut self, screen: &Screen, refused: Option<&AnswerError>) -> Vec<Answer> {
        if !screen.several {
            return self.answer(&screen.key, &screen.control).into_iter().collect();
        }
        let most = screen.max_answers.unwrap_or(3).clamp(1, 4) as usize;
        let least = match refused {
            Some(AnswerError::TooFewAnswers { min }) => *min as usize,
            _ => 1,
        };
        let count = (1 + self.chance.below(most)).max(least.min(MOST_ANSWERS));
        let mut answers: Vec<Answer> = Vec::new();
        for _ in 0..count {
            let answer = match self.answer(&screen.key, &screen.control) {
                // Few words are known here, and each answer is given once.
                Some(Answer::Text { text }) if count > most => {
                    Some(Answer::Text { text: format!("{text} {}", answers.len()) })
                }
                answer => answer,
            };
            // An option is chosen once; anything else may be given again where a form asks for many.
            let is_again = |given: &Answer| {
                answers.contains(given) && (matches!(given, Answer::Choice { .. }) || answers.len() >= least)
            };
            if answer.as_ref().is_some_and(|answer| !is_again(answer)) {
                answers.extend(answer);
            }
        }
        answers
    }

    fn answer(&mut self, key: &str, control: &Control) -> Option<Answer> {
        let chance = &mut self.chance;
        Some(match control {
            Control::Boolean { .. } => Answer::Boolean { value: chance.one_in(2) },
            Control::Choice { options, own, .. } => {
                if let Some(own) = own
                    && (options.is_empty() || chance.one_in(5))
                {
                    return self.answer(key, &own.control.clone());
                }
                let option = options.get(chance.below(options.len()))?;
                Answer::Choice { option: option.key.clone() }
            }
            Control::Integer { min, max, .. } => {
                Answer::Number { text: chance.number(min.as_deref(), max.as_deref(), 0) }
            }
            Control::Decimal { min, max, max_decimal_places, .. } => Answer::Number {
                text: chance.number(min.as_deref(), max.as_deref(), max_decimal_places.unwrap_or(2).min(2)),
            },
            Control::VisualAnalogueScale { min, max, step, .. } => {
                let places = number::places_needed(min).max(number::places_needed(step));
                let read = |text: &String| number::scaled(text, places).unwrap_or_default();
                let (min, max, step) = (read(min), read(max), read(step).max(1));
                let steps = usize::try_from((max - min) / step).unwrap_or_default();
                let taken = i64::try_from(chance.below(steps + 1)).unwrap_or_default();
                Answer::Number { text: number::unscaled(min + taken * step, places) }
            }
            Control::Quantity { min, max, max_decimal_places, units, own_unit, .. } => {
                let unit = units.get(chance.below(units.len())).map(|unit| unit.key.clone());
                let limits = self.session.quantity_limits(key, unit.as_deref());
                let (min, max) = (limits.0.as_ref().or(min.as_ref()), limits.1.as_ref().or(max.as_ref()));
                let places = max_decimal_places.unwrap_or(1).min(1);
                let text = chance.number(min.map(String::as_str), max.map(String::as_str), places);
                let own_unit = (unit.is_none() && *own_unit).then(|| "mg".to_owned());
                Answer::Quantity { text, unit, own_unit }
            }
            Control::Date { min, max, precision } => {
                Answer::Date { text: chance.date(min.as_deref(), max.as_deref(), *precision) }
            }
            Control::DateTime { min, max } => {
                Answer::DateTime { text: chance.moment(min.as_deref(), max.as_deref()) }
            }
            Control::Time { min, max } => Answer::Time { text: chance.time(min.as_deref(), max.as_deref()) },
            Control::Url { max_length } => {
                Answer::Text { text: self.address(key, max_length.unwrap_or(40) as usize) }
            }
            Control::String { max_length, .. } | Control::Text { max_length } => {
                Answer::Text { text: self.text(key, max_length.unwrap_or(40)) }
            }
            Control::Attachment { types, max_size } => {
                let data = chance.file(*max_size as usize);
                let any = "application/octet-stream".to_owned();
                let kind =
                    types.get(chance.below(types.len())).cloned().unwrap_or(any).replace("/*", "/plain");
                Answer::Attachment { content_type: kind, data, title: None }
            }
            Control::Instances { .. } | Control::Display => return None,
        })
    }

    /// An address no longer than this, as far as there is one, and of the form that the question asks for.
    fn address(&mut self, key: &str, longest: usize) -> String {
        let (regex, least) = self.session.text_form(key).unwrap_or_default();
        if let Some(text) = regex.and_then(|regex| matching::text(&regex, least, &mut self.chance)) {
            return text;
        }
        let number = self.chance.below(1000);
        let fits = |text: &String| text.chars().count() <= longest;
        let address =
            ["https://example.org/", "http://a.de/", "urn:a:"].map(|start| format!("{start}{number}"));
        let address = address.into_iter().find(fits).unwrap_or_else(|| format!("a:{}", number % 10));
        let least = (least as usize).saturating_sub(address.len());
        address + &"0".repeat(least)
    }

    /// A text, of the form that the question asks for where it asks for one.
    fn text(&mut self, key: &str, longest: u32) -> String {
        if let Some((regex, least)) = self.session.text_form(key) {
            let fits = |text: &String| (least as usize..=longest as usize).contains(&text.chars().count());
            // Where a length is asked for too, one of that length is looked for.
            let mut matching = |regex: &String| {
                let tries = std::iter::from_fn(|| matching::text(regex, least, &mut self.chance));
                let mut tries = tries.take(TRIES).peekable();
                let first = tries.peek().cloned();
                tries.find(fits).or(first)
            };
            if let Some(text) = regex.as_ref().and_then(&mut matching) {
                return text;
            }
            let word = self.chance.word();
            return word
                .chars()
                .cycle()
                .take((least as usize).max(word.len()).min(longest as usize))
                .collect();
        }
        self.chance.word().chars().take(longest as usize).collect()
    }
}
