//! A value set of an assigned form that no terminology server of the study gave: the server that the form came from may keep it as
//! a resource beside the form.

use client::find::FindError;
use questionnaire::terminology::Expansion;

use super::pull::{MOST_OF_ONE, Round, Stop, is_meant};
use crate::forms::Kept;

impl Round<'_> {
    /// The value set as the server keeps it, and its address; or why there is none that could be meant. A server need not search
    /// value sets: everything else is taken from it all the same.
    pub(super) fn value_set(&self, wanted: &Expansion) -> Kept<Stop> {
        let (url, version) = (wanted.url(), wanted.version());
        let mut parameters = vec![("url", url)];
        parameters.extend(version.map(|version| ("version", version)));
        let found = match self.find("ValueSet", &parameters, MOST_OF_ONE) {
            Ok(found) => found,
            Err(Stop::Server(error)) if is_of_value_sets(&error) => {
                return Ok(Err(format!(
                    "the study's server does not give it as a resource: {}",
                    error.in_brief()
                )));
            }
            Err(stop) => return Err(stop),
        };
        let mut meant = found.matches.into_iter().filter(|one| is_meant(one, url, version));
        let Some(one) = meant.next() else {
            return Ok(Err(found.refused.first().map_or_else(
                || "the study's server keeps no value set of that address and version".to_owned(),
                |refused| format!("what the study's server keeps there is refused: {}", refused.code),
            )));
        };
        if meant.next().is_some() {
            let reason =
                "the study's server keeps several value sets of that address, and which is meant is not said";
            return Ok(Err(reason.to_owned()));
        }
        let id = one.str("id").filter(|id| client::is_id(id)).unwrap_or_default();
        let address = format!("{}/ValueSet/{id}", self.all.base());
        Ok(Ok((one, address)))
    }
}

/// Whether it is only value sets that the server does not give: one that searches none may say so with any status. One that is
/// away, or asks to be left alone, is so for everything.
fn is_of_value_sets(error: &FindError) -> bool {
    error.is_of_one() || (error.rest().is_none() && !matches!(error, FindError::NoAnswer(_)))
}
