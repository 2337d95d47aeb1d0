//! What the worker has begun, and whether the store has to be asked again for what is due.

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use tokio::task::{Id, JoinSet};

use super::tasks::Ended;
use crate::store::seen;

/// An item in flight.
#[derive(Clone)]
pub(super) struct InFlight {
    pub(super) id: String,
    /// The name under which it is held.
    pub(super) owner: String,
}

/// What the worker waits for.
pub(super) enum Task {
    /// The journey of an item.
    Item(InFlight),
    /// The store's answer to what is due.
    Question,
    /// The reports.
    Reports,
}

/// See the module.
#[derive(Default)]
pub(super) struct Course {
    pub(super) running: JoinSet<Ended>,
    tasks: HashMap<Id, Task>,
    /// When something is due next, in milliseconds since 1970.
    pub(super) next: Option<i64>,
    /// Nothing is begun before this.
    pub(super) rest: Option<Instant>,
    /// Holds that the store could not end when their journeys ended.
    owed: Vec<InFlight>,
    /// Whether something may be due that the last question did not see.
    looks: bool,
    /// Whether the server came back, and the store was not told.
    came_back: bool,
    /// Whether waits are to begin anew, and whether that is all of them.
    anew: Option<bool>,
    /// What was in flight when the network changed: what it finds, it finds of the network as it was.
    overtaken: HashSet<Id>,
    /// The clock when it was last looked at, in milliseconds since 1970.
    clock: Option<i64>,
}

impl Course {
    /// Starts a task.
    pub(super) fn begin(&mut self, task: Task, work: impl Future<Output = Ended> + Send + 'static) -> Id {
        let id = self.running.spawn(work).id();
        self.tasks.insert(id, task);
        id
    }

    /// What this task was, which has ended.
    pub(super) fn end(&mut self, task: Id) -> Option<Task> {
        self.tasks.remove(&task)
    }

    fn items(&self) -> impl Iterator<Item = &InFlight> {
        self.tasks.values().filter_map(|task| match task {
            Task::Item(item) => Some(item),
            Task::Question | Task::Reports => None,
        })
    }

    /// How many items are in flight.
    pub(super) fn in_flight(&self) -> u32 {
        u32::try_from(self.items().count()).unwrap_or(u32::MAX)
    }

    /// Which they are. A clock that jumps ends their holds early, and still none may be begun twice.
    pub(super) fn busy(&self) -> Vec<String> {
        self.items().map(|item| item.id.clone()).collect()
    }

    /// Whether reports are on their way.
    pub(super) fn is_reporting(&self) -> bool {
        self.tasks.values().any(|task| matches!(task, Task::Reports))
    }

    /// The store could not be told that the journey of this item has ended.
    pub(super) fn owes(&mut self, item: InFlight) {
        self.owed.push(item);
    }

    /// What the store has to be told before it is asked.
    pub(super) fn owed(&self) -> Vec<InFlight> {
        self.owed.clone()
    }

    /// The store has been told that these holds are over.
    pub(super) fn paid(&mut self, owners: &[InFlight]) {
        self.owed.retain(|owed| !owners.iter().any(|paid| paid.id == owed.id && paid.owner == owed.owner));
    }

    /// Waits are to begin anew: all, or those for a server that was away.
    pub(super) fn anew(&mut self, all: bool) {
        self.anew = Some(all || self.anew == Some(true));
    }

    /// Whether waits begin anew now, and then whether that is all of them. It is not while the store rests.
    pub(super) fn begins_anew(&mut self) -> Option<bool> {
        if self.rest.is_some_and(|until| until > Instant::now()) {
            return None;
        }
        self.anew.take()
    }

    /// The network is another one, or is there again.
    pub(super) fn network_changed(&mut self) {
        let on_their_way = |(id, task): (&Id, &Task)| (!matches!(task, Task::Question)).then_some(*id);
        self.overtaken = self.tasks.iter().filter_map(on_their_way).collect();
        self.anew(false);
    }

    /// Whether this task, which has ended, was in flight when the network changed.
    pub(super) fn is_overtaken(&mut self, task: Id) -> bool {
        self.overtaken.remove(&task)
    }

    /// Whether the store has to be told that the server came back.
    pub(super) fn came_back(&mut self, now: bool) -> bool {
        self.came_back |= now;
        self.came_back
    }

    /// The store has been told that the server came back, if it did.
    pub(super) fn is_back(&mut self, told: bool) {
        self.came_back &= !told;
    }

    /// What the clock said when it was last looked at, before this program was started.
    pub(super) fn saw(&mut self, before: Option<i64>) {
        self.clock = before;
    }

    /// Whether the clock has been set back since it was last looked at.
    pub(super) fn is_set_back(&mut self, now_ms: i64) -> bool {
        seen::is_set_back(self.clock.replace(now_ms), now_ms)
    }

    /// Something may be due.
    pub(super) fn look(&mut self) {
        self.looks = true;
    }

    /// Whether an answer of the store is being waited for.
    pub(super) fn is_asking(&self) -> bool {
        self.tasks.values().any(|task| matches!(task, Task::Question))
    }

    /// Whether to ask the store now: the question is to be begun then. Whatever happens after that may come too late for the
    /// answer, so a look that is wanted meanwhile stays wanted.
    pub(super) fn ask(&mut self) -> bool {
        !self.is_asking() && std::mem::take(&mut self.looks)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_the_store_could_not_be_told_is_told_later() {
        let mut course = Course::default();
        assert_eq!(course.begins_anew(), None);
        course.network_changed();
        course.rest = Some(Instant::now() + Duration::from_hours(1));
        assert_eq!(course.begins_anew(), None, "the store rests");
        course.rest = None;
        assert_eq!((course.begins_anew(), course.begins_anew()), (Some(false), None));
        course.anew(true);
        course.anew(false);
        assert_eq!(course.begins_anew(), Some(true), "all are more than some");
        assert!(!course.came_back(false));
        assert!(course.came_back(true) && course.came_back(false), "nobody has told the store");
        course.is_back(false);
        assert!(course.came_back(false));
        course.is_back(true);
        assert!(!course.came_back(false));
    }

    #[test]
    fn only_a_clock_that_is_set_back_is_one() {
        let mut course = Course::default();
        let (now, minute) = (1_800_000_000_000, 60_000);
        let mut seen = |at| course.is_set_back(at);
        assert!(!seen(now) && !seen(now) && !seen(now + 10 * minute) && !seen(now + 9 * minute));
        assert!(seen(now) && !seen(now), "once");
        course.saw(Some(now + 10 * minute));
        assert!(course.is_set_back(now) && !course.is_set_back(now), "before the start too");
    }

    #[tokio::test]
    async fn what_comes_while_the_store_is_asked_is_asked_for_again() {
        let mut course = Course::default();
        assert!(!course.ask(), "nothing may be due");
        course.look();
        assert!(course.ask());
        let question = course.begin(Task::Question, std::future::pending());
        course.look();
        assert!(course.is_asking() && !course.ask(), "one question at a time");
        course.end(question);
        assert!(course.ask(), "the wake came after the store was read");
        assert!(!course.ask());
    }
}
