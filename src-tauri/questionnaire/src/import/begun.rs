//! A form as it begins, without an answer: what does not settle then, nobody can settle.

use super::{read::At, whole};
use crate::{AnswerError, ImportReport, Problem, Questionnaire, Reason, Session};

/// When it is tried. No rule of a form can have to do with it.
const AT: &str = "2026-01-01T00:00:00Z";

/// Refuses a form with expressions that read each other, or themselves, and come to no stable value.
pub(super) fn check(form: &Questionnaire, places: &[At]) -> Result<(), ImportReport> {
    // Without expressions that may read any answer, everything is evaluated after what it depends on.
    if form.form.rules.late.is_empty() && !form.form.rules.populates() {
        return Ok(());
    }
    let language = form.form.languages.first().map(String::as_str).unwrap_or_default();
    let session = match Session::start(form, language, AT, "import") {
        Ok((session, _)) => session,
        // What it begins with follows from the form alone here.
        Err(error @ AnswerError::TooManyElements { .. }) => {
            let problem = whole(Reason::Repeats, error.to_string()).problems;
            return Err(report(form, problem));
        }
        Err(_) => return Ok(()),
    };
    let message = "whether this is asked, or what it is, does not settle: its expression reads what depends on it, and the \
                   result changes with each evaluation; name the items that it reads: where(linkId = '…')";
    let problems: Vec<Problem> = session
        .unsettled()
        .into_iter()
        .map(|item| Problem {
            link_id: Some(form.form.items[item].link_id.clone()),
            path: places.get(item).map(|at| at.path.clone()).unwrap_or_default(),
            extension: None,
            reason: Reason::Circular,
            message: message.to_owned(),
        })
        .collect();
    if problems.is_empty() {
        return Ok(());
    }
    Err(report(form, problems))
}

fn report(form: &Questionnaire, problems: Vec<Problem>) -> ImportReport {
    let (notices, supported) = (form.form.notices.clone(), form.form.supported.clone());
    ImportReport { problems, notices, supported }
}
