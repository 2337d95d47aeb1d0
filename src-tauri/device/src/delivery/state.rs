//! The states of a frozen response, and which may follow which.

use serde::{Deserialize, Serialize};

/// Where a frozen response stands. A draft is not here: it becomes `Frozen` in the transaction that signs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// Signed and saved; no request has been made.
    Frozen,
    /// A request with the response has been made, or may have been.
    Sending,
    /// The server has answered with what it keeps.
    Acknowledged,
    /// What the server keeps is what was sent.
    Compared,
    /// The Provenance is signed and stored; a request with it may have been made.
    ProvenanceSending,
    /// The Provenance that the server keeps is the one that was sent.
    ProvenanceCompared,
    /// Proven: nothing is left to do, but to look once more a while later.
    Done,
    /// The server keeps something else. A person has to decide.
    Alert,
    /// The server refused for good. A person has to decide.
    Quarantined,
    /// A person closed the alert: there will never be a Provenance, and the frozen bytes are kept.
    ClosedDifferent,
}

impl State {
    /// Every state, in the order of the journey.
    pub const ALL: [Self; 10] = [
        Self::Frozen,
        Self::Sending,
        Self::Acknowledged,
        Self::Compared,
        Self::ProvenanceSending,
        Self::ProvenanceCompared,
        Self::Done,
        Self::Alert,
        Self::Quarantined,
        Self::ClosedDifferent,
    ];

    /// The name that is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Frozen => "frozen",
            Self::Sending => "sending",
            Self::Acknowledged => "acknowledged",
            Self::Compared => "compared",
            Self::ProvenanceSending => "provenanceSending",
            Self::ProvenanceCompared => "provenanceCompared",
            Self::Done => "done",
            Self::Alert => "alert",
            Self::Quarantined => "quarantined",
            Self::ClosedDifferent => "closedDifferent",
        }
    }

    /// Reads a stored name.
    pub fn from_stored(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether the worker still has something to do with it.
    pub fn is_active(self) -> bool {
        !matches!(self, Self::Done | Self::Alert | Self::Quarantined | Self::ClosedDifferent)
    }

    /// Whether a step may lead from here to `next`. The store refuses every other one.
    pub fn may_become(self, next: Self) -> bool {
        use State::{
            Acknowledged, Alert, ClosedDifferent, Compared, Done, Frozen, ProvenanceCompared,
            ProvenanceSending, Quarantined, Sending,
        };
        matches!(
            (self, next),
            (Frozen, Sending | Quarantined)
                | (Sending, Acknowledged | Alert | Quarantined)
                | (Acknowledged, Compared | Alert | Quarantined)
                // At once done where the study's profile makes no Provenance.
                | (Compared, ProvenanceSending | Done | Alert | Quarantined)
                | (ProvenanceSending, ProvenanceCompared | Alert | Quarantined)
                | (ProvenanceCompared, Done)
                // The server does not show what it has acknowledged.
                | (Done, Alert | Quarantined)
                // What a person decides.
                | (Alert | Quarantined, Sending | Compared | ProvenanceSending | ClosedDifferent)
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_final_state_leads_nowhere_and_every_other_one_leads_on() {
        for state in State::ALL {
            let onward = State::ALL.into_iter().filter(|next| state.may_become(*next)).count();
            assert_eq!(onward == 0, state == State::ClosedDifferent, "{state:?} has {onward} next states");
        }
    }

    #[test]
    fn only_a_proven_comparison_leads_to_a_provenance() {
        for state in State::ALL {
            if state.may_become(State::ProvenanceSending) {
                assert!(matches!(state, State::Compared | State::Alert | State::Quarantined), "{state:?}");
            }
            let compared = matches!(state, State::Compared | State::ProvenanceCompared);
            assert_eq!(state.may_become(State::Done), compared, "{state:?}");
        }
    }

    #[test]
    fn stored_names_read_back_and_are_those_of_the_page() {
        for state in State::ALL {
            assert_eq!(State::from_stored(state.as_str()), Some(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }
}
