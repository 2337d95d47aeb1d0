//! Forms that were compiled, so that one that is listed, opened and shown again and again is compiled once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use questionnaire::Questionnaire;

use crate::store::form::{self, Form};
use crate::store::questionnaire as kept;
use crate::{Device, Error};

/// So many are kept. A study has a few; with more of them some are compiled again.
const MOST: usize = 64;

/// By the hash of their content.
#[derive(Default)]
pub(crate) struct Compiled(Mutex<HashMap<String, Verdict>>);

/// What became of a form.
#[derive(Clone)]
enum Verdict {
    Usable(Questionnaire),
    /// This version of the program refuses it.
    Refused,
}

impl Verdict {
    fn of(form: Option<&Questionnaire>) -> Self {
        form.map_or(Self::Refused, |form| Self::Usable(form.clone()))
    }

    fn usable(self) -> Option<Questionnaire> {
        match self {
            Self::Usable(form) => Some(form),
            Self::Refused => None,
        }
    }
}

impl Compiled {
    fn get(&self, sha256: &str) -> Option<Verdict> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(sha256).cloned()
    }

    /// Keeps a form under the hash of the content that it was compiled from.
    fn keep(&self, sha256: &str, form: Option<&Questionnaire>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST && !known.contains_key(sha256) {
            known.clear();
        }
        known.insert(sha256.to_owned(), Verdict::of(form));
    }
}

impl Device {
    /// A form of the study, compiled; `None` when this version of the program refuses it.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn form(&self, row: &Form) -> Result<Option<Questionnaire>, Error> {
        self.compiled(&row.sha256, || self.store().read(|connection| form::resource(connection, &row.id)))
    }

    /// The form of this `url|version` that visits were started with last, compiled; `None` where there is none, or this
    /// version of the program refuses it.
    ///
    /// # Errors
    /// Those of the store.
    pub fn form_of_visits(&self, canonical: &str) -> Result<Option<Questionnaire>, Error> {
        let found = self.store().read(|connection| kept::of_canonical(connection, canonical))?;
        let Some(sha256) = found else { return Ok(None) };
        self.compiled(&sha256, || self.store().read(|connection| kept::resource(connection, &sha256)))
    }

    /// The form of this hash, compiled from what is `read` when it is not known.
    pub(crate) fn compiled(
        &self,
        sha256: &str,
        read: impl FnOnce() -> Result<String, Error>,
    ) -> Result<Option<Questionnaire>, Error> {
        if let Some(known) = self.forms().get(sha256) {
            return Ok(known.usable());
        }
        let form = questionnaire::import_bytes(read()?.as_bytes()).ok();
        self.forms().keep(sha256, form.as_ref());
        Ok(form)
    }

    /// Keeps a form that was compiled from the content that it is now stored with.
    pub(crate) fn is_compiled(&self, form: &Questionnaire) {
        self.forms().keep(&form.sha256(), Some(form));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn forms_are_kept_refused_ones_too_and_no_more_than_a_study_has() {
        let known = Compiled::default();
        let form = questionnaire::instruments::GAD7;
        let form = questionnaire::import_bytes(form.as_bytes()).unwrap();
        assert!(known.get("a").is_none());
        known.keep("a", Some(&form));
        known.keep("b", None);
        assert_eq!(known.get("a").unwrap().usable().unwrap().sha256(), form.sha256());
        assert!(known.get("b").unwrap().usable().is_none(), "that it is refused is known");
        for number in 0..MOST {
            known.keep(&number.to_string(), None);
        }
        assert!(known.0.lock().unwrap().len() <= MOST);
    }
}
