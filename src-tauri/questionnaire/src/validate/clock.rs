//! Calculations that read the clock. The form engine evaluates one when something changes that it reads, at the time of that
//! event; a response says only when all of it was written (`authored`), which is later.

use fhir::Value;

use super::Run;
use super::expressions::Focus;
use super::finding::{Rule, Severity};

/// How long the filling in of a form may take.
const DAYS: u32 = 31;

impl<'a> Run<'a, '_> {
    /// Whether an answer that a calculation does not give now is what it gave earlier: on a day before, where it reads no more
    /// than the date. Where it reads the time, nobody can tell, and that is said.
    pub(super) fn may_be_of_another_time(
        &mut self,
        text: &'a str,
        (item, focus): (usize, Focus),
        (link_id, path): (&str, &str),
        is_given: impl Fn(&[Value]) -> bool,
    ) -> bool {
        if self.mentions(text, item, &["now()", "timeOfDay()"]) {
            let message = "this answer was calculated from the time of day (now(), timeOfDay()) and is not checked: a response says only when all of it was written";
            self.report.add(Severity::Information, Rule::NotChecked, Some(link_id), path, message);
            return true;
        }
        self.mentions(text, item, &["today()"])
            && (1..=DAYS).any(|days| {
                let found = self.expressions.evaluate_days_before(
                    days,
                    (text, focus),
                    self.definition,
                    self.response,
                );
                found.is_some_and(|found| {
                    is_given(&found.iter().filter_map(fhirpath::Item::to_value).collect::<Vec<_>>())
                })
            })
    }
}
