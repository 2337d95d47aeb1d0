//! The patient's side: language, instructions, one question after another, review, PIN, signature, hand back.
//!
//! Where the patient is, is read off the draft's log and the visit, never kept beside them: a killed process comes back
//! to the same screen.

use std::fmt::Write as _;

use ::device::PinState;
use ::device::Words;
use ::device::accounts::Purpose;
use ::device::clock;
use questionnaire::{Action, Answer, Direction, MediumData, Position, Questionnaire, Session};

use super::seat::{PatientSeat, Seat};
use super::{Desk, Refused};
use crate::ipc::{AppView, Language, PatientView, Step};
use crate::texts::{self, Text};

/// The log of a session in which nobody has chosen a language holds its first event alone.
const STARTED: u32 = 1;

impl Desk {
    /// Chooses the language of everything that follows.
    pub fn patient_choose_language(
        &self,
        session: &str,
        revision: u32,
        language: &str,
    ) -> Result<AppView, Refused> {
        texts::text(language, Text::SignStatement).ok_or(Refused::UnknownLanguage)?;
        self.fill(session, revision, &Action::ChooseLanguage { language: language.to_owned() })
    }

    /// Leaves the instructions for the first question.
    ///
    /// # Errors
    /// [`Refused::WrongStep`] before the language was chosen, and once the questions have begun.
    pub fn patient_begin(&self, session: &str, revision: u32) -> Result<AppView, Refused> {
        {
            let mut seat = self.seat();
            let patient = seat.as_patient(session)?;
            let filling = current(patient, revision)?;
            if filling.has_begun() || filling.revision() == STARTED || patient.choosing_language {
                return Err(Refused::WrongStep);
            }
        }
        self.fill(session, revision, &Action::Begin)
    }

    /// Answers a question with all its answers; none takes them back.
    pub fn patient_answer(
        &self,
        session: &str,
        revision: u32,
        key: &str,
        answers: Vec<Answer>,
    ) -> Result<AppView, Refused> {
        current(self.seat().as_patient(session)?, revision)?;
        let answers = self.placed(answers)?;
        self.fill_begun(session, revision, &Action::Answer { key: key.to_owned(), answers })
    }

    /// Begins a further instance of a repeating group.
    pub fn patient_add(&self, session: &str, revision: u32, key: &str) -> Result<AppView, Refused> {
        self.fill_begun(session, revision, &Action::AddInstance { key: key.to_owned() })
    }

    /// Takes an instance of a repeating group away.
    pub fn patient_remove(
        &self,
        session: &str,
        revision: u32,
        key: &str,
        instance: u32,
    ) -> Result<AppView, Refused> {
        self.fill_begun(session, revision, &Action::RemoveInstance { key: key.to_owned(), instance })
    }

    /// Leaves a question out on purpose and goes on.
    pub fn patient_skip(&self, session: &str, revision: u32, key: &str) -> Result<AppView, Refused> {
        self.fill_begun(session, revision, &Action::Skip { key: key.to_owned() })
    }

    /// The bytes of a picture, a sound or a video that a screen named.
    ///
    /// # Errors
    /// [`Refused::Unknown`] for any other than those of the form that the patient has before them.
    pub fn patient_medium(&self, session: &str, id: &str) -> Result<MediumData, Refused> {
        let mut seat = self.seat();
        let filling = seat.as_patient(session)?.filling.as_ref().ok_or(Refused::WrongStep)?;
        filling.medium(id).cloned().ok_or(Refused::Unknown("medium"))
    }

    /// Goes to the next screen.
    pub fn patient_next(&self, session: &str, revision: u32) -> Result<AppView, Refused> {
        self.fill_begun(session, revision, &Action::Next)
    }

    /// Goes to the screen before; from the instructions, to the choice of language.
    pub fn patient_back(&self, session: &str, revision: u32) -> Result<AppView, Refused> {
        {
            let mut seat = self.seat();
            let patient = seat.as_patient(session)?;
            let filling = current(patient, revision)?;
            if !filling.has_begun() && filling.revision() > STARTED {
                patient.choosing_language = true;
                return self.view_of(&seat);
            }
        }
        self.fill_begun(session, revision, &Action::Back)
    }

    /// Goes from the review to one question.
    pub fn patient_goto(&self, session: &str, revision: u32, key: &str) -> Result<AppView, Refused> {
        self.fill_begun(session, revision, &Action::Goto { key: key.to_owned() })
    }

    /// Confirms the review.
    pub fn patient_review_done(&self, session: &str, revision: u32) -> Result<AppView, Refused> {
        self.fill_begun(session, revision, &Action::Confirm)
    }

    /// Goes back from signing to the review.
    pub fn patient_back_to_review(&self, session: &str, revision: u32) -> Result<AppView, Refused> {
        self.fill_begun(session, revision, &Action::Review)
    }

    /// Chooses the first PIN, after typing the participant's own number.
    pub fn patient_choose_pin(
        &self,
        session: &str,
        revision: u32,
        participant_id: &str,
        pin: &str,
        again: &str,
    ) -> Result<AppView, Refused> {
        let mut seat = self.seat();
        let patient = seat.as_patient(session)?;
        let filling = current(patient, revision)?;
        if !filling.is_reviewed() {
            return Err(Refused::WrongStep);
        }
        if participant_id.trim() != patient.participant {
            return Err(Refused::WrongParticipant);
        }
        self.device.choose_pin(&patient.participant, pin, again)?;
        self.view_of(&seat)
    }

    /// Checks number and PIN and, in the same step, freezes what the patient has reviewed.
    pub fn patient_sign(
        &self,
        session: &str,
        revision: u32,
        participant_id: &str,
        pin: &str,
    ) -> Result<AppView, Refused> {
        let mut seat = self.seat();
        let patient = seat.as_patient(session)?;
        let filling = current(patient, revision)?;
        if !filling.is_reviewed() {
            return Err(Refused::WrongStep);
        }
        let meaning = texts::text(filling.language(), Text::SignStatement).ok_or(Refused::UnknownLanguage)?;
        let act = match self.device.verify_pin(&patient.visit, filling, participant_id, pin) {
            Ok(act) => act,
            // The page then shows that staff must help.
            Err(device::Error::PinLocked) => return self.view_of(&seat),
            Err(error) => return Err(error.into()),
        };
        let undecided = filling.undecided();
        if !undecided.is_empty() {
            // Before the response is frozen, so that no crash leaves it unsaid.
            let (subject, detail) = (format!("visit/{}", patient.visit), named(&undecided));
            self.device.record("device", "device", "form.undecided", &subject, &detail)?;
        }
        let title = first_title(filling.questionnaire());
        let words = Words { printed_name: &patient.participant, meaning: &meaning, title: &title };
        let frozen = self.device.freeze(&patient.visit, filling, act, words)?;
        tracing::info!(
            signing_us = frozen.signing.as_micros(),
            committing_us = frozen.committing.as_micros(),
            "response frozen"
        );
        patient.filling = None;
        self.worker.wake();
        self.view_of(&seat)
    }

    /// A member of staff takes the device back: the only way out of the patient's screens.
    pub fn patient_hand_back(&self, session: &str, user: &str, password: &str) -> Result<AppView, Refused> {
        self.seat().as_patient(session)?;
        // The password's hash takes long; the seat is looked at again when it is taken.
        let staff = self.device.staff_verify(user, password, Purpose::HandBack)?;
        let mut seat = self.seat();
        seat.as_patient(session)?;
        self.remember_handed_over(None)?;
        *seat = Seat::staff(staff, std::time::Instant::now());
        self.view_of(&seat)
    }

    /// Lets the patient act on the draft: planned, stored durably, and only then taken over and shown.
    pub(super) fn fill(&self, session: &str, revision: u32, action: &Action) -> Result<AppView, Refused> {
        let mut seat = self.seat();
        let patient = seat.as_patient(session)?;
        let filling = current(patient, revision)?;
        let at = clock::text(&self.device.now());
        let actor = format!("participant/{}", patient.participant);
        let event = filling.plan(action, &at, &actor)?;
        self.device.append(&patient.visit, &event)?;
        if let Some(filling) = &mut patient.filling {
            filling.apply(&event);
        }
        patient.choosing_language = false;
        self.view_of(&seat)
    }

    /// [`Desk::fill`] for what is possible only after the instructions.
    pub(super) fn fill_begun(
        &self,
        session: &str,
        revision: u32,
        action: &Action,
    ) -> Result<AppView, Refused> {
        if !current(self.seat().as_patient(session)?, revision)?.has_begun() {
            return Err(Refused::WrongStep);
        }
        self.fill(session, revision, action)
    }

    /// What the patient sees.
    pub(super) fn patient_view(&self, patient: &PatientSeat) -> Result<PatientView, Refused> {
        let filling = patient.filling.as_ref();
        let chosen = match filling {
            Some(filling) => (filling.revision() > STARTED).then(|| filling.language().to_owned()),
            None => Some(self.signed_language(&patient.visit)?),
        };
        Ok(PatientView {
            session: patient.session.clone(),
            revision: filling.map_or(0, Session::revision),
            practice: self.practice.is_some(),
            direction: chosen.as_deref().map_or(Direction::Ltr, Direction::of),
            language: chosen,
            participant: patient.participant.clone(),
            untranslated: filling.and_then(Session::untranslated),
            step: filling.map_or(Ok(Step::Done), |filling| self.step(patient, filling))?,
        })
    }

    fn step(&self, patient: &PatientSeat, filling: &Session) -> Result<Step, Refused> {
        let questionnaire = filling.questionnaire();
        let language = filling.language();
        if filling.revision() == STARTED || patient.choosing_language {
            return Ok(Step::Language {
                languages: offered(questionnaire.languages()),
                questionnaire_title: questionnaire.title(language),
            });
        }
        if !filling.has_begun() {
            return Ok(Step::Instructions {
                title: questionnaire.title(language),
                copyright: questionnaire.copyright(language),
                question_count: questionnaire.question_count(),
            });
        }
        if !filling.is_reviewed() {
            return Ok(match filling.screen() {
                Position::Screen { screen } => Step::Question { screen },
                Position::Review { review } => Step::Review { review },
                Position::Ahead { ahead } => Step::Ahead { ahead },
            });
        }
        Ok(match self.device.pin_state(&patient.participant)? {
            PinState::NotSet => Step::ChoosePin { least: self.device.configuration().policy.pin_digits },
            PinState::Locked => Step::PinLocked,
            PinState::Set { tries_left } => {
                let rows = filling.review().rows;
                Step::Sign {
                    statement: texts::text(language, Text::SignStatement).ok_or(Refused::UnknownLanguage)?,
                    participant: patient.participant.clone(),
                    questionnaire: questionnaire.title(language),
                    version: questionnaire.version().unwrap_or_default().to_owned(),
                    answered: count(rows.iter().filter(|row| row.answer.is_some()).count()),
                    total: count(rows.len()),
                    date_time: clock::seconds(&self.device.now()),
                    tries_left,
                }
            }
        })
    }
}

/// The draft, when the patient acts on what it shows now.
pub(super) fn current(patient: &PatientSeat, revision: u32) -> Result<&Session, Refused> {
    let filling = patient.filling.as_ref().ok_or(Refused::WrongStep)?;
    if filling.revision() == revision { Ok(filling) } else { Err(Refused::StaleRevision) }
}

/// At most this many questions are named in one entry of the audit trail.
const MOST_NAMED: usize = 50;

/// The first of these keys, and how many more there are.
fn named(keys: &[String]) -> String {
    let mut named = keys.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join(" ");
    if keys.len() > MOST_NAMED {
        let _ = write!(named, " and {} more", keys.len() - MOST_NAMED);
    }
    named
}

/// The title that the record keeps, whoever reads it: in the form's own language.
fn first_title(questionnaire: &Questionnaire) -> String {
    questionnaire.title(questionnaire.languages().first().map_or("en", String::as_str))
}

/// Those languages in which the app itself can ask for a signature. Two regions of one are told apart: *Deutsch (CH)*.
fn offered(codes: Vec<String>) -> Vec<Language> {
    let named = |code: String| Some(Language { name: texts::text(&code, Text::LanguageName)?, code });
    let all: Vec<_> = codes.into_iter().filter_map(named).collect();
    let alike = |name: &str| all.iter().filter(|one| one.name == name).count() > 1;
    let told_apart = |Language { name, code }: &Language| {
        let (_, region) = code.split_once('-')?;
        alike(name).then(|| format!("{name} ({region})"))
    };
    all.iter()
        .map(|one| Language {
            name: told_apart(one).unwrap_or_else(|| one.name.clone()),
            code: one.code.clone(),
        })
        .collect()
}

pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_languages_of_the_app_are_offered_and_their_regions_told_apart() {
        let codes = ["fr", "de", "EN", "de-CH"].map(str::to_owned).to_vec();
        let names: Vec<_> = offered(codes).into_iter().map(|one| (one.code, one.name)).collect();
        let expected = [("de", "Deutsch"), ("EN", "English"), ("de-CH", "Deutsch (CH)")];
        assert_eq!(names, expected.map(|(code, name)| (code.to_owned(), name.to_owned())));
    }
}
