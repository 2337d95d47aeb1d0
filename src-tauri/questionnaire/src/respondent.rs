//! A respondent who answers at random, the same for the same seed: for trying a form out, and for tests.

mod chance;
mod matching;
mod page;

use chance::Chance;

use crate::{
    Action, Answer, AnswerError, Control, Event, LaunchResource, Questionnaire, Screen, Session,
    check::{self, Fitting},
    number,
};

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
/// How long a text is, where the form does not say.
const LONGEST: u32 = 40;
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
    let session = fill_with(form, (language, Vec::new()), seed, at, actor, &mut |event| events.push(event))?;
    Ok((session, events))
}

/// [`fill`] in a language and with what the form's expressions may read (`launchContext`), with each event handed to `keep` as
/// it happens: the log of a large form is larger than the form.
///
/// # Errors
/// As [`fill`].
pub fn fill_with(
    form: &Questionnaire,
    (language, launch): (&str, Vec<LaunchResource>),
    seed: u64,
    at: &str,
    actor: &str,
    keep: &mut dyn FnMut(Event),
) -> Result<Session, Stuck> {
    if form.is_adaptive() {
        return Err(Stuck::Adaptive);
    }
    let (session, started) = Session::start_with(form, language, launch, at, actor).map_err(Stuck::Start)?;
    keep(started);
    let bound = 1_000 + 40 * form.question_count() as usize;
    let mut respondent = Respondent {
        session,
        keep,
        chance: Chance(seed),
        at,
        actor,
        refused: None,
        left: None,
        is_eager: false,
    };
    respondent.fill(bound)?;
    Ok(respondent.session)
}

/// Tries a form out, with so many actions at most, until an answer is refused because expressions would not settle, or would
/// take too long: that refusal.
pub(crate) fn first_unsettled(
    session: Session,
    seed: u64,
    at: &str,
    actor: &str,
    actions: usize,
) -> Option<AnswerError> {
    let keep = &mut |_| {};
    let (chance, left) = (Chance(seed), Some(actions));
    let is_eager = seed.is_multiple_of(2);
    let mut respondent = Respondent { session, keep, chance, at, actor, refused: None, left, is_eager };
    // Whether it comes to an end is another matter.
    let _ = respondent.fill(actions);
    respondent.refused
}

struct Respondent<'a> {
    session: Session,
    keep: &'a mut dyn FnMut(Event),
    chance: Chance,
    at: &'a str,
    actor: &'a str,
    /// The first refusal that the form's expressions are the reason of.
    refused: Option<AnswerError>,
    /// Who only tries a form out stops after so many more actions.
    left: Option<usize>,
    /// Leaves out nothing that can be answered.
    is_eager: bool,
}

impl Respondent<'_> {
    /// From the first screen to the confirmed review, in so many steps.
    fn fill(&mut self, bound: usize) -> Result<(), Stuck> {
        let (mut retreats, mut last) = (0, None);
        self.act(&Action::Begin).map_err(Stuck::Start)?;
        for _ in 0..bound {
            if self.left == Some(0) {
                break;
            }
            let Some(screen) = self.session.at_screen() else {
                match self.act(&Action::Confirm) {
                    Ok(()) => return Ok(()),
                    Err(error) => {
                        self.change(&error)?;
                        last = Some(Stuck::At { key: "review".to_owned(), error });
                        continue;
                    }
                }
            };
            if let Err(stuck) = self.pass(&screen) {
                retreats += 1;
                if retreats > RETREATS || !self.retreat() {
                    return Err(stuck);
                }
                last = Some(stuck);
            }
        }
        Err(last.unwrap_or(Stuck::Endless(bound)))
    }

    fn act(&mut self, action: &Action) -> Result<(), AnswerError> {
        if let Some(left) = &mut self.left {
            // Refused as if the log were full.
            *left = left.checked_sub(1).ok_or(AnswerError::LogFull)?;
        }
        let event = self.session.act(action, self.at, self.actor).inspect_err(|error| {
            if matches!(error, AnswerError::Unstable { .. } | AnswerError::TooCostly) {
                self.refused.get_or_insert_with(|| error.clone());
                self.left = self.left.map(|_| 0);
            }
        });
        (self.keep)(event?);
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
        if is_asked && (screen.required || self.is_eager || !self.chance.one_in(5)) {
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
                let known = || self.session.unit_of_limits(key).unwrap_or_else(|| "mg".to_owned());
                let own_unit = (unit.is_none() && *own_unit).then(known);
                Answer::Quantity { text, unit, own_unit }
            }
            Control::Date { min, max, precision } => {
                Answer::Date { text: chance.date(min.as_deref(), max.as_deref(), *precision) }
            }
            Control::DateTime { min, max } => {
                Answer::DateTime { text: chance.moment(min.as_deref(), max.as_deref()) }
            }
            Control::Time { min, max } => Answer::Time { text: chance.time(min.as_deref(), max.as_deref()) },
            Control::Url { max_length }
            | Control::String { max_length, .. }
            | Control::Text { max_length } => {
                Answer::Text { text: self.text(key, max_length.unwrap_or(LONGEST)) }
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

    /// A text of the form and length that the question asks for, or an address; any word where there is none.
    fn text(&mut self, key: &str, longest: u32) -> String {
        let word = self.chance.word();
        let Some((asks, is_address)) = self.session.text_asked(key) else {
            return word.chars().take(longest as usize).collect();
        };
        let least = asks.min_length.unwrap_or_default();
        for _ in 0..TRIES {
            let text = match &asks.regex {
                Some(regex) => matching::text(regex.as_str(), least, &mut self.chance),
                None if is_address => Some(address(&mut self.chance, least, longest)),
                None => Some(stretched(&word, least, longest)),
            };
            if let Some(text) = text.filter(|text| check::takes(asks, is_address, text)) {
                return text;
            }
        }
        match check::fitting(asks, is_address) {
            Fitting::Text(text) => text,
            Fitting::Nothing | Fitting::Unknown => word,
        }
    }
}

/// A word again and again, until it is long enough.
fn stretched(word: &str, least: u32, longest: u32) -> String {
    let length = (least as usize).max(word.chars().count()).min(longest as usize);
    word.chars().cycle().take(length).collect::<String>().trim().to_owned()
}

/// An address of about this length, as far as there is one.
fn address(chance: &mut Chance, least: u32, longest: u32) -> String {
    let number = chance.below(1000);
    let fits = |text: &String| text.chars().count() <= longest as usize;
    let address = ["https://example.org/", "http://a.de/", "urn:a:"].map(|start| format!("{start}{number}"));
    let address = address.into_iter().find(fits).unwrap_or_else(|| format!("a:{}", number % 10));
    let lacks = (least as usize).saturating_sub(address.len());
    address + &"0".repeat(lacks)
}
