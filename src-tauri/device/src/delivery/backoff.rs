//! How long to wait before the next try.

use std::sync::Arc;
use std::time::Duration;

/// Where the randomness of waiting comes from: any duration from zero to the one given.
pub type Jitter = Arc<dyn Fn(Duration) -> Duration + Send + Sync>;

/// Wait before the first retry at most.
const FIRST: Duration = Duration::from_secs(1);
/// Wait before any retry at most, unless the server asks for more.
const LONGEST: Duration = Duration::from_mins(15);
/// What a server may ask for at most: longer would look like a lost record.
const LONGEST_ASKED: Duration = Duration::from_hours(24);

/// The operating system's randomness.
pub fn system_jitter() -> Jitter {
    Arc::new(|ceiling| {
        let mut octets = [0; 4];
        // Without randomness the whole wait is right too, only less fair to the server.
        if getrandom::fill(&mut octets).is_err() {
            return ceiling;
        }
        ceiling.mul_f64(f64::from(u32::from_le_bytes(octets)) / f64::from(u32::MAX))
    })
}

/// Exponential with full jitter: anything from zero to 1 s, 2 s, 4 s … 15 min; never before `asked` (`Retry-After`).
pub(crate) fn wait(failures: u32, asked: Option<Duration>, jitter: &Jitter) -> Duration {
    let ceiling = FIRST.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1))).min(LONGEST);
    let own = jitter(ceiling).min(ceiling);
    asked.map_or(own, |asked| own.max(asked.min(LONGEST_ASKED)))
}

/// When a wait that begins `now_ms` is over; times are milliseconds since 1970.
pub(crate) fn until(now_ms: i64, wait: Duration) -> i64 {
    now_ms.saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX))
}

/// Whether a wait of at most `longest_ms` is not over. One that ends later than that was begun by a clock that has been set
/// back since, and counts as over.
pub(crate) fn is_ahead(until_ms: i64, now_ms: i64, longest_ms: i64) -> bool {
    until_ms > now_ms && until_ms <= now_ms.saturating_add(longest_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ceiling_doubles_from_one_second_to_fifteen_minutes() {
        let most: Jitter = Arc::new(|ceiling| ceiling);
        let waits: Vec<u64> = (1..=12).map(|failures| wait(failures, None, &most).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        assert_eq!(wait(u32::MAX, None, &most), LONGEST, "there is no limit to the number of tries");
    }

    #[test]
    fn the_jitter_is_full() {
        let least: Jitter = Arc::new(|_| Duration::ZERO);
        assert_eq!(wait(9, None, &least), Duration::ZERO);
        let system = system_jitter();
        let waits: Vec<Duration> = (0..64).map(|_| wait(5, None, &system)).collect();
        assert!(waits.iter().all(|wait| *wait <= Duration::from_secs(16)));
        assert!(waits.iter().any(|wait| *wait != waits[0]), "64 equal waits are no jitter");
    }

    #[test]
    fn what_the_server_asks_for_is_obeyed() {
        let least: Jitter = Arc::new(|_| Duration::ZERO);
        assert_eq!(wait(1, Some(Duration::from_mins(20)), &least), Duration::from_mins(20));
        assert_eq!(wait(1, Some(Duration::MAX), &least), LONGEST_ASKED);
    }
}
