//! Forms as they are shown in lists: compiled once, because lists are asked for again and again.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use ::device::Device;
use ::device::store::form;
use ::device::store::questionnaire as kept;
use questionnaire::Questionnaire;

use super::Refused;

/// Compiled forms, by the hash of their content or, of visits, by `url|version`.
#[derive(Default)]
pub(super) struct Library(Mutex<HashMap<String, Option<Questionnaire>>>);

impl Library {
    /// A form of the study; `None` when this version of the app refuses it.
    pub(super) fn form(&self, device: &Device, form: &form::Form) -> Result<Option<Questionnaire>, Refused> {
        self.compiled(&form.sha256, || {
            Ok(Some(device.store().read(|connection| form::resource(connection, &form.id))?))
        })
    }

    /// The form that visits of this `url|version` have.
    pub(super) fn of_visits(
        &self,
        device: &Device,
        canonical: &str,
    ) -> Result<Option<Questionnaire>, Refused> {
        self.compiled(canonical, || {
            Ok(device.store().read(|connection| kept::of_canonical(connection, canonical))?)
        })
    }

    fn compiled(
        &self,
        key: &str,
        read: impl FnOnce() -> Result<Option<String>, Refused>,
    ) -> Result<Option<Questionnaire>, Refused> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let Some(resource) = read()? else { return Ok(None) };
        let compiled = questionnaire::import_bytes(resource.as_bytes()).ok();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned(), compiled.clone());
        Ok(compiled)
    }
}
