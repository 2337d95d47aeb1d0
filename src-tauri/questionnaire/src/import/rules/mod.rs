//! The expressions of a form: read, compiled, and held against its items.

mod direct;
mod judge;
mod read;
mod resolve;
mod resource;

use std::sync::Arc;

use fhir::{Object, Value};

use super::{item::Tree, read::Findings};
use crate::form::Rules;
use read::Raw;

/// Reads every expression that this crate evaluates. Items are known by now, so that what an expression reads is too.
///
/// The resource itself is asked for only where there are some.
pub(super) fn read(
    findings: &mut Findings,
    tree: &Tree<'_>,
    root: &Object,
    resource: impl FnOnce() -> Arc<Value>,
) -> Rules {
    let mut raw = Raw::default();
    read::root(findings, &mut raw, root);
    for index in 0..tree.items.len() {
        read::item(findings, &mut raw, tree, index);
    }
    resolve::resolve(findings, tree, raw, resource)
}
