//! Many things done on every core, with the results in the order in which they were asked for.

use std::num::NonZero;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// How many results wait for their turn at most. They are small; what they were made from is gone by then.
const BATCH: usize = 256;

/// Does `work` on each of `tasks`, on every core that this process may use, and hands each result to `take`, in the
/// order of `tasks`. At most a batch of results and one task a core are in memory.
///
/// # Errors
/// The first error of `take`; what was begun is finished, nothing more is.
pub(super) fn in_order<T: Sync, R: Send, E>(
    tasks: &[T],
    work: impl Fn(&T) -> R + Sync,
    mut take: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    for batch in tasks.chunks(BATCH) {
        let hands = cores.min(batch.len());
        if hands == 1 {
            batch.iter().try_for_each(|task| take(work(task)))?;
            continue;
        }
        let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(batch.len())));
        let hand = || {
            while let Some((index, task)) = next_of(batch, &next) {
                let result = work(task);
                if let Ok(mut done) = done.lock() {
                    done.push((index, result));
                }
            }
        };
        // A panic in `work` goes on here, when the scope ends.
        thread::scope(|scope| {
            for _ in 0..hands {
                scope.spawn(hand);
            }
        });
        let mut done = done.into_inner().unwrap_or_default();
        done.sort_unstable_by_key(|(index, _)| *index);
        done.into_iter().try_for_each(|(_, result)| take(result))?;
    }
    Ok(())
}

fn next_of<'t, T>(batch: &'t [T], next: &AtomicUsize) -> Option<(usize, &'t T)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    batch.get(index).map(|task| (index, task))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_tasks_however_long_each_takes() {
        let tasks: Vec<usize> = (0..3 * BATCH + 7).collect();
        let mut seen = Vec::new();
        in_order(
            &tasks,
            |task| {
                if task % 5 == 0 {
                    thread::yield_now();
                }
                task * 2
            },
            |result| {
                seen.push(result);
                Ok::<_, ()>(())
            },
        )
        .unwrap();
        assert_eq!(seen, tasks.iter().map(|task| task * 2).collect::<Vec<_>>());
    }

    #[test]
    fn an_error_ends_it_within_a_batch() {
        let tasks: Vec<usize> = (0..10 * BATCH).collect();
        let done = AtomicUsize::new(0);
        let outcome = in_order(
            &tasks,
            |task| {
                done.fetch_add(1, Ordering::Relaxed);
                *task
            },
            |result| if result == 3 { Err("full") } else { Ok(()) },
        );
        assert_eq!(outcome, Err("full"));
        assert!(done.load(Ordering::Relaxed) <= BATCH, "no further batch is begun");
    }

    #[test]
    fn nothing_to_do_is_done() {
        assert_eq!(in_order(&[], |(): &()| (), |()| Err("taken")), Ok(()));
    }
}
