//! A form as it begins, without an answer: what does not settle then, nobody can settle.

use super::{read::At, whole};
use crate::{
    AnswerError, ImportReport, Problem, Questionnaire, Reason, Session,
    report::Quoted,
    session::tried::{self, Unfit},
};

/// When it is tried. No rule of a form can have to do with it.
const AT: &str = "2026-01-01T00:00:00Z";

/// Refuses a form with expressions that read each other, or themselves, and come to no stable value, and with those that show
/// before any answer that they will not do.
pub(super) fn check(form: &Questionnaire, places: &[At]) -> Result<(), ImportReport> {
    let rules = &form.form.rules;
    // Without expressions that may read any answer, everything is evaluated after what it depends on.
    if rules.late.is_empty() && !rules.populates() && !tried::is_suspect(rules) {
        return Ok(());
    }
    let language = form.form.languages.first().map(String::as_str).unwrap_or_default();
    let mut session = match Session::start(form, language, AT, "import") {
        Ok((session, _)) => session,
        // What it begins with follows from the form alone here.
        Err(error @ AnswerError::TooManyElements { .. }) => {
            let problems = whole(Reason::Repeats, error.to_string()).problems;
            return Err(report(form, problems));
        }
        Err(_) => return Ok(()),
    };
    let mut problems: Vec<Problem> = Vec::new();
    let mut refuse = |item: Option<usize>, reason, message: String| {
        problems.push(Problem {
            link_id: item.map(|item| form.form.items[item].link_id.clone()),
            path: item.map_or(At::root(), |item| places[item].clone()).path,
            extension: None,
            reason,
            message,
        });
    };
    for item in session.unsettled() {
        let message = "whether this is asked, or what it is, does not settle: its expression reads what depends on it, and \
                       the result changes with each evaluation; name the items that it reads: where(linkId = '…')";
        refuse(Some(item), Reason::Circular, message.to_owned());
    }
    for (item, unfit, expression) in session.unfit() {
        let why = match unfit {
            Unfit::Endless => "takes too many steps, whatever is answered; simplify it",
            Unfit::Signed => {
                "gives something else once the response is signed: it reads all of the response, also who gave it and how \
                 it is named; name what it reads, such as %resource.item or where(linkId = '…')"
            }
        };
        let message = format!("the expression {} {why}", Quoted(&expression));
        refuse(item, Reason::Expression, message);
    }
    if problems.is_empty() { Ok(()) } else { Err(report(form, problems)) }
}

fn report(form: &Questionnaire, problems: Vec<Problem>) -> ImportReport {
    let (notices, supported) = (form.form.notices.clone(), form.form.supported.clone());
    ImportReport { problems, notices, supported }
}
