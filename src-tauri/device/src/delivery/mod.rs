//! Delivery: from the frozen response to its proof.
//!
//! `frozen → sending → acknowledged → compared → provenanceSending → provenanceCompared → done`, and aside `alert`,
//! `quarantined` and `closedDifferent`. Every step is one transaction, stored before the next is taken; which step
//! follows which is decided in `machine` and checked by [`State::may_become`], nowhere else.

mod state;

pub use state::State;
