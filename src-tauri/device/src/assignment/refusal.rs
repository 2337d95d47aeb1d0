//! Why a Task is not taken, for staff.

/// Why a Task is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// Stable, for the page's own texts.
    pub(super) code: &'static str,
    /// What it is about, in English: an address, or a finding. No personal data.
    pub(super) detail: String,
    /// Whether it is a server that refuses something, which is tried again later.
    pub(super) is_tried_again: bool,
}

impl Refusal {
    pub(super) fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), is_tried_again: false }
    }

    pub(super) fn for_now(code: &'static str, detail: impl Into<String>) -> Self {
        Self { is_tried_again: true, ..Self::new(code, detail) }
    }
}
