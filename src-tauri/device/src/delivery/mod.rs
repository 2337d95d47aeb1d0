//! Delivery: from the frozen response to its proof.
//!
//! `frozen → sending → acknowledged → compared → provenanceSending → provenanceCompared → done`, and aside `alert`,
//! `quarantined` and `closedDifferent`. Every step is one transaction, stored before the next is taken; which step
//! follows which is decided in `machine` and checked by [`State::may_become`], nowhere else.

mod act;
mod afterwards;
pub(crate) mod backoff;
mod bare;
mod compare;
mod context;
mod course;
mod document;
mod evidence;
pub mod failpoint;
mod flight;
mod handle;
mod machine;
mod mind;
mod notices;
mod orphans;
mod parcel;
mod probe;
mod raise;
mod receipt;
mod record;
mod report;
mod state;
mod tasks;
mod transfer;
mod views;
mod words;
mod worker;

pub use act::{Actor, Decision};
pub use backoff::{Jitter, system_jitter};
pub(crate) use compare::with_id;
pub use context::{Contact, Context, CurrentSigner, MOST_SHOWN, always};
pub use evidence::Sources;
pub use handle::{Standing, StatusSnapshot, WorkerHandle};
pub use mind::Pause;
pub use notices::{NoticeRow, notice_rows};
pub use receipt::SignedBundles;
pub use state::State;
pub use views::{
    AlertChange, AlertDetail, AlertRow, OutboxPage, OutboxRow, TimelineEntry, alert_detail, alert_rows,
    outbox_foremost, outbox_page, outbox_row_of, outbox_rows, timeline,
};
pub use words::Words;
pub use worker::Worker;
