//! The study's questionnaires: what a file is worth, adding it, withdrawing it.

use std::sync::PoisonError;

use ::device::rights::Right;
use ::device::store::form::{self, FormState as Stored};
use ::device::{CheckedForm, StoredValueSet};
use questionnaire::{ImportReport, MAX_BYTES, Problem, Questionnaire, ReadAs, Reason};

use super::patient::count;
use super::{Desk, Refused};
use crate::ipc::{FormFinding, FormList, FormReport, FormRow, FormState, FormSupported, FormValueSet, Found};

/// How many findings of a kind are shown; of the rest, how many there are.
const MOST_SHOWN: usize = 300;

/// A form that was checked and waits for a decision.
pub(super) struct Waiting {
    /// Names it, so that nobody adds another form than the one whose report they read.
    check: String,
    /// The staff session that had it checked.
    session: String,
    form: CheckedForm,
}

impl Desk {
    /// The study's questionnaires, those that were added last first.
    pub fn forms(&self, session: &str) -> Result<FormList, Refused> {
        self.staff(session)?;
        self.all_forms()
    }

    /// Checks a file, and keeps it until it is added or another one is checked. Nothing is stored.
    pub fn form_check(&self, session: &str, content: &str) -> Result<FormReport, Refused> {
        self.permitted(session, Right::Forms)?;
        // Without the seat: a terminology server may take its time.
        let form = self.device.check_form(content.as_bytes())?;
        // What became of the session meanwhile counts.
        self.staff(session)?;
        let check = uuid::Uuid::new_v4().to_string();
        let report = self.checked(&form, &check);
        *self.waiting() = Some(Waiting { check, session: session.to_owned(), form });
        Ok(report)
    }

    /// Adds the form of a check to the study.
    pub fn form_add(&self, session: &str, check: &str) -> Result<FormList, Refused> {
        let by = self.permitted(session, Right::Forms)?;
        let mut waiting = self.waiting();
        let known = waiting.as_ref().filter(|one| one.check == check && one.session == session);
        let form = &known.ok_or(Refused::Unknown("checked questionnaire"))?.form;
        self.device.add_form(form, &by)?;
        *waiting = None;
        drop(waiting);
        self.all_forms()
    }

    /// The report on a form of the study.
    pub fn form_report(&self, session: &str, id: &str) -> Result<FormReport, Refused> {
        self.staff(session)?;
        let found = self.device.form_report(id)?;
        let value_sets = found.value_sets.iter().map(shown).collect();
        Ok(FormReport { value_sets, ..self.shown_report(&found.report, found.questionnaire.as_ref()) })
    }

    /// Takes a form out of the study.
    pub fn form_withdraw(&self, session: &str, id: &str, reason: &str) -> Result<FormList, Refused> {
        let by = self.permitted(session, Right::Forms)?;
        self.device.withdraw_form(id, &by, reason)?;
        self.all_forms()
    }

    fn all_forms(&self) -> Result<FormList, Refused> {
        let rows = self.device.store().read(form::all)?;
        let policy = &self.device.configuration().policy;
        Ok(FormList {
            rows: rows.into_iter().map(|row| self.form_row(row)).collect::<Result<_, _>>()?,
            max_bytes: count(MAX_BYTES),
            servers: policy.terminology_servers.clone(),
        })
    }

    fn form_row(&self, row: form::Form) -> Result<FormRow, Refused> {
        let found = self.device.form(&row)?;
        let version = row.canonical.strip_prefix(row.url.as_str()).and_then(|rest| rest.strip_prefix('|'));
        Ok(FormRow {
            title: found.as_ref().map_or_else(|| row.canonical.clone(), |found| self.title_of(found)),
            version: version.map(str::to_owned),
            languages: found.as_ref().map(Questionnaire::languages).unwrap_or_default(),
            question_count: found.as_ref().map_or(0, Questionnaire::question_count),
            usable: found.is_some(),
            state: match row.state {
                Stored::Offered => FormState::Offered,
                Stored::Replaced => FormState::Replaced,
                Stored::Withdrawn => FormState::Withdrawn,
            },
            id: row.id,
            url: row.url,
            added_at: row.added_at,
            added_by: row.added_by,
            ended_at: row.ended_at,
            ended_by: row.ended_by,
            reason: row.reason,
        })
    }

    fn checked(&self, form: &CheckedForm, check: &str) -> FormReport {
        let usable = form.questionnaire().is_some() && !form.is_known();
        FormReport {
            check: usable.then(|| check.to_owned()),
            known: form.is_known(),
            replaces: form.replaces().filter(|_| !form.is_known()).map(|before| before.canonical.clone()),
            value_sets: form.value_sets().iter().map(shown).collect(),
            ..self.shown_report(form.report(), form.questionnaire())
        }
    }

    fn shown_report(&self, report: &ImportReport, found: Option<&Questionnaire>) -> FormReport {
        let (warnings, others): (Vec<&Problem>, Vec<&Problem>) =
            report.notices.iter().partition(|notice| stands_out(notice.reason));
        let (ignored, notes): (Vec<&Problem>, Vec<&Problem>) =
            others.into_iter().partition(|notice| notice.reason.is_left_out());
        let supported = report.supported.iter().take(MOST_SHOWN).map(|one| FormSupported {
            link_id: one.link_id.clone(),
            extension: one.extension.clone(),
            bytes: one.read_as.as_ref().map(|ReadAs::Bytes(number)| number.clone()),
        });
        FormReport {
            check: None,
            usable: found.is_some(),
            known: false,
            title: found.map(|found| self.title_of(found)),
            canonical: found.map(Questionnaire::canonical),
            sha256: found.map(Questionnaire::sha256),
            languages: found.map(Questionnaire::languages).unwrap_or_default(),
            question_count: found.map_or(0, Questionnaire::question_count),
            replaces: None,
            value_sets: Vec::new(),
            refused: findings(report.problems.iter()),
            warnings: findings(warnings.into_iter()),
            ignored: findings(ignored.into_iter()),
            notes: findings(notes.into_iter()),
            supported_count: count(report.supported.len()),
            supported: supported.collect(),
        }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Option<Waiting>> {
        self.waiting_form.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn shown(one: &StoredValueSet) -> FormValueSet {
    FormValueSet {
        reference: one.reference.clone(),
        version: one.version.clone(),
        concepts: count(one.concepts),
        server: one.server.clone(),
    }
}

/// What a coordinator has to know before the form is used, and not only whoever wrote it.
fn stands_out(reason: Reason) -> bool {
    matches!(reason, Reason::PreAnswered | Reason::LaunchContext | Reason::Draft)
}

fn findings<'p>(all: impl ExactSizeIterator<Item = &'p Problem>) -> Found {
    let total = count(all.len());
    let one = |problem: &Problem| FormFinding {
        reason: problem.reason.code().to_owned(),
        link_id: problem.link_id.clone(),
        extension: problem.extension.clone(),
        path: problem.path.clone(),
        message: problem.message.clone(),
    };
    Found { total, shown: all.take(MOST_SHOWN).map(one).collect() }
}
