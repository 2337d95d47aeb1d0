//! A form whose expressions may read any answer is tried out: as it begins, and with answers. What does not settle then,
//! no patient can settle (ADR 59).

use std::collections::{BTreeSet, HashSet};

use super::{read::At, whole};
use crate::{
    AnswerError, ImportReport, Problem, Questionnaire, Reason, Session,
    report::{self, Quoted},
    respondent,
    session::tried::{self, Misfit, Unfit},
};

/// When it is tried. No rule of a form can have to do with it.
const AT: &str = "2026-01-01T00:00:00Z";
const ACTOR: &str = "import";

/// How many respondents try a form out.
const RESPONDENTS: u64 = 4;
/// How much they do: actions times items times expressions that may read all of them, and how many actions at least and
/// at most.
const WORK: usize = 20_000;
const ACTIONS: (usize, usize) = (12, 100);

/// Refuses a form with expressions that read each other, or themselves, and come to no stable value, and with those that show
/// before any answer that they will not do.
pub(super) fn check(form: &Questionnaire, places: &[At]) -> Result<(), ImportReport> {
    let rules = &form.form.rules;
    // Without expressions that may read any answer, everything is evaluated after what it depends on.
    if rules.late.is_empty() && !rules.populates() && !tried::is_suspect(rules) {
        return Ok(());
    }
    let language = form.form.languages.first().map(String::as_str).unwrap_or_default();
    let mut session = match Session::start(form, language, AT, ACTOR) {
        Ok((session, _)) => session,
        // What it begins with follows from the form alone here.
        Err(error @ AnswerError::TooManyElements { .. }) => {
            let problems = whole(Reason::Repeats, error.to_string()).problems;
            return Err(refusal(form, problems));
        }
        Err(_) => return Ok(()),
    };
    let mut problems = unsettled(form, places, &session);
    if !problems.is_empty() {
        return Err(refusal(form, problems));
    }
    for Misfit { item, why, expression, path, extension } in session.unfit() {
        let why = match why {
            Unfit::Endless => "takes too many steps, whatever is answered; simplify it",
            Unfit::Never => "is a constraint that no answer can keep; correct it, or remove it",
            Unfit::Signed => {
                "gives something else once the response is signed: it reads all of the response, also who gave it and how \
                 it is named; name what it reads, such as %resource.item or where(linkId = '…')"
            }
        };
        problems.push(Problem {
            link_id: item.map(|item| form.form.items[item].link_id.clone()),
            path,
            extension: Some(Quoted(&extension).to_string()),
            reason: Reason::Expression,
            message: format!("the expression {} {why}", Quoted(&expression)),
        });
    }
    if problems.is_empty() { Ok(()) } else { Err(refusal(form, problems)) }
}

fn refusal(form: &Questionnaire, problems: Vec<Problem>) -> ImportReport {
    let (notices, mut supported) = (form.form.notices.clone(), form.form.supported.clone());
    report::settle(&mut supported, &problems, &notices, &HashSet::new());
    ImportReport { problems, notices, supported }
}

/// What comes to no stable value as the form begins, or with the answers of those who try it out.
fn unsettled(form: &Questionnaire, places: &[At], session: &Session) -> Vec<Problem> {
    let (mut unsettled, mut is_too_costly) = (session.unsettled(), session.is_too_costly());
    let is_tried = !form.form.rules.late.is_empty() && !form.is_adaptive();
    if is_tried && unsettled.is_empty() && !is_too_costly {
        let one = form.form.items.len().saturating_mul(form.form.rules.late.len());
        let actions = (WORK / one.max(1)).clamp(ACTIONS.0, ACTIONS.1);
        for seed in 0..RESPONDENTS {
            match respondent::first_unsettled(session.clone(), seed, AT, ACTOR, actions) {
                Some(AnswerError::Unstable { keys }) => {
                    unsettled.extend(keys.iter().filter_map(|key| session.item_of(key)));
                }
                Some(_) => is_too_costly = true,
                None => {}
            }
        }
    }
    problems(form, places, &unsettled, is_too_costly)
}

fn problems(
    form: &Questionnaire,
    places: &[At],
    unsettled: &BTreeSet<usize>,
    is_too_costly: bool,
) -> Vec<Problem> {
    let of = |item: usize, reason: Reason, message: &str| {
        // The expression that may read any answer.
        let rules = form.form.rules.items.get(&item);
        let late = rules.and_then(|own| own.kept().find(|rule| rule.reads.everything));
        let place = || places.get(item).map(|at| at.path.clone()).unwrap_or_default();
        Problem {
            link_id: Some(form.form.items[item].link_id.clone()),
            path: late.map_or_else(place, |rule| rule.stands.path.clone()),
            extension: late.map(|rule| Quoted(&rule.stands.extension).to_string()),
            reason,
            message: message.to_owned(),
        }
    };
    let message = "whether this is asked, or what it is, does not settle: its expression reads what depends on it, and the \
                   result changes with each evaluation; name the items that it reads: where(linkId = '…')";
    let mut problems: Vec<Problem> =
        unsettled.iter().map(|&item| of(item, Reason::Circular, message)).collect();
    if is_too_costly {
        let message = "the expressions of this form that may read any answer take too long together; name the items that \
                       they read: where(linkId = '…')";
        problems.extend(form.form.rules.late.first().map(|&item| of(item, Reason::Expression, message)));
    }
    problems
}
