//! Where the value of a variable comes from, for the expressions that read it by its name.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Finder, Source};

/// Where the result of an expression comes from. What another expression reads through a variable counts as if the variable's
/// expression were written in its place: [`crate::Expression::references_knowing`].
#[derive(Debug, Clone, Default)]
pub struct Origin(Whence);

#[derive(Debug, Clone, Default)]
enum Whence {
    #[default]
    Fixed,
    Picked,
    PickedAnswers(Arc<BTreeSet<String>>),
    Items(Arc<BTreeSet<String>>),
    Below(Arc<BTreeSet<String>>),
    Own,
    Open,
    Answers,
    Response,
}

impl Origin {
    /// The item with this `linkId`.
    pub fn item(link_id: &str) -> Self {
        Self(Whence::Items(Arc::new(BTreeSet::from([link_id.to_owned()]))))
    }

    /// The response itself.
    pub fn response() -> Self {
        Self(Whence::Response)
    }

    /// Whether it is the item, or the response, that the expression stands at. An expression that stands elsewhere reads
    /// [`Origin::item`] or [`Origin::response`] instead.
    pub fn is_own(&self) -> bool {
        matches!(self.0, Whence::Own)
    }
}

impl Finder<'_> {
    pub(super) fn origin(&self, source: Source) -> Origin {
        let of = |picks: usize| self.picks.get(picks).map(Arc::clone).unwrap_or_default();
        Origin(match source {
            Source::Fixed => Whence::Fixed,
            Source::Picked => Whence::Picked,
            Source::PickedAnswers(picks) => Whence::PickedAnswers(of(picks)),
            Source::Items(picks) => Whence::Items(of(picks)),
            Source::Below(picks) => Whence::Below(of(picks)),
            Source::Own => Whence::Own,
            Source::Open => Whence::Open,
            Source::Answers => Whence::Answers,
            Source::Response => Whence::Response,
        })
    }

    /// Where what is read through a variable comes from.
    pub(super) fn source(&mut self, Origin(whence): Origin) -> Source {
        match whence {
            Whence::Fixed => Source::Fixed,
            Whence::Picked => Source::Picked,
            Whence::PickedAnswers(picks) => self.seen(picks, Source::PickedAnswers),
            Whence::Items(picks) => self.seen(picks, Source::Items),
            Whence::Below(picks) => self.seen(picks, Source::Below),
            Whence::Own => {
                self.references.context = true;
                Source::Own
            }
            Whence::Open => Source::Open,
            Whence::Answers => Source::Answers,
            Whence::Response => Source::Response,
        }
    }

    fn seen(&mut self, picks: Arc<BTreeSet<String>>, source: impl Fn(usize) -> Source) -> Source {
        // Many that read many others could be anything.
        if self.among.is_some_and(|among| among.spend(picks.len()).is_none()) {
            self.references.everything = true;
            return Source::Open;
        }
        self.references.link_ids.extend(picks.iter().cloned());
        source(self.pick(picks))
    }
}
