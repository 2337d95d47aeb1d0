//! Searching: reading a query string into criteria, and criteria into SQL (FHIR R4, section 3.1.1).

pub(crate) mod date;
pub(crate) mod index;
pub(crate) mod parameter;
mod query;
pub(crate) mod reference;

pub(crate) use query::{Criteria, Paging, Query, decode, encode};
