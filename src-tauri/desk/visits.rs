//! Visits: start one, hand the device over, end one; and the PIN reset, which takes two members of staff.

use std::time::Instant;

use ::device::clock;
use ::device::rights::Right;
use ::device::store::form::{self, FormState};
use ::device::store::participant::Participant;
use ::device::store::visit::{self, VisitState as Stored};
use ::device::store::{meta, outbox, participant};
use questionnaire::{Position, Session};

use super::outbox::shown_state;
use super::seat::Seat;
use super::{Desk, HANDED_OVER, Refused};
use crate::commands::Person;
use crate::ipc::{AppView, ParticipantChoice, QuestionnaireChoice, Visit, VisitChoices, VisitState};

impl Desk {
    /// The visits, newest first.
    pub fn visits(&self, session: &str) -> Result<Vec<Visit>, Refused> {
        self.staff(session)?;
        self.all_visits()
    }

    /// What a visit can be started with.
    pub fn visit_choices(&self, session: &str) -> Result<VisitChoices, Refused> {
        self.staff(session)?;
        self.choices()
    }

    /// Adds a participant, once.
    pub fn participant_add(
        &self,
        session: &str,
        id: String,
        system: String,
        reference: String,
    ) -> Result<VisitChoices, Refused> {
        let by = self.permitted(session, Right::Visits)?;
        self.device.add_participant(&Participant { id, identifier_system: system, reference }, &by)?;
        self.choices()
    }

    fn choices(&self) -> Result<VisitChoices, Refused> {
        let participants = self.device.store().read(participant::all)?;
        let assignments = self.device.configuration().policy.assignments.as_ref();
        let of_study = assignments.and_then(|assignments| assignments.participant_system.clone());
        let of_last = || participants.last().map(|participant| participant.identifier_system.clone());
        Ok(VisitChoices {
            participant_system: of_study.or_else(of_last),
            participants: participants
                .into_iter()
                .map(|participant| ParticipantChoice { label: participant.id.clone(), id: participant.id })
                .collect(),
            questionnaires: self.offered_forms()?,
        })
    }

    /// Starts a visit.
    pub fn visit_start(
        &self,
        session: &str,
        participant: &str,
        questionnaire: &str,
    ) -> Result<Visit, Refused> {
        let by = self.permitted(session, Right::Visits)?;
        self.may_be_asked(questionnaire)?;
        let started = self.device.start_visit_with(participant, questionnaire, &by)?;
        self.shown_visit(started)
    }

    /// Refuses a form whose questions only another server than the study's knows, before a patient meets it.
    fn may_be_asked(&self, id: &str) -> Result<(), Refused> {
        let row = self.device.store().read(|connection| form::by_id(connection, id))?;
        if let Some(found) = self.device.form(&row)? {
            self.questions.check(&found)?;
        }
        Ok(())
    }

    /// Signs the member of staff out and hands the device to the patient of `visit`.
    pub fn visit_hand_over(&self, session: &str, visit: &str) -> Result<AppView, Refused> {
        // Held to the end: nobody else hands over or ends a visit meanwhile.
        let mut seat = self.seat();
        let by = seat.as_staff(session, Instant::now())?.staff;
        self.device.permit(&by, Right::Visits)?;
        let stored = self.device.store().read(|connection| visit::by_id(connection, visit))?;
        if !matches!(stored.state, Stored::Ready | Stored::InProgress) {
            return Err(Refused::Device(device::Error::WrongState(stored.state.as_str().to_owned())));
        }
        if self.device.session(visit)?.is_none() {
            let questionnaire = self.device.questionnaire(visit)?;
            let language = questionnaire.languages().into_iter().next().ok_or(Refused::UnknownLanguage)?;
            let at = clock::text(&self.device.now());
            let launch = self.device.launch(visit, &by)?;
            let actor = format!("staff/{}", by.user);
            let (_, first) = Session::start_with(&questionnaire, &language, launch, &at, &actor)?;
            self.device.append(visit, &first)?;
        }
        let patient = self.patient_seat(visit)?;
        let subject = format!("visit/{visit}");
        self.device.record(&by.user, by.role.as_str(), "visit.handedOver", &subject, "")?;
        self.remember_handed_over(Some(visit))?;
        self.forget_chosen();
        *seat = patient;
        self.view_of(&seat)
    }

    /// Ends a visit that was not signed; the draft is kept.
    pub fn visit_end(&self, session: &str, visit: &str, reason: &str) -> Result<Vec<Visit>, Refused> {
        {
            // Held to the end: the visit must not be handed over while it is being ended.
            let seat = self.seat();
            let by = seat.as_staff(session, Instant::now())?.staff;
            self.device.permit(&by, Right::Visits)?;
            self.device.end_visit(visit, &by, reason)?;
        }
        self.all_visits()
    }

    /// Lets a participant choose a new PIN.
    pub fn pin_reset(
        &self,
        session: &str,
        participant: &str,
        first: &Person,
        second: &Person,
        reason: &str,
    ) -> Result<(), Refused> {
        self.staff(session)?;
        self.device.store().read(|connection| participant::by_id(connection, participant))?;
        Ok(self.device.reset_pin(
            participant,
            (&first.user, &first.password),
            (&second.user, &second.password),
            reason,
        )?)
    }

    /// The forms that the study offers and this version of the app can use.
    fn offered_forms(&self) -> Result<Vec<QuestionnaireChoice>, Refused> {
        let mut choices = Vec::new();
        for form in self.device.store().read(form::all)?.into_iter().rev() {
            let Some(found) = self.device.form(&form)? else { continue };
            if form.state == FormState::Offered {
                let title = self.title_of(&found);
                let mut languages = found.languages();
                languages.retain(|tag| device::spoken(tag).is_some());
                choices.push(QuestionnaireChoice { id: form.id, title, languages });
            }
        }
        Ok(choices)
    }

    fn all_visits(&self) -> Result<Vec<Visit>, Refused> {
        let visits = self.device.store().read(visit::all)?;
        visits.into_iter().map(|visit| self.shown_visit(visit)).collect()
    }

    pub(super) fn shown_visit(&self, visit: visit::Visit) -> Result<Visit, Refused> {
        let position = match visit.state {
            Stored::InProgress => self.device.session(&visit.id)?.and_then(|filling| position(&filling)),
            Stored::Ready | Stored::Frozen | Stored::Ended => None,
        };
        let outbox = match &visit.record {
            Some(record) => {
                let (state, problem) =
                    self.device.store().read(|connection| outbox::overall(connection, record))?;
                Some(shown_state(state, problem.as_deref()))
            }
            None => None,
        };
        Ok(Visit {
            participant: visit.participant,
            questionnaire_title: self.title(&visit.canonical)?,
            state: match visit.state {
                Stored::Ready => VisitState::Ready,
                Stored::InProgress => VisitState::InProgress,
                Stored::Frozen => VisitState::Frozen,
                Stored::Ended => VisitState::Ended,
            },
            outbox,
            position,
            started_at: visit.started_at,
            open_outbox_id: visit.record,
            id: visit.id,
        })
    }

    /// The seat of the patient of `visit`, with the draft as it is stored.
    pub(super) fn patient_seat(&self, visit: &str) -> Result<Seat, Refused> {
        let stored = self.device.store().read(|connection| visit::by_id(connection, visit))?;
        let filling = match stored.state {
            Stored::Frozen => None,
            // Without a signature there is nothing to thank for.
            Stored::Ended => return Ok(Seat::Nobody),
            Stored::Ready | Stored::InProgress => {
                Some(self.device.session(visit)?.ok_or(Refused::Unknown("draft"))?)
            }
        };
        Ok(Seat::patient(stored.id, stored.participant, filling))
    }

    /// The language in which a visit's response was signed.
    pub(super) fn signed_language(&self, visit: &str) -> Result<String, Refused> {
        let filling = self.device.session(visit)?.ok_or(Refused::Unknown("draft"))?;
        Ok(filling.language().to_owned())
    }

    pub(super) fn handed_over(&self) -> Result<Option<String>, Refused> {
        let visit = self.device.store().read(|connection| meta::value(connection, HANDED_OVER))?;
        Ok(visit.filter(|visit| !visit.is_empty()))
    }

    pub(super) fn remember_handed_over(&self, visit: Option<&str>) -> Result<(), Refused> {
        let visit = visit.unwrap_or_default().to_owned();
        Ok(self.device.store().write(move |tx| meta::set(tx, HANDED_OVER, &visit))?)
    }
}

/// The question that the patient is at.
fn position(filling: &Session) -> Option<u32> {
    match filling.screen() {
        Position::Screen { screen } if filling.has_begun() => Some(screen.position),
        Position::Ahead { ahead } if filling.has_begun() => Some(ahead.position),
        Position::Screen { .. } | Position::Ahead { .. } | Position::Review { .. } => None,
    }
}
