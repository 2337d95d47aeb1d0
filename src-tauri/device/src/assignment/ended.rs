//! Tasks whose visit was ended without a signature: what the server says of them now.

use client::find::Found;
use fhir::Value;

use super::pull::{MOST_TASKS, Round, Stop};
use super::task;
use crate::store::assignment::{self, Begun, Received};
use crate::store::visit;

/// Of how many Tasks the server is asked at once: an address of some two thousand characters is read everywhere.
const AT_ONCE: usize = 25;

/// See the module.
#[derive(Default)]
pub(super) struct Ended {
    /// What the server does not want any more, or not from here.
    pub(super) withdrawn: Vec<String>,
    /// What the others say now, which is not always what they said when they were begun.
    pub(super) wanted: Vec<Received>,
}

/// What a search says of one Task.
#[derive(Debug, PartialEq)]
enum Says<'a> {
    /// This.
    This(&'a Value),
    /// Nothing that anybody vouches for: not that it is gone either.
    Unproven,
    /// That it is not there.
    Gone,
}

fn says<'a>(found: &'a Found, id: &str) -> Says<'a> {
    let is_it = |task: &Value| task.str("id") == Some(id);
    if let Some(task) = found.matches.iter().find(|task| is_it(task)) {
        return Says::This(task);
    }
    let claims = found
        .refused
        .iter()
        .any(|refused| is_it(&refused.resource) || refused.reference.strip_prefix("Task/") == Some(id));
    if claims { Says::Unproven } else { Says::Gone }
}

impl Round<'_> {
    /// Asks what the server says of them.
    pub(super) fn ended(&mut self) -> Result<Ended, Stop> {
        let ended: Vec<Begun> = self.all.device.store().read(|connection| {
            let mut ended = Vec::new();
            for one in assignment::unfinished(connection)? {
                if visit::by_id(connection, &one.visit)?.state == visit::VisitState::Ended {
                    ended.push(one);
                }
            }
            Ok(ended)
        })?;
        let mut all = Ended::default();
        for some in ended.chunks(AT_ONCE) {
            self.ended_of(some, &mut all)?;
        }
        Ok(all)
    }

    fn ended_of(&mut self, ended: &[Begun], all: &mut Ended) -> Result<(), Stop> {
        let ids: Vec<&str> = ended.iter().map(|one| one.id.as_str()).collect();
        let found = self.find("Task", &[("_id", &ids.join(",")), ("_count", "100")], MOST_TASKS)?;
        for id in ids {
            let task = match says(&found, id) {
                Says::This(task) if self.is_wanted(task) => task,
                Says::Unproven => continue,
                Says::This(_) | Says::Gone => {
                    all.withdrawn.push(id.to_owned());
                    continue;
                }
            };
            let (taken, (due_from, due_until)) = self.take(task)?;
            // What it needs may be given again: nothing is known of it now.
            if taken.as_ref().is_err_and(|refusal| refusal.is_tried_again) {
                continue;
            }
            let version = task.get("meta").and_then(|meta| meta.str("versionId")).unwrap_or_default();
            let taken = taken.map_err(|refusal| (refusal.code, refusal.detail));
            let (id, version) = (id.to_owned(), version.to_owned());
            all.wanted.push(Received { id, version, due_from, due_until, taken });
        }
        Ok(())
    }

    fn is_wanted(&self, task: &Value) -> bool {
        let status = task.str("status").unwrap_or_default();
        task::is_of(task, &self.all.owner, self.all.base())
            && (task::OPEN.contains(&status) || status == "in-progress")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use client::Refused;

    use super::*;

    #[test]
    fn what_nobody_vouches_for_is_not_gone() {
        let task = Value::parse(br#"{"resourceType":"Task","id":"t-1"}"#).unwrap();
        let refused = |resource: &Value, reference: &str| Refused {
            resource: resource.clone(),
            reference: reference.to_owned(),
            code: "unsigned",
            reason: String::new(),
        };
        let found = |matches: &[&Value], refused: Vec<Refused>| Found {
            matches: matches.iter().copied().cloned().collect(),
            refused,
        };
        assert_eq!(says(&found(&[&task], vec![]), "t-1"), Says::This(&task));
        assert_eq!(says(&found(&[], vec![]), "t-1"), Says::Gone);
        assert_eq!(says(&found(&[], vec![refused(&Value::Null, "Task/t-1")]), "t-1"), Says::Unproven);
        assert_eq!(says(&found(&[], vec![refused(&task, "urn:uuid:1")]), "t-1"), Says::Unproven);
        assert_eq!(says(&found(&[], vec![refused(&task, "Task/t-1")]), "t-2"), Says::Gone);
    }
}
