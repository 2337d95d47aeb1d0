//! Which runs a sweep makes, and how one of them is made again.

use clap::ValueEnum;

use super::chance::Chance;
use super::faults::Fault;

/// What a run's server and device speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Release {
    /// FHIR R4.
    #[value(name = "R4")]
    R4,
    /// FHIR R5.
    #[value(name = "R5")]
    R5,
}

impl Release {
    /// The one that the seed chooses, with a choice of its own: all others are the same in either release.
    fn of(seed: u64, fault: &str) -> Self {
        if Chance::new(seed, &format!("{fault} release")).one_in(2) { Self::R5 } else { Self::R4 }
    }

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::R4 => "R4",
            Self::R5 => "R5",
        }
    }
}

/// A run to be made, and everything that its choices follow from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Planned {
    /// The row of the table.
    pub(super) row: usize,
    /// What is injected.
    pub(super) fault: Fault,
    /// What its choices follow from.
    pub(super) seed: u64,
    /// What its server and device speak.
    pub(super) release: Release,
}

impl Planned {
    /// The arguments that repeat it.
    pub(super) fn again(&self) -> String {
        format!("--fault {} --fhir {} --seed {} --runs 1", self.fault.name, self.release.name(), self.seed)
    }
}

/// The order of the runs: every fault in turn, as often as its weight says.
pub(super) fn plan(chosen: &[(usize, Fault)], runs: u32, seed: u64, only: Option<Release>) -> Vec<Planned> {
    let total: u32 = chosen.iter().map(|(_, fault)| fault.weight).sum();
    let mut plan = Vec::new();
    for (number, fault) in chosen {
        let share = (u64::from(runs) * u64::from(fault.weight)).div_ceil(u64::from(total.max(1)));
        plan.extend((0..share).map(|nth| (nth * 1_000_000 / share, *number, *fault, nth)));
    }
    plan.sort_by_key(|(place, number, ..)| (*place, *number));
    let planned = plan.into_iter().map(|(_, row, fault, nth)| {
        let seed = seed.wrapping_add(nth);
        Planned { row, fault, seed, release: only.unwrap_or_else(|| Release::of(seed, fault.name)) }
    });
    planned.collect()
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::super::sweeping::Arguments;
    use super::*;

    fn planned(arguments: &str) -> Vec<Planned> {
        let words = std::iter::once("fault-sweep").chain(arguments.split_whitespace());
        let Arguments { sweep, fhir, .. } = Arguments::try_parse_from(words).unwrap();
        let wanted =
            |fault: &Fault| sweep.fault.is_empty() || sweep.fault.iter().any(|name| name == fault.name);
        let chosen: Vec<_> =
            Fault::all().into_iter().enumerate().filter(|(_, fault)| wanted(fault)).collect();
        plan(&chosen, sweep.runs, sweep.seed, fhir)
    }

    #[test]
    fn what_is_printed_for_a_failure_repeats_that_run_in_its_release() {
        let plan = planned("--seed 7 --runs 600");
        for one in &plan {
            let again = planned(&one.again());
            let [again] = again.as_slice() else { panic!("one run: {again:?}") };
            assert_eq!(
                (again.row, again.fault.name, again.seed, again.release),
                (one.row, one.fault.name, one.seed, one.release)
            );
        }
        for release in [Release::R4, Release::R5] {
            let share = plan.iter().filter(|one| one.release == release).count() * 100 / plan.len();
            assert!((35..=65).contains(&share), "{share} % of the runs are in {}", release.name());
        }
    }

    #[test]
    fn the_release_of_a_run_is_chosen_by_its_seed_or_by_the_argument() {
        let by_lot = planned("--fault truncated --seed 1 --runs 40");
        assert!(by_lot.iter().any(|one| one.release == Release::R4));
        assert!(by_lot.iter().any(|one| one.release == Release::R5));
        for release in ["R4", "R5"] {
            let only = planned(&format!("--fault truncated --seed 1 --runs 40 --fhir {release}"));
            assert!(only.iter().all(|one| one.release.name() == release));
        }
    }
}
